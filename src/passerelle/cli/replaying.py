"""A past case played through the rules: what would have been owed, to whom and when, beside what happened."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Iterable
from pathlib import Path

import click

from passerelle.cli.opening import as_json, print_json
from passerelle.fairness import outcomes, probes
from passerelle.linkers.processes import TASK_SECONDS_MAX, Processes
from passerelle.replay import chronicle, lessons, sheet

PERSONS = 100
"""Invented persons of each group of names on whom a bar of matching is tried."""


@click.command()
@click.argument("chronicle_file", metavar="CHRONICLE", type=click.Path(path_type=Path))
@click.option("-o", "--output", "out", type=click.Path(path_type=Path, dir_okay=False), help="The HTML file to write.")
@as_json
def replay(chronicle_file: Path, out: Path | None, as_json: bool) -> None:
    """Play a CHRONICLE (chronicles/*.yaml) through the real verbs, on a clock that is told, and write one HTML file.

    The file works offline, prints, and speaks Dutch, French, German and English. No installation is needed or touched.
    """
    begun = time.monotonic()
    case = chronicle.read(chronicle_file)
    out = out or Path(f"{case.id}.html")
    played = play_all(case)
    errors = errors_of({one.bar for one in case.variants} | {chronicle.BAR})
    out.write_text(sheet.sheet(case, played, errors, len(probes.traditions())), encoding="utf-8")
    seconds = round(time.monotonic() - begun, 1)
    if as_json:
        print_json(as_object(case, played, errors, str(out), seconds))
        return
    click.echo(str(sheet.told(case, played)))
    for gap in lessons.gaps(case, played[0]):
        if gap.days is not None and gap.days >= 1:
            end = "before it was really known" if gap.really else "to the end of the record; it never was told"
            click.echo(f"  {gap.report} to {gap.to}: {round(gap.days)} days {end}.")
    for why, days, _ in lessons.lost_days(case.lost):
        click.echo(f"  {round(days)} days lost: {chronicle.CAUSES[why]}.")
    click.echo(f"Wrote {out} in {seconds} s. Next: open it in a browser; it prints, too.")


def play_all(case: chronicle.Chronicle) -> list[lessons.Played]:
    """Each variant in a process of its own, two at a time. Raises ChronicleFaulty, ProcessLost."""
    from passerelle.cli.chronicles import make_stage, played_on

    with tempfile.TemporaryDirectory(prefix="passerelle-stage-") as stage:
        pool = Processes(min(2, len(case.variants)), _nothing, start="spawn", tasks_max=1)
        try:
            pool.submit(make_stage, stage).result(TASK_SECONDS_MAX)
            waiting = [pool.submit(played_on, stage, case.path, one.id) for one in case.variants]
            return [one.result(len(waiting) * TASK_SECONDS_MAX) for one in waiting]
        finally:
            pool.close()


def _nothing() -> None:
    """A process that plays has nothing to do first."""


def errors_of(bars: Iterable[float]) -> dict[float, lessons.Errors]:
    """How often each bar of matching is wrong, and on whose names, measured on invented persons."""
    names = {one.id: one.says for one in probes.traditions()}
    found = {}
    for bar in sorted(bars):
        missed, strangers = outcomes.sums(outcomes.measure(count=PERSONS, bar=bar))
        found[bar] = lessons.Errors(
            100 * missed.share, (100 * missed.worst_share, names[missed.worst]),
            10_000 * strangers.share, (10_000 * strangers.worst_share, names[strangers.worst]),
        )  # fmt: skip
    return found


def as_object(
    case: chronicle.Chronicle, played: list[lessons.Played], errors: dict[float, lessons.Errors], out: str,
    seconds: float,
) -> dict[str, object]:  # fmt: skip
    """What `--json` prints: the first duty, who was told when and who really, days lost by cause, each variant, and
    what each bar of matching does to equal errors."""
    first = lessons.first(played[0])
    return {
        "chronicle": case.id,
        "report": out,
        "first_owed": None
        if first is None
        else {
            "at": first.owed.isoformat(), "report": first.report, "holder": first.holder, "to": first.to,
            "because": [sheet.named(case, one) for one in first.because], "deadline": str(first.deadline),
        },
        "tellings": [
            {
                "report": gap.report, "to": gap.to, "owed": gap.owed.isoformat() if gap.owed else None,
                "told": gap.told.isoformat() if gap.told else None, "form": gap.form,
                "really": gap.really.isoformat() if gap.really else "never" if gap.known else None,
                "days": round(gap.days, 1) if gap.days is not None else None, "other_language": gap.other_language,
            }
            for gap in lessons.gaps(case, played[0])
        ],
        "refused": [
            {"line": one.line, "act": one.act, "who": one.who, "because": sheet.named(case, one.refused[0])}
            for one in played[0].tried
            if one.refused
        ],
        "days_lost": {why: round(days, 1) for why, days, _ in lessons.lost_days(case.lost)},
        "not_caught": [one.in_language("en") for one in case.not_caught],
        "variants": [
            {"id": one.variant, **one.counts, "overseen": one.overseen.isoformat() if one.overseen else None}
            for one in played
        ],
        "errors": {
            str(bar): {
                "missed_of_100": round(one.missed, 2), "missed_worst": str(one.missed_worst[1]),
                "strangers_of_10000": round(one.strangers, 2), "strangers_worst": str(one.strangers_worst[1]),
            }
            for bar, one in errors.items()
        },
        "seconds": seconds,
    }  # fmt: skip
