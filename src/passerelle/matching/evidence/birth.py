"""What two birth dates say, knowing how dates slip: day and month swapped, a year off, 1 January for unknown."""

from __future__ import annotations

import contextlib
import math
import re
from collections.abc import Sequence
from datetime import date
from functools import lru_cache, partial

from passerelle.matching.commonness import Commonness
from passerelle.matching.evidence.finding import Evidence, weights
from passerelle.matching.subject import Subject
from passerelle.words import Day, Fact, noop, sentence

Date = tuple[int, int, int]
"""Year, month, day; 0 where unknown. A month below 0 says that the year is approximate, give or take so many years."""

CIRCA = 2
"""*Circa 1965* is so many years more or less; a decade (*1960s*, `196X`) is its middle, five more or less."""
SPAN_MAX = 10
"""A span of more years to either side says nothing."""

_YEAR_FIRST = re.compile(r"^(\d{4})(?:[-/.](\d{1,2})(?:[-/.](\d{1,2}))?)?(?:t.*)?$")
_DAY_FIRST = re.compile(r"^(\d{1,2})[-/. ](\d{1,2})[-/. ](\d{4})$")
_APPROXIMATE = re.compile(
    r"(?<![^\W\d])(?:circa|zirka|ca?|approx\w*|about|around|estimated|vers|env|environ|omstreeks|rond|ongeveer|omtrent|um|"
    r"etwa|gegen|ungefähr)(?![^\W\d_])|\d[~?%]"
)
_OPEN = re.compile(r"(?<!\w)(?:before|after|avant|après|apres|voor|vóór|na|vor|nach)(?!\w)|^(?:\.\.)?/|/(?:\.\.)?$")
_DECADE = re.compile(r"(?<!\d)(\d{3})(?:0\s?(?:['’]?s|er|er jahre)|[xu])(?!\w)")
"""The words of the four languages, and the signs of EDTF (ISO 8601-2:2019): `1965~`, `1960/1965`, `196X`."""
_MONTHS = {
    name: number
    for number, names in enumerate(
        (
            "jan januari janvier januar january",
            "feb februari février fevrier februar february",
            "mar maart mars märz maerz march mrt",
            "apr april avril",
            "may mei mai",
            "jun juni juin june",
            "jul juli juillet july",
            "aug augustus août aout august",
            "sep sept september septembre",
            "oct okt oktober octobre october",
            "nov november novembre",
            "dec dez december décembre decembre dezember",
        ),
        1,
    )
    for name in names.split()
}


