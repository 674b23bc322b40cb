"""The words and streets that registers say, each read once for all who work: a register says them over and over."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from passerelle.linkers import digests
from passerelle.linkers.digests import Ints
from passerelle.linkers.keeping import mapped, save, save_text
from passerelle.matching.keys import SHORT, said_of
from passerelle.names import parts, surnames, words_kept
from passerelle.names.compare import weights
from passerelle.names.word_table import PREFIXES, Rows, identity, number_of, rows_of

Table = npt.NDArray[Any]

PIECES_MAX = 200_000
"""So many pieces of names are read once for all; what else there is, each process reads when it meets it."""

PLAIN_MAX = parts.WORDS_MOST * 2
"""A name so long, of which some may be left unread, is read by itself."""

_NAMES = frozenset(("name", "alias", "previousName", "weakAlias", "firstName", "lastName"))
_SHIP = "mv"
"""A piece that is dropped where it begins a name is no piece of the vocabulary."""

KEYS_MAX = 12
LONG_MAX = digests.NAME_SIGNS_MAX // 2 - 2
STREET_SIGNS_MAX = 60
"""A word of a street so long, with `#` and a number of three figures, is a whole key."""
LONE_LEAST = 5
"""A word of so many consonants is a key alone."""

_TABLE = np.dtype(
    [
        ("half", np.uint64, (KEYS_MAX,)), ("first", np.uint64, (KEYS_MAX,)), ("there", np.bool_, (KEYS_MAX,)),
        ("long", np.bool_, (KEYS_MAX,)), ("keyed", np.bool_), ("slow", np.bool_), ("of", np.int64),
        ("stem", np.int64), ("place", np.int32), ("prefix", np.uint8), ("alone", np.int16),
        ("whole", np.bool_), ("short", np.bool_), ("spanish", np.bool_), ("fathers", np.uint8),
    ]
)  # fmt: skip


class Pieces:
    """The pieces of the names of a register between spaces, as it is read; and what follows a word where it begins with
    one that belongs to the next (*van den Berg*)."""

    def __init__(self) -> None:
        self._pieces: set[str] = set()
        self._small: set[str] = set()

    def add(self, entity: Mapping[str, Any]) -> None:
        """Takes in the names of an entity."""
        if entity["schema"] != "Person" or len(self._pieces) >= PIECES_MAX:
            return
        given, held, small = entity["properties"], self._pieces, self._small
        for kind in given.keys() & _NAMES:
            for name in given[kind]:
                if isinstance(name, str):
                    pieces = name.split(" ")
                    if not held.issuperset(pieces):
                        small.update(piece for piece in pieces if piece not in held and parts.is_small(piece))
                        held.update(pieces)
                    if not small.isdisjoint(pieces):
                        self._after(pieces)

    def _after(self, pieces: list[str]) -> None:
        at = next(at for at, piece in enumerate(pieces) if piece in self._small)
        if at and at + 1 < len(pieces):
            self._pieces.add(" ".join(pieces[at:]))

    def sorted(self) -> list[str]:
        """Those that may be words, in order."""
        return sorted(piece for piece in self._pieces if piece.isalpha() or " " in piece)


def pieces_file(side: str) -> str:
    """Where the pieces of the names of one side stand."""
    return f"{side}.pieces.json"


def vocabulary_file(number: int) -> str:
    """Where the words stand that one task read."""
    return f"vocabulary-{number:06}.json"


def words_file(number: int) -> str:
    """Where these words stand as rows of `word_table.WORD`."""
    return f"words-vocabulary-{number:06}.npy"


def read_words(folder: Path, number: int, pieces: Sequence[str]) -> None:
    """Reads these pieces of names, and leaves in files what each is, where it is a word whatever stands beside it."""
    lexicon = Lexicon()
    kept: list[str] = []
    at: list[list[int]] = []
    lines: list[str] = []
    for piece in pieces:
        if " " in piece:
            words = parts.after(piece)
        else:
            word = parts.lone(piece) if piece.casefold() != _SHIP else None
            words = None if word is None else (word,)
        if words:
            kept.append(piece)
            at.append([lexicon.place(word) for word in words])
            lines.append(words_kept.written(words))
    save(folder / words_file(number), lexicon.untold())
    save(folder / f"lexicon-{number:06}.npy", lexicon.table())
    told = {"pieces": kept, "at": at, "lines": lines, "stems": lexicon.stems, "firsts": lexicon.firsts}
    save_text(folder / vocabulary_file(number), json.dumps(told, ensure_ascii=False))


def gather(folder: Path, many: int) -> None:
    """Puts together what all tasks read."""
    pieces: list[str] = []
    at: list[list[int]] = []
    stems: dict[str, int] = {}
    firsts: list[str] = []
    tables: list[Table] = []
    ends = [0]
    with (folder / "vocabulary.lines").open("wb") as file:
        for number in range(many):
            told = json.loads((folder / vocabulary_file(number)).read_text(encoding="utf-8"))
            table = np.load(folder / f"lexicon-{number:06}.npy")
            places = np.array([stems.setdefault(stem, len(stems)) for stem in told["stems"]], dtype=np.int32)
            table["place"] = places[table["place"]]
            tables.append(table)
            at.extend([len(firsts) + place for place in places_of] for places_of in told["at"])
            pieces.extend(told["pieces"])
            firsts.extend(told["firsts"])
            for line in told["lines"]:
                ends.append(ends[-1] + file.write(line.encode("utf-8", "replace")))
    save(folder / "vocabulary.ends.npy", np.array(ends, dtype=np.int64))
    save(folder / "lexicon.npy", np.concatenate([np.zeros(0, dtype=_TABLE), *tables]))
    save_text(folder / "vocabulary.pieces.json", json.dumps(pieces, ensure_ascii=False))
    told = {"at": at, "stems": list(stems), "firsts": firsts}
    save_text(folder / "vocabulary.json", json.dumps(told, ensure_ascii=False))


class Vocabulary:
    """The words that `gather` put together: what `words` reads of each, and for `Lexicon` where they stand (`places` by
    piece of a name, `after` by what follows a word), their rows and texts, read when they are first asked for."""

    def __init__(self, folder: Path) -> None:
        pieces: list[str] = json.loads((folder / "vocabulary.pieces.json").read_text(encoding="utf-8"))
        self._lines = {piece: line for line, piece in enumerate(pieces)}
        self._folder = folder
        self._ends = mapped(folder / "vocabulary.ends.npy")
        self._file = os.open(folder / "vocabulary.lines", os.O_RDONLY)

    @cached_property
    def _told(self) -> dict[str, Any]:
        said: dict[str, Any] = json.loads((self._folder / "vocabulary.json").read_text(encoding="utf-8"))
        return said

    @cached_property
    def places(self) -> dict[str, int]:
        """Where the word of each piece stands."""
        return {piece: at[0] for piece, at in zip(self._lines, self._told["at"], strict=True) if " " not in piece}

    @cached_property
    def after(self) -> dict[str, list[int]]:
        """Where the words stand that follow a word."""
        return {piece: at for piece, at in zip(self._lines, self._told["at"], strict=True) if " " in piece}

    @property
    def stems(self) -> list[str]:
        """The stems of all words."""
        stems: list[str] = self._told["stems"]
        return stems

    @property
    def firsts(self) -> list[str]:
        """The likeliest reading of each word, as it is written."""
        firsts: list[str] = self._told["firsts"]
        return firsts

    @cached_property
    def rows(self) -> Table:
        """The words as `Lexicon` keeps them."""
        return mapped(self._folder / "lexicon.npy")

    def words(self, piece: str) -> tuple[parts.Word, ...] | None:
        """The words that a piece of a name is, for `parts.recall`; None for a piece that is not held."""
        line = self._lines.get(piece)
        if line is None:
            return None
        begin, end = int(self._ends[line]), int(self._ends[line + 1])
        return words_kept.read(os.pread(self._file, end - begin, begin))

    def close(self) -> None:
        """Lets go of the file."""
        os.close(self._file)


class Lexicon:
    """The words met so far, each read once: a register says the same words over and over. Those of a `vocabulary` are
    there from the beginning."""

    def __init__(self, vocabulary: Vocabulary | None = None) -> None:
        self._pieces: Mapping[str, int] = {} if vocabulary is None else vocabulary.places
        self._after: Mapping[str, list[int]] = {} if vocabulary is None else vocabulary.after
        self._places: dict[int, int] = {}
        self._rows = np.zeros(1024, dtype=_TABLE) if vocabulary is None else vocabulary.rows
        self._given = 0 if vocabulary is None else len(vocabulary.rows)
        self._fresh: list[parts.Word] = []
        self._untold: list[parts.Word] = []
        self._streets: dict[frozenset[str], int] = {}
        self._fresh_streets: list[frozenset[str]] = []
        self._street_words = np.empty(0, dtype=np.uint64)
        self._street_ends = np.zeros(1, dtype=np.int64)
        self.stems: list[str] = [] if vocabulary is None else vocabulary.stems.copy()
        self.firsts: list[str] = [] if vocabulary is None else vocabulary.firsts.copy()
        self._stems: dict[str, int] = {stem: place for place, stem in enumerate(self.stems)}

    def __len__(self) -> int:
        return len(self._places) + len(self._streets)

    def street(self, words: frozenset[str]) -> int:
        """Where a street stands, told by the words it is found by; -1 where one of them is too long."""
        found = self._streets.get(words)
        if found is None:
            if any(len(word) > STREET_SIGNS_MAX or "#" in word for word in words):
                return -1
            found = self._streets[words] = len(self._streets)
            self._fresh_streets.append(words)
        return found

    def streets(self) -> tuple[digests.Words, Ints]:
        """The digests of the words of all streets met, one street after another, and where those of each end, after a
        0."""
        if self._fresh_streets:
            fresh = [word for words in self._fresh_streets for word in sorted(words)]
            many = np.cumsum([len(words) for words in self._fresh_streets]) + self._street_ends[-1]
            self._street_words = np.concatenate([self._street_words, digests.texts(fresh)])
            self._street_ends = np.concatenate([self._street_ends, many])
            self._fresh_streets = []
        return self._street_words, self._street_ends

    def places_of(self, name: str) -> list[int]:
        """Where the words of a name stand, where all its pieces are of the vocabulary; else an empty list."""
        if len(name) > PLAIN_MAX:
            return []
        known = self._pieces.get
        pieces = name.split(" ")
        found = [known(piece, -1) for piece in pieces]
        if -1 not in found:
            return found
        at = found.index(-1)
        rest = self._after.get(" ".join(pieces[at:])) if at else None
        return [*found[:at], *rest] if rest else []

    def place(self, word: parts.Word) -> int:
        """Where the word stands."""
        found = self._places.get(word.number)
        if found is None:
            found = self._places[word.number] = self._given + len(self._places)
            self._fresh.append(word)
            self.firsts.append(said_of(word).first)
        return found

    def table(self) -> Table:
        """All words met."""
        count = self._given + len(self._places)
        if self._fresh:
            if count > len(self._rows):
                wanted = max(1024, count + count // 2)
                self._rows = np.concatenate([self._rows, np.zeros(wanted - len(self._rows), dtype=_TABLE)])
            self._rows[count - len(self._fresh) : count] = np.array(
                [self._row(word) for word in self._fresh], dtype=_TABLE
            )
            self._untold.extend(self._fresh)
            self._fresh = []
        return self._rows[:count]

    def untold(self) -> Rows:
        """The words met since this was last asked, as rows of `word_table.WORD`."""
        self.table()
        told, self._untold = rows_of(self._untold), []
        return told

    def _row(self, word: parts.Word) -> tuple[Any, ...]:
        costs = weights()
        found = said_of(word).keys if word.kind == "name" else ()
        slow = word.prefix == "abd" or len(found) > KEYS_MAX or any(len(value) > LONG_MAX for value in found)
        held = found[:KEYS_MAX]
        rest = (0,) * (KEYS_MAX - len(held))
        stem = self._stems.setdefault(word.stem, len(self._stems))
        if stem == len(self.stems):
            self.stems.append(word.stem)
        alone = -1
        if word.kind == "number":
            alone = costs.left_over * 3
        elif word.patronymic or word.title or word.kind == "initial":
            alone = costs.left_over_patronymic
        return (
            (*map(digests.text, held), *rest), (*(digests.text(value[:1]) for value in held), *rest),
            (*(True for _ in held), *rest),
            (*(len(value) >= LONE_LEAST and value[0] != "=" for value in held), *rest),
            bool(found), slow, identity(word), number_of(word.stem), stem, PREFIXES.index(word.prefix), alone,
            word.kind == "name" and not word.prefix, word.weight <= SHORT, surnames.is_spanish(word.stem),
            surnames.may_be_the_fathers(word.stem) if word.kind == "name" else surnames.NONE,
        )  # fmt: skip
