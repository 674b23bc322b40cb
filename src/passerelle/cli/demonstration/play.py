"""Plays the demonstration through the real verbs, gives the worker its turns on the way, and ends now."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from django.conf import settings

from passerelle.cli.demonstration import acts, script
from passerelle.cli.demonstration.seats import SEATS_FILE, keep, kept
from passerelle.cli.demonstration.story import StoryLine, Teller, refusal
from passerelle.duty import LIVE
from passerelle.errors import Refused
from passerelle.flow.work import work_until_done
from passerelle.records.models import Delivery, Duty, Match, Report, Service
from passerelle.words import Sentence, noop, sentence

SEEN_FILE = "demonstration.json"
MATCHED_AFTER = timedelta(seconds=20)
"""So long after something was filed the worker takes its turn: a real one takes one every minute."""
SWEEP = timedelta(seconds=40)
"""So long after something fell due the sweep finds it."""
IDLE = timedelta(hours=4)
"""The worker takes a turn at least so often, also when nothing happens."""

WANTED: dict[str, str] = {
    "withhold": noop("to withhold with “{said}” for a ground."),
    "hold": noop("to put it on hold because “{said}”."),
    "pass_on": noop("to pass it on now."),
}


CHAPTERS: tuple[tuple[str, tuple[str, ...]], ...] = (
    (noop("The report that was not passed on"), ("r-son", "r-garage")),
    (noop("The child of whom each service holds one piece"), ("r-noe",)),
)
"""The stories that are printed unless all is asked for, each by the ids of its reports in data/reports.yaml."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """Counts over the whole installation, the story told in this run, and the seats; `new` when it was played first.

    `chapters`: the stories to begin with, each with its lines; empty on a second run, which tells only what is new.
    `left_out`: steps that did not go as the data say; a test demands that there are none.
    """

    services: int
    reports: int
    matches: int
    duties: int
    deliveries: int
    acknowledged: int
    escalated: int
    story: list[dict[str, str]]
    seats: list[dict[str, str]]
    new: bool
    chapters: tuple[tuple[Sentence, tuple[StoryLine, ...]], ...] = ()
    left_out: tuple[str, ...] = ()


class HalfPlayed(Refused):
    """The folder's database holds something that no finished demonstration left there."""

    code = "demonstration.half_played"


def play(*, now: datetime, say: Callable[[StoryLine], None] | None = None) -> Outcome:
    """The story from its beginning on an empty database; otherwise what is new since it was last told.

    Raises HalfPlayed when the database holds services and no finished demonstration. Ends at `now`.
    """
    folder = Path(settings.FOLDER)
    before = kept(folder, SEEN_FILE)
    if before is None and Service.objects.exists():
        raise HalfPlayed(
            sentence("This folder holds data that no finished demonstration left here."),
            way_out=sentence("Give the demonstration a folder of its own, or remove the one that was interrupted."),
        )
    stage = Stage(now, Teller(before["seen"] if before else 0), say)
    chapters: dict[str, set[str]] = _first(stage, folder) if before is None else {}
    stage.worker_until(now)
    stage.worker(now)
    keep(folder, SEEN_FILE, {"seen": stage.teller.seen})
    return Outcome(
        services=Service.objects.exclude(kind="oversight").count(), reports=Report.objects.count(),
        matches=Match.objects.count(), duties=Duty.objects.count(), deliveries=Delivery.objects.count(),
        acknowledged=Duty.objects.filter(kind="acknowledge", state="done").count(),
        escalated=len(stage.teller.escalated),
        story=[line.to_json() for line in stage.story], seats=kept(folder, SEATS_FILE) or [], new=before is None,
        chapters=tuple(
            (Sentence(title), tuple(line for line in stage.story if line.about & refs))
            for title, refs in chapters.items()
        ),
        left_out=tuple(stage.left_out),
    )


def _first(stage: Stage, folder: Path) -> dict[str, set[str]]:
    cast = acts.Cast()
    for step in script.steps(stage.end):
        stage.worker_until(step.at)
        stage.step(cast, step)
        stage.worker(min(step.at + MATCHED_AFTER, stage.end))
    keep(folder, SEATS_FILE, cast.seats)
    return {title: {cast.records[name].ref for name in names} for title, names in CHAPTERS}


class Stage:
    """The clock of the story, the worker's turns, and what has been told. `skipped`: next events for which no turn is
    taken; they happen with the next turn that is."""

    def __init__(
        self, end: datetime, teller: Teller, say: Callable[[StoryLine], None] | None, idle: timedelta = IDLE,
        skipped: Sequence[str] = (),
    ) -> None:
        self.end, self.teller, self._say, self._idle, self._skipped = end, teller, say, idle, skipped
        self.story: list[StoryLine] = []
        self.left_out: list[str] = []
        self._last_turn: datetime | None = None

    @property
    def clock(self) -> datetime | None:
        """The moment of the worker's last turn."""
        return self._last_turn

    def step(self, cast: acts.Cast, step: script.Step) -> None:
        """Do one step; one that the data say is refused must be, and is told with the refusal's own sentence."""
        does = acts.DOES[step.kind]
        try:
            does(cast, step.row, step.at)
        except acts.NothingToDo as missing:
            self.left_out.append(str(missing))
        except Refused as refused:
            if not step.row.get("refused"):
                self.left_out.append(f"{step.row} was refused: {refused}")
                return
            said = str(step.row.get("ground", step.row.get("reason", "")))
            wanted = Sentence(WANTED[step.kind], (("said", said),))
            about = frozenset({cast.records[step.row["report"]].ref})
            self._line(refusal(step.at, cast.officers[step.row["who"]], wanted, refused, about))
        else:
            if step.row.get("refused"):
                self.left_out.append(f"{step.row} was to be refused")
            self.tell()

    def worker_until(self, until: datetime) -> None:
        """A turn of the worker soon after each moment at which something falls due, and one every few hours."""
        while True:
            due = (
                Duty.objects.filter(state__in=LIVE, next_event_at__lte=until)
                .exclude(state="withheld")
                .exclude(next_event__in=self._skipped)
                .order_by("next_event_at")
                .values_list("next_event_at", flat=True)
                .first()
            )
            idle = self._last_turn + self._idle if self._last_turn is not None else until
            if due is None and idle >= until:
                return
            at = idle if due is None else min(due + SWEEP, idle)
            self.worker(max(min(at, until), self._last_turn or at))

    def worker(self, now: datetime) -> None:
        """The worker's turn at `now`, and what came of it."""
        self._last_turn = now
        work_until_done(now=now)
        self.tell()

    def tell(self) -> None:
        """Say what the ledger holds beyond what was told."""
        for line in self.teller.news():
            self._line(line)

    def _line(self, line: StoryLine) -> None:
        self.story.append(line)
        if self._say is not None:
            self._say(line)


__all__ = ["HalfPlayed", "Outcome", "play"]
