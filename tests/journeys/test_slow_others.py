"""Whoever answers or asks slowly holds up nobody else: a provider of single sign-on, a client of a witness."""

from __future__ import annotations

import socket  # bent: slowness is bytes that do not come, which no client of Django can send
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from http.client import HTTPConnection  # bent: the witness is a listener of its own, on loopback
from pathlib import Path
from typing import Any

import pytest

from passerelle.cli.witness import asking
from passerelle.cli.witness.server import Listening
from passerelle.flow import provider
from passerelle.ledger.witness import Witness
from tests.doors import provider_double


@pytest.fixture(autouse=True)
def fresh() -> Iterator[None]:
    provider.forget()
    yield
    provider.forget()


@contextmanager
def dripping(settings: Any, content: bytes = b"HTTP/1.1 200 OK\r\nX: ") -> Iterator[tuple[str, list[int]]]:
    """A provider that takes a connection and lets a byte fall now and then; how many came to it."""
    listening, over, came = socket.create_server(("127.0.0.1", 0)), threading.Event(), []

    def drip(one: socket.socket) -> None:
        with suppress(OSError), one:
            one.sendall(content)
            while not over.wait(0.02):
                one.sendall(b"x")

    def take() -> None:
        with suppress(OSError):
            while True:
                one = listening.accept()[0]
                came.append(1)
                threading.Thread(target=drip, args=[one], daemon=True).start()

    threading.Thread(target=take, daemon=True).start()
    settings.OIDC_ISSUER = f"http://127.0.0.1:{listening.getsockname()[1]}"
    try:
        yield settings.OIDC_ISSUER, came
    finally:
        over.set()
        listening.close()


def test_an_answer_that_drips_without_end_is_cut_off(settings: Any) -> None:
    with dripping(settings) as (there, _), pytest.raises(provider.ProviderSilent):
        provider.asked(there, seconds=0.2)  # each byte comes in time, so that only the whole can be too long


def test_after_several_silences_it_is_left_alone_and_nobody_waits(settings: Any) -> None:
    with dripping(settings) as (there, came):
        for _ in range(provider.SILENT_TIMES + 4):
            with pytest.raises(provider.ProviderSilent):
                provider.asked(there, seconds=0.1)
        assert len(came) <= provider.SILENT_TIMES, "it was left alone, and asked again"


def test_so_many_pages_wait_for_it_at_once_and_the_next_goes_on(settings: Any) -> None:
    with dripping(settings) as (there, came):
        def waits() -> None:
            with suppress(provider.ProviderSilent):
                provider.asked(there, seconds=3)

        waiting = [threading.Thread(target=waits, daemon=True) for _ in range(provider.ASKED_AT_ONCE)]
        for one in waiting:
            one.start()
        until = time.monotonic() + 30
        while len(came) < provider.ASKED_AT_ONCE:
            assert time.monotonic() < until, f"only {len(came)} came to ask"
            threading.Event().wait(0.01)
        with pytest.raises(provider.ProviderSilent):
            provider.asked(there, seconds=60)  # would wait for a minute, if it asked
        assert all(one.is_alive() for one in waiting), "the others were still waiting: this one did not wait for them"
    for one in waiting:
        one.join(30)  # none of them waits on in the next test


@contextmanager
def sleeping_resolver(monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[list[str], list[str]]]:
    """Names that are looked up, and those that came to an end: none, until the test is over."""
    over, begun, ended = threading.Event(), [], []

    def sleeps(host: str, *_: Any, **__: Any) -> Any:
        begun.append(host)
        over.wait(60)
        ended.append(host)
        raise socket.gaierror("the resolver woke up")

    with monkeypatch.context() as bent:
        bent.setattr(socket, "getaddrinfo", sleeps)
        try:
            yield begun, ended
        finally:
            over.set()
    for _ in range(provider.ASKED_AT_ONCE):
        assert provider._asking.acquire(timeout=30), "a lookup goes on after the test"
    for _ in range(provider.ASKED_AT_ONCE):
        provider._asking.release()


@pytest.mark.parametrize("scheme", ["https", "http"])
def test_a_page_does_not_wait_for_a_resolver_that_sleeps(
    settings: Any, monkeypatch: pytest.MonkeyPatch, scheme: str
) -> None:
    settings.OIDC_ISSUER = f"{scheme}://localhost/realm"
    with sleeping_resolver(monkeypatch) as (begun, ended):
        with pytest.raises(provider.ProviderSilent):
            provider.asked(f"{scheme}://localhost/realm/keys", seconds=0.2)
        assert begun and not ended, "the page waited until the resolver woke up"


