"""A person asks what is held on them, or that it be put right, erased or restricted; they are answered, by a clock."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from passerelle import matching
from passerelle.errors import Refused
from passerelle.flow import consult, duties, sizes
from passerelle.flow.candidates import Known, digests
from passerelle.flow.facts import NotThere, allow, reader_facts
from passerelle.flow.ledger_lines import Journal, journal
from passerelle.ledger import canonical
from passerelle.ledger.events_after_telling import (
    RequestAnswered,
    RequestPartAnswered,
    RequestPartAsked,
    RequestRecorded,
)
from passerelle.policy import access
from passerelle.policy import requests as rules
from passerelle.policy.facts import DESK_ROLES, ThingFacts
from passerelle.records import visibility
from passerelle.records.models import Duty, Key, Officer, PersonRequest, Report, RequestPart, Service, Subject
from passerelle.records.models.requests import WAYS
from passerelle.words import LANGUAGES, Sentence, sentence

FOUND_MAX = 200
"""So many of one's own subjects that share a key with the person are weighed."""


class RequestIncomplete(Refused):
    """A request without a name, without words, or received after today."""

    code = "request.incomplete"


class NotDoneYet(Refused):
    """An answer that says what the tables do not show, or that comes before all have looked."""

    code = "request.not_done_yet"


@dataclass(frozen=True, slots=True)
class RequestView:
    """A request, or one's part of it, as far as its reader may see it. `person` and `asks` are empty for who only
    recorded it. `found`: references of the reader's own reports that may speak of the person, with their band."""

    ref: str
    kind: str
    way: str
    recorded_at: datetime
    received_on: date | None
    duty: Duty | None
    person: Mapping[str, Sequence[str]]
    asks: str
    identity: str
    answered_at: datetime | None
    outcome: str
    ground: str
    note: str
    reports: Sequence[str]
    letter: Sequence[Sentence]
    found: Sequence[tuple[str, str]]
    waiting: int
    may_answer: bool
    is_part: bool


def record(
    *,
    officer: Officer,
    kind: str,
    way: str,
    identity: str,
    person: Mapping[str, Sequence[str]],
    asks: str,
    language: str,
    received_on: date,
    now: datetime,
) -> PersonRequest:
    """A desk, or oversight, records what a person asks once it was made sure who they are.

    `direct`: this service answers for what it holds itself. `authority`: oversight answers; every service that holds
    anything looks, so that being asked tells no one that something is held. Raises NotThere, RequestUnknown,
    RequestIncomplete.
    """
    watches = officer.role == "oversight"
    if not (watches or (officer.role in DESK_ROLES and officer.service.kind not in ("neutral_desk", "oversight"))):
        raise NotThere
    rules.check("kinds", kind)
    rules.check("identities", identity)
    if way not in WAYS or language not in LANGUAGES:
        raise RequestIncomplete(sentence("A request goes directly or by way of the authority, in a known language."))
    if watches and way == "direct":
        raise RequestIncomplete(sentence("Oversight holds nothing on persons itself: it asks by way of the authority."))
    named = {name: [value.strip() for value in values if value.strip()] for name, values in person.items()}
    if not named.get("name") or len(asks.split()) < 2:
        raise RequestIncomplete(
            sentence("A request needs the name of the person and what they ask."),
            way_out=sentence("Write it as they put it."),
        )
    sizes.check_text(asks, sentence("text"))
    for value in (value for values in named.values() for value in values):
        sizes.check_text(value, sentence("value of a subject"), most=sizes.NAME_CHARACTERS_MAX)
    with journal(now) as lines:
        if received_on > lines.now.date():
            raise RequestIncomplete(sentence("The day on which the request came cannot be after today."))
        holder = officer.service if way == "direct" or watches else _authority()
        duty = duties.raise_duty(
            lines, kind="request", service=holder,
            because=[sentence("A person asks for what the law gives them; it was made sure who they are.")],
        )  # fmt: skip
        request = PersonRequest.objects.create(
            kind=kind, way=way, service=officer.service, holder=holder, recorded_by=officer, identity=identity,
            person=named, asks=asks, language=language, received_on=received_on, recorded_at=lines.now, duty=duty,
        )  # fmt: skip
        said = {"person": named, "asks": asks, "identity": identity, "received_on": received_on.isoformat()}
        lines.write(
            RequestRecorded(
                request=request.ref,
                kind=kind,
                way=way,
                service=officer.service.key,
                holder=holder.key,
                by=officer.ref,
                duty=duty.ref,
                commitment=canonical.commitment(bytes(request.salt), said),
            )
        )
        if way == "authority":
            _ask_everybody(lines, request)
    return request


