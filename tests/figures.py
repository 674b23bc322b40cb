"""What a harness counted, kept for the page that tells it (`docs/reliability.md`).

Each harness says its figures on the standard error, so that a failing run shows them, and puts them as JSON into the
folder that PASSERELLE_FIGURES names. `python -m tools.harnesses` sets it, and gathers them.
"""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path


def keep(harness: str, **counted: int | float | str | list[str]) -> None:
    """Say what a harness counted; where the folder is named, keep it there as HARNESS.json."""
    sys.stderr.write(f"{harness}: {json.dumps(counted, ensure_ascii=False)}\n")
    if folder := os.environ.get("PASSERELLE_FIGURES"):
        text = json.dumps(counted, ensure_ascii=False, indent=1, sort_keys=True)
        (Path(folder) / f"{harness}.json").write_text(text + "\n", encoding="utf-8")
