"""The door for documents that an officer drops into the box: told by their content, read within limits, or refused."""

from __future__ import annotations

import re
from dataclasses import replace

from passerelle.intake.document import (
    BYTES_MAX,
    Document,
    DocumentKindUnknown,
    DocumentTooLarge,
    DocumentUnreadable,
    check_characters,
    no_text,
    paste,
)
from passerelle.intake.document_mail import looks_like_mail, read_mail, words_of_html
from passerelle.intake.document_pdf import read_pdf
from passerelle.intake.document_words import read_packed, tidy
from passerelle.words import Sentence, noop, sentence

__all__ = [
    "BYTES_MAX",
    "Document",
    "DocumentKindUnknown",
    "DocumentTooLarge",
    "DocumentUnreadable",
    "read_document",
]

OLD_WORD = noop("{file} is of an old kind, or locked: an old Word document, or a message kept by Outlook.")
RICH = noop("{file} is a document in rich text (RTF), which is not read.")
PICTURE = noop("{file} is a picture, a film or a sound: no text can be taken from it.")
PACKED = noop("{file} is an archive that is not read.")
PROGRAM = noop("{file} is a program, or something else that is no document.")
_SAVE = noop("Save it as a PDF, DOCX or plain text, or paste what matters into the box.")
_LOOK = noop("Look at it yourself, and type what matters into the box.")
_UNPACK = noop("Unpack it, and drop the document itself; or paste what matters into the box.")

