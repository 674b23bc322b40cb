"""Registers are taken in; rows that were refused are shown, mended and taken in again."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Iterable
from datetime import date
from pathlib import Path
from typing import Any

import click
from rapidfuzz.distance import OSA

from passerelle.cli.opening import as_json, in_folder, memory_mb, now, open_installation, print_json, tell, tells


@click.command("import")
@click.argument("service")
@click.argument("file", type=click.Path(path_type=Path, exists=True))
@click.option(
    "--format", "format_", type=click.Choice(["csv", "ftm", "un", "ofac"]), help="Default: told from the file."
)
@click.option(
    "--mapping",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help="How a CSV's columns are meant (YAML).",
)
@click.option(
    "--name",
    help="Name of the register (default: the file's); a second run under one name updates it.",
)
@click.option("--dry-run", is_flag=True, help="Read and judge every row; change nothing.")
@click.option("--new-service", is_flag=True, help="SERVICE is a new police service, however its key is spelt.")
@click.option("--grade", default="X4", show_default=True, help="Grade of source and information, 4×4: A1 to X4.")
@click.option(
    "--category",
    type=click.Choice(["suspect", "contact", "victim", "witness", "child", "other"]),
    default="other",
    show_default=True,
    help="Category of its persons where a row does not say.",
)
@click.option(
    "--dossier", "dossier_title", help="Make its subjects an interest of the service: a dossier of this title."
)
@click.option("--purpose", default="investigation", show_default=True, help="Purpose of that interest.")
@click.option("--legal-basis", help="Legal basis of that interest; required with --dossier.")
@click.option("--until", type=click.DateTime(["%Y-%m-%d"]), help="End of that interest; required with --dossier.")
@click.option(
    "--workers",
    type=click.IntRange(0, 64),
    default=None,
    help="Processes that help (default: one for each core; none for a small file).",
)
@in_folder
@as_json
def import_(
    service: str,
    file: Path,
    format_: str | None,
    mapping: Path | None,
    name: str | None,
    dry_run: bool,
    new_service: bool,
    grade: str,
    category: str,
    dossier_title: str | None,
    purpose: str,
    legal_basis: str | None,
    until: Any,
    workers: int | None,
    folder: Path,
    as_json: bool,
) -> None:
    """Take a register in for a SERVICE: CSV, FollowTheMoney JSON lines, the UN list (XML) or OFAC's SDN list (its
    folder, or sdn.csv).

    Good rows land and are compared; refused ones wait with their reason (`passerelle refused`). A second run adds
    nothing twice. Status 1 when rows were refused.
    """
    started = time.monotonic()
    if workers is None:
        workers = _workers(file)
    if workers and not dry_run:
        from passerelle.flow import crew

        crew.prepare()
    open_installation(folder)
    from passerelle import intake
    from passerelle.flow import take_in
    from passerelle.records.models.reports import INFORMATION_GRADES, SOURCE_GRADES

    if len(grade) != 2 or grade[0] not in SOURCE_GRADES or grade[1] not in INFORMATION_GRADES:
        raise click.UsageError("--grade is a letter A, B, C or X and a number 1 to 4: B2.")
    if dossier_title and (not legal_basis or until is None):
        raise click.UsageError("--dossier needs --legal-basis and --until: an interest has a basis in law and an end.")
    language = _language_of(service)
    source = intake.open_source(file, format=format_, mapping=mapping, language=language)
    helpers_mb = 0.0
    if dry_run:
        result = _look(source)
    else:
        of, added = _service(service, as_json, new=new_service)
        dossier = _dossier(of, dossier_title, purpose, legal_basis or "", until.date()) if dossier_title else None
        filing = take_in.Filing(source_grade=grade[0], information_grade=grade[1], category=category, dossier=dossier)
        with _progress(source.total_estimate, quiet=as_json) as bar:
            taken = take_in.take_in(
                service=of,
                officer=None,
                source=source,
                name=name or file.name,
                now=now(),
                filing=filing,
                on_progress=bar.to,
                on_rows=bar.count,
                workers=workers,
            )
        helpers_mb = taken.helpers_mb
        result = {
            "service": service,
            "service_added": added,
            "register": taken.register,
            "format": taken.format,
            "read": taken.read,
            "added": taken.added,
            "changed": taken.changed,
            "unchanged": taken.unchanged,
            "refused": taken.refused,
            "subjects": taken.subjects,
            "matches": taken.matches,
            "refusals": [{"row": row, "code": code, "because": str(says)} for row, code, says in taken.refusals],
            "notes": taken.notes,
        }
    result["seconds"] = round(time.monotonic() - started, 2)
    result["subjects_per_second"] = round(result["subjects"] / max(result["seconds"], 0.01))
    result["memory_mb"] = memory_mb(helpers_mb)
    if as_json:
        print_json(result)
    else:
        _say(result, dry_run, service)
    if result["refused"]:
        sys.exit(1)


_SMALL = 400_000


def _workers(file: Path) -> int:
    """One helper for each core; none for a small file, which is done before they have read their tables."""
    many = sum(one.stat().st_size for one in (file.rglob("*") if file.is_dir() else (file,)) if one.is_file())
    return 0 if many < _SMALL else min(16, os.cpu_count() or 1)


def _look(source: Any) -> dict[str, Any]:
    from passerelle.intake import BadRow

    read = refused = subjects = 0
    refusals = []
    for row in source.read():
        read += 1
        if isinstance(row, BadRow):
            refused += 1
            refusals.append({"row": row.number, "code": row.code, "because": str(row.sentence)})
        else:
            subjects += len(row.entities)
    return {
        "format": source.format,
        "dry_run": True,
        "read": read,
        "added": 0,
        "changed": 0,
        "unchanged": 0,
        "refused": refused,
        "subjects": subjects,
        "matches": 0,
        "refusals": refusals[:1000],
        "notes": list(source.notes),
    }


def _language_of(key: str) -> str | None:
    """The first language a service works in: that of a table which does not say its own."""
    from passerelle.records.models import Service

    found = Service.objects.filter(key=key).values_list("languages", flat=True).first()
    return found[0] if found else None


def misspelt(key: str, known: Iterable[str]) -> str | None:
    """The key that was perhaps meant: one letter more, less or another, or two changed places, in one long part of it.

    >>> misspelt("zone-nroth", ["zone-south", "zone-north"]), misspelt("zone-b", ["zone-a"])
    ('zone-north', None)
    """
    for other in known:
        parts = [pair for pair in zip(key.split("-"), other.split("-"), strict=False) if pair[0] != pair[1]]
        if len(parts) == 1 and key.count("-") == other.count("-"):
            (mine, theirs), = parts  # fmt: skip
            if min(len(mine), len(theirs)) >= 4 and OSA.distance(mine, theirs) == 1:
                return other
    return None


def _service(key: str, quiet: bool, *, new: bool) -> tuple[Any, bool]:
    from passerelle.flow import seats
    from passerelle.records.models import Service

    found = Service.objects.filter(key=key).first()
    if found is not None:
        return found, False
    keys = list(Service.objects.order_by("key").values_list("key", flat=True))
    known = ", ".join(keys) or "none yet"
    near = misspelt(key, keys)
    if near is not None and not new:
        raise click.UsageError(
            f"There is no service {key}; did you mean {near}? If it is another one: "
            f"`passerelle service add {key} NAME --kind KIND`, or --new-service for a police service."
        )
    if sys.stdin.isatty() and not quiet and not new:
        click.confirm(f"There is no service {key} (known: {known}). Add it as a police service?", abort=True)
    else:
        click.echo(f"There was no service {key} (known: {known}): it was added as a police service.", err=True)
    return seats.add_service(key=key, name=key, kind="police", languages=["en"], now=now()), True


def _dossier(of: Any, title: str, purpose: str, legal_basis: str, until: date) -> Any:
    from passerelle.flow import receive
    from passerelle.records.models import Dossier

    found = next((one for one in Dossier.objects.filter(service=of) if one.title == title), None)
    if found is not None:
        return found
    return receive.open_dossier(
        service=of,
        officer=None,
        title=title,
        language=(of.languages or ["en"])[0],
        purpose=purpose,
        legal_basis=legal_basis,
        until=until,
        now=now(),
    )


class _progress:
    """A bar over the bytes of the file, with the rows counted; nothing at all for machines."""

    def __init__(self, total: int, *, quiet: bool) -> None:
        from rich.console import Console
        from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

        self._bar = Progress(
            TextColumn("{task.description}"),
            BarColumn(),
            TextColumn("{task.percentage:>3.0f} %"),
            TimeRemainingColumn(),
            console=Console(stderr=True),
            disable=quiet or not sys.stderr.isatty(),
        )
        self._total = max(total, 1)

    def __enter__(self) -> _progress:
        self._bar.start()
        self._task = self._bar.add_task("reading", total=self._total)
        return self

    def __exit__(self, *_: object) -> None:
        self._bar.stop()

    def to(self, position: int) -> None:
        self._bar.update(self._task, completed=min(position, self._total))

    def count(self, taken: Any) -> None:
        self._bar.update(self._task, description=f"{taken.read} rows, {taken.matches} matches")


def _say(result: dict[str, Any], dry_run: bool, service: str) -> None:
    for note in result["notes"]:
        click.echo(f"Note: {note}")
    for refusal in result["refusals"][:10]:
        click.echo(f"Refused: {refusal['because']}")
    if len(result["refusals"]) > 10:
        click.echo(f"… and {result['refused'] - 10} more.")
    did = "Looked at" if dry_run else "Read"
    click.echo(
        f"{did} {result['read']} rows in {result['seconds']} s: {result['added']} added, {result['changed']} changed, "
        f"{result['unchanged']} unchanged, {result['refused']} refused; {result['subjects']} subjects, "
        f"{result['matches']} matches found or weighed again."
    )
    if dry_run:
        click.echo("Nothing was changed. Next: the same command without --dry-run.")
        return
    if result["refused"]:
        click.echo(
            f"Next: `passerelle refused {service}` shows what waits to be mended; a mended file can be imported again, "
            "nothing is added twice."
        )
    if result["matches"]:
        click.echo(f"Next: `passerelle matches --service {service}`, and `passerelle duties` for what is owed now.")
    elif not result["refused"]:
        click.echo("Nobody else's subjects are alike so far; whoever files one later is matched with these.")


@click.command()
@click.argument("service")
@in_folder
@as_json
def refused(service: str, folder: Path, as_json: bool) -> None:
    """The rows of a SERVICE's registers that wait to be mended, each with its reason and as it stood."""
    open_installation(folder)
    from passerelle.flow import consult
    from passerelle.records.models import RefusedRow
    from passerelle.words import Sentence

    consult.read_as_operator(thing="refused rows", reason=f"passerelle refused {service}", now=now())
    waiting = RefusedRow.objects.filter(register__service__key=service, mended_at__isnull=True).select_related(
        "register"
    )
    rows = [
        {
            "id": row.pk,
            "register": row.register.name,
            "row": row.number,
            "code": row.code,
            "because": str(Sentence.from_json(row.says)),
            "raw": row.raw,
        }
        for row in waiting
    ]
    if as_json:
        print_json(rows)
        return
    for row in rows:
        click.echo(f"{row['id']}: {row['because']}\n    {row['raw'][:200]}")
    click.echo(
        f"{len(rows)} rows wait. Mend the file and import it again, or one row: `passerelle mend ID MENDED-ROW-FILE`, "
        "with --mapping if the register came with one."
        if rows
        else "No row waits."
    )


