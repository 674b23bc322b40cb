"""Filing a report and opening a dossier, without JavaScript: proposed, corrected, written by hand, refused, filed."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from passerelle.flow import work
from passerelle.intake.document import BYTES_MAX
from passerelle.records.models import Dossier, Relation, Report, Subject
from passerelle.testing import makers
from passerelle.web import draft_key, subject_rows
from tests.doors.test_pages_desk import client_of, text_of
from tools import papers

pytestmark = pytest.mark.django_db
NOW = datetime.now(tz=UTC)
TEXT = (
    "De zoon van Latifa Bouzerda, die woont in de Zevensterrenstraat 41 te Schaarbeek, heeft contact met "
    "Jasin Ben Sjarki. Hij rijdt met een grijze Skoda."
)


def as_sent(page: str) -> dict[str, Any]:
    """The fields of the page's form as a browser without JavaScript would send them."""
    form = page[page.index("<form", page.index("<main")):page.index("</form>", page.index("<main"))]
    sent: dict[str, Any] = {}
    for tag in re.findall(r"<input[^>]*>", form):
        fields = dict(re.findall(r'([\w-]+)="([^"]*)"', tag))
        if "name" not in fields or (fields.get("type") in ("checkbox", "radio") and " checked" not in tag):
            continue
        sent[fields["name"]] = fields.get("value", "on")
    for name, options in re.findall(r'<select[^>]*name="([^"]+)"[^>]*>(.*?)</select>', form, re.S):
        values = re.findall(r'<option value="([^"]*)"( selected)?', options)
        sent[name] = next((value for value, chosen in values if chosen), values[0][0])
    for name, text in re.findall(r'<textarea[^>]*name="([^"]+)"[^>]*>(.*?)</textarea>', form, re.S):
        sent[name] = text
    return sent


def first_step(client: Client, **typed: Any) -> Any:
    return client.post("/file", {**as_sent(text_of(client.get("/file"))), "text": TEXT, **typed})


def test_a_report_is_filed_in_two_steps_with_what_the_text_speaks_of(exchange: dict[str, Any]) -> None:
    makers.dossier(
        exchange["midi"], makers.person("s", "Yassine Ben Charki", birthDate=["1989-09-15"]),
        makers.address("a", "41, rue des Sept-Étoiles, 1030 Schaerbeek"), now=NOW,
    )
    officer = makers.seat(exchange["noord"], "officer")
    client = client_of(officer, "nl")
    answer = first_step(client, themes=["terrorism"])
    assert answer["Location"] == "/file/subjects"
    page = text_of(client.get("/file/subjects"))
    assert "<mark>Jasin Ben Sjarki</mark>" in page, "what was found is marked in the text"
    sent = as_sent(page)
    assert "Latifa Bouzerda" in sent.values()
    answer = client.post("/file/subjects", {**sent, "do": "file"})
    report = Report.objects.get()
    assert answer["Location"] == f"/report/{report.ref}?asked=0"
    assert (report.author, report.themes, report.handling) == (officer, ["terrorism"], "open")
    assert report.versions.get().language == "nl", "the language was recognised"
    assert any(one.properties.get("name") == ["Jasin Ben Sjarki"] for one in report.subjects.all())
    assert Relation.objects.filter(source__report=report, kind="child_of").exists()
    assert "Wat volgt" in text_of(client.get(answer["Location"]))
    assert "draft" not in client.session


def test_a_filed_report_says_when_it_is_known_and_its_page_asks_again_without_scripts(exchange: dict[str, Any]) -> None:
    makers.dossier(exchange["midi"], makers.person("s", "Yassine Ben Charki", birthDate=["1989-09-15"]), now=NOW)
    client = client_of(makers.seat(exchange["noord"], "officer"))
    first_step(client, text="Yassine Ben Charki, geboren op 15/09/1989, was er.")
    filed = client.post("/file/subjects", {**as_sent(text_of(client.get("/file/subjects"))), "do": "file"})
    asked, times = filed["Location"], 0
    while asked and times < 20:
        answer = client.get(asked)
        assert re.search(r"known at \d\d:\d\d:\d\d\.", text_of(answer))
        asked, times = answer.get("Refresh", "url=").split("url=")[1], times + 1
    assert times == 11, "it asks ten times by itself, and then leaves it to its reader"
    assert "Refresh" not in client.get(filed["Location"].split("?")[0]), "nor does a page that was only looked up"
    work.work_until_done(now=datetime.now(tz=UTC))
    answer = client.get(filed["Location"])
    assert "Refresh" not in answer
    assert "known at" not in text_of(answer)