@lru_cache(maxsize=65536)
def read(text: str) -> Date | None:
    """A date as year, month and day, 0 where unknown: `1987-03-02`, `2/3/1987` (day first), `circa 1987`, `1960/1965`.

    None where no year can be read, or only that it was before or after one.
    """
    text = text.strip().lower()
    found = _YEAR_FIRST.match(text)
    if found:
        return int(found[1]), int(found[2] or 0), int(found[3] or 0)
    found = _DAY_FIRST.match(text)
    if found:
        day, month = int(found[1]), int(found[2])
        return (int(found[3]), month, day) if month <= 12 else (int(found[3]), day, month)
    decade = _DECADE.search(text)
    if decade:
        return int(decade[1]) * 10 + 5, -5, 0
    words = re.findall(r"[^\W\d_]+|\d+", text)
    years = [int(word) for word in words if len(word) == 4 and word.isdigit() and 1800 < int(word) < 2200]
    if not years or _OPEN.search(text):
        return None
    year = years[0]
    if len(years) > 1 and max(years) != min(years):
        half = -(-(max(years) - min(years)) // 2)
        return (min(years) + half, -half, 0) if half <= SPAN_MAX else None
    if _APPROXIMATE.search(text):
        return year, -CIRCA, 0
    month = next((_MONTHS[word] for word in words if word in _MONTHS), 0)
    day = next((int(word) for word in words if word.isdigit() and len(word) <= 2 and 1 <= int(word) <= 31), 0)
    return year, month, day if month else 0


def of(left: Subject, right: Subject, commonness: Commonness | None) -> list[Evidence]:
    """The best pair of the dates on both sides; nothing when a side has none."""
    ours, theirs = dates(left), dates(right)
    if not ours or not theirs:
        return []
    bits, why, one, two = best(ours, theirs)
    return [Evidence("birth", bits, partial(sentence, why, **_facts(why, one, two)))]


def dates(subject: Subject) -> tuple[Date, ...]:
    """The birth dates of a subject that can be read."""
    return tuple(date for text in subject.values("birthDate") if (date := read(text)))


def best(ours: Sequence[Date], theirs: Sequence[Date]) -> tuple[float, str, Date, Date]:
    """The bits of the pair of dates that says most, its sentence, and the two dates; each side has one at least."""
    bits, why, one, two = max(
        ((*between(one, two), one, two) for one in ours for two in theirs), key=lambda found: found[0]
    )
    if why in {YEAR_ONLY, YEAR_NEAR, MONTH_ONLY}:  # a span of years meets many: each doubling costs a bit
        years = max(len({date[0] for date in ours}), len({date[0] for date in theirs}))
        bits = bits if years <= 3 else max(0.0, bits - math.log2(years))
    return bits, why, one, two


SAME = noop("The birth dates are the same, {left}.")
SAME_UNSURE = noop("The birth dates are the same, {left}; the first of January often stands for an unknown day.")
SWAPPED = noop("The birth dates {left} and {right} have day and month swapped.")
YEAR_OFF = noop("The birth dates {left} and {right} are one year apart, with the same day and month.")
DIGIT = noop("The birth dates {left} and {right} differ in one digit.")
YEAR_ONLY = noop("The year of birth is the same in {left} and {right}; one side knows no more.")
MONTH_ONLY = noop("Year and month of birth are the same in {left} and {right}; one side knows no more.")
SPAN = noop("The years of birth {left} and {right} may agree: one of them is approximate.")
YEAR_NEAR = noop("{left} and {right} are a year apart, and one side knows the year alone.")
SAME_YEAR = noop("The birth dates {left} and {right} have only the year in common.")
SAME_MONTH = noop("The birth dates {left} and {right} have year and month in common.")
APART = noop("The birth dates {left} and {right} are different.")


def between(left: Date, right: Date) -> tuple[float, str]:
    """Bits and the sentence for two dates."""
    weigh: dict[str, float] = weights()["birth"]
    if left == right and left[1] and left[2]:
        if left[1:] == (1, 1):
            return weigh["same_first_of_january"], SAME_UNSURE
        return weigh["same"], SAME
    gap = abs(left[0] - right[0])
    about = max(0, -left[1]) + max(0, -right[1])
    if about:
        if gap <= about:
            return max(0.0, weigh["year_same_only"] - math.log2(1 + 2 * about)), SPAN
        return (0.0 if gap == about + 1 else weigh["near"] if gap <= about + 3 else weigh["apart"]), APART
    vague = not left[1] or not right[1] or left[1:] == (1, 1) or right[1:] == (1, 1)
    if vague:
        if gap == 0:
            return weigh["year_same_only"], YEAR_ONLY
        if gap == 1:
            return weigh["year_near"], YEAR_NEAR
        return (weigh["near"], APART) if gap == 2 else (weigh["apart"], APART)
    if not left[2] or not right[2]:
        if gap == 0 and left[1] == right[1]:
            return weigh["month_same"], MONTH_ONLY
        return (weigh["same_year"], SAME_YEAR) if gap == 0 else (weigh["apart"], APART)
    if gap == 0 and left[1:] == (right[2], right[1]):
        return weigh["swapped"], SWAPPED
    if left[1:] == right[1:]:
        if gap == 1:
            return weigh["year_one_off"], YEAR_OFF
        if gap == 10 or _one_digit(left, right):
            return weigh["one_digit"], DIGIT
        return weigh["near"], APART
    if _one_digit(left, right):
        return weigh["one_digit"], DIGIT
    if gap == 0:
        return (weigh["same_month"], SAME_MONTH) if left[1] == right[1] else (weigh["same_year"], SAME_YEAR)
    return (weigh["near"], APART) if gap <= 1 else (weigh["apart"], APART)


def years(date: Date) -> range:
    """The years that a date may be in."""
    return range(date[0] + min(0, date[1]), date[0] - min(0, date[1]) + 1)


def _one_digit(left: Date, right: Date) -> bool:
    one, two = f"{left[0]:04}{left[1]:02}{left[2]:02}", f"{right[0]:04}{right[1]:02}{right[2]:02}"
    return sum(a != b for a, b in zip(one, two, strict=True)) == 1


def _written(date: Date) -> str:
    year, month, day = date
    if month < 0:
        return f"{year + month}–{year - month}"
    return f"{year}-{month:02}-{day:02}" if day else f"{year}-{month:02}" if month else str(year)


def _facts(why: str, left: Date, right: Date) -> dict[str, Fact]:
    """A date that is shared, in the reader's words; two that differ, as they were recorded: where, is to be seen."""
    if why in (SAME, SAME_UNSURE):
        with contextlib.suppress(ValueError):  # the thirtieth of February was recorded
            return {"left": Day(date(*left))}
    return {"left": _written(left), "right": _written(right)}
