"""House rules on tests: each is a sentence, each can fail, and none needs the network or a file that is not here."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from tests.house.source import Source, dotted, faults, imports, planted, test_sources, told

WORDS_MIN = 4
NETWORK = {"socket", "urllib.request", "http.client", "requests", "httpx", "smtplib", "ftplib"}


def each_test(file: Source) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    for node in ast.walk(file.tree):
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)) and node.name.startswith("test_"):
            yield node


def is_no_sentence(file: Source) -> Iterator[tuple[int, str]]:
    if file.where.split("/")[-1].startswith("test_"):
        for test in each_test(file):
            if len(test.name.split("_")) - 1 < WORDS_MIN:
                yield test.lineno, test.name


def checks_something(node: ast.AST, beside: dict[str, ast.AST]) -> bool:
    """Whether something in here can fail: an assert, `pytest.raises`, a call of a function that asserts by its name,
    or of one `beside` it in the same file that checks something itself."""
    for part in ast.walk(node):
        if isinstance(part, ast.Assert) and not (isinstance(part.test, ast.Constant) and part.test.value):
            return True
        if isinstance(part, ast.Call):
            last = dotted(part.func).split(".")[-1]
            if last in {"raises", "fail", "warns"} or last.startswith(("assert", "check_", "expect", "must_")):
                return True
            if last in beside:
                others = {name: function for name, function in beside.items() if name != last}
                if checks_something(beside[last], others):
                    return True
    return False


def cannot_fail(file: Source) -> Iterator[tuple[int, str]]:
    if file.where.split("/")[-1].startswith("test_"):
        beside: dict[str, ast.AST] = {node.name: node for node in file.tree.body if isinstance(node, ast.FunctionDef)}
        for test in each_test(file):
            if not checks_something(test, beside):
                yield test.lineno, test.name


def reaches_out(file: Source) -> Iterator[tuple[int, str]]:
    for line, full, _ in imports(file):
        if full in NETWORK or full.rpartition(".")[0] in NETWORK:
            yield line, f"import of {full}"


def test_every_test_is_named_by_a_sentence() -> None:
    assert faults(is_no_sentence, [planted("def test_judge():\n    assert judge()\n", "tests/test_x.py")])
    right = "def test_judging_twice_is_refused():\n    assert judge()\n"
    assert not faults(is_no_sentence, [planted(right, "tests/test_x.py")])

    found = faults(is_no_sentence, test_sources())
    assert not found, told(found, "say what holds: test_acknowledging_twice_is_refused_and_leaves_no_trace.")


def test_no_test_is_one_that_cannot_fail() -> None:
    for wrong in ("def test_x():\n    run()\n", "def test_x():\n    assert True\n", "def test_x():\n    '''says'''\n"):
        assert faults(cannot_fail, [planted(wrong, "tests/test_x.py")]), f"the rule missed {wrong!r}"
    beside = "def same(x):\n    assert x\n\ndef test_x():\n    "
    for right in ("assert run() == 1", "with pytest.raises(No):\n        run()", "check_invariants(world)", "same(1)"):
        assert not faults(cannot_fail, [planted(f"{beside}{right}\n", "tests/test_x.py")])

    found = faults(cannot_fail, test_sources())
    assert not found, told(found, "assert what would be wrong if the code were, or leave the test out.")


def test_no_test_reaches_for_the_network() -> None:
    for wrong in ("import socket", "from urllib.request import urlopen", "import requests"):
        assert faults(reaches_out, [planted(wrong, "tests/test_x.py")]), f"the rule missed {wrong!r}"
    assert not faults(reaches_out, [planted("from urllib.parse import urlsplit", "tests/test_x.py")])

    found = faults(reaches_out, test_sources())
    assert not found, told(
        found, "use Django's client or live_server; a test of loopback itself says why with `# bent:` on the line."
    )
