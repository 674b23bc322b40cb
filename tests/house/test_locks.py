"""House rules on what is committed: locks without a host, one version of each package, no path of anybody's machine."""

from __future__ import annotations

import re
import sys
from pathlib import Path

from tests.house.source import ROOT, tracked

LOCKS = ("requirements.lock", "requirements-test.lock")
HOST = re.compile("|".join((":" + "//", "--index" + "-url", "--find" + "-links", "--trusted" + "-host")))
PIN = re.compile(r"^([A-Za-z0-9._-]+)(?:\[[^]]*\])?==(\S+)", re.M)
NEVER = {"uv.lock", "pylock.toml", "pip.conf", ".npmrc", "poetry.lock", "Pipfile.lock"}
TEXT_BYTES_MAX = 3_000_000

# Put together from pieces, so that this file does not break its own rule.
FOREIGN_PATHS = re.compile(
    r"(?<![\w.-])(" + "|".join((
        "/wo" + r"rk/\w+", "/ro" + r"ot/[.\w]", "/ho" + r"me/\w", "/Us" + r"ers/\w", "/op" + r"t/(?:pypi|wheels)",
    )) + ")"
)
REGISTRIES = re.compile("|".join(("files\\.python" + "hosted", "py" + "pi\\.org/simple", "registry\\.npm" + "js")))


def pins(text: str) -> dict[str, str]:
    return {name.lower(): version for name, version in PIN.findall(text)}


def foreign(text: str) -> list[str]:
    """Paths of a machine, and hosts of registries, that `text` names."""
    here = {str(ROOT), str(Path.home()), sys.base_prefix} - {"/", "/usr", "/usr/local", ""}
    return [
        *(found.group(0) for found in FOREIGN_PATHS.finditer(text)),
        *(found.group(0) for found in REGISTRIES.finditer(text)),
        *(path for path in here if re.search(re.escape(path) + r"(?=[/\s\"'`:]|$)", text)),
    ]


def test_no_lock_names_a_host() -> None:
    assert HOST.search("--extra" + "-index" + "-url https" + "://example.org")
    for lock in LOCKS:
        text = (ROOT / lock).read_text(encoding="utf-8")
        found = HOST.search(text)
        assert not found, f"{lock} names “{found.group(0)}”. Instead: make lock, with no registry option set."


def test_every_line_of_the_locks_is_pinned_and_hashed() -> None:
    for lock in LOCKS:
        text = (ROOT / lock).read_text(encoding="utf-8")
        blocks = [block for block in re.split(r"(?m)^(?=[a-z0-9])", text) if re.match(r"[a-z0-9]", block)]
        assert len(blocks) > 10, f"{lock} holds next to nothing."
        unpinned = [block.splitlines()[0] for block in blocks if not PIN.match(block) or "--hash=sha256:" not in block]
        assert not unpinned, f"{lock}: {unpinned}. Instead: make lock, which pins and hashes each line."


def test_the_two_locks_agree_on_every_version() -> None:
    run, test = (pins((ROOT / lock).read_text(encoding="utf-8")) for lock in LOCKS)
    assert pins("django==5.2.8 \\\n    --hash=sha256:00\n") == {"django": "5.2.8"}
    apart = {name: (run[name], test.get(name)) for name in run if run[name] != test.get(name)}
    assert not apart, f"what runs and what is tested differ: {apart}. Instead: make lock, which compiles both."


def test_no_tracked_file_names_a_machine_or_a_registry() -> None:
    for wrong in ("/wo" + "rk/anything/src", "/ho" + "me/ann/x", "cd " + str(ROOT), "files.python" + "hosted.org/x"):
        assert foreign(wrong), f"the rule missed {wrong!r}"
    for right in ("../shared/data", "src/passerelle", "/usr/bin/python3", "https://eur-lex.europa.eu/eli/dir/2023/977"):
        assert not foreign(right), f"the rule took {right!r} for a machine's path"

    found = {}
    for name in tracked():
        path = ROOT / name
        if path.stat().st_size > TEXT_BYTES_MAX:
            continue
        text = path.read_bytes()
        if b"\0" not in text[:1024] and (named := foreign(text.decode("utf-8", errors="replace"))):
            found[name] = sorted(set(named))[:5]
    assert not found, f"{found}. Instead: write the path from the root of the checkout, or take it as an argument."


def test_no_lock_of_another_tool_is_committed() -> None:
    found = [name for name in tracked() if Path(name).name in NEVER]
    assert not found, f"{found} may name hosts. Instead: requirements.lock alone, from make lock."