def test_the_page_of_a_report_says_in_words_who_has_an_interest_and_how_long_their_desk_has(
    exchange: dict[str, Any],
) -> None:
    wanted = makers.person("s", "Yassine Ben Charki", birthDate=["1989-09-15"])
    makers.dossier(exchange["federal"], wanted, now=NOW)
    officer = makers.seat(exchange["noord"], "officer")
    report = makers.report(exchange["noord"], "Yassine Ben Charki was er.", wanted, author=officer, now=NOW)
    work.work_until_done(now=datetime.now(tz=UTC))
    shown = text_of(client_of(officer).get(f"/report/{report.ref}"))
    assert "One service has an interest in it." in shown
    assert re.search(r"It went whole to [^;]+; their desk has \d+ (hours|days|minutes) to acknowledge it\.", shown)


@pytest.mark.parametrize("asked", ["-1", "11", "1e3", "²", "99999999999999999999"])
def test_an_address_that_asks_oddly_asks_no_more(exchange: dict[str, Any], asked: str) -> None:
    client = client_of(makers.seat(exchange["noord"], "officer"))
    first_step(client, text="Yassine Ben Charki was er.")
    filed = client.post("/file/subjects", {**as_sent(text_of(client.get("/file/subjects"))), "do": "file"})
    assert "Refresh" not in client.get(filed["Location"].split("?")[0], {"asked": asked})


def test_what_the_officer_rejects_or_corrects_is_what_is_filed(exchange: dict[str, Any]) -> None:
    client = client_of(makers.seat(exchange["noord"], "officer"))
    first_step(client)
    sent = as_sent(text_of(client.get("/file/subjects")))
    names = {value: name for name, value in sent.items() if name.endswith("-p-name")}
    rejected, corrected = names["Latifa Bouzerda"].split("-")[0], names["Jasin Ben Sjarki"]
    del sent[f"{rejected}-keep"]
    sent[corrected] = "Jasin Ben Charki; Yassin"
    sent[corrected.replace("p-name", "category")] = "suspect"
    client.post("/file/subjects", {**sent, "do": "file"})
    filed = {tuple(subject.properties.get("name", ())): subject for subject in Subject.objects.all()}
    assert ("Latifa Bouzerda",) not in filed
    assert filed["Jasin Ben Charki", "Yassin"].category == "suspect"


def test_a_subject_can_be_written_in_by_hand_and_the_text_changed_without_losing_it(exchange: dict[str, Any]) -> None:
    client = client_of(makers.seat(exchange["noord"], "officer"))
    first_step(client, text="Iets over iemand.")
    sent = as_sent(text_of(client.get("/file/subjects")))
    assert client.post("/file/subjects", {**sent, "do": "add"})["Location"] == "/file/subjects"
    sent = as_sent(text_of(client.get("/file/subjects")))
    row = next(name for name, value in sent.items() if value.startswith("hand-")).split("-")[0]
    sent |= {f"{row}-schema": "Vehicle", f"{row}-main": "1-ABC-234", f"{row}-caption": "de grijze wagen"}
    assert client.post("/file/subjects", {**sent, "do": "back"})["Location"] == "/file"
    assert "Iets over iemand." in text_of(client.get("/file")), "the draft is kept"
    client.post("/file", as_sent(text_of(client.get("/file"))))
    sent = as_sent(text_of(client.get("/file/subjects")))
    assert sent[f"{row}-main"] == "1-ABC-234", "what was written by hand is kept while the text is the same"
    client.post("/file/subjects", {**sent, "do": "file"})
    car = Subject.objects.get(schema="Vehicle")
    assert car.properties["registrationNumber"] == ["1-ABC-234"]
    assert (car.category, car.caption) == ("none", "de grijze wagen")


