"""Whoever owes an answer gives it, as far as the law and the handling let it travel; who asked hears it."""

from __future__ import annotations

from datetime import datetime, timedelta

from passerelle.errors import Refused
from passerelle.flow import ask, duties, oblige, sizes
from passerelle.flow.acknowledge import locked_duty
from passerelle.flow.facts import NotThere, allow, duty_facts, service_facts, standing_of
from passerelle.flow.ledger_lines import Journal, journal
from passerelle.ledger import canonical
from passerelle.ledger.events_of_clocks import QuestionAnswered
from passerelle.policy import disclosure
from passerelle.policy.facts import FORMS
from passerelle.records.models import Duty, Officer, Question
from passerelle.words import sentence


class AnswerMayNotTravel(Refused):
    """The law or the handling lets no words on this travel to the service that asked."""

    code = "answer.may_not_travel"


class AnswerIncomplete(Refused):
    """An answer without words."""

    code = "answer.incomplete"


class YesOrNo(Refused):
    """A request to pass something on is answered by doing so, or by withholding it."""

    code = "answer.yes_or_no"


def answer(*, ref: str, officer: Officer, text: str, now: datetime) -> Question:
    """Answer the question of a duty. What travels is what a telling on the same subject would let travel: words only
    where at least an extract would, once a desk has decided.

    A question that had been asked back goes on. Raises NotThere, NotAllowed, IllegalMove, AnswerIncomplete,
    AnswerMayNotTravel, YesOrNo.
    """
    if not text.strip():
        raise AnswerIncomplete(sentence("An answer needs words."), way_out=sentence("“We hold nothing” is an answer."))
    sizes.check_text(text, sentence("text"))
    with journal(now) as lines:
        duty = locked_duty(ref, officer)
        allow(officer, "answer", duty_facts(duty))
        question = ask.of_duty(duty)
        if question.onward_to_id is not None:
            raise YesOrNo(
                sentence("It is asked whether you pass it on: words are neither yes nor no."),
                way_out=sentence("Pass it on, or withhold it on a lawful ground."),
            )
        if not may_travel(question, officer, lines.now):
            raise AnswerMayNotTravel(
                sentence("The law or the handling lets no words on this travel to the service that asked."),
                way_out=sentence("Withhold on a lawful ground, or have the match judged first; it keeps its clock."),
            )
        duties.move(lines, duty, "answer", by=officer, outcome="answered")
        question.answer, question.answered_by, question.answered_at = text, officer, lines.now
        question.save(update_fields=["answer", "answered_by", "answered_at"])
        lines.write(
            QuestionAnswered(
                question=question.ref,
                by=officer.ref,
                commitment=canonical.commitment(bytes(question.answer_salt), {"answer": text}),
            )
        )
        says = sentence("Your question was answered.")
        duties.tell(lines, question.service, "answered", says, duty=duty)
        duties.tell(lines, question.service, "answered", says, duty=duty, officer=question.asked_by)
        if question.parent is not None:
            _hear(lines, question)
    return question


def may_travel(question: Question, officer: Officer, at: datetime) -> bool:
    """Whether words of this officer's service on what is asked may travel to who asked: as the telling itself may."""
    if not ask.from_first(question):  # the asker's own words on their own question, to whom they asked
        return True
    question = ask.first_of(question)
    if question.dossier_id is not None:  # a colleague's own, within one service
        return True
    sender, recipient = service_facts(officer.service), service_facts(question.service)
    report = question.report if question.report is not None else None
    own = report is not None and report.service_id == officer.service_id
    handling = report.handling if own and report is not None else "open"
    danger = own and report is not None and report.danger_to_life
    if own and question.delivery is not None:
        claims = oblige.claims_of(question.delivery.duty, at)
        if claims and report is not None:
            told, _, _ = oblige.best_disclosure(report, question.service, claims, sender_decided=True)
            return FORMS.index(told.form) >= FORMS.index("extract")
    standing = (standing_of(question.match) or "unsure") if question.match is not None else "rule"
    categories = _categories(question, officer)
    return all(
        FORMS.index(
            disclosure.decide(
                sender=sender, recipient=recipient, purpose=question.purpose, category=category, handling=handling,
                standing=standing, danger_to_life=danger, sender_decided=True,
            ).form
        ) >= FORMS.index("extract")
        for category in categories
    )  # fmt: skip


def _categories(question: Question, officer: Officer) -> list[str]:
    """The categories of those whom the question concerns: on the answering side, else as the asker knows them."""
    if question.match is not None:
        sides = (question.match.left, question.match.right)
        mine = [side.category for side in sides if side.service_id == officer.service_id]
        return mine or sorted({side.category for side in sides})
    if question.report is not None:
        return sorted(set(question.report.subjects.values_list("category", flat=True))) or ["none"]
    return ["none"]


def _hear(lines: Journal, back: Question) -> None:
    """The question that was answered with a question goes on; its clock runs from where it stood."""
    assert back.parent is not None and back.duty_id is not None
    waiting = Duty.objects.select_for_update(of=("self",)).select_related("service", "holder", "officer", "recipient")
    duty = waiting.get(pk=back.parent.duty_id)
    if duty.state != "held" or duty.paused_until is None or duty.due_at is None:
        return
    duty.due_at -= max(duty.paused_until - lines.now, timedelta())
    duty.next_event = "escalate"
    duty.next_event_at = max(duty.due_at, lines.now)
    duties.move(lines, duty, "hear")
    if duty.holder is not None:
        duties.tell(lines, duty.holder, "heard", sentence("What you asked back was answered."), duty=duty)


__all__ = ["AnswerIncomplete", "AnswerMayNotTravel", "NotThere", "answer", "may_travel"]
