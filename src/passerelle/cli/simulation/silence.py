"""What months in which nobody acted did to what was open: who holds it, when it comes back, and how it climbed."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any

from passerelle.cli.simulation.auditor import Auditor
from passerelle.duty import LIVE
from passerelle.policy import ladder
from passerelle.records.models import Duty


@dataclass(slots=True)
class Rung:
    """How often duties climbed to a rung while all was silent, and how long they had stood on the one below."""

    climbed: int = 0
    soonest_seconds: int = 0
    latest_seconds: int = 0
    as_written: tuple[int, ...] = ()
    """The seconds that the ladder gives the rung below, one for each urgency that was seen; none for a desk, whose time
    is the duty's own."""
    early_seconds: int = 0
    late_seconds: int = 0
    """The most that any of them climbed before, and after, the moment that is written for it: when its rung's time was
    over, or when it was due where it left the rung on which it was raised."""


@dataclass(slots=True)
class Silence:
    """Counted at its end: from the tables who holds what, from the ledger how it climbed."""

    days: int
    sweeps: int
    live: int
    without_holder: int
    without_clock: int
    at_the_top: int
    told_again: int
    longest_seconds_untold: int
    rungs: dict[str, Rung] = field(default_factory=dict)

    def to_json(self) -> dict[str, Any]:
        """Plain numbers."""
        return {
            "days": self.days, "sweeps": self.sweeps, "live": self.live, "without_holder": self.without_holder,
            "without_clock": self.without_clock, "at_the_top": self.at_the_top, "told_again": self.told_again,
            "longest_seconds_untold": self.longest_seconds_untold,
            "rungs": {
                name: {
                    "climbed": rung.climbed, "soonest_seconds": rung.soonest_seconds,
                    "latest_seconds": rung.latest_seconds, "as_written_seconds": list(rung.as_written),
                    "early_seconds": rung.early_seconds, "late_seconds": rung.late_seconds,
                }
                for name, rung in self.rungs.items()
            },
        }  # fmt: skip

    def lines(self) -> list[str]:
        """In words, for whoever ran it."""
        told = [
            f"{self.days} days in which nobody acted, {self.sweeps} sweeps: {self.live} duties are open at their end; "
            f"{self.without_holder} without a holder, {self.without_clock} without a due time and a next event."
        ]
        for name, rung in self.rungs.items():
            if not rung.climbed:
                continue
            stood = f"{_hours(rung.soonest_seconds)} to {_hours(rung.latest_seconds)}"
            written = ", ".join(map(_hours, rung.as_written))
            rule = f"on the rung below, which has {written}" if written else "after it was due"
            off = f"{rung.early_seconds} s before its moment at most, {rung.late_seconds} s after it"
            told.append(f"  climbed to {name}: {rung.climbed} times, {stood} {rule}; {off}")
        told.append(
            f"  at the top {self.at_the_top} duties were told again {self.told_again} times, never more than "
            f"{_hours(self.longest_seconds_untold)} apart."
        )
        return told


def _hours(seconds: int) -> str:
    return f"{seconds / 3600:.2f}".rstrip("0").rstrip(".") + " h"


def counted(auditor: Auditor, *, begun: datetime, ends: datetime, at: datetime, sweeps: int) -> Silence:
    """What stands at the end of a silence from `begun` to `ends`, when the house's own time is `at`."""
    live = Duty.objects.filter(state__in=LIVE)
    rows = list(live.values_list("ref", "holder", "due_at", "next_event_at", "next_event", "state"))
    no_clock = [
        row for row in rows if row[2] is None or row[3] is None or not row[4] or (row[3] <= at and row[5] != "withheld")
    ]
    top = {ref: one for ref, one in auditor.duties.items() if one.state in LIVE and one.level == ladder.TOP}
    told = {
        ref: [moment for moment in map(datetime.fromisoformat, one.told) if moment > begun] for ref, one in top.items()
    }
    gaps = [after - before for moments in told.values() for before, after in pairwise(moments)]
    return Silence(
        days=(ends - begun).days,
        sweeps=sweeps,
        live=len(rows),
        without_holder=sum(row[1] is None for row in rows),
        without_clock=len(no_clock),
        at_the_top=len(top),
        told_again=sum(map(len, told.values())),
        longest_seconds_untold=round(max(gaps, default=timedelta()).total_seconds()),
        rungs=_rungs(auditor, begun),
    )


def _rungs(auditor: Auditor, begun: datetime) -> dict[str, Rung]:
    """By the rung climbed to. Counted are climbs whose whole time below fell into the silence."""
    intervals = ladder.shipped().intervals
    urgencies = dict(Duty.objects.values_list("ref", "urgency"))
    stood: dict[int, list[int]] = defaultdict(list)
    written: dict[int, set[int]] = defaultdict(set)
    off: dict[int, list[int]] = defaultdict(list)
    for ref, known in auditor.duties.items():
        since, level = datetime.fromisoformat(known.due_at), known.first_level
        for moment, to in known.climbs:
            climbed = datetime.fromisoformat(moment)
            if since >= begun:
                stood[to].append(round((climbed - since).total_seconds()))
                least = 0
                if level and level != known.first_level:
                    least = round(intervals[urgencies[ref]][ladder.RUNGS[level]].total_seconds())
                    written[to].add(least)
                off[to].append(stood[to][-1] - least)
            since, level = climbed, to
    return {
        ladder.RUNGS[to]: Rung(
            climbed=len(stood[to]), soonest_seconds=min(stood[to], default=0), latest_seconds=max(stood[to], default=0),
            as_written=tuple(sorted(written[to])), early_seconds=max(0, -min(off[to], default=0)),
            late_seconds=max(0, max(off[to], default=0)),
        )
        for to in range(1, ladder.TOP + 1)
    }  # fmt: skip
