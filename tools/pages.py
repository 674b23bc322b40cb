"""Writes the tables of docs/ that follow the code; with --check it only says which of them are behind."""

from __future__ import annotations

import dataclasses
import re
import sys
from collections.abc import Callable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))  # run as a file too: what it tells of is beside it
DOCS = Path(__file__).resolve().parents[1] / "docs"
BLOCK = re.compile(r"(<!-- written by make docs: (\w+) -->\n)(.*?)(<!-- end of \2 -->)", re.S)


def settings() -> str:
    """Every setting: its name, its default, what it does."""
    from passerelle.conf import SETTINGS

    rows = [("Setting", "In the environment", "Default", "What it does"), ("---",) * 4]
    for setting in SETTINGS:
        default = {True: "`true`", False: "`false`", "": "empty"}.get(setting.default, f"`{setting.default}`")
        rows.append((f"`{setting.name}`", f"`PASSERELLE_{setting.name.upper()}`", default, setting.does))
    return table(rows)


def events() -> str:
    """Every kind of fact the ledger can hold: what it says, and its fields in their order."""
    from passerelle.ledger.events import EVENTS

    parts = []
    for name, kind in EVENTS.items():
        says = " ".join((kind.__doc__ or "").split())
        fields = ", ".join(f"`{field.name}` ({field.type})" for field in dataclasses.fields(kind))
        parts.append(f"### {name}\n\n{says}\n\n{fields or 'No fields.'}\n")
    return "\n".join(parts)


def moves() -> str:
    """The life of a duty, drawn and listed from the one table of moves."""
    from passerelle.duty import ENDED, KINDS, LIVE, MOVES, STATES

    drawn: dict[tuple[str, str], list[str]] = {}
    for move in MOVES:
        for source in move.sources:
            if move.target:
                drawn.setdefault((source, move.target), []).append(move.name)
    lines = ["```mermaid", "stateDiagram-v2", "    [*] --> open"]
    lines += [f"    {source} --> {target}: {', '.join(names)}" for (source, target), names in drawn.items()]
    lines += [f"    {state} --> [*]" for state in ENDED]
    lines += [
        "```", "",
        f"Kinds: {named(KINDS, tuple(KINDS))}.", "",
        f"Live states, each with one holder, a due time and a next event: {named(STATES, LIVE)}.", "",
        f"Ends: {named(STATES, ENDED)}.", "",
    ]
    rows = [("Move", "Duties", "From", "To", "What it says"), ("---",) * 5]
    for move in MOVES:
        kinds = "all" if set(move.kinds) == set(KINDS) else ", ".join(f"`{kind}`" for kind in move.kinds)
        sources = "any live state" if set(move.sources) == set(LIVE) else ", ".join(f"`{s}`" for s in move.sources)
        rows.append((f"`{move.name}`", kinds, sources, f"`{move.target}`" if move.target else "stays", move.says))
    return "\n".join(lines) + "\n" + table(rows)


def named(words: dict[str, str], keys: tuple[str, ...]) -> str:
    return ", ".join(f"`{key}` ({words[key]})" for key in keys)


def table(rows: list[tuple[str, ...]]) -> str:
    return "".join("| " + " | ".join(cell.replace("|", "\\|") for cell in row) + " |\n" for row in rows)


def harnesses() -> str:
    """What each harness counted when it was last run (docs/reliability.json)."""
    from tools.harnesses import rows

    return table(rows())


def flaws() -> str:
    """Each published flaw, what was planted for it here, and the test that went red (docs/security/planted-flaws.json).
    """
    from tools.planted_flaws import rows

    return table(rows())


TABLES: dict[str, Callable[[], str]] = {
    "settings": settings, "events": events, "moves": moves, "harnesses": harnesses, "flaws": flaws,
}  # fmt: skip


def rewritten(text: str) -> str:
    """The page with each of its blocks written afresh. An unknown block is our own mistake."""
    return BLOCK.sub(lambda found: f"{found[1]}\n{TABLES[found[2]]()}\n{found[4]}", text)


def main(arguments: list[str]) -> int:
    behind = []
    for path in sorted(DOCS.rglob("*.md")):
        text = path.read_text(encoding="utf-8")
        new = rewritten(text)
        if new != text:
            behind.append(path.name)
            if "--check" not in arguments:
                path.write_text(new, encoding="utf-8")
    if behind:
        print(("Behind the code: " if "--check" in arguments else "Written: ") + ", ".join(behind))
    return 1 if behind and "--check" in arguments else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
