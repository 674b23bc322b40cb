"""What is owed, computed afresh from all reports, interests and rules, against what stands in the tables."""

from __future__ import annotations

from array import array
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

import numpy as np
import numpy.typing as npt
from django.db.models import Q

from passerelle import matching
from passerelle.duty import OWED_ANEW
from passerelle.flow import commonness, correct, oblige
from passerelle.flow import match as matches
from passerelle.flow.facts import service_facts, standing_of
from passerelle.flow.ledger_lines import effective, journal, rules_applied
from passerelle.ledger.events import Reconciled
from passerelle.policy import disclosure
from passerelle.records.models import Delivery, Duty, Interest, Report, Service, Subject

_AT_ONCE = 200
_ROWS_AT_ONCE = 5_000
_SERVICES_MAX = 2**20
_KEPT_LOOSE = 500_000

Numbers = npt.NDArray[np.int64]


class Tellings:
    """A set of (report, recipient) by their primary keys, in eight bytes each: a country's tellings fit in memory."""

    def __init__(self) -> None:
        self._known: Numbers = np.empty(0, dtype=np.int64)
        self._loose = array("q")

    def add(self, report: int, recipient: int) -> None:
        """One more; a second time changes nothing."""
        assert recipient < _SERVICES_MAX, "more services than an exchange has"
        self._loose.append(report * _SERVICES_MAX + recipient)
        if len(self._loose) >= _KEPT_LOOSE:
            self.known()

    def extend(self, found: Iterable[tuple[int, int]]) -> None:
        """Many more, as they come."""
        for report, recipient in found:
            self.add(report, recipient)

    def known(self) -> Numbers:
        """All of them, sorted, each once."""
        if self._loose:
            self._known = np.union1d(self._known, np.frombuffer(self._loose, dtype=np.int64))
            self._loose = array("q")
        return self._known


@dataclass(frozen=True, slots=True)
class Reconciliation:
    """Counts of tellings, each a (report, recipient). owed = sent + withheld + live, or `missing` names what is not.

    `surplus` are live duties that nothing calls for any more. `uncorrected` are copies that say something else than
    their report, without a live duty or a receipt. Each list holds (report ref, service key).
    """

    owed: int
    sent: int
    withheld: int
    live: int
    missing: tuple[tuple[str, str], ...]
    surplus: tuple[tuple[str, str], ...]
    uncorrected: tuple[tuple[str, str], ...] = ()

    @property
    def balances(self) -> bool:
        """No telling is missing, none stands without a reason, and every copy follows its report."""
        return not self.missing and not self.surplus and not self.uncorrected


def reconcile(*, now: datetime) -> Reconciliation:
    """Weigh every subject of every live interest against what shares a key with it, apply every rule, and compare.

    Memory is bounded by a batch of subjects and by eight bytes for each telling, not by the registers.
    """
    wall, now = now, effective(now)
    owed, sent, withheld, live, stands = (Tellings() for _ in range(5))
    with rules_applied():
        owed.extend(_owed_by_matches(now))
        owed.extend(_owed_by_rules(now))
    told = Duty.objects.filter(kind="pass_on", report__isnull=False, recipient__isnull=False)
    told = told.exclude(outcome__in=OWED_ANEW).order_by()
    duties = told.values_list("report_id", "recipient_id", "state")
    for report, recipient, state in duties.iterator(chunk_size=_ROWS_AT_ONCE):
        if state == "done":
            sent.add(report, recipient)
        elif state in ("withheld", "upheld"):
            withheld.add(report, recipient)
        elif state in ("open", "held", "deferred"):
            live.add(report, recipient)
            stands.add(report, recipient)
    delivered = Tellings()
    got = Delivery.objects.exclude(evidence="recalled").order_by().values_list("report_id", "recipient_id")
    delivered.extend(got.iterator(chunk_size=_ROWS_AT_ONCE))
    all_owed = owed.known()
    all_sent = np.intersect1d(sent.known(), delivered.known(), assume_unique=True)
    stand = np.unique(np.concatenate([all_sent, withheld.known(), live.known()]))
    missing = np.setdiff1d(all_owed, stand, assume_unique=True)
    surplus = np.setdiff1d(stands.known(), all_owed, assume_unique=True)
    uncorrected = Tellings()
    uncorrected.extend(correct.uncorrected())
    result = Reconciliation(
        owed=len(all_owed),
        sent=_both(all_owed, all_sent),
        withheld=_both(all_owed, withheld.known()),
        live=_both(all_owed, live.known()),
        missing=_named(missing),
        surplus=_named(surplus),
        uncorrected=_named(uncorrected.known()),
    )
    with journal(wall) as lines:
        lines.write(
            Reconciled(
                owed=result.owed,
                sent=result.sent,
                withheld=result.withheld,
                live=result.live,
                missing=len(result.missing),
                surplus=len(result.surplus),
                uncorrected=len(result.uncorrected),
            )
        )
    return result


