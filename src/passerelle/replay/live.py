"""The lessons of a month: few numbers of where information waited, the shape of the tail, and what can be done."""

from __future__ import annotations

from array import array
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace

import numpy as np

from passerelle.duty import KINDS
from passerelle.replay.waiting import CAUSES, Cell, Sum, Waits
from passerelle.words import noop

REMEDIES: dict[str, str] = {
    "spelling": noop(
        "Ask for a birth date, a document or a telephone number when filing: with one of them the match would have "
        "been strong. Streets and towns with several names can be listed."
    ),
    "language": noop(
        "Name whom to call who reads it, let the originator add three sentences in the reader's language, or give "
        "these to somebody of the desk who reads it."
    ),
    "judged_late": noop("Judge the oldest pair first, every morning; a desk with too few people signs a deferral."),
    "undecided": noop("Decide what waits at the owner's: pass on, make an extract, or withhold on a ground."),
    "unacknowledged": noop("Say at the desk's first round what arrived; an e-mail to the desk can tell of it."),
    "unanswered": noop("Answer with what is known now; what is not can be asked back with a day."),
    "unreviewed": noop("Name two persons who review, so that one is always there."),
    "uncorrected": noop("Look where the copy went: a correction is no choice."),
    "hold": noop("Ask of each hold what it waits for; an earlier end costs nothing."),
    "withheld": noop("Review sooner; a ground that others overturn often is used wrongly."),
    "overload": noop("Ask the plan how many people would hold the clocks, and review what was deferred."),
    "absence": noop("Enter leave before it begins and name a deputy: then nothing is given to who is away."),
    "wrong_desk": noop("Say in the directory whose theme it is; a rule of theme sends it there at once."),
    "bounce": noop("Two desks disagree whose it is: those who lead them meet once and write it down."),
    "no_holder": noop("This must not happen: tell who runs the installation."),
}
"""What can be done about a cause. Being within the clock needs nothing."""

PAIRS_SHOWN = 10
STEPS = 60


@dataclass(frozen=True, slots=True)
class Tail:
    """How long waits lasted, in hours: when they ended, or when the month did. None where there are none to tell of."""

    count: int
    live: int
    late: int
    median: float | None
    p90: float | None
    p99: float | None
    longest: float | None

    @property
    def late_share(self) -> float | None:
        """The share that was past its clock."""
        return self.late / self.count if self.count else None


@dataclass(frozen=True, slots=True)
class Row:
    """One line of a table: of this month and of the one before. None: too few to be shown.

    `label` are words of a closed list, keys of services or codes of languages, in the order of the table's heads.
    """

    label: tuple[str, ...]
    tail: Tail | None
    before: Tail | None


@dataclass(frozen=True, slots=True)
class Reason:
    """Hours of a month by why they were waited, their share of all, how many waits that was part of; and before.

    `hours` is None where it was part of too few waits to be shown."""

    cause: str
    hours: float | None
    share: float | None
    touched: int | None
    hours_before: float | None


@dataclass(frozen=True, slots=True)
class Lessons:
    """All that the sheet and the page show. `pairs` are labelled (owner, to, language); `kinds` by a kind of duty.

    `hidden`: so many pairs were too small to be shown. `lay`: how long reports lay before any need met them; `curve`
    and `curve_before`: the share of waits that lasted longer than each of `hours`. `reads`: whether a service works in
    a language, by its key and the language.
    """

    month: str
    so_far: bool
    lines: int
    whole: Row
    reasons: tuple[Reason, ...]
    pairs: tuple[Row, ...]
    kinds: tuple[Row, ...]
    services: tuple[Row, ...]
    hidden: int
    lay: Tail
    hours: tuple[float, ...]
    curve: tuple[float, ...]
    curve_before: tuple[float, ...]
    reads: Mapping[tuple[str, str], bool]


def lessons(waits: Waits, *, month: str, so_far: bool = False, service: str = "", least: int = 0) -> Lessons:
    """The lessons of the first span of `waits`, beside the second. `service`: only what that service owes ("" for all),
    then without whom it owes it to; `least`: smaller cells are hidden, one that would stand alone with the next."""
    now, before = (_own(sums, service) for sums in waits.sums)
    whole, whole_before = _merged(now.values()), _merged(before.values())
    pairs = _rows(now, before, lambda cell: (cell.owner, cell.to, cell.language))
    shown, hidden = _shown(pairs, least, 0)
    kinds, _ = _shown(_rows(now, before, lambda cell: (cell.kind,)), least)
    services, _ = _shown(_rows(now, before, lambda cell: (cell.owner,)), least)
    hours, curve, curve_before = _curves(whole.lasted, whole_before.lasted)
    lay: array[float] = array("d")
    for owner, those in waits.lay[0].items():
        if service in ("", owner):
            lay.extend(those)
    few = least and len(whole.lasted) < least
    return Lessons(
        month=month, so_far=so_far, lines=waits.lines,
        whole=Row((), None if few else tail(whole), tail(whole_before) if len(whole_before.lasted) >= least else None),
        reasons=tuple(_reasons(whole, whole_before, least)),
        pairs=tuple(sorted(shown, key=_by_late)),
        kinds=tuple(sorted(kinds, key=lambda row: list(KINDS).index(row.label[0]))),
        services=tuple(sorted(services, key=_by_late)), hidden=hidden,
        lay=_tail(lay, 0, 0) if len(lay) >= max(least, 1) else _tail(array("d"), 0, 0),
        hours=hours, curve=() if few else curve, curve_before=() if len(whole_before.lasted) < least else curve_before,
        reads={
            (party, cell.language): cell.language in waits.languages[party]
            for cell in now for party in (cell.owner, cell.to) if cell.language and party in waits.languages
        },
    )  # fmt: skip


