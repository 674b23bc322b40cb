"""Tables of rules: tried on a month, asked for by one, approved by another, and in force from a day on."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from passerelle.errors import Refused
from passerelle.flow import ask, decide, reconcile, rules, rules_in_force, rules_tried, work
from passerelle.flow.facts import NotAllowed, NotThere
from passerelle.flow.ledger_lines import rules_applied
from passerelle.policy import deadlines, disclosure, tables
from passerelle.policy.tables import DATA_FOLDER, Written
from passerelle.records.models import Delivery, Duty, Officer, RuleTable
from passerelle.testing import makers

pytestmark = pytest.mark.django_db

FERDINAND = makers.person("p", "Ferdinand Oosterlynck", birthDate=["1971-05-03"])
SHIPPED = {name: (DATA_FOLDER / f"{name}.yaml").read_text(encoding="utf-8") for name in rules.TABLES}
SLOWER = SHIPPED["deadlines"].replace(
    "{id: acknowledge, duties: [acknowledge], period: {working_days: 1}",
    "{id: acknowledge, duties: [acknowledge], period: {days: 5}",
)
QUIETER = SHIPPED["who_may_tell_whom"].replace(
    "rows:\n",
    """rows:
  - id: nobody-for-now
    sender: [law_enforcement]
    recipient: [federal_police]
    at_once: nothing
    after_decision: nothing
    regime: law_enforcement
    standing: binding
    source: "a decision of the court of first instance, invented for this test"
    says: "Nothing travels to the federal police for now."
