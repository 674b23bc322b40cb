"""Which counts may be told to everybody: none that is small, and none from which a small one could be found again."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

SMALL_NUMBER = 5
"""Below this a count says something about single cases, and is not shown; none at all is shown."""


def told(rows: Sequence[Mapping[str, int]], part_of: Mapping[str, str]) -> list[dict[str, int | None]]:
    """The counts of these rows by column, None where one is not told. `part_of` says of which other column a column
    counts a part, wholes before their parts.

    A count is hidden where it, or what is left of its whole, is small (primary), and with a whole its parts. Where a
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
            if _small(row[column]) or _small(left):
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


def _depth(column: str, part_of: Mapping[str, str]) -> int:
    depth = 0
    while column in part_of:
        column, depth = part_of[column], depth + 1
    return depth


def _small(count: int) -> bool:
    return 0 < count < SMALL_NUMBER
