"""Invented documents of each kind that the box reads, made here: for `tools/fuzz.py` and the tests."""

from __future__ import annotations

import io
import zipfile
from email.message import EmailMessage

OPEN_DOCUMENT = "urn:oasis:names:tc:opendocument:xmlns"


def packed(*parts: tuple[str, str]) -> bytes:
    """A zip of these parts, as word processors make them."""
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as file:
        for name, said in parts:
            file.writestr(zipfile.ZipInfo(name), said, zipfile.ZIP_DEFLATED)
    return content.getvalue()


def docx(*paragraphs: str) -> bytes:
    """A DOCX with these paragraphs."""
    body = "".join(f"<w:p><w:r><w:t>{said}</w:t></w:r></w:p>" for said in paragraphs)
    space = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
    return packed(
        ("[Content_Types].xml", "<Types/>"),
        ("word/document.xml", f'<w:document xmlns:w="{space}"><w:body>{body}</w:body></w:document>'),
    )


def odt(*paragraphs: str) -> bytes:
    """An ODT with these paragraphs."""
    body = "".join(f"<t:p>{said}</t:p>" for said in paragraphs)
    spaces = f'xmlns:o="{OPEN_DOCUMENT}:office:1.0" xmlns:t="{OPEN_DOCUMENT}:text:1.0"'
    content = f"<o:document-content {spaces}><o:body><o:text>{body}</o:text></o:body></o:document-content>"
    return packed(("mimetype", "application/vnd.oasis.opendocument.text"), ("content.xml", content))


def pdf(*lines: str) -> bytes:
    """A PDF of one page with these lines, in Helvetica."""
    escaped = [line.replace("\\", r"\\").replace("(", r"\(").replace(")", r"\)") for line in lines]
    said = " T* ".join(f"({line}) Tj" for line in escaped)
    flow = f"BT /F1 11 Tf 14 TL 40 800 Td {said} ET".encode("cp1252", "replace")
    parts = (
        b"<</Type/Catalog/Pages 2 0 R>>", b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R/Resources<</Font<</F1 5 0 R>>>>>>",
        b"<</Length %d>>\nstream\n%s\nendstream" % (len(flow), flow),
        b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica/Encoding/WinAnsiEncoding>>",
    )  # fmt: skip
    file, places = b"%PDF-1.4\n", []
    for number, part in enumerate(parts, start=1):
        places.append(len(file))
        file += b"%d 0 obj\n%s\nendobj\n" % (number, part)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    end = b"trailer\n<</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n" % (len(parts) + 1, len(file))
    return file + b"xref\n0 %d\n0000000000 65535 f \n%s" % (len(parts) + 1, table) + end


def mail(text: str, attached: str) -> bytes:
    """An e-mail with two bodies and an attachment."""
    message = EmailMessage()
    message["From"], message["To"] = "Élise Vermassen <elise@mail.example>", "desk@zone.example"
    message["Date"], message["Subject"] = "Tue, 09 Dec 2025 16:48:00 +0100", "Suite à notre appel"
    message.set_content(text)
    message.add_alternative(f"<html><body><p>{text}</p><script>alert(1)</script></body></html>", subtype="html")
    message.add_attachment(attached, filename="bijlage.txt")
    return message.as_bytes()


def each_kind(texts: tuple[str, ...]) -> tuple[bytes, ...]:
    """A document of each kind that is read: DOCX, ODT, PDF, e-mail, two texts, HTML."""
    return (
        docx(*texts), odt(*texts), pdf(*texts), mail(texts[1], texts[0]), texts[1].encode("cp1252"),
        texts[2].encode("utf-16"), f"<!doctype html><html><body><p>{texts[3]}</p></body></html>".encode(),
    )  # fmt: skip
