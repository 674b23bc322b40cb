"""Says which tests are still running when one takes long, and ends one that takes twenty-five minutes.

A test that waits for ever took a whole CI run with it, and nobody could see which one it was. So: every two minutes the
tests that have been running for longer are named, with their seconds; and after `faulthandler_timeout` (pyproject.toml)
the process of such a test prints where each of its threads stands and ends, which fails that test and no other.
"""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Iterator

import pytest

SECONDS = float(os.environ.get("PASSERELLE_TESTS_SLOW_SECONDS", "120"))
"""How long a test runs before it is named, and how long until it is named again."""

_running: dict[str, float] = {}
_over = threading.Event()


def _says(told_to: int) -> None:
    while not _over.wait(SECONDS):
        now = time.monotonic()
        for test, began in sorted(_running.copy().items(), key=lambda one: one[1]):
            if now - began >= SECONDS:
                os.write(told_to, f"\nstill running after {now - began:.0f} s: {test}\n".encode())


@pytest.hookimpl(wrapper=True)
def pytest_runtestloop(session: pytest.Session) -> Iterator[None]:
    if not hasattr(session.config, "workerinput"):  # the process that hands out the tests hears of all of them
        told_to = os.dup(2)  # what a test prints is kept from this
        threading.Thread(target=_says, args=[told_to], daemon=True).start()
    try:
        return (yield)
    finally:
        _over.set()


def pytest_runtest_logstart(nodeid: str) -> None:
    _running[nodeid] = time.monotonic()


def pytest_runtest_logfinish(nodeid: str) -> None:
    _running.pop(nodeid, None)
