"""Very many duties open at once, as `python -m benchmarks.open_duties` measures it: each climbs, and all balance."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

MANY = int(os.environ.get("PASSERELLE_TEST_DUTIES", "300"))
SECONDS_MAX = 600 + MANY // 10


@pytest.mark.long
def test_all_that_is_late_climbs_in_one_sweep_and_what_is_owed_still_balances() -> None:
    surroundings = {name: value for name, value in os.environ.items() if not name.startswith("PASSERELLE_")}
    command = [sys.executable, "-m", "benchmarks.open_duties", "--duties", str(MANY)]
    done = subprocess.run(
        command, env=surroundings, cwd=Path(__file__).parents[2], capture_output=True, text=True, check=False,
        timeout=SECONDS_MAX,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-3000:]
    told = json.loads(done.stdout)
    assert told["sweep"]["happened"] == told["sweep"]["lines"] == told["climb"]["happened"] == MANY
    assert told["idle"]["happened"] == told["idle"]["lines"] == 0, "a turn that finds nothing to do writes nothing"
    assert told["reconcile"]["owed"] == told["reconcile"]["live"] == MANY
