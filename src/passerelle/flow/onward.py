"""A recipient asks whoever filed a report to pass it on to a further service; the originator decides, by a clock."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from passerelle.errors import Refused
from passerelle.flow import answer, ask, asked_often, decide, deliver, duties, oblige
from passerelle.flow.acknowledge import locked_duty
from passerelle.flow.facts import NotThere, allow, duty_facts
from passerelle.flow.ledger_lines import Journal, journal
from passerelle.ledger import canonical
from passerelle.ledger.events_after_telling import OnwardDecided
from passerelle.ledger.events_of_clocks import QuestionAnswered
from passerelle.policy import disclosure
from passerelle.policy.facts import PURPOSES, check_word
from passerelle.records.models import Duty, Officer, Question, Service
from passerelle.words import sentence

CONSENTED = "consented"
BY_SILENCE = "by_silence"
"""How a duty to answer such a request comes out when it was passed on: by a decision, or because nobody said no in time
to what was filed openly."""

NOT_FURTHER = frozenset({"neutral_desk", "oversight"})
"""Kinds of service to which nothing is passed on at somebody's request: they see what they must by their task."""


class NothingToPassOn(Refused):
    """A pointer carries no content, and what was recalled or is gone is not passed on."""

    code = "onward.nothing_to_pass_on"


class NotToThem(Refused):
    """The service that filed it, one's own, one that has closed, the neutral desk or oversight."""

    code = "onward.not_to_them"


class AskedAlready(Refused):
    """The same request stands open already."""

    code = "onward.asked_already"


class OwnWordsStay(Refused):
    """The law does not let the asker's own words on these persons travel to whoever filed the report."""

    code = "onward.own_words_stay"


class AlreadyWithheld(Refused):
    """The same telling is withheld already, and its review decides."""

    code = "onward.withheld"


def ask_originator(
    *, delivery: str, officer: Officer, to: Service, purpose: str, reason: str, now: datetime
) -> Question:
    """Ask the service that filed what was delivered here to pass it on to `to`, for a purpose and a reason.

    Nothing travels by asking, and what `to` has or asks for already decides nothing that the asker could see. Raises
    NotThere, UnknownWord, NothingToPassOn, NotToThem, AskedAlready, OwnWordsStay, QuestionIncomplete, QuotaExceeded.
    """
    check_word(purpose, PURPOSES, what="purpose")
    with journal(now) as lines:
        if not delivery.startswith("delivery-"):
            raise NotThere
        target = ask.target_of(delivery, officer, lines.now)
        got, report = target.delivery, target.report
        assert got is not None and report is not None
        asked_often.one_more("questions_in_an_hour", officer, lines.now)
        if got.form == "pointer" or got.evidence == "recalled" or report.gone:
            raise NothingToPassOn(
                sentence("There is nothing here that could be passed on."),
                way_out=sentence("Ask whoever holds it a question instead."),
            )
        if not may_be_asked_for(to, report.service, officer.service):
            raise NotToThem(
                sentence("It cannot be passed on to {service} at your request.", service=to.name),
                way_out=sentence("Choose another service."),
            )
        standing = Question.objects.filter(service=officer.service_id, report=report, onward_to=to)
        if standing.filter(duty__ended_at__isnull=True).exists():
            raise AskedAlready(
                sentence("Your service asked this already; the answer has a clock."),
                way_out=sentence("See it among your questions."),
            )
        if ask.may_hear(officer.service, report.service, target, purpose):
            ask.has_words(reason)
        elif reason.strip():
            raise OwnWordsStay(
                sentence("The law does not let your own words on these persons travel to who filed it."),
                way_out=sentence("Leave the reason empty; the purpose travels."),
            )
        return ask.put_question(
            lines, target, officer=officer, text=reason, to=report.service,
            because=[sentence("Who got it asks you to pass it on to {service}.", service=to.name)],
            themes=target.themes, territory=target.territory, purpose=purpose, onward_to=to,
        )  # fmt: skip


def may_be_asked_for(to: Service, originator: Service, asking: Service) -> bool:
    """Whether it makes sense to ask that a report be passed on to this service; nothing of what it holds decides."""
    return to.closed_at is None and to.kind not in NOT_FURTHER and to.pk not in (originator.pk, asking.pk)


def may_travel(question: Question, *, decided: bool) -> disclosure.Disclosure:
    """What law and handling let travel to whom it is asked for; `decided`: the originator's desk says yes."""
    report, to = question.report, question.onward_to
    assert report is not None and to is not None
    claim = oblige.onward_claim(question)
    found, _, _ = oblige.best_disclosure(report, to, [claim], sender_decided=decided)
    return found


def consent(*, ref: str, officer: Officer, note: str = "", extract: bool = False, now: datetime) -> Question:
    """The originator's desk says yes to the request of the duty `ref`: as much as law and handling let, or (`extract`)
    no more than an extract, goes to the further service by the ordinary road. Who asked hears that it did, and in words
    only where words on it may travel.

    To say no is to withhold, on a ground, reviewed by a second person. Raises NotThere, NotAllowed, IllegalMove,
    NothingMayTravel, Restricted, AlreadyWithheld, AnswerMayNotTravel.
    """
    with journal(now) as lines:
        duty = locked_duty(ref, officer)
        question = ask.of_duty(duty)
        if question.onward_to is None:
            raise NotThere
        allow(officer, "pass_on", duty_facts(duty))
        if note.strip() and not answer.may_travel(question, officer, lines.now):
            raise answer.AnswerMayNotTravel(
                sentence("The law or the handling lets no words on this travel to the service that asked."),
                way_out=sentence("Say yes without a word, or withhold on a lawful ground."),
            )
        question.answer, question.answered_by, question.answered_at = note.strip(), officer, lines.now
        question.save(update_fields=["answer", "answered_by", "answered_at"])
        said = canonical.commitment(bytes(question.answer_salt), {"answer": question.answer})
        lines.write(QuestionAnswered(question=question.ref, by=officer.ref, commitment=said))
        _carry_out(lines, duty, question, may_travel(question, decided=True), CONSENTED, officer, extract)
    return question


