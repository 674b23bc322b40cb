"""The surroundings in which Django starts under the tests: an empty installation's folder and a key for tests only.

pytest-django reads the settings before any conftest.py is read, so this is a plugin (`-p tests.environment`).
Each process has a folder of its own, also one that another process of tests started: they run beside each other, and
a key that a test turned in a folder of all would part the names that other tests find by it. What else is already set
in the environment stays: `PASSERELLE_DATABASE_URL=postgres://… make test` runs all of it there.
"""

from __future__ import annotations

import atexit
import os
import shutil
import tempfile
from pathlib import Path

from passerelle import keyring

MADE_HERE = "PASSERELLE_TESTS_FOLDER"
"""The folder that a process of tests made for itself; whoever it starts makes another."""

if os.environ.get("PASSERELLE_DIR") == os.environ.get(MADE_HERE):
    folder = tempfile.mkdtemp(prefix="passerelle-tests-")
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    os.environ["PASSERELLE_DIR"] = os.environ[MADE_HERE] = folder
if not os.path.exists(os.path.join(os.environ["PASSERELLE_DIR"], keyring.FILE_NAME)):
    keyring.make().write(Path(os.environ["PASSERELLE_DIR"], keyring.FILE_NAME))
os.environ.setdefault("PASSERELLE_ADDRESS", "https://passerelle.example")  # passkeys are bound to it
os.environ.setdefault("PASSERELLE_SECOND_FACTOR", "optional")  # most tests sign in by name alone
os.environ.setdefault("PASSERELLE_SENTENCE_ENCODER", "no")  # 200 MB a process; tests that ask it switch it on
os.environ.setdefault("PASSERELLE_SECRET_KEY", "for tests only; long enough, and known to everybody who reads this")
