"""Listens for a witness: many may speak at once, and one request at a time is considered, so that what it remembers is
never behind what it signed. Whoever speaks slowly stops nobody, and is cut off."""

from __future__ import annotations

import re
import socket
import threading
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, ClassVar

import click

from passerelle.cli.opening import now
from passerelle.ledger.witness import REQUEST_BYTES_MAX, Witness

AT_ONCE = 32
"""So many may speak at once; one more is sent away."""

READ_SECONDS = 5.0
SPEAK_SECONDS = 10.0
"""So long a witness waits for the next bytes, and so long one client may hold it in all."""

LENGTH = re.compile(r"[0-9]{1,9}")

SIZE = "text/x.tlog.size"
"""What C2SP's tlog-witness calls an answer that says the size the witness knows."""


class Listener(BaseHTTPRequestHandler):
    """POST /add-checkpoint asks; GET /NAME-OF-A-LEDGER gives back the newest checkpoint of it, with its signatures."""

    server_version = "passerelle-witness"
    sys_version = ""
    timeout = READ_SECONDS
    kept: ClassVar[Witness]
    considering: ClassVar[threading.Lock]

    def do_POST(self) -> None:
        """One request of C2SP's tlog-witness."""
        length = self.headers.get("Content-Length", "")
        if self.path != "/add-checkpoint":
            self._say(404, "There is nothing here.\n")
            return
        if not LENGTH.fullmatch(length) or int(length) > REQUEST_BYTES_MAX:
            self._say(400, "A request says its length, at most a megabyte.\n")
            return
        try:
            said = self.rfile.read(int(length)).decode("utf-8")
        except OSError:
            self.close_connection = True
            return
        except UnicodeDecodeError:
            self._say(400, "A request is UTF-8.\n")
            return
        with self.considering:
            answer = self.kept.consider(said, now=now())
        click.echo(f"{answer.status} {answer.alarm + ': ' if answer.alarm else ''}{answer.why}", err=bool(answer.alarm))
        self._say(answer.status, answer.body or f"{answer.why}\n", SIZE if answer.status == 409 else "text/plain")

    def do_GET(self) -> None:
        """The newest checkpoint of a ledger, for whoever restores it."""
        with self.considering:
            last = self.kept.last(self.path.removeprefix("/"))
        self._say(404, "Nothing was seen of it.\n") if last is None else self._say(200, str(last[1]))

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 (its name in the class above)
        """What is worth telling is told by `do_POST`."""

    def _say(self, status: int, body: str, kind: str = "text/plain") -> None:
        data = body.encode()
        self.send_response(status)
        self.send_header("Content-Type", f"{kind}; charset=utf-8" if kind == "text/plain" else kind)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)


class Listening(ThreadingHTTPServer):
    """A bounded number of clients at once, each for a bounded time."""

    daemon_threads = True
    speak_seconds = SPEAK_SECONDS

    def __init__(self, kept: Witness, host: str, port: int, *, at_once: int = AT_ONCE) -> None:
        self.free = threading.BoundedSemaphore(at_once)
        given = {"kept": kept, "considering": threading.Lock()}
        super().__init__((host, port), type("Listener", (Listener,), given))

    def process_request(self, request: Any, client_address: Any) -> None:
        """A thread for it, where one is free; else it is closed at once, and may come back."""
        if not self.free.acquire(blocking=False):
            self.shutdown_request(request)
            return
        try:
            super().process_request(request, client_address)
        except BaseException:
            self.free.release()
            raise

    def process_request_thread(self, request: Any, client_address: Any) -> None:
        """What one client says, until its time is over."""
        cut = threading.Timer(self.speak_seconds, _cut_off, [request])
        cut.daemon = True
        cut.start()
        try:
            super().process_request_thread(request, client_address)
        finally:
            cut.cancel()
            self.free.release()

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that went away or was cut off is no news."""


def _cut_off(request: socket.socket) -> None:
    with suppress(OSError):
        request.shutdown(socket.SHUT_RDWR)


def serve(kept: Witness, host: str, port: int) -> None:
    """Listen until interrupted; port 0 takes a free one and says which."""
    listening = Listening(kept, host, port)
    click.echo(f"Witness {kept.name} listens on http://{host}:{listening.server_port}/ (stop with Ctrl-C)")
    try:
        listening.serve_forever()
    except KeyboardInterrupt:
        click.echo("Stopped.")
    finally:
        listening.server_close()
