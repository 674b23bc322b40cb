"""Who is owed which report, by which match and which interest; each telling that policy calls for becomes one duty."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Q

from passerelle.duty import OWED_ANEW
from passerelle.flow import deliver, duties
from passerelle.flow.facts import service_facts, standing_of
from passerelle.flow.ledger_lines import Journal
from passerelle.flow.rungs import neutral_desk
from passerelle.flow.told_together import known_to
from passerelle.policy import disclosure, urgency
from passerelle.policy.facts import FORMS
from passerelle.records import extracts
from passerelle.records.models import Delivery, Duty, Interest, Match, Question, Report, ReportVersion, Service, Subject
from passerelle.words import Sentence, noop, sentence

INTEREST_WORDS: dict[str, str] = {
    "dossier": noop("an open dossier"),
    "watch": noop("a watch"),
    "rule": noop("a rule of theme or territory"),
}


@dataclass(frozen=True, slots=True)
class Claim:
    """One interest that a report meets: through a match (and the subject that matched), or through a rule."""

    interest: Interest
    match: Match | None
    subject: Subject | None
    standing: str


def interest_of(subject: Subject, now: datetime) -> Interest | None:
    """The live interest that this subject is part of: its dossier's, its watch, or its report's dossier's."""
    if subject.report is not None and subject.report.gone:
        return None
    interest = subject.watch
    dossier = subject.dossier if subject.dossier is not None else subject.report.dossier if subject.report else None
    if interest is None and dossier is not None:
        interest = getattr(dossier, "interest", None)
    return interest if interest is not None and interest.until > now.date() else None


def sides(match: Match) -> tuple[tuple[Subject, Subject], tuple[Subject, Subject]]:
    """Both ways to look at a match: (what is held, who may need it)."""
    return (match.left, match.right), (match.right, match.left)


def by_matches(lines: Journal, matches: Iterable[Match]) -> None:
    """Raise what these matches call for: tellings where strong or judged, a judgement where possible."""
    matches = list(matches)
    at_hand = {match.pk: match for match in matches}
    found: dict[tuple[int, int], Duty | None] = {}
    speaks: dict[int, extracts.Speaks] = {}
    known = known_to(matches)
    for match in matches:
        standing = standing_of(match)
        asked = False
        for held, wanted in sides(match):
            if held.report is None or held.report.gone:
                continue
            interest = interest_of(wanted, lines.now)
            if interest is None or interest.service_id == held.service_id:
                continue
            if standing:
                one = held.report.pk, interest.service_id
                claims = [Claim(interest, match, held, standing)]
                if one in known:
                    lines.together.put()
                if held.report.pk not in speaks:
                    speaks[held.report.pk] = extracts.read(held.report)
                found[one] = owe(
                    lines, held.report, interest.service, claims, duty=found.get(one), at_hand=at_hand,
                    speaks=speaks[held.report.pk], first=one not in known,
                )  # fmt: skip
                known.add(one)
            if _is_to_be_judged(lines, match, held, interest):
                asked = True
                ask_to_judge(lines, match, held, interest)
        if not asked:
            _not_asked_any_more(lines, match)
    lines.together.put()


def _not_asked_any_more(lines: Journal, match: Match) -> None:
    """A question that stands open and whose reason has gone: the evidence is again what was judged, or nothing speaks
    for the pair any more. It lapses: nobody is shown a pair for nothing. Where a telling rests on the match, a second
    person still confirms."""
    if match.band != "none" and not (match.verdict and match.judged_evidence == match.evidence):
        return
    lines.together.put()
    rests = Q(ended_at__isnull=True) | Q(state="done")
    if match.called_for.filter(rests, kind="pass_on").exists():
        return
    asked = Duty.objects.select_for_update(of=("self",)).filter(match=match, kind="judge", ended_at__isnull=True)
    for duty in asked.select_related("service", "holder", "officer", "recipient"):
        duties.move(lines, duty, "lapse")


def _is_to_be_judged(lines: Journal, match: Match, held: Subject, interest: Interest) -> bool:
    """Whether a person must look: nobody has yet, or the evidence changed since. Where nothing speaks for the pair any
    more, only if a telling rests on it."""
    if match.verdict and match.judged_evidence == match.evidence:
        return False
    if match.band == "none":
        lines.together.put()
        return match.verdict in ("same", "unsure") or any(
            not claims_of(duty, lines.now)
            for duty in match.called_for.filter(kind="pass_on", ended_at__isnull=True).select_related("report")
        )
    return match.band == "possible" or bool(match.verdict) or _needs_judgement(held, interest)


