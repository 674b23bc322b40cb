"""The text of word processors' files (DOCX, ODT): a zip of XML, of which the parts with the body's text are read."""

from __future__ import annotations

import io
import zipfile
import zlib
from xml.etree.ElementTree import ParseError

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import iterparse

from passerelle.intake.document import (
    MEMBERS_MAX,
    Document,
    DocumentKindUnknown,
    DocumentTooLarge,
    check_characters,
    check_part,
    damaged,
    locked,
    no_text,
    paste,
)
from passerelle.words import sentence

WORD = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
COMPATIBLE = "{http://schemas.openxmlformats.org/markup-compatibility/2006}"
TEXT = "{urn:oasis:names:tc:opendocument:xmlns:text:1.0}"
TABLE = "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}"
OFFICE = "{urn:oasis:names:tc:opendocument:xmlns:office:1.0}"
SAME_SPACES_MAX = 100

WORD_PARTS = ("word/document.xml", "word/footnotes.xml", "word/endnotes.xml")
"""ISO/IEC 29500-1, 11.3: the main document and its notes. Comments, headers and footers are left out."""

_BROKEN = (
    zipfile.BadZipFile, zlib.error, EOFError, ParseError, DefusedXmlException, NotImplementedError, ValueError,
    LookupError, OverflowError, OSError, RuntimeError,
)  # fmt: skip


