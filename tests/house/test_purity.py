"""House rules on what a function may reach for: no clock, no dice, no writes in doors, no mocks of our own code."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from tests.house.source import DOORS, Source, dotted, faults, imports, planted, sources, test_sources, told

CLOCKS = (
    "datetime.now", "datetime.utcnow", "datetime.today", "date.today", "time.time", "time.time_ns",
    "time.localtime", "time.gmtime", "timezone.now", "timezone.localdate", "timezone.localtime",
)
CLOCKS_TAKEN_BY_NAME = {
    "time.time", "time.time_ns", "time.localtime", "time.gmtime",
    "django.utils.timezone.now", "django.utils.timezone.localdate", "django.utils.timezone.localtime",
}
MAY_READ_THE_CLOCK = (*DOORS, "server", "testing")
DICE = {"random", "secrets"}
DICE_BY_NAME = ("os.urandom", "uuid.uuid4", "uuid.uuid1")
WRITES = {
    "save", "create", "update", "delete", "bulk_create", "bulk_update", "get_or_create", "update_or_create",
    "create_user", "create_superuser", "asave", "acreate", "aupdate", "adelete", "execute", "executemany",
}
NO_ROWS = {
    "progress": "a bar of rich", "bar": "the same",
    "session": "the browser's session", "digest": "a hash", "environ": "the environment",
    "headers": "an answer's headers", "context": "what a template gets",
}


def reads_the_clock(file: Source) -> Iterator[tuple[int, str]]:
    """Each mention of a clock, called or handed on (`default=timezone.now`), and fields that read it by themselves."""
    for node in ast.walk(file.tree):
        if isinstance(node, ast.Attribute):
            name = dotted(node)
            if any(name == clock or name.endswith("." + clock) for clock in CLOCKS):
                yield node.lineno, name
        elif isinstance(node, ast.keyword) and node.arg in {"auto_now", "auto_now_add"}:
            yield node.value.lineno, node.arg
    for line, full, _ in imports(file):
        if full in CLOCKS_TAKEN_BY_NAME:
            yield line, full


def throws_dice(file: Source) -> Iterator[tuple[int, str]]:
    for line, full, _ in imports(file):
        if full.split(".")[0] in DICE or full in DICE_BY_NAME:
            yield line, full
    for node in ast.walk(file.tree):
        if isinstance(node, ast.Attribute) and dotted(node) in DICE_BY_NAME:
            yield node.lineno, dotted(node)


def writes_rows(file: Source) -> Iterator[tuple[int, str]]:
    for node in ast.walk(file.tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in WRITES:
            receiver = dotted(node.func.value).split(".")[-1].lstrip("_")
            if receiver not in NO_ROWS:
                yield node.lineno, f"{dotted(node.func) or '….' + node.func.attr}(…)"


def mocks_our_own_code(file: Source) -> Iterator[tuple[int, str]]:
    """A patch or a monkeypatch aimed at something of ours: by its dotted name, or by a name imported from us."""
    ours = {name for _, full, name in imports(file) if full.split(".")[0] == "passerelle"}
    for node in ast.walk(file.tree):
        if not isinstance(node, ast.Call):
            continue
        called = dotted(node.func)
        patches = called.split(".")[-1] == "patch" or ".patch." in f".{called}." or called in {
            "monkeypatch.setattr", "monkeypatch.delattr", "monkeypatch.setitem", "mocker.spy",
        }
        if not patches or not node.args:
            continue
        aim = node.args[0]
        if isinstance(aim, ast.Constant) and str(aim.value).startswith("passerelle."):
            yield node.lineno, f"{called}({aim.value!r})"
        elif dotted(aim).split(".")[0] in ours:
            yield node.lineno, f"{called}({dotted(aim)}, …)"


def test_only_doors_read_the_clock() -> None:
    for wrong in (
        "due = datetime.now(tz=UTC)", "due = datetime.datetime.now(UTC)", "at = time.time()", "today = date.today()",
        "at = DateTimeField(default=timezone.now)", "at = DateTimeField(auto_now_add=True)", "from time import time",
        "from django.utils.timezone import now", "at = datetime.utcnow()",
    ):
        assert faults(reads_the_clock, [planted(wrong)]), f"the rule missed {wrong!r}"
    assert not faults(reads_the_clock, [planted("def due(now: datetime) -> datetime:\n    return now + DAY\n")])
    assert faults(reads_the_clock, [planted("at = time.time()  # bent: why")]), "a reason has at least three words"
    assert not faults(reads_the_clock, [planted("at = time.time()  # bent: for the log only")])

    found = faults(reads_the_clock, [file for file in sources() if file.room not in MAY_READ_THE_CLOCK])
    assert not found, told(found, "take `now` as an argument; the door that was asked reads the clock once.")


def test_only_ids_throws_dice() -> None:
    for wrong in (
        "import random", "from random import Random", "import secrets", "x = uuid.uuid4()", "from uuid import uuid4",
        "salt = os.urandom(16)", "from os import urandom",
    ):
        assert faults(throws_dice, [planted(wrong)]), f"the rule missed {wrong!r}"
    assert not faults(throws_dice, [planted("from passerelle.ids import fresh_ref")])

    found = faults(throws_dice, [file for file in sources() if file.where != "ids.py"])
    assert not found, told(
        found,
        "ask passerelle.ids (fresh_ref, fresh_bytes), which a simulation can seed; a password or a key that must never "
        "be seeded says so on the line of the import: `# bent: a key is never seeded`.",
    )


def test_a_door_writes_no_rows() -> None:
    for wrong in (
        "duty.save()", "Duty.objects.create(kind=1)", "Duty.objects.filter(pk=1).update(state='done')", "form.save()",
        "duty.delete()", "Duty.objects.bulk_create([])", "User.objects.create_user('x')", "cursor.execute('delete')",
        "get_duty(ref).delete()", "(a or b).save()",
    ):
        assert faults(writes_rows, [planted(wrong, "web/planted.py")]), f"the rule missed {wrong!r}"
    for right in (
        "progress.update(task, advance=1)", "self._bar.update(task)",
        "acknowledge_duty(ref=ref, officer=officer, now=now)",
    ):
        assert not faults(writes_rows, [planted(right, "web/planted.py")])

    found = faults(writes_rows, [file for file in sources() if file.room in DOORS])
    assert not found, told(
        found, "call one verb of passerelle.flow: it opens the transaction, asks the rules, writes the ledger's line."
    )


def test_no_test_mocks_our_own_code() -> None:
    ours = "from passerelle.flow import judge\nfrom unittest import mock\n"
    for wrong in (
        "mock.patch('passerelle.flow.judge.judge_match')", "mock.patch.object(judge, 'judge_match')",
        "monkeypatch.setattr(judge, 'judge_match', print)", "monkeypatch.setattr('passerelle.ids.fresh_ref', print)",
        "patch('passerelle.ids.fresh_ref')",
    ):
        assert faults(mocks_our_own_code, [planted(ours + wrong)]), f"the rule missed {wrong!r}"
    for right in ("monkeypatch.setenv('PASSERELLE_DIR', '.')", "monkeypatch.setattr(shutil, 'which', print)"):
        assert not faults(mocks_our_own_code, [planted(ours + right)])

    elsewhere = [file for file in test_sources() if file.where != "tests/house/test_purity.py"]
    found = faults(mocks_our_own_code, elsewhere)
    assert not found, told(found, "use the real thing, or its double in passerelle.testing; what varies is given.")
