"""House rules on documents: each command, setting, event, move and noun stands in them, and none is made up."""

from __future__ import annotations

import ast
import dataclasses
import importlib
import json
import re
import shlex
import types
from collections.abc import Iterator

import click
import pytest
from click.testing import CliRunner

from passerelle.conf import SETTINGS
from passerelle.ledger.events import EVENTS
from tests.house.source import PACKAGE, ROOT, sources, tracked
from tools import pages

DOCS = ROOT / "docs"
CONSOLE = re.compile(r"```console\n(.*?)```", re.S)
LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")
NOT_A_NOUN = {"OfficerManager"}


def read(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def documents() -> dict[str, str]:
    """Every Markdown file of the house by its path."""
    return {name: read(name) for name in tracked() if name.endswith(".md")}


def shown(text: str) -> list[str]:
    """The commands a reader is told to type: the lines of console blocks that begin with `$ `, without comments."""
    lines = [line for block in CONSOLE.findall(text) for line in block.replace("\\\n", " ").splitlines()]
    return [line[2:].split("  #")[0].strip() for line in lines if line.startswith("$ ")]


def built() -> click.Group:
    """The commands of `passerelle` as they are built; skips as long as there are none."""
    if not (PACKAGE / "cli" / "__init__.py").is_file():
        pytest.skip("passerelle.cli is not built yet.")
    main = importlib.import_module("passerelle.cli").main
    group = main.main if isinstance(main, types.ModuleType) else main
    assert isinstance(group, click.Group)
    return group


def commands(group: click.Group, before: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    """Each command as the words one types: `("ledger", "verify")`."""
    context = click.Context(group)
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        assert command is not None and command.name == name, name
        if command.hidden:
            continue
        if isinstance(command, click.Group):
            yield from commands(command, (*before, name))
        else:
            yield (*before, name)


def not_real(line: str, group: click.Group) -> str | None:
    """Why this `passerelle …` line would not be understood, or None."""
    words = shlex.split(line)[1:]
    command: click.Command = group
    context = click.Context(group, info_name="passerelle")
    while isinstance(command, click.Group) and words:
        if words[0].startswith("-"):
            break
        found = command.get_command(context, words[0])
        if found is None:
            return f"there is no command “{words[0]}”"
        command, words = found, words[1:]
        context = click.Context(command, parent=context, info_name=command.name)
    if isinstance(command, click.Group) and not command.invoke_without_command and words != ["--help"]:
        return "it stops at a group of commands"
    try:
        options, left, _ = command.make_parser(context).parse_args(args=list(words))
        if left and not context.allow_extra_args:
            return f"{left} are too many words"
        for parameter in command.params:
            if parameter.required and not isinstance(options.get(parameter.name or ""), (str, tuple, list)):
                return f"{parameter.name} is missing"
    except click.UsageError as error:
        return error.format_message()
    return None


def test_the_pages_that_follow_the_code_are_up_to_date() -> None:
    for name in ("settings.md", "ledger-events.md", "duty.md"):
        text = read(f"docs/{name}")
        assert pages.BLOCK.search(text), f"docs/{name} has lost the block that make docs writes."
        broken = pages.BLOCK.sub(lambda found: found[1] + found[4], text)
        assert pages.rewritten(broken) != broken, "an emptied block went unnoticed"
        assert pages.rewritten(text) == text, f"docs/{name} is behind the code. Instead: make docs"


def test_every_setting_stands_in_its_page() -> None:
    page = read("docs/settings.md")
    assert f"`{'no_such_setting'}`" not in page
    missing = [setting.name for setting in SETTINGS if f"`{setting.name}`" not in page or setting.does not in page]
    assert not missing, f"{missing} do not stand in docs/settings.md. Instead: make docs"


def test_every_kind_of_ledger_line_is_frozen_explained_and_listed() -> None:
    page = read("docs/ledger-events.md")
    for name, kind in EVENTS.items():
        assert name == kind.__name__
        assert dataclasses.is_dataclass(kind), f"{name} is no dataclass."
        assert kind.__dataclass_params__.frozen, f"{name} can be changed. Instead: @dataclass(frozen=True)"  # type: ignore[attr-defined]
        says = kind.__dict__.get("__doc__") or ""
        assert says, f"{name} does not say what it is. Instead: a docstring."
        assert not says.startswith(f"{name}("), f"{name} says nothing of its own. Instead: a docstring."
        assert f"### {name}\n" in page, f"{name} does not stand in docs/ledger-events.md. Instead: make docs"
    listed = set(re.findall(r"^### (\w+)$", page, re.M))
    assert listed == set(EVENTS), f"{listed - set(EVENTS)} are in docs/ledger-events.md only. Instead: make docs"


def test_every_command_stands_in_the_readme_or_the_documents() -> None:
    group = built()
    said = "\n".join(documents().values())
    missing = [" ".join(words) for words in commands(group) if f"passerelle {' '.join(words)}" not in said]
    assert not missing, f"no document shows {missing}. Instead: show each in README.md, with what it is for."


def planted_commands() -> click.Group:
    """An invented group: `serve --port N`, `take SERVICE FILE`, `ledger verify FILE`."""
    group, ledger = click.Group("passerelle"), click.Group("ledger")
    group.add_command(click.Command("serve", params=[click.Option(["--port"], type=int)]))
    group.add_command(click.Command("take", params=[click.Argument(["service"]), click.Argument(["file"])]))
    ledger.add_command(click.Command("verify", params=[click.Argument(["file"])]))
    group.add_command(ledger)
    return group


def test_a_command_that_is_not_real_is_found() -> None:
    group = planted_commands()
    assert list(commands(group)) == [("ledger", "verify"), ("serve",), ("take",)]
    for wrong in (
        "passerelle forget", "passerelle serve --prt 80", "passerelle serve 80", "passerelle ledger",
        "passerelle take zone-a", "passerelle ledger sign x", "passerelle take a b c",
    ):
        assert not_real(wrong, group), f"the rule missed {wrong!r}"
    for right in ("passerelle serve --port 80", "passerelle take a b", "passerelle ledger verify x"):
        assert not_real(right, group) is None


def test_every_passerelle_command_shown_is_real() -> None:
    group = built()
    wrong_lines = [
        f"{name}: {line}: {why}"
        for name, text in documents().items()
        for line in shown(text)
        if line.startswith("passerelle") and (why := not_real(line, group))
    ]
    assert not wrong_lines, "\n".join(["", *wrong_lines, "Instead: show what `passerelle … --help` says."])


def test_the_comparisons_that_the_readme_shows_find_what_they_are_shown_for() -> None:
    group = built()
    lines = [line for line in shown(read("README.md")) if line.startswith("passerelle compare")]
    assert lines, "README.md shows no comparison."
    for line in lines:
        done = CliRunner().invoke(group, [*shlex.split(line)[1:], "--json"])
        assert done.exit_code == 0, f"{line}: {done.output}"
        score = json.loads(done.output)["score"]
        assert score >= 0.7, f"README.md shows {line}, which gives {score}. Instead: a pair that is found, or find it."


def test_the_python_that_the_readme_shows_runs() -> None:
    blocks = re.findall(r"```python\n(.*?)```", read("README.md"), re.S)
    assert blocks, "README.md shows no Python."
    for block in blocks:
        *before, last = ast.parse(block).body
        assert isinstance(last, ast.Expr), "the last line of an example is what it shows"
        names: dict[str, object] = {}
        exec(compile(ast.Module(before, []), "README.md", "exec"), names)
        assert eval(compile(ast.Expression(last.value), "README.md", "eval"), names), "the example shows nothing"


def test_every_make_command_shown_is_real() -> None:
    targets = set(re.findall(r"^([a-z]+):.*##", read("Makefile"), re.M))
    known = "help run test check lint audit fuzz forms timing bench peers docs messages lock clean"
    assert set(known.split()) == targets
    assert shown("```console\n$ make sense  # of it\nanswer\n```") == ["make sense"]
    unknown = [
        f"{name}: {line}"
        for name, text in documents().items()
        for line in shown(text)
        if line.startswith("make") and not {w for w in line.split()[1:] if re.fullmatch(r"[a-z]+", w)} <= targets
    ]
    assert not unknown, f"{unknown}. Instead: what `make help` lists."
    missing = [target for target in sorted(targets) if f"make {target}" not in read("CONTRIBUTING.md")]
    assert not missing, f"CONTRIBUTING.md does not show make {missing}."


def model_classes() -> set[str]:
    """The names of all tables, read from the files: no database and no Django is needed to know our nouns."""
    names: set[str] = set()
    for path in (PACKAGE / "records" / "models").glob("*.py"):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        names |= {node.name for node in tree.body if isinstance(node, ast.ClassDef) and node.bases}
    return names - NOT_A_NOUN


def in_words(name: str) -> str:
    """`ReportVersion` as the glossary says it: `Report version`."""
    return re.sub(r"(?<=[a-z])(?=[A-Z])", " ", name).capitalize()


def test_every_table_is_a_word_of_the_glossary() -> None:
    assert in_words("ReportVersion") == "Report version"
    words = set(re.findall(r"^\| \*\*([^*]+)\*\*", read("docs/glossary.md"), re.M))
    assert "Duty" in words
    assert "Manager" not in words
    missing = sorted(in_words(name) for name in model_classes() if in_words(name) not in words)
    assert not missing, f"{missing} are not in docs/glossary.md. Instead: say there what each is, or use its word."


def test_every_decision_is_listed() -> None:
    index = read("docs/decisions/README.md")
    files = sorted(path.name for path in (DOCS / "decisions").glob("0*.md"))
    assert files, "docs/decisions/ holds no decision."
    missing = [name for name in files if f"({name})" not in index]
    assert not missing, f"docs/decisions/README.md does not list {missing}."
    numbers = [name[:4] for name in files]
    assert len(numbers) == len(set(numbers)), f"two decisions share a number: {numbers}"


def dead_links(name: str, text: str) -> list[str]:
    """The links of a document to files that are not there."""
    folder = (ROOT / name).parent
    aims = [aim.split("#")[0] for aim in LINK.findall(text) if "://" not in aim and not aim.startswith("mailto:")]
    return [aim for aim in aims if aim and not (folder / aim).exists()]


def test_no_link_between_documents_is_dead() -> None:
    assert dead_links("README.md", "[a](docs/no-such-page.md)") == ["docs/no-such-page.md"]
    assert not dead_links("README.md", "[a](LICENSE) [b](https://example.org) [c](#limits)")
    dead = {name: found for name, text in documents().items() if (found := dead_links(name, text))}
    assert not dead, f"{dead}. Instead: link to a file that is in the repository."


def pages_named(text: str) -> set[str]:
    return set(re.findall(r"\bdocs/[\w./-]+\.md\b", text))


def test_every_page_that_the_code_sends_a_reader_to_is_there() -> None:
    assert pages_named("see docs/how-to/import.md.") == {"docs/how-to/import.md"}
    dead = {
        file.where: gone
        for file in sources()
        if (gone := sorted(page for page in pages_named(file.text) if not (ROOT / page).is_file()))
    }
    assert not dead, f"{dead}. Instead: name a page that is there, or write it."


def not_there(text: str) -> list[str]:
    """The tests that a document names, `tests/….py::function`, and that are not there."""
    gone = []
    for name, function in re.findall(r"`(tests/[\w/]+\.py)::(\w+)`", text):
        path = ROOT / name
        if not path.is_file() or not re.search(rf"^def {function}\(", path.read_text(encoding="utf-8"), re.M):
            gone.append(f"{name}::{function}")
    return gone


def test_every_promise_of_security_names_a_test_that_is_there() -> None:
    assert not_there("`tests/house/test_pages.py::test_nothing`") == ["tests/house/test_pages.py::test_nothing"]
    assert not not_there("`tests/house/test_pages.py::not_there`")

    text = read("SECURITY.md")
    promised = text.split("## What is promised")[1].split("\n## ")[0]
    promises = re.split(r"^\d\. ", promised, flags=re.M)[1:]
    assert len(promises) >= 7
    bare = [promise.splitlines()[0] for promise in promises if "`tests/" not in promise]
    assert not bare, f"{bare} are promised and shown by nothing. Instead: name the test, or do not promise."
    gone = not_there(text)
    assert not gone, f"SECURITY.md names {gone}. Instead: the test that now shows the same."