def brings(client: Client, name: str, content: bytes, **typed: Any) -> Any:
    sent = {**as_sent(text_of(client.get("/file"))), "do": "take", **typed}
    return client.post("/file", {**sent, "document": SimpleUploadedFile(name, content)}, follow=True)


def test_the_text_of_a_file_comes_into_the_box_behind_what_is_there_and_the_file_is_not_kept(
    exchange: dict[str, Any],
) -> None:
    client = client_of(makers.seat(exchange["noord"], "officer"))
    mail = papers.mail("La voisine de Karel Vermassen est partie.", "Zij woont nu elders.")
    page = text_of(brings(client, "brief.eml", mail, text="Eerst dit."))
    assert "The text of brief.eml is in the box." in page
    sent = as_sent(page)
    assert sent["text"].startswith("Eerst dit.\n\nDe: Élise Vermassen &lt;elise@mail.example&gt;")
    assert sent["text"].endswith("Zij woont nu elders.")
    assert sent["learnt_on"] == "2025-12-09"
    page = text_of(brings(client, "a.pdf", papers.pdf("Rijdt met 1-ABC-234."), text=""))
    assert as_sent(page)["text"] == "Rijdt met 1-ABC-234."


@pytest.mark.parametrize(
    ("name", "content", "says"),
    [
        ("foto.pdf", b"\x89PNG\r\n", "foto.pdf is a picture"),
        ("x.docx", papers.docx("a" * 5_000_000), "x.docx unpacks to over 200 times its size"),
        ("x.txt", b"a" * (BYTES_MAX + 9), "x.txt is larger than 10 million bytes"),
        ("lang.txt", b"word " * 5000, "The text with what lang.txt holds has"),
        ("<b>.txt", b"\0\1\2", "&lt;b&gt;.txt is a program"),
    ],
)
def test_a_file_that_is_not_read_is_refused_by_its_name_and_the_box_keeps_what_it_had(
    exchange: dict[str, Any], name: str, content: bytes, says: str
) -> None:
    client = client_of(makers.seat(exchange["noord"], "officer"))
    answer = brings(client, name, content, text="Dit stond er al.")
    assert answer.status_code == 409
    assert says in text_of(answer)
    assert as_sent(text_of(client.get("/file")))["text"] == "Dit stond er al."


def test_the_button_without_a_file_says_so(exchange: dict[str, Any]) -> None:
    client = client_of(makers.seat(exchange["noord"], "officer"))
    answer = client.post("/file", {**as_sent(text_of(client.get("/file"))), "do": "take"})
    assert (answer.status_code, "No file was chosen." in text_of(answer)) == (409, True)


def test_no_other_page_takes_a_file_and_nobody_brings_two(exchange: dict[str, Any]) -> None:
    client = client_of(makers.seat(exchange["noord"], "officer"))
    first_step(client)
    request = client.post("/file/subjects", {"document": SimpleUploadedFile("a.txt", b"x"), "do": "keep"}).wsgi_request
    assert not request.FILES
    two = {"document": SimpleUploadedFile("a.txt", b"x"), "other": SimpleUploadedFile("b.txt", b"y")}
    assert client.post("/file", two).status_code == 400


def kept(client: Client, address: str, **more: Any) -> Any:
    """What the page's script sends while somebody types."""
    page = text_of(client.get(address))
    from_ = re.search(r'data-goes-on-from="([^"]*)"', page)
    assert from_ is not None
    return client.post("/file/draft", {**as_sent(page), "goes_on_from": from_[1], **more})


