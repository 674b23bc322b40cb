"""A document dropped into the box is read in a process of its own: a bomb takes that one down, and nothing else."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import unicodedata

from passerelle.errors import Refused
from passerelle.intake.document import Document, DocumentTooLarge, DocumentUnreadable, paste
from passerelle.intake.documents import BYTES_MAX
from passerelle.words import Sentence, sentence

SECONDS_MAX = 30
NAME_CHARACTERS_MAX = 80


def read_file(name: str, content: bytes) -> Document:
    """The text of this document. Raises DocumentTooLarge, DocumentUnreadable, DocumentKindUnknown.

    The process gets the bytes and nothing else: no settings, no keys, no database, no file to write to; a memory of 1.5
    thousand million bytes, 20 seconds of the processor, 30 in all.
    """
    called = plain_name(name)
    if len(content) > BYTES_MAX:
        raise DocumentTooLarge(
            sentence("{file} is larger than {limit} million bytes.", file=called, limit=BYTES_MAX // 1_000_000),
            way_out=paste(),
        )
    surroundings = {"PYTHONPATH": os.pathsep.join(sys.path), "PYTHONHASHSEED": "0", "LC_ALL": "C.UTF-8"}
    if "SYSTEMROOT" in os.environ:
        surroundings["SYSTEMROOT"] = os.environ["SYSTEMROOT"]
    try:
        done = subprocess.run(  # noqa: S603 (our own interpreter, our own module, and a name that was made plain)
            [sys.executable, "-B", "-m", "passerelle.intake.documents_alone", called],
            input=content, capture_output=True, timeout=SECONDS_MAX, check=False, env=surroundings,
        )  # fmt: skip
        said = json.loads(done.stdout) if done.returncode == 0 else {}
    except (subprocess.TimeoutExpired, ValueError):
        said = {}
    if "document" in said:
        return Document.from_json(said["document"])
    if "refused" in said:
        way_out = Sentence.from_json(said["way_out"]) if said["way_out"] else None
        raise Refused(Sentence.from_json(said["sentence"]), way_out=way_out, code=said["refused"])
    raise DocumentUnreadable(
        sentence("{file} asked for more time or memory than any honest document: it was not read.", file=called),
        way_out=paste(),
    )


def plain_name(name: str) -> str:
    """The name of a file as it may be said: its last part, without signs that turn a line around, not too long.

    >>> plain_name("C:\\\\Users\\\\jana\\\\verslag.pdf")
    'verslag.pdf'
    """
    last = name.replace("\\", "/").rsplit("/", maxsplit=1)[-1]
    said = "".join(sign for sign in last if unicodedata.category(sign)[0] not in "CZ" or sign == " ").strip(" -")
    if len(said) > NAME_CHARACTERS_MAX:
        said = f"{said[: NAME_CHARACTERS_MAX - 12]}…{said[-10:]}"
    return said or "–"
