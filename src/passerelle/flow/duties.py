"""How a duty comes into being and how it moves: the row and its line in the ledger, always together."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime

from django.utils.timezone import get_default_timezone

from passerelle import duty as rules
from passerelle.flow import rungs
from passerelle.flow.ledger_lines import Journal
from passerelle.ledger.events import DutyMoved, DutyRaised, TellingOwedAnew
from passerelle.policy import calendar, deadlines
from passerelle.policy.facts import SERVICE_KINDS
from passerelle.records.models import (
    Channel,
    Duty,
    Grant,
    Interest,
    Judgement,
    Match,
    Message,
    Notice,
    Officer,
    Overload,
    Proposal,
    Question,
    Report,
    RuleTable,
    Service,
    Withholding,
)
from passerelle.words import Day, Sentence


def said_time(moment: datetime | None) -> str:
    """A moment as the ledger says it; empty for none."""
    return "" if moment is None else moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def said_day(moment: datetime) -> Day:
    """The day of a moment, by the clock of the installation."""
    return Day(moment.astimezone(get_default_timezone()).date())


def said_moment(moment: datetime) -> Day:
    """A moment with its hour, by the clock of the installation."""
    return Day(moment.astimezone(get_default_timezone()))


def clock_of(
    begins: datetime, *, kind: str, service: Service, recipient: Service | None, discreet: bool, urgency: str,
    themes: frozenset[str], table: tuple[deadlines.DeadlineRow, ...] | None = None,
) -> deadlines.Deadline:  # fmt: skip
    """The clock of a duty that begins, or begins again, at a moment: by the table in force or the one that is given, on
    the holidays of who owes it."""
    kinds = [recipient.kind if recipient is not None else service.kind]
    if discreet:  # a clock of its own for one kind of service would say which kind waits: the shortest for all
        kinds = list(SERVICE_KINDS)
    found = (
        deadlines.due(
            kind=kind, urgency=urgency, themes=themes, recipient_kind=waits, raised_at=begins,
            calendar=calendar.of_service(service.place), table=table,
        )
        for waits in kinds
    )  # fmt: skip
    return min(found, key=lambda one: one.due_at)


def raise_duty(
    lines: Journal,
    *,
    kind: str,
    service: Service,
    because: Iterable[Sentence],
    report: Report | None = None,
    recipient: Service | None = None,
    match: Match | None = None,
    about: Duty | None = None,
    form: str = "",
    matches: Iterable[Match] = (),
    interests: Iterable[Interest] = (),
    discreet: bool = False,
    urgency: str = "normal",
    themes: frozenset[str] = frozenset(),
    level: int = 0,
    excluding: Officer | None = None,
    together: bool = False,
    onward: Question | None = None,
) -> Duty:
    """A duty of `service`, with its holder, its due time by the table of deadlines, and its next event.
    `together`: its row is written with others (`lines.together`)."""
    deadline = clock_of(
        lines.now, kind=kind, service=service, recipient=recipient, discreet=discreet, urgency=urgency, themes=themes
    )
    holder = rungs.holder_from(service, level, lines.now, excluding=excluding)
    duty = Duty(
        kind=kind,
        state="open",
        report=report,
        recipient=recipient,
        match=match,
        about=about,
        onward=onward,
        form=form,
        level=holder.level,
        service=service,
        holder=holder.service,
        officer=holder.officer,
        discreet=discreet,
        urgency=urgency,
        deadline=deadline.row,
        because=[reason.to_json() for reason in because],
        raised_at=lines.now,
        due_at=deadline.due_at,
        next_event="escalate",
        next_event_at=deadline.due_at,
    )
    if together:
        lines.together.owe(duty, matches, interests)
    else:
        duty.save()
        if rests_on := list(matches):
            duty.matches.add(*rests_on)
        if serves := list(interests):
            duty.interests.add(*serves)
    lines.write(
        DutyRaised(
            duty=duty.ref,
            kind=kind,
            report=report.ref if report else "",
            recipient=recipient.key if recipient else "",
            match=match.ref if match else "",
            about=about.ref if about else "",
            state="open",
            level=duty.level,
            holder=holder.service.key,
            officer=holder.officer.ref if holder.officer else "",
            due_at=said_time(duty.due_at),
            next_event=duty.next_event,
            next_event_at=said_time(duty.next_event_at),
            deadline=duty.deadline,
        )
    )
    tell_holder(lines, duty)
    _defer_for_lack_of_people(lines, duty)
    return duty


NOT_DEFERRED = frozenset({"danger", "urgent_direct"})
"""What a lack of people defers never: danger to life, and what need only be looked up."""


def _defer_for_lack_of_people(lines: Journal, duty: Duty) -> None:
    """A duty of a kind for which the head signed an overload starts deferred, and says so."""
    if duty.kind == "review" or duty.urgency in NOT_DEFERRED or duty.level != rungs.DESK:
        return
    if duty.service_id not in lines.overloads:
        signed = Overload.objects.filter(service=duty.service_id, ended_at__isnull=True)
        lines.overloads[duty.service_id] = {one.kind: one for one in signed}
    overload = lines.overloads[duty.service_id].get(duty.kind)
    if overload is not None and overload.live(lines.now):
        defer(lines, duty, overload.until, by=None, reason="")


def defer(lines: Journal, duty: Duty, until: datetime, *, by: Officer | None, reason: str) -> None:
    """Pause a duty for lack of people; its due time stays as the law set it."""
    duty.paused_until, duty.pause_reason = until, reason
    duty.next_event, duty.next_event_at = "resume", until
    move(lines, duty, "defer", by=by, note=reason)


def move(
    lines: Journal, duty: Duty, step: str, *, by: Officer | None = None, outcome: str = "", note: str = ""
) -> None:
    """Take one step of the table of moves, with whatever holder and clock were already set on `duty`.

    Raises IllegalMove and changes nothing when the table does not have it.
    """
    duty.state = rules.after(duty.kind, duty.state, step)
    if duty.state in rules.ENDED:
        duty.holder = duty.officer = duty.next_event_at = duty.paused_until = None
        duty.next_event = ""
        duty.ended_at = lines.now
        duty.outcome = outcome or step
        duty.outcome_note = note
    elif duty.state not in ("held", "deferred"):
        duty.paused_until = None
    duty.version += 1
    if duty.pk is not None:  # else its row is yet to be written, with others
        duty.save()
    lines.write(
        DutyMoved(
            duty=duty.ref,
            move=step,
            by=by.ref if by else "",
            version=duty.version,
            state=duty.state,
            level=duty.level,
            holder=duty.holder.key if duty.holder else "",
            officer=duty.officer.ref if duty.officer else "",
            due_at=said_time(duty.due_at),
            next_event=duty.next_event,
            next_event_at=said_time(duty.next_event_at),
        )
    )
    if duty.kind == "review" and duty.state in rules.LIVE:
        mirror(lines, duty)


def owe_anew(lines: Journal, duty: Duty, because: str) -> None:
    """What an ended duty to pass on answered counts no more (`because`: one of OWED_ANEW); another may owe the same."""
    assert duty.state in ("done", "upheld") and because in rules.OWED_ANEW, f"{duty.ref} is {duty.state}"
    duty.outcome = because
    duty.save(update_fields=["outcome"])
    lines.write(TellingOwedAnew(duty=duty.ref, because=because))


def mirror(lines: Journal, review: Duty) -> None:
    """While withheld, a duty has the holder and the clock of its review, whatever happens to that; its rung never
    falls."""
    withheld = (
        Duty.objects.select_for_update(of=("self",))
        .select_related("holder", "officer")
        .filter(pk=review.about_id, state="withheld")
        .first()
    )
    if withheld is None:
        return
    withheld.level, withheld.holder, withheld.officer = max(withheld.level, review.level), review.holder, review.officer
    withheld.due_at, withheld.next_event, withheld.next_event_at = review.due_at, "review", review.next_event_at
    move(lines, withheld, "mirror")


def rehome(lines: Journal, duty: Duty, *, at: datetime | None = None) -> None:
    """The duty goes to whoever stands on its rung now, or above, and can act; it never comes down. `at`: the time that
    counts once this transaction has ended, where that is another than its own."""
    holder = rungs.holder_from(duty.service, duty.level, at or lines.now, excluding=decider_of(duty))
    duty.level, duty.holder, duty.officer = max(holder.level, duty.level), holder.service, holder.officer
    move(lines, duty, "assign")
    tell_holder(lines, duty)


def decider_of(duty: Duty) -> Officer | None:
    """Whose decision a duty looks at as the second person: they never come to hold it. None for any other duty.

    A pair that stands as different on the evidence of today is asked for one reason only: a second person must confirm.
    """
    return deciders_of([duty]).get(duty.pk)


def deciders_of(looked_at: Iterable[Duty]) -> dict[int, Officer]:
    """`decider_of` for many duties, by primary key; few queries for any number, and none where nothing is reviewed."""
    found: dict[int, Officer] = {}
    judging: dict[int, list[Duty]] = {}
    withheld: dict[int, Duty] = {}
    alone: dict[int, Duty] = {}
    for duty in looked_at:
        match = duty.match if duty.kind == "judge" else None
        if match is not None and match.verdict == "different" and match.judged_evidence == match.evidence:
            judging.setdefault(match.pk, []).append(duty)
        elif duty.kind == "review" and duty.about_id is not None:
            withheld[duty.about_id] = duty
        elif duty.kind == "review":
            alone[duty.pk] = duty
    if judging:
        standing = Judgement.objects.filter(match__in=judging, taken_back_at__isnull=True)
        for last in standing.select_related("officer").order_by("judged_at", "id"):
            found |= {duty.pk: last.officer for duty in judging[last.match_id]}
    if withheld:
        waiting = Withholding.objects.filter(duty__in=withheld, outcome="").select_related("decided_by")
        for withholding in waiting.order_by("-id"):
            found[withheld[withholding.duty_id].pk] = withholding.decided_by
    if alone:
        authors = {pk: duty.report.author for pk, duty in alone.items() if duty.report is not None}
        found |= {pk: author for pk, author in authors.items() if author is not None}
        for row in RuleTable.objects.filter(review__in=alone).select_related("proposed_by"):
            found[row.review_id] = row.proposed_by
        for row in Overload.objects.filter(review__in=alone).select_related("signed_by"):
            found[row.review_id] = row.signed_by
        for row in Proposal.objects.filter(review__in=alone).select_related("asked_by"):
            found[row.review_id] = row.asked_by
        for row in Grant.objects.filter(review__in=alone).select_related("officer"):
            found[row.review_id] = row.officer
    return found


def broken_glass(duty: Duty) -> Grant | None:
    """The broken glass that a duty reviews; None for any other duty."""
    return Grant.objects.select_related("officer__service", "report__service").filter(review=duty).first()


def asked_watch(duty: Duty) -> Proposal | None:
    """The watch or the rule that a duty asks a second person to approve; None for any other duty."""
    return Proposal.objects.select_related("asked_by", "service").filter(review=duty).first()


def asked_rules(duty: Duty) -> RuleTable | None:
    """The version of a table of rules that a duty reviews; None for any other duty."""
    if duty.kind != "review" or duty.about_id is not None or duty.report_id is not None:
        return None
    return RuleTable.objects.select_related("proposed_by__service", "review").filter(review=duty).first()


def signed_overload(duty: Duty) -> Overload | None:
    """The overload that a duty reviews; None for any other duty."""
    return Overload.objects.select_related("signed_by", "service").filter(review=duty).first()


def tell(
    lines: Journal,
    service: Service,
    kind: str,
    says: Sentence,
    *,
    duty: Duty | None = None,
    officer: Officer | None = None,
) -> None:
    """A sentence for a desk, or for one officer. What would be told to a machine is told to its desk, where persons
    read it."""
    if officer is not None and hasattr(officer, "account"):
        officer = None
    notice = Notice(service=service, officer=officer, duty=duty, kind=kind, says=says.to_json(), told_at=lines.now)
    lines.notices.append(notice)
    if kind not in ("parked", "rehomed"):
        put_out(lines, service, officer=officer, duty=duty, notice=notice)


def put_out(
    lines: Journal, service: Service, *, officer: Officer | None, duty: Duty | None, notice: Notice | None = None
) -> None:
    """A row of the outbox for each channel by which this officer, or else this desk, is to be told; without words."""
    if service.pk not in lines.channels:
        lines.channels[service.pk] = list(Channel.objects.filter(service=service, ended_at__isnull=True))
    channels = lines.channels[service.pk]
    theirs = [channel for channel in channels if officer is not None and channel.officer_id == officer.pk]
    lines.messages.extend(
        Message(channel=channel, duty=duty, notice=notice, made_at=lines.now, next_at=lines.now)
        for channel in theirs or [channel for channel in channels if channel.officer_id is None]
    )


def tell_holder(lines: Journal, duty: Duty) -> None:
    """Tell the officer who holds a duty from now on; a desk reads it in its list, and by its channels."""
    if duty.officer is not None and duty.holder is not None:
        says = Sentence("You hold a duty: {kind}.", (("kind", kind_words(duty.kind)),))
        tell(lines, duty.holder, "asked", says, duty=duty, officer=duty.officer)
    elif duty.holder is not None:
        put_out(lines, duty.holder, officer=None, duty=duty)


def kind_words(kind: str) -> Sentence:
    """What a kind of duty is called."""
    return Sentence(rules.KINDS[kind])
