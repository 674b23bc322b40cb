"""An officer asks: it becomes a duty of whoever can answer. It goes where its words may travel."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from passerelle.errors import Refused
from passerelle.flow import asked_often, duties, oblige, rungs, sizes
from passerelle.flow.facts import NotThere, match_facts, reader_facts, service_facts, standing_of
from passerelle.flow.ledger_lines import Journal, journal
from passerelle.ledger import canonical
from passerelle.ledger.events_after_telling import OnwardAsked
from passerelle.ledger.events_of_clocks import QuestionAsked
from passerelle.policy import access, disclosure, routing, urgency
from passerelle.policy.facts import DESK_ROLES, FORMS, PURPOSES, SERVICE_ROLES, check_word
from passerelle.records import visibility
from passerelle.records.models import Delivery, Dossier, Duty, Match, Officer, Question, Report, Service, Subject
from passerelle.words import Sentence, sentence


class QuestionIncomplete(Refused):
    """A question without words."""

    code = "ask.incomplete"


@dataclass(frozen=True, slots=True)
class Target:
    """What a question is about, as its asker may see it: a report, a match or a delivery; the categories of the persons
    concerned, its themes and its territory; who is known to hold it, and whether the asker's interest is discreet."""

    report: Report | None = None
    match: Match | None = None
    delivery: Delivery | None = None
    dossier: Dossier | None = None
    categories: frozenset[str] = frozenset({"none"})
    themes: frozenset[str] = frozenset()
    territory: str = ""
    purpose: str = "investigation"
    handling: str = "open"
    standing: str = "rule"
    danger_to_life: bool = False
    holders: frozenset[str] = frozenset()
    discreet: bool = False


def ask(
    *, about: str, officer: Officer, text: str, themes: Sequence[str] = (), territory: str = "", purpose: str = "",
    now: datetime,
) -> Question:  # fmt: skip
    """Ask about the report, match or delivery with the reference `about`, which the officer may see.

    It goes to one service: who holds the subject, as far as the asker was told, else by theme, territory and language
    read, else to the neutral desk. Nothing of what the asker may not know decides. Raises NotThere, QuestionIncomplete,
    UnknownWord, QuotaExceeded.
    """
    has_words(text)
    if purpose:
        check_word(purpose, PURPOSES, what="purpose")
    with journal(now) as lines:
        target = target_of(about, officer, lines.now)
        asked_often.one_more("questions_in_an_hour", officer, lines.now)
        if target.delivery is None and target.report is not None and target.report.service_id == officer.service_id:
            asked_often.one_more("questions_around_in_a_day", officer, lines.now)
        if not (purpose or target.purpose):
            raise QuestionIncomplete(
                sentence("A question says what for."),
                way_out=sentence("Choose a purpose: this report stands in no dossier."),
            )
        wanted = frozenset(themes) or target.themes
        place = territory or target.territory
        to, because = _routed(officer, target, wanted, place, purpose or target.purpose)
        return put_question(
            lines, target, officer=officer, text=text, to=to, because=[because], themes=wanted, territory=place,
            purpose=purpose or target.purpose,
        )  # fmt: skip


