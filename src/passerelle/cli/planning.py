"""Few people: on which day the clocks break, and the cheapest hiring, borrowing and waiting that would hold them."""

from __future__ import annotations

import importlib.metadata
import time
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import click

from passerelle.capacity import measured, plan_file, sheet
from passerelle.capacity.workload import day_of, first_day
from passerelle.cli.learning import entries_in
from passerelle.cli.opening import as_json, in_folder, now, open_installation, print_json
from passerelle.errors import Refused
from passerelle.ledger import export
from passerelle.words import sentence


@click.command()
@click.argument("plan_path", metavar="PLAN.toml", type=click.Path(path_type=Path))
@click.option("-o", "--output", "out", type=click.Path(path_type=Path, dir_okay=False), help="The HTML page to write.")
@click.option("--runs", type=click.IntRange(20, 20_000), default=1000, show_default=True, help="Simulated lives.")
@click.option("--from-ledger", "service", default="", help="Write PLAN.toml first, as measured of this SERVICE.")
@click.option("--ledger", "exported", type=click.Path(path_type=Path, exists=True, dir_okay=False),
              help="With --from-ledger: an exported ledger, in place of the installation's own.")  # fmt: skip
@click.option("--weeks", type=click.IntRange(4, 260), default=13, show_default=True, help="Weeks that are measured.")
@in_folder
@click.option("--hold", type=click.FloatRange(0.5, 0.999), help="The share of lives that must hold, such as 0.95.")
@as_json
def plan(
    plan_path: Path, out: Path | None, runs: int, hold: float | None, as_json: bool, service: str,
    exported: Path | None, weeks: int, folder: Path,
) -> None:  # fmt: skip
    """Ask a PLAN.toml (plans/*.toml) on which day the clocks break, and what would hold them; write one HTML page.

    A solver (HiGHS) finds the cheapest hiring, borrowing and signed deferral; simulated lives say how often it holds.
    With --from-ledger what arrives, how long it takes and who is there are measured, and PLAN.toml is written so.
    With --hold the cheapest plan that holds in such a share of lives is looked for.
    """
    begun = time.monotonic()
    if service:
        write_measured(plan_path, service, exported, weeks, folder)
    asked = plan_file.read(plan_path)
    found = sheet.answer(asked, runs=runs, hold=hold)
    if out is not None:
        version = importlib.metadata.version("passerelle")
        out.write_text(sheet.sheet(found, made=now().date().isoformat(), version=version), encoding="utf-8")
    seconds = round(time.monotonic() - begun, 1)
    if as_json:
        print_json({**as_object(found), "page": str(out) if out else None, "seconds": seconds})
        return
    for kind, week in zip(asked.kinds, found.breaks, strict=True):
        says = "holds" if week is None else f"breaks on {day_of(asked, week)}"
        click.echo(f"{kind.id:<16} {says} if nothing is changed")
    held = round(100 * found.best.lived.holds)
    click.echo(f"The best plan costs {found.best.cost:.0f} and holds in {held} % of {runs} lives.")
    if hold is not None:
        told = "reached" if found.best.reached else "not reached by anything that the file allows"
        since = found.best.lived.holds_from
        click.echo(
            f"Asked for {100 * hold:g} %: {told}; in so many lives it holds from "
            f"{first_day(asked, since) if since is not None else 'no day before the end'} on."
        )
        for margin, cost, holds in found.best.prices:
            made = f"made for {100 * margin:.0f} % more work"
            click.echo(f"  {100 * holds:5.1f} % of lives for {cost:6.0f} person-years ({made})")
    if found.best.unserved_hours > 1:
        late = day_of(asked, found.best.since - 1)
        click.echo(
            f"Until {late} up to {found.best.unserved_hours:.0f} hours of work are late at once, whatever is decided."
        )
    told = f"Wrote {out}" if out else "Nothing was written; -o REPORT.html writes the page"
    click.echo(f"{told} ({seconds} s). Next: change what the file assumes and see what hangs on it.")


