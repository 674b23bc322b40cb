"""Looks for what is known to be unsafe: `make audit`. Advisories, bandit, and secrets in what git keeps.

What could not be looked up is said, and fails only with `--must`; a finding always fails. pip-audit and bandit are
taken from this environment or from the path; they stand in no lock of ours, because neither is needed to run or test.
"""

from __future__ import annotations

import argparse
import importlib.util
import json
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).resolve().parents[1]
EXCEPTIONS = ROOT / "docs" / "security" / "bandit-exceptions.yaml"
TEXT_BYTES_MAX = 2_000_000
SECONDS_MAX = 240

# Put together from pieces, so that this file does not find itself.
SECRETS = {
    "a private key": re.compile("-----BEGIN (?:[A-Z]+ )*PRIV" + "ATE KEY-----"),
    "a key of a cloud": re.compile(r"\b(?:AK" + r"IA|AS" + r"IA)[0-9A-Z]{16}\b"),
    "a token of a forge": re.compile(r"\b(?:gh" + r"[pousr]_[A-Za-z0-9]{36}|gl" + r"pat-[\w-]{20})"),
    "a token of a chat": re.compile(r"\bxo" + r"x[abprs]-[A-Za-z0-9-]{10,}"),
    "a signed token": re.compile(r"\bey" + r"J[\w-]{10,}\.ey" + r"J[\w-]{10,}\.[\w-]{10,}"),
    "a password in an address": re.compile(
        r"\b[a-z][a-z0-9+]{2,12}:" + r"//[^\s/:@<>{}$]+:(?!(?i:pass(?:word|erelle))@)[^\s/@<>{}$]{6,}@"
    ),
    "a secret set in a file": re.compile(
        r"(?i)\b(?:secret_key|api_key|auth_token)\b\s*[:=]\s*[\"'](?=[^\"']*\d)[A-Za-z0-9+/=_-]{24,}[\"']"
    ),
}


def secrets_in(text: str) -> list[str]:
    """What in `text` looks like a secret: its kind and its line, never the secret itself."""
    return [
        f"line {number}: {kind}"
        for number, line in enumerate(text.splitlines(), 1)
        for kind, shape in SECRETS.items()
        if shape.search(line)
    ]


def secrets_kept() -> tuple[int, list[str]]:
    """How many files git keeps were read, and what was found in them."""
    asked = ["git", "ls-files", "-z"]
    listed = subprocess.run(asked, cwd=ROOT, capture_output=True, text=True, check=False, timeout=60)
    found, read = [], 0
    for name in filter(None, listed.stdout.split("\0")):
        path = ROOT / name
        if path.is_file() and path.stat().st_size <= TEXT_BYTES_MAX and b"\0" not in (data := path.read_bytes()):
            read += 1
            found += [f"{name}, {what}" for what in secrets_in(data.decode("utf-8", errors="replace"))]
    return read, found


def program(name: str, module: str) -> list[str] | None:
    """How to start a tool: of this environment, or on the path; None where it is not there."""
    if importlib.util.find_spec(module) is not None:
        return [sys.executable, "-m", module]
    found = shutil.which(name)
    return [found] if found else None


def unsigned(results: list[dict[str, Any]], exceptions: dict[str, Any]) -> list[str]:
    """What bandit found and nobody signed for: by rule for the whole house, or by rule and file."""
    everywhere, in_files = exceptions["everywhere"], exceptions["in_files"]
    return [
        f"{one['filename']}:{one['line_number']} {one['test_id']} {one['issue_text']}"
        for one in results
        if one["test_id"] not in everywhere
        and not any(str(one["filename"]).endswith(path) for path in in_files.get(one["test_id"], {}))
    ]


def with_bandit() -> tuple[str, list[str]]:
    """What was not looked at (empty: all), and what was found."""
    start = program("bandit", "bandit")
    if start is None:
        return "bandit is not installed (pip install bandit); its rules run as ruff's “S” in make lint", []
    done = subprocess.run(
        [*start, "-q", "-r", "src", "-f", "json"], cwd=ROOT, capture_output=True, text=True, check=False,
        timeout=SECONDS_MAX,
    )  # fmt: skip
    exceptions = yaml.safe_load(EXCEPTIONS.read_text(encoding="utf-8"))
    return "", unsigned(json.loads(done.stdout)["results"], exceptions)


def with_advisories(lock: Path) -> tuple[str, list[str]]:
    """The same for advisories. `--strict`: a package that could not be looked up is no package without advisories."""
    start = program("pip-audit", "pip_audit")
    if start is None:
        return "pip-audit is not installed (pip install pip-audit): no advisory was looked up", []
    asked = [*start, "--strict", "--disable-pip", "--require-hashes", "-r", str(lock), "-f", "json"]
    try:
        done = subprocess.run(asked, cwd=ROOT, capture_output=True, text=True, check=False, timeout=SECONDS_MAX)
    except subprocess.TimeoutExpired:
        return f"the advisory service did not answer within {SECONDS_MAX} s", []
    try:
        answer = json.loads(done.stdout)
    except ValueError:
        said = next((line for line in reversed(done.stderr.splitlines()) if line.strip()), "no reason was given")
        return f"advisories for {lock.name} could not be looked up: {said[:200]}", []
    return "", [
        f"{one['name']} {one['version']}: {', '.join(bad['id'] for bad in one['vulns'])}"
        for one in answer["dependencies"]
        if one.get("vulns")
    ]


def main(arguments: list[str] | None = None) -> int:
    """Runs the three; 1 for a finding, and with --must also for what could not be looked up."""
    said = argparse.ArgumentParser(description="Look for what is known to be unsafe.")
    said.add_argument("--offline", action="store_true", help="only what needs no network: secrets and bandit")
    said.add_argument("--must", action="store_true", help="what could not be looked up fails too")
    given = said.parse_args(arguments)
    read, found = secrets_kept()
    print(f"secrets: {read} files read, {len(found)} found")
    blind, wrong = ([] if read else ["git listed no file"]), list(found)
    checks = [with_bandit] if given.offline else [with_bandit, lambda: with_advisories(ROOT / "requirements.lock")]
    for name, check in zip(("bandit", "advisories"), checks, strict=False):
        not_seen, more = check()
        print(f"{name}: {not_seen or f'{len(more)} found'}")
        blind += [not_seen] if not_seen else []
        wrong += more
    for one in wrong:
        print(f"  {one}")
    return 1 if wrong or (given.must and blind) else 0


if __name__ == "__main__":
    sys.exit(main())
