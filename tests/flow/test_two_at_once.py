"""On PostgreSQL two relays and a repeated command at once: each message goes out once, and the command counts once."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from importlib import import_module
from typing import Any

import pytest
from django.db import connection

from passerelle.channels.sending import Outgoing
from passerelle.flow import accounts, ask, drafts, once, outbox, receive, search, watches
from passerelle.policy import quotas
from passerelle.records import wall
from passerelle.records.models import Command, Dossier, Message, Officer, Proposal, Question, Report, Search, Subject
from passerelle.testing import makers
from passerelle.testing.makers import NOON
from passerelle.testing.recording import Recording

pytestmark = [
    pytest.mark.skipif(connection.vendor != "postgresql", reason="two at once need PostgreSQL's row locks"),
    pytest.mark.usefixtures("append_only_again", "transactional_db"),
]
TRIGGERS = import_module("passerelle.records.migrations._append_only")
KNOWN = makers.person("p", "Ferdinand Oosterlynck", birthDate=["1971-05-03"])


@pytest.fixture(scope="module")
def append_only_again(django_db_setup: Any, django_db_blocker: Any) -> Iterator[None]:
    """The tables can be emptied between these tests; after the last of them the ledger is append-only again."""
    with django_db_blocker.unblock(), connection.cursor() as cursor:
        for command in TRIGGERS.UNDO_POSTGRESQL:
            cursor.execute(command)
    yield
    with django_db_blocker.unblock(), connection.cursor() as cursor:
        for command in TRIGGERS.POSTGRESQL:
            cursor.execute(command)


def at_once(count: int, act: Callable[[], None]) -> None:
    start = threading.Barrier(count)

    def run() -> None:
        start.wait(60)
        try:
            with wall.as_house():
                act()
        finally:
            connection.close()

    threads = [threading.Thread(target=run) for _ in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)


def test_three_relays_at_once_send_each_message_once(exchange: dict[str, Any]) -> None:
    class Slow(Recording):
        def send(self, message: Outgoing, *, now: Any) -> None:
            threading.Event().wait(0.01)
            super().send(message, now=now)

    way = Slow()
    makers.dossier(exchange["federal"], KNOWN)
    outbox.add_channel(
        service=exchange["federal"], officer=None, kind="email", address="desk@federal.example", language="fr",
        ways={"email": way}, now=NOON,
    )  # fmt: skip
    for number in range(12):
        makers.report(exchange["noord"], f"{number} Ferdinand Oosterlynck.", KNOWN, now=NOON + timedelta(minutes=1))
    at_once(3, lambda: outbox.relay(now=NOON + timedelta(hours=1), ways={"email": way}, limit=50) and None)
    assert len(way.tries) == len(way.taken) == 12
    assert set(Message.objects.values_list("state", flat=True)) == {"sent"}


def test_one_command_sent_three_times_at_once_counts_once(exchange: dict[str, Any]) -> None:
    account, _ = accounts.open_account(
        username="machine", name="machine", service=exchange["noord"], role="desk", scopes=("file",),
        public=bytes(range(32)), language="nl", now=NOON,
    )  # fmt: skip
    seen: list[str] = []

    def file() -> None:
        try:
            with once.command(account, "the-same", b"the same"):
                draft = receive.ReportDraft(text="Once.", language="nl")
                filed = receive.file_report(service=exchange["noord"], author=account.officer, draft=draft, now=NOON)
                seen.append(filed.ref)
        except once.CountedAlready as before:
            seen.append(before.made)

    at_once(3, file)
    assert len(seen) == 3 and len(set(seen)) == 1
    assert Report.objects.count() == Command.objects.count() == 1


def test_a_draft_that_many_windows_go_on_from_at_once_is_kept_by_one_of_them(exchange: dict[str, Any]) -> None:
    desk = makers.seat(exchange["noord"], "desk")
    kept: list[str] = []
    refused: list[str] = []

    def window() -> None:
        text = threading.current_thread().name
        try:
            drafts.keep_on(officer=desk, content={"text": text}, goes_on_from="", now=NOON)
        except drafts.DraftMovedOn:
            refused.append(text)
        else:
            kept.append(text)

    at_once(12, window)
    assert (len(kept), len(refused)) == (1, 11)
    assert drafts.kept(desk)["text"] == kept[0]


INTEREST = {"purpose": "investigation", "legal_basis": "Police Function Act, Art. 44/1"}
UNTIL = (NOON + timedelta(days=90)).date()


def searches(officer: Officer, about: str) -> None:
    search.search(question="Oosterlynck", officer=officer, purpose="my_case", now=NOON)


def opens(officer: Officer, about: str) -> None:
    receive.open_dossier(
        service=officer.service, officer=officer, title="Zaak", language="nl", until=UNTIL, subjects=[KNOWN], now=NOON,
        **INTEREST,
    )  # fmt: skip


def asks(officer: Officer, about: str) -> None:
    ask.ask(about=about, officer=officer, text="Weet iemand hier iets van?", purpose="investigation", now=NOON)


def watches_for(officer: Officer, about: str) -> None:
    watches.ask(officer=officer, kind="watch", until=UNTIL, subjects=[KNOWN], now=NOON, **INTEREST)


@pytest.mark.parametrize(
    ("quota", "act", "counted"),
    [
        ("searches_in_an_hour", searches, lambda: Search.objects.count()),
        ("dossiers_in_a_day", opens, lambda: Dossier.objects.count()),
        ("subjects_of_dossiers_in_a_day", opens, lambda: Subject.objects.filter(dossier__isnull=False).count()),
        ("questions_in_an_hour", asks, lambda: Question.objects.count()),
        ("questions_around_in_a_day", asks, lambda: Question.objects.count()),
        ("live_watches_of_an_officer", watches_for, lambda: Proposal.objects.count()),
    ],
)
def test_eight_at_once_stop_at_a_quota_as_eight_one_after_another_do(
    exchange: dict[str, Any], monkeypatch: pytest.MonkeyPatch, quota: str, act: Callable[[Officer, str], None],
    counted: Callable[[], int],
) -> None:
    """Each of these verbs counts within its transaction, which has locked the ledger's head before it counts."""
    officer = makers.seat(exchange["noord"], "officer")
    about = makers.report(exchange["noord"], "Iets.", now=NOON).ref
    fewer = {**quotas.quotas(), quota: replace(quotas.quotas()[quota], most=3)}
    monkeypatch.setattr(quotas, "quotas", lambda: fewer)  # bent: a quota that eight threads can pass by
    refused: list[str] = []

    def one() -> None:
        try:
            act(officer, about)
        except quotas.QuotaExceeded as too_many:
            refused.append(str(too_many))

    at_once(8, one)
    assert (counted(), len(refused)) == (3, 5)
