"""What happened, told from the ledger's lines joined with the rows they name; nothing of it is typed in by hand."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings

from passerelle.duty import KINDS
from passerelle.errors import Refused
from passerelle.flow import ledger_lines, oblige
from passerelle.flow.acknowledge import OUTCOMES
from passerelle.policy import deadlines, grounds, ladder
from passerelle.policy.citations import cited
from passerelle.policy.facts import FORM_WORDS
from passerelle.records.models import (
    Delivery,
    Dossier,
    Duty,
    Interest,
    Match,
    Notice,
    Officer,
    Report,
    ReportVersion,
    Service,
    Subject,
    Withholding,
)
from passerelle.records.models.matches import BANDS, VERDICTS
from passerelle.records.models.services import ROLES
from passerelle.replay.live_sheet import LANGUAGE_NAMES
from passerelle.words import Fact, Sentence, noop, sentence

EXCERPT_SIGNS = 90
KEY_WORDS = {"address": noop("address"), "phone": noop("phone number"), "": noop("name or number")}
Facts = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class StoryLine:
    """One line of the story. `event` is a stable word; `service` does it, `to` whom it reaches, `because` says why."""

    at: datetime
    event: str
    service: str
    to: str
    says: Sentence
    because: tuple[Sentence, ...] = ()
    about: frozenset[str] = frozenset()  # references of the reports it concerns

    def line(self, language: str) -> str:
        """The line as it is printed: when, what, and the reasons indented below."""
        when = self.at.astimezone(ZoneInfo(settings.TIME_ZONE)).strftime("%d/%m %H:%M")
        reasons = [f"\n               {reason.in_language(language)}" for reason in self.because]
        return f"{when}    {self.says.in_language(language)}{''.join(reasons)}"

    def to_json(self) -> dict[str, str]:
        """The line for `--json`, in English."""
        return {
            "at": self.at.isoformat(timespec="seconds"), "event": self.event, "service": self.service, "to": self.to,
            "because": " ".join(str(reason) for reason in self.because), "says": str(self.says),
        }


class Teller:
    """Reads the ledger on from the last line told. `seen` is the index of the first line that is not told yet."""

    def __init__(self, seen: int = 0) -> None:
        self.seen = 0
        self.escalated: set[str] = set()
        self._levels: dict[str, int] = {}
        self._common = set(Subject.objects.exclude(bounded=[]).values_list("pk", flat=True)) if seen else set()
        for _ in self.news(until=seen):
            pass

    def news(self, until: int | None = None) -> Iterator[StoryLine]:
        """The lines of the story since the last call, in the ledger's order, but that a decision is told before what it
        let travel. Ledger lines before `until` are only learnt."""
        lines = list(self._ledger(until))
        yield from sorted(lines, key=lambda line: (line.at, line.event != "passed_on"))
        if until is None:
            yield from self._over_common()

    def _ledger(self, until: int | None) -> Iterator[StoryLine]:
        for entry in ledger_lines.entries(self.seen):
            line = json.loads(entry)
            if until is not None and line["index"] >= until:
                return
            self.seen = line["index"] + 1
            facts, before = line["facts"], self._level(line)
            if facts.get("move") == "escalate":
                self.escalated.add(facts["duty"])
            if until is None and line["kind"] in TELLS:
                about = _reports_of(facts)
                for told in TELLS[line["kind"]](datetime.fromisoformat(line["at"]), facts, before):
                    yield replace(told, about=about)

    def _level(self, line: Facts) -> int:
        """How high the duty of this line stood before it, while remembering how high it stands now."""
        if "duty" not in line["facts"] or "level" not in line["facts"]:
            return 0
        before = self._levels.get(line["facts"]["duty"], line["facts"]["level"])
        self._levels[line["facts"]["duty"]] = line["facts"]["level"]
        return before

    def _over_common(self) -> Iterator[StoryLine]:
        for subject in Subject.objects.exclude(bounded=[]).exclude(pk__in=self._common).select_related("service"):
            self._common.add(subject.pk)
            kind, count = max(subject.bounded, key=lambda bound: bound[1])
            value = Sentence(KEY_WORDS.get(kind, KEY_WORDS[""]))
            yield StoryLine(
                subject.recorded_at, "over_common", subject.service.name, "",
                sentence(
                    "{subject}: {count} records share its {value}.", subject=subject.caption, count=count, value=value
                ),
                (sentence("It ranks low and is shown as such; it is not silently dropped."),),
            )


def _reports_of(facts: Facts) -> frozenset[str]:
    """The reports that a line of the ledger concerns: its own, its duty's, its delivery's, those of its match."""
    duties = Duty.objects.filter(ref=facts.get("duty") or "")
    refs = [facts.get("match"), *duties.values_list("match__ref", flat=True)]
    matches = Match.objects.filter(ref__in=[ref for ref in refs if ref])
    found = [
        facts.get("report"),
        *duties.values_list("report__ref", flat=True),
        *Delivery.objects.filter(ref=facts.get("delivery") or "").values_list("report__ref", flat=True),
        *matches.values_list("left__report__ref", flat=True),
        *matches.values_list("right__report__ref", flat=True),
    ]
    return frozenset(ref for ref in found if ref)


def refusal(
    now: datetime, officer: Officer, wanted: Sentence, refused: Refused, about: frozenset[str] = frozenset()
) -> StoryLine:
    """An attempt that a verb refused, with its sentence and the way out."""
    reasons = (refused.sentence,) if refused.way_out is None else (refused.sentence, refused.way_out)
    return StoryLine(
        now, "refused", officer.service.name, _person(officer),
        sentence("{officer} is refused: {wanted}", officer=_person(officer), wanted=wanted), reasons, about,
    )


def _sentences(reasons: Sequence[Any]) -> tuple[Sentence, ...]:
    return tuple(Sentence.from_json(reason) for reason in reasons)


def _person(officer: Officer) -> str:
    return f"{officer.name}, {officer.service.name}"


def _officer(ref: str) -> Officer | None:
    return Officer.objects.select_related("service", "deputy").filter(ref=ref).first() if ref else None


def _name(key: str) -> str:
    return Service.objects.values_list("name", flat=True).filter(key=key).first() or key


def _time(moment: datetime | None) -> str:
    return moment.astimezone(ZoneInfo(settings.TIME_ZONE)).strftime("%d/%m %H:%M") if moment else ""


def _joined(at: datetime, facts: Facts, before: int) -> Iterator[StoryLine]:
    name = _name(facts["service"])
    yield StoryLine(at, "joined", name, "", sentence("{service} joins the exchange.", service=name))


def _away(at: datetime, facts: Facts, before: int) -> Iterator[StoryLine]:
    officer = _officer(facts["officer"])
    if officer is not None and facts["until"]:
        because = (sentence("{deputy} acts in their place.", deputy=officer.deputy.name),) if officer.deputy else ()
        yield StoryLine(
            at, "away", officer.service.name, officer.name, sentence("{officer} is away.", officer=_person(officer)),
            because,
        )


def _opened(at: datetime, facts: Facts, before: int) -> Iterator[StoryLine]:
    dossier = Dossier.objects.select_related("service", "interest").get(ref=facts["dossier"])
    yield StoryLine(
        at, "opened", dossier.service.name, "",
        sentence("{service} opens a dossier: “{title}”.", service=dossier.service.name, title=dossier.title),
        (_purpose(dossier.interest),),
    )


def _stated(at: datetime, facts: Facts, before: int) -> Iterator[StoryLine]:
    if facts["kind"] == "dossier":
        return
    interest = Interest.objects.select_related("service").get(ref=facts["interest"])
    name = interest.service.name
    whom = ", ".join(subject.caption for subject in interest.subjects.all())
    says = (
        sentence("{service} watches for {subject}.", service=name, subject=whom)
        if interest.kind == "watch"
        else sentence("The theme “{theme}” is entrusted to {service}.", theme=_theme(interest.theme), service=name)
    )
    yield StoryLine(at, interest.kind, name, "", says, (_purpose(interest),))


def _theme(theme: str) -> Fact:
    return deadlines.themes().get(theme, theme)


def _purpose(interest: Interest) -> Sentence:
    return sentence("Legal basis: {basis}. Ends on {day}.", basis=interest.legal_basis, day=interest.until.isoformat())


HANDLED = {"open": noop("open"), "consent": noop("on consent"), "sealed": noop("sealed")}


def _language(code: str) -> Sentence | str:
    return Sentence(LANGUAGE_NAMES[code]) if code in LANGUAGE_NAMES else code


def _filed(at: datetime, facts: Facts, before: int) -> Iterator[StoryLine]:
    report = Report.objects.select_related("service", "author").get(ref=facts["report"])
    said = ReportVersion.objects.get(report=report, number=facts["version"])
    yield StoryLine(
        at, "filed", report.service.name, "",
        sentence(
            "{service} files a report: “{excerpt}”", service=report.service.name,
            excerpt=_first(said.text, EXCERPT_SIGNS),
        ),
        (
            sentence(
                "In {language}, graded {grade}, handling {handling}.", language=_language(said.language),
                grade=report.source_grade + report.information_grade, handling=Sentence(HANDLED[facts["handling"]]),
            ),
        ),
    )


def _matched(at: datetime, facts: Facts, before: int) -> Iterator[StoryLine]:
    match = Match.objects.select_related(*oblige.MATCH_ROWS).get(ref=facts["match"])
    left, right = match.left, match.right
    if not any(held.report and oblige.interest_of(wanted, at) for held, wanted in oblige.sides(match)):
        return  # nobody needs to know of a report by it as yet, so it calls for nothing
    yield StoryLine(
        at, "matched", left.service.name, right.service.name,
        sentence(
            "{left} ({service}) and {right} ({other}): a match that is {band}.",
            left=left.caption, service=left.service.name, right=right.caption, other=right.service.name,
            band=Sentence(BANDS[facts["band"]]),
        ),
        _sentences(match.because),
    )


def _judged(at: datetime, facts: Facts, before: int) -> Iterator[StoryLine]:
    officer = _officer(facts["by"])
    match = Match.objects.select_related("left", "right").get(ref=facts["match"])
    if officer is None or not facts["verdict"]:
        return
    judgement = match.judgements.filter(officer=officer, verdict=facts["verdict"]).last()
    yield StoryLine(
        at, "judged", officer.service.name, "",
        sentence(
            "{officer} judges {left} and {right}: {verdict}.", officer=_person(officer), left=match.left.caption,
            right=match.right.caption, verdict=Sentence(VERDICTS[facts["verdict"]]),
        ),
        (sentence("“{reason}”", reason=judgement.reason),) if judgement is not None and judgement.reason else (),
    )


def _owed(at: datetime, facts: Facts, before: int) -> Iterator[StoryLine]:
    duty = Duty.objects.select_related("report", "recipient").get(ref=facts["duty"])
    officer, holder = _officer(facts["officer"]), _name(facts["holder"])
    whom = _person(officer) if officer is not None else holder
    waits = duty.recipient.name if duty.recipient is not None else ""
    kind = Sentence(KINDS[duty.kind])
    yield StoryLine(
        at, "owed", whom, waits,
        sentence("Owed by {holder}: {duty}, until {due}.", holder=whom, duty=kind, due=_due(facts)),
        (*_sentences(duty.because[:3]), deadline_sentence(facts["deadline"])),
    )


def _due(facts: Facts) -> str:
    return _time(datetime.fromisoformat(facts["due_at"]))


def deadline_sentence(row_id: str) -> Sentence:
    """A deadline by its row in the table: how long, whether it binds here, and its source."""
    row = next(row for row in deadlines.shipped() if row.id == row_id)
    return sentence(
        "Deadline: {period}; {standing}, {source}.", period=row.says(),
        standing=Sentence(deadlines.STANDING_WORDS[row.standing]), source=cited(row.source),
    )


def _delivered(at: datetime, facts: Facts, before: int) -> Iterator[StoryLine]:
    delivery = Delivery.objects.select_related("sender", "recipient").get(ref=facts["delivery"])
    sender, recipient = delivery.sender.name, delivery.recipient.name
    hidden = delivery.content.get("blacked_out", 0)
    because = list(_sentences(delivery.because))
    if hidden:
        because.append(sentence("Blacked out in it: {count} of whom less may be told.", count=hidden))
    yield StoryLine(
        at, "delivered", sender, recipient,
        sentence(
            "{recipient} gets {form} from {sender}.", recipient=recipient, sender=sender,
            form=Sentence(FORM_WORDS[facts["form"]]),
        ),
        tuple(because),
    )


def _read(at: datetime, facts: Facts, before: int) -> Iterator[StoryLine]:
    officer = _officer(facts["by"])
    delivery = Delivery.objects.select_related("sender", "recipient").get(ref=facts["delivery"])
    if officer is not None and facts["evidence"] == "opened":
        yield StoryLine(
            at, "opened_delivery", delivery.recipient.name, delivery.sender.name,
            sentence("{officer} opens what came from {sender}.", officer=_person(officer), sender=delivery.sender.name),
        )


def _withheld(at: datetime, facts: Facts, before: int) -> Iterator[StoryLine]:
    row = Withholding.objects.select_related("duty__recipient", "decided_by__service").get(ref=facts["withholding"])
    ground = grounds.GROUNDS[facts["ground"]]
    yield StoryLine(
        at, "withheld", row.decided_by.service.name, row.duty.recipient.name,
        sentence(
            "{officer} withholds it from {service} on ground {letter}.", officer=_person(row.decided_by),
            service=row.duty.recipient.name, letter=ground.letter,
        ),
        (ground.text, sentence("“{reason}”", reason=row.reason)),
    )


def _reviewed(at: datetime, facts: Facts, before: int) -> Iterator[StoryLine]:
    row = Withholding.objects.select_related("duty__recipient", "reviewed_by__service").get(ref=facts["withholding"])
    who = _person(row.reviewed_by)
    says = (
        sentence("{officer} reviews the withholding and upholds it.", officer=who)
        if facts["outcome"] == "upheld"
        else sentence("{officer} reviews the withholding and overturns it: it is passed on.", officer=who)
    )
    yield StoryLine(
        at, facts["outcome"], row.reviewed_by.service.name, row.duty.recipient.name, says,
        (sentence("“{reason}”", reason=row.review_reason),),
    )


def _loosened(at: datetime, facts: Facts, before: int) -> Iterator[StoryLine]:
    owner = Report.objects.select_related("service").get(ref=facts["report"]).service.name
    yield StoryLine(
        at, "handling", owner, "",
        sentence("A sealed report of {service} falls back to {handling}.", service=owner, handling=facts["handling"]),
    )


def _moved(at: datetime, facts: Facts, before: int) -> Iterator[StoryLine]:
    tells = MOVES.get(facts["move"])
    if tells is not None:
        rows = ("service", "recipient", "report__service", "report__author", "about", "match__left", "match__right")
        duty = Duty.objects.select_related(*rows).get(ref=facts["duty"])
        yield from tells(at, facts, duty, before)


def _escalated(at: datetime, facts: Facts, duty: Duty, before: int) -> Iterator[StoryLine]:
    officer, kind = _officer(facts["officer"]), Sentence(KINDS[duty.kind])
    to = _person(officer) if officer is not None else _name(facts["holder"])
    if before == 0:
        yield StoryLine(
            at, "late", duty.service.name, "",
            sentence("Late at {service}: {duty}, due {due}.", service=duty.service.name, duty=kind, due=_due(facts)),
            _about(duty),
        )
    climbs = [reason for reason in _sentences(duty.because) if ladder.is_climb(reason)]
    role = _role(officer)
    yield StoryLine(
        at, "escalated", duty.service.name, to,
        sentence("It climbs to {holder} ({role}): {duty}.", holder=to, role=role, duty=kind),
        tuple(climbs[-1:]),
    )


def _role(officer: Officer | None) -> Sentence:
    """What a holder is on the rung: a desk, a person in their role, or the deputy of one who is away."""
    if officer is None:
        return sentence("the desk")
    absent = Officer.objects.filter(deputy=officer, service=officer.service).first()
    return Sentence(ROLES[officer.role]) if absent is None else sentence("deputy of {name}", name=absent.name)


def _about(duty: Duty) -> tuple[Sentence, ...]:
    """What a duty is about: its report's first words, or the two sides of its match."""
    if duty.match is not None:
        return (sentence("{left} and {right}.", left=duty.match.left.caption, right=duty.match.right.caption),)
    if duty.report is None:
        return ()
    said = ReportVersion.objects.get(report=duty.report, number=duty.report.version)
    owner = duty.report.service.name
    return (sentence("Report of {service}: “{excerpt}”", service=owner, excerpt=_first(said.text, 50)),)


