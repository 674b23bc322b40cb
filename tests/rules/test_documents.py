"""A document dropped into the box is told by its content, read within limits, or refused with a way out."""

from __future__ import annotations

import io
import zipfile
from email.message import EmailMessage

import pytest
from pypdf import PdfReader, PdfWriter

from passerelle.errors import Refused
from passerelle.flow import files
from passerelle.intake import document, document_pdf
from passerelle.intake.documents import read_document
from tools import fuzz, papers

SAID = "Élodie vit à Liège, près de l'école ; son père conduit une Škoda."


@pytest.mark.parametrize("name", ["verslag", "verslag.exe", "verslag.pdf"])
def test_the_kind_is_told_by_the_content_and_never_by_the_name(name: str) -> None:
    found = [read_document(name, paper).kind for paper in papers.each_kind(fuzz.TEXTS)]
    assert found == ["docx", "odt", "pdf", "email", "text", "text", "html"]


@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "cp1252", "cp850", "mac_roman"]
)
def test_a_text_is_read_in_any_usual_encoding(encoding: str) -> None:
    said = SAID.replace("Š", "S")
    read = read_document("nota.txt", said.encode(encoding))
    assert read.text == said
    assert bool(read.notes) == (encoding in ("cp1252", "cp850", "mac_roman")), "what was guessed is told"


def test_a_word_document_gives_its_paragraphs_its_tables_and_its_notes_and_not_what_was_struck_out() -> None:
    space = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"

    def part(body: str) -> str:
        return f'<w:document xmlns:w="{space}"><w:body>{body}</w:body></w:document>'

    def say(text: str) -> str:
        return f"<w:p><w:r><w:t>{text}</w:t></w:r></w:p>"

    body = (
        f"{say('First.')}<w:p><w:del><w:r><w:t>struck</w:t></w:r></w:del>"
        "<w:r><w:t>Kept</w:t><w:tab/><w:t>on</w:t></w:r></w:p>"
        f"<w:tbl><w:tr><w:tc>{say('Name')}</w:tc><w:tc>{say('Karel')}</w:tc></w:tr></w:tbl>"
    )
    packed = papers.packed(("word/document.xml", part(body)), ("word/footnotes.xml", part(say("A note."))))
    read = read_document("x", packed).text
    lines = [" ".join(line.split()) for line in read.splitlines() if line]
    assert lines == ["First.", "Kept on", "Name Karel", "A note."]


def test_an_e_mail_gives_who_when_and_about_what_in_its_own_language_and_its_attachments_that_are_text() -> None:
    message = EmailMessage()
    message["From"], message["Subject"] = "Élise <e@mail.example>", "inquiétude"
    message["Date"] = "Tue, 09 Dec 2025 16:48:00 +0100"
    message.set_content("Bonjour, la fille de notre voisin n'est plus rentrée depuis jeudi.")
    message.add_attachment(papers.docx("Elle serait chez sa tante."), maintype="application", subtype="octet-stream",
                           filename="note.docx")  # fmt: skip
    message.add_attachment(b"\x89PNG\r\n\x1a\n", maintype="image", subtype="png", filename="photo.png")
    read = read_document("x.eml", message.as_bytes())
    assert read.text.startswith("De: Élise <e@mail.example>\nDate: 2025-12-09 16:48\nObjet: inquiétude\n\nBonjour")
    assert read.text.endswith("Pièce jointe: note.docx\n\nElle serait chez sa tante.")
    assert [str(note) for note in read.notes] == ["Left out, because no text could be taken from it: photo.png."]
    assert read.learnt_on == "2025-12-09"


def test_nothing_that_acts_is_left_of_a_page_or_an_e_mail_in_html() -> None:
    page = (
        "<!doctype html><html><head><title>x</title><style>p{}</style></head><body onload=alert(1)><p>One &lt;b&gt;</p>"
        "<script>alert(2)</script><iframe src=x>no</iframe><p>two</p></body></html>"
    )
    assert read_document("x", page.encode()).text == "One <b>\n\ntwo"


def test_lines_that_a_page_broke_are_put_together_and_lists_are_not() -> None:
    read = read_document("x", papers.pdf(
        "He was seen in the Kerkstraat near the old sta-", "tion with a grey car that nobody in the street",
        "knew, and left again.", "- first", "- second",
    )).text  # fmt: skip
    assert "station with a grey car that nobody in the street knew, and left again.\n- first\n- second" in read
    assert document_pdf.unbroken("One.\nTwo") == "One.\nTwo"


def scan() -> bytes:
    writer, packed = PdfWriter(), io.BytesIO()
    writer.add_blank_page(200, 200)
    writer.write(packed)
    return packed.getvalue()


def locked() -> bytes:
    writer, packed = PdfWriter(), io.BytesIO()
    writer.append(PdfReader(io.BytesIO(papers.pdf("secret"))))
    writer.encrypt("a password", algorithm="AES-256")
    writer.write(packed)
    return packed.getvalue()


