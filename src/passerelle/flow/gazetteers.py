"""Lists of streets of this installation: put in, listed, taken out; every process that compares knows them."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from django.conf import settings

from passerelle.errors import Refused
from passerelle.flow.ledger_lines import journal
from passerelle.ledger.events import StreetsListed
from passerelle.names import gazetteers
from passerelle.records.models import Subject
from passerelle.words import sentence

_NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,39}")
_seen: tuple[tuple[str, int, int], ...] = ()


class GazetteerMissing(Refused):
    """A list of streets of a name that is not here."""

    code = "gazetteers.missing"


class GazetteerNamedWrong(Refused):
    """A name that cannot be the name of a list."""

    code = "gazetteers.named_wrong"


@dataclass(frozen=True, slots=True)
class Listed:
    """One list: its name, how many pairs of names it holds, and how many subjects wait to be compared again."""

    name: str
    pairs: int
    waiting: int = 0


def folder() -> Path:
    """Where the lists stand: in the installation's folder."""
    return Path(settings.FOLDER) / "gazetteers"


def add(file: Path, *, name: str, now: datetime) -> Listed:
    """Put a list in, or in the place of one of the same name: every subject with an address waits to be compared again.

    Raises GazetteerUnreadable with file, row and remedy, and GazetteerNamedWrong.
    """
    _check(name)
    rows = gazetteers.rows_of_file(file)
    folder().mkdir(mode=0o700, exist_ok=True)
    fresh = folder() / f"{name}.csv.new"
    fresh.write_bytes(file.read_bytes())
    os.replace(fresh, _file(name))
    return Listed(name, len(rows), _again(name, len(rows), now))


def remove(name: str, *, now: datetime) -> Listed:
    """Take a list out; every subject with an address waits to be compared again. Raises GazetteerMissing."""
    _check(name)
    if not _file(name).is_file():
        raise GazetteerMissing(
            sentence("There is no list of streets called {name} here.", name=name),
            way_out=sentence("`passerelle gazetteer list` names those that are."),
        )
    _file(name).unlink()
    return Listed(name, 0, _again(name, 0, now))


def every() -> list[Listed]:
    """The lists that are in, by name."""
    return [Listed(path.stem, len(gazetteers.rows_of_file(path))) for path in _files()]


def take_up() -> tuple[tuple[str, int, int], ...]:
    """See to it that this process knows the lists as they stand in the folder now; costs next to nothing if it does.
    Returns what tells them from others: name, time and size of each."""
    global _seen
    found = tuple((path.name, (told := path.stat()).st_mtime_ns, told.st_size) for path in _files())
    if found != _seen:
        gazetteers.take_up(row for path in _files() for row in gazetteers.rows_of_file(path))
        _seen = found
    return found


def _check(name: str) -> None:
    if not _NAME.fullmatch(name):
        raise GazetteerNamedWrong(
            sentence("“{name}” cannot be the name of a list of streets.", name=name),
            way_out=sentence("Give another with --name: small letters, figures and hyphens, 40 at most."),
        )


def _file(name: str) -> Path:
    return folder() / f"{name}.csv"


def _files() -> list[Path]:
    return sorted(folder().glob("*.csv"))


def _again(name: str, rows: int, now: datetime) -> int:
    """Subjects with an address wait to be compared again: their keys are made anew then. What they have of an address
    is sealed, so all wait whose index holds one."""
    from passerelle.records.models import Key

    with journal(now) as lines:
        theirs = Key.objects.filter(kind="address").order_by().values("subject_id").distinct()
        waiting = Subject.objects.filter(pk__in=theirs).update(to_match_at=lines.now)
        lines.write(StreetsListed(gazetteer=name, rows=rows, waiting=waiting))
    take_up()
    return waiting