def test_what_is_typed_is_kept_by_itself_and_comes_back_to_the_box(exchange: dict[str, Any]) -> None:
    officer = makers.seat(exchange["noord"], "officer")
    client = client_of(officer)
    answer = kept(client, "/file", text="Half een zin")
    assert re.fullmatch(r"Kept at \d\d:\d\d\.", answer.json()["said"])
    page = text_of(client_of(officer).get("/file"))
    assert as_sent(page)["text"] == "Half een zin", "also in another browser"
    assert answer.json()["said"] in page
    assert f'data-goes-on-from="{answer.json()["kept_at"]}"' in page
    other = client_of(makers.officer(exchange["noord"], "officer"))
    assert as_sent(text_of(other.get("/file")))["text"] == "", "nobody else's"


def test_the_subjects_are_kept_by_themselves_too(exchange: dict[str, Any]) -> None:
    client = client_of(makers.seat(exchange["noord"], "officer"))
    first_step(client)
    assert kept(client, "/file/subjects", **{"s0-category": "suspect", "s0-seen": "on"}).status_code == 200
    sent = as_sent(text_of(client.get("/file/subjects")))
    assert (sent["s0-category"], sent["s0-seen"]) == ("suspect", "on")


def test_two_windows_do_not_write_over_each_other_and_what_was_filed_does_not_come_back(
    exchange: dict[str, Any],
) -> None:
    client = client_of(makers.seat(exchange["noord"], "officer"))
    first = kept(client, "/file", text="One").json()["kept_at"]
    assert kept(client, "/file", text="Two").status_code == 200
    sent = as_sent(text_of(client.get("/file")))
    late = client.post("/file/draft", {**sent, "text": "Three", "goes_on_from": first})
    assert (late.status_code, "in another window" in late.json()["said"]) == (409, True)
    assert as_sent(text_of(client.get("/file")))["text"] == "Two"
    instead = client.post("/file/draft", {**sent, "text": "Three", "goes_on_from": first, "instead": "1"})
    assert (instead.status_code, as_sent(text_of(client.get("/file")))["text"]) == (200, "Three")
    client.post("/file", {**sent, "do": "throw"})
    assert client.post("/file/draft", {**sent, "goes_on_from": instead.json()["kept_at"]}).status_code == 409
    assert as_sent(text_of(client.get("/file")))["text"] == ""


def test_the_key_that_a_browser_seals_with_is_each_officer_s_own(exchange: dict[str, Any]) -> None:
    officer, other = makers.seat(exchange["noord"], "officer"), makers.officer(exchange["noord"], "officer")
    assert draft_key.draft_key(officer) == draft_key.draft_key(officer) != draft_key.draft_key(other)
    assert draft_key.draft_place(officer) != draft_key.draft_place(other)
    assert draft_key.draft_key(officer) in text_of(client_of(officer).get("/file"))


def test_what_the_reader_missed_is_marked_in_the_text(exchange: dict[str, Any]) -> None:
    client = client_of(makers.seat(exchange["noord"], "officer"))
    text = "Iemand zag Zorro en de oude man bij de brug."
    first_step(client, text=text)
    for said, kind in ((" Zorro ", "Person"), ("de oude man", "nameless")):
        at = text.index(said)
        sent = as_sent(text_of(client.get("/file/subjects")))
        client.post("/file/subjects", {**sent, "do": "mark", "from": at, "to": at + len(said), "as": kind})
    client.post("/file/subjects", {**as_sent(text_of(client.get("/file/subjects"))), "do": "file"})
    filed = {subject.caption: subject for subject in Subject.objects.all()}
    assert filed["Zorro"].properties == {"name": ["Zorro"]} and filed["Zorro"].spans == [[11, 16]]
    assert filed["de oude man"].properties == {} and filed["de oude man"].spans == [[20, 31]]


@pytest.mark.parametrize(
    ("start", "end", "kind"), [("9", "5", "Person"), ("0", "99999", "Sect"), ("-1", "4", "Person")]
)
def test_a_mark_that_stands_nowhere_adds_nothing(exchange: dict[str, Any], start: str, end: str, kind: str) -> None:
    client = client_of(makers.seat(exchange["noord"], "officer"))
    first_step(client, text="Iets over iemand.")
    client.post("/file/subjects", {"do": "mark", "from": start, "to": end, "as": kind})
    assert "row-of-subject" not in text_of(client.get("/file/subjects"))