def tail(found: Sum) -> Tail:
    """The shape of how long waits lasted."""
    return _tail(found.lasted, found.late, found.live)


def _tail(lasted: array[float], late: int, live: int) -> Tail:
    if not lasted:
        return Tail(0, 0, 0, None, None, None, None)
    values = np.frombuffer(lasted, dtype=np.float64)
    median, p90, p99 = (float(one) for one in np.quantile(values, (0.5, 0.9, 0.99), method="inverted_cdf"))
    return Tail(len(lasted), live, late, median, p90, p99, float(values.max()))


def _own(sums: Mapping[Cell, Sum], service: str) -> dict[Cell, Sum]:
    if not service:
        return dict(sums)
    found: dict[Cell, Sum] = {}
    for cell, one in sums.items():
        if cell.owner == service:
            found.setdefault(replace(cell, to=""), Sum()).add(one)
    return found


def _merged(sums: Iterable[Sum]) -> Sum:
    found = Sum()
    for one in sums:
        found.add(one)
    return found


def _rows(now: Mapping[Cell, Sum], before: Mapping[Cell, Sum], label: Callable[[Cell], tuple[str, ...]]) -> list[Row]:
    """One row for each label, with this month's tail and the one before."""
    kept: tuple[dict[tuple[str, ...], Sum], ...] = ({}, {})
    for sums, into in zip((now, before), kept, strict=True):
        for cell, one in sums.items():
            into.setdefault(label(cell), Sum()).add(one)
    return [
        Row(key, tail(kept[0].get(key, Sum())), tail(kept[1].get(key, Sum())))
        for key in dict.fromkeys([*kept[0], *kept[1]])
        if kept[0].get(key, Sum()).lasted or kept[1].get(key, Sum()).lasted
    ]


def _shown(rows: list[Row], least: int, within: int | None = None) -> tuple[list[Row], int]:
    """The rows large enough to be told, and how many were not. The next smallest are hidden too until a subtraction
    gives two rows or more together and no small number: of all, and of those whose label agrees in place `within`, if
    sums by that are told beside. A month that is large enough says nothing of one before it that is not."""
    counted = [row for row in rows if _count(row)]
    if not least:
        return counted, 0
    small = _small({row.label: _count(row) for row in counted}, least, within)
    young = _small({row.label: _before(row) for row in rows if _before(row)}, least, within)
    kept = [row for row in counted if row.label not in small]
    return [replace(row, before=None) if row.label in young else row for row in kept], len(small)


def _small(counts: Mapping[tuple[str, ...], int], least: int, within: int | None) -> set[tuple[str, ...]]:
    small = {label for label, count in counts.items() if count < least}
    groups: dict[str, list[tuple[str, ...]]] = {"": list(counts)}
    if within is not None:
        for label in counts:
            groups.setdefault(f"={label[within]}", []).append(label)
    for _ in groups:  # hiding one more may leave another group with one alone
        for labels in groups.values():
            for label in sorted((one for one in labels if one not in small), key=lambda one: (counts[one], one)):
                those = [counts[one] for one in labels if one in small]
                if not those or (len(those) > 1 and sum(those) >= least):
                    break
                small.add(label)
    return small


def _count(row: Row) -> int:
    return row.tail.count if row.tail is not None else 0


def _before(row: Row) -> int:
    return row.before.count if row.before is not None else 0


def _reasons(now: Sum, before: Sum, least: int) -> list[Reason]:
    """A cause that was part of too few waits bears no figure; nor does the next, where one alone would be hidden."""
    total = sum(now.hours.values())
    few = _small({(cause,): count for cause, count in now.touched.items()}, least, None) if least else set()
    young = _small({(cause,): count for cause, count in before.touched.items()}, least, None) if least else set()
    found = []
    for cause in CAUSES:
        hours, past = now.hours.get(cause, 0.0), before.hours.get(cause, 0.0)
        if not hours and not past:
            continue
        shown = (cause,) not in few
        found.append(
            Reason(
                cause, hours if shown else None, hours / total if shown and total else None,
                now.touched.get(cause, 0) if shown else None, None if (cause,) in young else past,
            )
        )  # fmt: skip
    return sorted(found, key=lambda one: (one.cause == "in_time", -(one.hours or 0.0), one.cause))


def _by_late(row: Row) -> tuple[float, float, tuple[str, ...]]:
    """The most late first, then the longest in one of ten."""
    assert row.tail is not None
    return (-row.tail.late, -(row.tail.p90 or 0.0), row.label)


def _curves(now: array[float], before: array[float]) -> tuple[tuple[float, ...], tuple[float, ...], tuple[float, ...]]:
    """Hours on a scale that grows by the same factor, and what share of each month's waits lasted longer."""
    longest = max([*now, *before], default=0.0)
    if longest <= 0:
        return (), (), ()
    hours = tuple(float(one) for one in np.geomspace(0.25, max(longest, 1.0), STEPS))
    found = []
    for those in (now, before):
        values = np.sort(np.frombuffer(those, dtype=np.float64)) if those else np.zeros(0)
        beyond = len(values) - np.searchsorted(values, hours, side="right")
        found.append(tuple(float(one) / len(values) for one in beyond) if len(values) else ())
    return hours, found[0], found[1]
