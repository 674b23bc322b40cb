"""What every test stands on: after each one that touched the tables, the folded ledger must equal them."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest


@pytest.fixture(autouse=True)
def the_next_test_finds_the_same_surroundings() -> Iterator[None]:
    """A command that runs within a test says which folder is open; the next test finds that of before again."""
    before = {name: value for name, value in os.environ.items() if name.startswith("PASSERELLE_")}
    yield
    for name in [name for name in os.environ if name.startswith("PASSERELLE_") and name not in before]:
        del os.environ[name]
    os.environ.update(before)


@pytest.fixture(autouse=True)
def replay_equals_reality(request: pytest.FixtureRequest) -> Iterator[None]:
    """After each test with a database: fold the ledger from its first line, and compare it with the tables."""
    uses_tables = request.node.get_closest_marker("django_db") is not None or "db" in request.fixturenames
    if not uses_tables:
        yield
        return
    request.getfixturevalue("db" if "transactional_db" not in request.fixturenames else "transactional_db")
    from passerelle.records import wall

    with wall.as_house():  # on PostgreSQL a test sees every row; what a page is asked it reads as its reader
        yield
        if request.node.get_closest_marker("ledger_is_bent") is None:
            _compare()


def _compare() -> None:
    from passerelle.flow import ledger_lines, lessons_kept
    from passerelle.records import checks
    from passerelle.replay import diff, fold

    found = diff.differences(fold.fold(ledger_lines.entries()), checks.plain_rows())
    assert not found, "the folded ledger does not equal the tables:\n" + "\n".join(map(str, found[:20]))
    months = lessons_kept.differences()
    assert not months, f"what is kept of {', '.join(months)} is not what the ledger tells when it is read again"


@pytest.fixture
def own_keys(settings: Any, tmp_path: Path) -> Iterator[Path]:
    """A ring of this test's own, so that nothing it does to it reaches another."""
    from passerelle import keyring
    from passerelle.records import sealed

    settings.KEYS_FILE = tmp_path / keyring.FILE_NAME
    keyring.make().write(settings.KEYS_FILE)
    sealed.forget_keys()
    yield settings.KEYS_FILE
    sealed.forget_keys()


@pytest.fixture(autouse=True)
def the_next_test_finds_the_same_keys() -> Iterator[None]:
    """Whoever turns a key does it on a ring of their own (`own_keys`): by another key of the index, nothing meets that
    an earlier test, or another one beside it, filed."""
    from django.conf import settings

    shared = Path(settings.KEYS_FILE)
    before = shared.read_bytes()
    yield
    assert shared.read_bytes() == before, "the keys of all tests were changed; take the fixture own_keys"


@pytest.fixture
def exchange(db: Any) -> Any:
    """The invented exchange of `passerelle.testing.makers`: services by key."""
    from passerelle.testing import makers

    return makers.exchange()
