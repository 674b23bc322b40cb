"""Plants one bug after another in the rules of duties and policy, and counts how many their tests catch.

    python -m tools.mutate                         every bug in src/passerelle/duty and src/passerelle/policy
    python -m tools.mutate --only policy/ladder    one module
    python -m tools.mutate --sample 200 --seed 7   so many, drawn by a seed
    python -m tools.mutate --seconds 600 --json    as far as the time reaches

A bug is one change of the syntax tree: another comparison, `and` for `or`, a `not` removed, a number one higher, True
for False, a word that is no word, a statement left out, nothing returned. Each is tried in a process of its own, on the
rule tests that import the module, until the first test fails; a process that takes too long counts as caught. What
changes nothing that anybody could see is no bug: it is named in EQUIVALENT, with the reason, and not counted.
"""

from __future__ import annotations

import argparse
import ast
import copy
import functools
import importlib.abc
import importlib.machinery
import json
import os
import random
import resource
import signal
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any

import django.db.models  # noqa: F401 (here once, not in the process of each bug)
import hypothesis
import pytest
import yaml  # noqa: F401

ROOT = Path(__file__).resolve().parents[1]
PACKAGE = ROOT / "src" / "passerelle"
ROOMS = ("duty", "policy")
LEFT_OUT = ("policy/phrases.py",)
"""Sentences for translators: nothing in them decides."""

EQUIVALENT: dict[tuple[str, str, str], str] = {
    (
        "policy/disclosure.py",
        "if sender_decided and not needs_judgement and not unsure and form != allowed_at_once:",
        "part 1 of “and” is left out",
    ): "a row never allows less after a decision than at once (its table is refused), so `form` differs only by one",
    (
        "duty/effective.py",
        "if running >= floor:",
        "gte becomes gt",
    ): "where they are the same, the next line gives the same",
    (
        "policy/published.py",
        "depth = 0",
        "0 becomes 1",
    ): "depths are only put in order, and all of them are one more",
    (
        "policy/published.py",
        "column, depth = part_of[column], depth + 1",
        "1 becomes 2",
    ): "depths are only put in order, and all of them are doubled",
    (
        "policy/calendar.py",
        'since, only = row.get("since", 0), tuple(row.get("only", ()))',
        "0 becomes 1",
    ): "no date has a year below 1",
    (
        "policy/published.py",
        "beside = sorted((row[column], number) for number, row in enumerate(rows) "
        "if number not in hides and row[column])",
        "part 1 of “and” is left out",
    ): "what is hidden already is hidden once more, and the next is looked at under the same condition",
}
"""Changes that change nothing: the module, the line as it stands, and what is changed in it; and why."""

SECONDS_MAX = 120
"""So many seconds of the processor one bug may take; the tests without one take a few. By the clock ten times as long:
a machine that is busy with something else has caught nothing."""

COMPARISONS: dict[type[ast.cmpop], tuple[type[ast.cmpop], ...]] = {
    ast.Lt: (ast.LtE, ast.Gt), ast.LtE: (ast.Lt, ast.Gt), ast.Gt: (ast.GtE, ast.Lt), ast.GtE: (ast.Gt, ast.Lt),
    ast.Eq: (ast.NotEq,), ast.NotEq: (ast.Eq,), ast.In: (ast.NotIn,), ast.NotIn: (ast.In,), ast.Is: (ast.IsNot,),
    ast.IsNot: (ast.Is,),
}  # fmt: skip
ARITHMETIC: dict[type[ast.operator], type[ast.operator]] = {
    ast.Add: ast.Sub, ast.Sub: ast.Add, ast.Mult: ast.Add, ast.FloorDiv: ast.Mult, ast.Mod: ast.Add,
    ast.BitAnd: ast.BitOr, ast.BitOr: ast.BitAnd,
}  # fmt: skip


@dataclass(frozen=True)
class Bug:
    """One change in one module: what it is, where, and how the module's source with it is made, once it is wanted."""

    module: str
    line: int
    says: str
    planted: Callable[[], str]

    def __str__(self) -> str:
        return f"{self.module}:{self.line}: {self.says}"


