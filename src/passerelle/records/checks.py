"""The tables as plain rows, in the shape in which the ledger folds: so that the two can be compared."""

from __future__ import annotations

from datetime import UTC, datetime

from passerelle.records.models import (
    Account,
    AccountKey,
    Channel,
    Correction,
    Delivery,
    Dossier,
    Duty,
    Factor,
    Grant,
    Handover,
    Identity,
    Interest,
    Match,
    Message,
    NameCount,
    Officer,
    Order,
    Overload,
    PeriodicReview,
    PersonRequest,
    Proposal,
    Question,
    Report,
    RequestPart,
    RuleTable,
    Sample,
    Service,
    Withholding,
)
from passerelle.replay.fold import Folded


def _time(moment: datetime | None) -> str:
    return "" if moment is None else moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def plain_rows() -> Folded:
    """All that the ledger also tells, read from the tables."""
    folded = Folded()
    for service in Service.objects.select_related("successor"):
        successor = service.successor.key if service.successor is not None else ""
        folded.services[service.key] = {"kind": service.kind, "successor": successor}
    for officer in Officer.objects.select_related("service", "deputy"):
        folded.officers[officer.ref] = {
            "service": officer.service.key,
            "role": officer.role,
            "away_until": _time(officer.away_until),
            "left": not officer.is_active,
            "second": officer.second_since is not None,
            "deputy": officer.deputy.ref if officer.deputy is not None else "",
        }
    for account in Account.objects.select_related("officer"):
        folded.accounts[account.ref] = {
            "officer": account.officer.ref,
            "scopes": list(account.scopes),
            "ended": account.ended_at is not None,
        }
    for key in AccountKey.objects.select_related("account"):
        folded.account_keys[key.ref] = {
            "account": key.account.ref,
            "public": key.public,
            "until": _time(key.until),
        }
    for factor in Factor.objects.select_related("officer"):
        folded.factors[factor.ref] = {"officer": factor.officer.ref, "kind": factor.kind}
    for identity in Identity.objects.select_related("officer"):
        folded.identities[identity.ref] = {"officer": identity.officer.ref}
    for channel in Channel.objects.select_related("service", "officer"):
        folded.channels[channel.ref] = {
            "service": channel.service.key,
            "officer": channel.officer.ref if channel.officer else "",
            "kind": channel.kind,
            "ended": channel.ended_at is not None,
        }
    for message in Message.objects.filter(state="parked").select_related("channel"):
        folded.parked[message.ref] = {"channel": message.channel.ref, "fault": message.fault}
    for report in Report.objects.select_related("service", "dossier").iterator():
        folded.reports[report.ref] = {
            "service": report.service.key,
            "version": report.version,
            "handling": report.handling,
            "dossier": report.dossier.ref if report.dossier else "",
            "gone": report.gone,
            "restricted_until": report.restricted_until.isoformat() if report.restricted_until else "",
        }
    for dossier in Dossier.objects.select_related("service"):
        folded.dossiers[dossier.ref] = {"service": dossier.service.key}
    for interest in Interest.objects.select_related("service", "dossier"):
        folded.interests[interest.ref] = {
            "service": interest.service.key,
            "kind": interest.kind,
            "dossier": interest.dossier.ref if interest.dossier else "",
            "theme": interest.theme,
            "territory": interest.territory,
            "purpose": interest.purpose,
            "until": interest.until.isoformat(),
            "discreet": interest.discreet,
        }
    for match in Match.objects.select_related("left", "right").iterator():
        folded.matches[match.ref] = {
            "left": match.left.ref,
            "right": match.right.ref,
            "band": match.band,
            "score_permille": round(match.score * 1000),
            "evidence": match.evidence,
            "counted": match.counted,
            "verdict": match.verdict,
        }
    for count in NameCount.objects.all():
        folded.counts[str(count.version)] = {"subjects": count.subjects, "words": len(count.words)}
    rows = Duty.objects.select_related("report", "recipient", "match", "about", "holder", "officer")
    for duty in rows.iterator():
        folded.duties[duty.ref] = {
            "kind": duty.kind,
            "report": duty.report.ref if duty.report else "",
            "recipient": duty.recipient.key if duty.recipient else "",
            "match": duty.match.ref if duty.match else "",
            "about": duty.about.ref if duty.about else "",
            "deadline": duty.deadline,
            "state": duty.state,
            "level": duty.level,
            "holder": duty.holder.key if duty.holder else "",
            "officer": duty.officer.ref if duty.officer else "",
            "due_at": _time(duty.due_at),
            "next_event": duty.next_event,
            "next_event_at": _time(duty.next_event_at),
            "version": duty.version,
        }
    for delivery in Delivery.objects.select_related("duty", "report", "sender", "recipient").iterator():
        folded.deliveries[delivery.ref] = {
            "duty": delivery.duty.ref,
            "report": delivery.report.ref,
            "version": delivery.report_version,
            "sender": delivery.sender.key,
            "recipient": delivery.recipient.key,
            "form": delivery.form,
            "evidence": delivery.evidence,
        }
    for withholding in Withholding.objects.select_related("duty", "decided_by", "reviewed_by"):
        folded.withholdings[withholding.ref] = {
            "duty": withholding.duty.ref,
            "ground": withholding.ground,
            "by": withholding.decided_by.ref,
            "outcome": withholding.outcome,
            "reviewed_by": withholding.reviewed_by.ref if withholding.reviewed_by else "",
        }
    for order in Order.objects.select_related("duty", "ordered_by"):
        folded.orders[order.ref] = {"duty": order.duty.ref, "by": order.ordered_by.ref}
    asked = Question.objects.select_related("service", "asked_by", "answered_by", "parent", "duty")
    for question in asked.select_related("report", "match", "delivery", "dossier", "onward_to"):
        about = question.delivery or question.match or question.report or question.dossier
        folded.questions[question.ref] = {
            "service": question.service.key,
            "by": question.asked_by.ref,
            "about": about.ref if about is not None else "",
            "parent": question.parent.ref if question.parent else "",
            "duty": question.duty.ref,
            "onward_to": question.onward_to.key if question.onward_to else "",
            "answered_by": question.answered_by.ref if question.answered_by else "",
        }
    for shift in Handover.objects.select_related("service", "signed_by", "taken_by"):
        folded.handovers[shift.ref] = {
            "service": shift.service.key,
            "by": shift.signed_by.ref,
            "until": _time(shift.until),
            "open": shift.open_count,
            "late": shift.late_count,
            "taken_by": shift.taken_by.ref if shift.taken_by is not None else "",
            "level": shift.level,
        }
    for overload in Overload.objects.select_related("service", "signed_by", "review"):
        folded.overloads[overload.ref] = {
            "service": overload.service.key,
            "kind": overload.kind,
            "by": overload.signed_by.ref,
            "until": _time(overload.until),
            "review": overload.review.ref,
            "outcome": overload.outcome,
            "ended": overload.ended_at is not None,
        }
    for rules in RuleTable.objects.select_related("proposed_by", "review"):
        folded.rules[rules.ref] = {
            "table": rules.table,
            "digest": rules.digest,
            "by": rules.proposed_by.ref,
            "starts": _time(rules.starts_at),
            "review": rules.review.ref,
            "outcome": rules.outcome,
            "version": rules.version,
            "in_force": rules.in_force_at is not None,
        }
    for grant in Grant.objects.select_related("report", "officer", "given_by", "review"):
        folded.grants[grant.ref] = {
            "kind": grant.kind,
            "report": grant.report.ref,
            "version": grant.report_version,
            "officer": grant.officer.ref,
            "by": grant.given_by.ref,
            "form": grant.form,
            "until": _time(grant.until),
            "review": grant.review.ref if grant.review else "",
            "ended": grant.ended_at is not None,
            "outcome": grant.outcome,
        }
    for sample in Sample.objects.select_related("drawn_by").prefetch_related("items"):
        folded.samples[sample.ref] = {
            "kind": sample.kind,
            "by": sample.drawn_by.ref,
            "size": sample.ledger_size,
            "root": sample.ledger_root,
            "population": sample.population,
            "things": {item.thing: item.outcome for item in sample.items.all()},
        }
    rows_of = Correction.objects.select_related("report", "recipient", "delivery", "duty")
    for correction in rows_of.iterator():
        folded.corrections[correction.ref] = {
            "report": correction.report.ref,
            "recipient": correction.recipient.key,
            "delivery": correction.delivery.ref,
            "duty": correction.duty.ref if correction.duty else "",
            "kind": correction.kind,
            "version": correction.version,
            "receipt": correction.receipt,
        }
    for review in PeriodicReview.objects.select_related("report", "duty"):
        folded.reviews[review.ref] = {
            "report": review.report.ref,
            "of": review.of,
            "due_on": review.due_on.isoformat(),
            "duty": review.duty.ref,
            "outcome": review.outcome,
            "next_on": review.next_on.isoformat() if review.next_on else "",
        }
    for asked in PersonRequest.objects.select_related("service", "holder", "recorded_by", "duty", "answered_by"):
        folded.requests[asked.ref] = {
            "kind": asked.kind,
            "way": asked.way,
            "service": asked.service.key,
            "holder": asked.holder.key,
            "by": asked.recorded_by.ref,
            "duty": asked.duty.ref,
            "answered_by": asked.answered_by.ref if asked.answered_by else "",
        }
    for part in RequestPart.objects.select_related("request", "service", "duty", "answered_by"):
        folded.parts[part.ref] = {
            "request": part.request.ref,
            "service": part.service.key,
            "duty": part.duty.ref,
            "answered_by": part.answered_by.ref if part.answered_by else "",
        }
    for proposal in Proposal.objects.select_related("service", "asked_by", "review", "interest"):
        folded.proposals[proposal.ref] = {
            "service": proposal.service.key,
            "kind": proposal.kind,
            "by": proposal.asked_by.ref,
            "review": proposal.review.ref,
            "outcome": proposal.outcome,
            "interest": proposal.interest.ref if proposal.interest else "",
        }
    return folded