def by_rules(
    lines: Journal, report: Report, rules: Iterable[Interest] | None = None, *, first: bool = False
) -> None:
    """Raise what rules of theme and territory call for, for one report. `first`: as `owe` takes it; whoever says so
    puts together what stands in no table yet."""
    if report.gone:
        return
    if rules is None:
        rules = rules_for(report, lines.now)
    for rule in rules:
        owe(lines, report, rule.service, [Claim(rule, None, None, "rule")], first=first)


def rules_for(report: Report, now: datetime) -> Iterator[Interest]:
    """The live rules of other services that name this report."""
    live = Interest.objects.filter(kind="rule", until__gt=now.date()).exclude(service=report.service_id)
    return (rule for rule in live.select_related("service").order_by("id") if rule_names(rule, report))


def rule_names(rule: Interest, report: Report) -> bool:
    """Whether a rule speaks of this report: its theme, and its territory, where it has one."""
    return (not rule.theme or rule.theme in report.themes) and (
        not rule.territory or rule.territory == report.territory
    )


def _needs_judgement(held: Subject, interest: Interest) -> bool:
    assert held.report is not None
    return disclosure.decide(
        sender=service_facts(held.service),
        recipient=service_facts(interest.service),
        purpose=interest.purpose,
        category=held.category,
        handling=held.report.handling,
        standing="strong",
        danger_to_life=held.report.danger_to_life,
    ).needs_judgement


def best_disclosure(
    report: Report, recipient: Service, claims: Iterable[Claim], *, sender_decided: bool, danger_to_life: bool = False
) -> tuple[disclosure.Disclosure, Claim, str]:
    """The most that any of the claims lets travel, the claim that does, and the category it was decided on.

    A rule names no subject: the person in the report about whom most may be told chooses the row, and whoever may be
    told less about is blacked out, as for a match. `danger_to_life`: a recipient says so, whatever the report says.
    """
    sender, receiver = service_facts(report.service), service_facts(recipient)
    found: list[tuple[int, int, disclosure.Disclosure, Claim, str]] = []
    for claim in claims:
        if claim.subject is not None:
            categories = {claim.subject.category}
        else:
            categories = set(report.spoken_of().values_list("category", flat=True)) or {"none"}
            if len(categories) > 1:
                categories.discard("none")
        for category in sorted(categories):
            decided = disclosure.decide(
                sender=sender,
                recipient=receiver,
                purpose=claim.interest.purpose,
                category=category,
                handling=report.handling,
                standing=claim.standing,
                danger_to_life=report.danger_to_life or danger_to_life,
                sender_decided=sender_decided,
            )
            found.append((FORMS.index(decided.form), FORMS.index(decided.ceiling), decided, claim, category))
    best = max(found, key=lambda line: line[:2])
    return best[2], best[3], best[4]


def claims_of(duty: Duty, now: datetime, at_hand: Mapping[int, Match] | None = None) -> list[Claim]:
    """The claims that a duty to pass on stands on now, read from its matches and its interests. Matches that are
    `at_hand`, with `MATCH_ROWS`, are not read again."""
    claims: list[Claim] = []
    assert duty.report is not None
    if duty.report.gone:
        return claims
    live = duty.interests.filter(kind="rule", until__gt=now.date()).select_related("service").order_by("id")
    rules = [rule for rule in live if rule_names(rule, duty.report)]  # a corrected report may speak of it no more
    found = dict(at_hand or {})
    resting = list(duty.matches.order_by("id").values_list("pk", flat=True)) if found else []
    if not found or any(pk not in found for pk in resting):
        rows = duty.matches.exclude(pk__in=found.keys() & set(resting)).select_related(*MATCH_ROWS).order_by("id")
        found.update((match.pk, match) for match in rows)
        resting = resting or [match.pk for match in rows]
    for match in (found[pk] for pk in resting):
        standing = standing_of(match)
        for held, wanted in sides(match):
            if standing and held.report_id == duty.report_id:
                interest = interest_of(wanted, now)
                if interest is not None and interest.service_id == duty.recipient_id:
                    claims.append(Claim(interest, match, held, standing))
    claims.extend(Claim(rule, None, None, "rule") for rule in rules)
    if duty.onward_id is not None:
        claims.append(onward_claim(Question.objects.select_related("onward_to").get(pk=duty.onward_id)))
    return claims


