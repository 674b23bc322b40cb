"""On its day somebody looks again: nothing is erased by silence, nothing stays stricter or restricted by silence."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from passerelle.flow import consult, decide, end_report, reconcile, restrict, work
from passerelle.flow.facts import NotAllowed
from passerelle.policy import retention
from passerelle.records.models import Correction, Delivery, Duty, PeriodicReview, Report, ReportVersion
from passerelle.testing import makers
from passerelle.testing.makers import NOON

pytestmark = pytest.mark.django_db

THIEF = makers.person("p", "Lambert Vercruysse", birthDate=["1980-05-06"])
STRICT = {
    "handling": "consent", "handling_reason": "the source could be recognised",
    "handling_review_on": (NOON + timedelta(days=30)).date(),
}  # fmt: skip
WHY = "it was looked at in full"


def days(count: float) -> Any:
    return NOON + timedelta(days=count)


def came(of: str) -> PeriodicReview:
    return PeriodicReview.objects.select_related("duty", "report").get(of=of, outcome="")


def decided(exchange: dict[str, Any], of: str, day: float, *, stays: bool, next_on: date | None = None) -> None:
    officer = makers.seat(exchange["noord"], "head")
    decide.review(ref=came(of).duty.ref, officer=officer, uphold=stays, reason=WHY, next_on=next_on, now=days(day))


@pytest.mark.parametrize(
    ("categories", "assessment", "years"),
    [
        ({"suspect"}, False, 3),
        (set(), False, 3),
        ({"suspect"}, True, 2),
        ({"suspect", "witness"}, True, 1),
        ({"child"}, False, 1),
    ],
)
def test_the_shortest_time_limit_that_fits_decides(categories: set[str], assessment: bool, years: int) -> None:
    day, _ = retention.looked_at_again(categories, assessment=assessment, since=date(2024, 2, 29))
    assert day == date(2024 + years, 2, 28)


def test_a_report_whose_day_has_come_waits_for_a_person_however_long_and_is_not_erased(
    exchange: dict[str, Any],
) -> None:
    report = makers.report(exchange["noord"], "Lambert Vercruysse.", THIEF)
    assert report.review_on == date(2029, 3, 2)
    work.turn(now=days(3 * 365))
    assert not PeriodicReview.objects.exists()
    for day in range(3 * 365 + 1, 3 * 365 + 60, 5):
        work.work_until_done(now=days(day))
    duty = came("retention").duty
    assert duty.live and duty.level > 1, "it climbs"
    assert ReportVersion.objects.filter(report=report).exists(), "silence erases nothing"
    assert Duty.objects.filter(kind="review").count() == 1, "it is asked once"


def test_a_report_is_kept_until_its_next_day_or_erased_by_who_leads_the_service(exchange: dict[str, Any]) -> None:
    report = makers.report(exchange["noord"], "Lambert Vercruysse.", THIEF)
    work.work_until_done(now=days(1100))
    decided(exchange, "retention", 1101, stays=True)
    report.refresh_from_db()
    assert report.review_on == retention.years_later(days(1101).date(), 3)
    work.work_until_done(now=days(2300))
    with pytest.raises(NotAllowed):
        decide.review(
            ref=came("retention").duty.ref, officer=makers.seat(exchange["noord"], "desk"), uphold=False, reason=WHY,
            now=days(2301),
        )  # fmt: skip
    decided(exchange, "retention", 2302, stays=False)
    report.refresh_from_db()
    assert (report.gone, report.gone_ground) == ("erased", "retention")
    assert set(PeriodicReview.objects.values_list("outcome", flat=True)) == {"stays", "ended"}


def test_stricter_handling_is_looked_at_on_its_day_and_falls_one_step(exchange: dict[str, Any]) -> None:
    makers.dossier(exchange["federal"], THIEF, until=days(400).date())
    report = makers.report(exchange["noord"], "Lambert Vercruysse.", THIEF, **STRICT)
    assert Delivery.objects.get().form == "pointer"
    work.work_until_done(now=days(31))
    with pytest.raises(retention.ReviewDayWrong):
        decided(exchange, "handling", 31, stays=True)
    decided(exchange, "handling", 31, stays=True, next_on=days(60).date())
    work.work_until_done(now=days(61))
    decided(exchange, "handling", 62, stays=False)
    report.refresh_from_db()
    assert (report.handling, report.handling_review_on) == ("open", None)
    assert set(Delivery.objects.values_list("form", flat=True)) == {"pointer", "whole"}, "what may travel now, travels"
    assert reconcile.reconcile(now=days(63)).balances


def test_what_is_restricted_travels_no_further_until_it_is_lifted(exchange: dict[str, Any]) -> None:
    makers.dossier(exchange["federal"], THIEF, until=days(400).date())
    report = makers.report(exchange["noord"], "Lambert Vercruysse.", THIEF)
    consult.read_delivery(
        ref=Delivery.objects.get().ref, officer=makers.seat(exchange["federal"], "desk"), now=days(0.1)
    )
    desk = makers.seat(exchange["noord"], "desk")
    ask = {"ref": report.ref, "officer": desk, "reason": "he contests that it was him", "now": days(1)}
    with pytest.raises(retention.RestrictionUnknown):
        restrict.restrict(why="bother", until=days(30).date(), **ask)
    with pytest.raises(retention.ReviewDayWrong):
        restrict.restrict(why="accuracy", until=days(3000).date(), **ask)
    restrict.restrict(why="accuracy", until=days(30).date(), **ask)
    assert Correction.objects.get().kind == "restricted", "who has a copy marks it"
    makers.dossier(exchange["midi"], THIEF, now=days(2), until=days(400).date())
    owed = Duty.objects.get(kind="pass_on", recipient=exchange["midi"])
    assert owed.live and not owed.deliveries.exists(), "it is found, owed, and does not travel"
    with pytest.raises(decide.Restricted):
        decide.pass_on(ref=owed.ref, officer=desk, now=days(3))
    assert reconcile.reconcile(now=days(4)).balances
    work.work_until_done(now=days(31))
    decided(exchange, "restriction", 32, stays=False)
    report.refresh_from_db()
    assert (report.restriction, report.restricted_until) == ("", None)
    assert Delivery.objects.get(recipient=exchange["midi"]).form == "whole"
    assert list(Correction.objects.order_by("id").values_list("kind", flat=True)) == ["restricted", "lifted"]
    assert reconcile.reconcile(now=days(33)).balances


def test_what_goes_needs_no_day_on_which_to_look_again(exchange: dict[str, Any]) -> None:
    report = makers.report(exchange["noord"], "Lambert Vercruysse.", THIEF, **STRICT)
    work.work_until_done(now=days(31))
    waiting = came("handling")
    end_report.withdraw(
        ref=report.ref, officer=makers.seat(exchange["noord"], "desk"), ground="not_accurate",
        reason="it was somebody else", now=days(32),
    )  # fmt: skip
    waiting.refresh_from_db()
    assert waiting.outcome == "moot" and not Duty.objects.filter(ended_at__isnull=True).exists()
    work.work_until_done(now=days(2000))
    assert PeriodicReview.objects.count() == 1
    assert Report.objects.get(pk=report.pk).gone == "withdrawn"
