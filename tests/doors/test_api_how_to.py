"""What docs/how-to/api.md shows: its worked signature is true, and its program runs."""

from __future__ import annotations

import os
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from passerelle import signing
from passerelle.records.models import Report
from passerelle.testing import makers
from tests.doors.machines import ADDRESS, machine, through_django
from tests.house.source import ROOT

HOW_TO = (ROOT / "docs" / "how-to" / "api.md").read_text(encoding="utf-8")
KEY = bytes(range(32))


def block(kind: str) -> str:
    found = re.findall(rf"```{kind}\n(.*?)\n```", HOW_TO, re.S)
    assert found, f"no {kind} is shown"
    return str(found[0])


def test_the_worked_example_is_what_is_signed_and_sent() -> None:
    head, _, body = block("http").partition("\n\n")
    request, *lines = head.splitlines()
    method, target, _ = request.split(" ")
    headers = dict(line.split(": ", 1) for line in lines)
    asked = signing.Asked.to(method, f"https://{headers['host']}{target}", headers)
    found = signing.read(asked, body.encode())
    assert signing.as_text(signing.public_of(KEY)) in HOW_TO
    assert signing.fits(asked, found, signing.public_of(KEY))
    assert signing._base(asked, found.parts, found.said).decode() == block("text")


@pytest.mark.django_db
def test_the_program_runs_as_it_is_shown(
    exchange: dict[str, Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    until = (datetime.now(tz=UTC) + timedelta(days=9)).date()
    makers.dossier(exchange["noord"], makers.person("x", "Anouk Terlinden", birthDate=["1990-01-01"]), until=until)
    makers.report(exchange["midi"], "Anouk.", makers.person("x", "Anouk Terlinden", birthDate=["1990-01-01"]))
    client = machine(exchange["noord"])
    monkeypatch.chdir(tmp_path)
    Path("noord-rms.pem").write_text(signing.private_as_pem(client.private), encoding="utf-8")
    program = block("python")
    shown = 'Client("http://localhost:8000", "key-…", private, language="nl")'
    assert shown in program
    ours = f'Client("{ADDRESS}", "{client.key_name}", private, language="nl", send=send)'
    exec(compile(program.replace(shown, ours), "api.md", "exec"), {"send": through_django})  # the page's own words
    said = capsys.readouterr().out
    filed = Report.objects.get(service=exchange["noord"])
    assert filed.ref in said and "acknowledge" in said and "Anouk." in said and "404" in said
    assert os.getcwd() == str(tmp_path)
