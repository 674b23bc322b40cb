"""How many watches one may have, of how many subjects, for how long; how often one may ask and search."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path

from passerelle.errors import Refused
from passerelle.policy.tables import DATA_FOLDER, rows
from passerelle.words import Sentence, sentence


class QuotaExceeded(Refused):
    """More than the table of quotas allows."""

    code = "quota.exceeded"


@dataclass(frozen=True, slots=True)
class Quota:
    """The most of something, and by which source."""

    most: int
    says: Sentence
    source: str


@cache
def quotas(path: Path = DATA_FOLDER / "quotas.yaml") -> dict[str, Quota]:
    """The quotas by name."""
    return {
        row["id"]: Quota(row["most"], Sentence(row["says"]), row["source"])
        for row in rows(path, "quotas", required={"most": int, "says": str})
    }


def within(name: str, count: int) -> None:
    """Raises QuotaExceeded when `count` is more than the quota `name` allows."""
    quota = quotas()[name]
    if count > quota.most:
        raise QuotaExceeded(
            sentence(
                "{count} are asked for; at most {most} are allowed: {says}.",
                count=count,
                most=quota.most,
                says=quota.says,
            ),
            way_out=sentence("End what is no longer needed, or ask for less."),
        )


def busiest(moments: Iterable[datetime], window: timedelta) -> tuple[int, datetime | None]:
    """The most of these moments that lie within one window, and the last of them; (0, None) for none."""
    found = sorted(moments)
    most, last, begin = 0, None, 0
    for end, moment in enumerate(found):
        while found[begin] <= moment - window:
            begin += 1
        if end - begin + 1 > most:
            most, last = end - begin + 1, moment
    return most, last
