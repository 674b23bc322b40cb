"""The row on nomenklatura's own entity pairs, from a file of its repository (`checks.yml`) that no package carries."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import yaml

from benchmarks.bench import BAR, Bench, f1
from benchmarks.measures import OURS, WHOLE, Figures
from benchmarks.names_data import DataMissing
from benchmarks.peers import LOGIC, UNSTABLE
from passerelle.matching import Subject, compare
from passerelle.words import sentence

SETTING = "PASSERELLE_BENCH_ENTITY_PAIRS"


def entity(schema: str, given: dict[str, Any]) -> dict[str, Any]:
    """One side of a check, as its own benchmark reads it: a name made of its parts where none is given."""
    properties = {name: [str(item) for item in (value if isinstance(value, list) else [value])]
                  for name, value in given.items() if value is not None}  # fmt: skip
    if "name" not in properties:
        kinds = ("firstName", "secondName", "middleName", "fatherName", "motherName", "lastName")
        parts = [properties[kind][0] for kind in kinds if kind in properties]
        properties |= {"name": [" ".join(parts)]} if parts else {}
    return {"schema": schema, "properties": properties}


def figures(bench: Bench, key: str) -> Figures:
    """F1 at the bar on the file named by the setting. Raises DataMissing when none is named."""
    given = os.environ.get(SETTING)
    if not given:
        raise DataMissing(
            sentence(
                "These pairs stand in nomenklatura's repository only (contrib/entity_bench/checks.yml): neither the "
                "installed "
                "package nor its source archive carries them, and they are not among the development data."
            ),
            way_out=sentence("Name the file in {setting}.", setting=SETTING),
        )
    checks = yaml.safe_load(Path(given).read_text(encoding="utf-8"))["checks"]
    pairs = [(entity(one["schema"], one["query"]), entity(one["schema"], one["candidate"])) for one in checks]
    same = [bool(one["match"]) for one in checks]
    found = Figures()
    ours = [
        compare(Subject.from_ftm({"id": "left", **left}), Subject.from_ftm({"id": "right", **right})).score
        for left, right in pairs
    ]
    found.put("f1", OURS, WHOLE, f1(ours, same, BAR), len(same))
    if bench.peers is not None:
        for name, scores in bench.peers.scores((LOGIC, UNSTABLE), pairs).items():
            found.put("f1", name, WHOLE, f1(scores, same, BAR), len(same))
    bench.note_missing(found, (LOGIC, UNSTABLE))
    return found
