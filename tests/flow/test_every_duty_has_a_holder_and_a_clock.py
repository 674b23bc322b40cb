"""A state machine on the real tables: whatever services, officers and the clock do, the protocol's invariants hold."""

from __future__ import annotations

import os
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any, ClassVar

import pytest
from django.db import connection, transaction
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from passerelle.duty import LIVE
from passerelle.errors import Refused
from passerelle.flow import (
    acknowledge,
    commit_points,
    decide,
    duties,
    hold,
    judge,
    ledger_lines,
    oblige,
    receive,
    reconcile,
    seats,
    watches,
)
from passerelle.flow import work as worker
from passerelle.flow.facts import duty_facts, match_facts, reader_facts
from passerelle.flow.receive import ReportDraft, SubjectDraft
from passerelle.policy import access
from passerelle.policy.facts import FORMS
from passerelle.records import checks
from passerelle.records.models import Delivery, Duty, Match, Officer, Report, Service, Withholding
from passerelle.replay import diff, fold
from passerelle.testing import makers
from tests import figures

pytestmark = pytest.mark.django_db

EXAMPLES = int(os.environ.get("PASSERELLE_EXAMPLES", "12"))
STEPS = int(os.environ.get("PASSERELLE_STEPS", "20"))
"""So many runs of so many steps; before a release 300 of 50 (`docs/reliability.md`)."""

PEOPLE = (
    {"name": ["Lambert Vercruysse"], "birthDate": ["1980-05-06"]},
    {"name": ["Lambert Vercruysse"]},
    {"name": ["Lambert Verkruisse"], "birthDate": ["1980-05-06"]},
    {"name": ["Mireille Dardenne"], "birthDate": ["1971-11-30"]},
)
WHO = st.sampled_from(PEOPLE)
SERVICES = st.sampled_from(["noord", "midi", "noord", "midi", "federal", "stad", "jeugd"])
CATEGORIES = st.sampled_from(["suspect", "suspect", "victim", "child", "witness"])
PURPOSES = st.sampled_from(["investigation", "investigation", "child_protection"])
ROLES = st.sampled_from(["desk", "supervisor", "head"])
ANY = st.integers(0, 10**6)
ENDS_WITH = {"pass_on": ("pass_on", "withhold"), "acknowledge": ("acknowledge",), "review": ("review",)}
WHY = "the informant would be in danger"


