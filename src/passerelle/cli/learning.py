"""Where information waited in a month, by one's own ledger or an exported one; a sheet for the monthly meeting."""

from __future__ import annotations

import importlib.metadata
import time
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import click

from passerelle.cli.opening import as_json, in_folder, memory_mb, now, open_installation, print_json
from passerelle.ledger import export
from passerelle.policy import lessons as rule
from passerelle.replay import live, live_sheet, waiting
from passerelle.replay.waiting import CAUSES, Span


@click.command()
@click.option("--month", default="", help="As 2026-10; by default the last month that is over.")
@click.option("--ledger", "exported", type=click.Path(path_type=Path, exists=True, dir_okay=False),
              help="An exported ledger, in place of the installation's own: no database is needed.")  # fmt: skip
@click.option("--for", "reader", default="meeting", show_default="the meeting of all services",
              help="Who reads it: `meeting` (no small cells), `oversight` (all), or a SERVICE.")  # fmt: skip
@click.option("-o", "--output", "out", type=click.Path(path_type=Path, dir_okay=False), help="The HTML sheet to write.")
@in_folder
@as_json
def lessons(month: str, exported: Path | None, reader: str, out: Path | None, folder: Path, as_json: bool) -> None:
    """Where information waits: between which services and languages, for which reason, and the shape of the tail.

    Reads the ledger once, in order; says what changed against the month before and what can be done; and writes one
    HTML sheet for the monthly meeting, in four languages. It names no person and no record.
    """
    begun = time.monotonic()
    month = month or f"{now().replace(day=1) - timedelta(days=1):%Y-%m}"
    if exported is not None:
        waits, so_far, names = *from_file(exported, month), dict[str, str]()
    else:
        open_installation(folder)
        from passerelle.flow import lessons as verbs

        waits, so_far = verbs.for_operator(month=month, service="", now=now(), reason="the lessons of a month")
        names = verbs.names()
    may = whose(reader, names or {cell.owner: "" for sums in waits.sums for cell in sums})
    found = live.lessons(waits, month=month, so_far=so_far, service=may.service, least=may.least)
    if out is not None:
        version = importlib.metadata.version("passerelle")
        made = now().date().isoformat()
        out.write_text(live_sheet.sheet(found, names, why=may.because, made=made, version=version), encoding="utf-8")
    seconds = round(time.monotonic() - begun, 1)
    if as_json:
        print_json({**as_object(found), "sheet": str(out) if out else None, "for": reader, "seconds": seconds,
                    "memory_mb": memory_mb()})  # fmt: skip
        return
    say(found, names)
    told = f"Wrote {out}" if out else "Nothing was written; -o SHEET.html writes the sheet for the meeting"
    click.echo(f"{told} ({found.lines} lines, {seconds} s).")


def whose(reader: str, known: Mapping[str, str]) -> rule.Whose:
    """What a sheet for this reader may hold. Raises UsageError for a service that there is not."""
    if reader == "meeting":
        return rule.for_the_meeting()
    found = rule.whose(role="oversight", service="") if reader == "oversight" else None
    if found is None and reader in known:
        found = rule.whose(role="supervisor", service=reader)
    if found is None:
        raise click.UsageError(f"There is no service {reader}. --for takes meeting, oversight, or a service's key.")
    return found


def from_file(path: Path, month: str) -> tuple[waiting.Waits, bool]:
    """The waits that an exported ledger tells of, and whether it was exported before the month was over.

    The file is read line by line and not checked: `passerelle ledger verify` does that. Raises NotALedger, UsageError.
    """
    header, _ = export.read(path)
    try:
        year, number = (int(part) for part in month.split("-"))
        wanted = Span.month(year, number)
        past = Span.month(year - (number == 1), 12 if number == 1 else number - 1)
    except ValueError as error:
        raise click.UsageError(f"{month} is no month; write it as 2026-03.") from error
    told_until = datetime.fromisoformat(header.exported_at).astimezone(UTC).timestamp()
    span = Span(wanted.begins, max(wanted.begins, min(wanted.ends, told_until)))
    return waiting.read(entries_in(path), (span, past)), wanted.ends > told_until