def test_one_of_two_is_written_down_as_such(exchange: dict[str, Any]) -> None:
    client = client_of(makers.seat(exchange["noord"], "officer"))
    first_step(client, text="Jasin Karimi of Nadir Karimi reed weg, Latifa Bouzerda niet.")
    sent = as_sent(text_of(client.get("/file/subjects")))
    ids = {sent[name.replace("p-name", "id")]: value for name, value in sent.items() if name.endswith("-p-name")}
    both = [key for key, name in ids.items() if name.endswith("Karimi")]
    client.post("/file/subjects", {**sent, "do": "several", "several": both, "who": ""})
    client.post("/file/subjects", {**as_sent(text_of(client.get("/file/subjects"))), "do": "file"})
    tied = Relation.objects.filter(kind="is_one_of")
    assert {relation.target.caption for relation in tied} == {"Jasin Karimi", "Nadir Karimi"}
    (source,) = {relation.source for relation in tied}
    assert source.caption == "one of: Jasin Karimi / Nadir Karimi"


def test_the_language_can_be_put_right_and_the_text_is_read_again(exchange: dict[str, Any]) -> None:
    client = client_of(makers.seat(exchange["noord"], "officer"))
    first_step(client, text="OK. Karel Vermassen.", language="en")
    sent = as_sent(text_of(client.get("/file/subjects")))
    client.post("/file/subjects", {**sent, "do": "language", "language": "nl"})
    assert '<p class="text marks" lang="nl"' in text_of(client.get("/file/subjects"))


def test_what_lies_in_another_place_is_marked_within_it_with_a_sign_of_its_own() -> None:
    rows = [
        {"id": "a", "schema": "Person", "values": {}, "spans": [[0, 14]], "keep": True, "seen": False},
        {"id": "b", "schema": "Person", "values": {"name": ["Mina"]}, "spans": [[10, 14]], "keep": False, "seen": True},
        {"id": "c", "schema": "Address", "values": {}, "spans": [[99, 120]], "keep": True, "seen": True},
    ]
    pieces = subject_rows.marked("sister of Mina.", rows)
    assert [(p["text"], p["numbers"]) for p in pieces] == [("sister of ", [1]), ("Mina", [1, 2]), (".", [])]
    assert [(p["kind"], p["sign"], p["state"], p["begins"]) for p in pieces[:2]] == [
        ("nameless", "○", "proposed", True), ("person", "●", "rejected", True),
    ]


def test_a_date_that_belongs_to_nobody_is_marked_too_and_one_that_does_stays_with_its_row() -> None:
    text = "Ann, born on 3 May 1991, was seen on 12 November and on 14 November 2026 there."
    birth = text.index("3 May")
    spans = [[0, 3], [birth, birth + 10]]
    rows = [
        {"id": "a", "schema": "Person", "values": {"name": ["Ann"]}, "spans": spans, "keep": True, "seen": False},
    ]
    pieces = subject_rows.with_dates(subject_rows.marked(text, rows))
    assert "".join(piece["text"] for piece in pieces) == text
    assert [piece["text"] for piece in pieces if "date" in piece] == ["12 November", "14 November 2026"]
    assert ("date", "◷", 2) in subject_rows.kinds_found(rows, pieces)
    assert subject_rows.with_dates([]) == []


@pytest.mark.parametrize(
    ("typed", "says"),
    [
        ({"text": "  "}, "A report needs its text."),
        ({"handling": "consent"}, "Handling stricter than open needs a reason of a few words."),
        ({"handling": "sealed", "handling_reason": "an investigation is running"}, "needs a date on which"),
        ({"learnt_on": "yesterday"}, "“yesterday” is no date."),
    ],
)
def test_a_report_that_lacks_something_is_refused_and_what_was_typed_is_kept(
    exchange: dict[str, Any], typed: dict[str, str], says: str
) -> None:
    client = client_of(makers.seat(exchange["noord"], "officer"))
    answer = first_step(client, handling_note="only for the desk", **typed)
    assert answer.status_code == 409
    assert says in text_of(answer)
    assert 'value="only for the desk"' in text_of(answer)
    assert not Report.objects.exists()
    assert 'value="only for the desk"' in text_of(client.get("/file")), "also after the page is left"


