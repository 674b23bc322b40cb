"""The demonstration: six invented services, a story that ends now, and the pages to look at it."""

from __future__ import annotations

import time
from pathlib import Path

import click

from passerelle import conf
from passerelle.cli.installation import run_server, write_settings
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
@click.option("--no-serve", is_flag=True, help="Play the story and end, without the pages.")
@click.option("--port", type=click.IntRange(1, 65535), default=8000, show_default=True)
@click.option(
    "--language", type=click.Choice(LANGUAGES), default="en", show_default=True, help="Language of the story."
)
@as_json
def demo(folder: Path, no_serve: bool, port: int, language: str, as_json: bool) -> None:
    """Play a story between six invented services in four languages, then serve its pages.

    The first run plays it from the beginning; a second one says what is new.
    """
    folder.mkdir(parents=True, exist_ok=True)
    if not (folder / conf.FILE_NAME).exists():
        write_settings(folder / conf.FILE_NAME, demonstration=True)
    open_installation(folder, migrate=True)
    from passerelle.cli.demonstration import play

    started = time.monotonic()
    outcome = play(now=now(), say=None if as_json else lambda line: click.echo(line.line(language)))
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
