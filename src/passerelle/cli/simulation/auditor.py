"""A second, simpler model of the house: it reads the ledger's lines as they come and says what breaks the protocol.

It shares nothing with the verbs but the table of moves, and asks no table. What it counts is compared with the tables.

One duty for each telling, never two: beside a duty that lives none may owe the same, whatever was recalled; beside one
that has ended, only after a line said that its answer counts no more (`TellingOwedAnew`). That line is believed of a
duty that has ended, and for a recall only where one was and nothing that was told still stands. Never none: that a
telling which is still called for has a duty after its recall is not in the ledger; the reconciliation counts it.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from passerelle import duty as rules
from passerelle.errors import Refused

ONE_BY = {
    "pass_on": ("report", "recipient"), "acknowledge": ("report", "recipient"), "correct": ("report", "recipient"),
    "judge": ("match",), "review": ("about",),
}  # fmt: skip
"""By kind, what two duties may not owe at once: the same telling, the same pair, the review of the same decision."""


@dataclass(slots=True)
class Known:
    """What the lines so far say of one duty."""

    kind: str
    report: str
    recipient: str
    about: str
    state: str
    level: int
    version: int
    holder: str
    due_at: str
    next_event_at: str
    raised_at: str
    anew: bool = False
    """Its answer counts no more: another may owe the same telling."""
    climbs: list[tuple[str, int]] = field(default_factory=list)
    told: list[str] = field(default_factory=list)
    """When it was told again, at the top."""
    first_level: int = 0


@dataclass(slots=True)
class Auditor:
    """Reads lines in order; `wrong` collects (invariant, sentence)."""

    duties: dict[str, Known] = field(default_factory=dict)
    tellings: dict[tuple[str, ...], str] = field(default_factory=dict)
    recalled: set[tuple[str, str]] = field(default_factory=set)
    """Tellings (report, recipient) of which something was taken back."""
    delivered: dict[tuple[str, int, str, str], str] = field(default_factory=dict)
    deliveries: dict[str, tuple[str, tuple[str, int, str, str]]] = field(default_factory=dict)
    withheld: dict[str, str] = field(default_factory=dict)
    kinds: Counter[str] = field(default_factory=Counter)
    wrong: list[tuple[int, str]] = field(default_factory=list)
    size: int = 0
    last_at: str = ""
    _waiting: list[tuple[str, str]] = field(default_factory=list)
    _recalled: list[tuple[str, str]] = field(default_factory=list)

    def read(self, entries: Iterable[str]) -> None:
        """Take the next lines; they go on where the last ones ended."""
        for text in entries:
            line = json.loads(text)
            if line["index"] != self.size:
                self._say(7, f"line {line['index']} stands where {self.size} was to come")
            if line["at"] < self.last_at and self.kinds["ClockWentBack"] == 0:
                self._say(7, f"line {line['index']} is dated before the one before it")
            self.size, self.last_at = line["index"] + 1, max(line["at"], self.last_at)
            self.kinds[line["kind"]] += 1
            if line["kind"] == "ClockSetRight":
                self.last_at = line["at"]
            take = getattr(self, f"_{line['kind']}", None)
            if take is not None:
                take(line["facts"], line["at"])
        for duty, delivery in self._waiting:
            known = self.duties.get(duty)
            if known is None:
                self._say(4, f"{delivery} belongs to no duty")
        self._waiting.clear()
        for report, delivery in self._recalled:
            if not any(one.kind == "correct" and one.report == report for one in self.duties.values()):
                self._say(6, f"{delivery} was read and recalled, and nobody owes its destruction")
        self._recalled.clear()

    @property
    def live(self) -> list[str]:
        """The duties that have not ended."""
        return [ref for ref, known in self.duties.items() if known.state in rules.LIVE]

    def _say(self, invariant: int, says: str) -> None:
        self.wrong.append((invariant, says))

    def _DutyRaised(self, facts: dict[str, Any], at: str) -> None:
        ref = facts["duty"]
        if ref in self.duties:
            self._say(3, f"{ref} was raised twice")
        self.duties[ref] = Known(
            kind=facts["kind"], report=facts["report"], recipient=facts["recipient"], about=facts["about"],
            state=facts["state"], level=facts["level"], version=1, holder=facts["holder"], due_at=facts["due_at"],
            next_event_at=facts["next_event_at"], raised_at=at, first_level=facts["level"],
        )  # fmt: skip
        if not (facts["holder"] and facts["due_at"] and facts["next_event_at"]):
            self._say(1, f"{ref} was raised without a holder or a clock")
        self._only_one(ref, facts)

    def _only_one(self, ref: str, facts: dict[str, Any]) -> None:
        """Of every kind, no two that owe the same at once; to pass on, not one after another either."""
        by = ONE_BY.get(facts["kind"])
        if by is None or not all(facts[name] for name in by):
            return
        key = (facts["kind"], *(facts[name] for name in by))
        before = self.duties.get(self.tellings.get(key, ""))
        if before is not None and before.state in rules.LIVE:
            self._say(3, f"{ref} and {self.tellings[key]}, which lives, owe the same: {' '.join(key)}")
        elif before is not None and facts["kind"] == "pass_on" and before.state != "void" and not before.anew:
            self._say(3, f"{ref} and {self.tellings[key]} owe the same telling")
        self.tellings[key] = ref

    def _TellingOwedAnew(self, facts: dict[str, Any], at: str) -> None:
        ref, because = facts["duty"], facts["because"]
        known = self.duties.get(ref)
        if known is None or known.kind != "pass_on" or known.state not in ("done", "upheld"):
            self._say(3, f"{ref} is to be owed anew and has given no answer")
            return
        telling = known.report, known.recipient
        stands = [one for (report, _, recipient, _), one in self.delivered.items() if (report, recipient) == telling]
        if because == "recalled" and (stands or telling not in self.recalled):
            self._say(3, f"{ref} counts as recalled, and {', '.join(stands) or 'nothing of it'} was not taken back")
        known.anew = True

    def _DutyMoved(self, facts: dict[str, Any], at: str) -> None:
        ref = facts["duty"]
        known = self.duties.get(ref)
        if known is None:
            self._say(2, f"{ref} moved and was never raised")
            return
        try:
            state = rules.after(known.kind, known.state, facts["move"])
        except Refused as refused:
            self._say(2, f"{ref}: {refused}")
            state = facts["state"]
        if state != facts["state"]:
            self._say(2, f"{ref}: {facts['move']} leads to {state}, the line says {facts['state']}")
        if facts["version"] != known.version + 1:
            self._say(8, f"{ref}: version {facts['version']} follows {known.version}: a step is missing or double")
        if facts["level"] < known.level:
            self._say(2, f"{ref} fell from rung {known.level} to {facts['level']}")
        if facts["state"] in rules.LIVE and not (facts["holder"] and facts["due_at"] and facts["next_event_at"]):
            self._say(1, f"{ref} stands without a holder or a clock")
        if facts["level"] > known.level:
            known.climbs.append((at, facts["level"]))
        if facts["move"] == "remind":
            known.told.append(at)
        known.state, known.level, known.version = facts["state"], facts["level"], facts["version"]
        known.holder, known.due_at, known.next_event_at = facts["holder"], facts["due_at"], facts["next_event_at"]

    def _Delivered(self, facts: dict[str, Any], at: str) -> None:
        key = (facts["report"], facts["version"], facts["recipient"], facts["form"])
        if key in self.delivered:
            self._say(4, f"{facts['delivery']} tells the same as {self.delivered[key]}")
        if facts["sender"] == facts["recipient"]:
            self._say(4, f"{facts['delivery']} tells its sender")
        self.delivered[key] = facts["delivery"]
        self.deliveries[facts["delivery"]] = (facts["duty"], key)
        self._waiting.append((facts["duty"], facts["delivery"]))

    def _DeliveryRecalled(self, facts: dict[str, Any], at: str) -> None:
        duty, key = self.deliveries[facts["delivery"]]
        self.delivered.pop(key, None)
        known = self.duties[duty]
        self.recalled.add((known.report, known.recipient))
        if facts["was_read"]:
            self._recalled.append((known.report, facts["delivery"]))

    def _Withheld(self, facts: dict[str, Any], at: str) -> None:
        self.withheld[facts["withholding"]] = facts["by"]

    def _WithholdingReviewed(self, facts: dict[str, Any], at: str) -> None:
        if self.withheld.get(facts["withholding"]) == facts["by"]:
            self._say(5, f"{facts['withholding']} was reviewed by who decided it")


def ladder_as_written(auditor: Auditor, slack_seconds: float, since: datetime) -> list[str]:
    """What climbed too early, or later than its rung's time by more than the slack; for a house in which all is
    silent since a moment, so that nothing but the clock moves a duty from then on. Rungs on which nobody sits are
    climbed past; what stood on a rung before, swept once a day, may climb when the silence begins."""
    from passerelle.policy import ladder

    wrong = []
    least = ladder.shipped().intervals
    shortest = {rung: min(row[rung] for row in least.values()) for rung in ladder.RUNGS[1:]}
    longest = {rung: max(row[rung] for row in least.values()) for rung in ladder.RUNGS[1:]}
    for ref, known in auditor.duties.items():
        last, level = known.due_at, 0
        for at, to in known.climbs:
            went = (datetime.fromisoformat(at) - datetime.fromisoformat(last)).total_seconds()
            rung = ladder.RUNGS[level]
            soonest = shortest[rung].total_seconds() if level else 0.0
            latest = longest[rung].total_seconds() if level else 0.0
            latest = max(latest, (since - datetime.fromisoformat(last)).total_seconds())
            if level and not soonest - 1 <= went <= latest + slack_seconds:
                wrong.append(f"{ref} climbed from {rung} after {went:.0f} s; it has {soonest:.0f} to {latest:.0f}")
            if not level and went < -1:
                wrong.append(f"{ref} climbed before it was late")
            last, level = at, to
    return wrong
