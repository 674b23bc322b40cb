"""A double of a translation engine: as a program (`python -m passerelle.testing.engine fr nl`), or listening here.

It translates nothing: it puts the two languages before the text, so that a test sees that it was asked, and for what.
"""

from __future__ import annotations

import json
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


def translated(text: str, source: str, target: str) -> str:
    """What the double gives for a text."""
    return f"[{source} → {target}] {text}"


class _Answers(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        said = {"translatedText": translated(asked["q"], asked["source"], asked["target"])}
        body = json.dumps(said).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 (its name upstream)
        """Nothing is written down of what was asked."""


@contextmanager
def listening() -> Iterator[str]:
    """The double on a free port of this machine, as long as the block lasts: the value of the setting."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Answers)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/translate"
    finally:
        server.shutdown()
        server.server_close()


def main() -> None:
    """The double as a program: the text on standard input."""
    source, target = sys.argv[1:3]
    sys.stdout.write(translated(sys.stdin.read(), source, target))


if __name__ == "__main__":
    main()