def _authority() -> Service:
    found = Service.objects.filter(kind="oversight").order_by("id").first()
    if found is None:
        raise RequestIncomplete(
            sentence("This exchange has no oversight body by way of which a person could be answered."),
            way_out=sentence("Add one: passerelle service add KEY NAME --kind oversight."),
        )
    return found


def _ask_everybody(lines: Journal, request: PersonRequest) -> None:
    asked = Service.objects.exclude(kind__in=("oversight", "neutral_desk")).filter(closed_at__isnull=True)
    for service in asked.order_by("id"):
        duty = duties.raise_duty(
            lines, kind="request", service=service, recipient=request.holder, urgency="urgent",
            because=[sentence("A person asks by way of the authority. Every service looks, whatever it holds.")],
        )  # fmt: skip
        part = RequestPart.objects.create(
            request=request, service=service, kind=request.kind, person=request.person, asks=request.asks, duty=duty
        )
        lines.write(RequestPartAsked(part=part.ref, request=request.ref, service=service.key, duty=duty.ref))


def facts_of(one: PersonRequest | RequestPart) -> ThingFacts:
    """A request or a part of one: who answers it, and who recorded it."""
    if isinstance(one, RequestPart):
        return ThingFacts(kind="request", service=one.service.key)
    return ThingFacts(kind="request", service=one.holder.key, parties=frozenset({one.service.key}))


def _visible(ref: str, officer: Officer) -> PersonRequest | RequestPart:
    request = visibility.requests(officer).filter(ref=ref).values_list("pk", flat=True).first()
    if request is not None:
        rows = PersonRequest.objects.select_for_update(of=("self",))
        return rows.select_related("service", "holder", "duty").get(pk=request)
    part = visibility.request_parts(officer).filter(ref=ref).values_list("pk", flat=True).first()
    if part is None:
        raise NotThere
    return RequestPart.objects.select_for_update(of=("self",)).select_related("service", "duty", "request").get(pk=part)


def read_request(*, ref: str, officer: Officer, now: datetime) -> RequestView:
    """A request or one's part of it; the reading writes its line. Raises NotThere."""
    with journal(now) as lines:
        one = _visible(ref, officer)
        thing, reader = facts_of(one), reader_facts(officer)
        full = access.may(reader, "read_content", thing)
        ground = full.ground or allow(officer, "list", thing)
        consult.write_down(lines, officer, one.ref, "duty", "", ground)
        part = isinstance(one, RequestPart)
        whole = one.request if isinstance(one, RequestPart) else one
        shown = full.allowed
        mine = officer.service_id == (one.service_id if part else whole.holder_id)
        holds = officer.service.kind not in ("neutral_desk", "oversight")
        return RequestView(
            ref=one.ref,
            kind=one.kind,
            way=whole.way,
            recorded_at=whole.recorded_at,
            received_on=whole.received_on if shown and not part else None,
            duty=one.duty if shown else None,
            person=dict(one.person) if shown else {},
            asks=str(one.asks) if shown else "",
            identity=whole.identity if shown and not part else "",
            answered_at=one.answered_at if shown else None,
            outcome=one.outcome if shown else "",
            ground=one.ground if shown else "",
            note=str(one.note) if shown else "",
            reports=list(one.reports) if shown else [],
            letter=[Sentence.from_json(said) for said in whole.letter] if shown and not part else [],
            found=_held(officer.service, one.person) if shown and mine and holds else [],
            waiting=whole.parts.filter(answered_at__isnull=True).count() if shown and not part else 0,
            may_answer=one.answered_at is None and access.may(reader, "answer", thing).allowed,
            is_part=part,
        )


