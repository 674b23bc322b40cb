"""What a reading is for: said by the house where it follows from a duty, else by the reader, once for each visit."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db.models import Q

from passerelle.duty import LIVE
from passerelle.errors import Refused
from passerelle.flow import facts, sizes
from passerelle.flow.facts import NotThere
from passerelle.flow.ledger_lines import Journal, journal
from passerelle.policy import access, reading
from passerelle.policy.facts import DESK_ROLES
from passerelle.policy.reading import Follows
from passerelle.records import visibility
from passerelle.records.models import Delivery, Dossier, Duty, Match, Officer, Report, Subject, Visit
from passerelle.words import sentence


class PurposeNeeded(Refused):
    """The thing may be read once its reader has said what for. Nothing of it was read."""

    code = "read.purpose_needed"

    def __init__(self, thing: str) -> None:
        super().__init__(
            sentence("Say first what you read this for."),
            way_out=sentence("It is asked once for each visit, and stands in the ledger with the reading."),
        )
        self.thing = thing


def why(lines: Journal, officer: Officer, thing: str, follows: Follows, purpose: str, reason: str) -> tuple[str, str]:
    """The purpose and the words under which a thing is read now: those given, those of the house, or those of the visit
    that is running: who has just judged or acknowledged is not asked why they look again. Call it only for what policy
    lets `officer` read. Raises PurposeNeeded, TooLong, NoText and what `stated` raises."""
    sizes.check_text(reason, sentence("reason or note"))
    if purpose:
        return reading.stated(purpose, officer.role, reason).key, reason
    visit = Visit.objects.filter(officer=officer, thing=thing, until__gt=lines.now).order_by("-begun_at", "-id").first()
    preset = reading.preset(follows)
    if preset:
        if visit is None:
            _begin(lines, officer, thing, preset, "")
        return preset, reason
    if visit is None:
        raise PurposeNeeded(thing)
    return visit.purpose, visit.reason


def running(officer: Officer, thing: str, now: datetime) -> Visit | None:
    """The visit of this officer to a thing that has not ended yet."""
    return Visit.objects.filter(officer=officer, thing=thing, until__gt=now).order_by("-begun_at", "-id").first()


def renew(lines: Journal, officer: Officer, thing: str, purpose: str, reason: str) -> Visit:
    """A visit begins with a purpose that was checked, within a verb's own transaction."""
    return _begin(lines, officer, thing, purpose, reason)


def begin(*, ref: str, officer: Officer, purpose: str, reason: str = "", now: datetime) -> Visit:
    """The reader says what a thing is read for; the readings of the next hour bear it. Raises NotThere for what they
    may not read, PurposeUnknown, PurposeNeedsText, TooLong, NoText."""
    with journal(now) as lines:
        if not _may_read(ref, officer):
            raise NotThere
        sizes.check_text(reason, sentence("reason or note"))
        given = reading.stated(purpose, officer.role, reason)
        return _begin(lines, officer, ref, given.key, reason)


def _begin(lines: Journal, officer: Officer, thing: str, purpose: str, reason: str) -> Visit:
    return Visit.objects.create(
        officer=officer, thing=thing, purpose=purpose, reason=reason, begun_at=lines.now,
        until=lines.now + reading.VISIT,
    )  # fmt: skip


def _may_read(ref: str, officer: Officer) -> bool:
    """Whether policy lets this reader read the thing. What is denied and what is absent cost the same queries."""
    kind = ref.split("-")[0]
    if kind not in _SEEN:
        return False
    rows, facts_of, act = _SEEN[kind]
    found = rows(officer).filter(ref=ref).first()
    return found is not None and access.may(facts.reader_facts(officer), act, facts_of(found)).allowed


_SEEN: dict[str, tuple[Any, Any, str]] = {
    "report": (visibility.reports, facts.report_facts, "read_content"),
    "delivery": (visibility.deliveries, facts.delivery_facts, "read_content"),
    "match": (visibility.matches, facts.match_facts, "list"),
    "dossier": (visibility.dossiers, facts.dossier_facts, "read_content"),
}
"""By the first word of its reference: how a thing is looked up, what policy knows of it, and what reading it asks."""


def of_report(officer: Officer, report: Report) -> Follows:
    """What reading a report follows from."""
    return Follows(holds_duty=_holds(officer, Q(report=report)), filed_it=report.author_id == officer.pk)


def of_delivery(officer: Officer, delivery: Delivery) -> Follows:
    """A delivery: sent from one's own report, for a dossier of one's own, or not opened yet at one's desk."""
    received = delivery.recipient_id == officer.service_id
    yours = delivery.content.get("yours", ()) if received else ()
    mine = delivery.report.author_id == officer.pk or (
        bool(yours) and Subject.objects.filter(ref__in=yours, dossier__opened_by=officer).exists()
    )
    unread = delivery.evidence == "delivered" or delivery.form == "pointer"
    return Follows(
        holds_duty=_holds(officer, Q(report=delivery.report_id)),
        filed_it=mine,
        has_arrived=received and unread and officer.role in DESK_ROLES,
    )


def of_match(officer: Officer, match: Match) -> Follows:
    """A match: to be judged by this reader, or what a duty of theirs rests on."""
    return Follows(holds_duty=_holds(officer, Q(match=match) | Q(matches=match)))


def of_dossier(officer: Officer, dossier: Dossier) -> Follows:
    """A dossier: one's own, or on one side of a match one is to judge."""
    judged = Q(match__left__dossier=dossier) | Q(match__right__dossier=dossier)
    return Follows(holds_duty=_holds(officer, judged), filed_it=dossier.opened_by_id == officer.pk)


def _holds(officer: Officer, about: Q) -> bool:
    """Whether a live duty about the thing is this officer's, or their desk's as a whole."""
    mine = Q(officer=officer.pk)
    if officer.role in DESK_ROLES:
        mine |= Q(holder=officer.service_id, officer__isnull=True)
    return Duty.objects.filter(mine, about, state__in=LIVE).exists()