def bugs_of(path: Path) -> Iterator[Bug]:
    """Every bug that can be planted in a module, in the order of its lines."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    name = str(path.relative_to(PACKAGE))
    lines = ["", *path.read_text(encoding="utf-8").splitlines()]
    decides_nothing = {id(inner) for node in ast.walk(tree) for outer in _notes(node) for inner in ast.walk(outer)}
    for number, node in enumerate(ast.walk(tree)):
        if id(node) in decides_nothing:
            continue
        for says, change in changes(node):
            if (name, lines[getattr(node, "lineno", 0)].strip(), says) in EQUIVALENT:
                continue
            yield Bug(name, getattr(node, "lineno", 0), says, functools.partial(_source_with, tree, number, change))


def _source_with(tree: ast.Module, number: int, change: Callable[[ast.AST], None]) -> str:
    planted = copy.deepcopy(tree)
    change(next(found for place, found in enumerate(ast.walk(planted)) if place == number))
    ast.fix_missing_locations(planted)
    return ast.unparse(planted)


def _notes(node: ast.AST) -> list[ast.AST]:
    """Types and decorators: what is written for readers and checkers."""
    found = [*getattr(node, "decorator_list", ()), getattr(node, "annotation", None), getattr(node, "returns", None)]
    if isinstance(node, ast.Subscript) and isinstance(node.value, ast.Name) and node.value.id in ("Literal", "dict"):
        found.append(node.slice)
    return [note for note in found if note is not None]


def changes(node: ast.AST) -> Iterator[tuple[str, Any]]:
    """What can be changed in one node: words for it, and a function that does it to a copy of the node."""
    if isinstance(node, ast.Compare):
        for place, operator in enumerate(node.ops):
            for other in COMPARISONS.get(type(operator), ()):
                yield f"{_sign(operator)} becomes {_sign(other())}", _set_in("ops", place, other())
    elif isinstance(node, ast.BoolOp):
        other_way: ast.boolop = ast.Or() if isinstance(node.op, ast.And) else ast.And()
        yield f"{_sign(node.op)} becomes {_sign(other_way)}", _set("op", other_way)
        for place in range(len(node.values)):
            yield f"part {place + 1} of “{_sign(node.op)}” is left out", _drop(place)
    elif isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not):
        yield "not is left out", _double_not
    elif isinstance(node, ast.BinOp) and type(node.op) in ARITHMETIC:
        changed = ARITHMETIC[type(node.op)]()
        yield f"{_sign(node.op)} becomes {_sign(changed)}", _set("op", changed)
    elif isinstance(node, ast.Constant):
        if isinstance(node.value, bool):
            yield f"{node.value} becomes {not node.value}", _set("value", not node.value)
        elif isinstance(node.value, int):
            yield f"{node.value} becomes {node.value + 1}", _set("value", node.value + 1)
    elif isinstance(node, ast.Return) and node.value is not None and not _is_none(node.value):
        yield "nothing is returned", _set("value", ast.Constant(None))
    elif isinstance(node, ast.IfExp):
        yield "the choice is turned round", _turn
    elif isinstance(node, (ast.Set, ast.Tuple)) and len(node.elts) > 1 and all(map(_is_word, node.elts)):
        for place, element in enumerate(node.elts):
            yield f"{element.value!r} becomes no word", _set_in("elts", place, ast.Constant("no such word"))  # type: ignore[attr-defined]
    body = getattr(node, "body", None)
    if isinstance(body, list):
        for place, statement in enumerate(body):
            if _can_be_left_out(statement):
                yield f"line {statement.lineno} is left out", _set_in("body", place, ast.Pass())


def _sign(node: ast.AST) -> str:
    return type(node).__name__.lower()


def _is_none(node: ast.AST) -> bool:
    return isinstance(node, ast.Constant) and node.value is None


def _is_word(node: ast.AST) -> bool:
    return isinstance(node, ast.Constant) and isinstance(node.value, str)


def _can_be_left_out(statement: ast.stmt) -> bool:
    """Calls, raises, checks and steps; not documentation, and nothing without which the module cannot be read."""
    if isinstance(statement, ast.Expr):
        return isinstance(statement.value, ast.Call)
    return isinstance(statement, (ast.Raise, ast.AugAssign, ast.Continue, ast.Break))


def _set(field: str, value: Any) -> Any:
    return lambda node: setattr(node, field, value)


def _set_in(field: str, place: int, value: Any) -> Any:
    return lambda node: getattr(node, field).__setitem__(place, value)


def _drop(place: int) -> Any:
    def change(node: ast.BoolOp) -> None:
        del node.values[place]
        if len(node.values) == 1:
            node.values.append(node.values[0])

    return change


def _double_not(node: ast.UnaryOp) -> None:
    node.operand = ast.UnaryOp(ast.Not(), node.operand)


def _turn(node: ast.IfExp) -> None:
    node.body, node.orelse = node.orelse, node.body


def modules(only: str = "") -> list[Path]:
    """The modules that bugs are planted in."""
    found = [path for room in ROOMS for path in sorted((PACKAGE / room).rglob("*.py"))]
    names = [(path, str(path.relative_to(PACKAGE))) for path in found]
    return [path for path, name in names if name not in LEFT_OUT and only in name]


@functools.cache
def tests_of(name: str) -> list[str]:
    """The rule tests that import a module of the rules, by name or through its package."""
    room, *_, last = Path(name).with_suffix("").parts
    wanted = Path(name).parent.name if last == "__init__" else last
    if Path(name).parts[:2] == ("policy", "access"):
        wanted = "access"
    found = []
    for path in sorted((ROOT / "tests" / "rules").glob("test_*.py")):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        imported = (
            f"{getattr(node, 'module', '') or ''}.{alias.name}".split(".")
            for node in ast.walk(tree)
            if isinstance(node, (ast.Import, ast.ImportFrom))
            for alias in node.names
        )
        if any(wanted in parts and room in parts for parts in imported):
            found.append(str(path.relative_to(ROOT)))
    if not found and room == "duty":  # its package offers all of it under its own name
        return [str(path.relative_to(ROOT)) for path in sorted((ROOT / "tests" / "rules").glob("test_duty_*.py"))]
    return found


class Planted(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Gives one module with its bug to whoever imports it."""

    def __init__(self, name: str, path: Path, source: str) -> None:
        self.name, self.path, self.source = name, path, source

    def find_spec(self, fullname: str, path: Any, target: Any = None) -> Any:
        if fullname != self.name:
            return None
        package = self.path.name == "__init__.py"
        spec = importlib.machinery.ModuleSpec(fullname, self, origin=str(self.path), is_package=package)
        spec.has_location = True
        if package:
            spec.submodule_search_locations = [str(self.path.parent)]
        return spec

    def exec_module(self, module: ModuleType) -> None:
        exec(compile(self.source, str(self.path), "exec"), module.__dict__)  # noqa: S102 (our own module, with a bug)


