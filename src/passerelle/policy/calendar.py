"""Working days of a place: its weekends, its public holidays with Easter computed, and its clock."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import cache, lru_cache
from pathlib import Path
from zoneinfo import ZoneInfo

from passerelle.errors import Refused
from passerelle.policy.tables import DATA_FOLDER, rows, wrong
from passerelle.words import sentence

SATURDAY = 5


@dataclass(frozen=True, slots=True)
class Holiday:
    """A day nobody works, and the place that keeps it: a month and a day, so many days after Easter Sunday, or the last
    such weekday (`weekday`, 0 for Monday) before a month and a day. From the year `since`, or in the years `only`."""

    id: str
    name: str
    place: str
    month: int | None
    day: int | None
    days_after_easter: int | None
    weekday: int | None
    since: int
    only: tuple[int, ...]

    def kept_in(self, year: int) -> bool:
        """Whether it was, or is, a holiday in `year`."""
        return year in self.only if self.only else year >= self.since

    def in_year(self, year: int) -> date:
        """The date on which it falls in `year`."""
        if self.days_after_easter is not None:
            return easter_sunday(year) + timedelta(days=self.days_after_easter)
        assert self.month is not None
        assert self.day is not None
        given = date(year, self.month, self.day)
        if self.weekday is None:
            return given
        return given - timedelta(days=(given.weekday() - self.weekday - 1) % 7 + 1)


@dataclass(frozen=True, slots=True)
class Calendar:
    """The working days of one or more places on one clock. Saturdays and Sundays are never working days."""

    zone: ZoneInfo
    holidays: tuple[Holiday, ...]

    def is_working_day(self, day: date) -> bool:
        """Is it neither a weekend nor a public holiday?"""
        return day.weekday() < SATURDAY and day not in _dates(self.holidays, day.year)

    def next_working_day(self, day: date) -> date:
        """The first working day after `day`."""
        day += timedelta(days=1)
        while not self.is_working_day(day):
            day += timedelta(days=1)
        return day

    def after_working_days(self, moment: datetime, count: int) -> datetime:
        """`count` working days after `moment`, at the same time by the clock on the wall; in UTC.

        What comes in on a weekend or a holiday counts as come in when the next working day begins: one working day
        after a Saturday ends at midnight of Monday to Tuesday. A clock time that daylight saving skips is read an hour
        later, one that it repeats is read the first time.
        """
        local = moment.astimezone(self.zone)
        day, clock = local.date(), local.time()
        if not self.is_working_day(day):
            day, clock = self.next_working_day(day), time()
        for _ in range(count):
            day = self.next_working_day(day)
        return datetime.combine(day, clock.replace(fold=0), tzinfo=self.zone).astimezone(UTC)


def easter_sunday(year: int) -> date:
    """Easter Sunday of the Gregorian calendar, any year from 1583.

    The anonymous method of 1876, as in J. Meeus, Astronomical Algorithms, chapter 8.
    """
    golden = year % 19
    century, of_century = divmod(year, 100)
    leap, rest = divmod(century, 4)
    correction = (century - (century + 8) // 25 + 1) // 3
    epact = (19 * golden + century - leap - correction + 15) % 30
    quarter, remainder = divmod(of_century, 4)
    weekday = (32 + 2 * rest + 2 * quarter - epact - remainder) % 7
    late = (golden + 11 * epact + 22 * weekday) // 451
    month, day = divmod(epact + weekday - 7 * late + 114, 31)
    return date(year, month, day + 1)


ZONES: dict[str, str] = {
    "be": "Europe/Brussels", "lu": "Europe/Luxembourg", "nl": "Europe/Amsterdam", "fr": "Europe/Paris",
    "de": "Europe/Berlin",
}  # fmt: skip
"""The countries whose holidays are shipped, each with its clock."""


class UnknownPlace(Refused):
    """A place whose holidays are not shipped."""

    code = "calendar.unknown_place"


@cache
def of_place(place: str) -> Calendar:
    """The calendar of a country (`be`) or of a part of it (`be-vlg`, `de-by`), which keeps the country's days too.
    Raises UnknownPlace."""
    if place not in places():
        raise UnknownPlace(
            sentence("The holidays of “{place}” are not known.", place=place),
            way_out=sentence("Use one of: {known}.", known=", ".join(places())),
        )
    country = place.split("-")[0]
    return load(DATA_FOLDER / f"holidays_{country}.yaml", places=(country, place), zone=ZONES[country])


def of_service(place: str) -> Calendar:
    """The calendar by which a service counts, from the place that its row names; empty: Belgium's.

    A place that is known no more, as in a house that an earlier release made, leaves no duty without a clock: only
    weekends are left out then, so that nothing is due later than the law of that place would have it.
    """
    if not place:
        return belgium()
    return of_place(place) if place in places() else Calendar(ZoneInfo(ZONES["be"]), ())


@cache
def places() -> tuple[str, ...]:
    """Every place whose holidays are shipped, and those that keep no day of their own: some Länder, and Brussels."""
    found = set(ZONES) | {f"de-{land}" for land in LAENDER} | {"be-bru"}
    for country in ZONES:
        for row in rows(DATA_FOLDER / f"holidays_{country}.yaml", "holidays", required={"place": str, "says": str}):
            found.add(row["place"])
    return tuple(sorted(found))


LAENDER = ("bb", "be", "bw", "by", "hb", "he", "hh", "mv", "ni", "nw", "rp", "sh", "sl", "sn", "st", "th")
"""The sixteen Länder, after ISO 3166-2:DE."""


@cache
def belgium(places: tuple[str, ...] = ("be",), zone: str = "Europe/Brussels") -> Calendar:
    """Belgium's calendar; `places` adds the days of its communities: be-vlg, be-wal, be-deg."""
    return load(DATA_FOLDER / "holidays_be.yaml", places=places, zone=zone)


def load(path: Path, *, places: tuple[str, ...], zone: str) -> Calendar:
    """The calendar of `places` from a table of holidays. Raises WrongTable for a row without a date."""
    found = []
    for row in rows(path, "holidays", required={"place": str, "says": str}):
        before = row.get("before")
        dated = row if before is None else before
        month, day, after = dated.get("month"), dated.get("day"), row.get("easter")
        if (after is None) == (month is None or day is None):
            raise wrong(path, f"row {row['id']} needs either a month and a day, or days after Easter")
        if row["place"] in places:
            weekday = None if before is None else before.get("weekday")
            since, only = row.get("since", 0), tuple(row.get("only", ()))
            found.append(Holiday(row["id"], row["says"], row["place"], month, day, after, weekday, since, only))
    return Calendar(ZoneInfo(zone), tuple(found))


@lru_cache(maxsize=256)
def _dates(holidays: tuple[Holiday, ...], year: int) -> frozenset[date]:
    return frozenset(holiday.in_year(year) for holiday in holidays if holiday.kept_in(year))
