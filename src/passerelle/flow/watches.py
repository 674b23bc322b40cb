"""A watch or a rule is asked for by one person and approved by a second, by a clock; it has a purpose and an end."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from datetime import date, datetime
from typing import Any

from passerelle.flow import duties, oblige, receive, rungs, sizes, told_together
from passerelle.flow.facts import NotAllowed, NotThere
from passerelle.flow.interests import InterestIncomplete, check_four_eyes, check_interest, state_interest
from passerelle.flow.ledger_lines import Journal, journal
from passerelle.flow.receive import RelationDraft, SubjectDraft
from passerelle.ledger import canonical
from passerelle.ledger.events import InterestAsked, InterestDecided, InterestEnded
from passerelle.policy import quotas
from passerelle.policy.facts import SERVICE_ROLES
from passerelle.records.models import Interest, Officer, Proposal, Report, Service
from passerelle.records.models.proposals import PROPOSAL_KINDS
from passerelle.words import Sentence, sentence


def state_watch(
    *,
    service: Service,
    officer: Officer,
    approved_by: Officer,
    subjects: Sequence[SubjectDraft],
    relations: Sequence[RelationDraft] = (),
    purpose: str,
    legal_basis: str,
    until: date,
    discreet: bool = False,
    now: datetime,
) -> Interest:
    """A service watches for subjects without a dossier. A second person approves. Raises InterestIncomplete."""
    check_interest(purpose, legal_basis, until, now)
    check_four_eyes(officer, approved_by)
    with journal(now) as lines:
        return put_watch(
            lines,
            service=service,
            officer=officer,
            approved_by=approved_by,
            subjects=subjects,
            relations=relations,
            purpose=purpose,
            legal_basis=legal_basis,
            until=until,
            discreet=discreet,
        )


def put_watch(
    lines: Journal,
    *,
    service: Service,
    officer: Officer,
    approved_by: Officer,
    subjects: Sequence[SubjectDraft],
    relations: Sequence[RelationDraft] = (),
    purpose: str,
    legal_basis: str,
    until: date,
    discreet: bool = False,
) -> Interest:
    """A watch within a verb's own transaction."""
    watch = state_interest(
        lines,
        service=service,
        officer=officer,
        kind="watch",
        purpose=purpose,
        legal_basis=legal_basis,
        until=until,
        discreet=discreet,
        approved_by=approved_by,
    )
    receive.put_more(lines, service, officer, subjects, relations, watch=watch)
    return watch


TOGETHER = 500
"""Of so many reports that were filed before a rule, what they owe is written together."""


def state_rule(
    *,
    service: Service,
    officer: Officer | None,
    approved_by: Officer | None,
    theme: str = "",
    territory: str = "",
    purpose: str,
    legal_basis: str,
    until: date,
    now: datetime,
) -> Interest:
    """A theme or a territory is entrusted to a service by law. Reports filed before oblige too. Four eyes."""
    check_interest(purpose, legal_basis, until, now)
    if not theme and not territory:
        raise InterestIncomplete(sentence("A rule needs a theme or a territory."))
    check_four_eyes(officer, approved_by)
    with journal(now) as lines:
        return put_rule(
            lines,
            service=service,
            officer=officer,
            approved_by=approved_by,
            theme=theme,
            territory=territory,
            purpose=purpose,
            legal_basis=legal_basis,
            until=until,
        )


def put_rule(
    lines: Journal,
    *,
    service: Service,
    officer: Officer | None,
    approved_by: Officer | None,
    theme: str = "",
    territory: str = "",
    purpose: str,
    legal_basis: str,
    until: date,
) -> Interest:
    """A rule within a verb's own transaction; what was filed before obliges too."""
    rule = state_interest(
        lines,
        service=service,
        officer=officer,
        kind="rule",
        theme=theme,
        territory=territory,
        purpose=purpose,
        legal_basis=legal_basis,
        until=until,
        approved_by=approved_by,
    )
    known = told_together.known_of(service)
    filed = Report.objects.exclude(service=service).select_related("service", "author").order_by("id")
    for number, report in enumerate(filed.iterator(chunk_size=TOGETHER), start=1):
        if oblige.rule_names(rule, report):
            oblige.by_rules(lines, report, rules=(rule,), first=report.pk not in known)
        if number % TOGETHER == 0:
            lines.together.put()
    lines.together.put()
    return rule


