"""Listens for a witness: one request at a time, so that what it remembers is never behind what it signed."""

from __future__ import annotations

from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import ClassVar

import click

from passerelle.cli.opening import now
from passerelle.ledger.witness import REQUEST_BYTES_MAX, Witness

SIZE = "text/x.tlog.size"
"""What C2SP's tlog-witness calls an answer that says the size the witness knows."""


class Listener(BaseHTTPRequestHandler):
    """POST /add-checkpoint asks; GET /NAME-OF-A-LEDGER gives back the newest checkpoint of it, with its signatures."""

    server_version = "passerelle-witness"
    sys_version = ""
    timeout = 10
    kept: ClassVar[Witness]

    def do_POST(self) -> None:
        """One request of C2SP's tlog-witness."""
        length = self.headers.get("Content-Length", "")
        if self.path != "/add-checkpoint":
            self._say(404, "There is nothing here.\n")
            return
        if not length.isdecimal() or int(length) > REQUEST_BYTES_MAX:
            self._say(400, "A request says its length, at most a megabyte.\n")
            return
        try:
            said = self.rfile.read(int(length)).decode("utf-8")
        except UnicodeDecodeError:
            self._say(400, "A request is UTF-8.\n")
            return
        answer = self.kept.consider(said, now=now())
        click.echo(f"{answer.status} {answer.alarm + ': ' if answer.alarm else ''}{answer.why}", err=bool(answer.alarm))
        self._say(answer.status, answer.body or f"{answer.why}\n", SIZE if answer.status == 409 else "text/plain")

    def do_GET(self) -> None:
        """The newest checkpoint of a ledger, for whoever restores it."""
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


def serve(kept: Witness, host: str, port: int) -> None:
    """Listen until interrupted; port 0 takes a free one and says which."""
    listening = HTTPServer((host, port), type("Listening", (Listener,), {"kept": kept}))
    click.echo(f"Witness {kept.name} listens on http://{host}:{listening.server_port}/ (stop with Ctrl-C)")
    try:
        listening.serve_forever()
    except KeyboardInterrupt:
        click.echo("Stopped.")
    finally:
        listening.server_close()
