"""Lists of streets that bear several names: read from CSV, and at hand for every comparison of this process."""

from __future__ import annotations

import csv
import itertools
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path

from passerelle.errors import Refused
from passerelle.names.street_words import words_of
from passerelle.names.streets import Learned, learned_words
from passerelle.names.towns import LANGUAGE_WORDS, town_key
from passerelle.words import sentence

Row = tuple[str, str, str]
"""Two names of one street, and the town it is in ("" where that is not known)."""

LARGEST_BYTES = 64_000_000


class GazetteerUnreadable(Refused):
    """A list of streets that cannot be read as one."""

    code = "names.gazetteer_unreadable"


@dataclass(frozen=True)
class Gazetteer:
    """Streets known to bear several names, each set of names bound to a town or to none, and what they teach."""

    names: dict[str, frozenset[tuple[int, str]]] = field(default_factory=dict)
    learned: Learned = frozenset()
    """Translations of single words that the pairs showed: they serve streets that are not in the list."""
    one_name: dict[str, frozenset[str]] = field(default_factory=dict)
    """For each name, the one by which it and its sisters are found: the same whatever the order of the rows."""

    @classmethod
    def from_rows(cls, rows: Iterable[tuple[str, ...]]) -> Gazetteer:
        """From rows of (name, name) or (name, name, town): two names of one street, in that town or anywhere."""
        found: dict[str, set[tuple[int, str]]] = {}
        one_name: dict[str, set[str]] = {}
        pairs: list[tuple[str, str, bool]] = []
        for number, row in enumerate(rows):
            left, right, *rest = row
            town = town_key(rest[0]) if rest and rest[0] else ""
            pairs.append((left, right, bool(town)))
            joined = sorted("".join(words_of(name)) for name in (left, right))
            for name in joined:
                found.setdefault(name, set()).add((number, town))
                one_name.setdefault(name, set()).add(joined[0])
        return cls(
            {name: frozenset(of) for name, of in found.items()},
            learned_words(pairs),
            {name: frozenset(of) for name, of in one_name.items()},
        )

    @classmethod
    def read(cls, path: Path) -> Gazetteer:
        """From a CSV file as `rows_of_file` reads it. Raises GazetteerUnreadable."""
        return cls.from_rows(rows_of_file(path))

    def same(self, left: str, right: str, towns: Iterable[str]) -> bool:
        """Whether these are two names of one street, in one of the towns at hand (where any is said)."""
        ours = self.names.get("".join(words_of(left)), frozenset())
        theirs = self.names.get("".join(words_of(right)), frozenset())
        at = {town_key(town) for town in towns if town}
        return any(not town or not at or town in at for _, town in ours & theirs)

    def keys(self, street: str) -> frozenset[str]:
        """Words by which the street is found under each of its names; none where the list does not hold it."""
        return frozenset(f"={name}" for name in self.one_name.get("".join(words_of(street)), ()))


def rows_of_file(path: Path) -> list[Row]:
    """The rows of a CSV file in UTF-8 with a header, delimited by comma, semicolon or tab: two or more of the columns
    `street_nl`, `street_fr`, `street_de`, `street_en` (or `nl`, `fr`, …), and the town in `town` or `town_nl`, ….

    A row with one name alone is passed over. Raises GazetteerUnreadable with the file, the row and the remedy.
    """
    if path.is_file() and path.stat().st_size > LARGEST_BYTES:
        raise GazetteerUnreadable(
            sentence(
                "The list of streets {path} is larger than {most} MB.", path=str(path), most=LARGEST_BYTES // 10**6
            ),
            way_out=sentence("Give the streets of each province, or each town, in a file of their own."),
        )
    found: list[Row] = []
    number = 1
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            header = file.readline()
            file.seek(0)
            lines = csv.DictReader(file, delimiter=max(",;\t", key=header.count))
            columns = _columns(path, lines.fieldnames or ())
            towns = [name for name in lines.fieldnames or () if name == "town" or name.startswith("town_")]
            for number, line in enumerate(lines, 2):
                if None in line or None in line.values():
                    raise GazetteerUnreadable(
                        sentence(
                            "Row {row} of the list of streets {path} has more or fewer cells than its header.",
                            row=number, path=str(path),
                        ),
                        way_out=sentence("Put cells that hold the delimiter between double quotes."),
                    )  # fmt: skip
                names = [line[column].strip() for column in columns if line[column].strip()]
                town = next((line[column].strip() for column in towns if line[column].strip()), "")
                found.extend((one, other, town) for one, other in itertools.combinations(dict.fromkeys(names), 2))
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise GazetteerUnreadable(
            sentence(
                "The list of streets {path} cannot be read, after row {row}: {reason}.",
                path=str(path), row=number, reason=str(error),
            ),
            way_out=sentence("Save it as CSV in UTF-8, with a header."),
        ) from error  # fmt: skip
    if not found:
        raise GazetteerUnreadable(
            sentence("The list of streets {path} has no row with two different names of one street.", path=str(path)),
            way_out=sentence("Name at least two of its columns {columns}.", columns=_wanted()),
        )
    return found


def _wanted() -> str:
    return ", ".join(f"street_{language}" for language in LANGUAGE_WORDS)


def _columns(path: Path, header: Iterable[str]) -> list[str]:
    given = set(header)
    found = [name for language in LANGUAGE_WORDS for name in (f"street_{language}", language) if name in given]
    if len({name[-2:] for name in found}) < 2:
        raise GazetteerUnreadable(
            sentence("The list of streets {path} has no two columns of names.", path=str(path)),
            way_out=sentence("Name at least two of its columns {columns}; town may be one more.", columns=_wanted()),
        )
    return found


_rows: tuple[Row, ...] = ()
_at_hand: Gazetteer | None = None
_to_forget: list[Callable[[], None]] = []


def take_up(rows: Iterable[Row]) -> None:
    """From now on every comparison and every key of addresses in this process knows these streets; none: as before."""
    global _rows, _at_hand
    given = tuple(rows)
    if given == _rows:
        return
    _rows, _at_hand = given, Gazetteer.from_rows(given) if given else None
    for forget in _to_forget:
        forget()


def at_hand() -> Gazetteer | None:
    """The streets that were taken up, or None."""
    return _at_hand


def when_changed(forget: Callable[[], None]) -> None:
    """What remembers the outcome of a comparison or a key is told to forget it when other streets are taken up."""
    _to_forget.append(forget)