def long() -> bytes:
    writer, packed = PdfWriter(), io.BytesIO()
    for _ in range(document.PAGES_MAX + 1):
        writer.add_blank_page(200, 200)
    writer.write(packed)
    return packed.getvalue()


def bomb() -> bytes:
    return papers.docx("a" * 15_000_000)


def many() -> bytes:
    return papers.packed(("word/document.xml", "<a/>"), *((f"{n}", "") for n in range(document.MEMBERS_MAX)))


def entities() -> bytes:
    bad = '<!DOCTYPE a [<!ENTITY b "ha"><!ENTITY c "&b;&b;">]><a>&c;</a>'
    return papers.packed(("word/document.xml", bad))


REFUSED = {
    "a scan": (scan, "intake.document_unreadable", "it was scanned"),
    "a password": (locked, "intake.document_unreadable", "locked with a password"),
    "too many pages": (long, "intake.document_too_large", "101 pages"),
    "a bomb": (bomb, "intake.document_too_large", "200 times its size"),
    "too many parts": (many, "intake.document_too_large", "2001 files"),
    "entities": (entities, "intake.document_unreadable", "damaged"),
    "another zip": (lambda: papers.packed(("a.txt", "x")), "intake.document_kind", "an archive or a sheet"),
    "old Word": (lambda: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"x" * 90, "intake.document_kind", "old kind"),
    "rich text": (lambda: rb"{\rtf1 hello}", "intake.document_kind", "rich text"),
    "a picture": (lambda: b"\x89PNG\r\n\x1a\n", "intake.document_kind", "picture"),
    "a program": (lambda: b"\x7fELF" + b"\0" * 90, "intake.document_kind", "program"),
    "other bytes": (lambda: bytes(range(32)) * 9, "intake.document_kind", "no document"),
    "an archive": (lambda: b"\x1f\x8b" + b"x" * 9, "intake.document_kind", "archive"),
    "nothing": (lambda: b" \n ", "intake.document_unreadable", "holds no text"),
    "too large": (lambda: b"a" * (document.BYTES_MAX + 1), "intake.document_too_large", "10 million"),
    "too much text": (lambda: b"a " * 60_000, "intake.document_too_large", "100000 characters"),
    "a broken PDF": (lambda: b"%PDF-1.7\nxx", "intake.document_unreadable", "damaged"),
    "a broken zip": (lambda: papers.docx("x")[:80], "intake.document_unreadable", "damaged"),
}  # fmt: skip


@pytest.mark.parametrize("what", REFUSED)
def test_what_is_not_read_is_refused_by_its_name_with_a_way_out(what: str) -> None:
    make, code, says = REFUSED[what]
    with fuzz.within(), pytest.raises(Refused) as refused:
        read_document("brief.dat", make())
    assert refused.value.code == code
    assert "brief.dat" in str(refused.value) and says in str(refused.value)
    assert refused.value.way_out is not None


def test_a_pdf_whose_page_unpacks_without_end_is_refused() -> None:
    writer, packed = PdfWriter(), io.BytesIO()
    page = PdfReader(io.BytesIO(papers.pdf("x" * 30_000_000))).pages[0]
    writer.add_page(page).compress_content_streams()
    writer.write(packed)
    assert len(packed.getvalue()) < 200_000
    with pytest.raises(document.DocumentTooLarge, match="unpacks to more"):
        read_document("x.pdf", packed.getvalue())


def test_a_file_is_read_in_a_process_of_its_own_and_its_refusal_comes_back_whole() -> None:
    assert files.read_file("C:\\nota's\\x.txt", SAID.encode()).text == SAID
    with pytest.raises(Refused, match=r"x\.pdf is damaged") as refused:
        files.read_file("../x.pdf", b"%PDF-1.7")
    assert refused.value.code == "intake.document_unreadable"
    assert refused.value.in_language("en").endswith("paste what matters into the box.")


def test_a_reader_that_is_killed_by_its_limits_is_a_refusal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.executable", "/bin/false")
    with pytest.raises(document.DocumentUnreadable, match="more time or memory"):
        files.read_file("x.txt", b"x")


def test_a_name_that_turns_a_line_around_or_goes_on_for_ever_is_made_plain() -> None:
    assert files.plain_name("/etc/a\u202efdp.exe\0") == "afdp.exe"
    assert len(files.plain_name("a" * 500 + ".txt")) < 90
    assert files.plain_name("///") == "–"


def test_the_members_of_a_zip_that_lie_about_their_size_are_still_bounded() -> None:
    packed = bytearray(papers.docx("a" * 3_000_000))
    with zipfile.ZipFile(io.BytesIO(bytes(packed))) as good:
        at = good.getinfo("word/document.xml")
    true = at.file_size.to_bytes(4, "little")
    while (found := packed.find(true)) >= 0:
        packed[found : found + 4] = (900).to_bytes(4, "little")
    with pytest.raises(Refused):
        read_document("x", bytes(packed))