def passes_by_silence(lines: Journal, duty: Duty) -> bool:
    """A request that nobody answered in time: what was filed openly, and would travel by itself to a service with an
    interest, passes on; whatever needs a decision does not, and climbs."""
    found = Question.objects.select_for_update(of=("self",)).filter(duty=duty, onward_to__isnull=False)
    question = found.select_related("onward_to", "service", "asked_by", "report__service").first()
    decided = by_silence(question, duty) if question is not None else None
    if question is None or decided is None:
        return False
    _carry_out(lines, duty, question, decided, BY_SILENCE, None, False)
    return True


def by_silence(question: Question, duty: Duty) -> disclosure.Disclosure | None:
    """What travels if nobody at the desk answers in time; None where it climbs instead: that is what each handling says
    about silence. What was withheld from them before, or recalled, travels by a decision only."""
    report, to = question.report, question.onward_to
    if report is None or to is None or to.closed_at is not None or duty.level != 0:
        return None
    if report.gone or oblige.kept_back(report) or disclosure.handlings()[report.handling].silence != "passes_on":
        return None
    standing = Duty.objects.filter(report=report, recipient=to, kind="pass_on", state__in=("withheld", "upheld"))
    if standing.exists() or report.deliveries.filter(recipient=to, evidence="recalled").exists():
        return None
    decided = may_travel(question, decided=False)
    return decided if decided.form in ("extract", "whole") and not decided.owner_owes_decision else None


def _carry_out(
    lines: Journal, duty: Duty, question: Question, decided: disclosure.Disclosure, how: str, by: Officer | None,
    extract: bool,
) -> None:  # fmt: skip
    """It goes by the ordinary road: under the one duty to tell this report to this service, with its own line."""
    report, to = question.report, question.onward_to
    assert report is not None and to is not None
    if report.gone or to.closed_at is not None or decided.form not in ("extract", "whole"):
        raise decide.NothingMayTravel(
            sentence("The law or the handling lets nothing of this report travel to this service."),
            way_out=sentence("Withhold it on a lawful ground; a second person reviews."),
        )
    if oblige.kept_back(report):
        raise decide.Restricted(
            sentence("The use of this report is restricted: it travels no further."),
            way_out=sentence("Lift the restriction, or withhold the report on a ground while it lasts."),
        )
    if extract and decided.form == "whole":
        decided = replace(decided, form="extract")
    telling = _telling(lines, question, decided)
    claim = oblige.onward_claim(question)
    deliver.send(
        lines, telling, decided, question.purpose, claim.standing, because=oblige.told_because(claim, decided),
        sender_decided=by is not None,
    )
    if telling.live:
        duties.move(lines, telling, "deliver", by=by, outcome=decided.form)
    duties.move(lines, duty, "answer", by=by, outcome=how)
    lines.write(
        OnwardDecided(question=question.ref, duty=telling.ref, how=how, by=by.ref if by is not None else "")
    )
    says = sentence("What you asked was done: it was passed on to {service}.", service=to.name)
    duties.tell(lines, question.service, "answered", says, duty=duty)
    duties.tell(lines, question.service, "answered", says, duty=duty, officer=question.asked_by)
    if by is None:
        told = sentence("Nobody answered in time; it was filed openly and was passed on to {service}.", service=to.name)
        duties.tell(lines, report.service, "answered", told, duty=duty)


def _telling(lines: Journal, question: Question, decided: disclosure.Disclosure) -> Duty:
    """The one duty to tell this report to this service: the standing one, or one that is raised now."""
    report, to = question.report, question.onward_to
    assert report is not None and to is not None
    standing = oblige.owed(report, to)
    if standing is not None and standing.state == "withheld":
        raise AlreadyWithheld(
            sentence("Your service withheld this report from {service}; a second person reviews it.", service=to.name),
            way_out=sentence("Wait for the review, or withhold here too."),
        )
    if standing is not None and standing.state == "upheld":  # decided otherwise now: owed anew, and told at once
        standing.outcome = "again"
        standing.save(update_fields=["outcome"])
        standing = None
    if standing is not None:
        standing.onward = question
        standing.save(update_fields=["onward"])
        return standing
    return duties.raise_duty(
        lines, kind="pass_on", service=report.service, report=report, recipient=to, form=decided.form,
        urgency=oblige.urgency_of(report), themes=frozenset(report.themes), onward=question,
        because=[sentence("A service that has this report asked you to pass it on to {service}.", service=to.name)],
    )  # fmt: skip


__all__ = [
    "AskedAlready", "NotThere", "ask_originator", "by_silence", "consent", "may_be_asked_for", "may_travel",
    "passes_by_silence",
]  # fmt: skip
