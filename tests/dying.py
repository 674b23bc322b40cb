"""A plugin under which every transaction of a verb dies before it succeeds, and whoever called it asks again.

`python -m pytest -p tests.dying tests/flow` runs tests that know nothing of it: a verb that dies leaves nothing, so
that all they say must hold as if it had never been begun. It dies at the first, second, fourth, eighth … visit of each
place: when the ledger's head is locked, when the rows have changed, when the lines stand. Where the environment names a
file in PASSERELLE_TEST_DEATHS, it says there how often each transaction was come to, and died.
"""

from __future__ import annotations

import functools
import json
import os
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

from passerelle.flow import commit_points

MOMENTS = commit_points.MOMENTS[:3]
"""What is committed stays: that somebody asks again then is a matter of `flow/once.py`, and of the simulation."""

visited: Counter[str] = Counter()
died: Counter[str] = Counter()


class Killed(BaseException):
    """The process dies here."""


def _reached(point: str, moment: str) -> None:
    place = f"{point} {moment}"
    visited[place] += 1
    if moment in MOMENTS and point in commit_points.known() and visited[place].bit_count() == 1:
        died[place] += 1
        raise Killed(place)


def _asked_again(verb: Callable[..., Any]) -> Callable[..., Any]:
    from django.db.models import Model

    @functools.wraps(verb)
    def until_it_returns(*given: Any, **named: Any) -> Any:
        rows = [one for one in (*given, *named.values()) if isinstance(one, Model)]
        while True:
            before = [(row, dict(vars(row)), dict(row._state.fields_cache)) for row in rows]
            try:
                return verb(*given, **named)
            except Killed:
                for row, said, at_hand in before:  # a new process has no more than it had read
                    vars(row).clear()
                    vars(row).update(said)
                    row._state.fields_cache = at_hand

    return until_it_returns


def pytest_collection_finish() -> None:
    again: dict[int, Callable[..., Any]] = {}
    for name in commit_points.known():
        module, _, verb = name.partition(".")
        written = getattr(import_module(f"passerelle.flow.{module}"), verb)
        again[id(written)] = _asked_again(written)
    for name, module in list(sys.modules.items()):
        if name.startswith(("passerelle", "tests")) and name != __name__:
            for word, value in list(vars(module).items()):
                if callable(value) and id(value) in again:
                    setattr(module, word, again[id(value)])


@pytest.fixture(autouse=True)
def _dies() -> Iterator[None]:
    with commit_points.watched(_reached):
        yield


def pytest_sessionfinish() -> None:
    where = os.environ.get("PASSERELLE_TEST_DEATHS")
    if where:
        Path(where).write_text(json.dumps({"visited": visited, "died": died}), encoding="utf-8")