def _owed_by_matches(now: datetime) -> Iterator[tuple[int, int]]:
    wanted = Subject.objects.filter(
        Q(dossier__interest__until__gt=now.date())
        | Q(report__dossier__interest__until__gt=now.date())
        | Q(watch__until__gt=now.date())
    ).order_by("pk")
    last = 0
    while chunk := list(
        wanted.filter(pk__gt=last).select_related(
            "service", "report__dossier__interest__service", "dossier__interest__service", "watch__service"
        )[:_AT_ONCE]
    ):
        last = chunk[-1].pk
        yield from _owed_to(chunk, now)


def _owed_to(chunk: list[Subject], now: datetime) -> Iterator[tuple[int, int]]:
    prepared = matches.as_matched(chunk)
    by_service: dict[int, list[Subject]] = defaultdict(list)
    for subject in chunk:
        by_service[subject.service_id].append(subject)
    for service_id, group in by_service.items():
        keys = {s.pk: {matches.digest(k.kind, k.value): k.kind for k in matching.keys(prepared[s.pk])} for s in group}
        candidates = matches.candidates_of(service_id, group, keys)
        kept = matches.kept_pairs(group)
        for pair in kept:  # a match that is kept stands, also where a key is shared no more or by too many
            for mine, other in (pair, pair[::-1]):
                if mine in candidates and other not in candidates[mine]:
                    candidates[mine].append(other)
        near = {other for found in candidates.values() for other in found}
        rows = {
            row.pk: row
            for start in range(0, len(near), 500)
            for row in Subject.objects.select_related("service", "report__service").filter(
                pk__in=sorted(near)[start : start + 500], report__isnull=False
            )
        }
        known = matches.as_matched(rows.values())
        shared = matches.SharedValues()
        counted: dict[int, matching.Commonness] = {}  # by version: a pair is weighed as it was when it was compared
        for subject in group:
            interest = oblige.interest_of(subject, now)
            if interest is None:
                continue
            for other in candidates[subject.pk]:
                if other in rows:
                    match = kept.get((min(subject.pk, other), max(subject.pk, other)))
                    if match is not None:
                        standing = standing_of(match)
                    else:
                        version = max(subject.counted, rows[other].counted)
                        if version not in counted:
                            counted[version] = commonness.known(shared, version)[1]
                        compared = matching.compare(prepared[subject.pk], known[other], commonness=counted[version])
                        standing = "strong" if compared.band == "strong" else ""
                    if standing and _calls(rows[other], standing, interest):
                        yield rows[other].report_id, interest.service_id


def _calls(held: Subject, standing: str, interest: Interest) -> bool:
    """Whether a pair of this standing calls for a telling. A match that is kept stands as it was weighed, until it is
    weighed again: an address that has since become common does not unsay what was owed. Another pair is weighed now."""
    if held.report is None or held.report.gone or interest.service_id == held.service_id:
        return False
    decided = disclosure.decide(
        sender=service_facts(held.service),
        recipient=service_facts(interest.service),
        purpose=interest.purpose,
        category=held.category,
        handling=held.report.handling,
        standing=standing,
        danger_to_life=held.report.danger_to_life,
    )
    return decided.form != "nothing" or decided.owner_owes_decision


def _owed_by_rules(now: datetime) -> Iterator[tuple[int, int]]:
    rules = list(Interest.objects.filter(kind="rule", until__gt=now.date()).select_related("service"))
    if not rules:
        return
    for report in Report.objects.filter(gone="").select_related("service").iterator(chunk_size=1000):
        for rule in rules:
            if rule.service_id != report.service_id and oblige.rule_names(rule, report):
                decided, _, _ = oblige.best_disclosure(
                    report, rule.service, [oblige.Claim(rule, None, None, "rule")], sender_decided=False
                )
                if decided.form != "nothing" or decided.owner_owes_decision:
                    yield report.pk, rule.service_id


def _both(one: Numbers, other: Numbers) -> int:
    return len(np.intersect1d(one, other, assume_unique=True))


def _named(tellings: Numbers) -> tuple[tuple[str, str], ...]:
    services = dict(Service.objects.values_list("pk", "key"))
    found: list[tuple[str, str]] = []
    for start in range(0, len(tellings), _AT_ONCE):
        pairs = [divmod(int(number), _SERVICES_MAX) for number in tellings[start : start + _AT_ONCE]]
        reports = dict(Report.objects.filter(pk__in={report for report, _ in pairs}).values_list("pk", "ref"))
        found.extend((reports[report], services[recipient]) for report, recipient in pairs)
    return tuple(sorted(found))
