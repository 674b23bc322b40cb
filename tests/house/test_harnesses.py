"""House rules on the harnesses: each that is named exists, the page shows what they counted, and no more."""

from __future__ import annotations

import ast
import json

import pytest

from tests.house.source import ROOT
from tools import harnesses, pages

PAGE = ROOT / "docs" / "reliability.md"


def test_the_page_shows_what_the_harnesses_counted() -> None:
    text = PAGE.read_text(encoding="utf-8")
    assert pages.rewritten(text) == text, "docs/reliability.md is behind. Instead: make docs"
    assert "<!-- written by make docs: harnesses -->" in text


def test_what_was_kept_is_of_a_harness_that_there_is_and_says_when_it_ran() -> None:
    names = {one.name for one in harnesses.HARNESSES}
    kept = harnesses.kept()
    assert kept and set(kept) <= names, f"{set(kept) - names} is no harness any more. Instead: take it out of the file."
    for name, one in kept.items():
        assert set(one) == {"on", "processor_seconds", "counted"} and one["counted"], name


@pytest.mark.parametrize("harness", harnesses.HARNESSES, ids=lambda one: one.name)
def test_each_harness_is_there_and_a_test_keeps_its_figures(harness: harnesses.Harness) -> None:
    if harness.runs[0] == "-m":
        assert (ROOT / harness.runs[1].replace(".", "/")).with_suffix(".py").exists()
        return
    tree = ast.parse((ROOT / harness.runs[0]).read_text(encoding="utf-8"))
    calls = (node for node in ast.walk(tree) if isinstance(node, ast.Call) and ast.unparse(node.func) == "figures.keep")
    keeps = " ".join(ast.unparse(call.args[0]) for call in calls)
    assert harness.name in keeps or harness.name.partition("_")[0] + "_{" in keeps, f"nothing keeps {harness.name}"


def test_a_figure_is_kept_in_the_place_of_the_one_before_and_said_in_words(monkeypatch, tmp_path) -> None:
    monkeypatch.setattr(harnesses, "KEPT", tmp_path / "kept.json")
    harnesses.keep("kills", {"on": "2026-01-01", "processor_seconds": 1, "counted": {"clients": 8, "lost": 0}})
    harnesses.keep("kills", {"on": "2026-01-02", "processor_seconds": 2, "counted": {"clients": 1000, "half": []}})
    assert json.loads((tmp_path / "kept.json").read_text())["kills"]["on"] == "2026-01-02"
    told = {row[1]: row for row in harnesses.rows()}
    assert told["`kills`"][3:] == ("clients 1,000, half 0", "2026-01-02, 2 processor seconds")
    assert told["`silence`"][3:] == ("not run in full yet", "")


def test_a_harness_that_fails_keeps_nothing(monkeypatch, tmp_path) -> None:
    monkeypatch.setattr(harnesses, "KEPT", tmp_path / "kept.json")
    broken = harnesses.Harness("kills", "c", "None.", ("-m", "tools.there_is_no_such_program"))
    monkeypatch.setattr(harnesses, "HARNESSES", (broken,))
    assert harnesses.main(["--only", "kills"]) == 1
    assert not (tmp_path / "kept.json").exists()