def entries_in(path: Path, kinds: frozenset[str] = waiting.KINDS_READ) -> Iterator[Mapping[str, Any]]:
    """The entries of some kinds in an exported ledger, streamed."""
    with path.open("rb") as file:
        file.readline(export.LINE_BYTES_MAX)
        number = 1
        while data := file.readline(export.LINE_BYTES_MAX):
            number += 1
            try:
                line = waiting.entry_of(data.decode("utf-8"), kinds)
                if line is not None:
                    yield line["entry"]
            except (ValueError, KeyError, TypeError, RecursionError) as error:
                raise click.UsageError(f"Line {number} of {path} is no line of a ledger.") from error


def say(found: live.Lessons, names: Mapping[str, str]) -> None:
    """The few numbers, on a terminal."""
    tail, before = found.whole.tail, found.whole.before
    if tail is None:
        click.echo("Too few waits in this month to show anything that is not of single cases (--for oversight does).")
        return
    far = ", so far" if found.so_far else ""
    click.echo(f"{found.month}{far}: {tail.count} waits, {live_sheet.share(tail.late_share)} past their clock"
               f" (before: {live_sheet.share(before.late_share if before else None)}).")  # fmt: skip
    said = [live_sheet.lasted(one) for one in (tail.median, tail.p90, tail.p99, tail.longest)]
    click.echo(f"  half longer than {said[0]}, one in ten {said[1]}, one in a hundred {said[2]}; the longest {said[3]}")
    for one in found.reasons[:6]:
        if one.hours is not None:
            click.echo(f"  {one.hours:9.0f} h  {live_sheet.share(one.share):>6}  {CAUSES[one.cause]}"
                       f"  ({live_sheet.change(one.hours, one.hours_before)})")  # fmt: skip
    for row in found.pairs[:5]:
        owner, to, language = row.label
        if row.tail is not None:
            between = f"{names.get(owner, owner)} to {names.get(to, to) or '–'}, {language or '–'}"
            late = live_sheet.share(row.tail.late_share)
            click.echo(f"  {between}: {row.tail.count} waits, {late} past their clock")
    if found.hidden:
        click.echo(f"  {found.hidden} pairs of services are too small to be shown.")


def as_object(found: live.Lessons) -> dict[str, object]:
    """What `--json` prints: the tail now and before; reasons in hours; pairs, kinds and services. Hours everywhere."""

    def tail(one: live.Tail | None) -> dict[str, object] | None:
        if one is None:
            return None
        return {
            "waits": one.count, "live": one.live, "late": one.late, "late_share": _round(one.late_share, 4),
            "median": _round(one.median), "p90": _round(one.p90), "p99": _round(one.p99),
            "longest": _round(one.longest),
        }  # fmt: skip

    def rows(those: tuple[live.Row, ...], heads: tuple[str, ...]) -> list[dict[str, object]]:
        return [
            {**dict(zip(heads, row.label, strict=True)), "now": tail(row.tail), "before": tail(row.before)}
            for row in those
        ]

    return {
        "month": found.month, "so_far": found.so_far, "lines": found.lines, "now": tail(found.whole.tail),
        "before": tail(found.whole.before),
        "reasons": [
            {
                "cause": one.cause, "says": CAUSES[one.cause], "hours": _round(one.hours),
                "share": _round(one.share, 4), "waits": one.touched, "hours_before": _round(one.hours_before),
                "what_can_be_done": live.REMEDIES.get(one.cause, ""),
            }
            for one in found.reasons
        ],
        "pairs": rows(found.pairs, ("owes", "waits", "language")), "hidden": found.hidden,
        "kinds": rows(found.kinds, ("kind",)), "services": rows(found.services, ("service",)),
        "lay": tail(found.lay),
    }  # fmt: skip


def _round(value: float | None, digits: int = 2) -> float | None:
    return None if value is None else round(value, digits)