""",
    1,
)
REASON = "the court decided so this week"
NOON = makers.NOON
MARCH = (2026, 3)


@pytest.fixture
def administrator(exchange: dict[str, Any]) -> Officer:
    return makers.officer(exchange["neutral"], "administrator")


def approved(text: str, table: str, by: Officer, exchange: dict[str, Any], **more: Any) -> RuleTable:
    asked = rules.propose(table=table, text=text, reason=REASON, officer=by, now=NOON, **more)
    head = makers.seat(exchange["neutral"], "head")
    decide.review(ref=asked.review.ref, officer=head, uphold=True, reason="that is what was decided", now=NOON)
    asked.refresh_from_db()
    return asked


def acknowledgement(of: Any, at: Any) -> Duty:
    filed = makers.report(of["noord"], "Ferdinand Oosterlynck was er.", FERDINAND, now=at)
    return Duty.objects.get(kind="acknowledge", report=filed)


def test_nothing_changes_before_a_second_person_approved_and_the_wait_has_a_holder_and_a_clock(
    exchange: dict[str, Any], administrator: Officer
) -> None:
    asked = rules.propose(table="deadlines", text=SLOWER, reason=REASON, officer=administrator, now=NOON)
    work.work_until_done(now=NOON + timedelta(minutes=1))
    assert asked.review.officer == makers.seat(exchange["neutral"], "head") and asked.review.due_at is not None
    assert rules_rows("acknowledge").count == 1
    with pytest.raises(Refused, match="Another version of this table waits"):
        rules.propose(table="deadlines", text=SLOWER + "# more\n", reason=REASON, officer=administrator, now=NOON)


def rules_rows(row: str) -> deadlines.DeadlineRow:
    with rules_applied():
        return next(one for one in deadlines.in_force() if one.id == row)


def test_nobody_approves_what_they_asked_for(exchange: dict[str, Any]) -> None:
    head = makers.seat(exchange["neutral"], "head")
    asked = rules.propose(table="deadlines", text=SLOWER, reason=REASON, officer=head, now=NOON)
    assert asked.review.officer != head
    with pytest.raises((NotAllowed, NotThere)):
        decide.review(ref=asked.review.ref, officer=head, uphold=True, reason="I think it is right", now=NOON)


def test_a_version_counts_from_its_day_and_what_was_raised_before_keeps_its_clock(
    exchange: dict[str, Any], administrator: Officer
) -> None:
    makers.dossier(exchange["federal"], FERDINAND)
    before = acknowledgement(exchange, NOON)
    starts = NOON + timedelta(days=2)
    version = approved(SLOWER, "deadlines", administrator, exchange, starts_at=starts)
    assert version.version == 2 and version.outcome == "approved"
    work.work_until_done(now=NOON + timedelta(hours=1))
    still = acknowledgement(exchange, NOON + timedelta(hours=2))
    assert still.due_at - still.raised_at <= timedelta(days=2)
    work.work_until_done(now=starts)
    after = acknowledgement(exchange, starts + timedelta(minutes=1))
    assert after.due_at - after.raised_at == timedelta(days=5)
    assert Duty.objects.get(pk=before.pk).due_at == before.due_at
    version.refresh_from_db()
    assert version.in_force_at == starts


def test_a_version_approved_before_each_duty_needed_a_row_still_counts_and_no_duty_is_without_a_clock(
    exchange: dict[str, Any], administrator: Officer
) -> None:
    makers.dossier(exchange["federal"], FERDINAND)
    version = approved(SLOWER, "deadlines", administrator, exchange)
    partial = SLOWER.replace("duties: [acknowledge]", "duties: [correct]")
    with pytest.raises(Refused, match="no row says by when acknowledge is due"):
        rules_in_force.read("deadlines", partial)
    RuleTable.objects.filter(pk=version.pk).update(text=partial)
    rules_in_force._version.cache_clear()
    duty = acknowledgement(exchange, NOON + timedelta(minutes=5))
    assert duty.due_at - duty.raised_at <= timedelta(days=1), "the shipped row"
    assert rules_rows("acknowledge").duties == {"correct"}, "the rest of the version counts"


def test_a_refused_version_never_counts_and_who_asked_hears_it(
    exchange: dict[str, Any], administrator: Officer
) -> None:
    asked = rules.propose(table="deadlines", text=SLOWER, reason=REASON, officer=administrator, now=NOON)
    head = makers.seat(exchange["neutral"], "head")
    decide.review(ref=asked.review.ref, officer=head, uphold=False, reason="no law asks for it", now=NOON)
    work.work_until_done(now=NOON + timedelta(days=1))
    asked.refresh_from_db()
    assert (asked.outcome, asked.version, asked.in_force_at) == ("refused", 0, None)
    assert administrator.notices.filter(kind="reviewed").exists()
    assert rules_rows("acknowledge").count == 1


def test_a_stricter_table_of_tellings_ends_what_it_no_longer_calls_for_and_what_is_owed_balances(
    exchange: dict[str, Any], administrator: Officer
) -> None:
    makers.dossier(exchange["federal"], FERDINAND)
    child = makers.person("k", "Griet Lammens", category="witness", birthDate=["1966-01-09"])
    makers.dossier(exchange["federal"], child)
    waiting = makers.report(exchange["noord"], "Griet Lammens zag het.", child, now=NOON)
    live = Duty.objects.filter(kind="pass_on", report=waiting, ended_at__isnull=True)
    assert live.exists(), "about a witness the owner decides"
    approved(QUIETER, "who_may_tell_whom", administrator, exchange)
    work.work_until_done(now=NOON + timedelta(minutes=1))
    assert not live.exists()
    told = Delivery.objects.count()
    makers.report(exchange["noord"], "Ferdinand Oosterlynck was er.", FERDINAND, now=NOON + timedelta(minutes=2))
    assert Delivery.objects.count() == told, "nothing travels under the new table"
    found = reconcile.reconcile(now=NOON + timedelta(minutes=3))
    assert found.balances, (found.missing, found.surplus)


def test_a_wider_table_of_tellings_owes_what_was_filed_before(
    exchange: dict[str, Any], administrator: Officer
) -> None:
    approved(QUIETER, "who_may_tell_whom", administrator, exchange)
    work.work_until_done(now=NOON)
    makers.dossier(exchange["federal"], FERDINAND)
    filed = makers.report(exchange["noord"], "Ferdinand Oosterlynck was er.", FERDINAND, now=NOON)
    assert not Delivery.objects.filter(report=filed).exists()
    again = approved(SHIPPED["who_may_tell_whom"], "who_may_tell_whom", administrator, exchange)
    work.work_until_done(now=NOON + timedelta(minutes=1))
    assert again.version == 3
    assert Delivery.objects.get(report=filed).form == "whole"
    assert reconcile.reconcile(now=NOON + timedelta(minutes=2)).balances


@pytest.mark.parametrize(
    ("table", "text", "says"),
    [
        ("deadlines", "rows: []", "at_once_minutes"),
        ("deadlines", "rows: [", "cannot be used"),
        ("deadlines", SHIPPED["deadlines"], "says the same as the one in force"),
        ("who_may_tell_whom", QUIETER.replace("at_once: nothing", "at_once: everything", 1), "does not exist"),
        ("ladder", "rows: []", "There is no table ladder"),
        ("deadlines", SLOWER + "#" * 200_000, "at most 200000 are taken"),
        ("deadlines", SHIPPED["deadlines"].replace("duties: [judge]", "duties: [review]"), "no row says by when judge"),
        ("deadlines", SHIPPED["deadlines"].replace("{days: 7}", "{days: 1000000}"), "neither at_once nor one of"),
        ("deadlines", SHIPPED["deadlines"].replace("[judge]", "[[judge]]"), "policy does not know"),
        ("deadlines", SHIPPED["deadlines"] + "since: 2026-13-45", "cannot be used"),
        ("deadlines", "[" * 2000, "cannot be used"),
        ("who_may_tell_whom", QUIETER.replace("categories: [", "categories: [[witness], ", 1), "does not know"),
    ],
)
def test_a_table_that_says_too_little_or_nothing_new_is_refused(
    exchange: dict[str, Any], administrator: Officer, table: str, text: str, says: str
) -> None:
    with pytest.raises(Refused, match=says):
        rules.propose(table=table, text=text, reason=REASON, officer=administrator, now=NOON)
    assert not RuleTable.objects.exists()


@pytest.mark.parametrize("role", ["officer", "desk", "supervisor"])
def test_a_seat_that_sets_no_rules_asks_for_none(exchange: dict[str, Any], role: str) -> None:
    with pytest.raises(NotThere):
        rules.propose(
            table="deadlines", text=SLOWER, reason=REASON, officer=makers.seat(exchange["noord"], role), now=NOON
        )


def test_what_another_version_changes_is_said_row_by_row() -> None:
    before, after = disclosure.telling_table(), disclosure.telling_table(Written("own.yaml", QUIETER))
    assert [(one.row, one.how) for one in rules.differences(before, after)] == [("nobody-for-now", "came")]
    slower = deadlines.load(Written("own.yaml", SLOWER))
    (one,) = rules.differences(deadlines.shipped(), slower)
    assert (one.row, one.how, one.before["count"], one.after["count"]) == ("acknowledge", "changed", "1", "5")


def test_rules_are_tried_on_a_month_and_nothing_is_changed_by_it(exchange: dict[str, Any]) -> None:
    makers.dossier(exchange["federal"], FERDINAND)
    filed = makers.report(exchange["noord"], "Ferdinand Oosterlynck was er.", FERDINAND, now=NOON)
    later = NOON + timedelta(days=40)
    before = (Duty.objects.count(), Delivery.objects.count())
    trial = rules_tried.tried(path=Written("own.yaml", QUIETER), month=MARCH, reason=REASON, now=later)
    assert (trial.reports, trial.owed, trial.owed_then) == (1, 1, 0)
    assert [(one.report, one.recipient, one.before, one.after) for one in trial.of("gone")] == [
        (filed.ref, "federal", "whole", "nothing")
    ]
    assert trial.loads["federal"].acknowledgements == 1 and trial.loads["federal"].acknowledgements_then == 0
    clocks = rules_tried.tried(path=Written("own.yaml", SLOWER), month=MARCH, reason=REASON, now=later)
    assert clocks.loads["federal"].longer == 1 and clocks.loads["federal"].shorter == 0
    assert (Duty.objects.count(), Delivery.objects.count()) == before
    assert tables.set_here("deadlines") is None


def test_the_clocks_that_are_tried_are_those_that_a_duty_has(exchange: dict[str, Any]) -> None:
    """On the holidays of who owes it, as short as for every kind of service where its interest is discreet, and by the
    themes of the report whose match is judged or of the question."""
    federal, later = exchange["federal"], NOON + timedelta(days=300)
    federal.place = "de-by"
    federal.save(update_fields=["place"])
    day_before = datetime(NOON.year + 1, 1, 5, 12, tzinfo=UTC)  # Epiphany is a holiday in Bavaria, not in Belgium
    makers.dossier(federal, FERDINAND)
    makers.dossier(exchange["midi"], FERDINAND, discreet=True)
    makers.dossier(federal, makers.person("d", "Lambert Vercruysse"))
    makers.report(exchange["noord"], "Ferdinand was er.", FERDINAND, themes=["firearms"], now=day_before)
    makers.report(
        exchange["noord"], "Hij was er.", makers.person("p", "Lambert Verkruisse"), themes=["firearms"], now=day_before
    )
    told = Delivery.objects.filter(recipient=federal).get()
    desk = makers.seat(federal, "desk")
    ask.ask(about=told.ref, officer=desk, text="Waar woont hij nu?", themes=["firearms"], now=day_before)
    owed = Duty.objects.filter(due_at__isnull=False, raised_at__gte=later)
    assert {"acknowledge", "answer", "judge"} <= set(owed.values_list("kind", flat=True)), owed
    assert owed.filter(discreet=True).exists()
    assert {duty.kind: rules_tried.due_by(duty) for duty in owed} == {duty.kind: duty.due_at for duty in owed}


def test_a_rule_of_theme_is_tried_before_it_is_asked_for(exchange: dict[str, Any]) -> None:
    filed = makers.report(exchange["noord"], "Wapens in de kelder.", FERDINAND, themes=["firearms"], now=NOON)
    text = "rules:\n- {service: federal, theme: firearms, purpose: investigation, legal_basis: Art. 44/1}\n"
    trial = rules_tried.tried(
        path=Written("own.yaml", text), month=MARCH, reason=REASON, now=NOON + timedelta(days=40)
    )
    assert [(one.report, one.recipient, one.before) for one in trial.of("new")] == [(filed.ref, "federal", "nothing")]
    for wrong in ("rules:\n- {service: nobody, theme: firearms}\n", "rows: [{id: a}]\n", "rules: []\n"):
        with pytest.raises(Refused):
            rules_tried.tried(path=Written("own.yaml", wrong), month=MARCH, reason=REASON, now=NOON)