@click.command()
@click.argument("row_id", metavar="ID", type=int)
@click.argument("file", type=click.File(encoding="utf-8"))
@click.option(
    "--mapping",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help="The mapping the register came with.",
)
@in_folder
@tells
def mend(row_id: int, file: Any, mapping: Path | None, folder: Path) -> None:
    """Take a refused row in again from FILE, in which you have mended it (`-`: standard input)."""
    open_installation(folder)
    from passerelle.flow import take_in
    from passerelle.records.models import RefusedRow

    row = RefusedRow.objects.select_related("register__service").filter(pk=row_id, mended_at__isnull=True).first()
    if row is None:
        raise click.UsageError(f"No row {row_id} waits. `passerelle refused SERVICE` shows those that do.")
    try:
        taken = take_in.mend(row=row, raw=file.read(), officer=None, mapping=mapping, now=now())
    except take_in.NotMended as refused:
        if mapping is not None or row.register.format != "csv":
            raise
        raise click.ClickException(f"{refused} If the register came with a mapping, give it here: --mapping.") from None
    tell(
        f"Mended: {taken.added} added, {taken.changed} changed, {taken.matches} matches found or weighed again.",
        row=row_id, added=taken.added, changed=taken.changed, matches=taken.matches,
    )  # fmt: skip