def onward_claim(question: Question) -> Claim:
    """What a request to pass something on stands on: no interest that anybody stated, but its own purpose."""
    return Claim(Interest(service=question.onward_to, kind="onward", purpose=question.purpose), None, None, "rule")


def serving_no_interest(duties_asked: Iterable[Duty], now: datetime) -> set[int]:
    """Of these duties, by primary key, those of which every interest that they serve has ended, or speaks of what
    their report says no more: nobody may be told any more, and nobody waits. A few queries for any number.

    A match judged different by one person does not make it so: that takes a second one.
    """
    judged: dict[int, int] = {}  # the duty that was asked about, and the match that it judges
    telling: dict[int, Duty] = {}  # … and the duty to pass on that it is, or reviews
    for duty in duties_asked:
        looked_at = duty.about if duty.kind == "review" else duty
        if looked_at is not None and looked_at.kind == "judge":
            assert looked_at.match_id is not None
            judged[duty.pk] = looked_at.match_id
        elif looked_at is not None and looked_at.kind == "pass_on":
            telling[duty.pk] = looked_at
    if not judged and not telling:
        return set()
    keys = {duty.pk for duty in telling.values()}
    rules = Duty.interests.through.objects.filter(duty__in=keys, interest__kind="rule", interest__until__gt=now.date())
    by_rule = {
        row.duty_id
        for row in rules.select_related("interest", "duty__report")
        if row.duty.report is not None and rule_names(row.interest, row.duty.report)
    }
    resting: dict[int, list[int]] = {}
    for key, match in Duty.matches.through.objects.filter(duty__in=keys).values_list("duty_id", "match_id"):
        resting.setdefault(key, []).append(match)
    served = _served({*judged.values(), *(match for found in resting.values() for match in found)}, now)
    none = {asked for asked, match in judged.items() if not any(service for _, service in served[match])}
    for asked, duty in telling.items():
        called = ((duty.report_id, duty.recipient_id) in served[match] for match in resting.get(duty.pk, ()))
        if duty.onward_id is None and duty.pk not in by_rule and not any(called):
            none.add(asked)
    return none


def _served(matches: Iterable[int], now: datetime) -> dict[int, tuple[tuple[int | None, int | None], ...]]:
    """By match, for each way to look at it: the report that is held, and the service whose live interest wants it."""
    columns = ["pk", "left__report_id", "right__report_id"]
    for side in ("left", "right"):
        columns.append(f"{side}__report__gone")
        for way in ("watch", "dossier__interest", "report__dossier__interest"):
            columns += [f"{side}__{way}__service_id", f"{side}__{way}__until"]
    found: dict[int, tuple[tuple[int | None, int | None], ...]] = {}
    for row in Match.objects.filter(pk__in=set(matches)).order_by().values_list(*columns):
        left, right = _wanting(row[3:10], now), _wanting(row[10:17], now)
        found[row[0]] = ((row[1], right), (row[2], left))
    return found


def _wanting(row: Sequence[Any], now: datetime) -> int | None:
    """`interest_of` a subject, from (gone, then service and end of its watch, dossier, report's dossier)."""
    if row[0]:
        return None
    service, until = next(((row[place], row[place + 1]) for place in (1, 3, 5) if row[place] is not None), (None, None))
    return service if until is not None and until > now.date() else None


MATCH_ROWS = tuple(
    f"{side}__{row}"
    for side in ("left", "right")
    for row in (
        "service",
        "report__service",
        "report__author",
        "report__dossier__interest__service",
        "dossier__interest__service",
        "watch__service",
    )
)
"""What must be at hand to oblige from a match without asking the database again."""


