"""The tables as the ledger tells them: every line from the first, applied in order to plain dictionaries."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

Row = dict[str, Any]


@dataclass(slots=True)
class Folded:
    """One dictionary a table, by reference. Rows hold only what the ledger holds: identifiers, states, times."""

    services: dict[str, Row] = field(default_factory=dict)
    officers: dict[str, Row] = field(default_factory=dict)
    accounts: dict[str, Row] = field(default_factory=dict)
    account_keys: dict[str, Row] = field(default_factory=dict)
    channels: dict[str, Row] = field(default_factory=dict)
    parked: dict[str, Row] = field(default_factory=dict)
    reports: dict[str, Row] = field(default_factory=dict)
    dossiers: dict[str, Row] = field(default_factory=dict)
    interests: dict[str, Row] = field(default_factory=dict)
    matches: dict[str, Row] = field(default_factory=dict)
    duties: dict[str, Row] = field(default_factory=dict)
    deliveries: dict[str, Row] = field(default_factory=dict)
    withholdings: dict[str, Row] = field(default_factory=dict)
    orders: dict[str, Row] = field(default_factory=dict)
    grants: dict[str, Row] = field(default_factory=dict)
    samples: dict[str, Row] = field(default_factory=dict)
    corrections: dict[str, Row] = field(default_factory=dict)
    reviews: dict[str, Row] = field(default_factory=dict)
    requests: dict[str, Row] = field(default_factory=dict)
    parts: dict[str, Row] = field(default_factory=dict)
    proposals: dict[str, Row] = field(default_factory=dict)
    questions: dict[str, Row] = field(default_factory=dict)
    overloads: dict[str, Row] = field(default_factory=dict)
    handovers: dict[str, Row] = field(default_factory=dict)
    counts: dict[str, Row] = field(default_factory=dict)
    rules: dict[str, Row] = field(default_factory=dict)
    factors: dict[str, Row] = field(default_factory=dict)
    identities: dict[str, Row] = field(default_factory=dict)
    lines: int = 0


class UnknownKind(ValueError):
    """A line of a kind that the vocabulary does not have."""


def fold(entries: Iterable[str]) -> Folded:
    """Apply canonical entries in order. Raises UnknownKind, naming the line."""
    folded = Folded()
    for entry in entries:
        line = json.loads(entry)
        apply = _APPLY.get(line["kind"])
        if apply is None:
            raise UnknownKind(f"line {line['index']} is of the unknown kind {line['kind']}")
        apply(folded, line["facts"])
        folded.lines += 1
    return folded


def _service_added(folded: Folded, facts: Row) -> None:
    folded.services[facts["service"]] = {"kind": facts["kind"], "successor": ""}


def _service_closed(folded: Folded, facts: Row) -> None:
    closed, successor = facts["service"], facts["successor"]
    folded.services[closed]["successor"] = successor
    tables = (folded.reports, folded.dossiers, folded.interests, folded.proposals, folded.questions, folded.overloads)
    for row in (row for table in tables for row in table.values()):
        if row["service"] == closed:
            row["service"] = successor
    for row in folded.corrections.values():
        row["recipient"] = successor if row["recipient"] == closed else row["recipient"]
    for row in folded.requests.values():
        row.update({name: successor for name in ("service", "holder") if row[name] == closed})
    asked = {row["request"] for row in folded.parts.values() if row["service"] == successor}
    for row in folded.parts.values():
        if row["service"] == closed and row["request"] not in asked:
            row["service"] = successor


def _officer_seated(folded: Folded, facts: Row) -> None:
    folded.officers[facts["officer"]] = {
        "service": facts["service"], "role": facts["role"], "away_until": "", "left": False,
        "second": False, "deputy": "",
    }  # fmt: skip


def _officer_away(folded: Folded, facts: Row) -> None:
    folded.officers[facts["officer"]]["away_until"] = facts["until"]


def _deputy_named(folded: Folded, facts: Row) -> None:
    folded.officers[facts["officer"]]["deputy"] = facts["deputy"]


def _officer_reseated(folded: Folded, facts: Row) -> None:
    folded.officers[facts["officer"]].update(service=facts["service"], role=facts["role"])


def _officer_left(folded: Folded, facts: Row) -> None:
    folded.officers[facts["officer"]]["left"] = True


def _second_factor_changed(folded: Folded, facts: Row) -> None:
    officer, factor = facts["officer"], facts.get("factor", "")
    folded.officers[officer]["second"] = facts["second"]
    if facts["act"] == "added" and factor:
        folded.factors[factor] = {"officer": officer, "kind": facts["kind"]}
    elif facts["act"] == "removed":
        folded.factors.pop(factor, None)
    elif facts["act"] == "reset":
        folded.factors = {ref: row for ref, row in folded.factors.items() if row["officer"] != officer}


def _identity_changed(folded: Folded, facts: Row) -> None:
    if facts["act"] == "linked":
        folded.identities[facts["identity"]] = {"officer": facts["officer"]}
    else:
        del folded.identities[facts["identity"]]


def _account_opened(folded: Folded, facts: Row) -> None:
    row = {"officer": facts["officer"], "scopes": list(facts["scopes"]), "ended": False}
    folded.accounts[facts["account"]] = row


def _account_changed(folded: Folded, facts: Row) -> None:
    folded.accounts[facts["account"]].update(scopes=list(facts["scopes"]), ended=facts["ended"])


def _account_key_added(folded: Folded, facts: Row) -> None:
    folded.account_keys[facts["key"]] = {"account": facts["account"], "public": facts["public"], "until": ""}


def _account_key_ended(folded: Folded, facts: Row) -> None:
    folded.account_keys[facts["key"]]["until"] = facts["until"]


def _channel_added(folded: Folded, facts: Row) -> None:
    row = {name: facts[name] for name in ("service", "officer", "kind")}
    folded.channels[facts["channel"]] = {**row, "ended": False}


def _channel_ended(folded: Folded, facts: Row) -> None:
    folded.channels[facts["channel"]]["ended"] = True
    folded.parked = {ref: row for ref, row in folded.parked.items() if row["channel"] != facts["channel"]}


def _message_parked(folded: Folded, facts: Row) -> None:
    folded.parked[facts["message"]] = {"channel": facts["channel"], "fault": facts["fault"]}


def _message_resent(folded: Folded, facts: Row) -> None:
    folded.parked.pop(facts["message"], None)


def _report_filed(folded: Folded, facts: Row) -> None:
    folded.reports[facts["report"]] = {
        "service": facts["service"],
        "version": facts["version"],
        "handling": facts["handling"],
        "dossier": facts["dossier"],
        "gone": "",
        "restricted_until": "",
    }


def _report_ended(folded: Folded, facts: Row) -> None:
    folded.reports[facts["report"]]["gone"] = facts["how"]


def _report_restricted(folded: Folded, facts: Row) -> None:
    folded.reports[facts["report"]]["restricted_until"] = facts["until"]


def _review_came(folded: Folded, facts: Row) -> None:
    names = ("report", "of", "due_on", "duty")
    folded.reviews[facts["review"]] = {**{name: facts[name] for name in names}, "outcome": "", "next_on": ""}


def _review_decided(folded: Folded, facts: Row) -> None:
    folded.reviews[facts["review"]].update(outcome=facts["outcome"], next_on=facts["next_on"])


def _report_versioned(folded: Folded, facts: Row) -> None:
    folded.reports[facts["report"]]["version"] = facts["version"]


def _handling_changed(folded: Folded, facts: Row) -> None:
    folded.reports[facts["report"]]["handling"] = facts["handling"]


def _dossier_opened(folded: Folded, facts: Row) -> None:
    folded.dossiers[facts["dossier"]] = {"service": facts["service"]}


def _interest_stated(folded: Folded, facts: Row) -> None:
    folded.interests[facts["interest"]] = {
        name: facts[name]
        for name in ("service", "kind", "dossier", "theme", "territory", "purpose", "until", "discreet")
    }


def _interest_asked(folded: Folded, facts: Row) -> None:
    names = ("service", "kind", "by", "review")
    folded.proposals[facts["proposal"]] = {**{name: facts[name] for name in names}, "outcome": "", "interest": ""}


def _interest_decided(folded: Folded, facts: Row) -> None:
    folded.proposals[facts["proposal"]].update(outcome=facts["outcome"], interest=facts["interest"])


def _interest_ended(folded: Folded, facts: Row) -> None:
    folded.interests[facts["interest"]]["until"] = facts["until"]


def _match_found(folded: Folded, facts: Row) -> None:
    folded.matches[facts["match"]] = {
        "left": facts["left"],
        "right": facts["right"],
        "band": facts["band"],
        "score_permille": facts["score_permille"],
        "evidence": facts["evidence"],
        "counted": facts.get("counted", 0),
        "verdict": "",
    }


def _match_weighed(folded: Folded, facts: Row) -> None:
    row = folded.matches[facts["match"]]
    row.update(
        band=facts["band"], score_permille=facts["score_permille"], evidence=facts["evidence"],
        counted=facts.get("counted", 0),
    )  # fmt: skip


def _names_counted(folded: Folded, facts: Row) -> None:
    folded.counts[str(facts["version"])] = {"subjects": facts["subjects"], "words": facts["words"]}


def _match_judged(folded: Folded, facts: Row) -> None:
    folded.matches[facts["match"]]["verdict"] = facts["verdict"]


_DUTY_CLOCK = ("state", "level", "holder", "officer", "due_at", "next_event", "next_event_at")


def _duty_raised(folded: Folded, facts: Row) -> None:
    folded.duties[facts["duty"]] = {
        **{name: facts[name] for name in ("kind", "report", "recipient", "match", "about", "deadline", *_DUTY_CLOCK)},
        "version": 1,
    }


def _duty_moved(folded: Folded, facts: Row) -> None:
    folded.duties[facts["duty"]].update({name: facts[name] for name in (*_DUTY_CLOCK, "version")})


def _delivered(folded: Folded, facts: Row) -> None:
    folded.deliveries[facts["delivery"]] = {
        **{name: facts[name] for name in ("duty", "report", "version", "sender", "recipient", "form")},
        "evidence": "delivered",
    }


def _delivery_climbed(folded: Folded, facts: Row) -> None:
    folded.deliveries[facts["delivery"]]["evidence"] = facts["evidence"]


def _delivery_recalled(folded: Folded, facts: Row) -> None:
    folded.deliveries[facts["delivery"]]["evidence"] = "recalled"


def _delivery_renewed(folded: Folded, facts: Row) -> None:
    folded.deliveries[facts["delivery"]].update(version=facts["version"], form=facts["form"])


def _correction_asked(folded: Folded, facts: Row) -> None:
    names = ("report", "recipient", "delivery", "duty", "kind", "version")
    folded.corrections[facts["correction"]] = {**{name: facts[name] for name in names}, "receipt": ""}


def _correction_received(folded: Folded, facts: Row) -> None:
    folded.corrections[facts["correction"]]["receipt"] = facts["receipt"]


def _request_recorded(folded: Folded, facts: Row) -> None:
    names = ("kind", "way", "service", "holder", "by", "duty")
    folded.requests[facts["request"]] = {**{name: facts[name] for name in names}, "answered_by": ""}


def _request_answered(folded: Folded, facts: Row) -> None:
    folded.requests[facts["request"]]["answered_by"] = facts["by"]


def _part_asked(folded: Folded, facts: Row) -> None:
    names = ("request", "service", "duty")
    folded.parts[facts["part"]] = {**{name: facts[name] for name in names}, "answered_by": ""}


def _part_answered(folded: Folded, facts: Row) -> None:
    folded.parts[facts["part"]]["answered_by"] = facts["by"]


def _withheld(folded: Folded, facts: Row) -> None:
    folded.withholdings[facts["withholding"]] = {
        "duty": facts["duty"],
        "ground": facts["ground"],
        "by": facts["by"],
        "outcome": "",
        "reviewed_by": "",
    }


def _withholding_reviewed(folded: Folded, facts: Row) -> None:
    folded.withholdings[facts["withholding"]].update(outcome=facts["outcome"], reviewed_by=facts["by"])


def _decision_ordered(folded: Folded, facts: Row) -> None:
    folded.orders[facts["order"]] = {"duty": facts["duty"], "by": facts["by"]}


def _question_asked(folded: Folded, facts: Row) -> None:
    names = ("service", "by", "about", "parent", "duty")
    folded.questions[facts["question"]] = {**{name: facts[name] for name in names}, "answered_by": "", "onward_to": ""}


def _onward_asked(folded: Folded, facts: Row) -> None:
    folded.questions[facts["question"]]["onward_to"] = facts["to"]


def _question_answered(folded: Folded, facts: Row) -> None:
    folded.questions[facts["question"]]["answered_by"] = facts["by"]


def _overload_signed(folded: Folded, facts: Row) -> None:
    names = ("service", "kind", "by", "until", "review")
    folded.overloads[facts["overload"]] = {**{name: facts[name] for name in names}, "outcome": "", "ended": False}


def _overload_ended(folded: Folded, facts: Row) -> None:
    row = folded.overloads[facts["overload"]]
    row["outcome"], row["ended"] = facts["outcome"] or row["outcome"], facts["ended"]


def _rules_proposed(folded: Folded, facts: Row) -> None:
    names = ("table", "digest", "by", "starts", "review")
    row = {**{name: facts[name] for name in names}, "outcome": "", "version": 0, "in_force": False}
    folded.rules[facts["rules"]] = row


def _rules_decided(folded: Folded, facts: Row) -> None:
    folded.rules[facts["rules"]].update(outcome=facts["outcome"], version=facts["version"])


def _rules_in_force(folded: Folded, facts: Row) -> None:
    folded.rules[facts["rules"]]["in_force"] = True


def _shift_handed_over(folded: Folded, facts: Row) -> None:
    names = ("service", "by", "until", "open", "late")
    folded.handovers[facts["handover"]] = {**{name: facts[name] for name in names}, "taken_by": "", "level": 0}


def _shift_taken_over(folded: Folded, facts: Row) -> None:
    folded.handovers[facts["handover"]]["taken_by"] = facts["by"]


def _shift_goes_on(folded: Folded, facts: Row) -> None:
    folded.handovers[facts["handover"]]["service"] = facts["service"]


def _shift_not_taken_over(folded: Folded, facts: Row) -> None:
    folded.handovers[facts["handover"]]["level"] = facts["level"]


def _grant_given(folded: Folded, facts: Row) -> None:
    names = ("kind", "report", "version", "officer", "by", "form", "until", "review")
    folded.grants[facts["grant"]] = {**{name: facts[name] for name in names}, "ended": False, "outcome": ""}


def _grant_ended(folded: Folded, facts: Row) -> None:
    folded.grants[facts["grant"]]["ended"] = True


def _grant_reviewed(folded: Folded, facts: Row) -> None:
    folded.grants[facts["grant"]]["outcome"] = facts["outcome"]


def _sample_drawn(folded: Folded, facts: Row) -> None:
    folded.samples[facts["sample"]] = {
        **{name: facts[name] for name in ("kind", "by", "size", "root", "population")},
        "things": dict.fromkeys(facts["things"], ""),
    }


def _sample_examined(folded: Folded, facts: Row) -> None:
    folded.samples[facts["sample"]]["things"][facts["thing"]] = facts["outcome"]


def _no_row(folded: Folded, facts: Row) -> None:
    """A fact that changes no folded table: a read, an import's end, a reconciliation, subjects of a thing."""


