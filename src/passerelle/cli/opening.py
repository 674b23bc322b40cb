"""Opens an installation's folder: settings, tables, and the options that every command shares."""

from __future__ import annotations

import json
import os
import resource
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click

from passerelle import conf
from passerelle.errors import Refused
from passerelle.words import sentence

in_folder = click.option(
    "--dir",
    "folder",
    type=click.Path(path_type=Path, file_okay=False),
    default=Path(),
    show_default="here",
    help="The installation's folder.",
)
JSON_HELP = "One JSON value on standard output, for machines."
as_json = click.option("--json", "as_json", is_flag=True, help=JSON_HELP)
_FOR_MACHINES = "passerelle.for_machines"


def _noted(ctx: click.Context, _param: click.Parameter, asked: bool) -> None:
    ctx.meta[_FOR_MACHINES] = asked


tells = click.option("--json", is_flag=True, expose_value=False, callback=_noted, help=JSON_HELP)
"""For a command that does something: `tell` then says in words, or as one object, what was done."""


class NoInstallation(Refused):
    """The folder holds no installation."""

    code = "cli.no_installation"


class TablesMissing(Refused):
    """The database lacks tables of this version."""

    code = "cli.tables_missing"


class TablesHalfMade(Refused):
    """The database was left between two steps that are one now, by a version from before the first release."""

    code = "cli.tables_half_made"


def now() -> datetime:
    """The clock of this machine: commands read it, verbs are told."""
    return datetime.now(UTC)


def open_installation(folder: Path, *, migrate: bool = False, new: bool = False, bare: bool = False) -> None:
    """Start Django on this folder. Raises NoInstallation where there is none (unless it is `new`), TablesMissing where
    its tables are older than this program (unless they are to be brought up by `migrate`; `bare`: not looked at), and
    TablesHalfMade where they cannot be brought up."""
    folder = folder.resolve()
    configured = (folder / conf.FILE_NAME).exists() or "PASSERELLE_SECRET_KEY" in os.environ
    if not new and not configured:
        raise NoInstallation(
            sentence("There is no installation in {folder}.", folder=str(folder)),
            way_out=sentence(
                "Make one with `passerelle init --dir {folder}`, or name another folder.", folder=str(folder)
            ),
        )
    os.umask(0o077)  # the database, its log and whatever is exported are for their owner's eyes only
    os.environ["PASSERELLE_DIR"] = str(folder)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "passerelle.server.settings")
    conf.load(folder)
    import django

    django.setup()
    from django.core.management import call_command
    from django.db import connection
    from django.db.migrations.executor import MigrationExecutor
    from django.db.migrations.recorder import MigrationRecorder

    from passerelle.records import tables_made, wall

    wall.house_from_now_on()
    if bare:
        return
    lacking = tables_made.missing_between(MigrationRecorder(connection).applied_migrations())
    if lacking:
        raise TablesHalfMade(
            sentence(
                "The tables of {folder} are of a version before the first release, and lack {first} and {others} more.",
                folder=str(folder), first=lacking[0], others=len(lacking) - 1,
            ),
            way_out=sentence(
                "Bring them up with the last version that still has {last}, then open them with this one.",
                last=lacking[-1],
            ),
        )  # fmt: skip
    if migrate:
        call_command("migrate", verbosity=0, interactive=False)
        return
    executor = MigrationExecutor(connection)
    if executor.migration_plan(executor.loader.graph.leaf_nodes()):
        raise TablesMissing(
            sentence("The tables of {folder} are not those of this version.", folder=str(folder)),
            way_out=sentence(
                "Bring them up with `passerelle init --dir {folder}`; nothing is lost.", folder=str(folder)
            ),
        )


def tell(*lines: str, **facts: Any) -> None:
    """What was done, once, at the end of a command that `tells`: the lines for a person, the facts for a machine."""
    if click.get_current_context().meta.get(_FOR_MACHINES):
        print_json(facts)
    else:
        for line in lines:
            click.echo(line)


def print_json(value: Any) -> None:
    """One JSON value, readable, in UTF-8."""
    click.echo(json.dumps(value, ensure_ascii=False, indent=2, default=str))


def memory_mb(helpers_mb: float = 0.0) -> int:
    """The most memory this process has had, in MB, and what its helpers had (what they share is counted for each)."""
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return round(peak / (1024 if sys.platform != "darwin" else 1024**2) + helpers_mb)
