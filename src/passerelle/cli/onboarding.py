"""A service is connected step by step: its seats, what its columns mean, its real rows read without being filed."""

from __future__ import annotations

import sys
from collections import Counter
from pathlib import Path
from typing import Any

import click

from passerelle.cli.opening import as_json, in_folder, now, open_installation, print_json

SEATS = ("desk", "supervisor", "head")
"""The seats without which a rung of the ladder is empty: the next one would hold what climbs."""

SHOWN = 10


@click.command("onboard")
@click.argument("service")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option(
    "--mapping", type=click.Path(exists=True, dir_okay=False, path_type=Path), help="The mapping, once it was mended."
)
@click.option("--write", type=click.Path(dir_okay=False, path_type=Path), help="Where the proposed mapping is written.")
@in_folder
@as_json
def onboard(service: str, file: Path, mapping: Path | None, write: Path | None, folder: Path, as_json: bool) -> None:
    """Connect SERVICE with a table FILE of its own: what is missing, what its columns mean, which rows would fail.

    Without --mapping one is proposed from the names of the columns (Dutch, French, German, English) and from how their
    values look. Every row is read and nothing is filed. Status 1 when rows would be refused.
    """
    open_installation(folder)
    from passerelle.flow import consult
    from passerelle.intake import looking
    from passerelle.records.models import Officer, Service

    found = Service.objects.filter(key=service).first()
    if found is None:
        raise click.UsageError(
            f"There is no service {service}. First: passerelle service add {service} NAME --kind … --language …"
        )
    consult.read_as_operator(thing="onboarding", reason=f"passerelle onboard {service}", now=now())
    people = Officer.objects.filter(service=found, is_active=True, account__isnull=True)
    seats = Counter(people.values_list("role", flat=True))
    missing = [role for role in SEATS if not seats[role]]
    looked = looking.look(file, mapping=mapping.read_text(encoding="utf-8") if mapping is not None else None)
    proposal = looked.proposed
    if proposal is not None and write is not None:
        write.write_text(looked.text, encoding="utf-8")
    result = {
        "service": service, "kind": found.kind, "languages": list(found.languages),
        "seats": {role: seats[role] for role in SEATS}, "missing_seats": missing,
        "mapping": str(mapping) if mapping else None,
        "columns": [] if proposal is None else [
            {"column": one.name, "kind": one.kind, "means": one.means, "why": one.why, "filled": one.filled}
            for one in proposal.columns
        ],
        "open_questions": [] if proposal is None else [str(one) for one in proposal.open_questions],
        "proposed": looked.text if proposal is not None else "", "read": looked.read, "refused": looked.refused,
        "subjects": looked.subjects, "codes": dict(looked.codes), "notes": list(looked.notes),
        "refusals": [{"row": row, "code": code, "because": str(says)} for row, code, says in looked.refusals],
        "unusable": str(looked.unusable) if looked.unusable is not None else "",
    }  # fmt: skip
    if as_json:
        print_json(result)
    else:
        _say(result, proposal, file, write)
    if looked.refused or looked.unusable is not None:
        sys.exit(1)


def _say(result: dict[str, Any], proposal: Any, file: Path, write: Path | None) -> None:
    service = result["service"]
    click.echo(f"1. The service: {service}, {result['kind']}, works in {', '.join(result['languages'])}.")
    for role in SEATS:
        count = result["seats"][role]
        said = f"{count} seat" + ("" if count == 1 else "s") if count else "nobody: what climbs goes past this rung"
        click.echo(f"   {role}: {said}")
    for role in result["missing_seats"]:
        click.echo(f"   Next: passerelle officer add USERNAME NAME --service {service} --role {role} --language …")
    if proposal is not None:
        click.echo(f"2. What the columns mean, from their names and the first {proposal.rows} rows:")
        for one in proposal.columns:
            means = one.means or ("–" if one.why == "never" else "text of the row")
            click.echo(f"   {one.name:<24} {means:<22} {one.says()} ({one.filled} filled)")
        for question in result["open_questions"]:
            click.echo(f"   ? {question}")
        kept = "Keep it with --write FILE, mend it, then use --mapping FILE."
        click.echo(f"   Written to {write}; mend what is not sure." if write is not None else f"   {kept}")
    else:
        click.echo(f"2. What the columns mean: {result['mapping']}.")
    for note in result["notes"]:
        click.echo(f"   Note: {note}")
    if result["unusable"]:
        click.echo(f"3. The rows cannot be read yet: {result['unusable']}")
        return
    click.echo(
        f"3. The rows: {result['read']} read, {result['refused']} would be refused, {result['subjects']} subjects. "
        "Nothing was filed."
    )
    for code, count in sorted(result["codes"].items(), key=lambda one: -one[1]):
        click.echo(f"   {count} × {code}")
    for refusal in result["refusals"][:SHOWN]:
        click.echo(f"   {refusal['because']}")
    if result["refused"] > SHOWN:
        click.echo(f"   … and {result['refused'] - SHOWN} more; --json has them.")
    used = result["mapping"] or write or "MAPPING"
    click.echo(f"4. Next: passerelle import {service} {file} --mapping {used}")
