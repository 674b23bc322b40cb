"""What a reader may list is said twice, in Python for one thing and in SQL for lists; both must give the same set."""

from __future__ import annotations

from datetime import timedelta

import pytest

from passerelle.flow import decide, exceptions, facts, judge, work
from passerelle.policy import access
from passerelle.records import visibility
from passerelle.records.models import Delivery, Dossier, Duty, Grant, Match, Officer, Report
from passerelle.testing import makers
from passerelle.testing.makers import NOON

pytestmark = pytest.mark.django_db

STRICT = {
    "handling_reason": "the source could be recognised",
    "handling_review_on": (NOON + timedelta(days=30)).date(),
}


@pytest.fixture
def busy(exchange):
    """An exchange in which something of every kind has happened: every handling, a discreet interest, a withholding, a
    judgement, duties on several rungs."""
    makers.dossier(exchange["midi"], makers.person("a", "Ferdinand Oosterlynck", birthDate=["1971-05-03"]))
    makers.dossier(
        exchange["federal"], makers.person("a", "Ferdinand Oosterlynck", birthDate=["1971-05-03"]), discreet=True
    )
    makers.dossier(
        exchange["midi"],
        makers.person("b", "Lotte Verhaeghe", category="child", birthDate=["2011-04-02"]),
        purpose="child_protection",
    )
    person = makers.person("p", "Ferdinand Oosterlynck", birthDate=["1971-05-03"])
    for number, handling in enumerate(("open", "consent", "sealed")):
        more = STRICT if handling != "open" else {}
        makers.report(
            exchange["noord"],
            f"Report {number} on Ferdinand Oosterlynck.",
            person,
            handling=handling,
            now=NOON + timedelta(hours=1 + number),
            **more,
        )
    makers.report(
        exchange["jeugd"],
        "Lotte Verhaeghe was niet op school.",
        makers.person("k", "Lotte Verhaeghe", category="child", birthDate=["2011-04-02"]),
        now=NOON + timedelta(hours=5),
    )
    makers.report(
        exchange["stad"],
        "Ferdinand Oosterlynck.",
        makers.person("p", "Ferdinand Oosterlynk"),
        now=NOON + timedelta(hours=6),
    )
    held = Duty.objects.filter(kind="pass_on", state="open", service=exchange["noord"]).first()
    assert held is not None
    decide.withhold(
        ref=held.ref,
        officer=makers.seat(exchange["noord"], "desk"),
        ground="g",
        reason="an informant would be in danger",
        now=NOON + timedelta(hours=7),
    )
    for judging in Duty.objects.filter(kind="judge", ended_at__isnull=True)[:1]:
        judge.judge_match(
            ref=judging.match.ref,
            officer=makers.seat(judging.holder, "desk"),
            verdict="unsure",
            now=NOON + timedelta(hours=8),
        )
    for officer, pointer in _pointers(exchange):
        exceptions.break_glass(
            ref=pointer.ref, officer=officer, reason="he said that he would kill her tonight",
            now=NOON + timedelta(hours=9),
        )  # fmt: skip
    exceptions.give(
        ref=Report.objects.get(handling="sealed").ref, officer=makers.seat(exchange["noord"], "head"),
        to=makers.seat(exchange["noord"], "officer"), until=NOON + timedelta(days=20),
        reason="she must judge what this tip is worth", now=NOON + timedelta(hours=9),
    )  # fmt: skip
    for day in range(1, 12):
        work.work_until_done(now=NOON + timedelta(days=day))
    return exchange


def _pointers(exchange) -> list[tuple[Officer, Delivery]]:
    """A pointer with an open interest behind it, and one with a discreet one, each with somebody who got it."""
    found = []
    for discreet, key in ((False, "midi"), (True, "federal")):
        pointer = Delivery.objects.filter(
            form="pointer", report__handling="consent", duty__discreet=discreet, recipient=exchange[key]
        ).first()
        assert pointer is not None
        found.append((makers.seat(exchange[key], "desk"), pointer))
    return found


CASES = [
    (Report, visibility.reports, facts.report_facts),
    (Dossier, visibility.dossiers, facts.dossier_facts),
    (Duty, visibility.duties, facts.duty_facts),
    (Delivery, visibility.deliveries, facts.delivery_facts),
    (Match, visibility.matches, facts.match_facts),
    (Grant, visibility.grants, lambda grant: facts.grant_facts(grant, NOON + timedelta(days=12))),
]


@pytest.mark.parametrize(("model", "listed", "told"), CASES, ids=[case[0].__name__ for case in CASES])
def test_lists_hold_exactly_what_the_policy_lets_each_reader_list(busy, model, listed, told) -> None:
    rows = list(model.objects.all())
    assert rows, "there is something to be seen"
    seen_by_anybody = 0
    for key in busy:
        makers.officer(busy[key], "administrator", now=NOON + timedelta(days=12))
    for officer in Officer.objects.select_related("service"):
        in_sql = set(listed(officer).values_list("pk", flat=True))
        reader = facts.reader_facts(officer)
        in_python = {row.pk for row in rows if access.may(reader, "list", told(row)).allowed}
        assert in_sql == in_python, f"{officer.name} and {model.__name__}"
        seen_by_anybody += len(in_sql)
    assert 0 < seen_by_anybody < len(rows) * Officer.objects.count(), "some see some, nobody is shown everything"


def test_matches_in_full_are_those_of_which_the_policy_shows_both_sides(busy) -> None:
    rows, full = list(Match.objects.all()), 0
    for officer in Officer.objects.select_related("service"):
        in_sql = set(visibility.matches_in_full(officer).values_list("pk", flat=True))
        reader = facts.reader_facts(officer)
        in_python = {row.pk for row in rows if access.may(reader, "read_content", facts.match_facts(row)).allowed}
        assert in_sql == in_python, officer.name
        full += len(in_sql)
    assert full, "some desk sees both sides of some match"


def test_an_administrator_lists_nothing_of_the_content(busy) -> None:
    administrator = makers.officer(busy["noord"], "administrator", now=NOON + timedelta(days=12))
    assert [listed(administrator).count() for _, listed, _ in CASES] == [0, 0, 0, 0, 0, 0]


def test_the_owner_of_a_report_never_learns_whose_discreet_interest_it_met(busy) -> None:
    from passerelle.flow import consult

    for role in ("officer", "desk", "supervisor", "head"):
        officer = makers.seat(busy["noord"], role)
        for duty in visibility.duties(officer).filter(discreet=True):
            view = consult.read_duty(ref=duty.ref, officer=officer, now=NOON + timedelta(days=12))
            assert view.recipient is None
            assert not any("Federal" in str(line) for line in duty.because), duty.because
            assert not view.deliveries
        for notice in visibility.notices(officer):
            assert "Federal" not in str(notice.says)
