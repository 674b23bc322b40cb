"""A shift hands over to the next: a signed note with an end, taken over by a colleague, or told one rung up."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db.models import QuerySet

from passerelle.duty import LIVE
from passerelle.errors import Refused
from passerelle.flow import consult, duties, rungs
from passerelle.flow.facts import NotThere
from passerelle.flow.ledger_lines import Journal, journal
from passerelle.ledger import canonical
from passerelle.ledger.events_of_clocks import ShiftGoesOn, ShiftHandedOver, ShiftNotTakenOver, ShiftTakenOver
from passerelle.policy.desk import NOTE_HOURS, TAKEN_WITHIN, TOLD_AGAIN
from passerelle.policy.facts import DESK_ROLES
from passerelle.records.models import Duty, Handover, Notice, Officer, Service
from passerelle.words import Sentence, sentence

NOTE_LETTERS_MAX = 4000


class HandoverIncomplete(Refused):
    """A handover without a word, too long, or with an end that the table does not have."""

    code = "handover.incomplete"


class HandoverTaken(Refused):
    """A handover that somebody took over already, that has ended, or that its signer would take over."""

    code = "handover.taken"


def open_at(officer: Officer) -> QuerySet[Duty]:
    """What this officer's desk holds and could act on."""
    return Duty.objects.filter(holder=officer.service_id, state__in=LIVE).exclude(state="withheld")


def hand_over(*, officer: Officer, note: str, hours: int, now: datetime) -> Handover:
    """The shift that goes signs what the next must know; it counts for so many hours. Until a colleague takes it over
    it has a clock. How much stood open and late at that moment stands with it. Raises NotThere, HandoverIncomplete."""
    _at_the_desk(officer)
    if not note.strip() or len(note) > NOTE_LETTERS_MAX:
        raise HandoverIncomplete(
            sentence("A handover says something, in at most {count} letters.", count=NOTE_LETTERS_MAX),
            way_out=sentence("If there is nothing special, write that: the next shift then knows that you looked."),
        )
    if hours not in NOTE_HOURS:
        raise HandoverIncomplete(
            sentence("A note does not count for {hours} hours.", hours=hours),
            way_out=sentence("Use one of: {known}.", known=", ".join(map(str, NOTE_HOURS))),
        )
    with journal(now) as lines:
        held = open_at(officer)
        made = Handover(
            service=officer.service, signed_by=officer, note=note.strip(), signed_at=lines.now,
            until=lines.now + timedelta(hours=hours), next_event_at=lines.now + TAKEN_WITHIN,
            open_count=held.count(), late_count=held.filter(state="open", due_at__lt=lines.now).count(),
        )  # fmt: skip
        made.save()
        lines.write(
            ShiftHandedOver(
                handover=made.ref,
                service=officer.service.key,
                by=officer.ref,
                until=duties.said_time(made.until),
                open=made.open_count,
                late=made.late_count,
                commitment=canonical.commitment(bytes(made.salt), {"note": made.note}),
            )
        )
    return made


def take_over(*, ref: str, officer: Officer, now: datetime) -> Handover:
    """A colleague says that they have read it and that the desk is theirs now. Raises NotThere, HandoverTaken."""
    _at_the_desk(officer)
    with journal(now) as lines:
        found = _of(officer).select_for_update(of=("self",)).filter(ref=ref).first()
        if found is None:
            raise NotThere
        if found.taken_by_id is not None or not found.live(lines.now):
            raise HandoverTaken(sentence("This handover was taken over already, or has ended."))
        if found.signed_by_id == officer.pk:
            raise HandoverTaken(
                sentence("You signed this handover yourself: a colleague takes it over."),
                way_out=sentence("If nobody comes, your supervisor is told by its clock."),
            )
        found.taken_by, found.taken_at, found.next_event_at = officer, lines.now, None
        found.save(update_fields=["taken_by", "taken_at", "next_event_at"])
        lines.write(ShiftTakenOver(handover=found.ref, by=officer.ref))
        _no_longer_so(lines, found)
        says = sentence("{officer} took your shift over.", officer=officer.name)
        duties.tell(lines, found.service, "handover", says, officer=found.signed_by)
    return found