_OTHERS: tuple[tuple[tuple[bytes, ...], str, str], ...] = (
    ((b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",), OLD_WORD, _SAVE),
    ((b"{\\rtf",), RICH, _SAVE),
    (
        (b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"BM", b"II*\0", b"MM\0*", b"RIFF", b"ID3", b"OggS", b"\x1aE\xdf\xa3",
         b"\0\0\0\x18ftyp", b"\0\0\0\x1cftyp", b"\0\0\0 ftyp", b"\0\0\0\x14ftyp"),
        PICTURE, _LOOK,
    ),
    ((b"\x1f\x8b", b"BZh", b"\xfd7zXZ\0", b"7z\xbc\xaf\x27\x1c", b"Rar!", b"\x28\xb5\x2f\xfd"), PACKED, _UNPACK),
    ((b"MZ", b"\x7fELF", b"\xca\xfe\xba\xbe", b"\xcf\xfa\xed\xfe", b"SQLite format 3"), PROGRAM, _LOOK),
)  # fmt: skip
"""First bytes of what is not read (the makers' published signatures), and the way out."""

_HTML = re.compile(
    rb"\s*(?:<\?xml[^>]{0,200}\?>\s*)?(?:<!--.{0,500}?-->\s*)?<(?:!doctype\s+html|html)[\s>]", re.IGNORECASE | re.DOTALL
)
HEAD_BYTES = 1_024
CONTROLS_MAX = 0.02
"""A text with a greater share of control characters is none."""


def read_document(name: str, content: bytes, depth: int = 0) -> Document:
    """The text of a document: plain text in any usual encoding, e-mail, PDF, DOCX, ODT, HTML.

    `name` is only said, never trusted. Raises DocumentTooLarge, DocumentUnreadable, DocumentKindUnknown; a document of
    more than 10 million bytes is refused unread.
    """
    if len(content) > BYTES_MAX:
        raise DocumentTooLarge(
            sentence("{file} is larger than {limit} million bytes.", file=name, limit=BYTES_MAX // 1_000_000),
            way_out=paste(),
        )
    if not content.strip(b"\0 \t\r\n"):
        raise no_text(name)
    read = _read(name, content, depth)
    text = tidy(_UNSAID.sub(" ", read.text))
    if not text.strip():
        raise no_text(name)
    check_characters(name, len(text))
    return replace(read, text=text)


_UNSAID = re.compile(r"[\0-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")
"""What no database holds and nobody reads: controls, and halves of signs."""


def _read(name: str, content: bytes, depth: int) -> Document:
    if b"%PDF-" in content[:HEAD_BYTES]:
        return read_pdf(name, content)
    if content.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return read_packed(name, content)
    for starts, says, way_out in _OTHERS:
        if content.startswith(starts) and not (starts[0] == b"MZ" and _is_plain(content)):
            raise DocumentKindUnknown(Sentence(says, (("file", name),)), way_out=Sentence(way_out))
    if looks_like_mail(content):
        return read_mail(name, content, _attached, depth)
    text, notes = decoded(name, content)
    if _HTML.match(content[:HEAD_BYTES]):
        return Document("html", words_of_html(name, text), notes)
    return Document("text", text, notes)


def _attached(name: str, content: bytes) -> Document:
    """An attachment: as any document, but an e-mail in an e-mail's file is looked into only once."""
    return read_document(name, content, depth=1)


def _is_plain(content: bytes) -> bool:
    """Whether the first bytes are letters and signs that people type."""
    return not re.search(rb"[\0-\x08\x0e-\x1a\x1c-\x1f]", content[:HEAD_BYTES])


_MARKS = (
    (b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe\0\0", "utf-32"), (b"\0\0\xfe\xff", "utf-32"), (b"\xff\xfe", "utf-16"),
    (b"\xfe\xff", "utf-16"),
)  # fmt: skip
"""Byte order marks. Source: The Unicode Standard, 23.8."""

_GUESSED = (("cp1252", "Windows"), ("cp850", "DOS"), ("mac_roman", "Macintosh"))
_LETTERS = frozenset("éèêëàâäçùûüôöîïóíáúñœæßÉÈÊËÀÂÄÇÙÛÜÔÖÎÏÓÍÁÚÑŒÆ")
_SIGNS = frozenset("€’‘“”«»°–—…·§²³µ\u00a0")


def decoded(name: str, content: bytes) -> tuple[str, tuple[Sentence, ...]]:
    """The text of these bytes and what was guessed about them. Raises DocumentKindUnknown for what is no text."""
    text, notes = _decoded(content)
    text = text.replace("\r\n", "\n").replace("\r", "\n").lstrip("\ufeff")
    controls = len(re.findall(r"[\0-\x08\x0b\x0e-\x1f\x7f\ufffd]", text))
    if controls > CONTROLS_MAX * max(len(text), 1):
        raise DocumentKindUnknown(Sentence(PROGRAM, (("file", name),)), way_out=Sentence(_LOOK))
    return text, notes


def _decoded(content: bytes) -> tuple[str, tuple[Sentence, ...]]:
    for mark, encoding in _MARKS:
        if content.startswith(mark):
            return content.decode(encoding, errors="replace"), ()
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError:
        pass
    else:
        if "\0" not in text:
            return text, ()
    for encoding, odd in (("utf-16-le", content[1::2]), ("utf-16-be", content[::2])):
        if odd.count(0) > 0.4 * len(odd):
            return content.decode(encoding, errors="replace"), ()
    best, says = max(_GUESSED, key=lambda guess: _sense(content, guess[0]))
    note = sentence("{encoding} letters were taken for granted: look whether é, ü and € are right.", encoding=says)
    return content.decode(best, errors="replace"), (note,)


def _sense(content: bytes, encoding: str) -> float:
    """How much sense these bytes make in this encoding: letters of our languages, inside words, against odd signs."""
    text = content[:200_000].decode(encoding, errors="replace")
    points = 0.0 if encoding != "cp1252" else 0.5
    for found in re.finditer(r"[^\x00-\x7f]", text):
        sign, at = found[0], found.start()
        beside = text[max(at - 1, 0) : at].isalpha() or text[at + 1 : at + 2].isalpha()
        if sign in _LETTERS:
            points += 1.0 if beside else 0.2
        elif sign in _SIGNS:
            points += 0.3
        else:
            points -= 1.0
    return points
