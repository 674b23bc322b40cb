"""Machines: how their seats are opened, changed and ended, whose requests are let in, and what counts once."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from django.db import connection
from django.test.utils import CaptureQueriesContext

from passerelle import signing
from passerelle.cli import main
from passerelle.flow import accounts, decide, hold, ledger_lines, once, receive, rungs, seats, work
from passerelle.flow.accounts import NotAdmitted, Replayed, TooMany, WrongClock
from passerelle.records.models import Account, Attempt, Command, Duty, Nonce, Officer, Report
from passerelle.signing import Asked, NotSigned
from passerelle.testing import makers
from passerelle.testing.makers import NOON

pytestmark = pytest.mark.django_db

PRIVATE = bytes(range(32))
PUBLIC = signing.public_of(PRIVATE)
URL = "https://passerelle.example/api/v1/duties"


def opened(exchange: dict[str, Any], role: str = "desk", scopes: tuple[str, ...] = ("list",)) -> tuple[Account, str]:
    account, key = accounts.open_account(
        username="machine", name="machine", service=exchange["noord"], role=role, scopes=scopes, public=PUBLIC,
        language="nl", now=NOON,
    )  # fmt: skip
    return account, key.ref


def asked(key: str, *, at: datetime = NOON, nonce: str = "0123456789abcdef", private: bytes = PRIVATE) -> Asked:
    bare = Asked.to("GET", URL, {})
    made = signing.sign(bare, b"", key=private, key_name=key, created=int(at.timestamp()), nonce=nonce)
    return Asked.to("GET", URL, made)


def admitted(request: Asked, *, at: datetime = NOON, address: str = "192.0.2.1") -> Account:
    return accounts.admit(asked=request, body=b"", address=address, now=at)


def test_a_machine_is_let_in_by_its_key_and_only_once_with_the_same_nonce(exchange: dict[str, Any]) -> None:
    account, key = opened(exchange)
    assert admitted(asked(key)) == account
    with pytest.raises(Replayed, match="This request was sent before"):
        admitted(asked(key), at=NOON + timedelta(seconds=30))
    assert admitted(asked(key, nonce="another-nonce-of-it")) == account


def test_a_nonce_is_kept_as_long_as_its_request_would_be_let_in_and_no_longer(exchange: dict[str, Any]) -> None:
    _, key = opened(exchange)
    ahead = asked(key, at=NOON + timedelta(seconds=60))
    admitted(ahead)
    with pytest.raises(Replayed):
        admitted(ahead, at=NOON + timedelta(seconds=120))
    with pytest.raises(WrongClock):
        admitted(ahead, at=NOON + timedelta(seconds=122))
    later = NOON + timedelta(minutes=5)
    admitted(asked(key, at=later, nonce="much-later-nonce"), at=later)
    assert Nonce.objects.count() == 1, "what cannot be replayed any more is not kept"


@pytest.mark.parametrize("seconds", [-61, 61])
def test_a_request_that_is_dated_too_far_from_the_clock_is_refused(exchange: dict[str, Any], seconds: int) -> None:
    _, key = opened(exchange)
    with pytest.raises(WrongClock, match="more than 60 seconds"):
        admitted(asked(key, at=NOON + timedelta(seconds=seconds)))
    assert not Nonce.objects.exists()


def test_an_unknown_key_an_ended_one_and_a_wrong_signature_are_one_answer_after_the_same_queries(
    exchange: dict[str, Any],
) -> None:
    account, key = opened(exchange)
    other, second = accounts.open_account(
        username="gone", name="gone", service=exchange["stad"], role="desk", scopes=("list",),
        public=signing.public_of(bytes(32)), language="nl", now=NOON,
    )  # fmt: skip
    accounts.end_account(account=other, now=NOON)
    requests = {
        "unknown": asked("key-0000000000000000"),
        "ended": asked(second.ref, private=bytes(32)),
        "wrong": asked(key, private=bytes(reversed(range(32)))),
    }
    seen = {}
    for name, request in requests.items():
        with CaptureQueriesContext(connection) as queries, pytest.raises(NotAdmitted) as refused:
            admitted(request, address=f"192.0.2.{len(seen)}")
        shapes = [re.split("WHERE|VALUES", query["sql"])[0] for query in queries.captured_queries]
        seen[name] = (str(refused.value), shapes)
    assert seen["unknown"] == seen["ended"] == seen["wrong"]
    assert account.keys.count() == 1


def test_who_is_not_let_in_too_often_waits_and_nobody_who_signs_well_waits_for_it(exchange: dict[str, Any]) -> None:
    _, key = opened(exchange)
    for _ in range(accounts.ADDRESS_TRIES_MAX):
        with pytest.raises(NotSigned):
            admitted(replace(asked(key), headers={}))
    for request in (replace(asked(key), headers={}), asked("key-0000000000000000"), asked(key, private=bytes(32))):
        with pytest.raises(TooMany) as waits:
            admitted(request)
        assert waits.value.seconds == 900
    assert Attempt.objects.count() == accounts.ADDRESS_TRIES_MAX, "what waits is not written down any more"
    assert admitted(asked(key)).officer.username == "machine"


def test_more_requests_a_minute_than_are_taken_wait(exchange: dict[str, Any], settings: Any) -> None:
    settings.API_REQUESTS_PER_MINUTE = 3
    _, key = opened(exchange)
    for number in range(3):
        admitted(asked(key, nonce=f"nonce-of-request-{number}"))
    with pytest.raises(TooMany):
        admitted(asked(key, nonce="nonce-of-request-3"))
    later = NOON + timedelta(seconds=61)
    admitted(asked(key, at=later, nonce="nonce-of-request-4"), at=later)


def test_keys_change_over_and_an_account_that_ends_is_never_let_in_again(exchange: dict[str, Any]) -> None:
    account, key = opened(exchange)
    fresh = bytes(reversed(range(32)))
    second = accounts.add_key(
        account=account, public=signing.public_of(fresh), keep=timedelta(seconds=20), now=NOON
    )
    admitted(asked(key))
    admitted(asked(second.ref, private=fresh))
    with pytest.raises(NotAdmitted):
        admitted(asked(key, nonce="after-the-change"), at=NOON + timedelta(seconds=21))
    with pytest.raises(accounts.KeyTaken):
        accounts.add_key(account=account, public=PUBLIC, now=NOON)
    accounts.end_account(account=account, now=NOON + timedelta(seconds=30))
    with pytest.raises(NotAdmitted):
        admitted(asked(second.ref, private=fresh, nonce="after-the-end-of"), at=NOON + timedelta(seconds=30))
    with pytest.raises(accounts.AccountEnded):
        accounts.change_scopes(account=account, scopes=("list",), now=NOON)
    kinds = [json.loads(line)["kind"] for line in ledger_lines.entries() if "account" in json.loads(line)["facts"]]
    assert kinds == ["AccountOpened", "AccountKeyAdded", "AccountKeyEnded", "AccountKeyAdded", "AccountKeyEnded",
                     "AccountChanged"]  # fmt: skip


@pytest.mark.parametrize(("role", "scopes"), [("head", ("list",)), ("desk", ()), ("desk", ("everything",))])
def test_an_account_without_a_scope_or_with_a_role_of_persons_is_refused(
    exchange: dict[str, Any], role: str, scopes: tuple[str, ...]
) -> None:
    with pytest.raises(accounts.AccountIncomplete):
        opened(exchange, role, scopes)
    assert not Account.objects.exists() and not Officer.objects.filter(username="machine").exists()


def test_no_machine_comes_to_a_role_of_persons_afterwards(exchange: dict[str, Any]) -> None:
    machine = opened(exchange)[0].officer
    for role in ("head", "oversight", "administrator"):
        with pytest.raises(seats.MachineSeat):
            seats.change_role(officer=machine, role=role, now=NOON)
    seats.change_role(officer=machine, role="supervisor", now=NOON)
    machine.refresh_from_db()
    assert machine.role == "supervisor"


def test_a_machine_holds_no_duty_by_name_and_nobody_signs_in_to_its_seat(exchange: dict[str, Any]) -> None:
    exchange["nieuw"] = makers.service("nieuw")
    account, _ = accounts.open_account(
        username="machine", name="machine", service=exchange["nieuw"], role="supervisor", scopes=("review",),
        public=PUBLIC, language="nl", now=NOON,
    )  # fmt: skip
    assert rungs.present(exchange["nieuw"], "supervisor", NOON) is None
    makers.dossier(exchange["federal"], makers.person("p", "Ferdinand Oosterlynck", birthDate=["1971-05-03"]))
    makers.report(exchange["noord"], "x", makers.person("p", "Ferdinand Oosterlynck", birthDate=["1971-05-03"]))
    duty = Duty.objects.filter(ended_at__isnull=True).first()
    assert duty is not None
    duty.holder = exchange["nieuw"]
    assert not hold.can_hold(duty, account.officer, NOON)
    with pytest.raises(seats.MachineSeat):
        seats.set_password(officer=account.officer, password="a password of theirs")
    assert not account.officer.has_usable_password()


def file(account: Account, text: str = "Something was seen.") -> Report:
    return receive.file_report(
        service=account.officer.service, author=account.officer,
        draft=receive.ReportDraft(text=text, language="nl"), now=NOON,
    )  # fmt: skip


def test_a_repeated_command_counts_once_and_tells_what_came_of_it(exchange: dict[str, Any]) -> None:
    account, _ = opened(exchange, scopes=("file",))
    with once.command(account, "command-1", b"the same") as running:
        filed = file(account)
    assert running is not None and running.made == filed.ref
    with once.command(account, "command-1", b"the same"), pytest.raises(once.CountedAlready) as before:
        file(account)
    assert before.value.made == filed.ref
    with once.command(account, "command-1", b"another"), pytest.raises(once.OtherCommand):
        file(account)
    with once.command(account, "command-2", b"the same"):
        file(account)
    assert Report.objects.count() == 2 == Command.objects.count()
    with once.command(account, "command-1", b"the same"):
        later = NOON + once.KEPT + timedelta(seconds=1)
        receive.file_report(
            service=account.officer.service, author=account.officer,
            draft=receive.ReportDraft(text="Weeks later.", language="nl"), now=later,
        )  # fmt: skip
    assert Report.objects.count() == 3


def test_a_command_that_was_refused_leaves_nothing_and_may_be_sent_again(exchange: dict[str, Any]) -> None:
    account, _ = opened(exchange, "desk", ("decide",))
    with once.command(account, "command-1", b"x"), pytest.raises(receive.ReportIncomplete):
        file(account, " ")
    with once.command(account, "command-2", b"x"), pytest.raises(Exception, match="nothing here"):
        decide.pass_on(ref="duty-0000000000000000", officer=account.officer, now=NOON)
    assert not Command.objects.exists()
    with once.command(account, "command-1", b"x"):
        file(account)
    work.work_until_done(now=NOON)
    assert Report.objects.count() == Command.objects.count() == 1


def test_the_commands_open_change_show_and_end_an_account(exchange: dict[str, Any], tmp_path: Path) -> None:
    def run(*words: str, fails: bool = False) -> str:
        done = CliRunner().invoke(main, ["account", *words, "--dir", str(tmp_path)])
        assert (done.exit_code != 0) == fails, done.output
        return done.output

    made = json.loads(
        run("add", "sync", "--service", "noord", "--role", "desk", "--scope", "list", "--scope", "file", "--json")
    )
    assert signing.as_text(signing.public_of(signing.private_in(made["private"]))) == made["public"]
    file = tmp_path / "sync.pem"
    assert "for its owner only" in run("key", "sync", "--keep-minutes", "5", "--key-file", str(file))
    assert file.stat().st_mode & 0o077 == 0 and signing.private_in(file.read_text("utf-8"))
    assert "sync may now: list, read." in run("scopes", "sync", "--scope", "read", "--scope", "list")
    shown = json.loads(run("list", "--json"))
    assert [len(one["keys"]) for one in shown] == [2] and shown[0]["scopes"] == ["list", "read"]
    assert "is no scope" in run("scopes", "sync", "--scope", "all", fails=True)
    run("end", "sync")
    assert json.loads(run("list", "--json"))[0]["ended"]
    assert "There is no account nobody" in run("end", "nobody", fails=True)
