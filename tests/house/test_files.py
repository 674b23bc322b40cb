"""House rules on files: what the first line says, how long a file may be, and what no folder may be called."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from tests.house.source import Source, faults, planted, sources, test_sources, told

LINES_MAX = 600
DRAWERS = {"utils", "util", "helpers", "helper", "common", "core", "base", "misc", "shared", "lib", "tools", "manager"}


def first_line_says_what_it_is(file: Source) -> Iterator[tuple[int, str]]:
    body = file.tree.body
    said = ast.get_docstring(file.tree)
    if not said:
        yield 1, "no docstring on the first line"
        return
    first = said.splitlines()[0]
    if not file.text.startswith(('"""', "'''", 'r"""')):
        yield body[0].lineno, "the docstring is not the first line"
    elif len(first.split()) < 3:
        yield 1, f"“{first}” does not say what the file is"
    elif not first.rstrip().endswith((".", "?", "!", ":", ",", ";")) and "\n" not in said:
        yield 1, f"“{first}” is no sentence: it has no full stop"


def is_short(file: Source) -> Iterator[tuple[int, str]]:
    count = file.text.count("\n")
    if count > LINES_MAX:
        yield LINES_MAX, f"{count} lines, {count - LINES_MAX} too many"


def is_no_drawer(file: Source) -> Iterator[tuple[int, str]]:
    for part in file.where.removesuffix(".py").split("/"):
        if part in DRAWERS or part.startswith(("utils_", "helper_")) or part.endswith(("_utils", "_helpers", "_util")):
            yield 1, f"“{part}” is a drawer: anything fits in it"


def test_the_first_line_of_each_file_says_what_the_file_is() -> None:
    for wrong in ("", "import os\n", "# a comment\n", '"""Duties"""\n', '\n"""The life of a duty."""\n'):
        assert faults(first_line_says_what_it_is, [planted(wrong)]), f"the rule missed {wrong!r}"
    assert not faults(first_line_says_what_it_is, [planted('"""The life of a duty, as one table."""\n')])

    found = faults(first_line_says_what_it_is, [*sources(), *(f for f in test_sources() if f.text)])
    assert not found, told(found, 'begin with """one true sentence that says what the file is.""" in its first line.')


def test_no_module_is_longer_than_six_hundred_lines() -> None:
    assert faults(is_short, [planted("x = 1\n" * (LINES_MAX + 1))])
    assert not faults(is_short, [planted("x = 1\n" * LINES_MAX)])

    found = faults(is_short, sources())
    assert not found, told(found, "part the file where its first line says “and”; rows of data go to YAML in data/.")


def test_no_file_or_folder_is_a_drawer() -> None:
    for where in ("flow/utils.py", "core/duty.py", "web/date_helpers.py", "common.py"):
        assert faults(is_no_drawer, [planted("", where)]), f"the rule missed {where}"
    assert not faults(is_no_drawer, [planted("", "flow/acknowledge.py")])

    found = faults(is_no_drawer, sources())
    assert not found, told(found, "name the file for the one thing it does, where a newcomer would look for it.")