def test_a_report_cannot_be_put_into_another_service_s_dossier(exchange: dict[str, Any]) -> None:
    theirs = makers.dossier(exchange["midi"], now=NOW)
    client = client_of(makers.seat(exchange["noord"], "officer"))
    first_step(client, dossier=theirs.ref)
    sent = as_sent(text_of(client.get("/file/subjects")))
    assert client.post("/file/subjects", {**sent, "do": "file"}).status_code == 404
    assert not Report.objects.exists()


def test_oversight_and_administrators_file_nothing(exchange: dict[str, Any]) -> None:
    administrator = makers.officer(exchange["noord"], "administrator")
    for officer in (makers.seat(exchange["oversight"], "oversight"), administrator):
        assert client_of(officer).get("/file").status_code == 404
        assert client_of(officer).get("/dossiers/new").status_code == 404


def new_dossier(client: Client, **typed: Any) -> Any:
    sent = {**as_sent(text_of(client.get("/dossiers/new"))), "title": "Wapens", "legal_basis": "Art. 44/1"}
    sent |= {"s0-main": "Karel Vermassen", "s0-category": "suspect", "s0-p-birthDate": "1975-02-11", "do": "open"}
    return client.post("/dossiers/new", {**sent, **typed})


def test_a_dossier_is_opened_with_its_subjects_and_what_was_filed_before_comes_to_it(exchange: dict[str, Any]) -> None:
    wanted = makers.person("a", "Karel Vermassen", birthDate=["1975-02-11"])
    makers.report(exchange["noord"], "Karel Vermassen was er.", wanted, now=NOW - timedelta(days=1))
    client = client_of(makers.seat(exchange["federal"], "officer"), "fr")
    answer = new_dossier(client)
    dossier = Dossier.objects.get()
    assert answer["Location"] == f"/dossier/{dossier.ref}?asked=0"
    waits = client.get(answer["Location"])
    assert "De Noord : le rapport entier" not in text_of(waits), "nothing is compared in the request"
    assert waits["Refresh"].endswith(f"url=/dossier/{dossier.ref}?asked=1")
    work.work_until_done(now=datetime.now(tz=UTC))
    shown = text_of(client.get(answer["Location"]))
    assert "De Noord : le rapport entier" in shown, "the answer has changed, backwards"
    assert "Art. 44/1" in shown

    sent = as_sent(text_of(client.get(f"/dossier/{dossier.ref}/subjects")))
    empty = client.post(f"/dossier/{dossier.ref}/subjects", {**sent, "do": "save"})
    assert empty.status_code == 409
    sent |= {"s0-schema": "Address", "s0-main": "Zevensterrenstraat 41, Schaarbeek", "do": "save"}
    client.post(f"/dossier/{dossier.ref}/subjects", sent)
    assert dossier.subjects.filter(schema="Address", category="none").exists()


@pytest.mark.parametrize(
    ("typed", "says"),
    [
        ({"legal_basis": " "}, "An interest needs a legal basis"),
        ({"until": "2020-01-01"}, "An interest ends on a day that is still to come"),
        ({"title": ""}, "A dossier needs a title"),
    ],
)
def test_a_dossier_without_a_basis_or_an_end_is_refused_and_what_was_typed_is_kept(
    exchange: dict[str, Any], typed: dict[str, str], says: str
) -> None:
    answer = new_dossier(client_of(makers.seat(exchange["federal"], "officer")), **typed)
    assert answer.status_code == 409
    assert says in text_of(answer)
    assert 'value="Karel Vermassen"' in text_of(answer)
    assert not Dossier.objects.exists()