def owe(
    lines: Journal,
    report: Report,
    recipient: Service,
    claims: list[Claim],
    *,
    duty: Duty | None = None,
    at_hand: Mapping[int, Match] | None = None,
    speaks: extracts.Speaks | None = None,
    first: bool = False,
) -> Duty | None:
    """The one duty to pass `report` on to `recipient`: raised, or told one more reason; what may travel travels.

    `duty`: it, where this verb had it a moment ago; `at_hand`: matches as `claims_of` takes them; `speaks`: what
    the report says, where it was read; `first`: nothing of it was ever owed to this recipient, or told.
    """
    if first:
        duty = None
    elif duty is None or duty.state == "void" or duty.outcome in OWED_ANEW:
        duty = owed(report, recipient)
    if duty is not None:
        return _learn(lines, duty, claims, at_hand)
    decided, claim, _ = best_disclosure(report, recipient, claims, sender_decided=False)
    if decided.form == "nothing" and not decided.owner_owes_decision:
        return None
    discreet = claim.interest.discreet
    duty = duties.raise_duty(
        lines,
        kind="pass_on",
        service=report.service,
        report=report,
        recipient=recipient,
        form=decided.ceiling,
        matches=[c.match for c in claims if c.match],
        interests=[c.interest for c in claims if c.interest.pk is not None],
        discreet=discreet,
        urgency=urgency_of(report, speaks),
        themes=frozenset(report.themes),
        because=_because(claim, recipient, decided, discreet),
        together=first,
    )
    rests_on = [c.match for c in claims if c.match]
    _settle(lines, duty, decided, claim, deliver.AtHand(speaks, rests_on, first))
    return duty


def owed(report: Report, recipient: Service) -> Duty | None:
    """The one duty to tell this report to this service that stands, locked; None where nothing was ever owed."""
    standing = Duty.objects.filter(report=report, recipient=recipient, kind="pass_on").exclude(state="void")
    there = standing.exclude(outcome__in=OWED_ANEW).values_list("pk", flat=True).first()
    if there is None:
        return None
    rows = Duty.objects.select_for_update(of=("self",))
    return rows.select_related("report__service", "recipient", "service", "holder", "officer").get(pk=there)


def _settle(
    lines: Journal,
    duty: Duty,
    decided: disclosure.Disclosure,
    claim: Claim,
    at_hand: deliver.AtHand = deliver.NOTHING,
) -> None:
    """Let travel what may travel at once; the duty ends there unless its owner owes a decision.

    While it is withheld nothing travels: its review decides. What was recalled travels by a decision only.
    """
    if duty.state == "withheld" or (duty.report is not None and kept_back(duty.report)):
        return
    if not at_hand.first and was_recalled(duty):
        return
    if not at_hand.first and duty.version > 1 and _overturned(duty):
        assert duty.report is not None and duty.recipient is not None
        claims = claims_of(duty, lines.now) or [claim]
        most, its, _ = best_disclosure(duty.report, duty.recipient, claims, sender_decided=True)
        if most.form != "nothing" and not most.needs_judgement:
            told = told_because(its, most)
            deliver.send(lines, duty, most, its.interest.purpose, its.standing, because=told, sender_decided=True)
            duties.move(lines, duty, "deliver", outcome=most.form)
            return
    if decided.form != "nothing":
        deliver.send(
            lines, duty, decided, claim.interest.purpose, claim.standing, because=told_because(claim, decided),
            at_hand=at_hand,
        )  # fmt: skip
    if not decided.owner_owes_decision:
        duties.move(lines, duty, "lapse" if decided.form == "nothing" else "deliver", outcome=decided.form)


def kept_back(report: Report) -> bool:
    """Whether a report travels no further because its use is restricted. Where a life is in danger it does."""
    return bool(report.restriction) and not report.danger_to_life


def _overturned(duty: Duty) -> bool:
    """Whether a second person overturned its withholding, and it only waits for what must come first."""
    last = duty.withholdings.order_by("-decided_at", "-id").values_list("outcome", flat=True).first()
    return last == "overturned"


def _learn(lines: Journal, duty: Duty, claims: list[Claim], at_hand: Mapping[int, Match] | None = None) -> Duty:
    rests_on = set(duty.matches.order_by().values_list("pk", flat=True))
    serves = set(duty.interests.order_by().values_list("pk", flat=True))
    new_matches = [c.match for c in claims if c.match and c.match.pk not in rests_on]
    new_interests = [c.interest for c in claims if c.interest.pk is not None and c.interest.pk not in serves]
    if new_matches:
        duty.matches.add(*new_matches)
    if new_interests:
        duty.interests.add(*new_interests)
    if not duty.live:
        _more(lines, duty, claims)
        return duty
    all_claims = claims_of(duty, lines.now, at_hand) or claims
    assert duty.recipient is not None and duty.report is not None
    decided, claim, _ = best_disclosure(duty.report, duty.recipient, all_claims, sender_decided=False)
    if new_matches or new_interests or duty.form != decided.ceiling:
        duty.form = decided.ceiling
        duty.because = [
            *duty.because,
            *[
                r.to_json()
                for r in _because(claims[0], duty.recipient, decided, duty.discreet)
                if r.to_json() not in duty.because and (duty.discreet or not claims[0].interest.discreet)
            ],
        ]
        duties.move(lines, duty, "learn")
    _settle(lines, duty, decided, claim)
    return duty


