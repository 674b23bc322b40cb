"""Sessions and what guards them: a line for each sign-in, fresh numbers, cookies of HTTPS alone, made passwords."""

from __future__ import annotations

import ast
import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from django.test import Client

from passerelle.cli import main
from passerelle.flow import ledger_lines, seats, second_factor
from passerelle.records.models import Officer
from tests.doors.authenticator import Authenticator
from tests.doors.test_passkeys import added as passkey_added
from tests.doors.test_passkeys import asked, signs_in
from tests.doors.test_second_factor import (
    PASSWORD,
    added,
    clock,
    jana,
    passwords_that_are_weighed_fast,
    with_password,
)  # fmt: skip
from tests.house.source import PACKAGE

__all__ = ["clock", "jana", "passwords_that_are_weighed_fast"]


def lines() -> list[tuple[str, str]]:
    """Who signed in, and by what, as the ledger tells."""
    found = [json.loads(entry) for entry in ledger_lines.entries()]
    return [(line["facts"]["officer"], line["facts"]["by"]) for line in found if line["kind"] == "SignedIn"]


@pytest.mark.django_db
def test_each_way_of_signing_in_leaves_its_line_and_a_try_that_fails_leaves_none(
    jana: Officer, clock: list[datetime]
) -> None:
    key = Authenticator()
    client, _ = with_password()
    with_password(password="something else")
    secret, _ = added(client, clock)
    passkey_added(client, key)
    step, _ = with_password()
    step.post("/sign-in/second", {"code": "000000"})
    step.post("/sign-in/second", {"code": second_factor.code_at(secret, clock[-1])})
    step, _ = with_password()
    step.post("/sign-in/second", {"passkey": key.show(asked(step.get("/sign-in/second")))})
    assert signs_in(Client(), key) == 302
    assert lines() == [(jana.ref, by) for by in ("password", "password+code", "password+passkey", "passkey")]


@pytest.mark.django_db
def test_a_session_gets_another_number_when_somebody_signs_in_and_when_the_second_step_begins(
    jana: Officer, clock: list[datetime]
) -> None:
    client = Client()
    client.post("/language", {"language": "fr", "next": "/sign-in"})
    before = client.session.session_key
    client.post("/sign-in", {"username": "jana", "password": PASSWORD})
    during = client.session.session_key
    assert before and during and before != during
    secret, _ = added(client, clock)
    client.post("/sign-out")
    client.post("/sign-in", {"username": "jana", "password": PASSWORD})
    half = client.session.session_key
    client.post("/sign-in/second", {"code": second_factor.code_at(secret, clock[-1])})
    assert len({before, during, half, client.session.session_key}) == 4


@pytest.mark.django_db
def test_whoever_signs_in_inherits_nothing_of_somebody_else_s_half_a_sign_in(
    jana: Officer, clock: list[datetime]
) -> None:
    """On one machine: a colleague's password was right and their code is waited for; then another signs in."""
    client = Client()
    client.post("/sign-in", {"username": "jana", "password": PASSWORD})
    added(client, clock)
    client.post("/sign-out")
    other = seats.seat_officer(
        username="bo", name="Bo", service=jana.service, role="officer", language="nl", password=PASSWORD, now=clock[-1]
    )
    client.post("/sign-in", {"username": "jana", "password": PASSWORD})
    assert client.get("/sign-in/second").status_code == 200, "half signed in"
    client.post("/sign-in", {"username": "bo", "password": PASSWORD})
    assert client.get("/sign-in/who").json()["who"] == other.ref
    kept = dict(client.session)
    assert not [name for name in kept if name.startswith(("second_pending", "passkey_challenge"))], sorted(kept)
    assert client.get("/sign-in/second")["Location"].startswith("/sign-in")
    client.post("/sign-out")
    assert not client.session.keys() & {"_auth_user_id", "seen", "second_given"}


def test_behind_https_no_cookie_leaves_without_it_and_browsers_are_told_to_stay(tmp_path: Path) -> None:
    says = (
        "import json\nfrom passerelle.server import settings as s\nnames = ('SESSION_COOKIE_SECURE', "
        "'CSRF_COOKIE_SECURE', 'SESSION_COOKIE_NAME', 'CSRF_COOKIE_NAME', 'SECURE_HSTS_SECONDS', 'DEBUG')\n"
        "print(json.dumps([getattr(s, name, None) for name in names]))"
    )
    surroundings = {name: value for name, value in os.environ.items() if not name.startswith("PASSERELLE_")}
    said = {}
    for https in ("1", "0"):
        done = subprocess.run(
            [sys.executable, "-c", says], check=True, capture_output=True, text=True, timeout=120,
            env={**surroundings, "PASSERELLE_DIR": str(tmp_path), "PASSERELLE_HTTPS": https},
        )
        said[https] = json.loads(done.stdout)
    assert said["1"] == [
        True, True, "__Host-passerelle_session", "__Host-passerelle_csrf", 31_536_000, False
    ]
    assert said["0"][:2] != [True, True] and said["0"][-1] is False


