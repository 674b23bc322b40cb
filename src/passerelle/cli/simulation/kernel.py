"""The rules alone, without a database and without a file: duties as plain rows, thousands of years in minutes.

It plays what the verbs do to a duty (raise, pause, decide, review, climb, be told again, re-home), with crashes that
undo a step or lose its answer, commands that come twice or late, people who leave and clocks that jump; after each step
the invariants that need no table are checked.
"""

from __future__ import annotations

import heapq
import random  # bent: a simulation repeats by its seed
import time
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from passerelle import duty as rules
from passerelle.duty.effective import effective
from passerelle.errors import Refused
from passerelle.policy import deadlines, ladder
from passerelle.policy.facts import URGENCIES

BEGINS = datetime(2026, 1, 5, 8, 0, tzinfo=UTC)
KINDS = ("pass_on", "judge", "acknowledge", "review", "correct")
ENDS = {"pass_on": "deliver", "judge": "judge", "acknowledge": "acknowledge", "review": "review", "correct": "correct"}
ACTS_A_DAY = 3.0
OPEN_MAX = 40
VIOLATIONS_MAX = 20
PLANTED = ("skipped_sweep", "falling", "absent_holder", "lost_line")


@dataclass(frozen=True, slots=True)
class Row:
    """One duty as the kernel keeps it; `officer` is the number of whoever holds it, 0 for the desk."""

    number: int
    kind: str
    urgency: str
    state: str
    level: int
    officer: int
    due_at: datetime
    next_event_at: datetime | None
    version: int = 1
    decider: int = 0


