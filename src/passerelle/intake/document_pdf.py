"""The text of a PDF, page by page, its broken lines put together again. A scan has none, and is told so."""

from __future__ import annotations

import io
import logging
import re
from statistics import median

import pypdf
from pypdf.errors import LimitReachedError

from passerelle.intake.document import (
    PAGES_MAX,
    UNPACKED_BYTES_MAX,
    Document,
    DocumentTooLarge,
    DocumentUnreadable,
    check_characters,
    damaged,
    locked,
    paste,
)
from passerelle.intake.document_words import tidy
from passerelle.words import sentence

logging.getLogger("pypdf").setLevel(logging.CRITICAL)  # what it mends on the way says nothing to whoever runs the house

_LIMITS = pypdf.Configuration(
    maximum_declared_stream_length=UNPACKED_BYTES_MAX,
    array_based_stream_maximum_output_length=UNPACKED_BYTES_MAX,
    lzw_maximum_output_length=UNPACKED_BYTES_MAX,
    run_length_maximum_output_length=UNPACKED_BYTES_MAX,
    zlib_maximum_output_length=UNPACKED_BYTES_MAX,
    jbig2_maximum_output_length=UNPACKED_BYTES_MAX,
    brotli_maximum_output_length=UNPACKED_BYTES_MAX,
    stream_decoding_work_maximum_length=5 * UNPACKED_BYTES_MAX,
    stream_parsing_work_maximum_count=500_000,
    jbig2dec_binary=None,
    disable_legacy_handling=True,
)

FULL_LINE = 0.75
"""A line this long, against the usual one of its page, may have been broken by the page's width."""


def read_pdf(name: str, content: bytes) -> Document:
    """The text of a PDF. Raises DocumentTooLarge over 100 pages, DocumentUnreadable for a scan, a lock or damage."""
    try:
        with pypdf.apply_configuration(_LIMITS):
            return _read(name, content)
    except (DocumentTooLarge, DocumentUnreadable):
        raise
    except LimitReachedError as error:
        raise DocumentTooLarge(
            sentence("{file} unpacks to more than an honest document does: it is not read.", file=name), way_out=paste()
        ) from error
    except (MemoryError, RecursionError) as error:
        raise damaged(name) from error
    except Exception as error:  # whatever a reader of a hundred dialects throws, the file is what is wrong
        raise damaged(name) from error


def _read(name: str, content: bytes) -> Document:
    reader = pypdf.PdfReader(io.BytesIO(content), strict=False)
    if reader.is_encrypted and not reader.decrypt(""):
        raise locked(name)
    count = len(reader.pages)
    if count > PAGES_MAX:
        raise DocumentTooLarge(
            sentence("{file} has {count} pages; at most {limit} are read.", file=name, count=count, limit=PAGES_MAX),
            way_out=sentence("Print the pages that matter into a file of their own, or paste what matters."),
        )
    pages: list[str] = []
    empty, length = 0, 0
    for page in reader.pages:
        text = unbroken(tidy(page.extract_text()))
        length += len(text)
        check_characters(name, length)
        empty += not text.strip()
        if text.strip():
            pages.append(text)
    if not pages:
        raise DocumentUnreadable(
            sentence("{file} holds pictures of its pages and no text: it was scanned.", file=name),
            way_out=sentence("Read it yourself and type what matters, or let a text be made of it first."),
        )
    notes = [sentence("{count} of {all} pages hold no text: they may be pictures. Look at them yourself.", count=empty,
                      all=count)] if empty else []  # fmt: skip
    return Document("pdf", "\n\n".join(pages), tuple(notes))


_ENDS = re.compile(r"[.!?:;]['\"”»)]*$")
_LISTED = re.compile(r"\s*(?:[-–•*]|\d{1,2}[.)])\s")


def unbroken(text: str) -> str:
    """The lines that only the width of the page broke, put together again, and words that it cut healed.

    >>> unbroken("He was seen in the street near the old sta-\\ntion, and left.\\nNobody else was there.")
    'He was seen in the street near the old station, and left.\\nNobody else was there.'
    """
    lines = text.split("\n")
    lengths = [len(line) for line in lines if len(line) > 20]
    full = FULL_LINE * median(lengths) if lengths else 0
    said: list[str] = []
    for at, line in enumerate(lines):
        before = lines[at - 1] if at else ""
        joins = bool(said) and before and line and not _ENDS.search(before) and not _LISTED.match(line)
        if joins and re.search(r"[^\W\d_]-$", before) and line[0].islower():
            said[-1] = said[-1][:-1] + line
        elif joins and (line[0].islower() or len(before) >= full):
            said[-1] = f"{said[-1]} {line.lstrip()}"
        else:
            said.append(line)
    return "\n".join(said)
