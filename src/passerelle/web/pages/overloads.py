"""Overload: what a service's head signed for lack of people, and signing it."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods

from passerelle.errors import Refused
from passerelle.flow import defer, short_of_people
from passerelle.flow.facts import NotThere
from passerelle.policy.facts import SERVICE_ROLES
from passerelle.records.models import Overload
from passerelle.web.asking import REFUSED_STATUS, beside_the_form, page
from passerelle.web.pages.duties import moment_in, typed


@require_http_methods(["GET", "HEAD", "POST"])
@page
def overloads(request: HttpRequest, *, now: datetime) -> HttpResponse:
    """What is deferred as a kind, until when and why; its head signs another. Oversight sees those of all services."""
    officer = request.user
    if officer.role not in SERVICE_ROLES and officer.role != "oversight":
        raise NotThere
    refusal: Refused | None = None
    if request.method == "POST":
        try:
            if officer.role != "head":
                raise NotThere
            defer.sign_overload(
                officer=officer, kind=typed(request, "kind"), reason=typed(request, "reason"),
                until=moment_in(typed(request, "until")), now=now,
            )  # fmt: skip
        except Refused as refused:
            refusal = beside_the_form(refused)
        else:
            messages.success(request, gettext("Signed. Oversight reviews it; danger to life is never deferred."))
            return redirect("overloads")
    rows = Overload.objects.select_related("service", "signed_by", "review")
    if officer.role != "oversight":
        rows = rows.filter(service=officer.service_id)
    short = short_of_people.of_desk(officer.service, now) if officer.role == "head" else None
    context = {
        "rows": list(rows[:100]), "refusal": refusal, "typed": request.POST, "kinds": defer.KINDS_DEFERRED,
        "may_sign": officer.role == "head", "short": short, "chosen": _chosen(request, short),
        "soonest": timezone.localtime(now).strftime("%Y-%m-%dT%H:%M"),
        "latest": timezone.localtime(now + timedelta(days=defer.OVERLOAD_DAYS_MAX)).strftime("%Y-%m-%dT%H:%M"),
    }  # fmt: skip
    return render(request, "overloads.html", context, status=REFUSED_STATUS if refusal else 200)


def _chosen(request: HttpRequest, short: short_of_people.Short | None) -> short_of_people.Choice | None:
    """The choice that was followed from the plan's answer: its kind and its sentence are put into the form."""
    if short is None:
        return None
    return next((one for one in short.choices if one.kind == request.GET.get("kind")), None)
