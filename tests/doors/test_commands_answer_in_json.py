"""A script can run every command: each has `--json` or a reason, and what was done comes as one value."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import click
import pytest
from click.testing import CliRunner
from django.utils import timezone

from passerelle.cli import main
from passerelle.testing import makers

WITHOUT = {
    "rules show": "prints the table itself, which is the file that a change begins from",
    "serve": "never ends by itself",
    "witness run": "never ends by itself",
}
"""command: why it has no --json."""


def every(group: click.Group, before: str = "") -> Iterator[tuple[str, click.Command]]:
    """Each command by the words one types."""
    context = click.Context(group)
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        assert command is not None
        if isinstance(command, click.Group):
            yield from every(command, f"{before}{name} ")
        else:
            yield f"{before}{name}", command


def test_every_command_has_json_or_a_reason_to_have_none() -> None:
    lacking = {name for name, command in every(main) if not any("--json" in one.opts for one in command.params)}
    assert lacking == WITHOUT.keys()


def answered(folder: Path, line: str, *more: str) -> dict[str, Any]:
    """What the command says with --json: one object, and nothing else."""
    done = CliRunner().invoke(main, [*line.split(), *more, "--dir", str(folder), "--json"])
    assert done.exit_code == 0, f"{line}: {done.output}"
    found = json.loads(done.stdout)
    assert isinstance(found, dict), line
    return found


@pytest.mark.django_db
def test_a_script_seats_moves_and_closes_an_officer_by_what_each_command_answers(
    exchange: dict[str, Any], tmp_path: Path
) -> None:
    assert answered(tmp_path, "service add west", "Zone West", "--kind", "police")["service"] == "west"
    added = answered(tmp_path, "officer add wim", "Wim Wouters", "--service", "west", "--role", "desk")
    assert added["username"] == "wim" and len(added["password"]) > 12
    fresh = answered(tmp_path, "officer password wim")["password"]
    assert fresh != added["password"]
    assert answered(tmp_path, "officer role wim supervisor") == {"username": "wim", "role": "supervisor", "moved": 0}
    until = (timezone.now() + timedelta(days=3)).date().isoformat()
    assert answered(tmp_path, f"officer away wim --until {until}")["away_until"].startswith(until)
    answered(tmp_path, "officer add tom", "Tom Tack", "--service", "west", "--role", "desk")
    assert answered(tmp_path, "officer deputy wim tom") == {"username": "wim", "deputy": "tom"}
    assert answered(tmp_path, "officer close tom")["closed"] is True


@pytest.mark.django_db
def test_a_script_withdraws_a_report_and_answers_a_person_by_what_each_command_answers(
    exchange: dict[str, Any], tmp_path: Path
) -> None:
    report = makers.report(exchange["noord"], "Ferdinand was er.", makers.person("p", "Ferdinand Oosterlynck"))
    desk = makers.seat(exchange["noord"], "desk").username
    gone = answered(
        tmp_path, f"report withdraw {report.ref} --ground not_accurate --as {desk}", "--reason", "it was read wrongly"
    )
    assert gone == {"report": report.ref, "done": "withdrawn"}
    asked = answered(
        tmp_path, f"requests record access --identity in_person --as {desk}", "--name", "Ann Peeters",
        "--asks", "what is held on me", "--received", timezone.now().date().isoformat(),
    )  # fmt: skip
    assert asked["request"].startswith("request-") and asked["holder"] == "noord" and asked["due_at"]
    told = answered(
        tmp_path, f"requests answer {asked['request']} --outcome nothing_held --as {desk}", "--note", "looked by name"
    )
    assert told["answered"] is True and told["letter"]


@pytest.mark.django_db
def test_a_refusal_with_json_says_nothing_on_standard_output(exchange: dict[str, Any], tmp_path: Path) -> None:
    desk = makers.seat(exchange["noord"], "desk").username
    words = ["report", "withdraw", "report-nowhere", "--ground", "not_accurate", "--reason", "it was read wrongly"]
    done = CliRunner().invoke(main, [*words, "--as", desk, "--dir", str(tmp_path), "--json"])
    assert done.exit_code == 1 and done.stdout == "" and "passerelle: " in done.stderr
