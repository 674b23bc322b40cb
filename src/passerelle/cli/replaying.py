"""A past case played through the rules: what would have been owed, to whom and when, beside what happened."""

from __future__ import annotations

import multiprocessing
import tempfile
import time
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import click

from passerelle.cli.opening import as_json, print_json
from passerelle.replay import chronicle, lessons, sheet


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
    out.write_text(sheet.sheet(case, played), encoding="utf-8")
    seconds = round(time.monotonic() - begun, 1)
    if as_json:
        print_json(as_object(case, played, str(out), seconds))
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
    """Each variant in a process of its own, two at a time. Raises ChronicleFaulty."""
    from passerelle.cli.chronicles import make_stage, played_on

    fresh = multiprocessing.get_context("spawn")
    with (
        tempfile.TemporaryDirectory(prefix="passerelle-stage-") as stage,
        ProcessPoolExecutor(min(2, len(case.variants)), mp_context=fresh, max_tasks_per_child=1) as pool,
    ):
        pool.submit(make_stage, stage).result()
        waiting = [pool.submit(played_on, stage, case.path, one.id) for one in case.variants]
        return [one.result() for one in waiting]


def as_object(case: chronicle.Chronicle, played: list[lessons.Played], out: str, seconds: float) -> dict[str, object]:
    """What `--json` prints: the first duty, who was told when and who really, days lost by cause, and each variant."""
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
        "variants": [{"id": one.variant, **one.counts} for one in played],
        "seconds": seconds,
    }  # fmt: skip
