"""Whether what is denied takes as long as what is absent: `python -m tools.timing --minutes 4`.

An exchange is made in a temporary folder; an officer of an uninvolved service asks for what another service has
(denied) and for what nobody has (absent), by reference and by searching for a name, in pairs, which first by lot,
through the whole stack: middleware, session, policy, templates, database. Printed for each kind of thing: samples,
the means, and Welch's t of the processor's time (on SQLite the database's work is in it; waiting for other processes
is not) and of the clock's, over all samples and over the fastest nine tenths. Goal: |t| < 4.5, as Reparaz, Balasch
and Verbauwhede have it (dudect, 2017). `--plant` asks an address that fetches first and checks afterwards, and must
be seen. 1 where the goal is missed.

    python -m tools.timing --only report,search --pairs 10000 --beside 2000    the count before a release, and the plant

Nothing is collected as garbage and no officer is made while a request is timed: both cost more than what is looked for.
"""

from __future__ import annotations

import argparse
import gc
import json
import math
import os
import random
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import fmean, variance
from typing import Any

GOAL = 4.5
WARM = 30
FASTEST = 0.9
REPORTS = 60
COLLECTED_EVERY = 100
"""So many pairs, between two looks for garbage: within a request it would fall on one of a pair."""


def welch(left: Sequence[float], right: Sequence[float]) -> float:
    """Welch's t of two samples: how far apart their means are, in standard errors."""
    error = math.sqrt(variance(left) / len(left) + variance(right) / len(right))
    return (fmean(left) - fmean(right)) / error if error else 0.0


def cropped(values: Sequence[float], bar: float) -> list[float]:
    """The samples below the bar: what the machine did besides is mostly above it."""
    return [value for value in values if value <= bar]


def bar_of(values: Sequence[float], share: float = FASTEST) -> float:
    """The value that this share of all samples stays below."""
    return sorted(values)[int(share * (len(values) - 1))]


def new_house(folder: Path) -> None:
    """An installation for this measurement alone."""
    os.environ["PASSERELLE_DIR"] = str(folder)
    os.environ["DJANGO_SETTINGS_MODULE"] = "passerelle.server.settings"
    from click.testing import CliRunner

    from passerelle.cli import main

    told = CliRunner().invoke(main, ["init", "--dir", str(folder)])
    assert told.exit_code == 0, told.output


def world(reports: int) -> tuple[Any, dict[str, list[str]]]:
    """The officer who asks, and by kind the references of what they may not see."""
    from django.db.models import Model

    from passerelle.records import visibility, wall
    from passerelle.records.models import Delivery, Dossier, Duty, Match, Report
    from passerelle.testing import makers

    now = datetime.now(tz=UTC) - timedelta(hours=1)
    with wall.as_house():
        made = makers.exchange(now=now)
        known = makers.person("p", "Ferdinand Oosterlynck", birthDate=["1971-05-03"])
        makers.dossier(made["federal"], known, now=now, until=(now + timedelta(days=90)).date())
        for number in range(reports):
            strict = {} if number % 2 else {
                "handling": "consent", "handling_reason": "the source could be recognised",
                "handling_review_on": (now + timedelta(days=30)).date(),
            }  # fmt: skip
            makers.report(made["noord"], f"{number} Ferdinand Oosterlynck.", known, now=now, **strict)
        asker = makers.seat(made["stad"], "officer")
        kinds: dict[str, tuple[type[Model], Callable[[Any], Any]]] = {
            "report": (Report, visibility.reports), "dossier": (Dossier, visibility.dossiers),
            "duty": (Duty, visibility.duties), "delivery": (Delivery, visibility.deliveries),
            "match": (Match, visibility.matches),
        }  # fmt: skip
        denied = {kind: list(model.objects.values_list("ref", flat=True)) for kind, (model, _) in kinds.items()}  # type: ignore[attr-defined]
        assert not any(listed(asker).exists() for _, listed in kinds.values()), "the officer sees something of it"
    return asker, denied


def service(key: str) -> Any:
    """One of the services of the exchange."""
    from passerelle.records.models import Service

    return Service.objects.get(key=key)


def signed_in(asker: Any) -> Any:
    """A browser of this officer."""
    from django.test import Client

    client = Client()
    client.force_login(asker)
    return client


SEARCHED = {"denied": "Ferdinand Oosterlynck", "absent": "Valentino Uyttebroeck"}
"""Names of the same shape: one in whom others have an interest and of whom they hold reports, one that nobody knows."""

SEARCHES_OF_ONE = 100
"""Then another officer searches on: there is a quota."""


def searching(asker: Any) -> tuple[Callable[[str], Any], Callable[[], None]]:
    """Asks the search for a name, by one officer of this service after another; who is next is made beforehand."""
    from passerelle.flow import index
    from passerelle.testing import makers

    while index.follow(now=datetime.now(tz=UTC), limit=500):
        pass
    clients: list[Any] = []
    asked = [0]

    def whose_turn() -> None:
        if asked[0] >= SEARCHES_OF_ONE * len(clients):
            clients.append(signed_in(makers.officer(asker.service, "officer", now=datetime.now(tz=UTC))))
            clients[-1].get("/law")  # the first page of a session writes down that it is used

    def ask(question: str) -> Any:
        asked[0] += 1
        return clients[-1].post("/search", {"question": question, "purpose": "my_case"})

    return ask, whose_turn


