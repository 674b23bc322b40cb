"""What people do in a simulation: each act calls one verb of the house, on something drawn from what there is."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from django.db import connection
from django.db.models import Q

from passerelle.cli.simulation.cast import GROUNDS, WHY, Cast
from passerelle.flow import (
    accounts,
    acknowledge,
    consult,
    consult_dossier,
    decide,
    duties,
    exceptions,
    hold,
    judge,
    oversight,
    recall,
    receive,
    reconcile,
    seats,
    take_in,
    visits,
    watches,
)
from passerelle.flow.receive import ReportDraft, SubjectDraft
from passerelle.intake import open_source
from passerelle.records.models import (
    Account,
    Delivery,
    Dossier,
    Duty,
    Grant,
    Interest,
    Match,
    Officer,
    PeriodicReview,
    Proposal,
    Report,
    Sample,
    Service,
)
from passerelle.records.models.accounts import SCOPES

Act = Callable[[Cast], "Callable[[datetime], Any] | None"]
"""Draws what is to be done; the call that does it at a moment, or none when there is nothing to do it to."""

LEADING = ("desk", "supervisor", "head")
OUTWARD = ("police", "federal_police", "prosecutor", "municipality", "youth_care")


def _service(cast: Cast) -> Service:
    return cast.one(Service.objects.filter(kind__in=OUTWARD))


def one_seat(cast: Cast, service: Service, *roles: str) -> Any:
    """An officer of a service in one of these roles, or none."""
    return cast.one(Officer.objects.filter(service=service, role__in=roles or ("officer", "desk"), is_active=True))


def one_live(cast: Cast, **where: Any) -> Any:
    """A duty that lives, or none."""
    return cast.one(Duty.objects.filter(**({"ended_at__isnull": True} | where)))


def _draft(cast: Cast, service: Service) -> Callable[[datetime], ReportDraft]:
    language, who, handling = cast.dice.choice(service.languages), cast.person(), cast.handling()
    category = cast.dice.choices(("suspect", "victim", "witness", "contact"), (6, 1, 1, 2))[0]
    text, themes = cast.text(language), [["terrorism"], ["drugs"], []][cast.dice.choices((0, 1, 2), (1, 2, 9))[0]]
    danger, days = cast.dice.random() < 0.05, cast.dice.randint(5, 60)
    return lambda now: ReportDraft(
        text=text, language=language, handling=handling, danger_to_life=danger, themes=themes,
        handling_reason="the source could be recognised" if handling != "open" else "",
        handling_review_on=(now + timedelta(days=days)).date() if handling != "open" else None,
        subjects=[SubjectDraft("p", "Person", who, category=category)],
    )  # fmt: skip


def file_report(cast: Cast) -> Any:
    service = _service(cast)
    author, draft = one_seat(cast, service, "officer", "desk"), _draft(cast, service)
    if author is None:
        return None
    return lambda now: receive.file_report(service=service, author=author, draft=draft(now), now=now)


def revise_report(cast: Cast) -> Any:
    report = cast.one(Report.objects.select_related("service"))
    officer = one_seat(cast, report.service, "desk", "supervisor") if report else None
    if officer is None:
        return None
    draft = _draft(cast, report.service)
    return lambda now: receive.revise_report(ref=report.ref, officer=officer, draft=draft(now), now=now)


def open_dossier(cast: Cast) -> Any:
    service = _service(cast)
    officer, who, days = one_seat(cast, service, "officer", "desk"), cast.person(), cast.dice.randint(20, 300)
    discreet = cast.dice.random() < 0.15
    if officer is None:
        return None
    return lambda now: receive.open_dossier(
        service=service, officer=officer, title="Dossier", language=service.languages[0], purpose="investigation",
        legal_basis="Police Function Act, Art. 44/1", until=(now + timedelta(days=days)).date(), discreet=discreet,
        subjects=[SubjectDraft("p", "Person", who, category="suspect")], now=now,
    )  # fmt: skip


def add_subjects(cast: Cast) -> Any:
    dossier = cast.one(Dossier.objects.select_related("service"))
    officer = one_seat(cast, dossier.service, "officer", "desk") if dossier else None
    who = cast.person()
    if officer is None:
        return None
    draft = [SubjectDraft(f"q{cast.dice.randrange(10**6)}", "Person", who, category="suspect")]
    return lambda now: receive.add_subjects(dossier=dossier, officer=officer, subjects=draft, now=now)


def judge_match(cast: Cast) -> Any:
    duty = one_live(cast, kind="judge")
    officer = one_seat(cast, duty.holder, "desk", "supervisor", "head") if duty else None
    verdict = cast.dice.choice(("same", "different", "different", "unsure"))
    if officer is None or duty is None or duty.match is None:
        return None
    return lambda now: judge.judge_match(ref=duty.match.ref, officer=officer, verdict=verdict, now=now)


def take_back(cast: Cast) -> Any:
    match = cast.one(Match.objects.filter(pk__in=Match.objects.filter(judgements__taken_back_at__isnull=True)))
    judged = cast.one(match.judgements.filter(taken_back_at__isnull=True)) if match else None
    return judged and (lambda now: judge.take_back(ref=match.ref, officer=judged.officer, now=now))


def acknowledge_duty(cast: Cast) -> Any:
    duty = one_live(cast, kind="acknowledge")
    officer = one_seat(cast, duty.service, "desk", "supervisor") if duty else None
    outcome = cast.dice.choice(("acted_upon", "noted"))
    if officer is None or duty is None:
        return None
    return lambda now: acknowledge.acknowledge_duty(ref=duty.ref, officer=officer, outcome=outcome, now=now)


def pass_on(cast: Cast) -> Any:
    duty = one_live(cast, kind="pass_on")
    officer = one_seat(cast, duty.service, "desk", "supervisor", "head") if duty else None
    return officer and (lambda now: decide.pass_on(ref=duty.ref, officer=officer, now=now))


def withhold(cast: Cast) -> Any:
    """Mostly by who leads: theirs are the decisions that the rung above them must not come to review. Of a request to
    pass something on too, whose answer is a yes or a no."""
    asked = Q(kind="pass_on") | Q(kind="answer", question__onward_to__isnull=False)
    duty = cast.one(Duty.objects.filter(asked, state__in=["open", "held"]))
    role = cast.dice.choices(("desk", "supervisor", "head"), (2, 3, 3))[0]
    officer = (one_seat(cast, duty.service, role) or one_seat(cast, duty.service, *LEADING)) if duty else None
    ground = cast.dice.choice(GROUNDS)
    return officer and (
        lambda now: decide.withhold(ref=duty.ref, officer=officer, ground=ground, reason=WHY, now=now)
    )


def review(cast: Cast) -> Any:
    """By a second person, and now and then by whoever is there: who decided it among them, and is refused."""
    duty = one_live(cast, kind="review")
    if duty is None:
        return None
    seated = Officer.objects.filter(service__in=[duty.service, duty.holder], role__in=LEADING, is_active=True)
    decider = duties.decider_of(duty)
    if decider is not None and cast.dice.random() < 0.9:
        seated = seated.exclude(pk=decider.pk)
    officer, uphold = cast.one(seated), cast.dice.random() < 0.6
    days = cast.dice.randint(20, 90) if PeriodicReview.objects.filter(duty=duty).exists() else 0
    return officer and (
        lambda now: decide.review(
            ref=duty.ref, officer=officer, uphold=uphold, reason="as it was read", now=now,
            next_on=(now + timedelta(days=days)).date() if days else None,
        )
    )  # fmt: skip


def hold_duty(cast: Cast) -> Any:
    duty = one_live(cast)
    officer = one_seat(cast, duty.service, "desk", "supervisor", "head") if duty else None
    days = cast.dice.randint(1, 6)
    return officer and (
        lambda now: hold.hold_duty(
            ref=duty.ref, officer=officer, reason="the informant is being asked", until=now + timedelta(days=days),
            now=now,
        )
    )  # fmt: skip


def assign(cast: Cast) -> Any:
    duty = one_live(cast)
    head = one_seat(cast, duty.holder, "head", "supervisor") if duty else None
    back = cast.dice.random() < 0.2
    to = one_seat(cast, duty.holder, "officer", "desk", "supervisor", "head") if duty and not back else None
    return head and (lambda now: hold.assign(ref=duty.ref, officer=head, to=to, now=now))


def go_away(cast: Cast) -> Any:
    holding = Officer.objects.filter(pk__in=Duty.objects.filter(ended_at__isnull=True).values("officer"))
    officer = cast.one(holding) or cast.one(Officer.objects.filter(is_active=True))
    days = cast.dice.randint(0, 20)
    return lambda now: seats.go_away(
        officer=officer, until=now + timedelta(days=days) if days else None, by=None, now=now
    )


def leave_for_good(cast: Cast) -> Any:
    officer = cast.one(Officer.objects.filter(is_active=True, account__isnull=True).exclude(role="oversight"))
    if officer is None or Officer.objects.filter(service=officer.service, is_active=True).count() < 4:
        return None
    return lambda now: seats.close_seat(officer=officer, now=now)


def come_new(cast: Cast) -> Any:
    service = cast.one(Service.objects.exclude(kind="oversight"))
    role, number = cast.dice.choice(("officer", "desk", "supervisor", "head")), cast.dice.randrange(10**9)
    if Officer.objects.filter(service=service, is_active=True).count() > 6:
        return None
    return lambda now: seats.seat_officer(
        username=f"{service.key}.{number}", name=f"{role} {number}", service=service, role=role,
        language=service.languages[0], languages_read=service.languages, now=now,
    )  # fmt: skip


def change_role(cast: Cast) -> Any:
    officer = cast.one(Officer.objects.filter(is_active=True, account__isnull=True).exclude(role="oversight"))
    role = cast.dice.choice(("officer", "desk", "supervisor", "head"))
    return lambda now: seats.change_role(officer=officer, role=role, now=now)


def name_deputy(cast: Cast) -> Any:
    officer = cast.one(Officer.objects.filter(is_active=True).exclude(role="oversight"))
    deputy = one_seat(cast, officer.service, "desk", "supervisor", "head")
    return lambda now: seats.name_deputy(officer=officer, deputy=deputy, by=None, now=now)


def recall_delivery(cast: Cast) -> Any:
    delivery = cast.one(Delivery.objects.exclude(evidence="recalled").select_related("sender"))
    officer = one_seat(cast, delivery.sender, "desk", "supervisor") if delivery else None
    return officer and (
        lambda now: recall.recall(ref=delivery.ref, officer=officer, reason="sent to the wrong service", now=now)
    )


def confirm_destroyed(cast: Cast) -> Any:
    duty = one_live(cast, kind="correct", corrections__isnull=True)
    officer = one_seat(cast, duty.service, "desk", "supervisor") if duty else None
    return officer and (lambda now: recall.confirm_destroyed(ref=duty.ref, officer=officer, note="done", now=now))


def read_report(cast: Cast) -> Any:
    report = cast.one(Report.objects.select_related("service"))
    officer = one_seat(cast, report.service) if report else None
    return officer and (lambda now: consult.read_report(ref=report.ref, officer=officer, purpose="my_case", now=now))


def read_delivery(cast: Cast) -> Any:
    delivery = cast.one(Delivery.objects.select_related("recipient"))
    officer = one_seat(cast, delivery.recipient, "desk") if delivery else None
    return officer and (
        lambda now: consult.read_delivery(ref=delivery.ref, officer=officer, purpose="arrived", now=now)
    )


def read_match(cast: Cast) -> Any:
    duty = one_live(cast, kind="judge")
    officer = one_seat(cast, duty.holder, "desk", "supervisor") if duty else None
    return officer and (lambda now: consult.read_match(ref=duty.match.ref, officer=officer, purpose="my_duty", now=now))


def read_dossier(cast: Cast) -> Any:
    dossier = cast.one(Dossier.objects.select_related("service"))
    officer = one_seat(cast, dossier.service) if dossier else None
    return officer and (
        lambda now: consult_dossier.read_dossier(ref=dossier.ref, officer=officer, purpose="my_case", now=now)
    )


def read_grant(cast: Cast) -> Any:
    grant = cast.one(Grant.objects.select_related("officer"))
    return grant and (lambda now: consult.read_grant(ref=grant.ref, officer=grant.officer, now=now))


def begin_visit(cast: Cast) -> Any:
    report = cast.one(Report.objects.select_related("service"))
    officer = one_seat(cast, report.service) if report else None
    return officer and (lambda now: visits.begin(ref=report.ref, officer=officer, purpose="my_case", now=now))


def break_glass(cast: Cast) -> Any:
    delivery = cast.one(Delivery.objects.filter(form="pointer").select_related("recipient"))
    officer = one_seat(cast, delivery.recipient) if delivery else None
    return officer and (
        lambda now: exceptions.break_glass(
            ref=delivery.ref, officer=officer, reason="somebody is in danger of life tonight", now=now
        )
    )


def give_grant(cast: Cast) -> Any:
    report = cast.one(Report.objects.select_related("service"))
    officer = one_seat(cast, report.service, "supervisor", "head") if report else None
    to = one_seat(cast, report.service, "officer") if report else None
    return officer and to and (
        lambda now: exceptions.give(
            ref=report.ref, officer=officer, to=to, until=now + timedelta(days=3),
            reason="stands in for a colleague who is ill", now=now,
        )
    )  # fmt: skip


def end_grant(cast: Cast) -> Any:
    grant = cast.one(Grant.objects.filter(ended_at__isnull=True).select_related("given_by"))
    return grant and (lambda now: exceptions.end(ref=grant.ref, officer=grant.given_by, now=now))


def ask_watch(cast: Cast) -> Any:
    service = _service(cast)
    officer, who, days = one_seat(cast, service, "officer", "desk"), cast.person(), cast.dice.randint(20, 80)
    return officer and (
        lambda now: watches.ask(
            officer=officer, kind="watch", purpose="investigation", legal_basis="Police Function Act, Art. 44/1",
            until=(now + timedelta(days=days)).date(), subjects=[SubjectDraft("w", "Person", who, category="suspect")],
            now=now,
        )
    )  # fmt: skip


def read_proposal(cast: Cast) -> Any:
    proposal = cast.one(Proposal.objects.select_related("service"))
    officer = one_seat(cast, proposal.service, "supervisor", "head") if proposal else None
    return officer and (lambda now: consult.read_proposal(ref=proposal.ref, officer=officer, now=now))


def end_watch(cast: Cast) -> Any:
    interest = cast.one(Interest.objects.filter(kind__in=["watch", "rule"]).select_related("service"))
    officer = one_seat(cast, interest.service, "supervisor", "head", "desk") if interest else None
    return officer and (lambda now: watches.end(ref=interest.ref, officer=officer, now=now))


def state_watch(cast: Cast) -> Any:
    service = _service(cast)
    officer, head, who = one_seat(cast, service, "desk"), one_seat(cast, service, "head"), cast.person()
    days = cast.dice.randint(10, 60)
    return officer and head and (
        lambda now: watches.state_watch(
            service=service, officer=officer, approved_by=head, purpose="investigation", now=now,
            subjects=[SubjectDraft("w", "Person", who, category="suspect")], legal_basis="an article of law",
            until=(now + timedelta(days=days)).date(),
        )
    )  # fmt: skip


def state_rule(cast: Cast) -> Any:
    service, days = _service(cast), cast.dice.randint(10, 60)
    return lambda now: watches.state_rule(
        service=service, officer=None, approved_by=None, theme="terrorism", purpose="investigation",
        legal_basis="an article of law", until=(now + timedelta(days=days)).date(), now=now,
    )  # fmt: skip


def order_decision(cast: Cast) -> Any:
    duty, officer = one_live(cast), cast.one(Officer.objects.filter(role="oversight", is_active=True))
    return duty and (
        lambda now: oversight.order_decision(ref=duty.ref, officer=officer, reason="three weeks of silence", now=now)
    )


def draw_sample(cast: Cast) -> Any:
    officer = cast.one(Officer.objects.filter(role="oversight", is_active=True))
    kind = cast.dice.choice(("reads", "withholdings", "glass"))
    return lambda now: oversight.draw_sample(kind=kind, size=3, officer=officer, now=now)


def examine(cast: Cast) -> Any:
    sample = cast.one(Sample.objects.all())
    item = cast.one(sample.items.filter(outcome="")) if sample else None
    officer = cast.one(Officer.objects.filter(role="oversight", is_active=True))
    return item and (
        lambda now: oversight.examine(ref=sample.ref, thing=item.thing, outcome="in_order", officer=officer, now=now)
    )


def read_as_operator(cast: Cast) -> Any:
    report = cast.one(Report.objects.all())
    return report and (lambda now: consult.read_as_operator(thing=report.ref, reason="asked by oversight", now=now))


def add_key(cast: Cast) -> Any:
    account, public = cast.one(Account.objects.filter(ended_at__isnull=True)), cast.dice.randbytes(32)
    return lambda now: accounts.add_key(account=account, public=public, now=now)


def change_scopes(cast: Cast) -> Any:
    account = cast.one(Account.objects.filter(ended_at__isnull=True))
    scopes = list(SCOPES)[: cast.dice.randint(1, len(SCOPES))]
    return lambda now: accounts.change_scopes(account=account, scopes=scopes, now=now)


def take_in_register(cast: Cast) -> Any:
    """A service's register of three rows, now and then with one that cannot be read."""
    service, name = _service(cast), f"register-{cast.dice.randrange(4)}.csv"
    rows = ["id,schema,name,birthDate"]
    for number in range(3):
        who = cast.person()
        rows.append(f"p{number},Person,{who['name'][0]},{who.get('birthDate', [''])[0]}")
    rows += ["p9,Nonsense,,"] if cast.dice.random() < 0.3 else []

    def take(now: datetime) -> Any:
        path = Path(connection.settings_dict["NAME"]).parent / name
        path.write_text("\n".join(rows) + "\n", encoding="utf-8")
        source = open_source(path)
        return take_in.take_in(service=service, officer=None, source=source, name=name, now=now)

    return take


def reconcile_all(cast: Cast) -> Any:
    return lambda now: reconcile.reconcile(now=now)


WEIGHTS: dict[Act, float] = {
    file_report: 16, open_dossier: 6, revise_report: 3, add_subjects: 2, judge_match: 9, take_back: 1,
    acknowledge_duty: 16, pass_on: 6, withhold: 9, review: 6, hold_duty: 3, assign: 4, go_away: 5, leave_for_good: 1,
    come_new: 2, change_role: 1, name_deputy: 1, recall_delivery: 1.5, confirm_destroyed: 2, read_report: 2,
    read_delivery: 3, read_match: 1, read_dossier: 1, read_grant: 0.5, begin_visit: 0.5, break_glass: 1,
    give_grant: 0.7, end_grant: 0.5, ask_watch: 1, read_proposal: 0.5, end_watch: 0.5, state_watch: 0.5,
    state_rule: 0.3, order_decision: 1, draw_sample: 0.5, examine: 0.7, reconcile_all: 0.2, read_as_operator: 0.3,
    add_key: 0.3, change_scopes: 0.3, take_in_register: 0.7,
}  # fmt: skip
"""How often each act is tried; desks work through what they owe, but not all of it."""
