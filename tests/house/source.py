"""The house's own files as the house tests read them: text, syntax tree, and the lines on which a rule is bent."""

from __future__ import annotations

import ast
import re
import subprocess
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "src" / "passerelle"

DOORS = ("web", "api", "cli")
BENT = re.compile(r"#\s*bent:\s*(\S.*)")


@dataclass(frozen=True, slots=True)
class Source:
    """One Python file: where it stands (`flow/judge.py`), its text, its tree, and the lines that bend a rule."""

    where: str
    text: str

    @property
    def room(self) -> str:
        """The package below `passerelle` it stands in: `flow`; for a file of the ground, its own name: `ids`."""
        return self.where.split("/")[0].removesuffix(".py")

    @property
    def tree(self) -> ast.Module:
        return _tree(self.text)

    def bends(self, line: int) -> bool:
        """Whether this line says `# bent: why`, with a reason of at least three words."""
        lines = self.text.splitlines()
        found = BENT.search(lines[line - 1]) if 0 < line <= len(lines) else None
        return found is not None and len(found.group(1).split()) >= 3


@dataclass(frozen=True, slots=True)
class Fault:
    """One place where a rule is broken: the file, the line, and what stands there."""

    where: str
    line: int
    what: str

    def __str__(self) -> str:
        return f"{self.where}:{self.line}: {self.what}"


Rule = Callable[[Source], Iterable[tuple[int, str]]]


@cache
def _tree(text: str) -> ast.Module:
    return ast.parse(text)


@cache
def sources() -> tuple[Source, ...]:
    """Every Python file of the package, without migrations."""
    return tuple(
        Source(str(path.relative_to(PACKAGE)), path.read_text(encoding="utf-8"))
        for path in sorted(PACKAGE.rglob("*.py"))
        if "migrations" not in path.parts
    )


@cache
def test_sources() -> tuple[Source, ...]:
    """Every Python file of the tests."""
    folder = ROOT / "tests"
    return tuple(
        Source(str(path.relative_to(ROOT)), path.read_text(encoding="utf-8")) for path in sorted(folder.rglob("*.py"))
    )


test_sources.__test__ = False  # type: ignore[attr-defined]  # its name is no test's


def faults(rule: Rule, files: Iterable[Source]) -> list[Fault]:
    """What `rule` finds in `files`, less the lines that say why they bend it."""
    return [
        Fault(file.where, line, what) for file in files for line, what in rule(file) if not file.bends(line)
    ]


def told(found: list[Fault], instead: str) -> str:
    """The message of a failing house test: each place, then what to write instead."""
    return "\n".join(["", *(f"  {fault}" for fault in found), f"  Instead: {instead}"])


def planted(text: str, where: str = "flow/planted.py") -> Source:
    """An invented file, for a test to show that its rule can fail."""
    return Source(where, text)


def dotted(node: ast.AST) -> str:
    """`datetime.datetime.now` for that expression; calls in between count as nothing (`a.all().delete` gives
    `a.all.delete`); empty where the expression does not begin with a name."""
    parts: list[str] = []
    while True:
        if isinstance(node, ast.Attribute):
            parts.append(node.attr)
            node = node.value
        elif isinstance(node, ast.Call):
            node = node.func
        elif isinstance(node, ast.Subscript):
            node = node.value
        elif isinstance(node, ast.Name):
            parts.append(node.id)
            return ".".join(reversed(parts))
        else:
            return ".".join(["", *reversed(parts)]) if parts else ""


def imports(file: Source) -> Iterator[tuple[int, str, str]]:
    """Each import as (line, the full dotted name, the name it gets here)."""
    for node in ast.walk(file.tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield node.lineno, alias.name, alias.asname or alias.name.split(".")[0]
        elif isinstance(node, ast.ImportFrom) and node.module is not None:
            for alias in node.names:
                yield node.lineno, f"{node.module}.{alias.name}", alias.asname or alias.name


@cache
def tracked() -> tuple[str, ...]:
    """Every file that git keeps or would keep: tracked, or new and not ignored. Empty outside a checkout."""
    done = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"],
        cwd=ROOT, capture_output=True, text=True, check=False, timeout=60,
    )
    names = done.stdout.split("\0") if done.returncode == 0 else []
    return tuple(sorted(name for name in set(names) if name and (ROOT / name).is_file()))
