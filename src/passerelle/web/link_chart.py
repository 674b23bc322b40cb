"""The link chart of a dossier: persons on the left, things on the right, lines with their words; placed on the server.

The same places for the same subjects, every time: nothing is thrown, nothing moves. The list below it says the same.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from passerelle.flow.views import SubjectView
from passerelle.records.models import Delivery, Subject

BOX_WIDTH, BOX_HEIGHT, ROW = 164.0, 40.0, 60.0
MARGIN, GAP = 150.0, 128.0
WIDTH = 2 * (MARGIN + BOX_WIDTH) + GAP
EDGE = 8.0
BOW_LEAST, BOW_STEP = 20.0, 14.0
NODES_MAX = 60
"""More than so many are not drawn: a chart that nobody can read helps nobody. The dossier lists all its subjects."""

LINE_LETTERS = 23
NAMED = frozenset(
    {"name", "alias", "weakAlias", "full", "registrationNumber", "phone", "accountNumber", "number"}
)  # fmt: skip
"""What makes two records one box. Two “sons of” somebody, or two grey cars, may be two: they stay two boxes."""

PERSONS = frozenset({"Person", "Company", "Organization", "LegalEntity"})


@dataclass(slots=True)
class Node:
    """One box: the records of one kind with one name; or another service, with what it told."""

    number: int
    kind: str
    lines: tuple[str, ...]
    records: list[Subject] = field(default_factory=list)
    told: list[Delivery] = field(default_factory=list)
    column: int = 0
    x: float = 0.0
    y: float = 0.0

    @property
    def text_y(self) -> list[tuple[str, float]]:
        """The lines of the box with their heights."""
        first = self.y + BOX_HEIGHT / 2 - (len(self.lines) - 1) * 7 + 4
        return [(line, round(first + 14 * number, 1)) for number, line in enumerate(self.lines)]


@dataclass(frozen=True, slots=True)
class Line:
    """A line between two boxes, with its word; `kind` is a relation's, or “concerns”."""

    source: Node
    target: Node
    kind: str
    path: str
    x: float
    y: float


@dataclass(frozen=True, slots=True)
class LinkChart:
    """What a page draws, and the same as words; `left_out` counts the boxes that were too many."""

    width: float
    height: float
    nodes: Sequence[Node]
    lines: Sequence[Line]
    left_out: int
    box_width: float = BOX_WIDTH
    box_height: float = BOX_HEIGHT


def drawn(views: Iterable[SubjectView], deliveries: Sequence[Delivery] = ()) -> LinkChart | None:
    """The chart of these subjects and of what other services passed on about them; None where nothing hangs together.

    Records of one kind with the same name are one box, which says how many: nothing is merged, the list keeps them
    apart."""
    views = list(views)
    nodes: dict[tuple[str, str], Node] = {}
    of_record: dict[int, Node] = {}
    of_ref: dict[str, Node] = {}

    def node(subject: Subject) -> Node:
        said = " ".join(subject.caption.casefold().split()) if NAMED & subject.properties.keys() else subject.ref
        key = (subject.schema, said)
        if key not in nodes:
            nodes[key] = Node(len(nodes) + 1, subject.schema, wrapped(subject.caption))
        if subject.pk not in of_record:
            of_record[subject.pk] = of_ref[subject.ref] = nodes[key]
            nodes[key].records.append(subject)
        return nodes[key]

    ties: dict[tuple[int, str, int], tuple[Node, str, Node]] = {}
    for view in views:
        here = node(view.subject)
        for kind, other in view.relations:
            there = node(other)
            if here is not there:
                ties.setdefault((here.number, kind, there.number), (here, kind, there))
    for delivery in deliveries:
        concerned = [of_ref[ref] for ref in delivery.content.get("yours", ()) if ref in of_ref]
        if concerned:
            key = ("service", delivery.sender.key)
            box = nodes.setdefault(key, Node(len(nodes) + 1, "service", wrapped(delivery.sender.name)))
            box.told.append(delivery)
            for there in concerned:
                ties.setdefault((box.number, "concerns", there.number), (box, "concerns", there))
    if not ties:
        return None
    weight: dict[int, int] = {}
    for here, _, there in ties.values():
        weight[here.number] = weight.get(here.number, 0) + 1
        weight[there.number] = weight.get(there.number, 0) + 1
    every = sorted(nodes.values(), key=lambda one: (-weight.get(one.number, 0), one.number))
    kept = {one.number: one for one in every[:NODES_MAX]}
    shown = [tie for tie in ties.values() if tie[0].number in kept and tie[2].number in kept]
    rows = _placed([one for one in nodes.values() if one.number in kept], shown)
    lines = [_line(here, kind, there, place) for place, (here, kind, there) in enumerate(shown)]
    return LinkChart(
        width=WIDTH, height=rows * ROW + EDGE / 2, nodes=[one for one in nodes.values() if one.number in kept],
        lines=lines, left_out=len(nodes) - len(kept),
    )  # fmt: skip