def test_lookups_that_sleep_do_not_pile_up(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.OIDC_ISSUER = "https://sso.example/realm"
    with sleeping_resolver(monkeypatch) as (begun, ended):
        for number in range(provider.ASKED_AT_ONCE + 3):
            with pytest.raises(provider.ProviderSilent):  # of another host each, so that none is left alone
                provider.asked(f"https://sso{number}.example/keys", seconds=0.1)
        assert len(begun) == provider.ASKED_AT_ONCE and not ended


@pytest.mark.parametrize("content", [b"", b"\x16\x03\x03\x40\x00"], ids=["silent", "a record that drips"])
def test_a_handshake_without_end_is_cut_off_and_gives_its_place_back(settings: Any, content: bytes) -> None:
    with dripping(settings, content) as (there, _):
        secure = settings.OIDC_ISSUER = there.replace("http://", "https://")
        with pytest.raises(provider.ProviderSilent):
            provider.asked(f"{secure}/keys", seconds=0.2)
        taken = [provider._asking.acquire(timeout=30) for _ in range(provider.ASKED_AT_ONCE)]
        for _ in filter(None, taken):
            provider._asking.release()
        assert all(taken), "a handshake still holds a place"


def test_a_shift_that_signs_in_all_at_once_waits_its_turn_and_gets_its_answers(settings: Any) -> None:
    with provider_double.running() as said:
        settings.OIDC_ISSUER = said.issuer
        together, got = threading.Barrier(8), []

        def asks() -> None:
            together.wait(30)
            got.append(provider.asked(f"{said.issuer}/keys"))

        shift = [threading.Thread(target=asks, daemon=True) for _ in range(8)]
        for one in shift:
            one.start()
        for one in shift:
            one.join(30)
        assert len(got) == 8


def test_whoever_brings_wrong_codes_shuts_nobody_out(settings: Any) -> None:
    with provider_double.running() as said:
        settings.OIDC_ISSUER = said.issuer
        for _ in range(provider.SILENT_TIMES + 2):
            with pytest.raises(provider.ProviderSilent):
                provider.asked(f"{said.issuer}/token", sent={"code": "wrong"})
        assert provider.asked(f"{said.issuer}/keys")["keys"]


@contextmanager
def listening(folder: Path, at_once: int = 32) -> Iterator[Listening]:
    server = Listening(Witness.make(folder, name="w.example", seed=bytes(range(32))), "127.0.0.1", 0, at_once=at_once)
    server.speak_seconds = 1.0
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()


def status(server: Listening) -> int:
    connection = HTTPConnection("127.0.0.1", server.server_port, timeout=30)
    connection.request("GET", "/nobody")
    return connection.getresponse().status


def test_a_client_that_says_nothing_stops_no_other_client_of_a_witness(tmp_path: Path) -> None:
    with listening(tmp_path / "w") as server:
        slow = [socket.create_connection(("127.0.0.1", server.server_port), 30) for _ in range(5)]
        slow[0].sendall(b"POST /add-checkpoint HTTP/1.1\r\nContent-Length: 900\r\n\r\nold")
        assert status(server) == 404
        for one in slow:
            one.close()


def test_a_witness_takes_a_bounded_number_cuts_off_who_speaks_slowly_and_is_free_again(tmp_path: Path) -> None:
    with listening(tmp_path / "w", at_once=1) as server, socket.create_connection(
        ("127.0.0.1", server.server_port), 30
    ) as slow:
        slow.sendall(b"GET /nob")
        one_more = socket.create_connection(("127.0.0.1", server.server_port), 30)
        with one_more, suppress(ConnectionResetError):
            assert one_more.recv(1) == b"", "one more is sent away at once"
        while slow.recv(1000):  # until it is cut off
            pass
        for _ in range(50):
            with suppress(OSError):
                assert status(server) == 404
                return
            threading.Event().wait(0.05)
        pytest.fail("the witness is not free again")


ODD_ANSWERS = (b"no web server at all\r\n\r\n", b"HTTP/1.1 yes\r\n\r\n", b"")


@contextmanager
def says(answer: bytes) -> Iterator[tuple[str, list[int]]]:
    """A witness that answers everybody with these bytes; how many came to it."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        came: list[int] = []

        def take() -> None:
            with suppress(OSError):
                while True:
                    with listening.accept()[0] as one:
                        came.append(1)
                        one.recv(65_536)
                        one.sendall(answer)

        threading.Thread(target=take, daemon=True).start()
        yield f"http://127.0.0.1:{listening.getsockname()[1]}", came


@pytest.mark.parametrize("said", [b"HTTP/1.1 200 OK\r\nX: ", b"HTTP/1.1 200 OK\r\n\r\n", b""])
def test_a_witness_that_drips_without_end_is_left_when_its_seconds_are_over(settings: Any, said: bytes) -> None:
    with dripping(settings, said) as (address, came):
        for _ in range(2):
            with pytest.raises(OSError, match="no answer within"):
                asking.post(address, "old 0", seconds=0.3)
        assert len(came) == 2


@pytest.mark.parametrize("said", ODD_ANSWERS)
def test_a_witness_that_answers_nonsense_is_one_that_does_not_answer(said: bytes) -> None:
    with says(said) as (address, came), pytest.raises(OSError, match=r"\w"):
        asking.post(address, "old 0")
    assert len(came) == 1


def test_nobody_goes_where_a_witness_sends_them_on_to() -> None:
    with says(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n") as (within, came):
        moved = f"HTTP/1.1 302 Found\r\nLocation: {within}/secret\r\nContent-Length: 0\r\n\r\n".encode()
        with says(moved) as (address, asked):
            assert asking.post(address, "old 0")[0] == 302
            with pytest.raises(OSError, match="answers 302"):
                asking.newest(address, "house.example")
        assert len(asked) == 2 and not came
