"""A machine's journey through the real house: commands, the real server, signed requests and webhooks over loopback."""

from __future__ import annotations

import json
import os
import socket  # bent: asks this machine for a free port
import subprocess
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from passerelle import signing
from passerelle.testing.client import Client
from tests.journeys.conftest import COMMAND, wait_for

KNOWN = [{"id": "p", "schema": "Person", "category": "suspect",
          "properties": {"name": ["Ferdinand Oosterlynck"], "birthDate": ["1971-05-03"]}}]  # fmt: skip
SCOPES = ("list", "read", "file", "dossiers", "acknowledge")
WITHIN_SECONDS = 60


class Receiver(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["content-length"]))
        self.server.got.append((self.path, dict(self.headers), body))  # type: ignore[attr-defined]
        self.send_response(204)
        self.end_headers()

    def log_message(self, *_: Any) -> None:
        pass


def free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


def test_two_machines_a_report_and_a_webhook_that_says_no_more_than_that_a_duty_waits(tmp_path: Path) -> None:
    receiver: Any = ThreadingHTTPServer(("127.0.0.1", 0), Receiver)
    receiver.got = []
    threading.Thread(target=receiver.serve_forever, daemon=True).start()
    host = f"127.0.0.1:{receiver.server_address[1]}"
    ours = ("PASSERELLE_", "DJANGO_")
    surroundings = {name: value for name, value in os.environ.items() if not name.startswith(ours)}
    surroundings["PASSERELLE_WEBHOOK_HOSTS"] = host

    def run(*words: str) -> str:
        done = subprocess.run(
            [*COMMAND, *words, "--dir", str(tmp_path)], env=surroundings, capture_output=True, text=True, check=False,
            timeout=120,
        )  # fmt: skip
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    run("init")
    machines: dict[str, tuple[str, bytes]] = {}
    for key in ("noord", "zuid"):
        run("service", "add", key, key.title(), "--kind", "police", "--language", "nl")
        scopes = [word for scope in SCOPES for word in ("--scope", scope)]
        file = tmp_path / f"{key}.pem"
        made = run("account", "add", f"{key}-rms", "--service", key, "--role", "desk", *scopes, "--json",
                   "--key-file", str(file))  # fmt: skip
        machines[key] = (json.loads(made)["key"], signing.private_in(file.read_text("utf-8")))
    run("channel", "add", "zuid", "--kind", "webhook", "--address", f"http://{host}/hook")
    port = free_port()
    with (tmp_path / "served.log").open("w", encoding="utf-8") as log:
        served = subprocess.Popen(
            [*COMMAND, "serve", "--dir", str(tmp_path), "--port", str(port)], env=surroundings, stdout=log, stderr=log
        )
        try:
            address = f"http://127.0.0.1:{port}"
            wait_for(f"{address}/api/v1/openapi.json", served, tmp_path / "served.log")
            noord, zuid = (Client(address, *machines[key], language="nl") for key in ("noord", "zuid"))
            interest = {"purpose": "investigation", "legal_basis": "Art. 44/1", "until": "2999-01-01"}
            zuid.do("/dossiers", {"title": "Zaak 12", "language": "nl", "subjects": KNOWN, **interest})
            noord.do("/reports", {"text": "Ferdinand Oosterlynck was er.", "language": "nl", "subjects": KNOWN})
            until = time.monotonic() + WITHIN_SECONDS
            while not receiver.got and time.monotonic() < until:
                time.sleep(0.2)
            (path, headers, body), *_ = receiver.got
            asked = signing.Asked.to("POST", f"http://{host}{path}", headers)
            known = {one["key"]: one["public"] for one in noord.ask("GET", "/keys")["keys"]}
            signature = signing.read(asked, body)
            assert signing.fits(asked, signature, signing.public_in(known[signature.key]))
            said = json.loads(body)
            assert said["what"] == "duty" and said["service"] == "zuid" and b"Oosterlynck" not in body
            (owed,) = [duty for duty in zuid.rows("/duties") if duty["ref"] == said["duty"]]
            assert zuid.read(owed["delivery"])["content"]["text"] == "Ferdinand Oosterlynck was er."
            zuid.do(f"/duties/{owed['ref']}/acknowledge", {"outcome": "acted_upon"})
            assert any("gebruikt" in line["says"] or "used" in line["says"] for line in noord.rows("/notices"))
            assert noord.ask("GET", "/health")["ok"] is True
        finally:
            served.terminate()
            served.wait(timeout=30)
            receiver.shutdown()
            receiver.server_close()
    assert "1 sent, 0 parked" in run("channel", "list")