def read_packed(name: str, content: bytes) -> Document:
    """The text of a DOCX or ODT. Raises DocumentTooLarge, DocumentUnreadable; DocumentKindUnknown for another zip."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            return _read(name, packed)
    except _BROKEN as error:
        raise damaged(name) from error


def _read(name: str, packed: zipfile.ZipFile) -> Document:
    listed = packed.infolist()
    if len(listed) > MEMBERS_MAX:
        raise DocumentTooLarge(
            sentence("{file} holds {count} files; at most {limit} are read.", file=name, count=len(listed),
                     limit=MEMBERS_MAX),
            way_out=paste(),
        )  # fmt: skip
    members = {about.filename: about for about in listed}
    if "word/document.xml" in members:
        parts = [_word(name, _part(name, packed, members[at])) for at in WORD_PARTS if at in members]
        kind = "docx"
    elif "content.xml" in members and _mimetype(packed, members).startswith("application/vnd.oasis.opendocument.text"):
        parts = [_open(name, _part(name, packed, members["content.xml"]))]
        kind = "odt"
    else:
        raise DocumentKindUnknown(
            sentence("{file} is an archive or a sheet, and no letter or report.", file=name),
            way_out=sentence("Unpack it, and drop the document itself; or paste what matters into the box."),
        )
    text = "\n\n".join(part for part in parts if part.strip())
    if not text.strip():
        raise no_text(name)
    return Document(kind, text)


def _mimetype(packed: zipfile.ZipFile, members: dict[str, zipfile.ZipInfo]) -> str:
    if "mimetype" not in members:
        return ""
    with packed.open(members["mimetype"]) as flow:
        return flow.read(200).decode("ascii", errors="replace")


def _part(name: str, packed: zipfile.ZipFile, about: zipfile.ZipInfo) -> bytes:
    if about.flag_bits & 1:
        raise locked(name)
    check_part(name, about.file_size, about.compress_size)
    with packed.open(about) as flow:
        unpacked = flow.read(about.file_size + 1)
    check_part(name, len(unpacked), about.compress_size)
    return unpacked


def _word(name: str, part: bytes) -> str:
    """The words of one part of a DOCX: a line for each paragraph, cells of a row beside each other."""
    said: list[str] = []
    count, skipped, cells = 0, 0, 0
    for event, element in iterparse(io.BytesIO(part), events=("start", "end"), forbid_dtd=True):
        tag = element.tag
        if tag in (f"{COMPATIBLE}Fallback", f"{WORD}del", f"{WORD}moveFrom"):
            skipped += 1 if event == "start" else -1
        elif tag == f"{WORD}tc":
            cells += 1 if event == "start" else -1
            if event == "end":
                said.append("\t")
        if event == "end":
            if not skipped:
                more = _word_said(tag, element.text or "", in_cell=cells > 0)
                count += len(more)
                check_characters(name, count)
                said.append(more)
            element.clear()
    return tidy("".join(said))


def _word_said(tag: str, text: str, *, in_cell: bool) -> str:
    if tag == f"{WORD}t":
        return text
    if tag == f"{WORD}p":
        return " " if in_cell else "\n"
    if tag in (f"{WORD}br", f"{WORD}cr", f"{WORD}tr"):
        return "\n"
    return {f"{WORD}tab": "\t", f"{WORD}noBreakHyphen": "-"}.get(tag, "")


def _open(name: str, part: bytes) -> str:
    """The words of the body of an ODT."""
    said: list[str] = []
    count, within, skipped, cells = 0, 0, 0, 0

    def add(more: str) -> None:
        nonlocal count
        if within and not skipped:
            count += len(more)
            check_characters(name, count)
            said.append(more)

    open_now: list[tuple[str, bool]] = []
    for event, element in iterparse(io.BytesIO(part), events=("start", "end"), forbid_dtd=True):
        tag = element.tag
        if event == "start":
            within += tag == f"{OFFICE}text"
            skipped += tag in (f"{TEXT}tracked-changes", f"{OFFICE}annotation")
            cells += tag == f"{TABLE}table-cell"
            open_now.append((tag, False))
            continue
        open_now.pop()
        text = _odt_text(element) if tag in (f"{TEXT}p", f"{TEXT}h") else ""
        inside = any(above in (f"{TEXT}p", f"{TEXT}h") for above, _ in open_now[-1:])
        if text:
            add(text + (" " if cells else "\n"))
        if tag == f"{TABLE}table-cell":
            cells -= 1
            add("\t")
        if tag == f"{TABLE}table-row":
            add("\n")
        skipped -= tag in (f"{TEXT}tracked-changes", f"{OFFICE}annotation")
        within -= tag == f"{OFFICE}text"
        if tag in (f"{TEXT}p", f"{TEXT}h", f"{TABLE}table-cell", f"{TABLE}table-row") and not inside:
            element.clear()
    return tidy("".join(said))


def _odt_text(paragraph: object) -> str:
    """The words of a paragraph and of what is marked within it, with its spaces, tabs and breaks."""
    said: list[str] = []
    waiting: list[tuple[str, object]] = [("open", paragraph)]
    while waiting:
        what, thing = waiting.pop()
        if what == "said":
            said.append(str(thing))
            continue
        tag = thing.tag  # type: ignore[attr-defined]  # an element
        if tag == f"{TEXT}s":
            times = thing.get(f"{TEXT}c", "1")  # type: ignore[attr-defined]
            said.append(" " * (min(int(times), SAME_SPACES_MAX) if times.isdigit() and len(times) < 9 else 1))
        elif tag in (f"{TEXT}tab", f"{TEXT}line-break"):
            said.append("\t" if tag == f"{TEXT}tab" else "\n")
        elif tag in (f"{OFFICE}annotation", f"{TEXT}note-citation"):
            continue
        said.append(thing.text or "")  # type: ignore[attr-defined]
        inner = list(thing)  # type: ignore[call-overload]
        for child in reversed(inner):
            waiting.append(("said", child.tail or ""))
            waiting.append(("open", child))
    return "".join(said)


def tidy(text: str) -> str:
    """Lines without spaces at their ends, and no more than one empty line between them."""
    lines = [line.rstrip(" \t\u00a0") for line in text.replace("\r\n", "\n").replace("\r", "\n").split("\n")]
    kept: list[str] = []
    for line in lines:
        if line or (kept and kept[-1]):
            kept.append(line)
    return "\n".join(kept).strip("\n")
