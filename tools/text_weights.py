"""Makes the weights by which persons and organisations are told in a text: `python -m tools.text_weights`.

Averaged perceptron (Collins 2002) over the marked reports that may be tuned on: `tests/data/text`, `text_more`, and the
open halves of `text60` and `text_fresh`. The kept halves are not read. The same texts and seed give the same weights.
"""

from __future__ import annotations

import random
import re
from collections import defaultdict
from functools import cache
from pathlib import Path
from typing import Any

import click
import yaml

from passerelle.intake.language import detect_language
from passerelle.intake.mentions import things
from passerelle.intake.text_evidence import Token, features, tokens
from passerelle.intake.text_organisations import organisation_table
from passerelle.intake.text_tags import TAGS, likeliest, scores, spans
from passerelle.intake.text_words import common_nouns
from passerelle.names.given import spellings

DATA = Path(__file__).parents[1] / "tests" / "data"
OUT = Path(__file__).parents[1] / "src" / "passerelle" / "intake" / "data" / "text_weights.txt"
READ = {"text": ("open", "kept"), "text_more": ("open", "kept"), "text60": ("open",), "text_fresh": ("open",)}
SEED, ROUNDS, LEAST, SWAPS = 20261123, 10, 15, 3
Example = tuple[list[list[str]], list[int], list[Token]]


def reports(folders: dict[str, tuple[str, ...]]) -> list[dict[str, Any]]:
    """The reports that may be tuned on."""
    found: list[dict[str, Any]] = []
    for folder, halves in folders.items():
        for path in sorted((DATA / folder).glob("*.yaml")):
            document = yaml.safe_load(path.read_text(encoding="utf-8"))
            for report in document["reports"]:
                if report["half"] not in halves:
                    continue
                found.append(report)
    return found


def example(report: dict[str, Any]) -> Example:
    """One report with the features and the right mark of each word."""
    text = report["text"]
    masked, fixed = things(text)
    words = tokens(masked, fixed)
    return features(words, detect_language(text)), right(text, words, report), words


Pool = dict[tuple[str, ...], list[str]]


def _pattern(kind: str, said: str) -> tuple[str, ...]:
    """What must be the same where one name takes the place of another: the kind, and how each word is written."""
    words = said.split()
    return (
        kind,
        *(
            "C" if w.isupper() and len(w) > 2 else "x" if w[0].islower() else "X." if w.endswith(".") else "Xx"
            for w in words
        ),
    )


def pool_of(rows: list[dict[str, Any]]) -> Pool:
    """The names of these reports, by kind and way of writing."""
    pool: Pool = defaultdict(list)
    for report in rows:
        for kind, said in report["mentions"]:
            if kind in ("person", "organisation"):
                pool[_pattern(kind, str(said))].append(str(said))
    return pool


@cache
def _parts() -> tuple[list[str], list[str], list[str]]:
    """Words that names of houses are made of: heads, tails, and names (of families, and common nouns)."""
    table = organisation_table()
    names = sorted(name.capitalize() for name in spellings() if len(name) > 4 and name.isalpha())
    nouns = sorted(word.capitalize() for word in common_nouns() if 4 < len(word) < 9)
    return (
        [str(one).capitalize() for one in table["heads"]],
        [str(one).strip() for one in table["tails"]],
        names + nouns,
    )


def _house(dice: random.Random) -> str:
    """An invented name of a house, as such names are made."""
    heads, tails, names = _parts()
    one, other, head, tail = (dice.choice(of) for of in (names, names, heads, tails))
    return dice.choice(
        [f"{head} {one}", f"{head} {one} {other}", f"{one} {tail}", f"{one} {other} {tail}", f"{one}-{other}", one,
         f"{one} {other}", f"{one[:4]}{other[-4:].lower()}", f"{one} & {other}", f"{one}{tail.lower()}"]
    )  # fmt: skip


def swapped(report: dict[str, Any], pool: Pool, dice: random.Random) -> dict[str, Any]:
    """The same report with other names in it: what stands around a name is learnt, and not the name."""
    text = report["text"]
    told: list[list[str]] = []
    named = sorted(((kind, str(said)) for kind, said in report["mentions"]), key=lambda one: -len(one[1]))
    for kind, said in named:
        if kind not in ("person", "organisation") or any(said in other for _, other in told):
            continue
        other = (
            _house(dice)
            if kind == "organisation" and dice.random() < 0.6 and said[0].isupper()
            else dice.choice(pool.get(_pattern(kind, said), [said]))
        )
        text, times = re.subn(rf"(?<![\w@.]){re.escape(said)}(?![\w@])", lambda _: other, text)  # noqa: B023
        told.append([kind, other if times else said])
    rest = [[kind, str(said)] for kind, said in named if kind in ("person", "organisation")]
    return {**report, "text": text, "mentions": told + rest}


