"""The desk's queue of pairs to judge: in which order, what comes next, and which clerk has which pair before them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Case, Exists, IntegerField, OuterRef, Q, QuerySet, Value, When

from passerelle.errors import Refused
from passerelle.flow import consult, duties
from passerelle.flow.acknowledge import locked_duty
from passerelle.flow.facts import NotThere, allow, duty_facts, match_facts, reader_facts
from passerelle.flow.hold import can_hold
from passerelle.flow.ledger_lines import Journal, journal
from passerelle.policy import access
from passerelle.policy.desk import RESERVED, SOON, WEIGHT
from passerelle.policy.facts import DESK_ROLES, URGENCIES
from passerelle.records import visibility
from passerelle.records.models import Duty, Judgement, Match, Officer, Reservation
from passerelle.words import sentence

WHOSE = ("all", "mine", "unassigned")
WHEN = ("all", "late", "today")


class NotYours(Refused):
    """What was taken by a colleague, or cannot be taken, is not taken."""

    code = "desk.not_yours"


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a clerk wants to see of the queue: whose (all, mine, unassigned), when (all, late, today: due before the end
    of `today`), and one urgency or any."""

    whose: str = "all"
    when: str = "all"
    urgency: str = ""
    today: datetime | None = None

    def __post_init__(self) -> None:
        assert self.whose in WHOSE and self.when in WHEN and self.urgency in ("", *URGENCIES)


def by_weight() -> Case:
    """Danger to life before everything else, as an expression to order by."""
    return Case(
        *(When(urgency=key, then=Value(min(place, 1))) for key, place in WEIGHT.items()),
        default=Value(1), output_field=IntegerField(),
    )  # fmt: skip


def to_judge(officer: Officer) -> QuerySet[Duty]:
    """The open duties to judge that are this officer's, or their desk's, in order: danger to life, then the least time
    left. What a colleague took is theirs, and not in it."""
    if officer.role not in DESK_ROLES:
        return visibility.duties(officer).none()
    mine = Q(officer=officer.pk) | Q(holder=officer.service_id, officer__isnull=True)
    found = visibility.duties(officer).filter(mine, kind="judge", state="open", match__isnull=False)
    return found.order_by(by_weight(), "due_at", "id")


def queue(officer: Officer, wanted: Wanted, now: datetime) -> QuerySet[Duty]:
    """The same, as far as it is wanted."""
    found = to_judge(officer)
    if wanted.whose == "mine":
        found = found.filter(officer=officer.pk)
    elif wanted.whose == "unassigned":
        found = found.filter(officer__isnull=True)
    if wanted.when == "late":
        found = found.filter(due_at__lt=now)
    elif wanted.when == "today" and wanted.today is not None:
        found = found.filter(due_at__lt=wanted.today)
    return found.filter(urgency=wanted.urgency) if wanted.urgency else found


def free(found: QuerySet[Duty], officer: Officer, at: datetime) -> QuerySet[Duty]:
    """Those that no other clerk has before them."""
    theirs = Reservation.objects.filter(duty=OuterRef("pk"), until__gt=at).exclude(officer=officer.pk)
    return found.exclude(Exists(theirs))


def group_of(match: Match) -> Q:
    """The duties on pairs that hang together with this one: of one report, one dossier, or one subject."""
    sides = (match.left, match.right)
    wanted = Q()
    for side in ("left", "right"):
        wanted |= Q(**{f"match__{side}__in": [one.pk for one in sides]})
        wanted |= Q(**{f"match__{side}__report__in": [one.report_id for one in sides if one.report_id]})
    return wanted


def take_up(
    *, officer: Officer, wanted: Wanted, ref: str = "", after: str = "", beforehand: bool = False, now: datetime
) -> Duty | None:
    """The pair that this clerk gets now, reserved for them for some minutes: the one named (`ref`, a match), or the
    next of the queue that no other clerk has. After `after` (a match) what hangs together with it comes first, unless
    something else is late or due soon and runs out before it. None where nothing is left.

    Two clerks at once never get the same pair, unless one of them names it. `beforehand`: it is loaded while another
    is shown; else whatever else this clerk had before them is free again.
    """
    with journal(now) as lines:
        if ref:
            duty = _named(officer, ref)
        else:
            duty = _next(officer, wanted, after, lines.now)
        mine = Reservation.objects.filter(officer=officer.pk)
        if not beforehand:
            mine.exclude(duty=duty).delete() if duty is not None else mine.delete()
        if duty is not None:
            _reserve(lines, duty, officer, beforehand)
    return duty