def put_question(
    lines: Journal,
    target: Target,
    *,
    officer: Officer,
    text: str,
    to: Service,
    because: Sequence[Sentence],
    themes: frozenset[str],
    territory: str,
    purpose: str,
    parent: Question | None = None,
    urgency_known: str = "",
    onward_to: Service | None = None,
) -> Question:
    """A question and the duty to answer it, within a verb's own transaction."""
    held = target.report if target.report is not None and target.report.service_id == to.pk else None
    duty = duties.raise_duty(
        lines,
        kind="answer",
        service=to,
        recipient=officer.service,
        report=held,
        match=target.match,
        urgency=urgency_known
        or urgency.of_text(
            text, themes=themes, categories=target.categories, directly_accessible=held is not None
        ).level,
        themes=themes,
        discreet=target.discreet and (parent is None or not from_first(parent)),
        because=because,
    )
    question = Question(
        service=officer.service,
        asked_by=officer,
        report=target.report,
        match=target.match,
        delivery=target.delivery,
        dossier=target.dossier,
        parent=parent,
        onward_to=onward_to,
        duty=duty,
        purpose=purpose,
        language=officer.language,
        themes=sorted(themes),
        territory=territory,
        discreet=target.discreet,
        text=text,
        asked_at=lines.now,
    )
    question.save()
    about = target.delivery or target.match or target.report or target.dossier
    lines.write(
        QuestionAsked(
            question=question.ref,
            service=officer.service.key,
            by=officer.ref,
            about=about.ref if about is not None else "",
            parent=parent.ref if parent is not None else "",
            duty=duty.ref,
            commitment=canonical.commitment(bytes(question.salt), {"text": text}),
        )
    )
    if onward_to is not None and target.report is not None:
        lines.write(OnwardAsked(question=question.ref, report=target.report.ref, to=onward_to.key))
    duties.tell(lines, to, "asked", sentence("A question waits for your answer."), duty=duty)
    return question


def target_of(about: str, officer: Officer, at: datetime) -> Target:
    """What stands behind a reference, as far as this officer may see it. Raises NotThere."""
    if officer.role not in SERVICE_ROLES:
        raise NotThere
    kind = about.split("-")[0]
    if kind == "delivery":
        return _delivery(about, officer, at)
    if kind == "match":
        return _match(about, officer, at)
    if kind == "report":
        return _report(about, officer)
    raise NotThere


def _delivery(about: str, officer: Officer, at: datetime) -> Target:
    """A delivery to the officer's service: its sender holds it."""
    rows = visibility.deliveries(officer).filter(ref=about, recipient=officer.service_id)
    found = rows.select_related("report__service", "sender", "duty__report__service", "duty__recipient").first()
    if found is None:
        raise NotThere
    claims = oblige.claims_of(found.duty, at)
    best = max((claim.standing for claim in claims), key=("rule", "unsure", "strong", "same").index, default="rule")
    own = {claim.interest.purpose for claim in claims}
    told = found.form != "pointer"  # of a pointer, only what the recipient knows itself says how it is asked
    theirs = {claim.subject.category for claim in claims if claim.subject is not None}
    yours = set(Subject.objects.filter(ref__in=found.content.get("yours", ())).values_list("category", flat=True))
    return Target(
        report=found.report,
        delivery=found,
        categories=frozenset(theirs if told else yours) or frozenset({"none"}),
        themes=frozenset(found.report.themes) if told else frozenset(),
        territory=found.report.territory if told else "",
        purpose=min(own) if own else "investigation",
        handling=found.report.handling,
        standing=best,
        danger_to_life=told and found.report.danger_to_life,
        holders=frozenset({found.sender.key}),
        discreet=found.duty.discreet,
    )


def _match(about: str, officer: Officer, at: datetime) -> Target:
    """A match of which the officer sees both sides: the other side holds it, where it may be named."""
    rows = visibility.matches(officer).filter(ref=about)
    found = rows.select_related(*oblige.MATCH_ROWS).first()
    if found is None:
        raise NotThere
    facts = match_facts(found)
    named = access.may(reader_facts(officer), "name_owner", facts).allowed
    sides = {found.left.service.key, found.right.service.key} - {officer.service.key}
    mine = found.left if found.left.service_id == officer.service_id else found.right
    other = found.right if mine is found.left else found.left
    interest = oblige.interest_of(mine, at)
    return Target(
        match=found,
        report=other.report if named else None,
        categories=frozenset({other.category}) if named else frozenset({mine.category}),
        themes=frozenset(other.report.themes) if named and other.report is not None else frozenset(),
        purpose=interest.purpose if interest is not None else "investigation",
        handling=other.report.handling if named and other.report is not None else "open",
        standing=standing_of(found) or "unsure",
        danger_to_life=named and other.report is not None and other.report.danger_to_life,
        holders=frozenset(sides) if named else frozenset(),
        discreet=facts.discreet or (interest is not None and interest.discreet),
    )


