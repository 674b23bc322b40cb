"""Reads one document from its standard input, alone in a process with limits: what it breaks is only itself."""

from __future__ import annotations

import contextlib
import json
import sys
from typing import Any

from passerelle.errors import Refused
from passerelle.intake.document import BYTES_MAX
from passerelle.intake.documents import read_document

MEMORY_BYTES_MAX = 1_500_000_000
CPU_SECONDS_MAX = 20


def bounded() -> None:
    """No more memory and time of the processor than a document needs, and no file written. Only where there is such a
    thing (not on Windows)."""
    try:
        import resource
    except ImportError:
        return
    for what, most in (
        (resource.RLIMIT_AS, MEMORY_BYTES_MAX), (resource.RLIMIT_CPU, CPU_SECONDS_MAX), (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_CORE, 0),
    ):  # fmt: skip
        with contextlib.suppress(ValueError, OSError):
            resource.setrlimit(what, (most, most))


def main() -> None:
    """The document as JSON, or the refusal; the name is the first argument."""
    bounded()
    content = sys.stdin.buffer.read(BYTES_MAX + 1)
    try:
        said: dict[str, Any] = {"document": read_document(sys.argv[1], content).to_json()}
    except Refused as refusal:
        said = {
            "refused": refusal.code,
            "sentence": refusal.sentence.to_json(),
            "way_out": refusal.way_out.to_json() if refusal.way_out else None,
        }
    sys.stdout.write(json.dumps(said))


if __name__ == "__main__":
    main()
