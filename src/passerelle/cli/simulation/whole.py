"""The whole system in a simulation: a real SQLite, a clock that is told, people, crashes at every commit point, audits.

Everything is drawn from one seed: the same seed gives the same ledger, root and all.
"""

from __future__ import annotations

import random  # bent: a simulation repeats by its seed
import sys
import time
from collections import Counter
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from django.db import connection

from passerelle import ids
from passerelle.cli.simulation import acts, acts_later, silence
from passerelle.cli.simulation.auditor import Auditor, ladder_as_written
from passerelle.cli.simulation.cast import ROLES, SERVICES, Cast
from passerelle.duty import LIVE, OWED_ANEW
from passerelle.errors import Refused
from passerelle.flow import accounts, backup, clock, commit_points, duties, ledger_lines, once, reconcile, seats, work
from passerelle.ledger import export, verify
from passerelle.ledger.events import EVENTS
from passerelle.records import checks
from passerelle.records.models import Duty, Officer, Service
from passerelle.records.models.accounts import SCOPES
from passerelle.replay import diff, fold

BEGINS = datetime(2026, 1, 5, 8, 0, tzinfo=UTC)
VIOLATIONS_MAX = 20
ACTS_A_DAY = 2.0
SELDOM_EVERY = 3
"""Each so many steps the act that was done least is tried first, so that no year leaves one out by chance."""
SWEEP_EVERY = timedelta(hours=24)
RETRIES = 8
BACKLOG_MAX = 10
"""Over it desks mostly end what they owe; else what nobody does is told again every day, and fills the year."""
ENDING: tuple[acts.Act, ...] = (
    acts.acknowledge_duty, acts.judge_match, acts.judge_match, acts.pass_on, acts.withhold, acts.review,
    acts.confirm_destroyed, acts_later.give_receipt, acts_later.answer_question, acts_later.consent,
)  # fmt: skip


class Killed(BaseException):
    """The process dies here: nobody catches it, nothing is tidied up."""


@dataclass(frozen=True, slots=True)
class Violation:
    """What did not hold: the invariant's number (0: an error nobody expected), at which step and moment, and how."""

    step: int
    at: str
    invariant: int
    says: str


@dataclass(slots=True)
class Outcome:
    """What a simulation did and found."""

    years: float
    seed: int
    steps: int = 0
    transactions: int = 0
    crashes: int = 0
    duties: int = 0
    ended: int = 0
    seconds: float = 0.0
    root: str = ""
    lines: int = 0
    refused: int = 0
    duplicates: int = 0
    delayed: int = 0
    clock_jumps: int = 0
    visited: dict[str, int] = field(default_factory=dict)
    killed_at: dict[str, int] = field(default_factory=dict)
    violations: list[Violation] = field(default_factory=list)
    told: list[str] = field(default_factory=list)
    silence: dict[str, Any] = field(default_factory=dict)


