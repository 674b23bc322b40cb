"""Whether the clocks are watched and right: an alarm for cron, and a clock that jumped is acknowledged."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from passerelle.cli.opening import as_json, in_folder, now, open_installation, print_json


@click.command()
@in_folder
@as_json
def alarm(folder: Path, as_json: bool) -> None:
    """Status 1, and a sentence for each thing, when nobody watches the clocks or something late stands unescalated.

    For cron or a monitor, on another machine than the worker's where there is one: every five minutes.
    """
    open_installation(folder)
    from passerelle.flow import work

    found = work.alarms(now=now())
    if as_json:
        print_json({"well": not found, "alarms": [{"code": alarm.code, "says": str(alarm.says)} for alarm in found]})
    else:
        for one in found:
            click.echo(f"{one.code}: {one.says}", err=True)
        if not found:
            click.echo("The clocks are watched.")
    if found:
        sys.exit(1)


@click.group()
def clock() -> None:
    """The clock on the wall, and the effective time that duties go by."""


@clock.command("show")
@in_folder
@as_json
def show(folder: Path, as_json: bool) -> None:
    """What the clock says, and how far effective time runs ahead of it since it went back."""
    open_installation(folder)
    from passerelle.flow import clock as verb

    told = verb.look(now=now())
    if as_json:
        print_json(
            {
                "wall": told.wall.isoformat(),
                "effective": told.effective.isoformat(),
                "ahead_seconds": int(told.ahead.total_seconds()),
                "went_back_at": told.back_at.isoformat() if told.back_at else None,
            }
        )
        return
    click.echo(f"The clock says {told.wall.isoformat()}, effective time is {told.effective.isoformat()}.")
    if told.back_at is not None:
        click.echo(
            f"It went back at {told.back_at.isoformat()}. If it had jumped forward by mistake before that: "
            f"`passerelle clock set-right --cause …`."
        )


@clock.command("set-right")
@click.option("--cause", required=True, help="Why it jumped: time_server, battery, restored, typed or unknown.")
@in_folder
@as_json
def set_right(cause: str, folder: Path, as_json: bool) -> None:
    """Acknowledge that the clock had jumped forward by mistake: effective time is the clock's again.

    One line of the ledger says so. What duties were given in the false time is moved back by as much.
    """
    open_installation(folder)
    from passerelle.flow import clock as verb

    ahead, moved = verb.set_right(cause=cause, now=now())
    if as_json:
        print_json({"ahead_seconds": int(ahead.total_seconds()), "duties": moved})
    else:
        click.echo(f"Set right: effective time ran {ahead} ahead; the clocks of {moved} duties were moved back by it.")
        click.echo("Next: `passerelle work --once`, then `passerelle duties --late`.")