def read_handovers(*, officer: Officer, now: datetime) -> list[Handover]:
    """The notes that count now at this officer's desk, latest first. Each was written by a colleague about the work,
    and may name people: its reading writes its line. Raises NotThere."""
    _at_the_desk(officer)
    with journal(now) as lines:
        found = list(_of(officer).filter(until__gt=lines.now).select_related("signed_by", "taken_by"))
        for one in found:
            if one.signed_by_id != officer.pk:
                consult.write_down(lines, officer, one.ref, "handing_over", "", "own_service")
            one.note = str(one.note)  # opened here, for the page that shows it
    return found


def come_due(*, now: datetime, limit: int) -> int:
    """The handovers that nobody took over in time: the supervisor is told, then the head, then the head again each day,
    until somebody takes over or the note ends. How many were told of. Called by each turn of the worker."""
    with journal(now) as lines:
        due = Handover.objects.select_for_update(of=("self",), skip_locked=True).filter(next_event_at__lte=lines.now)
        found = list(due.select_related("service", "signed_by").order_by("next_event_at", "id")[:limit])
        for one in found:
            _tell_above(lines, one)
    return len(found)


def _tell_above(lines: Journal, one: Handover) -> None:
    ended = not one.live(lines.now) or one.service.closed_at is not None
    one.level = min(one.level + 1, rungs.HEAD)
    told = None
    for role in ("supervisor", "head")[one.level - 1 :]:
        told = told or rungs.present(one.service, role, lines.now)
    one.next_event_at = None
    if not ended:
        one.next_event_at = lines.now + (TOLD_AGAIN if one.level == rungs.HEAD else TAKEN_WITHIN)
    one.save(update_fields=["level", "next_event_at"])
    if ended:
        says = sentence("Nobody took over the shift of {officer}, and its note has ended.", officer=one.signed_by.name)
    else:
        says = _not_yet(one)
    _no_longer_so(lines, one)
    duties.tell(lines, one.service, "handover", says, officer=told)
    lines.write(
        ShiftNotTakenOver(handover=one.ref, level=one.level, told=told.ref if told is not None else "", ended=ended)
    )


def _not_yet(one: Handover) -> Sentence:
    return sentence("Nobody has taken over the shift of {officer} yet.", officer=one.signed_by.name)


def _no_longer_so(lines: Journal, one: Handover) -> None:
    """What was told of this shift before, and has not been read, leaves the lists: it is taken over, has ended, or is
    told again."""
    told = Notice.objects.filter(kind="handover", service=one.service, says=_not_yet(one).to_json())
    told.filter(seen_at__isnull=True, told_at__gte=one.signed_at).update(seen_at=lines.now)


def go_on_at(lines: Journal, service: Service, successor: Service) -> None:
    """A service closes: what its last shift left, and nobody took over, is its successor's, with its clock."""
    left = Handover.objects.select_for_update(of=("self",)).filter(service=service, taken_by__isnull=True)
    for one in left.filter(until__gt=lines.now).order_by("id"):
        one.service, one.next_event_at = successor, lines.now + TAKEN_WITHIN
        one.save(update_fields=["service", "next_event_at"])
        lines.write(ShiftGoesOn(handover=one.ref, service=successor.key))


def _of(officer: Officer) -> QuerySet[Handover]:
    return Handover.objects.filter(service=officer.service_id)


def _at_the_desk(officer: Officer) -> None:
    if officer.role not in DESK_ROLES:
        raise NotThere


__all__ = [
    "HandoverIncomplete", "HandoverTaken", "come_due", "go_on_at", "hand_over", "open_at", "read_handovers",
    "take_over",
]  # fmt: skip
