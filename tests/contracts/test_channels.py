"""One suite for every way out: the double that records, e-mail to an SMTP server, a webhook to a web server."""

from __future__ import annotations

import json
import socket  # bent: a way out is tried against servers on loopback
import socketserver
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from email import message_from_bytes
from email.policy import default
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from passerelle import signing
from passerelle.channels.email import Email
from passerelle.channels.sending import AddressRefused, NotSent, Outgoing, Way
from passerelle.channels.webhook import Webhook, reachable
from passerelle.testing.recording import Recording

NOW = datetime(2026, 3, 2, 11, 0, tzinfo=UTC)
KEY = bytes(range(32))


class World:
    """A way, an address that it serves, and the other side: what it took, and how it is made to refuse."""

    def __init__(
        self, way: Way, address: str, took: Callable[[], list[dict[str, str]]], refuse: Callable[[bool], None]
    ) -> None:
        self.way, self.address, self.took, self.refuse = way, address, took, refuse


class Mailbox(socketserver.StreamRequestHandler):
    """As much of SMTP as a client needs."""

    def handle(self) -> None:
        self.wfile.write(b"220 here\r\n")
        while line := self.rfile.readline():
            word = line[:4].upper()
            if word == b"DATA":
                self.wfile.write(b"354 go on\r\n")
                data = b""
                while (more := self.rfile.readline()) != b".\r\n":
                    data += more
                self.server.letters.append(data)  # type: ignore[attr-defined]
                self.wfile.write(b"250 taken\r\n")
            elif word == b"RCPT" and self.server.answer:  # type: ignore[attr-defined]
                self.wfile.write(self.server.answer + b"\r\n")  # type: ignore[attr-defined]
            elif word == b"QUIT":
                self.wfile.write(b"221 bye\r\n")
                return
            else:
                self.wfile.write(b"250 yes\r\n")


class Receiver(BaseHTTPRequestHandler):
    """A receiver of webhooks: it checks the signature as any receiver must."""

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["content-length"]))
        self.server.raw.append((self.path, dict(self.headers), body))  # type: ignore[attr-defined]
        status = self.server.answer  # type: ignore[attr-defined]
        self.send_response(status)
        self.end_headers()
        self.wfile.write(b"x" * 100_000)

    def log_message(self, *_: Any) -> None:
        pass


@contextmanager
def served(server: Any) -> Iterator[Any]:
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()


@contextmanager
def recording() -> Iterator[World]:
    way = Recording()

    def refuse(for_good: bool) -> None:
        way.failing, way.for_good = 1, for_good

    yield World(way, "desk@noord.example", lambda: [{"id": one.id, "text": one.text} for one in way.taken], refuse)


@contextmanager
def email() -> Iterator[World]:
    class Server(socketserver.ThreadingTCPServer):
        daemon_threads, allow_reuse_address = True, True

    server = Server(("127.0.0.1", 0), Mailbox)
    server.letters, server.answer = [], b""  # type: ignore[attr-defined]

    def took() -> list[dict[str, str]]:
        letters = [message_from_bytes(data, policy=default) for data in server.letters]  # type: ignore[attr-defined]
        return [{"id": str(one["Message-ID"]).strip("<>").split("@")[0], "text": one.get_content(),
                 "subject": str(one["Subject"]), "to": str(one["To"])} for one in letters]  # fmt: skip

    def refuse(for_good: bool) -> None:
        server.answer = b"550 nobody of that name" if for_good else b"451 later"  # type: ignore[attr-defined]

    with served(server):
        way = Email("127.0.0.1", server.server_address[1], "none", "passerelle@example.be")
        yield World(way, "desk@noord.example", took, refuse)


@contextmanager
def webhook() -> Iterator[World]:
    server: Any = ThreadingHTTPServer(("127.0.0.1", 0), Receiver)
    server.raw, server.answer = [], 204
    host = f"127.0.0.1:{server.server_address[1]}"

    def took() -> list[dict[str, str]]:
        found = []
        for path, headers, body in server.raw:
            asked = signing.Asked.to("POST", f"http://{host}{path}", headers)
            signature = signing.read(asked, body)
            assert signing.fits(asked, signature, signing.public_of(KEY)) and "webhook-id" in signature.parts
            assert (signature.key, signature.created) == ("webhooks-1", int(NOW.timestamp()))
            said = json.loads(body)
            assert said["id"] == asked.headers["webhook-id"]
            found.append({"id": said["id"], "text": said["says"], **said})
        return found

    def refuse(for_good: bool) -> None:
        server.answer = 410 if for_good else 503

    with served(server):
        yield World(Webhook(KEY, "webhooks-1", frozenset({host})), f"http://{host}/hook?x=1", took, refuse)


WAYS = {"recording": recording, "email": email, "webhook": webhook}


@pytest.fixture(params=WAYS)
def world(request: pytest.FixtureRequest) -> Iterator[World]:
    with WAYS[request.param]() as found:
        yield found


def message(to: str, **more: Any) -> Outgoing:
    said = {"id": "message-0000000000000001", "subject": "Een plicht wacht tot 12:00 — één.", "text": "Zie de lijst.\n",
            "facts": {"what": "duty", "duty": "duty-0000000000000001"}}  # fmt: skip
    return Outgoing(to=to, **{**said, **more})