@pytest.mark.django_db
def test_passwords_are_made_by_chance_and_nobody_chooses_one(exchange: dict[str, Any]) -> None:
    """96 bits each, shown once: so neither a length, nor a list of common ones, nor a meter has anything to refuse."""
    folder, found = os.environ["PASSERELLE_DIR"], set()
    for number in range(3):
        said = CliRunner().invoke(
            main, ["officer", "add", f"new{number}", "New", "--service", "noord", "--role", "desk", "--dir", folder]
        )
        assert said.exit_code == 0, said.output
        found |= set(re.findall(r"the password (\S+)", said.output))
    assert len(found) == 3 and all(len(password) == 16 for password in found)
    texts = [path.read_text(encoding="utf-8") for path in (PACKAGE / "web").rglob("*.html")]
    assert texts and not any("new-password" in text for text in texts), "a page lets somebody choose one"


REACH = {"subprocess", "os.system", "os.popen", "eval", "exec", "__import__", "pickle", "marshal"}
FILES = {"open", "pathlib", "io.open", "os.open", "shutil", "tempfile"}
WEAK = {"md5", "sha1", "DES", "TripleDES", "ARC4", "ECB", "CBC", "Blowfish"}


def reached(text: str, forbidden: set[str]) -> Iterator[str]:
    """Names of this list that a file calls, imports, or takes from a module."""
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in forbidden:
            yield node.func.id
        elif isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
            yield from {f"{node.value.id}.{node.attr}", node.attr} & (forbidden - {"exec", "eval", "open"})
        elif isinstance(node, ast.Import | ast.ImportFrom):
            yield from {*(alias.name for alias in node.names), getattr(node, "module", "") or ""} & forbidden


def test_no_page_and_no_verb_starts_a_program_or_evaluates_a_text_and_no_page_opens_a_file_by_name() -> None:
    for wrong in ("import subprocess", "eval('1')", "os.system('x')", "from pickle import loads", "import pickle"):
        assert list(reached(wrong, REACH)), wrong
    for wrong in ("open(path)", "from pathlib import Path", "os.open(path)", "import shutil"):
        assert list(reached(wrong, FILES)), wrong
    rooms = ("web", "api", "flow", "policy", "duty", "records")
    texts = {path: path.read_text(encoding="utf-8") for room in rooms for path in (PACKAGE / room).rglob("*.py")}
    found = {path.name: what for path, text in texts.items() if (what := sorted(reached(text, REACH)))}
    assert found.pop("files.py") == ["subprocess"]  # our own interpreter, our own reader: decision 26
    alone = '[sys.executable, "-B", "-m", "passerelle.intake.documents_alone", called]'
    assert alone in texts[PACKAGE / "flow" / "files.py"] and "shell" not in texts[PACKAGE / "flow" / "files.py"]
    assert len(texts) > 100 and not found, found
    named = {str(path.relative_to(PACKAGE)): sorted(reached(text, FILES)) for path, text in texts.items()}
    doors = {name: what for name, what in named.items() if what and name.startswith(("web/", "api/"))}
    assert set(doors) <= {"api/filing.py"}, doors  # rows that were sent, in a folder of their own: see below
    pattern = re.compile(r"^[A-Za-z0-9][A-Za-z0-9._-]*$")
    assert f'pattern=r"{pattern.pattern}"' in texts[PACKAGE / "api" / "filing.py"]
    assert not any(pattern.match(name) for name in ("../x", "/etc/passwd", ".x", "a/b", "a\\b", ""))


def test_nothing_is_hashed_or_sealed_in_a_way_that_was_broken() -> None:
    assert list(reached("hashlib.md5(b'')", WEAK)) == ["md5"]
    files = list(PACKAGE.rglob("*.py"))
    found = {path.name: what for path in files if (what := sorted(reached(path.read_text(encoding="utf-8"), WEAK)))}
    assert not found, found