def _first(text: str, signs: int) -> str:
    return text if len(text) <= signs else text[:signs].rsplit(" ", 1)[0] + " …"


def _reminded(at: datetime, facts: Facts, duty: Duty, before: int) -> Iterator[StoryLine]:
    officer = _officer(facts["officer"])
    to = _person(officer) if officer is not None else _name(facts["holder"])
    yield StoryLine(
        at, "reminded", duty.service.name, to,
        sentence("{holder} is told again: {duty} is still late.", holder=to, duty=Sentence(KINDS[duty.kind])),
        _about(duty),
    )


def _acknowledged(at: datetime, facts: Facts, duty: Duty, before: int) -> Iterator[StoryLine]:
    officer = _officer(facts["by"])
    assert officer is not None and duty.report is not None
    owner, author = duty.report.service.name, duty.report.author
    note = (sentence("“{note}”", note=duty.outcome_note),) if duty.outcome_note else ()
    yield StoryLine(
        at, "acknowledged", officer.service.name, owner,
        sentence("{officer} acknowledges the report of {service}.", officer=_person(officer), service=owner),
        (Sentence(OUTCOMES[duty.outcome]), *note),
    )
    heard = Notice.objects.filter(kind="used", duty=duty.about).order_by("id").last()
    if heard is not None:
        to = _person(author) if author is not None else owner
        yield StoryLine(
            at, "used", officer.service.name, to, sentence("{officer} hears what came of it.", officer=to),
            (Sentence.from_json(heard.says),),
        )