class Exchange(RuleBasedStateMachine):
    """The exchange of `makers`, made once by the test; each example happens in a transaction that is undone."""

    services: ClassVar[dict[str, Service]]
    seen: ClassVar[set[str]] = set()

    def __init__(self) -> None:
        super().__init__()
        self.block: Any = transaction.atomic()
        self.block._from_testcase = True  # the verbs' own transactions are durable in all but name
        self.block.__enter__()
        self.now: datetime = makers.NOON
        self.swept = False
        self.levels: dict[str, int] = {}
        self.ends: dict[str, str] = {}

    def teardown(self) -> None:
        try:
            assert not diff.differences(fold.fold(ledger_lines.entries()), checks.plain_rows())
        finally:
            self._undo()

    def _undo(self) -> None:
        connection.set_rollback(True)
        self.block.__exit__(None, None, None)

    def _sweep(self) -> None:
        turns = worker.work_until_done(now=self.now)
        assert not any(turn.failed for turn in turns), [turn.failed for turn in turns]
        self.swept = True

    def _one(self, rows: Any, number: int) -> Any:
        found = list(rows.order_by("id"))
        return found[number % len(found)] if found else None

    def _duty(self, number: int, **where: Any) -> Duty | None:
        return self._one(Duty.objects.filter(**({"ended_at__isnull": True} | where)), number)

    def _seat(self, service: Service, role: str) -> Officer:
        return Officer.objects.filter(service=service, role=role).first() or Officer.objects.get(service=service)

    def _draft(self, who: dict[str, list[str]], category: str, handling: str = "open") -> ReportDraft:
        return ReportDraft(
            text="Gezien in de stad.",
            language="nl",
            handling=handling,
            subjects=[SubjectDraft("p", "Person", who, category=category)],
            handling_reason="the source could be recognised",
            handling_review_on=(self.now + timedelta(days=30)).date(),
            themes=["terrorism"] if category == "witness" else [],
        )

    @initialize(
        category=CATEGORIES, handling=st.sampled_from(["consent", "sealed"]), purpose=PURPOSES, withheld=st.booleans()
    )
    def something_is_owed(self, category: str, handling: str, purpose: str, withheld: bool) -> None:
        self.open_dossier("midi", PEOPLE[0], 20, category == "child", purpose)
        self.file("noord", PEOPLE[0], category, handling)
        if withheld:
            self.withhold(0, "desk")

    @rule(key=SERVICES, who=WHO, category=CATEGORIES, handling=st.sampled_from(["open", "consent", "sealed"]))
    def file(self, key: str, who: dict[str, list[str]], category: str, handling: str) -> None:
        service = self.services[key]
        receive.file_report(
            service=service,
            author=self._seat(service, "officer"),
            draft=self._draft(who, category, handling),
            now=self.now,
        )
        self._sweep()

    @rule(
        key=SERVICES, who=WHO, days=st.integers(1, 20), discreet=st.booleans(),
        purpose=PURPOSES,
    )  # fmt: skip
    def open_dossier(self, key: str, who: dict[str, list[str]], days: int, discreet: bool, purpose: str) -> None:
        service = self.services[key]
        with suppress(Refused):
            receive.open_dossier(
                service=service, officer=self._seat(service, "officer"), title="A dossier", language="nl",
                purpose=purpose, legal_basis="an article", until=(self.now + timedelta(days=days)).date(),
                subjects=[SubjectDraft("p", "Person", who, category="suspect")], discreet=discreet, now=self.now,
            )  # fmt: skip
        self._sweep()

    @rule(days=st.integers(1, 20))
    def state_rule(self, days: int) -> None:
        with suppress(Refused):
            watches.state_rule(
                service=self.services["federal"], officer=None, approved_by=None, theme="terrorism",
                purpose="investigation", legal_basis="an article", until=(self.now + timedelta(days=days)).date(),
                now=self.now,
            )  # fmt: skip

    @rule(number=ANY, who=WHO, category=CATEGORIES)
    def revise(self, number: int, who: dict[str, list[str]], category: str) -> None:
        report = self._one(Report.objects.select_related("service"), number)
        if report is not None:
            desk = self._seat(report.service, "desk")
            receive.revise_report(ref=report.ref, officer=desk, draft=self._draft(who, category), now=self.now)
        self._sweep()

    @rule(number=ANY, role=ROLES, verdict=st.sampled_from(["same", "different", "different", "unsure"]))
    def judge(self, number: int, role: str, verdict: str) -> None:
        duty = self._duty(number, kind="judge")
        if duty is not None:
            with suppress(Refused):
                officer = self._seat(duty.holder, role)
                judge.judge_match(ref=duty.match.ref, officer=officer, verdict=verdict, now=self.now)

    @rule(number=ANY, again=ANY)
    def take_back(self, number: int, again: int) -> None:
        match = self._one(Match.objects.filter(judgements__taken_back_at__isnull=True).distinct(), number)
        judged = self._one(match.judgements.all(), again) if match is not None else None
        if judged is not None:
            with suppress(Refused):
                judge.take_back(ref=match.ref, officer=judged.officer, now=self.now)

    @rule(number=ANY, outcome=st.sampled_from(["acted_upon", "noted"]))
    def acknowledge(self, number: int, outcome: str) -> None:
        duty = self._duty(number, kind="acknowledge")
        if duty is not None:
            with suppress(Refused):
                desk = self._seat(duty.service, "desk")
                acknowledge.acknowledge_duty(ref=duty.ref, officer=desk, outcome=outcome, now=self.now)

    @rule(number=ANY, role=ROLES)
    def pass_on(self, number: int, role: str) -> None:
        duty = self._duty(number, kind="pass_on")
        if duty is not None:
            with suppress(Refused):
                decide.pass_on(ref=duty.ref, officer=self._seat(duty.service, role), now=self.now)

    @rule(number=ANY, role=ROLES)
    def withhold(self, number: int, role: str) -> None:
        duty = self._duty(number, kind="pass_on", state__in=["open", "held"])
        if duty is not None:
            officer = self._seat(duty.service, role)
            with suppress(Refused):
                decide.withhold(ref=duty.ref, officer=officer, ground="g", reason=WHY, now=self.now)

    @rule(number=ANY, role=ROLES, uphold=st.booleans())
    def review(self, number: int, role: str, uphold: bool) -> None:
        duty = self._duty(number, kind="review")
        if duty is not None:
            officer = self._seat(duty.holder, role)
            with suppress(Refused):
                decide.review(ref=duty.ref, officer=officer, uphold=uphold, reason="as it was read now", now=self.now)

    @rule(number=ANY, role=ROLES, days=st.integers(1, 8))
    def hold(self, number: int, role: str, days: int) -> None:
        duty = self._duty(number)
        if duty is not None:
            until = self.now + timedelta(days=days)
            with suppress(Refused):
                hold.hold_duty(
                    ref=duty.ref, officer=self._seat(duty.service, role), reason="the informant is being asked",
                    until=until, now=self.now,
                )  # fmt: skip

    @rule(number=ANY, role=st.sampled_from(["officer", "desk", "supervisor", "head"]), back=st.booleans())
    def assign(self, number: int, role: str, back: bool) -> None:
        duty = self._duty(number)
        if duty is not None:
            with suppress(Refused):
                head, to = self._seat(duty.holder, "head"), None if back else self._seat(duty.holder, role)
                hold.assign(ref=duty.ref, officer=head, to=to, now=self.now)

    @rule(number=ANY, days=st.integers(0, 9))
    def go_away(self, number: int, days: int) -> None:
        held = Officer.objects.filter(holds__state__in=LIVE).distinct()
        officer = self._one(held, number) or self._one(Officer.objects.all(), number)
        until = self.now + timedelta(days=days) if days else None
        seats.go_away(officer=officer, until=until, by=officer, now=self.now)

    @rule(hours=st.sampled_from([1, 9, 30, 100, 300]))
    def time_passes(self, hours: int) -> None:
        self.now += timedelta(hours=hours)
        self._sweep()

    @rule(hours=st.sampled_from([1, 30]))
    def the_clock_goes_back(self, hours: int) -> None:
        self.now -= timedelta(hours=hours)

    @invariant()
    def every_duty_has_ended_or_has_one_holder_who_can_act_and_a_clock(self) -> None:
        at = ledger_lines.effective(self.now)
        rows = Duty.objects.select_related("service", "holder", "officer__service", "report__author", "match", "about")
        for duty in rows:
            self.seen.add(duty.state)
            assert duty.ref not in self.ends or self.ends[duty.ref] == duty.state, "what has ended stays ended"
            if not duty.live:
                self.ends[duty.ref] = duty.state
                continue
            assert duty.level >= self.levels.get(duty.ref, 0), "no duty comes down the ladder"
            self.levels[duty.ref] = duty.level
            assert duty.holder is not None and duty.due_at is not None and duty.next_event_at is not None
            if duty.state == "withheld":
                review = Duty.objects.get(about=duty, kind="review", ended_at__isnull=True)
                assert (duty.holder, duty.officer, duty.next_event_at) == (
                    review.holder, review.officer, review.next_event_at,
                ), "what is withheld has the holder and the clock of its review"  # fmt: skip
                continue
            if self.swept:
                assert duty.next_event_at > at, f"{duty.kind} {duty.state}: its event came and nothing happened"
            if duty.officer is not None:
                assert duty.officer.service == duty.holder and duty.officer.is_active
                assert duty.officer.away_until is None or duty.officer.away_until <= at, "nobody absent holds a duty"
                assert duty.officer != duties.decider_of(duty), "nobody reviews their own decision"
            self._somebody_can_act(duty)
        if self.swept:
            self._what_is_owed_is_sent_or_withheld_or_live()
        self.swept = False

    def _somebody_can_act(self, duty: Duty) -> None:
        seated = [duty.officer] if duty.officer else list(Officer.objects.filter(service=duty.holder))
        if duty.level == 4 or (duty.level == 3 and duty.kind in ("pass_on", "acknowledge")):
            return  # those rungs remind and order; who owes it can still end it
        if duty.kind == "judge":
            assert duty.match is not None
            acts, thing = ("judge",), match_facts(duty.match)
        else:
            acts, thing = ENDS_WITH[duty.kind], duty_facts(duty)
        can = [officer for officer in seated for act in acts if access.may(reader_facts(officer), act, thing).allowed]
        assert can, f"nobody who holds the duty to {duty.kind} on rung {duty.level} of {duty.holder} can end it"

    def _what_is_owed_is_sent_or_withheld_or_live(self) -> None:
        found = reconcile.reconcile(now=self.now)
        assert not found.missing, f"owed to nobody's list: {found.missing}"
        assert found.owed == found.sent + found.withheld + found.live
        at = ledger_lines.effective(self.now)
        for report, service in found.surplus:
            tellings = Duty.objects.filter(report__ref=report, recipient__key=service, kind="pass_on")
            duty = tellings.get(ended_at__isnull=True)
            asked = Duty.objects.filter(match__in=duty.matches.all(), kind="judge", ended_at__isnull=True)
            assert oblige.serving_no_interest([duty], at) or asked.exists(), "nothing calls for it and nobody is asked"

    @invariant()
    def no_duplicate_is_delivered_and_each_content_is_acknowledged_or_owed(self) -> None:
        best: dict[tuple[int, int, int], int] = {}
        for delivery in Delivery.objects.order_by("id"):
            assert delivery.sender_id != delivery.recipient_id, "nobody is told what they told"
            told = (delivery.report_id, delivery.report_version, delivery.recipient_id)
            assert FORMS.index(delivery.form) > best.get(told, 0), "each delivery of a version says more"
            best[told] = FORMS.index(delivery.form)
            if delivery.form != "pointer" and delivery.acknowledged_at is None:
                owed = Duty.objects.filter(kind="acknowledge", report=delivery.report_id, ended_at__isnull=True)
                assert owed.filter(recipient=delivery.recipient_id).exists(), "what was delivered is to be acknowledged"

    @invariant()
    def a_withholding_is_reviewed_by_a_second_person(self) -> None:
        for withholding in Withholding.objects.exclude(outcome=""):
            assert withholding.reviewed_by_id != withholding.decided_by_id


def test_whatever_happens_every_duty_has_a_holder_and_a_clock(exchange: dict[str, Service]) -> None:
    Exchange.services = exchange
    visited: set[str] = set()
    with commit_points.watched(lambda point, moment: visited.add(point)):
        run_state_machine_as_test(
            Exchange,
            settings=settings(
                max_examples=EXAMPLES, stateful_step_count=STEPS, deadline=None, derandomize=True,
                suppress_health_check=list(HealthCheck),
            ),
        )  # fmt: skip
    known = set(commit_points.known())
    figures.keep(
        "states", runs=EXAMPLES, steps_each=STEPS, commit_points=len(known), visited=sorted(visited & known),
        states=sorted(Exchange.seen), broken=0,
    )  # fmt: skip
    assert Exchange.seen >= {"open", "withheld", "done"}, "the machine went through next to nothing"