def test_a_message_arrives_with_its_id_and_what_it_says(world: World) -> None:
    world.way.check(world.address)
    world.way.send(message(world.address), now=NOW)
    (took,) = world.took()
    assert took["id"] == "message-0000000000000001"
    assert "Zie de lijst." in took["text"] or "één" in took["text"]


def test_the_same_message_sent_again_bears_the_same_id(world: World) -> None:
    for _ in range(2):
        world.way.send(message(world.address), now=NOW)
    assert {one["id"] for one in world.took()} == {"message-0000000000000001"}


@pytest.mark.parametrize("for_good", [True, False])
def test_a_refusal_is_told_with_its_fault_and_whether_it_is_for_good(world: World, for_good: bool) -> None:
    world.refuse(for_good)
    with pytest.raises(NotSent) as refused:
        world.way.send(message(world.address), now=NOW)
    assert refused.value.for_good is for_good and refused.value.fault and "noord" not in refused.value.fault


@pytest.mark.parametrize("address", ["", "a b", "x\r\ny", "two@a.example\nbcc: x@b.example"])
def test_an_address_that_is_none_is_refused_before_anything_is_sent(world: World, address: str) -> None:
    with pytest.raises(AddressRefused):
        world.way.check(address)
    with pytest.raises((AddressRefused, NotSent)):
        world.way.send(message(address), now=NOW)
    assert not world.took()


@pytest.mark.parametrize("to", ["x", "a@b@c", "a@b, c@d", "<a@b>", "a@-b", "é@example.be"])
def test_an_email_address_is_plain(to: str) -> None:
    with pytest.raises(AddressRefused):
        Email("127.0.0.1", 25, "none", "x@example.be").check(to)


def test_mail_leaves_this_machine_by_an_encrypted_way_only() -> None:
    with pytest.raises(NotSent, match="encrypted way only"):
        Email("mail.example", 25, "none", "x@example.be").send(message("a@b.example"), now=NOW)


@pytest.mark.parametrize(
    "to",
    [
        "http://receiver.example/hook", "https://other.example/hook", "https://receiver.example:8443/hook",
        "https://user@receiver.example/hook", "https://receiver.example@other.example/", "https://receiver.example#x",
        "ftp://receiver.example/", "file:///etc/passwd", "//receiver.example/", "https:///hook", "https://127.0.0.1/",
        "https://receiver.example\\@other.example/", "https://receiver.example:99999/", "https://[::1/", "gopher://x",
        "http://127.0.0.1:1/", "https://RECEIVER.example.other.example/", "https://receiver.example\n/",
    ],
)  # fmt: skip
def test_a_webhook_goes_to_no_host_that_was_not_named_and_without_https_to_this_machine_only(to: str) -> None:
    way = Webhook(KEY, "webhooks-1", frozenset({"receiver.example", "127.0.0.1:8000"}))
    with pytest.raises(AddressRefused):
        way.check(to)
    way.check("https://receiver.example/hook?a=b")
    way.check("http://127.0.0.1:8000/hook")


@pytest.mark.parametrize(
    "answer", [b"", b"nonsense\r\n", b"HTTP/1.1 abc\r\n", b"HTTP/1.1 302 Found\r\n\r\n", b"x" * 99]
)
def test_an_answer_that_is_none_never_ends_or_leads_elsewhere_is_a_message_that_did_not_arrive(answer: bytes) -> None:
    listening = socket.create_server(("127.0.0.1", 0))
    port = listening.getsockname()[1]

    def talk() -> None:
        line, _ = listening.accept()
        with line:
            line.recv(100)
            line.sendall(answer)
            if answer == b"x" * 99:
                line.settimeout(5)
                try:
                    while line.recv(1000):
                        pass
                except OSError:
                    pass

    threading.Thread(target=talk, daemon=True).start()
    way = Webhook(KEY, "webhooks-1", frozenset({f"127.0.0.1:{port}"}), timeout_seconds=0.3)
    with pytest.raises(NotSent) as refused:
        way.send(message(f"http://127.0.0.1:{port}/"), now=NOW)
    assert not refused.value.for_good and refused.value.fault.startswith("webhook.")
    listening.close()


@pytest.mark.parametrize(
    "host",
    ["169.254.169.254", "0.0.0.0", "224.0.0.1", "127.0.0.2", "::ffff:127.0.0.1", "::ffff:169.254.169.254", "fe80::1"],
)
def test_a_name_that_leads_within_is_not_asked(host: str) -> None:
    with pytest.raises(ValueError, match="a place that is not asked"):
        reachable(host, 443)
    assert reachable("127.0.0.1", 80) == ("127.0.0.1", 80)


def test_nobody_listening_is_a_message_that_did_not_arrive() -> None:
    free = socket.create_server(("127.0.0.1", 0))
    port = free.getsockname()[1]
    free.close()
    for way, to in (
        (Email("127.0.0.1", port, "none", "x@example.be"), "a@b.example"),
        (Webhook(KEY, "w", frozenset({f"127.0.0.1:{port}"})), f"http://127.0.0.1:{port}/"),
    ):
        with pytest.raises(NotSent) as refused:
            way.send(message(to), now=NOW)
        assert not refused.value.for_good
