"""Which counts may be told to everybody: none that is small, and none from which a small one could be found again."""

from __future__ import annotations

from collections.abc import Mapping, Sequence, Set

SMALL_NUMBER = 5
"""Below this a count says something about single cases, and is not shown; none at all is shown."""


def told(
    rows: Sequence[Mapping[str, int]],
    part_of: Mapping[str, str],
    own: Sequence[Sequence[Mapping[str, int]]] = (),
) -> list[dict[str, int | None]]:
    """The counts of these rows by column, None where one is not told. `part_of` says of which other column a column
    counts a part, wholes before their parts. `own`: for each row, what each single reader knows of it as their own.

    A count is hidden where it, what is left of its whole, or what is left of it without a reader's own, is small
    (primary), and with a whole its parts. Where a
    column hides some, it hides the next smallest too until two or more are hidden which together are no small number:
    who knows the sum of all learns no single one (secondary suppression; Eurostat, Handbook on Statistical Disclosure
    Control, 2010, chapter 4).
    """
    columns = list(rows[0]) if rows else []
    hidden: dict[str, set[int]] = {}
    for column in sorted(columns, key=lambda name: _depth(name, part_of)):
        whole = part_of.get(column)
        hides = set(hidden.get(whole, ())) if whole is not None else set()
        for number, row in enumerate(rows):
            left = row[whole] - row[column] if whole is not None else 0
            few = _small(row[column]) or _small(left)
            for mine in own[number] if own else ():
                theirs = row[column] - mine.get(column, 0)
                beside_it = row[whole] - mine.get(whole, 0) - theirs if whole is not None else 0
                few = few or _small(theirs) or _small(beside_it)
            if few:
                hides.add(number)
        beside = sorted((row[column], number) for number, row in enumerate(rows) if number not in hides and row[column])
        for _, number in beside:
            if not hides or (len(hides) > 1 and sum(rows[one][column] for one in hides) >= SMALL_NUMBER):
                break
            hides.add(number)
        hidden[column] = hides
    return [
        {column: None if number in hidden[column] else row[column] for column in columns}
        for number, row in enumerate(rows)
    ]


def parts_hidden(
    parts: Sequence[Mapping[str, int]],
    primary: Set[int],
    whole_is_told: bool,
    own: Sequence[Mapping[int, Mapping[str, int]]] = (),
) -> set[int]:
    """Which parts of a published whole are not told beside it: those of `primary`, those with a small count in any
    column, and so many more, smallest first, that what is left of the whole without those that are told is no small
    number, nor is it for a reader who knows their own (`own`: for each reader, by part, their counts).

    Where the whole itself is not told no part is, for they would give it back.
    """
    if not whole_is_told:
        return set(range(len(parts)))
    hides = {number for number, part in enumerate(parts) if number in primary or any(map(_small, part.values()))}
    columns = list(parts[0]) if parts else []
    beside = sorted((sum(part.values()), number) for number, part in enumerate(parts) if number not in hides)
    for _, number in beside:
        if not any(_gives_back(parts, hides, column, own) for column in columns):
            break
        hides.add(number)
    return hides


def _gives_back(
    parts: Sequence[Mapping[str, int]], hides: Set[int], column: str, own: Sequence[Mapping[int, Mapping[str, int]]]
) -> bool:
    """Whether somebody who subtracts what is told from the whole of a column finds a small number."""
    left = sum(parts[number][column] for number in hides)
    known = (sum(mine[number].get(column, 0) for number in hides if number in mine) for mine in own)
    return _small(left) or any(_small(left - mine) for mine in known)


def _depth(column: str, part_of: Mapping[str, str]) -> int:
    depth = 0
    while column in part_of:
        column, depth = part_of[column], depth + 1
    return depth


def _small(count: int) -> bool:
    return 0 < count < SMALL_NUMBER
