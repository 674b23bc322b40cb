"""The tables of rules of an installation: shown, tried on a past month, proposed by one, approved by another."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any

import click

from passerelle.cli.opening import as_json, in_folder, now, open_installation, print_json, tell, tells
from passerelle.cli.overseeing import as_officer, seat
from passerelle.policy.tables import DATA_FOLDER

SHOWN = 20


@click.group("rules")
def rules() -> None:
    """The tables of rules: by when, and who may tell whom. Another version needs two persons."""


@rules.command("show")
@click.argument("table", type=click.Choice(["deadlines", "who_may_tell_whom"]))
@in_folder
def show(table: str, folder: Path) -> None:
    """Print TABLE as it is in force, as YAML: the file to begin a change from."""
    open_installation(folder)
    from passerelle.records.models import RuleTable

    own = RuleTable.objects.filter(table=table, in_force_at__isnull=False).order_by("-version").first()
    text = own.text if own is not None else (DATA_FOLDER / f"{table}.yaml").read_text(encoding="utf-8")
    click.echo(text, nl=False)


@rules.command("list")
@in_folder
@as_json
def list_(folder: Path, as_json: bool) -> None:
    """Every version of a table: who asked for it, who decided, and from when it counts."""
    open_installation(folder)
    from passerelle.records.models import RuleTable

    rows = [
        {
            "id": one.ref, "table": one.table, "version": one.version, "outcome": one.outcome or "waits",
            "proposed_by": one.proposed_by.name, "decided_by": one.decided_by.name if one.decided_by else None,
            "starts_at": one.starts_at, "in_force_at": one.in_force_at, "review": one.review.ref,
        }
        for one in RuleTable.objects.select_related("proposed_by", "decided_by", "review")
    ]  # fmt: skip
    if as_json:
        print_json(rows)
        return
    for row in rows:
        number = f"version {row['version']}" if row["version"] else row["outcome"]
        since = f"in force since {row['in_force_at']:%Y-%m-%d %H:%M}" if row["in_force_at"] else _not_yet(row)
        click.echo(f"{row['id']}  {row['table']}, {number}, asked by {row['proposed_by']}, {since}")
    if not rows:
        click.echo("The shipped tables are in force. Next: passerelle rules show deadlines > deadlines.yaml")


def _not_yet(row: dict[str, Any]) -> str:
    if row["outcome"] == "approved":
        return f"counts from {row['starts_at']:%Y-%m-%d %H:%M} UTC"
    return "not in force" if row["outcome"] == "refused" else f"not in force: duty {row['review']} waits"


@rules.command("try")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--month", required=True, help="The month it is tried on, as 2026-10.")
@click.option("--reason", default="rules tried before they count", help="Why, for the ledger.")
@in_folder
@as_json
def try_(file: Path, month: str, reason: str, folder: Path, as_json: bool) -> None:
    """What the rules in FILE would have done in a month: what would be owed, to whom, and each desk's load.

    FILE is a table of deadlines, one of who may tell whom, or rules of theme and territory under “rules:”. Nothing
    changes by it.
    """
    open_installation(folder)
    from passerelle.flow import between_services, rules_tried

    trial = rules_tried.tried(path=file, month=between_services.month_in(month), reason=reason, now=now())
    if as_json:
        print_json(rules_tried.as_json(trial))
        return
    if trial.table == "deadlines":
        click.echo(f"{trial.duties} duties of {trial.month}, by their new clocks:")
    else:
        found = {kind: trial.of(kind) for kind in ("new", "more", "less", "gone")}
        click.echo(
            f"{trial.reports} reports of {trial.month}: {trial.owed} tellings owed, {trial.owed_then} by these rules; "
            + ", ".join(f"{len(of)} {kind}" for kind, of in found.items())
        )
        for kind, of in found.items():
            for one in of[:SHOWN]:
                click.echo(f"  {kind}: {one.report} of {one.sender} to {one.recipient}: {one.before} → {one.after}")
            if len(of) > SHOWN:
                click.echo(f"  … and {len(of) - SHOWN} more; --json has them all")
    for key, load in sorted(trial.loads.items()):
        if trial.table == "deadlines":
            click.echo(
                f"  {key}: {load.shorter} shorter, {load.longer} longer; late {load.late}, then {load.late_then}"
            )
        else:
            click.echo(
                f"  {key}: decisions {load.decisions}, then {load.decisions_then}; "
                f"acknowledgements {load.acknowledgements}, then {load.acknowledgements_then}"
            )
    click.echo(
        "Nothing was changed. Next: "
        + (
            "ask for the rule on the page of watches and rules."
            if trial.table == "rules"
            else f"passerelle rules propose {file} --reason … --as …"
        )
    )


@rules.command("propose")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--reason", required=True, help="Which law or which decision asks for it.")
@click.option("--from", "starts", type=click.DateTime(["%Y-%m-%d"]), help="The day from which it counts.")
@as_officer
@in_folder
@tells
def propose(file: Path, reason: str, starts: datetime | None, username: str, folder: Path) -> None:
    """Ask for FILE to be the next version of its table. A second person approves before anything changes."""
    open_installation(folder)
    from django.utils import timezone

    from passerelle.flow import rules as verbs
    from passerelle.flow import rules_tried

    at = now()
    asked = verbs.propose(
        table=rules_tried.which(file), text=file.read_text(encoding="utf-8"), reason=reason, officer=seat(username),
        starts_at=timezone.make_aware(starts) if starts else None, now=at,
    )  # fmt: skip
    holder = asked.review.officer.name if asked.review.officer else asked.review.holder.name
    tell(
        f"{asked.ref} waits for {holder}, until {asked.review.due_at:%Y-%m-%d %H:%M} UTC. Nothing changed yet.",
        f"Next: {holder} looks at duty {asked.review.ref}, or passerelle rules approve {asked.ref} --as …",
        version=asked.ref, table=asked.table, duty=asked.review.ref, due_at=asked.review.due_at,
    )  # fmt: skip


def _decide(ref: str, reason: str, username: str, folder: Path, *, approve: bool) -> None:
    open_installation(folder)
    from passerelle.flow import decide
    from passerelle.records.models import RuleTable

    asked = RuleTable.objects.select_related("review").filter(ref=ref).first()
    if asked is None:
        raise click.UsageError(f"There is no version {ref}.")
    decide.review(ref=asked.review.ref, officer=seat(username), uphold=approve, reason=reason, now=now())
    asked.refresh_from_db()
    if approve:
        since = f"{asked.starts_at:%Y-%m-%d %H:%M} UTC"
        tell(
            f"Approved: {asked.table}, version {asked.version}, counts from {since}.",
            "Next: the worker puts it in force by its clock; passerelle reconcile compares afterwards.",
            version=ref, table=asked.table, outcome=asked.outcome, number=asked.version, starts_at=asked.starts_at,
        )  # fmt: skip
    else:
        tell(
            "Refused. The rules in force stay as they are.", version=ref, table=asked.table, outcome=asked.outcome
        )


@rules.command("approve")
@click.argument("version")
@click.option("--reason", required=True, help="Why it is right.")
@as_officer
@in_folder
@tells
def approve(version: str, reason: str, username: str, folder: Path) -> None:
    """The second person approves VERSION: it gets its number, and counts from its day."""
    _decide(version, reason, username, folder, approve=True)


@rules.command("refuse")
@click.argument("version")
@click.option("--reason", required=True, help="Why not.")
@as_officer
@in_folder
@tells
def refuse(version: str, reason: str, username: str, folder: Path) -> None:
    """The second person refuses VERSION: nothing changes."""
    _decide(version, reason, username, folder, approve=False)