def _report(about: str, officer: Officer) -> Target:
    """A report of the officer's own service: who stands on the other side of its matches, where they may be named."""
    found = visibility.reports(officer).select_related("service").filter(ref=about, service=officer.service_id).first()
    if found is None:
        raise NotThere
    mine = set(found.subjects.values_list("pk", flat=True))
    seen = visibility.matches_in_full(officer)
    rows = (seen.filter(left__in=mine) | seen.filter(right__in=mine)).select_related("left__service", "right__service")
    reader, holders = reader_facts(officer), set()
    for match in rows.distinct():
        if access.may(reader, "name_owner", match_facts(match)).allowed:
            holders |= {match.left.service.key, match.right.service.key} - {officer.service.key}
    interest = getattr(found.dossier, "interest", None) if found.dossier is not None else None
    return Target(
        report=found,
        categories=frozenset(found.subjects.values_list("category", flat=True)) or frozenset({"none"}),
        themes=frozenset(found.themes),
        territory=found.territory,
        purpose=interest.purpose if interest is not None else "",
        handling=found.handling,
        holders=frozenset(holders),
        discreet=interest is not None and interest.discreet,
    )


def _routed(
    officer: Officer, target: Target, themes: frozenset[str], territory: str, purpose: str
) -> tuple[Service, Sentence]:
    """The service that is asked, and why: the best that the asker's words may travel to, else the neutral desk."""
    others = {
        service.key: service
        for service in Service.objects.exclude(pk=officer.service_id).filter(closed_at__isnull=True).order_by("key")
    }
    answerers = [
        routing.Answerer(service=service_facts(service), holds=key in target.holders, reads=_reads(service))
        for key, service in others.items()
    ]
    found = routing.routes(
        answerers, asking=officer.service.key, themes=themes, territory=territory, language=officer.language
    )
    for route in found:
        if may_hear(officer.service, others[route.key], target, purpose):
            return others[route.key], route.because
    return rungs.neutral_desk(), routing.nobody_in_particular()


def may_hear(asking: Service, to: Service, target: Target, purpose: str) -> bool:
    """Whether the law lets the words of a question on these persons travel from one service to another.

    They are the asker's own words: what the asker's own report is sealed for stays out of them by asking."""
    own = target.report is not None and target.report.service_id == asking.pk
    return all(
        FORMS.index(
            disclosure.decide(
                sender=service_facts(asking), recipient=service_facts(to), purpose=purpose, category=category,
                handling=target.handling if own else "open", standing="same",
                danger_to_life=target.danger_to_life, sender_decided=True,
            ).form
        ) >= FORMS.index("extract")
        for category in sorted(target.categories)
    )  # fmt: skip


def _reads(service: Service) -> frozenset[str]:
    """The languages that those who act for a desk read."""
    officers = Officer.objects.filter(service=service, is_active=True, role__in=DESK_ROLES)
    read = {code for codes in officers.values_list("languages_read", flat=True) for code in codes}
    return frozenset(read | set(service.languages))


def of_duty(duty: Duty) -> Question:
    """The question that a duty to answer answers. Raises NotThere for a duty of another kind."""
    found = Question.objects.select_for_update(of=("self",)).filter(duty=duty)
    question = found.select_related("service", "asked_by", "duty", "onward_to", "report__service").first()
    if question is None:
        raise NotThere
    return question


def depth_of(question: Question) -> int:
    """How many questions this one answers: none, for one that was not asked back."""
    depth, parent = 0, question.parent
    while parent is not None:
        depth, parent = depth + 1, parent.parent
    return depth


def from_first(question: Question) -> bool:
    """Whether who asked first asks this too: every second question of a row is theirs, the others are asked of them."""
    return depth_of(question) % 2 == 0


def first_of(question: Question) -> Question:
    """The question that all the others of its row were asked back on."""
    while question.parent is not None:
        question = question.parent
    return question


def has_words(text: str) -> None:
    """Raises QuestionIncomplete for fewer than three words."""
    if len(text.split()) < 3:
        raise QuestionIncomplete(
            sentence("A question needs a few words."), way_out=sentence("Say what you need to know, and what for.")
        )
    sizes.check_text(text, sentence("text"))
