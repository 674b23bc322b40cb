"""Filing a report and opening a dossier, without JavaScript: proposed, corrected, written by hand, refused, filed."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.test import Client

from passerelle.flow import work
from passerelle.records.models import Dossier, Relation, Report, Subject
from passerelle.testing import makers
from tests.doors.test_pages_desk import client_of, text_of

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