def _held(service: Service, person: Mapping[str, Sequence[str]]) -> list[tuple[str, str]]:
    """This service's own reports that may speak of the person, strongest first. It looks at no other service's."""
    asked = matching.Subject.from_ftm({"id": "asked", "schema": "Person", "properties": dict(person)})
    near = Key.objects.filter(service=service, value__in=list(digests(asked)), subject__report__gone="")
    ids = list(near.filter(subject__report__isnull=False).values_list("subject_id", flat=True).distinct()[:FOUND_MAX])
    known = Known().of(ids)
    scored = [(matching.compare(asked, known[pk]), pk) for pk in ids if pk in known]
    alike = sorted(((one.score, one.band, pk) for one, pk in scored if one.band != "none"), reverse=True)
    refs = dict(Subject.objects.filter(pk__in=[pk for _, _, pk in alike]).values_list("pk", "report__ref"))
    found: dict[str, str] = {}
    for _, band, pk in alike:
        found.setdefault(refs[pk], band)
    return list(found.items())


def answer(
    *,
    ref: str,
    officer: Officer,
    outcome: str = "",
    ground: str = "",
    note: str = "",
    reports: Sequence[str] = (),
    now: datetime,
) -> PersonRequest | RequestPart:
    """The desk answers: the person, for what it holds itself; or the authority, on its part. Oversight answers the
    person when all have looked, or when the time is up, with the words that tell nothing else.

    What an answer says was done must stand in the tables: `reports` names what was put right, erased or restricted.
    Raises NotThere, NotAllowed, RequestUnknown, NotDoneYet.
    """
    with journal(now) as lines:
        one = _visible(ref, officer)
        allow(officer, "answer", facts_of(one))
        if one.answered_at is not None:
            raise NotDoneYet(sentence("This request was answered already."))
        by_authority = isinstance(one, PersonRequest) and one.way == "authority"
        if by_authority:
            assert isinstance(one, PersonRequest)
            _all_have_looked(lines, one)
            one.outcome = ""
        else:
            rules.check_outcome(one.kind, outcome, ground, note)
            one.reports = _done(one.service, outcome, reports)
            one.outcome = outcome
            one.ground = ground if rules.outcomes()[outcome].needs_ground else ""
        one.note, one.answered_by, one.answered_at = note, officer, lines.now
        said = {"outcome": one.outcome, "ground": one.ground, "note": note, "reports": list(one.reports)}
        commitment = canonical.commitment(bytes(one.salt), said)
        if isinstance(one, PersonRequest):
            told = rules.letter(outcome, way=one.way)
            one.letter = [line.to_json() for line in told]
            lines.write(RequestAnswered(request=one.ref, by=officer.ref, commitment=commitment))
        else:
            lines.write(RequestPartAnswered(part=one.ref, by=officer.ref, commitment=commitment))
        one.save()
        duty = Duty.objects.select_for_update(of=("self",)).select_related("service", "recipient").get(pk=one.duty_id)
        duties.move(lines, duty, "answer", by=officer, outcome="answered")
    return one


def _all_have_looked(lines: Journal, request: PersonRequest) -> None:
    left = request.parts.filter(answered_at__isnull=True).count()
    due = request.duty.due_at
    if left and (due is None or lines.now < due):
        raise NotDoneYet(
            sentence("{count} services have not looked yet.", count=left),
            way_out=sentence("Each has a clock; when your own time is up you answer without them."),
        )


def _done(service: Service, outcome: str, reports: Sequence[str]) -> list[str]:
    """The reports that were acted on, if what is said to have been done was done. Raises NotDoneYet."""
    mine = list(Report.objects.filter(service=service, ref__in=list(reports)))
    if len(mine) != len(set(reports)):
        raise NotThere
    was_done = {
        "rectified": lambda one: one.version > 1 or one.gone != "",
        "erased": lambda one: one.gone == "erased",
        "restricted": lambda one: one.restriction != "",
    }.get(outcome)
    if was_done is not None and (not mine or not all(was_done(one) for one in mine)):
        raise NotDoneYet(
            sentence("The reports do not show that this was done."),
            way_out=sentence("Put right, erase or restrict the report first, and name it here."),
        )
    return sorted(one.ref for one in mine)