def _named(officer: Officer, ref: str) -> Duty | None:
    return to_judge(officer).filter(match__ref=ref).first()


def _next(officer: Officer, wanted: Wanted, after: str, at: datetime) -> Duty | None:
    open_ones = free(queue(officer, wanted, at), officer, at).exclude(match__ref=after)
    first = open_ones.first()
    if first is None or not after:
        return first
    before = visibility.matches(officer).select_related("left", "right").filter(ref=after).first()
    beside = open_ones.filter(group_of(before)).first() if before is not None else None
    if beside is None or beside == first:
        return first
    presses = first.urgency == "danger" or (first.due_at is not None and first.due_at <= at + SOON)
    return first if presses else beside


def _reserve(lines: Journal, duty: Duty, officer: Officer, beforehand: bool) -> None:
    held = Reservation.objects.filter(duty=duty).first()
    if held is not None and held.officer_id != officer.pk and held.until > lines.now:
        return  # a colleague has it before them; who names it sees it all the same, and it stays theirs
    Reservation.objects.update_or_create(
        duty=duty,
        defaults={
            "officer": officer, "since": lines.now, "until": lines.now + RESERVED, "beforehand": beforehand,
        },
    )  # fmt: skip


def put_back(*, officer: Officer, now: datetime) -> None:
    """The clerk leaves the desk: whatever they had before them is free for the others."""
    with journal(now):
        Reservation.objects.filter(officer=officer.pk).delete()


def others_at(found: Sequence[Duty], officer: Officer, at: datetime) -> dict[int, Reservation]:
    """By duty: which colleague has it before them."""
    rows = Reservation.objects.filter(duty__in=[duty.pk for duty in found], until__gt=at).exclude(officer=officer.pk)
    return {row.duty_id: row for row in rows.select_related("officer")}


def take(*, ref: str, officer: Officer, now: datetime) -> Duty:
    """A clerk takes a pair to judge (`ref` of its match) upon themselves, or gives back to the desk what they had
    taken: a step of the duty, in the ledger. Its clock runs on. Raises NotThere, NotAllowed, NotYours."""
    with journal(now) as lines:
        there = to_judge(officer).filter(match__ref=ref).values_list("ref", flat=True).first()
        if there is None:
            raise NotThere
        duty = locked_duty(there, officer)
        allow(officer, "hold", duty_facts(duty))
        if duty.officer_id == officer.pk:
            duty.officer = None
        elif duty.officer_id is None and can_hold(duty, officer, lines.now):
            duty.officer = officer
        else:
            raise NotYours(sentence("This pair cannot be taken by you now."))
        duties.move(lines, duty, "assign", by=officer)
    return duty


def show_loaded(*, ref: str, officer: Officer, evidence: str, now: datetime) -> bool:
    """A pair (`ref` of its match) that was loaded beforehand is shown now: the line of its reading says so, before the
    browser shows a word of it. False where it must be asked for anew: it was judged or weighed again meanwhile, another
    clerk has it, or the officer may not read it any more."""
    with journal(now) as lines:
        duty = to_judge(officer).select_related("match").filter(match__ref=ref).first()
        if duty is None or duty.match is None or duty.match.evidence != evidence:
            return False
        kept = Reservation.objects.filter(duty=duty, officer=officer.pk, until__gt=lines.now).first()
        if kept is None:
            return False
        verdict = access.may(reader_facts(officer), "read_content", match_facts(duty.match))
        if not verdict.allowed or verdict.ground is None:
            return False
        consult.write_down(lines, officer, ref, "my_duty", "", verdict.ground)
        Reservation.objects.filter(officer=officer.pk).exclude(pk=kept.pk).delete()
        kept.beforehand, kept.until = False, lines.now + RESERVED
        kept.save(update_fields=["beforehand", "until"])
    return True


def judged_since(officer: Officer, since: datetime) -> QuerySet[Judgement]:
    """The judgements of this officer's desk since a moment that stand, latest first."""
    found = Judgement.objects.filter(
        officer__service=officer.service_id, judged_at__gte=since, taken_back_at__isnull=True
    )
    return found.select_related("officer", "match").order_by("-judged_at", "-id")


__all__ = [
    "NotYours", "Wanted", "by_weight", "free", "group_of", "judged_since", "others_at", "put_back",
    "queue", "show_loaded", "take", "take_up", "to_judge",
]  # fmt: skip
