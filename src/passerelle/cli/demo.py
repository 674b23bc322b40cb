"""The demonstration: six invented services, a story that ends now, and the pages to look at it."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import click

from passerelle import conf
from passerelle.cli.installation import make_keys, run_server, write_settings
from passerelle.cli.opening import as_json, now, open_installation, print_json
from passerelle.words import LANGUAGES


@click.command()
@click.option(
    "--dir",
    "folder",
    type=click.Path(path_type=Path, file_okay=False),
    default=Path("demo"),
    show_default=True,
    help="Folder of the demonstration; remove it to begin again.",
)
@click.option("--all", "tell_all", is_flag=True, help="Tell every line of the story, not two of its threads.")
@click.option("--no-serve", is_flag=True, help="Play the story and end, without the pages.")
@click.option("--port", type=click.IntRange(1, 65535), default=8000, show_default=True)
@click.option(
    "--language", type=click.Choice(LANGUAGES), default="en", show_default=True, help="Language of the story."
)
@as_json
def demo(folder: Path, tell_all: bool, no_serve: bool, port: int, language: str, as_json: bool) -> None:
    """Play a story between six invented services in four languages, then serve its pages.

    The first run plays it from the beginning; a second one says what is new.
    """
    folder.mkdir(parents=True, exist_ok=True)
    if not (folder / conf.FILE_NAME).exists():
        write_settings(folder / conf.FILE_NAME, demonstration=True)
        make_keys(folder)
    if not as_json:
        click.echo("Playing nine days between six invented services …", err=True)
    begin_again_if_interrupted(folder)
    open_installation(folder, migrate=True)
    from passerelle.cli.demonstration import play

    started = time.monotonic()
    outcome = play(now=now(), say=(lambda line: click.echo(line.line(language))) if tell_all and not as_json else None)
    seconds = round(time.monotonic() - started, 1)
    counts = {
        name: getattr(outcome, name)
        for name in ("services", "reports", "matches", "duties", "deliveries", "acknowledged", "escalated")
    }
    if as_json:
        print_json(
            {
                **counts,
                "story": outcome.story,
                "seats": outcome.seats,
                "new": outcome.new,
                "seconds": seconds,
                "folder": str(folder.resolve()),
            }
        )
    else:
        if not tell_all:
            tell(outcome, language)
        click.echo("")
        click.echo(", ".join(f"{number} {name}" for name, number in counts.items()) + f" — played in {seconds} s.")
        if not outcome.story:
            click.echo("Nothing new since the last run.")
        click.echo(f"\nSign in at http://127.0.0.1:{port}/ — everybody here is invented. Some seats to begin with:")
        for seat in outcome.seats:
            click.echo(
                f"  {seat['username']:<28}{seat['password']:<18}"
                f"{seat['role']:<14}{seat['service']} ({seat['language']})"
            )
        click.echo(f"\nThe folder is {folder.resolve()}; remove it to begin again.")
        if no_serve:
            click.echo(f"Next: `passerelle demo --dir {folder}` serves the pages.")
    if not no_serve:
        run_server("127.0.0.1", port)


def tell(outcome: Any, language: str) -> None:
    """Two threads of the story, or, on a second run, what is new."""
    told = 0
    for title, lines in outcome.chapters:
        click.echo(f"\n{title.in_language(language)}\n")
        for line in lines:
            click.echo(line.line(language))
        told += len(lines)
    if not outcome.new:
        for row in outcome.story:
            click.echo(f"{row['at']}    {row['says']}")
            if row["because"]:
                click.echo(f"               {row['because']}")
        return
    click.echo(
        f"\nTwo threads of many: {len(outcome.story) - told} more lines were played; --all tells them on a first run."
    )


def begin_again_if_interrupted(folder: Path) -> None:
    """A first play that was interrupted left invented data half told: they go, and the play begins again."""
    settings = conf.load(folder)
    if settings["database_url"] or not settings["demonstration"] or (folder / "demonstration.json").exists():
        return
    for name in ("passerelle.sqlite3", "passerelle.sqlite3-wal", "passerelle.sqlite3-shm"):
        (folder / name).unlink(missing_ok=True)
