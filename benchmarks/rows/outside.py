"""Rows whose measurement is a command of its own: linking, one report against a million, equal errors, pages."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

from benchmarks.bench import Bench
from benchmarks.measures import OURS, WHOLE, Figures
from passerelle.errors import Refused
from passerelle.words import sentence

SUBJECTS = 1_000_000
SIZES = "10000,100000"
MILLION = "100000,1000000"
EQUAL = ("at 95 % of other spellings", "at 95 % of the links")


class CommandFailed(Refused):
    """A measuring command ended without its JSON."""

    code = "benchmarks.command_failed"


def figures(bench: Bench, key: str) -> Figures:
    """The figures of one of the rows here. Raises CommandFailed."""
    return {"link": link, "one_report": one_report, "fairness": fairness, "page_times": page_times}[key](bench)


def said(module: str, *options: str) -> dict[str, Any]:
    """What `python -m module … --json` prints."""
    command = [sys.executable, "-m", module, "--json", *options]
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=Path(__file__).parents[2])
    try:
        found: dict[str, Any] = json.loads(done.stdout)
    except ValueError:
        last = (done.stderr.strip().splitlines() or ["it printed no JSON"])[-1]
        raise CommandFailed(sentence("{module} failed: {why}", module=module, why=last[-300:])) from None
    return found


def peers_options(bench: Bench, option: str) -> list[str]:
    """The option that names the peers' interpreter, where there is one."""
    return [option, str(bench.peers.python)] if bench.peers is not None else []


def link(bench: Bench) -> Figures:
    """100,000 invented persons against themselves, the peer beside us; then a million by us alone (the peer was ended
    after eleven minutes at 14 GB). The growth is from the one to the other."""
    told = said("benchmarks.link_registers", "--sizes", SIZES, *peers_options(bench, "--peers"))
    found = Figures()
    largest = max(row["size"] for row in told["rows"])
    seconds: dict[str, float] = {}
    for row in told["rows"]:
        if "fault" in row:
            found.missing.append(f"{row['who']} at {row['size']:,}: {row['fault'].strip().splitlines()[-1]}")
            continue
        if "version" in row and bench.peers is not None:
            bench.peers.versions[row["who"]] = str(row["version"])
        if row["size"] == largest:
            seconds[row["who"]] = row["seconds"]
            told_as = {"seconds": "seconds", "memory_mb": "tree_mb", "recall": "recall", "precision": "precision"}
            for measure, name in told_as.items():
                if name in row:
                    found.put(measure, row["who"], WHOLE, row[name], largest)
    alone = said("benchmarks.link_registers", "--sizes", MILLION, "--peers", "")
    for row in alone["rows"]:
        if row["size"] > largest and "fault" not in row:
            for measure, name in (("seconds", "seconds"), ("memory_mb", "tree_mb"), ("recall", "recall"),
                                  ("precision", "precision")):  # fmt: skip
                found.put(f"million_{measure}", row["who"], WHOLE, row[name], row["size"])
    grown = alone["growth"].get(OURS, {}).get("seconds")
    if grown is not None:
        found.put("growth", OURS, WHOLE, grown, SUBJECTS)
    if {OURS, "splink"} <= set(seconds):
        found.put("ratio", OURS, WHOLE, seconds[OURS] / seconds["splink"], largest)
    found.missing += told.get("missing", [])
    return found


def one_report(bench: Bench) -> Figures:
    """One report of five subjects, so many times, against a million, on SQLite; a folder that was filled before with as
    many, where PASSERELLE_BENCH_MILLION names one, is measured again."""
    filled = os.environ.get("PASSERELLE_BENCH_MILLION")
    told = said("benchmarks.one_report", "--subjects", str(SUBJECTS), *(["--folder", filled] if filled else []))
    found = Figures()
    found.put("p95_ms", OURS, WHOLE, told["ms_p95"], told["reports"])
    found.notes.append(
        f"{told['subjects']:,} subjects in {told['database']}; median {told['ms_p50']} ms, of the processor p95 "
        f"{told['cpu_ms_p95']} ms; built in {told['built_seconds']:,.0f} seconds; {told['memory_mb']} MB."
    )
    return found


def page_times(bench: Bench) -> Figures:
    """Each page that each role can ask for, twenty times, on the demonstration."""
    told = said("benchmarks.page_times")
    found = Figures()
    found.put("p95_ms", OURS, WHOLE, told["ms_p95"], told["pages"])
    found.put("cpu_ms", OURS, WHOLE, told["cpu_ms_p95"], told["pages"])
    found.put("questions", OURS, WHOLE, told["questions_max"], told["pages"])
    slowest = told["slowest"]
    found.notes.append(
        f"{told['pages']} pages of the roles, {told['times']} times each; the slowest is {slowest['page']} for the "
        f"{slowest['role']}; {told['over']} take longer than the goal; load of the machine {told['load']}."
    )
    return found


def fairness(bench: Bench) -> Figures:
    """False alarms on strangers by nationality, at the bar of 95 % recall: the worst group over the median one."""
    data = ["--data", bench.data] if bench.data else []
    told = said("benchmarks.fairness", *data, *peers_options(bench, "--peers"))
    found = Figures()
    for measure, cut in (("names", "names only"), ("full", "with birth date and nationality")):
        peer = told.get("peer: logic-v2, strangers against lists", {})
        sides = ((OURS, told["strangers against lists"]), ("logic-v2", peer))
        for who, whose in sides:
            cuts = whose.get(cut, {})
            at = next((cuts[name] for name in EQUAL if name in cuts), {})
            for name, by in at.get("by", {}).items():
                equality = by["equality"]
                raw, shrunken = equality.get("raw_ratio"), equality.get("shrunken_ratio")
                shown = [f"{ratio:.2f}" if ratio is not None else "none" for ratio in (raw, shrunken)]
                found.notes.append(
                    f"{who}, {cut}, by {name}: {shown[0]}; without what is chance {shown[1]}; "
                    f"{equality['large']} of {equality['groups']} groups are large enough to count."
                )
                known = found.found.get(measure, {}).get(who, {}).get(WHOLE)
                if raw is not None and (known is None or raw > known["value"]):
                    found.put(measure, who, WHOLE, raw, equality["large"], f"by {name}")
    found.notes.append(
        "Cases are the groups in which five or more alarms would be expected at the common rate; shown is the worst "
        "way to group. "
        "Where there are fewer than three such groups, there is no ratio."
    )
    found.missing += told.get("missing", [])
    return found
