"""Writes docs/benchmarks.md from `benchmarks/results`; with --check it only says whether the page is behind."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

from benchmarks.measures import COLUMNS, OTHER, OURS, ROWS, TUNED, WHOLE, Measure, Row

RESULTS = Path(__file__).parent / "results"
PAGE = Path(__file__).parents[1] / "docs" / "benchmarks.md"

HEAD = """# Benchmarks

Written by `python -m benchmarks.page` from the JSON in `benchmarks/results`: no figure here is typed by hand. Goals
are those agreed for the first release. Each row is one command, `python -m benchmarks.one ROW`; `make bench` runs all
of them and writes this page anew (`ARGS=--long` adds the long ones), and `make peers` installs the peers, in an
environment of their own, from `benchmarks/requirements-peers.lock`. The peers' figures are of the same run as ours,
on the same pairs.

The data are not in the repository (licences, and real people): `--data DIR` names their folder. They are one half of
what was gathered; the other half is held out by whoever commissioned Passerelle and was never seen. What is at hand
is halved once more where something was tuned on it: the *tuned half*, whose errors were looked at, and the *other
half*. A goal counts as met by the other half where there is one.

A string distance sees Latin letters without marks (ICU's transliteration). Of four (Jaro-Winkler, token sort, token
set, Levenshtein; by rapidfuzz) the best for that row is shown. Double metaphone codes, compared by Levenshtein, have
a column of their own. nomenklatura keeps names by the entity's id: each entity gets an id that was never used.
"""


def results() -> dict[str, dict[str, Any]]:
    """The committed results by row."""
    return {path.stem: json.loads(path.read_text(encoding="utf-8")) for path in sorted(RESULTS.glob("*.json"))}


def number(measure: Measure, figure: dict[str, Any] | None) -> str:
    """A figure as the page shows it, with the word on it."""
    if figure is None:
        return "–"
    text = f"{figure['value']:,.{measure.digits}f}"
    return f"{text} ({figure['said']})" if figure.get("said") else text


def deciding(of: dict[str, Any]) -> dict[str, Any] | None:
    """The figure of the other half, of the whole where there are no halves."""
    figure: dict[str, Any] | None = of.get(OTHER) or of.get(WHOLE) or of.get(TUNED)
    return figure


def verdict(measure: Measure, ours: dict[str, Any]) -> str:
    """“met”, “not met” or nothing."""
    figure = deciding(ours)
    met = measure.met(figure["value"]) if figure else None
    return {True: "met", False: "**not met**", None: ""}[met]


def section(row: Row, result: dict[str, Any] | None) -> str:
    """What the page says of one row."""
    lines = [f"## {row.says[0].upper()}{row.says[1:]}", ""]
    if row.cut:
        lines += [row.cut, ""]
    lines += [f"Tuned on: {row.tuned_on}", ""]
    if result is None or "why_not" in result:
        why = result["why_not"] if result else "It has not been run."
        lines += [f"**Not measured.** {why}", ""]
        for measure in row.measures:
            if measure.goal is not None:
                lines.append(f"- {measure.says}: goal {measure.goal_said}")
        return "\n".join([*lines, ""])
    figures = result["figures"]
    halved = any(TUNED in of for whose in figures.values() for of in whose.values())
    known = {name for whose in figures.values() for name in whose if name != OURS}
    peers = [*(name for name in COLUMNS if name in known), *sorted(known - set(COLUMNS))]
    ours = ["ours, tuned half", "ours, other half"] if halved else ["ours"]
    heads = ["", "cases", "goal", *ours, "", *peers]
    lines += ["| " + " | ".join(heads) + " |", "| " + " | ".join("---" for _ in heads) + " |"]
    for measure in row.measures:
        whose = figures.get(measure.key, {})
        mine = whose.get(OURS, {})
        figure = deciding(mine) or next((deciding(of) for of in whose.values()), None)
        cells = [measure.says, f"{figure['cases']:,}" if figure else "–", measure.goal_said]
        if halved:
            cells += [number(measure, mine.get(TUNED)), number(measure, mine.get(OTHER) or mine.get(WHOLE))]
        else:
            cells.append(number(measure, mine.get(WHOLE)))
        cells.append(verdict(measure, mine))
        cells += [number(measure, deciding(whose[name]) if name in whose else None) for name in peers]
        lines.append("| " + " | ".join(cells) + " |")
    lines += ["", *(f"- {line}" for line in (*result["notes"], *result["missing"]))]
    machine, versions = result["machine"], {**result["versions"], **result["peers"]}
    lines += [
        f"- {result['date']}, {result['seconds']:,.0f} seconds; {machine['processor']}, {machine['cores']} cores, "
        f"{machine['memory_gb']} GB, {machine['system']}, Python {machine['python']}; "
        + ", ".join(f"{name} {version}" for name, version in sorted(versions.items(), key=lambda one: one[0].lower()))
        + f". `python -m benchmarks.one {row.key}`",
        "",
    ]  # fmt: skip
    return "\n".join(lines)


def summary(found: dict[str, dict[str, Any]]) -> str:
    """One line for each figure that has a goal."""
    lines = ["## In short", "", "| row | figure | goal | ours | | best peer |", "| --- | --- | --- | --- | --- | --- |"]
    for row in ROWS:
        result = found.get(row.key, {})
        for measure in row.measures:
            if measure.goal is None:
                continue
            whose = result.get("figures", {}).get(measure.key, {})
            mine = deciding(whose.get(OURS, {}))
            theirs = [(name, deciding(of)) for name, of in whose.items() if name != OURS]
            rank = min if measure.at_most else max
            best = rank(((of["value"], name) for name, of in theirs if of), default=None)
            cells = [
                row.says, measure.says, measure.goal_said,
                f"{mine['value']:,.{measure.digits}f}" if mine else "not measured",
                verdict(measure, whose.get(OURS, {})),
                f"{best[0]:,.{measure.digits}f} {best[1]}" if best else "–",
            ]  # fmt: skip
            lines.append("| " + " | ".join(cells) + " |")
    return "\n".join([*lines, ""])


def page(found: dict[str, dict[str, Any]]) -> str:
    """The whole page."""
    return "\n".join([HEAD, summary(found), *(section(row, found.get(row.key)) for row in ROWS)])


def main(arguments: list[str]) -> int:
    """Writes the page; --check only compares."""
    new = page(results())
    behind = not PAGE.is_file() or PAGE.read_text(encoding="utf-8") != new
    if behind and "--check" not in arguments:
        PAGE.write_text(new, encoding="utf-8")
        print("Written: docs/benchmarks.md")
    elif behind:
        print("docs/benchmarks.md is behind the results.")
    return 1 if behind and "--check" in arguments else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
