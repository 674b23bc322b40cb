"""More of what people do in a simulation: questions and answers, bounces, lack of people, corrections and erasures."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from passerelle.cli.simulation.acts import Act, one_live, one_seat
from passerelle.cli.simulation.cast import Cast
from passerelle.flow import answer, ask, bounce, correct, defer, end_report, onward
from passerelle.flow import ask_back as asking_back
from passerelle.records.models import Delivery, Report, Service
from passerelle.records.models.corrections import RECEIPTS

TEXT = "Is this the same person as in your report?"


def withdraw(cast: Cast) -> Any:
    report = cast.one(Report.objects.filter(gone="").select_related("service"))
    officer = one_seat(cast, report.service, "desk", "supervisor", "head") if report else None
    return officer and (
        lambda now: end_report.withdraw(
            ref=report.ref, officer=officer, ground="not_accurate", reason="it was somebody else", now=now
        )
    )


def erase(cast: Cast) -> Any:
    report = cast.one(Report.objects.exclude(gone="erased").select_related("service"))
    officer = one_seat(cast, report.service, "supervisor", "head", "desk") if report else None
    return officer and (lambda now: end_report.erase(ref=report.ref, officer=officer, ground="unlawful", now=now))


def give_receipt(cast: Cast) -> Any:
    duty = one_live(cast, kind="correct", corrections__isnull=False)
    officer = one_seat(cast, duty.service, "desk", "supervisor") if duty else None
    said = cast.dice.choice(sorted(RECEIPTS))
    return officer and (
        lambda now: correct.give_receipt(ref=duty.ref, officer=officer, receipt=said, note="it was done", now=now)
    )


def ask_question(cast: Cast) -> Any:
    delivery = cast.one(Delivery.objects.exclude(evidence="recalled").select_related("recipient"))
    officer = one_seat(cast, delivery.recipient, "desk", "supervisor") if delivery else None
    return officer and (lambda now: ask.ask(about=delivery.ref, officer=officer, text=TEXT, now=now))


def ask_onward(cast: Cast) -> Any:
    got = cast.one(Delivery.objects.exclude(evidence="recalled").select_related("recipient"))
    officer = one_seat(cast, got.recipient, "desk", "supervisor") if got else None
    to = cast.one(Service.objects.exclude(kind__in=["oversight", "neutral_desk"]))
    asks = {"to": to, "purpose": "investigation", "reason": "they follow his brother"}
    return officer and (lambda now: onward.ask_originator(delivery=got.ref, officer=officer, now=now, **asks))


def consent(cast: Cast) -> Any:
    duty = one_live(cast, kind="answer", question__onward_to__isnull=False)
    officer = one_seat(cast, duty.service, "desk", "supervisor") if duty else None
    return officer and (lambda now: onward.consent(ref=duty.ref, officer=officer, now=now))


def ask_back(cast: Cast) -> Any:
    duty = one_live(cast, kind="answer")
    officer = one_seat(cast, duty.service, "desk", "supervisor") if duty else None
    return officer and (lambda now: asking_back.ask_back(ref=duty.ref, officer=officer, text=TEXT, now=now))


def answer_question(cast: Cast) -> Any:
    duty = one_live(cast, kind="answer", question__onward_to__isnull=True)
    officer = one_seat(cast, duty.service, "desk", "supervisor") if duty else None
    return officer and (lambda now: answer.answer(ref=duty.ref, officer=officer, text="Yes, it is.", now=now))


def send_on(cast: Cast) -> Any:
    duty = one_live(cast, kind__in=["answer", "judge"])
    officer = one_seat(cast, duty.holder, "desk", "supervisor") if duty else None
    to = cast.one(Service.objects.exclude(kind="oversight"))
    return officer and (
        lambda now: bounce.bounce(ref=duty.ref, officer=officer, to=to, reason="this is theirs to answer", now=now)
    )


def not_for_us(cast: Cast) -> Any:
    duty = one_live(cast, kind="acknowledge")
    officer = one_seat(cast, duty.service, "desk", "supervisor") if duty else None
    theirs = cast.one(Service.objects.exclude(kind__in=["oversight", "neutral_desk"]))
    return officer and (lambda now: bounce.not_for_us(ref=duty.ref, officer=officer, theirs=theirs, now=now))


def hand_back(cast: Cast) -> Any:
    duty = one_live(cast, holder__kind="neutral_desk")
    officer = one_seat(cast, duty.holder, "desk", "supervisor", "head") if duty else None
    return officer and (
        lambda now: bounce.hand_back(ref=duty.ref, officer=officer, reason="it is all theirs to do", now=now)
    )


def defer_duty(cast: Cast) -> Any:
    duty, days = one_live(cast, state="open"), cast.dice.randint(1, 8)
    officer = one_seat(cast, duty.service, "head") if duty else None
    return officer and (
        lambda now: defer.defer_duty(
            ref=duty.ref, officer=officer, reason="three of five are ill", until=now + timedelta(days=days), now=now
        )
    )


def sign_overload(cast: Cast) -> Any:
    service = cast.one(Service.objects.exclude(kind__in=["oversight", "neutral_desk"]))
    officer, days = one_seat(cast, service, "head"), cast.dice.randint(1, 8)
    kind = cast.dice.choice(sorted(defer.KINDS_DEFERRED))
    return officer and (
        lambda now: defer.sign_overload(
            officer=officer, kind=kind, reason="three of five are ill", until=now + timedelta(days=days), now=now
        )
    )


WEIGHTS_LATER: dict[Act, float] = {
    withdraw: 1, erase: 0.7, give_receipt: 3, ask_question: 3, ask_back: 0.7, answer_question: 3, ask_onward: 1,
    consent: 1.5, send_on: 1.5,
    not_for_us: 1, hand_back: 1, defer_duty: 1.5, sign_overload: 0.7,
}  # fmt: skip
