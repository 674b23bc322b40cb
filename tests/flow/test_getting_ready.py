"""What a process that serves or works reads before the first report comes."""

from __future__ import annotations

import subprocess
import sys

READY = """
import gc
from passerelle.cli.installation import get_ready
get_ready()
assert gc.get_freeze_count() > 50_000, gc.get_freeze_count()
from passerelle.names import distances, sounds, street_words
assert distances.unit_tables.cache_info().currsize and street_words.lexicon.cache_info().currsize
assert sounds.tables().apart_in_all is not None
"""


def test_whoever_serves_has_the_tables_at_hand_and_they_are_searched_for_no_dead_circles() -> None:
    done = subprocess.run([sys.executable, "-c", READY], capture_output=True, text=True, check=False, timeout=120)
    assert done.returncode == 0, done.stderr