def _decided(at: datetime, facts: Facts, duty: Duty, before: int) -> Iterator[StoryLine]:
    officer = _officer(facts["by"])
    if officer is None or duty.recipient is None:
        return
    to = duty.recipient.name
    yield StoryLine(
        at, "passed_on", officer.service.name, to,
        sentence("{officer} decides to pass it on to {service}.", officer=_person(officer), service=to),
        (sentence("“{note}”", note=duty.outcome_note),) if duty.outcome_note else (),
    )


def _held(at: datetime, facts: Facts, duty: Duty, before: int) -> Iterator[StoryLine]:
    officer = _officer(facts["by"])
    assert officer is not None
    yield StoryLine(
        at, "held", officer.service.name, duty.recipient.name if duty.recipient is not None else "",
        sentence(
            "{officer} puts it on hold until {until}: {duty}.", officer=_person(officer),
            until=_time(datetime.fromisoformat(facts["next_event_at"])), duty=Sentence(KINDS[duty.kind]),
        ),
        (sentence("“{reason}”", reason=duty.pause_reason),),
    )


def _resumed(at: datetime, facts: Facts, duty: Duty, before: int) -> Iterator[StoryLine]:
    kind, name = Sentence(KINDS[duty.kind]), duty.service.name
    yield StoryLine(
        at, "resumed", name, "", sentence("The hold has ended at {service}: {duty}.", service=name, duty=kind)
    )


