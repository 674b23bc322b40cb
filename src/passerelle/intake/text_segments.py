"""The pieces in which a text is read for who has to do with what: sentences, and the lines of a list."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import accumulate, pairwise

from passerelle.intake.mention import Mention

SEGMENT_CHARACTERS_MAX = 2_000
"""Nothing is a sentence beyond this: what is read again for each thing in a sentence stays short."""

_ITEM = re.compile(r"[ \t]*(?:[-–•*·]|\(?\d{1,2}[.)])[ \t]")


@dataclass(frozen=True, slots=True)
class Segment:
    """A sentence, or a line of a list, with what it mentions."""

    start: int
    end: int
    item: bool
    part: bool
    """Whether it goes on with the sentence before (behind a semicolon)."""
    here: tuple[Mention, ...]

    def people(self) -> list[Mention]:
        inner = {m for m in self.here if m.kind == "person"
                 and any(n.kind == "nameless" and n.start <= m.start < n.end for n in self.here)}  # fmt: skip
        return [m for m in self.here if m.kind in ("person", "nameless") and m not in inner]


def segments(text: str, found: tuple[Mention, ...], sentences: Iterator[tuple[int, int]]) -> Iterator[Segment]:
    cuts = set()
    for start, end in sentences:
        cuts |= {start, end}
    items, parts, lines = set(), set(), []
    at = 0
    for line in text.splitlines(keepends=True):
        if _ITEM.match(line):
            items.add(at)
            lines.append((at, at + len(line)))
        at += len(line)
    starts = [m.start for m in found]
    furthest = list(accumulate((m.end for m in found), max))
    for mark in re.finditer(r";\s|\n\s*\n", text):
        before = bisect_left(starts, mark.end())
        if not before or furthest[before - 1] < mark.end():
            cuts.add(mark.end())
            parts |= {mark.end()} if mark[0][0] == ";" else set()
    of_sentences = sorted(cuts)
    for begin, end in lines:  # an item of a list is one, whatever signs stand inside it
        inside = of_sentences[bisect_right(of_sentences, begin) : bisect_left(of_sentences, end)]
        cuts.difference_update(cut for cut in inside if cut not in parts)
        cuts |= {begin, end}
    places = sorted(cuts | {0, len(text)})
    for start, end in pairwise(places):
        here = found[bisect_left(starts, start) : bisect_left(starts, end)]
        yield from _bounded(Segment(start, end, start in items, start in parts, tuple(here)))


def _bounded(segment: Segment) -> Iterator[Segment]:
    """The segment, or where no sentence is so long its pieces, each beginning where something is mentioned."""
    first = 0
    for number, mention in enumerate(segment.here):
        if mention.start - segment.start > SEGMENT_CHARACTERS_MAX and number > first:
            yield replace(segment, end=mention.start, here=segment.here[first:number])
            segment, first = replace(segment, start=mention.start, item=False, part=True), number
    yield replace(segment, here=segment.here[first:])
