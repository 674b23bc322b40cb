"""Where a process may die: each transaction of a verb, by name, at four moments; a simulation watches and kills there.

Nobody watches a live house: then a moment costs one look at a variable.
"""

from __future__ import annotations

import ast
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from pathlib import Path

MOMENTS = ("begun", "changed", "written", "committed")
"""The ledger's head is locked; the rows have changed; the lines stand too; committed, and the caller has not heard."""

_watch: ContextVar[Callable[[str, str], None] | None] = ContextVar("watch", default=None)


@contextmanager
def watched(watch: Callable[[str, str], None]) -> Iterator[None]:
    """Within it `watch(point, moment)` is called at each moment of each transaction; what it raises ends that one."""
    token = _watch.set(watch)
    try:
        yield
    finally:
        _watch.reset(token)


def here() -> str:
    """The name of the verb that opens a journal, `escalate.next_events`; empty where nobody watches."""
    if _watch.get() is None:
        return ""
    frame = sys._getframe(3)  # this, the journal, contextlib, and the verb
    return f"{frame.f_globals['__name__'].rpartition('.')[2]}.{frame.f_code.co_qualname}"


def reached(point: str, moment: str) -> None:
    """A transaction has come to a moment."""
    watch = _watch.get()
    if watch is not None:
        watch(point, moment)


@cache
def known() -> tuple[str, ...]:
    """The names of all transactions there are, read from the verbs: each `with journal(…)`."""
    names = set()
    for path in sorted(Path(__file__).parent.glob("*.py")):
        found = _Names(path.stem)
        found.visit(ast.parse(path.read_text(encoding="utf-8")))
        names |= found.names
    return tuple(sorted(names))


class _Names(ast.NodeVisitor):
    """Collects the functions of one file that open a journal."""

    def __init__(self, module: str) -> None:
        self.module, self.within, self.names = module, list[str](), set[str]()

    def _inside(self, node: ast.FunctionDef | ast.ClassDef) -> None:
        self.within.append(node.name)
        self.generic_visit(node)
        self.within.pop()

    visit_FunctionDef = _inside
    visit_ClassDef = _inside

    def visit_With(self, node: ast.With) -> None:
        for item in node.items:
            called = item.context_expr
            if isinstance(called, ast.Call) and isinstance(called.func, ast.Name) and called.func.id == "journal":
                self.names.add(f"{self.module}.{'.'.join(self.within)}")
        self.generic_visit(node)