def _assigned(at: datetime, facts: Facts, duty: Duty, before: int) -> Iterator[StoryLine]:
    by, officer = _officer(facts["by"]), _officer(facts["officer"])
    if by is not None and officer is not None:
        kind = Sentence(KINDS[duty.kind])
        yield StoryLine(
            at, "assigned", by.service.name, officer.name,
            sentence("{by} gives it to {officer}: {duty}.", by=_person(by), officer=officer.name, duty=kind),
        )


def _sealing(at: datetime, facts: Facts, duty: Duty, before: int) -> Iterator[StoryLine]:
    officer = _officer(facts["by"])
    if duty.about_id is None and officer is not None:
        yield StoryLine(
            at, "reviewed", officer.service.name, "",
            sentence("{officer} looks at the sealing of a report as the second person.", officer=_person(officer)),
            (sentence("“{reason}”", reason=duty.outcome_note),),
        )


MOVES: dict[str, Callable[[datetime, Facts, Duty, int], Iterator[StoryLine]]] = {
    "escalate": _escalated, "remind": _reminded, "acknowledge": _acknowledged, "deliver": _decided, "hold": _held,
    "resume": _resumed, "assign": _assigned, "review": _sealing,
}
TELLS: dict[str, Callable[[datetime, Facts, int], Iterator[StoryLine]]] = {
    "ServiceAdded": _joined, "OfficerAway": _away, "DossierOpened": _opened, "InterestStated": _stated,
    "ReportFiled": _filed, "MatchFound": _matched, "MatchJudged": _judged, "DutyRaised": _owed, "DutyMoved": _moved,
    "Delivered": _delivered, "DeliveryClimbed": _read, "Withheld": _withheld, "WithholdingReviewed": _reviewed,
    "HandlingChanged": _loosened,
}
"""How each kind of ledger line is told; the others (seats, readings, counts) are not part of the story."""
