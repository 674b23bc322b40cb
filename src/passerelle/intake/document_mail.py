"""The text of an e-mail: who wrote it, when and about what; its body; and those of its attachments that are text."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime
from email import message_from_bytes, policy
from email.message import EmailMessage, MIMEPart
from email.utils import parsedate_to_datetime
from html.parser import HTMLParser

from passerelle.errors import Refused
from passerelle.intake.document import ATTACHMENTS_MAX, Document, check_characters, damaged, no_text
from passerelle.intake.document_words import tidy
from passerelle.intake.language import detect_language
from passerelle.words import Sentence, sentence

HEADERS = ("From", "To", "Cc", "Date", "Subject")
HEADER_WORDS = {
    "nl": ("Van", "Aan", "Cc", "Datum", "Onderwerp", "Bijlage"),
    "fr": ("De", "À", "Cc", "Date", "Objet", "Pièce jointe"),
    "de": ("Von", "An", "Cc", "Datum", "Betreff", "Anlage"),
    "en": ("From", "To", "Cc", "Date", "Subject", "Attachment"),
}
"""As the mail programs of each language say them, so that the text stays in one language."""

HEADER_CHARACTERS_MAX = 500
HTML_CHARACTERS_MAX = 2_000_000
_MAIL_LINE = re.compile(
    rb"(?i)(?:from|to|subject|date|received|return-path|message-id|mime-version|delivered-to|content-type|x-[a-z-]+|"
    rb"dkim-signature|cc|reply-to|arc-[a-z-]+|authentication-results): ?"
)

_MISREAD = (ValueError, LookupError, AttributeError, TypeError, OverflowError, RecursionError, AssertionError)
"""What the library of e-mails throws at damaged ones, beside its own errors (`tools/fuzz.py`)."""

Reader = Callable[[str, bytes], Document]


def looks_like_mail(content: bytes) -> bool:
    """Whether these bytes begin with the header of an e-mail: three lines of it, one of them by whom or of what sort.

    >>> looks_like_mail(b"From: a@b.example\\r\\nTo: c@d.example\\r\\nSubject: x\\r\\n\\r\\nHello")
    True
    >>> looks_like_mail(b"From: the neighbour. He said: nothing.")
    False
    """
    head = re.split(rb"\r?\n\r?\n", content.lstrip(b"\xef\xbb\xbf\r\n"), maxsplit=1)[0][:65_536]
    lines = [line for line in head.splitlines() if line and line[:1] not in b" \t"]
    if lines and lines[0].startswith(b"From ") and b":" not in lines[0].split()[0]:
        lines = lines[1:]
    known = [line for line in lines if _MAIL_LINE.match(line)]
    shaped = all(re.match(rb"[!-9;-~]+:", line) for line in lines)
    technical = any(
        re.match(rb"(?i)(?:received|message-id|mime-version|content-type|return-path):", line) for line in known
    )
    return bool(lines) and shaped and len(known) >= (2 if technical else 3)


def read_mail(name: str, content: bytes, reader: Reader, depth: int = 0) -> Document:
    """The text of an e-mail. `reader` reads an attachment. Raises DocumentUnreadable, DocumentTooLarge."""
    try:
        message = message_from_bytes(content, policy=policy.default)
        return _read(name, message, reader, depth)
    except Refused:
        raise
    except _MISREAD as error:
        raise damaged(name) from error


def _read(name: str, message: EmailMessage, reader: Reader, depth: int) -> Document:
    notes: list[Sentence] = []
    body = _body(name, message)
    parts, left_out = _attachments(name, message, reader, depth)
    language = detect_language(body or (parts[0][1] if parts else ""))
    words = HEADER_WORDS[language]
    sent = _sent(message)
    said = [_header(message, header) for header in HEADERS]
    said[3] = sent.strftime("%Y-%m-%d %H:%M") if sent else said[3]
    lines = [f"{word}: {value}" for word, value in zip(words, said, strict=False) if value]
    blocks = ["\n".join(lines), body, *(f"{words[5]}: {title}\n\n{text}" for title, text in parts)]
    if not body.strip() and not parts:
        raise no_text(name)
    if left_out:
        notes.append(sentence("Left out, because no text could be taken from it: {files}.", files=", ".join(left_out)))
    text = "\n\n".join(block for block in blocks if block.strip())
    check_characters(name, len(text))
    return Document("email", text, tuple(notes), sent.date().isoformat() if sent else "")


def _header(message: EmailMessage, header: str) -> str:
    try:
        return " ".join(str(message.get(header, "")).split())[:HEADER_CHARACTERS_MAX]
    except _MISREAD:
        return ""


def _sent(message: EmailMessage) -> datetime | None:
    try:
        return parsedate_to_datetime(str(message["Date"])) if message["Date"] else None
    except _MISREAD:
        return None


def _body(name: str, message: EmailMessage) -> str:
    found = message.get_body(preferencelist=("plain", "html")) if message.is_multipart() else message
    if found is None or (found is message and message.get_content_maintype() != "text"):
        return ""
    text = _content(found)
    if found.get_content_subtype() == "html":
        text = words_of_html(name, text)
    return tidy(text)


def _content(part: MIMEPart) -> str:
    try:
        return str(part.get_content())
    except _MISREAD:
        packed = part.get_payload(decode=True)
        return packed.decode("cp1252", errors="replace") if isinstance(packed, bytes) else ""


def _attachments(
    name: str, message: EmailMessage, reader: Reader, depth: int
) -> tuple[list[tuple[str, str]], list[str]]:
    read: list[tuple[str, str]] = []
    left_out: list[str] = []
    for number, part in enumerate(message.iter_attachments() if message.is_multipart() else ()):
        title = " ".join(str(part.get_filename() or "").split())[:100] or f"{number + 1}"
        try:
            if number >= ATTACHMENTS_MAX:
                left_out.append(title)
                continue
            if part.get_content_type() == "message/rfc822":
                inner = part.get_content()
                if depth or not isinstance(inner, EmailMessage):
                    left_out.append(title)
                else:
                    read.append((title, _read(title, inner, reader, depth + 1).text))
                continue
            packed = part.get_payload(decode=True)
            if not isinstance(packed, bytes):
                left_out.append(title)
            else:
                read.append((title, reader(title, packed).text))
        except (Refused, *_MISREAD):
            left_out.append(title)
    check_characters(name, sum(len(text) for _, text in read))
    return read, left_out


_BLOCKS = frozenset(
    ("p", "div", "br", "tr", "li", "h1", "h2", "h3", "h4", "h5", "h6", "table", "blockquote", "ul", "ol", "hr", "pre",
     "section", "article", "header", "footer", "title")
)  # fmt: skip
_UNSAID = frozenset(("script", "style", "template", "noscript", "head", "svg", "object", "iframe"))


class _Words(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.said: list[str] = []
        self.unsaid: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _UNSAID:
            self.unsaid.append(tag)
        elif tag in _BLOCKS:
            self.said.append("\n")
        elif tag in ("td", "th"):
            self.said.append("\t")

    def handle_endtag(self, tag: str) -> None:
        if self.unsaid and tag in self.unsaid:
            del self.unsaid[self.unsaid.index(tag) :]
        elif tag == "body":
            self.unsaid.clear()
        elif tag in _BLOCKS:
            self.said.append("\n")

    def handle_data(self, data: str) -> None:
        if not self.unsaid:
            self.said.append(re.sub(r"\s+", " ", data))


def words_of_html(name: str, text: str) -> str:
    """What a reader of this page would read; nothing of it is kept that could act. Raises DocumentTooLarge,
    DocumentUnreadable.

    >>> words_of_html("a.html", "<p>One</p><script>alert(1)</script><p>two &amp; three</p>")
    'One\\n\\ntwo & three'
    """
    check_characters(name, len(text) * 100_000 // HTML_CHARACTERS_MAX)
    words = _Words()
    try:
        words.feed(text)
        words.close()
    except AssertionError as error:  # html.parser at a damaged `<![`
        raise damaged(name) from error
    said = tidy("".join(words.said))
    check_characters(name, len(said))
    return said.strip()
