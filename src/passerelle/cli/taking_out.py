"""What a service filed goes out: its own reports with their subjects, as FollowTheMoney entities."""

from __future__ import annotations

import os
from pathlib import Path

import click

from passerelle.cli.opening import as_json, in_folder, now, open_installation, print_json


@click.command("export")
@click.argument("service_key", metavar="SERVICE")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@click.option("--reason", required=True, help="What it is read for; it stands in the ledger with the reading.")
@as_json
@in_folder
def export(service_key: str, file: Path, reason: str, as_json: bool, folder: Path) -> None:
    """Write what SERVICE itself filed into a new FILE: FollowTheMoney entities, one a line. Nothing of what others
    told it is in there. `passerelle import` takes the file back."""
    open_installation(folder)
    from passerelle.channels import followthemoney
    from passerelle.flow import take_out
    from passerelle.records.models import Service

    of = Service.objects.filter(key=service_key).first()
    if of is None:
        raise click.UsageError(f"There is no service {service_key}. `passerelle service list` shows them.")
    if file.exists():
        raise click.UsageError(f"{file} is there already, and is not written over.")
    reports = entities = 0
    with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as out:
        for one in take_out.own_reports(service=of, reason=reason, now=now()):
            reports += 1
            for line in followthemoney.lines(followthemoney.entities(**one)):
                entities += 1
                out.write(line)
    if as_json:
        print_json({"service": of.key, "reports": reports, "entities": entities, "file": str(file)})
    else:
        click.echo(f"{reports} reports of {of.name}, {entities} entities, in {file}: for its owner's eyes only.")