class Simulation:
    """One run. `silence` months at the end in which nobody does anything; `plant` bends the house first."""

    def __init__(self, *, years: float, seed: int, silence: int = 0, say: Callable[[str], None] | None = None) -> None:
        self.outcome = Outcome(years=years, seed=seed)
        self.cast = Cast.of(seed)
        self.chance = random.Random(f"crashes {seed}")  # noqa: S311 (a simulation repeats bit for bit)
        self.wall, self.jump = BEGINS, timedelta()
        self.silence, self.say = silence, say
        self.auditor = Auditor()
        self.visits: Counter[str] = Counter()
        self.kills: Counter[str] = Counter()
        self.done: Counter[str] = Counter()
        self.tried: Counter[str] = Counter()
        self.armed = False
        self.statements_left = -1
        self.delayed: list[tuple[datetime, str, Callable[[datetime], Any]]] = []
        weights = acts.WEIGHTS | acts_later.WEIGHTS_LATER
        self.acting, self.weights = tuple(weights), tuple(weights.values())
        self.account: Any = None

    @property
    def now(self) -> datetime:
        """What the clock on the wall says."""
        return self.wall + self.jump

    def run(self) -> Outcome:
        """From the first service to the last check."""
        started = time.monotonic()
        with ExitStack() as stack:
            stack.enter_context(ids.seeded(self.outcome.seed))
            stack.enter_context(commit_points.watched(self._reached))
            stack.enter_context(connection.execute_wrapper(self._statement))
            self._seats()
            ends = BEGINS + timedelta(days=365.25 * self.outcome.years) - timedelta(days=30 * self.silence)
            checked = self.wall
            while self.wall < ends and len(self.outcome.violations) < VIOLATIONS_MAX:
                self._step()
                if self.wall - checked > timedelta(days=30):
                    checked = self.wall
                    self._deep_check()
            self._be_silent()
            self._deep_check()
            self._ledger_holds()
        self._sum_up(time.monotonic() - started)
        return self.outcome

    def _seats(self) -> None:
        for key, kind, languages in SERVICES:
            service = seats.add_service(
                key=key, name=key.title(), kind=kind, languages=languages, now=self.now,
                themes=["drugs"] if kind == "police" else [],
            )  # fmt: skip
            for role in ("oversight", "oversight") if kind == "oversight" else ROLES:
                seats.seat_officer(
                    username=f"{key}.{role}.{Officer.objects.count()}", name=f"{role} of {key}", service=service,
                    role=role, language=languages[0], languages_read=languages, now=self.now,
                )  # fmt: skip
        self.account, _ = accounts.open_account(
            username="machine", name="Machine", service=Service.objects.get(key="noord"), role="desk",
            scopes=list(SCOPES)[:1],
            public=bytes(range(32)), language="nl", now=self.now,
        )  # fmt: skip
        self._audit()

    # -- one step ----------------------------------------------------------------------------------------------------

    def _step(self) -> None:
        self.outcome.steps += 1
        hours = min(self.cast.dice.expovariate(ACTS_A_DAY / 24), 72.0)
        self._pass_time(timedelta(hours=hours))
        self._clock_jumps()
        busy = len(self.auditor.live) > BACKLOG_MAX and self.cast.dice.random() < 0.75
        drawn = self.cast.dice.choices(ENDING, k=6) if busy else self.cast.dice.choices(self.acting, self.weights, k=6)
        if self.outcome.steps % SELDOM_EVERY == 0:
            seldom = min(self.acting, key=lambda one: (self.done[one.__name__], self.tried[one.__name__]))
            self.tried[seldom.__name__] += 1
            drawn = [seldom, *drawn]
        for act in drawn:
            call = act(self.cast)
            if call is not None:
                break
        if call is not None:
            name = act.__name__
            if self.cast.dice.random() < 0.07:  # it is sent now, and comes days later
                self.delayed.append((self.wall + timedelta(hours=self.cast.dice.randint(2, 90)), name, call))
            else:
                self._command(name, call)
        for waiting in [one for one in self.delayed if one[0] <= self.wall]:
            self.delayed.remove(waiting)
            self.outcome.delayed += 1
            self._command(waiting[1], waiting[2])
        self._sweep()
        self._check()

    def _pass_time(self, span: timedelta) -> None:
        ends = self.wall + span
        while self.wall + SWEEP_EVERY < ends:
            self.wall += SWEEP_EVERY
            self._sweep()
        self.wall = ends

    def _clock_jumps(self) -> None:
        dice = self.cast.dice.random()
        if self.jump:
            if dice < 0.1:  # the clock is right again
                forward, self.jump = self.jump > timedelta(), timedelta()
                self._sweep()
                if forward:
                    self._command("set_right", lambda now: clock.set_right(cause="time_server", now=now), keyed=False)
        elif dice < 0.012:
            hours = self.cast.dice.choice((-30, -7, -1, 1, 9, 60))
            self.jump = timedelta(hours=hours)
            self.outcome.clock_jumps += 1

    def _command(self, name: str, call: Callable[[datetime], Any], *, keyed: bool = True) -> None:
        """A client sends a command until it hears what came of it; now and then it sends it once too often."""
        key = f"{self.outcome.steps}-{name}" if keyed else ""
        for _ in range(RETRIES):
            size = ledger_lines.head()[0]
            try:
                with self._dying(), once.command(self.account, key, name.encode()):
                    call(self.now)
            except Killed:
                self._restart()
                self.wall += timedelta(minutes=self.chance.randint(1, 9))
                continue
            except once.CountedAlready:
                self._tell(f"{name}: counted already")
            except Refused as refused:
                self.outcome.refused += 1
                self._tell(f"{name}: refused, {refused.code}")
                if ledger_lines.head()[0] not in (size, size + 1):  # one line may say that the clock went back
                    self._violated(2, f"{name} was refused and left lines: {refused}")
            except Exception as error:  # noqa: BLE001 (whatever it is, it is found and told)
                self._violated(0, f"{name}: {type(error).__name__}: {error}")
                connection.close()
            else:
                self._tell(name)
                self.done[name] += 1
                if key and self.cast.dice.random() < 0.08:
                    self._again(name, key, call)
            break
        self._audit()

    def _again(self, name: str, key: str, call: Callable[[datetime], Any]) -> None:
        self.outcome.duplicates += 1
        size = ledger_lines.head()[0]
        try:
            with once.command(self.account, key, name.encode()):
                call(self.now)
        except (once.CountedAlready, Refused):
            pass
        if ledger_lines.head()[0] != size:
            self._violated(8, f"{name} was sent twice with one key and counted twice")

    def _sweep(self) -> None:
        """A worker takes turns until nothing is left to do now; killed, another one begins."""
        for _ in range(RETRIES):
            try:
                with self._dying():
                    turns = work.work_until_done(now=self.now)
            except Killed:
                self._restart()
                continue
            failed = [failure for turn in turns for failure in turn.failed]
            if failed:
                self._violated(0, f"work broke off: {failed[0]}")
            break
        else:
            work.work_until_done(now=self.now)
        self._audit()

    # -- dying -------------------------------------------------------------------------------------------------------

    def _dying(self) -> Any:
        simulation = self

        class Dying:
            def __enter__(self) -> None:
                simulation.armed = True
                strikes = simulation.chance.random() < 0.03
                simulation.statements_left = simulation.chance.randint(1, 60) if strikes else -1

            def __exit__(self, *_: object) -> None:
                simulation.armed, simulation.statements_left = False, -1

        return Dying()

    def _reached(self, point: str, moment: str) -> None:
        place = f"{point} {moment}"
        self.visits[place] += 1
        if moment == "committed":
            self.outcome.transactions += 1
        if self.armed and self.chance.random() < 0.5 / (1 + self.kills[place]) ** 2:
            self.kills[place] += 1
            raise Killed(place)

    def _statement(self, execute: Any, sql: Any, params: Any, many: bool, context: Any) -> Any:
        if self.statements_left > 0 and connection.in_atomic_block:
            self.statements_left -= 1
            if self.statements_left == 0:
                self.kills["between two statements"] += 1
                raise Killed("between two statements")
        return execute(sql, params, many, context)

    def _restart(self) -> None:
        """A process of its own begins: what the old one held in memory is gone, its connection too."""
        self.outcome.crashes += 1
        connection.close()
        self._audit()

    # -- what must hold ----------------------------------------------------------------------------------------------

    def _audit(self) -> None:
        size = ledger_lines.head()[0]
        if size < self.auditor.size:
            self._violated(8, f"{self.auditor.size} lines were acknowledged and {size} are left")
        self.auditor.read(ledger_lines.entries(self.auditor.size))
        for invariant, says in self.auditor.wrong:
            self._violated(invariant, says)
        self.auditor.wrong.clear()

    def _check(self) -> None:
        at = ledger_lines.effective(self.now)
        live = Duty.objects.filter(state__in=LIVE)
        waiting = live.exclude(state="withheld").filter(next_event_at__lte=at)
        for duty in waiting[:3]:
            self._violated(1, f"{duty.ref} ({duty.kind}): its event came and nothing happened")
        held = live.filter(officer__isnull=False).exclude(state="withheld")
        for duty in held.select_related("about", "report__author", "officer", "match"):
            officer = duty.officer
            if not officer.is_active or (officer.away_until is not None and officer.away_until > at):
                self._violated(5, f"{duty.ref} is held by {officer.username}, who is not there")
            if officer.service_id != duty.holder_id:
                self._violated(5, f"{duty.ref} is held by {officer.username} of another service")
            if duty.kind in ("review", "judge") and duties.decider_of(duty) == officer:
                self._violated(5, f"{duty.ref} is held by {officer.username}, whose decision it looks at")
        for duty in live.filter(state="withheld").exclude(raised_for__kind="review", raised_for__ended_at__isnull=True):
            self._violated(1, f"{duty.ref} is withheld and nobody is asked to review it")
        if live.count() != len(self.auditor.live) or Duty.objects.count() != len(self.auditor.duties):
            self._violated(7, "the tables and the ledger count different duties")
        anew = Duty.objects.filter(kind="pass_on", outcome__in=OWED_ANEW).values_list("ref", flat=True)
        if set(anew) != {ref for ref, known in self.auditor.duties.items() if known.anew}:
            self._violated(7, "the tables and the ledger say of different duties that they are owed anew")

    def _deep_check(self) -> None:
        """What costs more: the ledger folded from its first line, and all that is owed computed afresh."""
        found = diff.differences(fold.fold(ledger_lines.entries()), checks.plain_rows())
        for one in found[:3]:
            self._violated(7, str(one))
        self._sweep()
        try:
            result = reconcile.reconcile(now=self.now)
        except Exception as error:  # noqa: BLE001 (told with its seed and step)
            self._violated(0, f"reconcile: {type(error).__name__}: {error}")
            return
        for report, service in result.missing[:3]:
            self._violated(3, f"{report} is owed to {service} and nothing stands in the tables")
        for report, service in result.uncorrected[:3]:
            self._violated(6, f"{service} has another {report} than there is, and nobody owes its correction")
        self._audit()

    def _be_silent(self) -> None:
        """Months in which nobody does anything: the clocks alone move, at the very moments they were set to."""
        if not self.silence:
            return
        if self.jump > timedelta():
            self.jump = timedelta()
            self._command("set_right", lambda now: clock.set_right(cause="time_server", now=now), keyed=False)
        self.jump = timedelta()
        self._sweep()
        ends, begun = self.wall + timedelta(days=30 * self.silence), self.wall
        sweeps = 0
        while (moment := self._next_event()) is not None and moment <= ends:
            self.wall = max(self.wall + timedelta(seconds=1), moment)
            self._sweep()
            self._check()
            sweeps += 1
        self.wall = max(self.wall, ends)
        self._sweep()
        self._check()
        for ref in self.auditor.live:
            known = self.auditor.duties[ref]
            late = known.due_at and datetime.fromisoformat(known.due_at) < self.wall - timedelta(days=8)
            if late and known.level < 4 and known.state == "open":
                self._violated(1, f"{ref} is late since {known.due_at} and stands on rung {known.level}")
        fresh = Auditor(duties={ref: one for ref, one in self.auditor.duties.items() if _during(one.raised_at, begun)})
        for says in ladder_as_written(fresh, slack_seconds=3600, since=begun)[:3]:
            self._violated(1, says)
        found = silence.counted(
            self.auditor, begun=begun, ends=ends, at=ledger_lines.effective(self.now), sweeps=sweeps
        )
        for count, what in ((found.without_holder, "holder"), (found.without_clock, "clock")):
            if count:
                self._violated(1, f"{count} duties are without a {what} after {self.silence} months of silence")
        if found.longest_seconds_untold > 25 * 3600:
            self._violated(1, f"at the top nobody was told for {found.longest_seconds_untold} s")
        self.outcome.silence = found.to_json()
        self.outcome.told += found.lines()

    def _next_event(self) -> datetime | None:
        live = Duty.objects.filter(state__in=LIVE).exclude(state="withheld").order_by("next_event_at")
        return live.values_list("next_event_at", flat=True).first()

    def _ledger_holds(self) -> None:
        path = Path(connection.settings_dict["NAME"]).parent / "ledger.jsonl"
        export.write(path, ledger_lines.entries(), installation="simulation", exported_at=self.now)
        report = verify.verify(path, known_kinds=frozenset(EVENTS))
        for fault in report.faults[:3]:
            self._violated(7, str(fault))
        try:
            connection.ensure_connection()
            backup.checked_sqlite(connection.connection)
        except Refused as refused:
            self._violated(8, str(refused))
        self.outcome.root, self.outcome.lines = report.root, report.size

    def _sum_up(self, seconds: float) -> None:
        outcome = self.outcome
        outcome.duties = len(self.auditor.duties)
        outcome.ended = outcome.duties - len(self.auditor.live)
        outcome.seconds = round(seconds, 1)
        outcome.visited, outcome.killed_at = dict(self.visits), dict(self.kills)

    def _violated(self, invariant: int, says: str) -> None:
        found = Violation(self.outcome.steps, self.now.isoformat(), invariant, says)
        self.outcome.violations.append(found)
        sys.stderr.write(f"seed {self.outcome.seed} step {found.step} {found.at} invariant {invariant}: {says}\n")

    def _tell(self, says: str) -> None:
        if self.say is not None:
            self.say(f"{self.outcome.steps:>5} {self.now.isoformat(timespec='seconds')} {says}")


def _during(raised_at: str, begun: datetime) -> bool:
    return datetime.fromisoformat(raised_at) >= begun - timedelta(days=3)