_APPLY: dict[str, Callable[[Folded, Row], None]] = {
    "DeliveryRecalled": _delivery_recalled, "DeliveryRenewed": _delivery_renewed,
    "CorrectionAsked": _correction_asked, "CorrectionReceived": _correction_received,
    "ReportEnded": _report_ended, "ReportRestricted": _report_restricted,
    "ReviewCame": _review_came, "ReviewDecided": _review_decided,
    "RequestRecorded": _request_recorded, "RequestAnswered": _request_answered,
    "RequestPartAsked": _part_asked, "RequestPartAnswered": _part_answered,
    "ServiceAdded": _service_added, "ServiceClosed": _service_closed,
    "OfficerSeated": _officer_seated, "OfficerAway": _officer_away,
    "DeputyNamed": _deputy_named,
    "OfficerReseated": _officer_reseated, "OfficerLeft": _officer_left,
    "SecondFactorChanged": _second_factor_changed, "IdentityChanged": _identity_changed, "SignedIn": _no_row,
    "TellingOwedAnew": _no_row,
    "AccountOpened": _account_opened, "AccountChanged": _account_changed,
    "ChannelAdded": _channel_added, "ChannelEnded": _channel_ended,
    "MessageParked": _message_parked, "MessageResent": _message_resent,
    "AccountKeyAdded": _account_key_added, "AccountKeyEnded": _account_key_ended,
    "ReportFiled": _report_filed, "ReportVersioned": _report_versioned, "HandlingChanged": _handling_changed,
    "DossierOpened": _dossier_opened, "SubjectsAdded": _no_row, "InterestStated": _interest_stated,
    "InterestAsked": _interest_asked, "InterestDecided": _interest_decided, "InterestEnded": _interest_ended,
    "MatchFound": _match_found, "MatchWeighedAgain": _match_weighed, "MatchJudged": _match_judged,
    "NamesCounted": _names_counted,
    "DutyRaised": _duty_raised, "DutyMoved": _duty_moved, "Delivered": _delivered, "DeliveryClimbed": _delivery_climbed,
    "Withheld": _withheld, "WithholdingReviewed": _withholding_reviewed,
    "DecisionOrdered": _decision_ordered, "GrantGiven": _grant_given, "GrantEnded": _grant_ended,
    "GrantReviewed": _grant_reviewed, "SampleDrawn": _sample_drawn, "SampleExamined": _sample_examined,
    "ExtractMarked": _no_row,
    "Read": _no_row, "Searched": _no_row, "RegisterTaken": _no_row, "KeysChanged": _no_row, "Reconciled": _no_row,
    "ProbesTried": _no_row,
    "StreetsListed": _no_row,
    "GapSigned": _no_row, "Restored": _no_row,
    "QuestionAsked": _question_asked, "QuestionAnswered": _question_answered, "DutyPassedOn": _no_row,
    "OnwardAsked": _onward_asked, "OnwardDecided": _no_row,
    "OverloadSigned": _overload_signed, "OverloadEnded": _overload_ended,
    "RulesProposed": _rules_proposed, "RulesDecided": _rules_decided, "RulesInForce": _rules_in_force,
    "ShiftHandedOver": _shift_handed_over, "ShiftTakenOver": _shift_taken_over,
    "ShiftNotTakenOver": _shift_not_taken_over, "ShiftGoesOn": _shift_goes_on,
    "ClockWentBack": _no_row, "ClockSetRight": _no_row,
}  # fmt: skip