def ask(
    *,
    officer: Officer,
    kind: str,
    purpose: str,
    legal_basis: str,
    until: date,
    subjects: Sequence[SubjectDraft] = (),
    relations: Sequence[RelationDraft] = (),
    theme: str = "",
    territory: str = "",
    discreet: bool = False,
    now: datetime,
) -> Proposal:
    """Ask for a watch (subjects without a dossier) or a rule (a theme or a territory). Nothing is compared yet:
    a second person gets the duty to review it.

    Raises NotThere for a seat without contents, InterestIncomplete, QuotaExceeded, TooLong, NoText.
    """
    if officer.role not in SERVICE_ROLES or kind not in PROPOSAL_KINDS:
        raise NotThere
    check_interest(purpose, legal_basis, until, now)
    sizes.check_text(territory, sentence("territory"), most=60)
    sizes.check_subjects(subjects)
    if kind == "rule" and not theme and not territory:
        raise InterestIncomplete(sentence("A rule needs a theme or a territory."))
    if kind == "watch" and not subjects:
        raise InterestIncomplete(sentence("A watch needs somebody or something to watch for."))
    quotas.within("subjects_of_a_watch", len(subjects))
    if kind == "watch":
        quotas.within("days_of_a_watch", (until - now.date()).days)
    content: dict[str, Any] = {
        "purpose": purpose,
        "legal_basis": legal_basis,
        "until": until.isoformat(),
        "theme": theme,
        "territory": territory,
        "discreet": discreet,
        "subjects": [
            {**asdict(subject), "properties": {name: list(of) for name, of in subject.properties.items()}}
            for subject in subjects
        ],
        "relations": [asdict(relation) for relation in relations],
    }
    with journal(now) as lines:
        mine = Interest.objects.filter(stated_by=officer, kind="watch", until__gt=lines.now.date()).count()
        asked = Proposal.objects.filter(asked_by=officer, kind="watch", outcome="").count()
        quotas.within("live_watches_of_an_officer", mine + asked + (kind == "watch"))
        review = duties.raise_duty(
            lines,
            kind="review",
            service=officer.service,
            level=rungs.SUPERVISOR,
            excluding=officer,
            because=[
                sentence(
                    "{officer} asks for {what}; nothing is compared before a second person approves.",
                    officer=officer.name,
                    what=Sentence(PROPOSAL_KINDS[kind]),
                )
            ],
        )
        proposal = Proposal.objects.create(
            service=officer.service, kind=kind, content=content, asked_by=officer, asked_at=lines.now, review=review
        )
        lines.write(
            InterestAsked(
                proposal=proposal.ref,
                service=officer.service.key,
                kind=kind,
                by=officer.ref,
                review=review.ref,
                commitment=canonical.commitment(bytes(proposal.salt), content),
            )
        )
    return proposal


def decide(lines: Journal, proposal: Proposal, officer: Officer, approve: bool) -> None:
    """The second person approved or refused; an approved one counts from now on, with them as its approver."""
    content = proposal.content
    if approve:
        until = date.fromisoformat(content["until"])
        check_interest(content["purpose"], content["legal_basis"], until, lines.now)
        common = {
            "service": proposal.service,
            "officer": proposal.asked_by,
            "approved_by": officer,
            "purpose": content["purpose"],
            "legal_basis": content["legal_basis"],
            "until": until,
        }
        if proposal.kind == "watch":
            proposal.interest = put_watch(
                lines,
                subjects=[SubjectDraft(**subject) for subject in content["subjects"]],
                relations=[RelationDraft(**relation) for relation in content["relations"]],
                discreet=content["discreet"],
                **common,
            )
        else:
            proposal.interest = put_rule(lines, theme=content["theme"], territory=content["territory"], **common)
    proposal.outcome = "approved" if approve else "refused"
    proposal.save()
    lines.write(
        InterestDecided(
            proposal=proposal.ref,
            outcome=proposal.outcome,
            interest=proposal.interest.ref if proposal.interest else "",
            by=officer.ref,
        )
    )
    says = (
        sentence("What you asked to watch for was approved.")
        if approve
        else sentence("What you asked to watch for was refused.")
    )
    duties.tell(lines, proposal.service, "reviewed", says, duty=proposal.review, officer=proposal.asked_by)


def end(*, ref: str, officer: Officer, now: datetime) -> Interest:
    """A watch or a rule of one's own service ends today: by who asked for it, or who leads the service.

    What rests on it lapses by its own clock. Raises NotThere, NotAllowed.
    """
    with journal(now) as lines:
        interest = (
            Interest.objects.select_for_update(of=("self",))
            .filter(ref=ref, service=officer.service_id, kind__in=("watch", "rule"))
            .first()
        )
        if interest is None or officer.role not in SERVICE_ROLES:
            raise NotThere
        if officer.role not in ("supervisor", "head") and interest.stated_by_id != officer.pk:
            raise NotAllowed(sentence("It is ended by who asked for it, or by who leads the service."))
        today = lines.now.date()
        if interest.until > today:
            interest.until = today
            interest.save(update_fields=["until"])
            lines.write(InterestEnded(interest=interest.ref, until=today.isoformat(), by=officer.ref))
    return interest
