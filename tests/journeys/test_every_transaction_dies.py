"""Each transaction of each verb dies at each moment, under tests that know nothing of it, and leaves no trace."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from passerelle.flow import commit_points
from tests import figures

ROOT = Path(__file__).parents[2]
SECONDS_MAX = 6600
"""So long it may take on a machine that does much else; minutes on one that is free."""
ASKED_AGAIN_OTHERWISE = (
    # the number that somebody typed counts once, also for a try that died: they type the next one
    "tests/doors/test_second_factor.py::test_other_sessions_end_when_a_factor_comes_and_when_it_goes",
    "tests/doors/test_second_factor.py::test_other_recovery_codes_end_those_of_before",
    "tests/doors/test_passkeys.py::test_a_passkey_removes_itself_and_its_officer_hears_who_did_what",
    "tests/doors/test_sign_in_is_throttled.py::test_a_notice_is_marked_as_seen_by_whom_it_was_told_to_and_by_nobody_else",
    # a fresh key stands in its file before a line says so: each try leaves one, and the newest counts
    "tests/flow/test_outbox.py::test_the_commands_add_list_try_resend_and_end_a_channel",
    # they count what this very try sealed anew; what a try before it sealed, stays sealed
    "tests/flow/test_sealed.py::test_the_key_is_rotated_and_everything_opens_before_between_and_after",
    "tests/flow/test_sealed.py::test_a_rotation_that_is_broken_off_leaves_everything_readable_and_is_gone_on_with",
    # it draws its own steps, and would shrink towards a death
    "tests/flow/test_every_duty_has_a_holder_and_a_clock.py",
)
FILES = (
    "tests/flow", "tests/doors/test_second_factor.py", "tests/doors/test_passkeys.py",
    "tests/doors/test_single_sign_on.py", "tests/doors/test_sign_in_is_throttled.py",
)  # fmt: skip
ELSEWHERE = {
    "restore.settle": "tests/journeys/test_backup.py: killed, and made again from the file",
    "ways.fresh_key": "left out above: each try leaves a key",
    "keys.retire_fields": "left out above, with its rotation",
    "keys.rotate_fields": "left out above: its tests count what one try sealed",
    "keys.reseal": "left out above: its tests count what one try sealed",
    "second_factor.new_codes": "left out above: the number that was typed counts once",
    "second_factor.remove": "left out above: the number that was typed counts once",
    "probes.tried": "taken back on purpose: it never commits",
    "outcomes.cases": "one line of reading and no row; its tests are those of the pages, which are not run here",
    "rules_tried.tried": "one line of reading and no row; its tests are those of the pages, which are not run here",
}  # fmt: skip
"""What is not come to here, and where it is shown."""


@pytest.mark.long
def test_every_transaction_dies_at_every_moment_and_all_that_the_tests_say_still_holds(tmp_path: Path) -> None:
    where = tmp_path / "deaths.json"
    told = {"PASSERELLE_TEST_DEATHS": str(where)}
    command = [sys.executable, "-m", "pytest", "-q", "-n", "0", "-p", "tests.dying", "-p", "no:cacheprovider", *FILES]
    command += ["-m", "not long and not release"]
    command += [word for one in ASKED_AGAIN_OTHERWISE for word in ("--deselect", one)]
    surroundings = {**os.environ, **told}
    done = subprocess.run(
        command, cwd=ROOT, env=surroundings, capture_output=True, text=True, check=False, timeout=SECONDS_MAX
    )
    assert done.returncode == 0, done.stdout[-5000:]
    died = json.loads(where.read_text(encoding="utf-8"))["died"]
    known = set(commit_points.known())
    places = {f"{point} {moment}" for point in known - set(ELSEWHERE) for moment in commit_points.MOMENTS[:3]}
    missed = places - set(died)
    assert not missed, f"{sorted(missed)} never died. Instead: a test in tests/flow that calls the verb."
    visited = sorted({place.split()[0] for place in died} & known)
    figures.keep(
        "deaths", commit_points=len(known), visited=visited, moments=len(set(died) & places), deaths=sum(died.values()),
        shown_elsewhere=sorted(set(ELSEWHERE) & known),
    )  # fmt: skip
