"""House rules on the published flaws that are planted: each plant fits the code, and a plant that is seen is told."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from tests.house.source import ROOT
from tools import planted_flaws
from tools.flaws_published import FLAWS

SHORT = next(flaw for flaw in FLAWS if flaw.name == "CVE-2021-27904")


def test_each_plant_fits_the_code_as_it_stands_and_changes_it(tmp_path: Path) -> None:
    assert len({flaw.name for flaw in FLAWS}) == len(FLAWS) >= 30
    for flaw in FLAWS:
        copy = tmp_path / "passerelle" / flaw.module
        copy.parent.mkdir(parents=True, exist_ok=True)
        copy.write_text((ROOT / "src" / "passerelle" / flaw.module).read_text(encoding="utf-8"), encoding="utf-8")
        before = planted_flaws.planted(tmp_path, flaw)
        assert copy.read_text(encoding="utf-8") != before, flaw.name
        assert (ROOT / flaw.test.split("::")[0]).exists(), flaw.name


def test_every_class_of_the_page_has_a_plant_that_turned_its_test_red() -> None:
    kept = planted_flaws.kept()
    missing = [flaw.name for flaw in FLAWS if kept.get(flaw.name, {}).get("test") != flaw.test]
    assert not missing, f"{missing}: python -m tools.planted_flaws --only …, then make docs"


def test_a_plant_turns_its_test_red_and_one_that_nobody_sees_is_told(monkeypatch: Any, tmp_path: Path) -> None:
    harmless = replace(SHORT, name="harmless", stands=SHORT.instead_of + "  # as before")
    monkeypatch.setattr(planted_flaws, "KEPT", tmp_path / "kept.json")
    monkeypatch.setattr(planted_flaws, "FLAWS", (SHORT, harmless))
    assert planted_flaws.main(["--no-green"]) == 1
    assert set(json.loads((tmp_path / "kept.json").read_text())) == {SHORT.name}
    with pytest.raises(ValueError, match="not once"):
        planted_flaws.planted(ROOT / "src", replace(SHORT, instead_of="no such words"))