def was_recalled(duty: Duty) -> bool:
    """Whether the sender took back a telling of this report to this recipient."""
    return Delivery.objects.filter(report=duty.report, recipient=duty.recipient, evidence="recalled").exists()


def _more(lines: Journal, duty: Duty, claims: list[Claim]) -> None:
    """An ended duty that passed on less than may now travel by itself is topped up with another delivery. Where more
    may travel now than when its owner decided, that answer is recalled: a new decision is owed."""
    if duty.state not in ("done", "upheld") or duty.outcome in OWED_ANEW:
        return
    assert duty.recipient is not None and duty.report is not None
    decided, claim, _ = best_disclosure(duty.report, duty.recipient, claims, sender_decided=False)
    got = duty.report.deliveries.filter(recipient=duty.recipient).exclude(evidence="recalled")
    forms: dict[int, int] = {}
    for version, form in got.values_list("report_version", "form"):
        forms[version] = max(forms.get(version, 0), FORMS.index(form))
    sent = forms[max(forms)] if forms else 0
    if duty.state == "done" and FORMS.index(decided.form) > sent and not kept_back(duty.report):
        deliver.send(lines, duty, decided, claim.interest.purpose, claim.standing, because=told_because(claim, decided))
        sent = FORMS.index(decided.form)
    decided_on = max(sent, FORMS.index(duty.form or "nothing"))
    if decided.owner_owes_decision and FORMS.index(decided.ceiling) > decided_on:
        says = sentence("Less could be told when this was decided; the answer would differ now.")
        answer_again(lines, duty, claims, says)


def answer_again(lines: Journal, duty: Duty, claims: list[Claim], because: Sentence) -> None:
    """What was answered would be answered otherwise now: it is owed anew, with a clock of its own. Who waits hears it,
    if they were told that there was something."""
    assert duty.report is not None and duty.recipient is not None
    duties.owe_anew(lines, duty, "again")
    anew = owe(lines, duty.report, duty.recipient, claims_of(duty, lines.now) or claims)
    if anew is None or not anew.live:
        return
    anew.because = [because.to_json(), *anew.because]
    duties.move(lines, anew, "learn")
    duties.tell(lines, anew.service, "again", because, duty=anew)
    if anew.report is not None and anew.report.deliveries.filter(recipient=anew.recipient).exists():
        says = sentence("An earlier answer of {service} may change: it decides anew.", service=anew.service.name)
        duties.tell(lines, duty.recipient, "again", says)


def corrected_since(lines: Journal, report: Report) -> None:
    """What was withheld because it was inaccurate is decided anew when it has been put right."""
    upheld = Duty.objects.select_for_update(of=("self",)).select_related("report__service", "recipient", "service")
    for duty in upheld.filter(report=report, kind="pass_on", state="upheld").exclude(outcome__in=OWED_ANEW):
        last = duty.withholdings.order_by("-decided_at", "-id").first()
        claims = claims_of(duty, lines.now)
        if last is not None and last.ground == INACCURATE and claims:
            says = sentence("It was withheld as inaccurate, and has been put right since: decide anew.")
            answer_again(lines, duty, claims, says)


INACCURATE = "e"
"""The ground for withholding that a correction takes away (Directive (EU) 2023/977, Art. 6(1)(e))."""


def urgency_of(report: Report, speaks: extracts.Speaks | None = None) -> str:
    """How urgent a report is, from what it says and what it is about, never from its title."""
    return urgency_and_why(report, speaks).level


