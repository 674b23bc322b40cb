"""Which version made the tables that stand in a database, read off the steps recorded there."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django.db.migrations.loader import MigrationLoader

Step = tuple[str, str]
"""(application, name) of a step, as the database records it once it was taken."""


def missing_between(taken: Iterable[Step]) -> list[str]:
    """The steps that tables lack which stopped within a row of steps that is now one: none may be missing, or all.

    A database made by all of them goes on; what a half of them made cannot be brought up any more.
    """
    there = set(taken)
    gaps = []
    for steps in _now_one().values():
        if there & set(steps):
            gaps += [name for _app, name in steps if (_app, name) not in there]
    return gaps


def known(taken: Iterable[Step]) -> tuple[list[Step], list[Step]]:
    """Those of these steps, in their order, that this version has (by the name they have now), and those it has not."""
    now_called = {step: key for key, steps in _now_one().items() for step in steps}
    on_disk = set(_on_disk())
    ours: list[Step] = []
    others: list[Step] = []
    for step in taken:
        called = now_called.get(step, step)
        if called not in on_disk:
            others.append(step)
        elif called not in ours:
            ours.append(called)
    return ours, others


def _now_one() -> Mapping[Step, list[Step]]:
    return {key: list(step.replaces) for key, step in _on_disk().items() if step.replaces}


def _on_disk() -> Mapping[Step, Any]:
    loader = MigrationLoader(None, load=False)
    loader.load_disk()
    return loader.disk_migrations
