"""The owner's desk decides what does not travel by itself: to pass it on, or to withhold it on a lawful ground."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from passerelle.errors import Refused
from passerelle.flow import consult, defer, deliver, duties, oblige, reviews, rules, rungs, watches
from passerelle.flow.acknowledge import locked_duty
from passerelle.flow.exceptions import review_glass
from passerelle.flow.facts import allow, duty_facts
from passerelle.flow.ledger_lines import Journal, journal
from passerelle.ledger import canonical
from passerelle.ledger.events import Withheld, WithholdingReviewed
from passerelle.policy import disclosure, grounds
from passerelle.records.models import Duty, Officer, Question, Withholding
from passerelle.records.tear_line import TearLine
from passerelle.words import sentence


class NotJudgedYet(Refused):
    """The table of law wants a person to have judged the match before the owner may pass it on."""

    code = "pass_on.not_judged_yet"


class NothingMayTravel(Refused):
    """Law or handling lets nothing more travel, whatever the desk decides."""

    code = "pass_on.nothing_may_travel"


class ChangedSinceSeen(Refused):
    """What would travel now is not what was seen."""

    code = "pass_on.changed_since_seen"


class Restricted(Refused):
    """What is restricted travels no further, unless a life is in danger."""

    code = "pass_on.restricted"


class ReviewNeedsReason(Refused):
    """A second person says why."""

    code = "review.reason_missing"


@dataclass(frozen=True, slots=True)
class Preview:
    """What would travel, byte for byte, if this were passed on now; `seen` is its digest."""

    duty: Duty
    form: str
    content: dict[str, Any]
    seen: str


def pass_on(
    *, ref: str, officer: Officer, note: str = "", chosen: TearLine | None = None, seen: str = "", now: datetime
) -> Duty:
    """The desk passes on as much as law and handling let it, or (`chosen`) an extract that carries no more than it
    ticked. With `seen`, the digest of a preview, nothing else than what was seen travels.

    Raises NotJudgedYet, NothingMayTravel, Restricted, ChangedSinceSeen, IllegalMove.
    """
    with journal(now) as lines:
        duty = locked_duty(ref, officer)
        allow(officer, "pass_on", duty_facts(duty))
        if seen and digest_of(_would_travel(lines, duty, chosen)[2]) != seen:
            raise ChangedSinceSeen(
                sentence("What would travel has changed since you looked; nothing was passed on."),
                way_out=sentence("Look again, and pass on what you see then."),
            )
        _pass_on(lines, duty, officer, "deliver", note, chosen)
    return duty


def preview(*, ref: str, officer: Officer, chosen: TearLine | None = None, now: datetime) -> Preview:
    """What would travel if the desk passed this on now; the reading writes its line. Raises as `pass_on` does."""
    with journal(now) as lines:
        duty = locked_duty(ref, officer)
        ground = allow(officer, "pass_on", duty_facts(duty))
        consult.write_down(lines, officer, duty.ref, "duty", "", ground)
        decided, _, content = _would_travel(lines, duty, chosen)
    return Preview(duty=duty, form=decided.form, content=content, seen=digest_of(content))


def digest_of(content: dict[str, Any]) -> str:
    """A digest over what travels, as it is kept."""
    said = json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(said.encode()).hexdigest()


def _would_travel(
    lines: Journal, duty: Duty, chosen: TearLine | None
) -> tuple[disclosure.Disclosure, oblige.Claim, dict[str, Any]]:
    assert duty.report is not None
    decided, claim = _may_travel(lines, duty, chosen)
    content = deliver.content_of(
        duty, decided.form, claim.interest.purpose, claim.standing,
        sender_decided=True, danger_to_life=duty.report.danger_to_life, chosen=chosen,
    )  # fmt: skip
    return decided, claim, content


def _may_travel(
    lines: Journal, duty: Duty, chosen: TearLine | None
) -> tuple[disclosure.Disclosure, oblige.Claim]:
    assert duty.report is not None and duty.recipient is not None
    claims = oblige.claims_of(duty, lines.now)
    if not claims:
        raise NothingMayTravel(
            sentence("Nothing calls for this telling any more: the match was parted or the interest has ended.")
        )
    if oblige.kept_back(duty.report):
        raise Restricted(
            sentence("The use of this report is restricted: it travels no further."),
            way_out=sentence("Lift the restriction, or withhold the report on a ground while it lasts."),
        )
    decided, claim, _ = oblige.best_disclosure(duty.report, duty.recipient, claims, sender_decided=True)
    if decided.needs_judgement:
        raise NotJudgedYet(
            sentence("A person must first judge whether the two records are the same subject."),
            way_out=sentence("The duty to judge stands in the list of its desk; it has a clock of its own."),
        )
    if decided.form == "nothing":
        raise NothingMayTravel(sentence("The law or the handling lets nothing of this report travel to this service."))
    if chosen is not None:
        if decided.form == "pointer":
            raise NothingMayTravel(sentence("No more than a pointer may travel, and a pointer carries no text."))
        decided = replace(decided, form="extract", recipient_owes_acknowledgement=True)
    return decided, claim


def _pass_on(
    lines: Journal, duty: Duty, officer: Officer, step: str, note: str, chosen: TearLine | None = None
) -> None:
    decided, claim = _may_travel(lines, duty, chosen)
    told = oblige.told_because(claim, decided)
    deliver.send(
        lines, duty, decided, claim.interest.purpose, claim.standing, because=told, sender_decided=True,
        chosen=chosen,
    )  # fmt: skip
    duties.move(lines, duty, step, by=officer, outcome=decided.form, note=note)


def withhold(*, ref: str, officer: Officer, ground: str, reason: str, now: datetime) -> Withholding:
    """Not to pass on, on one ground of the closed list; a second person must review it, by a clock.

    Raises GroundNotLawful for whatever is not on the list, “the source is doubtful” among it, and IllegalMove.
    """
    lawful = grounds.lawful(ground, reason)
    with journal(now) as lines:
        duty = locked_duty(ref, officer)
        allow(officer, "withhold", duty_facts(duty))
        duties.move(lines, duty, "withhold", by=officer)
        withholding = Withholding.objects.create(
            duty=duty, ground=lawful.letter, reason=reason, decided_by=officer, decided_at=lines.now
        )
        lines.write(
            Withheld(
                withholding=withholding.ref,
                duty=duty.ref,
                ground=lawful.letter,
                by=officer.ref,
                commitment=canonical.commitment(bytes(withholding.salt), {"reason": reason}),
            )
        )
        review = duties.raise_duty(
            lines,
            kind="review",
            service=duty.service,
            about=duty,
            report=duty.report,
            level=max(rungs.SUPERVISOR, min(duty.level, rungs.NEUTRAL)),
            excluding=officer,
            urgency=duty.urgency,
            themes=frozenset(duty.report.themes if duty.report is not None else ()),
            discreet=duty.discreet,
            because=[sentence("Withheld on ground {letter}: {ground}", letter=lawful.letter, ground=lawful.text)],
        )
        duties.mirror(lines, review)
    return withholding


def review(
    *, ref: str, officer: Officer, uphold: bool, reason: str, next_on: date | None = None, now: datetime
) -> Duty:
    """A second person upholds a decision, or overturns it; an overturned withholding is passed on at once, or as soon
    as its match is judged. What came up on its day stays as it is until `next_on`, or ends.

    Nobody reviews their own decision. Raises NotAllowed, IllegalMove, ReviewNeedsReason.
    """
    if len(reason.split()) < 3:
        raise ReviewNeedsReason(
            sentence("A review needs a reason of a few words."),
            way_out=sentence("Say why the ground holds here, or why it does not."),
        )
    with journal(now) as lines:
        duty = locked_duty(ref, officer)
        allow(officer, "review", duty_facts(duty))
        outcome = "upheld" if uphold else "overturned"
        duties.move(lines, duty, "review", by=officer, outcome=outcome, note=reason)
        grant, asked, overload = duties.broken_glass(duty), duties.asked_watch(duty), duties.signed_overload(duty)
        if grant is not None:
            review_glass(lines, grant, officer, uphold)
        elif asked is not None:
            watches.decide(lines, asked, officer, approve=uphold)
        elif overload is not None:
            defer.decide_overload(lines, overload, officer, uphold)
        elif (asked_for := duties.asked_rules(duty)) is not None:
            rules.decide(lines, asked_for, officer, approve=uphold)
        elif (came := reviews.of_duty(duty)) is not None:
            reviews.decide(lines, came, officer, stays=uphold, reason=reason, next_on=next_on)
        elif duty.about is None:
            _review_sealing(lines, duty, uphold)
        else:
            _review_withholding(lines, duty, officer, uphold, reason)
    return duty


def _review_withholding(lines: Journal, review_duty: Duty, officer: Officer, uphold: bool, reason: str) -> None:
    duty = (
        Duty.objects.select_for_update(of=("self",))
        .select_related("service", "recipient", "holder", "officer", "report__service", "report__author")
        .get(pk=review_duty.about_id)
    )
    withholding = duty.withholdings.select_for_update().get(outcome="")
    withholding.outcome = "upheld" if uphold else "overturned"
    withholding.reviewed_by, withholding.reviewed_at, withholding.review_reason = officer, lines.now, reason
    withholding.save()
    lines.write(WithholdingReviewed(withholding=withholding.ref, outcome=withholding.outcome, by=officer.ref))
    if uphold:
        duties.move(lines, duty, "uphold", by=officer, outcome="upheld", note=reason)
        if duty.kind == "answer":
            _tell_who_asked(lines, duty)
    elif duty.kind == "answer":
        duty.next_event, duty.next_event_at = "escalate", _due_again(lines, duty)
        duties.move(lines, duty, "reopen", by=officer, note=reason)
    else:
        _overturn(lines, duty, officer, reason)
    duties.tell(
        lines,
        duty.service,
        "reviewed",
        sentence("Your withholding was upheld.")
        if uphold
        else sentence("Your withholding was overturned: the question is to be answered.")
        if duty.kind == "answer"
        else sentence("Your withholding was overturned and passed on.")
        if duty.state == "done"
        else sentence("Your withholding was overturned; it is passed on as soon as it may be.")
        if duty.live
        else sentence("Your withholding was overturned; nothing calls for this telling any more."),
        duty=duty,
        officer=withholding.decided_by,
    )


def _tell_who_asked(lines: Journal, duty: Duty) -> None:
    """Whoever asked hears that no answer comes, and no more: neither the ground nor the reason."""
    question = Question.objects.select_related("service", "asked_by").get(duty=duty)
    says = sentence("What you asked was withheld, and a second person agreed.")
    duties.tell(lines, question.service, "answered", says, duty=duty)
    duties.tell(lines, question.service, "answered", says, duty=duty, officer=question.asked_by)


def _due_again(lines: Journal, duty: Duty) -> datetime:
    """A question whose withholding was overturned has the time of its deadline again."""
    question = Question.objects.get(duty=duty)
    duty.due_at = duties.clock_of(
        lines.now, kind=duty.kind, service=duty.service, recipient=duty.recipient, discreet=duty.discreet,
        urgency=duty.urgency, themes=frozenset(question.themes),
    ).due_at  # fmt: skip
    return duty.due_at
def _overturn(lines: Journal, duty: Duty, officer: Officer, reason: str) -> None:
    """What was withheld is passed on. Where a person must judge the match first, or its use is restricted, it is owed
    again, and travels by itself as soon as that is done; where nothing calls for it any more, it ends."""
    try:
        _pass_on(lines, duty, officer, "overturn", reason)
    except (NotJudgedYet, Restricted):
        assert duty.report is not None and duty.recipient is not None
        due = duties.clock_of(
            lines.now, kind="pass_on", service=duty.service, recipient=duty.recipient, discreet=duty.discreet,
            urgency=duty.urgency, themes=frozenset(duty.report.themes),
        )  # fmt: skip
        holder = rungs.holder_from(duty.service, duty.level, lines.now)
        duty.level, duty.holder, duty.officer = max(holder.level, duty.level), holder.service, holder.officer
        duty.deadline, duty.due_at = due.row, due.due_at
        duty.next_event, duty.next_event_at = "escalate", due.due_at
        duties.move(lines, duty, "reopen", by=officer)
        oblige.by_matches(lines, duty.matches.select_related(*oblige.MATCH_ROWS))
    except NothingMayTravel:
        duties.move(lines, duty, "lapse", by=officer)


def _review_sealing(lines: Journal, review_duty: Duty, uphold: bool) -> None:
    """A second person confirmed that a report stays sealed, or let it fall back to `consent`, which tells at once."""
    report = review_duty.report
    assert report is not None
    if uphold:
        return
    reviews.loosen(lines, report, "consent")
