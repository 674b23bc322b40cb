"""A question to the index from the command line, for an officer, with its purpose; and the index read anew."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from passerelle.cli.opening import as_json, in_folder, now, open_installation, print_json
from passerelle.cli.overseeing import seat


@click.command()
@click.argument("question", required=False)
@click.option("--as", "username", metavar="OFFICER", help="Who asks: only what they may see is found.")
@click.option("--purpose", default="", help="What for: my_case, supervision, …; it holds for an hour.")
@click.option("--reason", default="", help="What for, in words, where the purpose asks for them.")
@click.option("--limit", type=click.IntRange(1, 30), default=10, show_default=True, help="At most so many.")
@click.option("--reindex", is_flag=True, help="Read everything for searching again, instead of asking.")
@in_folder
@as_json
def search(
    question: str | None, username: str | None, purpose: str, reason: str, limit: int, reindex: bool, folder: Path,
    as_json: bool,
) -> None:  # fmt: skip
    """What answers QUESTION, in whichever of the four languages it is written. The question stands in the ledger."""
    open_installation(folder)
    from passerelle.flow import index
    from passerelle.flow import search as searching

    if reindex:
        waiting, done = index.remake(now=now()), 0
        with click.progressbar(length=waiting, label="Reading", hidden=as_json) as bar:
            while count := index.follow(now=now(), limit=100):
                done += count
                bar.update(count)
        if as_json:
            print_json({"read": done, "waiting": max(waiting - done, 0)})
        else:
            click.echo(f"{done} reports, deliveries and dossiers were read for searching. Next: ask.")
        return
    if question is None or username is None:
        raise click.UsageError('Ask something, and say who asks: `passerelle search "stolen van" --as ann`.')
    officer = seat(username)
    found = searching.search(
        question=question, officer=officer, purpose=purpose, reason=reason, most=limit, now=now()
    )  # fmt: skip
    rows: list[dict[str, Any]] = [
        {
            "kind": hit.kind, "ref": hit.ref, "at": hit.at.isoformat(), "service": hit.service,
            "language": hit.language, "themes": list(hit.themes), "title": hit.title or None,
            "form": hit.form or None, "score": round(hit.score, 3),
            "because": [why.in_language(officer.language) for why in hit.because],
        }
        for hit in found.hits
    ]  # fmt: skip
    if as_json:
        print_json(
            {
                "search": found.ref, "found": rows, "waiting": found.waiting, "by_meaning": found.by_meaning,
                "meanings_left": found.meanings_left,
            }
        )  # fmt: skip
        return
    for row in rows:
        click.echo(f"{row['score']:<7}{row['kind']:<9} {row['ref']}  {row['language']}  {row['service']}  {row['at']}")
        for why in row["because"]:
            click.echo(f"       {why}")
    click.echo(f"{len(rows)} found. The search stands in the ledger as {found.ref}.")
    if found.waiting:
        click.echo("Something that was just filed is still being read: ask again in a few seconds.")
    if found.meanings_left:
        click.echo("What only seems alike was looked for among the newest: ask again, and more is looked at.")
