"""A person says whether two records are the same subject, and can take it back."""

from __future__ import annotations

from datetime import datetime

from django.db.models import Q

from passerelle.errors import Refused
from passerelle.flow import correct, duties, new_since_judged, oblige
from passerelle.flow.facts import NotAllowed, NotThere, allow, match_facts
from passerelle.flow.ledger_lines import Journal, journal
from passerelle.ledger.events import MatchJudged
from passerelle.records import visibility
from passerelle.records.models import Delivery, Duty, Judgement, Match, Officer
from passerelle.records.models.matches import VERDICTS
from passerelle.words import Sentence, sentence


class UnknownVerdict(Refused):
    """A verdict other than same, different or unsure."""

    code = "judge.unknown_verdict"


class JudgedMeanwhile(Refused):
    """Somebody else judged the pair while this officer was looking at it."""

    code = "judge.judged_meanwhile"


class NothingToTakeBack(Refused):
    """A match on which no judgement stands."""

    code = "judge.nothing_to_take_back"


def judge_match(
    *, ref: str, officer: Officer, verdict: str, reason: str = "", duty_ref: str = "", now: datetime
) -> Match:
    """Same, different or unsure. The duty to judge ends, and what follows from the verdict is obliged at once.

    `duty_ref` names the duty that this answers, where the officer was shown one: if another ended it meanwhile, they
    are told, and nothing changes (JudgedMeanwhile).

    A match on which a telling already rests is parted by two persons: the first “different” raises a duty to review
    for a second one, and only their word ends what is still owed. Raises NotThere, NotAllowed, UnknownVerdict.
    """
    if verdict not in VERDICTS:
        raise UnknownVerdict(
            sentence("“{verdict}” is no verdict.", verdict=verdict),
            way_out=sentence("Use one of: {known}.", known=", ".join(VERDICTS)),
        )
    with journal(now) as lines:
        match = _locked(ref, officer)
        allow(officer, "judge", match_facts(match))
        duty = (
            Duty.objects.select_for_update(of=("self",))
            .select_related("holder", "officer")
            .filter(match=match, kind="judge", ended_at__isnull=True)
            .first()
        )
        earlier = match.judgements.filter(taken_back_at__isnull=True).last()
        if earlier is not None and earlier.officer_id == officer.pk and earlier.verdict == verdict == match.verdict:
            return match
        if duty_ref and (duty is None or duty.ref != duty_ref):
            raise _judged_meanwhile(earlier)
        _record(lines, match, officer, verdict, reason)
        if duty is not None:
            duties.move(lines, duty, "judge", by=officer, outcome=verdict, note=reason)
        _follow(lines, match, officer)
    return match


def take_back(*, ref: str, officer: Officer, now: datetime) -> Match:
    """The officer's own last judgement is taken back; the pair is asked again. Raises NothingToTakeBack."""
    with journal(now) as lines:
        match = _locked(ref, officer)
        last = match.judgements.filter(taken_back_at__isnull=True, officer=officer).last()
        if last is None:
            raise NothingToTakeBack(sentence("You have no judgement of this match to take back."))
        last.taken_back_at = lines.now
        last.save(update_fields=["taken_back_at"])
        before = match.judgements.filter(taken_back_at__isnull=True).last()
        match.verdict = before.verdict if before is not None else ""
        match.judged_evidence = before.evidence if before is not None else ""
        match.save(update_fields=["verdict", "judged_evidence"])
        lines.write(MatchJudged(match=match.ref, verdict=match.verdict, by=officer.ref, evidence=match.judged_evidence))
        _follow(lines, match, before.officer if before is not None else officer)
    return match


def _locked(ref: str, officer: Officer) -> Match:
    row = visibility.matches(officer).filter(ref=ref).values_list("pk", flat=True).first()
    if row is None:
        raise NotThere
    return Match.objects.select_for_update(of=("self",)).select_related(*oblige.MATCH_ROWS).get(pk=row)


def _judged_meanwhile(earlier: Judgement | None) -> JudgedMeanwhile:
    if earlier is None:
        return JudgedMeanwhile(sentence("This pair is no longer to be judged."))
    return JudgedMeanwhile(
        sentence(
            "{officer} judged this pair meanwhile: {verdict}.",
            officer=earlier.officer.name, verdict=Sentence(VERDICTS[earlier.verdict]),
        ),
        way_out=sentence("Open it to see it, or to say otherwise."),
    )  # fmt: skip


def _record(lines: Journal, match: Match, officer: Officer, verdict: str, reason: str) -> None:
    Judgement.objects.create(
        match=match, officer=officer, verdict=verdict, reason=reason, evidence=match.evidence,
        seen=new_since_judged.seen_now(match), judged_at=lines.now,
    )  # fmt: skip
    match.verdict = verdict
    match.judged_evidence = match.evidence
    match.save(update_fields=["verdict", "judged_evidence"])
    lines.write(MatchJudged(match=match.ref, verdict=verdict, by=officer.ref, evidence=match.evidence))


def _follow(lines: Journal, match: Match, officer: Officer) -> None:
    if match.verdict != "different":
        oblige.by_matches(lines, [match])
        return
    others = match.judgements.filter(verdict="different", taken_back_at__isnull=True).exclude(officer=officer)
    resting = [duty for duty in _resting_on(match) if not oblige.claims_of(duty, lines.now)]
    if not resting:
        return
    if others.exists():
        for duty in resting:
            if duty.live:
                _end_with_its_review(lines, duty, officer)
        correct.parted(lines, resting, officer)
        return
    asked = Duty.objects.select_for_update(of=("self",)).filter(match=match, kind="judge", ended_at__isnull=True)
    confirming = asked.select_related("service", "match", "officer").first()
    if confirming is not None and confirming.officer == officer:
        duties.rehome(lines, confirming)
    if confirming is None:
        service = officer.service
        duties.raise_duty(
            lines,
            kind="judge",
            service=service,
            match=match,
            recipient=resting[0].service,
            level=1,
            excluding=officer,
            urgency=resting[0].urgency,
            because=[sentence("A match on which a telling rests was judged different; a second person must confirm.")],
        )


def _resting_on(match: Match) -> list[Duty]:
    """What is owed by this match, and what was told by it and stands."""
    told = Q(state="done", pk__in=Delivery.objects.exclude(evidence="recalled").values("duty"))
    return list(
        Duty.objects.select_for_update(of=("self",))
        .select_related("service", "recipient", "report", "holder", "officer")
        .filter(Q(ended_at__isnull=True) | told, matches=match, kind="pass_on")
        .order_by("id")
    )


def _end_with_its_review(lines: Journal, duty: Duty, officer: Officer) -> None:
    for review in Duty.objects.select_for_update(of=("self",)).filter(about=duty, kind="review", ended_at__isnull=True):
        duties.move(lines, review, "void", by=officer, outcome="parted")
    duties.move(lines, duty, "void", by=officer, outcome="parted")


__all__ = ["JudgedMeanwhile", "NotAllowed", "NothingToTakeBack", "UnknownVerdict", "judge_match", "take_back"]