def right(text: str, words: list[Token], report: dict[str, object]) -> list[int]:
    """The right mark of each word: every place where a person or an organisation of the report is named."""
    tags = [0] * len(words)
    named = [(kind, str(said)) for key in ("mentions", "either") for kind, said in report.get(key, ())]  # type: ignore[attr-defined]
    for kind, said in sorted(named, key=lambda one: -len(one[1])):
        if kind not in ("person", "organisation"):
            continue
        for place in re.finditer(rf"(?<!\w){re.escape(said)}(?!\w)", text):
            inside = [at for at, word in enumerate(words) if place.start() <= word.start and word.end <= place.end()]
            if inside and not any(tags[at] for at in inside):
                tags[inside[0]] = TAGS.index(f"B-{kind}")
                for at in inside[1:]:
                    tags[at] = TAGS.index(f"I-{kind}")
    return tags


def trained(rows: list[Example], rounds: int, dice: random.Random) -> dict[str, tuple[float, ...]]:
    """The averaged weights."""
    now: dict[str, list[float]] = defaultdict(lambda: [0.0] * len(TAGS))
    total: dict[str, list[float]] = defaultdict(lambda: [0.0] * len(TAGS))
    step = 1
    order = list(rows)

    def move(feature: str, tag: int, by: float) -> None:
        now[feature][tag] += by
        total[feature][tag] += by * step

    for _ in range(rounds):
        dice.shuffle(order)
        for found, wanted, _words in order:
            got = likeliest(scores(found, now), now)  # type: ignore[arg-type]
            for at, (is_, was) in enumerate(zip(wanted, got, strict=True)):
                if is_ != was:
                    for feature in found[at]:
                        move(feature, is_, 1.0)
                        move(feature, was, -1.0)
                if at and (wanted[at - 1], is_) != (got[at - 1], was):
                    move(f"after={TAGS[wanted[at - 1]]}", is_, 1.0)
                    move(f"after={TAGS[got[at - 1]]}", was, -1.0)
            step += 1
    return {
        feature: tuple(one - told[at] / step for at, one in enumerate(now[feature])) for feature, told in total.items()
    }


def measured(rows: list[Example], by: dict[str, tuple[float, ...]]) -> dict[str, tuple[int, int, int]]:
    """For each kind: right, wrong, missed."""
    told = {kind: [0, 0, 0] for kind in ("person", "organisation")}
    for found, wanted, words in rows:
        got, want = set(spans(words, likeliest(scores(found, by), by))), set(spans(words, wanted))
        for kind, counts in told.items():
            mine, theirs = {one for one in got if one[0] == kind}, {one for one in want if one[0] == kind}
            counts[0] += len(mine & theirs)
            counts[1] += len(mine - theirs)
            counts[2] += len(theirs - mine)
    return {kind: (counts[0], counts[1], counts[2]) for kind, counts in told.items()}


def many(told: list[dict[str, Any]], dice: random.Random) -> list[Example]:
    """The reports as they are, and so many times with other names."""
    pool = pool_of(told)
    again = [swapped(report, pool, dice) for _ in range(SWAPS) for report in told]
    return [example(report) for report in (*told, *again)]


@click.command()
@click.option("--folds", default=0, help="Only measure, by leaving one of so many parts out in turn.")
def main(folds: int) -> None:
    """Writes src/passerelle/intake/data/text_weights.txt; commit it together with what changed it."""
    told = reports(READ)
    dice = random.Random(SEED)  # noqa: S311 (an order, no secret)
    if folds:
        sums = {kind: [0, 0, 0] for kind in ("person", "organisation")}
        for fold in range(folds):
            by = trained(many([row for at, row in enumerate(told) if at % folds != fold], dice), ROUNDS, dice)
            apart = [example(row) for at, row in enumerate(told) if at % folds == fold]
            for kind, counts in measured(apart, by).items():
                sums[kind] = [one + other for one, other in zip(sums[kind], counts, strict=True)]
        for kind, (hits, wrong, missed) in sums.items():
            click.echo(
                f"{kind}: precision {hits / (hits + wrong):.3f} recall {hits / (hits + missed):.3f} of {hits + missed}"
            )
        return
    rows = many(told, dice)
    by = trained(rows, ROUNDS, dice)
    lines = [
        "# The weights of intake/text_tags.py: feature, then hundredths for each of: " + " ".join(TAGS),
        "# source: made by `python -m tools.text_weights` from the invented reports of tests/data that may be tuned on",
    ]
    for feature in sorted(by):
        told = [round(one * 100) for one in by[feature]]
        if max(map(abs, told)) >= LEAST:
            lines.append("\t".join([feature.replace("\n", "\\n"), *map(str, told)]))
    OUT.write_text("\n".join(lines) + "\n", encoding="utf-8")
    click.echo(f"{len(rows)} reports, {len(lines) - 2} weights → {OUT.name}. Measure: python -m benchmarks.mentions")


if __name__ == "__main__":
    main()
