"""House rules on data: every table of YAML says where its rows are from, row by row, block by block, or at its head."""

from __future__ import annotations

import re
from pathlib import Path

import yaml

from tests.house.source import PACKAGE

HEAD_LINES = 12
FAR = "# Words.\n" * HEAD_LINES  # a head that names no source
NAMES_A_SOURCE = re.compile(r"\b(sources?|measured|set by hand)\b", re.I)


def tables() -> list[Path]:
    return sorted(path for path in PACKAGE.rglob("data/*.yaml"))


def without_source(text: str) -> list[str]:
    """The blocks of a table that do not say where they are from.

    A block does when the head of the file, or a comment above it or in it, names a source, or each of its rows does.
    """
    lines = text.splitlines()
    head = [line for line in lines[:HEAD_LINES] if line.startswith(("#", "source:"))]
    if any(NAMES_A_SOURCE.search(line) for line in head):
        return []
    data = yaml.load(text, getattr(yaml, "CSafeLoader", yaml.SafeLoader))
    bare = []
    for name, block in data.items() if isinstance(data, dict) else [("the table", data)]:
        rows = block if isinstance(block, list) else []
        if rows and all(isinstance(row, dict) and row.get("source") for row in rows):
            continue
        comments: list[str] = []  # those above the block, and those in it
        inside = False
        for line in lines:
            if line.startswith("#") and not inside:
                comments.append(line)
            elif line.startswith(f"{name}:"):
                inside = True
            elif inside and line.startswith(" ") and line.lstrip().startswith("#"):
                comments.append(line)
            elif line[:1] not in {"", " ", "-", "#"}:
                if inside:
                    break
                comments = []
        if not any(NAMES_A_SOURCE.search(comment) for comment in comments):
            bare.append(str(name))
    return bare


def test_every_table_says_where_its_rows_are_from() -> None:
    assert without_source(FAR + "a: [b]\n# Source: a book.\nc: [d]\ne: [f]\n") == ["a", "e"]
    assert without_source(FAR + "a:\n  # Source: a book.\n  b: c\nd: [e]\n") == ["d"]
    for wrong in ("rows:\n  - {id: a}\n", "rows:\n  - {id: a, source: x}\n  - {id: b}\n", "# Words.\nwords: [a]\n"):
        assert without_source(wrong), f"the rule missed {wrong!r}"
    for right in ("rows:\n  - {id: a, source: x}\n", "# Source: a book.\nwords: [a]\n", "source: a book\nwords: [a]\n"):
        assert not without_source(right), f"the rule took {right!r} for a table without a source"

    assert tables(), "no table was found"
    found = {
        str(path.relative_to(PACKAGE)): bare for path in tables() if (bare := without_source(path.read_text("utf-8")))
    }
    assert not found, f"{found} name no source. Instead: `source:` in each row, or a comment above the block."
