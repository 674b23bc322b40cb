"""House rules on the evidence of security: what a page names is there, and each tool can fail."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
import yaml

from tests.house.source import ROOT
from tests.house.test_pages import not_there
from tools import audit, sbom

SECURITY = ROOT / "docs" / "security"
DECISION = re.compile(r"docs/decisions/(\d{4}[\w-]*)|decision (\d{4})")
ROW = re.compile(r"^\| (V\d+\.\d+\.\d+) \| ([12]) \| ([^|]+) \| ([^|]+) \|$", re.M)
SIGNED = re.compile(r"accepted by [^,|]+, \d{1,2} \w+ \d{4}, because \S+ \S+ \S+")


def pages() -> list[Path]:
    return [*sorted(SECURITY.glob("*.md")), ROOT / "docs" / "threat-model.md"]


def answered(evidence: str) -> bool:
    """Whether a requirement has a test, a decision, a signed line, or says openly that it is open."""
    return bool(
        "`tests/" in evidence or DECISION.search(evidence) or SIGNED.search(evidence)
        or evidence.startswith(("open:", "not applicable:"))
    )  # fmt: skip


def test_every_test_and_decision_that_a_page_of_evidence_names_is_there() -> None:
    assert len(pages()) >= 4
    decisions = [path.name for path in (ROOT / "docs" / "decisions").glob("*.md")]
    for page in pages():
        text = page.read_text(encoding="utf-8")
        assert not not_there(text), f"{page.name} names {not_there(text)}"
        named = [first or second for first, second in DECISION.findall(text)]
        gone = [number for number in named if not any(name.startswith(number[:4]) for name in decisions)]
        assert not gone, f"{page.name} names decisions {gone}, which are not there"


def test_every_requirement_has_a_test_a_decision_or_says_that_it_is_open() -> None:
    assert answered("accepted by the maintainers, 22 November 2026, because nothing is sent")
    assert not answered("done") and not answered("accepted by nobody")
    text = (SECURITY / "asvs.md").read_text(encoding="utf-8")
    rows = ROW.findall(text)
    assert len(rows) == len(re.findall(r"^\| V\d", text, re.M)), "a row of another shape"
    assert len(rows) > 70 and len({row[0] for row in rows}) == len(rows), "few requirements, or one twice"
    bare = [row[0] for row in rows if not answered(row[3].strip())]
    assert not bare, f"{bare} have no evidence. Instead: a test, a decision, a signed line, or “open: …”."


def test_every_class_of_published_flaws_names_the_test_that_would_have_caught_it() -> None:
    text = (SECURITY / "published-flaws.md").read_text(encoding="utf-8")
    heads = ("| ---", "| class", "| seen in")
    rows = [line for line in text.splitlines() if line.startswith("| ") and not line.startswith(heads)]
    assert len(rows) >= 13
    bare = [row[:60] for row in rows if "`tests/" not in row and "open:" not in row]
    assert not bare, f"{bare} name no test"


def test_a_planted_secret_is_found_by_its_kind_and_none_is_kept() -> None:
    planted = (
        "-----BEGIN RSA PRIV" + "ATE KEY-----", "AK" + "IA" + "ABCDEFGHIJKLMNOP", "gh" + "p_" + "a1" * 18,
        "postgres:" + "//ann:hunter22@db/x", "SECRET" + "_KEY = '" + "a1b2c3d4" * 5 + "'",
    )  # fmt: skip
    for secret in planted:
        assert audit.secrets_in(f"fine\n{secret}\n") and audit.secrets_in(f"fine\n{secret}\n")[0].startswith("line 2: ")
        assert secret not in str(audit.secrets_in(secret))
    assert not audit.secrets_in("postgres://user:password@host/name and sha256:" + "a1" * 32)
    read, found = audit.secrets_kept()
    assert read > 100 and not found, found


def test_an_exception_to_bandit_is_signed_and_everything_else_is_a_finding() -> None:
    exceptions = yaml.safe_load(audit.EXCEPTIONS.read_text(encoding="utf-8"))
    reasons = list(exceptions["everywhere"].values())
    reasons += [reason for files in exceptions["in_files"].values() for reason in files.values()]
    assert all(len(reason.split()) >= 6 for reason in reasons)
    for files in exceptions["in_files"].values():
        gone = [path for path in files if not (ROOT / "src" / "passerelle" / path).is_file()]
        assert not gone, f"exceptions for files that are gone: {gone}"
    one = {"filename": "src/passerelle/web/x.py", "line_number": 1, "test_id": "B608", "issue_text": "made of pieces"}
    assert audit.unsigned([one], exceptions) == ["src/passerelle/web/x.py:1 B608 made of pieces"]
    assert not audit.unsigned([{**one, "filename": "src/passerelle/records/sealed.py"}], exceptions)


def test_what_could_not_be_looked_up_is_said_and_fails_only_when_asked(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("shutil.which", lambda name: None)
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    assert audit.main([]) == 0
    assert "no advisory was looked up" in capsys.readouterr().out
    assert audit.main(["--must"]) == 1


def test_the_bill_of_materials_holds_every_line_of_the_lock_with_its_hashes_and_no_host() -> None:
    lock = (ROOT / "requirements.lock").read_text(encoding="utf-8")
    bill = sbom.bill(lock, "0.1.0")
    assert bill == sbom.bill(lock, "0.1.0") != sbom.bill(lock, "0.1.1")
    pinned = re.findall(r"^([a-z0-9][\w.-]*)(?:\[[^]]*\])?==", lock, re.M)
    assert [part["name"] for part in bill["components"]] == sorted(pinned)
    assert sum(len(part["hashes"]) for part in bill["components"]) == lock.count("--hash=sha256:")
    text = json.dumps(bill)
    assert "://" not in text and str(ROOT) not in text
    assert {"bomFormat": "CycloneDX", "specVersion": "1.5"}.items() <= bill.items()
