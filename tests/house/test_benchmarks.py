"""House rules on measurements: the page is made of the committed results, each row has one, and none names a person."""

from __future__ import annotations

import importlib
import json
import re
import sys
from collections.abc import Iterator
from typing import Any

import pytest

from benchmarks import all as every
from benchmarks import one, page, peers
from benchmarks.measures import ROWS
from passerelle.errors import Refused
from tests.house.source import ROOT
from tests.house.test_locks import HOST, PIN

WORDS = re.compile(r"[A-Za-z0-9 .,:;()%≥≤<>*/+'’“”`…–\-_=&@®#]*")


def texts(value: Any) -> Iterator[str]:
    """Every text within a result."""
    if isinstance(value, dict):
        for inside in value.values():
            yield from texts(inside)
    elif isinstance(value, list):
        for inside in value:
            yield from texts(inside)
    elif isinstance(value, str):
        yield value


def test_the_page_of_benchmarks_is_made_of_the_committed_results_and_of_nothing_else() -> None:
    results = page.results()
    text = page.PAGE.read_text(encoding="utf-8")
    assert page.page(results) == text, "docs/benchmarks.md is not what the results say. Instead: make bench."

    bent = json.loads(json.dumps(results))
    row = next(one for one in ROWS if "figures" in bent.get(one.key, {}))
    halves = bent[row.key]["figures"][row.measures[0].key]["passerelle"]
    next(iter(halves.values()))["value"] += 0.25
    assert page.page(bent) != text, "a figure changed and the page did not"


def test_each_agreed_measure_has_a_figure_or_the_reason_why_not() -> None:
    results = page.results()
    assert set(results) <= {row.key for row in ROWS}, "a result of no row. Instead: git rm it."
    for row in ROWS:
        assert row.key in results, f"{row.key} was never measured. Instead: python -m benchmarks.all --only {row.key}"
        result = results[row.key]
        assert re.fullmatch(r"\d{4}-\d\d-\d\d", result["date"])
        if "why_not" in result:
            assert len(result["why_not"].split()) > 5, f"{row.key} does not say why it was not measured."
            continue
        assert {"processor", "cores", "memory_gb", "python"} <= set(result["machine"])
        assert "passerelle" in result["versions"]
        goals = [measure.key for measure in row.measures if measure.goal is not None]
        told = " ".join((*result["missing"], *result["notes"]))
        bare = [key for key in goals if "passerelle" not in result["figures"].get(key, {}) and not told]
        assert not bare, f"{row.key} has no figure of ours for {bare}, and no word why."


def test_each_row_can_be_run_and_says_what_it_was_tuned_on() -> None:
    assert len({row.key for row in ROWS}) == len(ROWS)
    for row in ROWS:
        assert callable(importlib.import_module(row.module).figures)
        assert len(row.tuned_on.split()) >= 3, f"{row.key} does not say what it was tuned on."


def test_results_hold_figures_and_no_names_of_persons() -> None:
    assert not WORDS.fullmatch("كريم"), "the rule would let a name in its own script through"
    for key, result in page.results().items():
        odd = [text for text in texts(result) if not WORDS.fullmatch(text)]
        assert not odd, f"{key} holds {odd}."
        for whose in result.get("figures", {}).values():
            for halves in whose.values():
                for figure in halves.values():
                    assert set(figure) <= {"value", "cases", "said"}
                    said = figure.get("said", "")
                    assert len(said.split()) <= 4, f"{key}: {said} is more than a method and its bar"


def test_what_is_written_of_a_failure_names_no_path_of_the_machine() -> None:
    said = every.without_paths("No such file: '/srv/of/somebody/names.csv', see contrib/checks.yml and nl/fr/de.")
    assert said == "No such file: '…/names.csv', see contrib/checks.yml and nl/fr/de."


def test_the_lock_of_the_peers_is_pinned_and_hashed_and_names_no_host() -> None:
    text = (ROOT / "benchmarks" / "requirements-peers.lock").read_text(encoding="utf-8")
    assert not HOST.search(text), "the lock names a host. Instead: compile it with no registry option set."
    blocks = [block for block in re.split(r"(?m)^(?=[a-z0-9])", text) if re.match(r"[a-z0-9]", block)]
    assert {"nomenklatura", "splink", "rapidfuzz", "doublemetaphone"} <= {PIN.match(block)[1] for block in blocks}  # type: ignore[index]
    assert all("--hash=sha256:" in block for block in blocks)


@pytest.mark.parametrize(("named", "says"), [("/usr/bin/true", "is no Python"), ("/nowhere/python", "no interpreter")])
def test_peers_that_are_no_python_are_refused_before_anything_is_measured(named: str, says: str) -> None:
    with pytest.raises(Refused, match=says):
        one.measured("link", None, named, "2026-11-22")
    assert not peers.imports(named, "splink")
    assert peers.imports(sys.executable, "json") and not peers.imports(sys.executable, "no_such_module")
