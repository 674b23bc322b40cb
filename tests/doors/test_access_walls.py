"""access_matrix on PostgreSQL: a sample of its cells, and what pages list with each of the two walls taken down.

The first wall is policy said as SQL (`records/visibility.py`), the second stands in the database. What a verb opens it
opens as the house, behind the first wall alone (decision 9): so the pages compared are those that list.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from django.db import connection, models, transaction
from django.test import Client

from passerelle.records import visibility, wall
from passerelle.records.models import Delivery, Dossier, Duty, Grant, Match, Notice, Officer, Reading, Report
from passerelle.testing import makers
from tests import figures
from tests.doors import test_access_matrix as matrix

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.skipif("connection.vendor != 'postgresql'", reason="SQLite has no policies on rows"),
]

counted: Counter[str] = Counter()


@pytest.fixture(scope="module", autouse=True)
def figures_are_kept() -> Iterator[None]:
    yield
    if counted:
        figures.keep("access_walls", **counted)

SAMPLE = ("noord.officer", "federal.desk", "stad.head")
READERS = ("noord.officer", "federal.head", "stad.desk", "stad.administrator")
LISTS: dict[str, type[models.Model]] = {
    "reports": Report, "dossiers": Dossier, "duties": Duty, "deliveries": Delivery, "matches": Match,
    "grants": Grant, "notices": Notice, "readings": Reading,
}  # fmt: skip
TOKEN = re.compile(
    r'name="csrfmiddlewaretoken" value="[^"]*"|data-asks="[^"]*"|<code>[^<]*</code>|<path [^>]*>|"token": "[^"]*"'
)


@pytest.fixture
def things(exchange: dict[str, Any]) -> dict[str, str]:
    made: dict[str, str] = matrix.things.__wrapped__(exchange)  # type: ignore[attr-defined]  # the fixture's function
    return made


def pages_that_list() -> list[str]:
    """Every route without a reference that can be read, as the house knows them: a new one is tried by itself."""
    reads = {name for name, rows in matrix.TABLE.items() if any(row[1] == "GET" for row in rows)}
    return sorted(address for name, address in matrix.routes().items() if name in reads and "%(" not in address)


def shown(exchange: dict[str, Any]) -> dict[tuple[str, str], str]:
    """What each reader is shown on each of these pages."""
    found = {}
    for seat in READERS:
        client: Client = matrix.signed_in(exchange, seat)
        for address in pages_that_list():
            undo = transaction.savepoint()
            answer = client.get(address)
            found[seat, address] = f"{answer.status_code} " + TOKEN.sub("", answer.content.decode())
            transaction.savepoint_rollback(undo)
    return found


def without_the_first(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every list forgets its filter, as a faulty change of ours would."""
    for name, model in LISTS.items():
        everything: Callable[[Officer], Any] = lambda officer, model=model: model.objects.all()  # noqa: E731
        monkeypatch.setattr(visibility, name, everything)  # bent: the wall is taken down, not mocked


def without_the_second() -> None:
    """Every policy lets all rows through, as a superuser would."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT tablename, policyname FROM pg_policies WHERE tablename LIKE 'records\\_%'")
        found = cursor.fetchall()
        assert len(found) > 15
        for table, policy in found:
            cursor.execute(f'ALTER POLICY "{policy}" ON "{table}" USING (true)')


def differing(one: dict[tuple[str, str], str], other: dict[tuple[str, str], str]) -> list[str]:
    return [f"{seat} {address}" for (seat, address), text in one.items() if text != other[seat, address]]


def test_access_matrix_a_sample_of_its_cells_on_postgresql(exchange: dict[str, Any], things: dict[str, str]) -> None:
    cells, wrong = matrix.tried(exchange, things, SAMPLE)
    counted["cells_on_postgresql"], counted["unexpected"] = cells, counted["unexpected"] + len(wrong)
    assert not wrong, "\n".join(wrong)
    assert cells > 240


def test_access_matrix_with_the_second_wall_down_a_stranger_gets_what_the_table_says(
    exchange: dict[str, Any], things: dict[str, str]
) -> None:
    without_the_second()
    cells, wrong = matrix.tried(exchange, things, SAMPLE[-1:])
    counted["cells_of_a_stranger_without_the_second_wall"] = cells
    counted["unexpected"] += len(wrong)
    assert not wrong, "\n".join(wrong)
    assert cells > 80


def test_each_wall_alone_shows_every_reader_the_same_lists_and_with_both_down_they_leak(
    exchange: dict[str, Any], things: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    moment = datetime.now(tz=UTC)
    monkeypatch.setattr("django.utils.timezone.now", lambda: moment)
    both = shown(exchange)
    assert len(pages_that_list()) > 15 and len(both) > 60
    undo = transaction.savepoint()
    without_the_second()
    first_alone = shown(exchange)
    transaction.savepoint_rollback(undo)
    with monkeypatch.context() as planted:
        without_the_first(planted)
        second_alone = shown(exchange)
        without_the_second()
        neither = shown(exchange)
    assert differing(both, first_alone) == []
    assert differing(both, second_alone) == []
    seen = differing(both, neither)
    counted["lists_shown"] = len(both)
    counted["lists_that_differ_without_the_second_wall"] = len(differing(both, first_alone))
    counted["lists_that_differ_without_the_first_wall"] = len(differing(both, second_alone))
    counted["lists_that_differ_without_either"] = len(seen)
    for seat in ("stad.desk", "noord.officer", "federal.head"):
        leaks = [where for where in seen if where.startswith(f"{seat} ")]
        assert len(leaks) > 1, f"a leak that nobody would notice: {leaks}"


def test_the_house_itself_sees_everything_so_the_comparison_is_of_walls_and_not_of_empty_tables(
    exchange: dict[str, Any], things: dict[str, str]
) -> None:
    for model in LISTS.values():
        with wall.as_house():
            rows = model.objects.count()
        with wall.as_reader(makers.seat(exchange["stad"], "desk")):
            assert rows > model.objects.count(), model.__name__