def wrapped(text: str) -> tuple[str, ...]:
    """A caption on at most two lines, cut where it is longer still."""
    words, lines = text.split(), [""]
    for word in words:
        joined = f"{lines[-1]} {word}".strip()
        if len(joined) <= LINE_LETTERS or not lines[-1]:
            lines[-1] = joined
        else:
            lines.append(word)
    cut = [line if len(line) <= LINE_LETTERS else line[: LINE_LETTERS - 1] + "…" for line in lines[:2]]
    if len(lines) > 2:
        cut[1] = cut[1][: LINE_LETTERS - 1] + "…"
    return tuple(cut)


def _placed(nodes: Sequence[Node], ties: Sequence[tuple[Node, str, Node]]) -> int:
    """Give every box its place: persons left, in the order in which they hang together; things right, each near the
    middle of those it hangs together with. Returns how many rows there are."""
    near: dict[int, list[Node]] = {}
    for here, _, there in ties:
        near.setdefault(here.number, []).append(there)
        near.setdefault(there.number, []).append(here)
    left = [one for one in nodes if one.kind in PERSONS]
    right = [one for one in nodes if one.kind not in PERSONS]
    ordered: list[Node] = []
    waiting = sorted(left, key=lambda one: (-len(near.get(one.number, ())), one.number))
    while waiting:
        stack = [waiting[0]]
        while stack:
            one = stack.pop()
            if one in ordered:
                continue
            ordered.append(one)
            beside = [other for other in near.get(one.number, ()) if other in waiting and other not in ordered]
            through = [
                other
                for thing in near.get(one.number, ())
                if thing.kind not in PERSONS
                for other in near.get(thing.number, ())
                if other in waiting and other not in ordered
            ]
            stack.extend(reversed([*beside, *through]))
        waiting = [one for one in waiting if one not in ordered]
    for row, one in enumerate(ordered):
        one.column, one.x, one.y = 0, MARGIN, EDGE + row * ROW
    wanted = {
        one.number: sum(other.y for other in beside) / len(beside)
        for one in right
        if (beside := [other for other in near.get(one.number, ()) if other.kind in PERSONS])
    }
    taken = 0.0
    spare = max(len(ordered) - len(right), 0) * ROW
    for one in sorted(right, key=lambda one: (wanted.get(one.number, 1e9), one.number)):
        goal = wanted.get(one.number, taken)
        skipped = min(max(goal - taken, 0.0), spare)
        spare -= skipped
        taken = max(taken + skipped, EDGE)
        one.column, one.x, one.y = 1, MARGIN + BOX_WIDTH + GAP, round(taken, 1)
        taken += ROW
    return math.ceil(max((one.y + BOX_HEIGHT for one in nodes), default=ROW) / ROW)


def _line(here: Node, kind: str, there: Node, place: int) -> Line:
    """From box to box: straight across the middle, or a bow on the outside within one column."""
    y1, y2 = here.y + BOX_HEIGHT / 2, there.y + BOX_HEIGHT / 2
    if here.column != there.column:
        left, right = (here, there) if here.column == 0 else (there, here)
        x1, x2 = left.x + BOX_WIDTH, right.x
        a, b = left.y + BOX_HEIGHT / 2, right.y + BOX_HEIGHT / 2
        middle = (x1 + x2) / 2
        path = f"M{x1:g} {a:g}C{middle:g} {a:g} {middle:g} {b:g} {x2:g} {b:g}"
        part = (0.5, 0.3, 0.7)[place % 3]
        return Line(here, there, kind, path, round(x1 + (x2 - x1) * part, 1), round(a + (b - a) * part - 3, 1))
    outside = here.column == 0
    edge = here.x if outside else here.x + BOX_WIDTH
    far = BOW_LEAST + BOW_STEP * min(abs(y2 - y1) / ROW, 4)
    bow = edge - far if outside else edge + far
    path = f"M{edge:g} {y1:g}C{bow:g} {y1:g} {bow:g} {y2:g} {edge:g} {y2:g}"
    x = MARGIN / 2 if outside else WIDTH - MARGIN / 2
    return Line(here, there, kind, path, x, round((y1 + y2) / 2 + 4 + (place % 3 - 1) * 7, 1))
