"""Which words name a person or an organisation, by trained weights of evidence: the likeliest row of marks."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path

from passerelle.intake.text_evidence import Token, features

TAGS = ("O", "B-person", "I-person", "B-organisation", "I-organisation")
Weights = Mapping[str, tuple[float, ...]]
NEVER = -1e9
ALLOWED = tuple(
    tuple(0.0 if not tag.startswith("I-") or before[2:] == tag[2:] else NEVER for tag in TAGS) for before in TAGS
)
"""What may follow what, from the mark before to the mark after: only what began goes on."""


@cache
def weights() -> Weights:
    """The weights of `data/text_weights.txt`, made by `python -m tools.text_weights`: one for each mark."""
    found: dict[str, tuple[float, ...]] = {}
    path = Path(__file__).parent / "data" / "text_weights.txt"
    for line in path.read_text(encoding="utf-8").splitlines():
        if line and not line.startswith("#"):
            feature, *told = line.split("\t")
            found[feature.replace("\\n", "\n")] = tuple(int(one) / 100 for one in told)
    return found


def scores(found: Sequence[Sequence[str]], by: Weights) -> list[list[float]]:
    """For each word the sum of the weights of its features, for each mark."""
    rows: list[list[float]] = []
    for mine in found:
        row = [0.0] * len(TAGS)
        for feature in mine:
            told = by.get(feature)
            if told is not None:
                for place, one in enumerate(told):
                    row[place] += one
        rows.append(row)
    return rows


def likeliest(rows: Sequence[Sequence[float]], by: Weights) -> list[int]:
    """The row of marks with the greatest sum (Viterbi)."""
    if not rows:
        return []
    steps = [list(by.get(f"after={tag}", (0.0,) * len(TAGS))) for tag in TAGS]
    best = [score + (NEVER if TAGS[tag].startswith("I-") else 0.0) for tag, score in enumerate(rows[0])]
    back: list[list[int]] = []
    for row in rows[1:]:
        came, now = [], []
        for tag, score in enumerate(row):
            sums = [best[was] + steps[was][tag] + ALLOWED[was][tag] for was in range(len(TAGS))]
            most = max(range(len(TAGS)), key=sums.__getitem__)
            came.append(most)
            now.append(sums[most] + score)
        back.append(came)
        best = now
    tag = max(range(len(TAGS)), key=best.__getitem__)
    tags = [tag]
    for came in reversed(back):
        tag = came[tag]
        tags.append(tag)
    return tags[::-1]


def spans(words: Sequence[Token], tags: Sequence[int]) -> Iterator[tuple[str, int, int]]:
    """The runs that the marks make: (kind, the first word's place, the place behind the last)."""
    at = 0
    while at < len(words):
        name = TAGS[tags[at]]
        end = at + 1
        if name.startswith("B-"):
            while end < len(words) and TAGS[tags[end]] == f"I-{name[2:]}":
                end += 1
            yield name[2:], at, end
        at = end


def marked(words: Sequence[Token], language: str) -> Iterator[tuple[str, int, int, float]]:
    """The persons and organisations of a text by evidence alone: (kind, start, end, margin). The margin is by how much
    the weakest word of the name is likelier in it than outside any name."""
    rows = scores(features(words, language), weights())
    for kind, first, behind in spans(words, likeliest(rows, weights())):
        tags = [TAGS.index(f"B-{kind}"), *[TAGS.index(f"I-{kind}")] * (behind - first - 1)]
        margin = sum(rows[first + n][tag] - rows[first + n][0] for n, tag in enumerate(tags)) / len(tags)
        yield kind, words[first].start, words[behind - 1].end, margin
