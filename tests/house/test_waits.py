"""House rule on waiting: whoever waits for a process, a thread or another machine says for how long."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from tests.house.source import ROOT, Source, dotted, faults, planted, sources, test_sources, told

STARTS = {
    "subprocess.run", "subprocess.call", "subprocess.check_call", "subprocess.check_output", "urlopen",
    "urllib.request.urlopen", "socket.create_connection", "HTTPConnection", "HTTPSConnection",
    "http.client.HTTPConnection", "http.client.HTTPSConnection", "wait",
}  # fmt: skip
"""Called by these names they end by themselves, or after so long. (`wait`: of `concurrent.futures`.)"""

WAITS = {"wait", "join", "communicate", "result"}
"""Of a process, a thread, a barrier, an event, a future. A string joins something: it has an argument."""


def waits_for_ever(file: Source) -> Iterator[tuple[int, str]]:
    for node in ast.walk(file.tree):
        if not isinstance(node, ast.Call) or any(given.arg in {"timeout", None} for given in node.keywords):
            continue
        name = dotted(node.func)
        bounded = 2 if name.endswith("create_connection") else 3 if name.endswith("Connection") else 99
        if name in STARTS and len(node.args) < bounded:
            yield node.lineno, f"{name}(…) without a timeout"
        elif isinstance(node.func, ast.Attribute) and node.func.attr in WAITS and not node.args:
            yield node.lineno, f".{node.func.attr}() without a timeout"


def tools() -> Iterator[Source]:
    for path in sorted((ROOT / "tools").rglob("*.py")):
        yield Source(str(path.relative_to(ROOT)), path.read_text(encoding="utf-8"))


def test_whoever_waits_says_for_how_long() -> None:
    wrong = (
        "subprocess.run(['x'], check=True)", "process.wait()", "thread.join()", "process.communicate()",
        "pool.submit(one).result()", "wait(waiting, return_when=FIRST)", "socket.create_connection(('a', 1))",
        "HTTPConnection('a', 1)", "urlopen('x')",
    )  # fmt: skip
    for one in wrong:
        assert faults(waits_for_ever, [planted(f"{one}\n")]), f"the rule missed {one!r}"
    right = (
        "subprocess.run(['x'], timeout=60)", "process.wait(60)", "thread.join(timeout=3)", "', '.join(words)",
        "future.result(10)", "socket.create_connection(('a', 1), 30)", "run(**more)", "event.wait(0.1)",
    )  # fmt: skip
    for one in right:
        assert not faults(waits_for_ever, [planted(f"{one}\n")]), f"the rule refuses {one!r}"
    found = faults(waits_for_ever, (*sources(), *test_sources(), *tools()))
    assert not found, told(
        found, "a timeout, after which it fails and says why; where something else ends the wait, say so on the line "
        "with `# bent:`. One test that waited for ever took a whole CI run with it.",
    )  # fmt: skip