def caught(bug: Bug | None, tests: Sequence[str], seconds: int = SECONDS_MAX) -> bool:
    """Whether the tests fail with this bug (None: as the house stands), in a process of their own."""
    child = os.fork()
    if child == 0:
        status = 1
        try:
            resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
            status = _run(bug, tests)
        finally:
            os._exit(0 if status == 0 else 1)
    until = time.monotonic() + 10 * seconds
    while time.monotonic() < until:
        done, status = os.waitpid(child, os.WNOHANG)
        if done:
            return status != 0
        time.sleep(0.02)
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    return True


def _run(bug: Bug | None, tests: Sequence[str]) -> int:
    nothing = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nothing, 1)
    os.dup2(nothing, 2)
    os.chdir(ROOT)
    if bug is not None:
        dotted = ".".join(("passerelle", *Path(bug.module).with_suffix("").parts)).removesuffix(".__init__")
        sys.meta_path.insert(0, Planted(dotted, PACKAGE / bug.module, bug.planted()))
    os.environ["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] = "1"  # what else is installed takes longer to load than the tests
    plain = ["-c", os.devnull, f"--rootdir={ROOT}", "--import-mode=importlib", "-p", "_hypothesis_pytestplugin"]
    return int(pytest.main([*tests, *plain, "-x", "-q", "-p", "no:cacheprovider", "--hypothesis-seed=0"]))


def main(arguments: Sequence[str] | None = None) -> int:
    """Plant, run, report: 0 when at least `--at-least` percent were caught."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", default="", help="only modules with this in their path, such as policy/ladder")
    parser.add_argument("--sample", type=int, help="only so many bugs, drawn by the seed")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--seconds", type=int, help="stop after so many seconds")
    parser.add_argument("--at-least", type=float, default=95.0, help="percent that must be caught")
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args(arguments)
    begun = time.monotonic()
    hypothesis.settings.register_profile(  # a slow machine is no bug that was caught
        "mutate", deadline=None, max_examples=60, database=None, suppress_health_check=list(hypothesis.HealthCheck)
    )
    hypothesis.settings.load_profile("mutate")
    all_bugs = [bug for path in modules(given.only) for bug in bugs_of(path)]
    random.Random(given.seed).shuffle(all_bugs)  # noqa: S311 (a draw to be repeated)
    chosen = all_bugs[: given.sample] if given.sample else all_bugs
    for tests in sorted({tuple(tests_of(bug.module)) for bug in chosen}):
        if tests and caught(None, tests, 10 * SECONDS_MAX):
            parser.error(f"these tests fail without any bug: {' '.join(tests)}")
    survivors, tried, by_module = [], 0, dict[str, list[int]]()
    for bug in chosen:
        if given.seconds and time.monotonic() - begun > given.seconds:
            break
        tried += 1
        if not tried % 20:
            print(f"{tried} tried, {len(survivors)} not caught", file=sys.stderr, flush=True)
        tests = tests_of(bug.module)
        found = bool(tests) and caught(bug, tests)
        counts = by_module.setdefault(bug.module, [0, 0])
        counts[0] += found
        counts[1] += 1
        if not found:
            survivors.append(bug)
            if not given.json:
                print(f"not caught: {bug}", flush=True)
    score = 100 * (tried - len(survivors)) / tried if tried else 0.0
    if given.json:
        told = {
            "bugs": len(all_bugs), "tried": tried, "caught": tried - len(survivors), "score": round(score, 1),
            "seed": given.seed, "equivalent": len(EQUIVALENT), "seconds": round(time.monotonic() - begun),
            "survivors": [str(bug) for bug in survivors],
            "modules": {name: {"caught": a, "tried": b} for name, (a, b) in sorted(by_module.items())},
        }  # fmt: skip
        print(json.dumps(told, indent=2))
    else:
        for name, (good, whole) in sorted(by_module.items()):
            print(f"{100 * good / whole:5.1f} %  {good:4} of {whole:4}  {name}")
        print(f"{tried - len(survivors)} of {tried} planted bugs caught ({score:.1f} %); {len(all_bugs)} there are.")
    return 0 if score >= given.at_least else 1


if __name__ == "__main__":
    raise SystemExit(main())
