"""Skips tests whose PostgreSQL, browser or Spark is not there, saying how to run them; in CI a skip is a failure."""

from __future__ import annotations

import importlib.util
import os
import shutil
from collections.abc import Iterator

import pytest

WAYS_TO_RUN = {
    "postgres": (
        "No PostgreSQL was named. Run these with "
        "PASSERELLE_TEST_DATABASE_URL=postgres://user:password@host:port/name make test"
    ),
    "browser": "No browser was found. Run these after: apt-get install chromium",
    "spark": "No Java (or no pyspark) was found. Run these after: apt-get install openjdk-17-jre-headless",
}


def is_there(what: str) -> bool:
    """Whether this machine has `what`: a database server by its setting, a browser and Spark by the path."""
    if what == "postgres":
        return bool(os.environ.get("PASSERELLE_TEST_DATABASE_URL"))
    if what == "spark":
        return shutil.which("java") is not None and importlib.util.find_spec("pyspark") is not None
    return shutil.which("chromium") is not None


def must_run() -> bool:
    """Whether nothing that needs PostgreSQL, a browser or Spark may be skipped (.ci/run asks for it)."""
    return os.environ.get("PASSERELLE_CI_MUST_RUN") == "1"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for what, how in WAYS_TO_RUN.items():
        if not is_there(what):
            for item in items:
                if item.get_closest_marker(what):
                    item.add_marker(pytest.mark.skip(reason=how))


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Iterator[None]:
    report = yield
    if report.skipped and not hasattr(report, "wasxfail") and must_run():
        needed = [what for what in WAYS_TO_RUN if item.get_closest_marker(what)]
        if needed:
            report.outcome = "failed"
            report.longrepr = (
                f"{item.nodeid} was skipped, but PASSERELLE_CI_MUST_RUN=1 says that every test marked "
                f"{' or '.join(needed)} runs here. Make what it needs available, or unset the variable. "
                f"It was skipped because: {call_reason(report)}"
            )
    return report


def call_reason(report: pytest.TestReport) -> str:
    """The reason a skipped report carries."""
    return str(report.longrepr[-1]) if isinstance(report.longrepr, tuple) else str(report.longrepr)
