"""Reads the development data for the benchmarks of names, and halves it: one half was tuned on, the other was not."""

from __future__ import annotations

import csv
import hashlib
import itertools
import os
import random
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from passerelle.errors import Refused
from passerelle.words import sentence

TUNED, UNTUNED = 0, 1
"""The half whose errors were looked at and on which `names/data` was tuned, and the half that was only measured."""


class DataMissing(Refused):
    """The folder of development data, or one file of it, is not there."""

    code = "benchmarks.data_missing"


@dataclass(frozen=True, slots=True)
class Pair:
    """Two names, whether they are one person's, and a group of test data to report by."""

    left: str
    right: str
    same: bool
    group: str = ""
    schema: str = "Person"


def folder(given: str | None) -> Path:
    """The data folder: the argument, else PASSERELLE_BENCH_DATA, else ../shared/data beside the repository."""
    path = Path(given or os.environ.get("PASSERELLE_BENCH_DATA") or Path(__file__).parents[2] / "shared" / "data")
    if not path.is_dir():
        raise DataMissing(
            sentence("The data folder {path} is not there.", path=str(path)),
            way_out=sentence("Give it with --data, or in PASSERELLE_BENCH_DATA."),
        )
    return path


def rows(path: Path) -> Iterator[dict[str, str]]:
    """The rows of one CSV file. Raises DataMissing, naming the file."""
    if not path.is_file():
        raise DataMissing(sentence("The file {path} is not there.", path=str(path)))
    with path.open(encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file)


def half(key: str) -> int:
    """0 or 1 for a key, by its MD5: the same on every machine."""
    return int(hashlib.md5(key.encode(), usedforsecurity=False).hexdigest(), 16) % 2


def people(data: Path, which: int | None) -> tuple[list[Pair], list[Pair]]:
    """Pairs of Latin spellings that differ, and pairs of a Latin spelling with the person's own script."""
    latin: list[Pair] = []
    own: list[Pair] = []
    for row in rows(data / "names" / "people_xlang.csv"):
        if which is not None and half(row["id"]) != which:
            continue
        spellings = list(dict.fromkeys(row[language] for language in ("fr", "nl", "de", "en") if row[language]))
        latin += [Pair(one, two, True, row["origin"]) for one, two in itertools.combinations(spellings, 2)]
        if row["native"] and row["native"] not in spellings:
            own += [Pair(one, row["native"], True, row["origin"]) for one in spellings]
    return latin, own


def belgium(data: Path, which: int | None, count: int = 1500, seed: int = 1) -> tuple[list[Pair], list[Pair]]:
    """Full names borne in Belgium, both parts spelled differently; and the same against Arabic."""
    tokens = []
    for row in rows(data / "names" / "maghrebi_tokens.csv"):
        if which is None or half(row["id"]) == which:
            spellings = list(dict.fromkeys(item.split(":", 1)[1] for item in row["variants"].split("|")))
            tokens.append((row["kind"], spellings, row["arabic"]))
    given = [token for token in tokens if token[0] == "given"]
    family = [token for token in tokens if token[0] == "family"]
    source = random.Random(seed)
    latin: list[Pair] = []
    arabic: list[Pair] = []
    for _ in range(count):
        one, two = source.choice(given), source.choice(family)
        if len(one[1]) > 1 and len(two[1]) > 1:
            first, last = source.sample(one[1], 2), source.sample(two[1], 2)
            latin.append(Pair(f"{first[0]} {last[0]}", f"{first[1]} {last[1]}", True))
        if one[2] and two[2]:
            arabic.append(Pair(f"{source.choice(one[1])} {source.choice(two[1])}", f"{one[2]} {two[2]}", True))
    return latin, arabic


def negatives(data: Path, which: int | None) -> list[Pair]:
    """Pairs that are different; the borderline ones are left out."""
    return [
        Pair(row["name1"], row["name2"], False, row["origin1"])
        for row in rows(data / "names" / "hard_negatives.csv")
        if row["label"] == "different" and (which is None or half(row["id"]) == which)
    ]


def nomenklatura(data: Path, which: int | None) -> list[Pair]:
    """The peer's own pairs of names, of every schema."""
    return [
        Pair(row["name1"], row["name2"], row["is_match"] == "true", row["case_group"], row["schema"])
        for row in rows(data / "names" / "name_pairs_nomenklatura.csv")
        if which is None or half(row["name1"] + row["name2"]) == which
    ]


def streets(data: Path) -> list[tuple[str, str, str]]:
    """Streets of Brussels: (id, French name, Dutch name)."""
    return [(row["id"], row["fr"], row["nl"]) for row in rows(data / "places" / "addresses_be.csv")]


def strangers(data: Path, other: int = 6000) -> tuple[list[dict[str, str]], list[dict[str, str]]]:
    """Invented persons in a fixed order: the 3,000 in sight while figures were set, and `other` of the rest."""
    found = list(rows(data / "people" / "strangers_yente.csv"))
    random.Random(0).shuffle(found)
    return found[:3000], found[3000 : 3000 + other]
