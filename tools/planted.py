"""Addresses that are wrong on purpose: `tools/timing.py` and `tools/fuzz_pages.py` show by them that they see."""

from django.http import HttpRequest, HttpResponse
from django.urls import include, path

from passerelle.records import visibility, wall
from passerelle.records.models import Report
from passerelle.web.asking import page
from passerelle.web.refusals import not_there


@page
def fetched_then_checked(request: HttpRequest, ref: str, *, now: object) -> HttpResponse:
    """The report is fetched whatever it is; whether it may be seen is asked only where there is one."""
    with wall.as_house():
        report = Report.objects.filter(ref=ref).first()
    if report is not None and visibility.reports(request.user).filter(pk=report.pk).exists():
        return HttpResponse("seen")
    return not_there(request)


@page
def broken(request: HttpRequest, *, now: object) -> HttpResponse:
    """It takes a field for a number."""
    return HttpResponse(str(int(request.POST.get("until", "1"))))


urlpatterns = [
    path("planted/<slug:ref>", fetched_then_checked),
    path("planted", broken, name="planted"),
    path("", include("passerelle.web.urls")),
]