class Kernel:
    """The state of one run: rows by number, a ledger of moves, a clock, and who is away until when."""

    def __init__(self, seed: int, plant: str) -> None:
        self.dice = random.Random(seed)  # noqa: S311 (a simulation repeats bit for bit)
        self.plant, self.seed = plant, seed
        self.now, self.wall, self.jump = BEGINS, BEGINS, timedelta()
        self.floor: datetime | None = None
        self.ahead = timedelta()
        self.rows: dict[int, Row] = {}
        self.ledger: list[tuple[int, str, int, str, int]] = []
        self.folded: dict[int, tuple[int, str, int]] = {}
        self.queue: list[tuple[datetime, int, int]] = []
        self.away: dict[int, datetime] = {}
        self.duties = self.transactions = self.crashes = self.steps = self.ended = 0
        self.found: list[dict[str, Any]] = []

    def write(self, row: Row, move: str) -> None:
        """A row and its line, together or not at all; a crash before the end undoes both, one after it loses the answer
        and the command comes again."""
        before = self.rows.get(row.number)
        if self.dice.random() < 0.02:
            self.crashes += 1
            if self.dice.random() < 0.5:
                return  # it died before it committed: nothing happened, and whoever asked asks again
        if row.version != (1 if before is None else before.version + 1):
            return  # compare and set: somebody else was first, or the same command came twice
        self.transactions += 1
        if self.plant == "falling" and row.level and self.dice.random() < 0.02:
            row = replace(row, level=row.level - 1)
        if row.state in rules.LIVE:
            self.rows[row.number] = row
            if row.next_event_at is not None and not (self.plant == "skipped_sweep" and row.number % 50 == 7):
                heapq.heappush(self.queue, (row.next_event_at, row.number, row.version))
        else:
            self.rows.pop(row.number, None)
            self.ended += 1
        if not (self.plant == "lost_line" and self.dice.random() < 0.001):
            self._line(row, move, before)

    def _line(self, row: Row, move: str, before: Row | None) -> None:
        known = self.folded.get(row.number)
        if known is not None:
            if row.version != known[0] + 1:
                self._wrong(7, f"duty {row.number}: version {row.version} follows {known[0]} in the ledger")
            if row.level < known[2]:
                self._wrong(2, f"duty {row.number} fell from rung {known[2]} to {row.level}")
            try:
                if rules.after(row.kind, known[1], move) != row.state:
                    self._wrong(2, f"duty {row.number}: {move} does not lead to {row.state}")
            except Refused as refused:
                self._wrong(2, f"duty {row.number}: {refused}")
        if row.state in rules.LIVE:
            self.folded[row.number] = (row.version, row.state, row.level)
        else:
            self.folded.pop(row.number, None)

    def step(self) -> None:
        """Some time goes by and what fell due in it happens; then somebody does something; then all is checked."""
        self.steps += 1
        self._time(timedelta(hours=self.dice.expovariate(ACTS_A_DAY / 24)))
        draw = self.dice.random()
        if draw < 0.45 and len(self.rows) < OPEN_MAX:
            self._raise()
        elif draw < 0.9 and self.rows:
            row = self.rows[self.dice.choice(sorted(self.rows))]
            self._act(row)
            if self.dice.random() < 0.1:
                self._act(row)  # the same command once more, on what its sender still believes
        elif draw < 0.95:
            self._leave(self.dice.randint(1, 12))
        self._sweep()
        self._check()

    def _time(self, span: timedelta) -> None:
        self.wall += span
        if self.jump and self.dice.random() < 0.1:
            self.jump = timedelta()
        elif self.dice.random() < 0.005:
            self.jump = timedelta(hours=self.dice.choice((-30, -2, 5, 50)))
        told = effective(self.wall + self.jump, self.floor, self.ahead)
        self.now, self.ahead = told.at, told.ahead
        if self.floor is not None and self.now < self.floor:
            self._wrong(1, "effective time ran backwards")
        self.floor = self.now

    def _raise(self) -> None:
        self.duties += 1
        kind, urgency = self.dice.choice(KINDS), self.dice.choice(tuple(URGENCIES))
        due = deadlines.due(
            kind=kind, urgency=urgency, themes=frozenset(), recipient_kind="police", raised_at=self.now
        ).due_at
        self.write(Row(self.duties, kind, urgency, "open", 0, self._present(), due, due), "")
        if self.duties not in self.rows and self.dice.random() < 0.99:  # it died: whoever asked asks again
            self.write(Row(self.duties, kind, urgency, "open", 0, self._present(), due, due), "")

    def _act(self, row: Row) -> None:
        draw, following = self.dice.random(), row.version + 1
        try:
            if draw < 0.2:
                until = self.now + timedelta(days=self.dice.randint(1, 9))
                state = rules.after(row.kind, row.state, "hold")
                self.write(replace(row, state=state, next_event_at=until, version=following), "hold")
            elif draw < 0.35:
                state = rules.after(row.kind, row.state, "assign")
                self.write(replace(row, state=state, officer=self._present(row.decider), version=following), "assign")
            elif draw < 0.5 and row.kind == "pass_on":
                state = rules.after(row.kind, row.state, "withhold")
                due = self.now + timedelta(days=3)
                self.write(
                    replace(row, state=state, due_at=max(due, row.due_at), next_event_at=due, version=following,
                            decider=row.officer, officer=self._present(row.officer)), "withhold",
                )  # fmt: skip
            else:
                move = ("uphold" if draw < 0.8 else "overturn") if row.state == "withheld" else ENDS[row.kind]
                state = rules.after(row.kind, row.state, move)
                if row.state == "withheld" and row.officer and row.officer == row.decider:
                    self._wrong(5, f"duty {row.number} is reviewed by who decided it")
                self.write(replace(row, state=state, officer=0, next_event_at=None, version=following), move)
        except Refused:
            return

    def _leave(self, officer: int) -> None:
        """Somebody is absent: what they hold finds another holder in the same transaction."""
        self.away[officer] = self.now + timedelta(days=self.dice.randint(1, 20))
        if self.plant == "absent_holder" and officer == 3:
            return
        for row in [row for row in self.rows.values() if row.officer == officer]:
            moved = replace(row, officer=self._present(row.decider), version=row.version + 1)
            while self.rows.get(row.number) is row:
                self.write(moved, "assign")

    def _present(self, excluding: int = 0) -> int:
        officer = self.dice.randint(0, 12)
        away = self.away.get(officer)
        return 0 if officer == excluding or (away is not None and away > self.now) else officer

    def _sweep(self) -> None:
        while self.queue and self.queue[0][0] <= self.now:
            at, number, version = heapq.heappop(self.queue)
            row = self.rows.get(number)
            if row is None or row.version != version:
                continue
            self._happen(row)
            if self.rows.get(number) is row:  # it died in the middle: the next turn takes it up
                heapq.heappush(self.queue, (at, number, version))

    def _happen(self, row: Row) -> None:
        following = row.version + 1
        if row.state in ("held", "deferred"):
            self.write(replace(row, state="open", next_event_at=max(row.due_at, self.now), version=following), "resume")
            return
        level, at, _ = ladder.next_event_after(row.level, min(row.due_at, self.now), self.now, row.urgency)
        if level > row.level + 1:
            self._wrong(1, f"duty {row.number} skipped a rung")
        if at <= self.now:
            self._wrong(1, f"duty {row.number}: its next event is not in the future")
        step = "escalate" if level > row.level else "remind"
        moved = replace(row, level=level, officer=self._present(row.decider), next_event_at=at, version=following)
        self.write(moved, step)

    def _check(self) -> None:
        for row in self.rows.values():
            if row.next_event_at is None:
                self._wrong(1, f"duty {row.number} has no next event")
            elif row.next_event_at <= self.now:
                self._wrong(1, f"duty {row.number}: its event came and nothing happened")
            away = self.away.get(row.officer)
            if row.officer and away is not None and away > self.now and row.version == self.folded[row.number][0]:
                self._wrong(5, f"duty {row.number} is held by somebody who is not there")
            if row.decider and row.officer == row.decider:
                self._wrong(5, f"duty {row.number} is held by who decided it")
        if len(self.rows) != len(self.folded) or self.duties - self.ended < len(self.rows):
            self._wrong(7, "the rows and the ledger count different duties")

    def _wrong(self, invariant: int, says: str) -> None:
        self.found.append({"step": self.steps, "at": self.now.isoformat(), "invariant": invariant, "says": says})


def run(*, years: float, seed: int, plant: str = "") -> dict[str, Any]:
    """Play so many years; the same object that `simulate --json` prints."""
    started = time.monotonic()
    kernel = Kernel(seed, plant)
    ends = BEGINS + timedelta(days=365.25 * years)
    while kernel.wall < ends and len(kernel.found) < VIOLATIONS_MAX:
        kernel.step()
    return {
        "years": years, "transactions": kernel.transactions, "crashes": kernel.crashes, "duties": kernel.duties,
        "violations": len(kernel.found), "seed": seed, "seconds": round(time.monotonic() - started, 1),
        "ended": kernel.ended, "steps": kernel.steps, "found": kernel.found, "kernel": True,
    }  # fmt: skip
