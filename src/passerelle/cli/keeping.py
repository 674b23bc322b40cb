"""The keys of an installation: which seal what, a fresh one, and the old ones off the ring."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from passerelle.cli.opening import as_json, in_folder, now, open_installation, print_json, tell, tells


class _Counted:
    """How many values are done, on one line of a terminal; nothing where nobody watches."""

    def __init__(self) -> None:
        self._watched = sys.stderr.isatty()

    def __call__(self, done: int) -> None:
        if self._watched:
            click.echo(f"\r{done} values", nl=False, err=True)

    def __enter__(self) -> _Counted:
        return self

    def __exit__(self, *failed: object) -> None:
        if self._watched:
            click.echo(err=True)


@click.group()
def keys() -> None:
    """The keys that seal what stands in the database. Stop `serve` and `work` before they change."""


@keys.command("check")
@in_folder
@as_json
def check_keys(folder: Path, as_json: bool) -> None:
    """How many values each key sealed; whether everything opens with the keys at hand."""
    open_installation(folder)
    from passerelle.flow import keys as verbs

    found = verbs.standing()
    if as_json:
        print_json({"active": found.active, "sealed_with": found.sealed_with, "old": found.old})
        return
    for number, count in sorted(found.sealed_with.items()):
        click.echo(f"Key {number}{' (active)' if number == found.active else ''}: {count} values")
    click.echo("Everything stands sealed with the active key." if not found.old else "Next: `passerelle keys reseal`.")


@keys.command("rotate")
@click.argument("ring", type=click.Choice(["fields", "index"]))
@in_folder
@tells
def rotate(ring: str, folder: Path) -> None:
    """A fresh key: `fields` seals everything anew, `index` has every subject compared again."""
    open_installation(folder)
    from passerelle.flow import keys as verbs

    if ring == "index":
        count = verbs.rotate_index(now=now())
        tell(
            f"A fresh key for the index. {count} subjects wait to be compared again: `passerelle work` does it.",
            ring=ring, subjects=count,
        )  # fmt: skip
    else:
        with _Counted() as counted:
            count = verbs.rotate_fields(now=now(), told=counted)
        tell(
            f"A fresh key; {count} values were sealed with it. Next: copy keys.json, then `passerelle keys retire`.",
            ring=ring, values=count,
        )  # fmt: skip


@keys.command("reseal")
@in_folder
@tells
def reseal(folder: Path) -> None:
    """Seal with the active key whatever an older one sealed: after a rotation that was broken off."""
    open_installation(folder)
    from passerelle.flow import keys as verbs

    with _Counted() as counted:
        count = verbs.reseal(now=now(), told=counted)
    tell(f"{count} values were sealed anew.", values=count)


@keys.command("retire")
@in_folder
@tells
def retire(folder: Path) -> None:
    """Take the old keys off the ring; refused as long as something stands sealed with one."""
    open_installation(folder)
    from passerelle.flow import keys as verbs

    found = verbs.standing()
    if found.old:
        raise click.ClickException(f"{found.old} values stand sealed with older keys. First: `passerelle keys reseal`.")
    gone = verbs.retire_fields(now=now())
    tell(
        f"Off the ring: {', '.join(gone) or 'none'}. A backup made before today needs the copy that has them.",
        retired=list(gone),
    )