def sample(
    client: Any, kind: str, known: Sequence[str], pairs: int, seed: int, asker: Any = None
) -> dict[str, list[float]]:
    """Seconds of each request: the processor's and the clock's, of what is denied and of what is absent."""
    from passerelle import ids

    search, whose_turn = searching(asker) if kind == "search" else (None, lambda: None)
    dice = random.Random(f"{seed}-{kind}")  # noqa: S311 (an order by lot, that can be repeated)
    place = "report" if kind == "planted" else kind
    found: dict[str, list[float]] = {name: [] for name in ("denied cpu", "denied clock", "absent cpu", "absent clock")}
    gc.disable()
    for number in range(pairs + WARM):
        asked = [("denied", dice.choice(known)), ("absent", ids.fresh_ref(place))] if search is None else [
            ("denied", ""), ("absent", "")
        ]  # fmt: skip
        dice.shuffle(asked)
        whose_turn()
        if number % COLLECTED_EVERY == 0:
            gc.collect()
            gc.freeze()
        for name, ref in asked:
            processor, clock = time.process_time(), time.perf_counter()
            answer = search(SEARCHED[name]) if search is not None else client.get(f"/{kind}/{ref}")
            processor, clock = time.process_time() - processor, time.perf_counter() - clock
            assert answer.status_code == (404 if search is None else 200), f"{name} {kind}: {answer.status_code}"
            if number >= WARM:
                found[f"{name} cpu"].append(processor)
                found[f"{name} clock"].append(clock)
    gc.enable()
    return found


def judged(kind: str, found: dict[str, list[float]]) -> dict[str, Any]:
    """What is printed of one kind."""
    row: dict[str, Any] = {"kind": kind, "samples": len(found["denied cpu"])}
    for meter in ("cpu", "clock"):
        denied, absent = found[f"denied {meter}"], found[f"absent {meter}"]
        bar = bar_of([*denied, *absent])
        row |= {
            f"denied_{meter}_us": round(fmean(denied) * 1e6, 1), f"absent_{meter}_us": round(fmean(absent) * 1e6, 1),
            f"t_{meter}": round(welch(denied, absent), 2),
            f"t_{meter}_fastest": round(welch(cropped(denied, bar), cropped(absent, bar)), 2),
        }  # fmt: skip
    row["within"] = all(abs(row[f"t_{meter}{part}"]) < GOAL for meter in ("cpu", "clock") for part in ("", "_fastest"))
    return row


def main(arguments: list[str] | None = None) -> int:
    """Measures each kind in turn; 1 where one is told apart, or the planted address is not."""
    said = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    said.add_argument("--minutes", type=float, default=4.0, help="in all, shared by the kinds")
    said.add_argument("--pairs", type=int, default=0, help="so many of each kind, however long it takes")
    said.add_argument("--only", default="", help="kinds, with commas between: report,search")
    said.add_argument("--beside", type=int, default=0, help="afterwards so many pairs of the planted address")
    said.add_argument("--seed", type=int, default=1)
    said.add_argument("--plant", action="store_true", help="an address that fetches first, which must be seen")
    said.add_argument("--json", action="store_true", dest="as_json")
    given = said.parse_args(arguments)
    with tempfile.TemporaryDirectory() as folder:
        new_house(Path(folder))
        from django.conf import settings

        settings.ALLOWED_HOSTS = ["testserver"]
        asker, denied = world(REPORTS)
        client, kinds = signed_in(asker), {**denied, "search": []}
        if unknown := {name for name in given.only.split(",") if name} - set(kinds):
            said.error(f"there is no kind {', '.join(sorted(unknown))}; there are: {', '.join(kinds)}")
        kinds = {kind: known for kind, known in kinds.items() if not given.only or kind in given.only.split(",")}
        if given.plant:
            settings.ROOT_URLCONF, kinds = "tools.planted", {"planted": denied["report"]}
        rows = []
        for kind, known in kinds.items():
            pairs = given.pairs or _pairs_in(given.minutes * 60 / len(kinds), client, kind, known, given.seed, asker)
            rows.append(judged(kind, sample(client, kind, known, pairs, given.seed, asker)))
            print(_line(rows[-1]), flush=True, file=sys.stderr if given.as_json else sys.stdout)
        if given.beside:
            settings.ROOT_URLCONF = "tools.planted"
            planted = judged("planted", sample(client, "planted", denied["report"], given.beside, given.seed, asker))
            print(_line(planted), flush=True, file=sys.stderr if given.as_json else sys.stdout)
    if given.as_json:
        counted = {row["kind"]: _figures(row) for row in rows}
        print(json.dumps({**counted, **({"planted": _figures(planted)} if given.beside else {})}))
    return 0 if all(row["within"] for row in rows) and not (given.beside and planted["within"]) else 1


def _pairs_in(seconds: float, client: Any, kind: str, known: Sequence[str], seed: int, asker: Any) -> int:
    """How many pairs of this kind there is time for."""
    started = time.perf_counter()
    sample(client, kind, known, WARM, seed, asker)
    return max(100, int(seconds / ((time.perf_counter() - started) / (2 * WARM))))


def _figures(row: dict[str, Any]) -> dict[str, Any]:
    """What is kept of one kind: pairs, and t by the processor and the clock, of all and of the fastest nine tenths."""
    return {"pairs": row["samples"], **{name: value for name, value in row.items() if name.startswith("t_")}}


def _line(row: dict[str, Any]) -> str:
    return (
        f"{row['kind']:9} {row['samples']:6} pairs; denied {row['denied_cpu_us']:.0f} µs, "
        f"absent {row['absent_cpu_us']:.0f} µs of the processor; "
        f"t {row['t_cpu']:+.2f} ({row['t_cpu_fastest']:+.2f} of the fastest), by the clock {row['t_clock']:+.2f} "
        f"({row['t_clock_fastest']:+.2f}): {'within' if row['within'] else 'TOLD APART'}"
    )


if __name__ == "__main__":
    sys.exit(main())