class NothingMeasured(Refused):
    """The ledger holds nothing to make a plan of, or the file that would be written is there."""

    code = "plan.nothing_measured"


def write_measured(path: Path, service: str, exported: Path | None, weeks: int, folder: Path) -> None:
    """Write a plan file from what the ledger says of a service in the last weeks. Raises NothingMeasured."""
    if path.exists():
        raise NothingMeasured(
            sentence("{file} is there already.", file=str(path)),
            way_out=sentence("Name another file: what was measured is not written over a plan."),
        )
    if exported is not None:
        header, _ = export.read(exported)
        ends = datetime.fromisoformat(header.exported_at).astimezone(UTC).date()
        found = measured.measure(_entries(exported), service, ends - timedelta(weeks=weeks), ends)
    else:
        open_installation(folder)
        from passerelle.flow import short_of_people
        from passerelle.records.models import Service

        of = Service.objects.filter(key=service).first()
        if of is None:
            raise click.UsageError(f"There is no service {service}; `passerelle service list` names them.")
        found = short_of_people.measure(of, now(), weeks=weeks)
    if not found.kinds or not found.people:
        raise NothingMeasured(
            sentence("The ledger tells of no duty of {service} in these weeks, or of no desk.", service=service),
            way_out=sentence("Measure more weeks, or write the plan by hand: docs/how-to/plan.md."),
        )
    path.write_text(measured.plan_text(found), encoding="utf-8")
    counts = ", ".join(f"{kind} {of.count}" for kind, of in sorted(found.kinds.items()))
    click.echo(f"Measured {found.weeks} weeks of {service}: {counts}; {found.people} people. Wrote {path}.", err=True)


def _entries(path: Path) -> Iterator[Mapping[str, Any]]:
    return entries_in(path, measured.KINDS_READ)


def day_or_none(asked: plan_file.Plan, week: int | None) -> str | None:
    """The last day of a week, or nothing."""
    return None if week is None else day_of(asked, week).isoformat()


def as_object(found: sheet.Answers) -> dict[str, object]:
    """What `--json` prints: when each clock breaks, in bands; the plan; in how many lives it holds."""
    asked, best = found.plan, found.best

    def day(week: int | None) -> str | None:
        return day_or_none(asked, week)

    return {
        "plan": asked.path, "begins": asked.begins.isoformat(), "ends": asked.ends.isoformat(),
        "decided": asked.decided.isoformat(), "target": asked.target, "runs": best.lived.runs,
        "breaks": [
            {
                "kind": kind.id, "on": day(week), "in_5_of_100": day(low), "in_50": day(middle), "in_95": day(high),
                "late_share": round(late, 4),
            }
            for kind, week, (low, middle, high), late in zip(
                asked.kinds, found.breaks, found.unchanged.first, found.unchanged.late_share, strict=True
            )
        ],
        "unchanged_holds": found.unchanged.holds,
        "deferral_buys": [
            {"deferred": name, "breaks": {kind.id: day(week) for kind, week in zip(asked.kinds, weeks, strict=True)}}
            for name, weeks in found.deferral
        ],
        "best": {
            "holds": best.lived.holds, "target_from": day(best.lived.holds_from),
            "cost": round(best.cost, 1), "margin": best.margin,
            "holds_from": day(best.since - 1) if best.since else asked.begins.isoformat(),
            "unserved_hours": round(best.unserved_hours, 1), "hired": dict(best.changes.hired),
            "borrowed": dict(best.changes.borrowed), "deferred": dict(best.changes.deferred),
            "late_share": [round(share, 4) for share in best.lived.late_share], "asked": best.asked,
            "reached": best.reached,
            "prices": [
                {"margin": margin, "cost": round(cost, 1), "holds": holds} for margin, cost, holds in best.prices
            ],
        },
    }  # fmt: skip