def urgency_and_why(report: Report, speaks: extracts.Speaks | None = None) -> urgency.Urgency:
    """The same with its reasons, and the sentences that speak of danger: for those who may read the report."""
    if speaks is not None:
        said: ReportVersion | None = speaks.said
        categories = frozenset(one.category for one in speaks.subjects)
    else:
        said = ReportVersion.objects.filter(report=report, number=report.version).first()
        categories = frozenset(report.spoken_of().values_list("category", flat=True))
    return urgency.of_text(
        said.text if said is not None else "",
        themes=frozenset(report.themes),
        categories=categories,
        danger_to_life=report.danger_to_life,
        directly_accessible=True,
    )


def _whose(recipient: Service, discreet: bool) -> Sentence | str:
    return sentence("a service with a lawful interest") if discreet else recipient.name


def _because(claim: Claim, recipient: Service, decided: disclosure.Disclosure, discreet: bool) -> list[Sentence]:
    """Why the owner owes this, without a word that a discreet interest would not say: the row of law names the kind of
    service it is owed to, so it stays unsaid too."""
    whose = _whose(recipient, discreet)
    if claim.interest.kind == "onward":
        first = sentence("A service that has this report asked you to pass it on to {service}.", service=whose)
    elif claim.match is None:
        first = sentence("A rule entrusts this theme or territory to {service}.", service=whose)
    elif discreet:
        first = sentence("A subject of this report concerns {service}.", service=whose)
    else:
        first = sentence(
            "A subject of this report is known to {service} through {interest}.",
            service=whose,
            interest=Sentence(INTEREST_WORDS[claim.interest.kind]),
        )
    return [first] if discreet else [first, *decided.because]


def told_because(claim: Claim, decided: disclosure.Disclosure) -> list[Sentence]:
    """Why the recipient gets this: the recipient's own interest, and what the match rests on. With a pointer no row of
    law is named: a row of its own for witnesses or victims would say what the person is to the sender."""
    if claim.interest.kind == "onward":
        first = [sentence("A service that has it asked its originator to pass it on to you.")]
    elif claim.match is None:
        first = [sentence("Your rule of theme or territory names this report.")]
    else:
        first = [
            sentence(
                "It concerns a subject of {interest} of yours.", interest=Sentence(INTEREST_WORDS[claim.interest.kind])
            )
        ]
    if decided.form == "pointer":
        return [*first, UNSURE] if claim.standing == "unsure" else first
    return [*first, *decided.because]


UNSURE = sentence("A person judged the match unsure, so no more than a pointer travels, and it says so.")


def ask_to_judge(lines: Journal, match: Match, held: Subject, interest: Interest) -> Duty | None:
    """One duty to judge a possible match, for the desk that may see both sides, else the neutral desk."""
    if Duty.objects.filter(match=match, kind="judge", ended_at__isnull=True).exists():
        return None
    if match.judged_evidence == match.evidence:
        return None
    judge = desk_that_may_see_both(match, held, interest)
    assert held.report is not None
    return duties.raise_duty(
        lines,
        kind="judge",
        service=judge,
        match=match,
        recipient=interest.service,
        discreet=interest.discreet and judge.pk != interest.service_id,
        urgency=urgency_of(held.report),
        themes=frozenset(held.report.themes),
        because=[
            *([sentence("It was judged before; its evidence has changed since.")] if match.judged_evidence else []),
            sentence("Two records of different services may concern the same subject; a person must look."),
            sentence("The desk that judges may see both sides.")
            if judge.kind != "neutral_desk"
            else sentence("Neither desk may see both sides, so the neutral desk judges."),
        ],
    )


def desk_that_may_see_both(match: Match, held: Subject, interest: Interest) -> Service:
    """The recipient's desk where the report would travel to it at once; else the owner's, where it may see what the
    recipient holds and the interest is not discreet; else the neutral desk."""
    assert held.report is not None
    owner, receiver = service_facts(held.service), service_facts(interest.service)
    if disclosure.sees_other_side(
        reader=receiver,
        other=owner,
        purpose=interest.purpose,
        category=held.category,
        handling=held.report.handling,
        danger_to_life=held.report.danger_to_life,
    ):
        return interest.service
    wanted = match.right if match.left_id == held.pk else match.left
    wanted_handling = wanted.report.handling if wanted.report is not None else "open"
    if not interest.discreet and disclosure.sees_other_side(
        reader=owner, other=receiver, purpose=interest.purpose, category=wanted.category, handling=wanted_handling
    ):
        return held.service
    return neutral_desk()
