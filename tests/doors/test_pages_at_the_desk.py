"""The desk's pages: the queue, one pair after the other, what differs inside the values, handover, lists in pages."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.template.loader import render_to_string
from django.test import Client
from django.test.utils import CaptureQueriesContext

from passerelle.flow import handover
from passerelle.records.models import Duty, Judgement, Match, Notice, Officer, Reading
from passerelle.testing import makers
from passerelle.web import lists_shown, side_by_side
from tests.doors.opening import opened

pytestmark = pytest.mark.django_db
NOW = datetime.now(tz=UTC)
IN_THE_BACKGROUND = {"HTTP_ACCEPT": "application/json"}


def client_of(officer: Officer, language: str = "en") -> Client:
    client = Client()
    client.force_login(officer)
    client.post("/language", {"language": language, "next": "/"})
    return client


def text_of(answer: Any) -> str:
    return str(answer.content.decode())


def words(page: str) -> str:
    return " ".join(re.sub(r"<[^>]*>", " ", page).split())


@pytest.fixture
def pairs(exchange: dict[str, Any]) -> list[str]:
    """Two pairs for the desk of midi, of one man, in the order of their clocks."""
    wanted = makers.person("b", "Joesef El Hadjeri", birthDate=["1980-02"], phone=["+32 470 12 34 56"])
    makers.dossier(exchange["midi"], wanted, title="Vols", now=NOW)
    for minutes in (5, 1):
        man = makers.person("c", "Youssef Hadjeri")
        makers.report(exchange["noord"], "Youssef Hadjeri was er.", man, now=NOW - timedelta(minutes=minutes))
    asked = Duty.objects.filter(kind="judge").order_by("due_at")
    return list(asked.values_list("match__ref", flat=True))


@pytest.fixture
def clerk(exchange: dict[str, Any]) -> Client:
    return client_of(makers.seat(exchange["midi"], "desk"))


def test_one_key_judges_and_the_next_pair_stands_there_with_the_way_back(pairs: list[str], clerk: Client) -> None:
    begun = clerk.post("/desk/begin")
    assert begun["Location"].startswith(f"/desk/{pairs[0]}")
    page = text_of(clerk.get(begun["Location"]))
    duty = re.findall(r'name="duty" value="(duty-[^"]+)"', page)[0]
    judged = clerk.post(f"/desk/{pairs[0]}/judge", {"verdict": "different", "duty": duty})
    assert judged["Location"] == f"/desk/{pairs[1]}?last={pairs[0]}"
    page = text_of(clerk.get(judged["Location"]))
    assert "You judged the last pair: different." in page
    assert f'action="/desk/{pairs[0]}/take-back?' in page
    back = clerk.post(f"/desk/{pairs[0]}/take-back")
    assert back["Location"].startswith(f"/desk/{pairs[0]}")
    assert "asked again" in text_of(clerk.get(back["Location"]))
    assert Match.objects.get(ref=pairs[0]).verdict == ""


def test_after_the_last_pair_the_queue_says_that_it_is_empty_and_takes_back_too(
    pairs: list[str], clerk: Client
) -> None:
    clerk.post(f"/desk/{pairs[0]}/judge", {"verdict": "different"})
    done = clerk.post(f"/desk/{pairs[1]}/judge", {"verdict": "unsure"})
    assert done["Location"] == f"/desk?last={pairs[1]}"
    page = text_of(clerk.get(done["Location"]))
    assert "Nothing is to be judged now." in page and f"/desk/{pairs[1]}/take-back" in page


def test_the_page_loads_the_next_one_and_shows_it_when_the_judgement_is_saved(
    pairs: list[str], clerk: Client
) -> None:
    clerk.get(f"/desk/{pairs[0]}")
    loaded = text_of(clerk.post("/desk/beforehand", {"after": pairs[0]}))
    evidence = re.findall(r'data-evidence="([0-9a-f]+)"', loaded)[0]
    assert f'data-pair="{pairs[1]}"' in loaded
    assert [row.purpose for row in Reading.objects.filter(thing=pairs[1])] == ["beforehand"]
    sent = {"verdict": "same", "loaded": pairs[1], "evidence": evidence}
    told = clerk.post(f"/desk/{pairs[0]}/judge", sent, **IN_THE_BACKGROUND).json()
    assert told["shown"] == pairs[1] and told["undo"].startswith(f"/desk/{pairs[0]}/take-back")
    assert "my_duty" in {row.purpose for row in Reading.objects.filter(thing=pairs[1])}
    again = clerk.post(f"/desk/{pairs[1]}/judge", {"verdict": "same", "duty": "duty-0000000000000000"},
                       **IN_THE_BACKGROUND)  # fmt: skip
    assert (again.status_code, again.json()) == (409, {"refused": True})
    last = clerk.post(f"/desk/{pairs[1]}/judge", {"verdict": "same", "loaded": "", "evidence": ""},
                      **IN_THE_BACKGROUND)  # fmt: skip
    assert last.json() == {"go": f"/desk?last={pairs[1]}"}
    assert text_of(clerk.post("/desk/beforehand", {"after": pairs[1]})) == "", "nothing is left, nothing is loaded"


def test_who_is_late_by_a_second_is_told_who_judged_and_nothing_changes(
    exchange: dict[str, Any], pairs: list[str], clerk: Client
) -> None:
    duty = Duty.objects.get(match__ref=pairs[0], kind="judge").ref
    other = client_of(makers.officer(exchange["midi"], "desk", name="Lucas Gillet"))
    other.post(f"/desk/{pairs[0]}/judge", {"verdict": "same", "duty": duty})
    refused = clerk.post(f"/desk/{pairs[0]}/judge", {"verdict": "different", "duty": duty})
    assert refused.status_code == 409
    assert "Lucas Gillet judged this pair meanwhile: same." in words(text_of(refused))
    assert Judgement.objects.count() == 1


def test_a_colleague_sees_who_has_a_pair_before_them_and_begins_with_another(
    exchange: dict[str, Any], pairs: list[str], clerk: Client
) -> None:
    clerk.get(f"/desk/{pairs[0]}")
    other = client_of(makers.officer(exchange["midi"], "desk"))
    assert "desk of midi has it before them" in words(text_of(other.get("/desk")))
    assert other.post("/desk/begin")["Location"].startswith(f"/desk/{pairs[1]}")
    assert "desk of midi has this pair before them until" in words(text_of(other.get(f"/desk/{pairs[0]}")))
    clerk.post("/desk/leave")
    assert "has it before them" not in words(text_of(other.get("/desk")))


def test_the_queue_names_nobody_and_says_what_hangs_together(pairs: list[str], clerk: Client) -> None:
    page = text_of(clerk.get("/desk"))
    assert "Hadjeri" not in page and "1 other of the same" in words(page)
    for narrowed, rows in (("whose=mine", 0), ("when=late", 0), ("when=today", None), ("urgency=danger", 0)):
        page = text_of(clerk.get(f"/desk?{narrowed}"))
        assert 'aria-current="true"' in page
        assert rows is None or page.count('class="line"') == rows
    clerk.post(f"/desk/{pairs[0]}/take")
    assert text_of(clerk.get("/desk?whose=mine")).count('class="line"') == 1
    assert clerk.get("/desk?whose=everybody&when=never&urgency=much&page=-1").status_code == 200


def test_inside_a_value_each_word_bears_a_sign_and_the_letters_that_differ(pairs: list[str], clerk: Client) -> None:
    page = text_of(clerk.get(f"/desk/{pairs[0]}"))
    assert re.search(r'class="piece alike".*?<b class="letter">Y</b>', page, re.S)
    assert re.search(r'class="piece same">\s*El Hadjeri<sup aria-hidden="true">=</sup>', page)
    assert "“Joesef” sounds like “Youssef”." in words(page)
    assert "Youssef Hadjeri</mark> was er." in page, "the mention is marked in the text"
    french = text_of(client_of(Officer.objects.get(pk=clerk.session["_auth_user_id"]), "fr").get(f"/desk/{pairs[0]}"))
    assert "se prononce comme" in french


def test_dates_numbers_and_scripts_are_marked_by_part() -> None:
    left, right, _ = side_by_side._inside("Person", "birthDate", "1980-02", "1980-02-03", "alike", True)
    assert [piece.how for piece in left] == ["same", "", "same"]
    assert [piece.how for piece in right] == ["same", "", "same", "", "one"]
    left, right, _ = side_by_side._inside("Person", "birthDate", "1980-03-02", "1981-03-02", "different", True)
    assert [piece.how for piece in right if piece.how] == ["different", "same", "same"]
    left, right, _ = side_by_side._inside("Vehicle", "registrationNumber", "1-ABC-123", "1-ABD-123", "different", False)
    assert [stretch for stretch, differs in right[0].letters if differs] == ["D"]
    left, right, because = side_by_side._inside("Person", "name", "شكري بنعلي", "Choukri Benali", "alike", True)
    assert {piece.how for piece in left if piece.how} == {"alike"} and because
    assert not any(differs for piece in right for _, differs in piece.letters), "of two scripts no letter is marked"
    left, right, because = side_by_side._inside(
        "Address", "full", "Vierwindenstraat 79, Schaarbeek", "Rue des Quatre-Vents 79, Schaerbeek", "alike", False
    )
    assert ("79", "same") in {("".join(text for text, _ in piece.letters), piece.how) for piece in left} and because


def test_a_judged_pair_that_returns_says_what_is_new(exchange: dict[str, Any], pairs: list[str], clerk: Client) -> None:
    from passerelle.flow import receive, work
    from passerelle.flow.receive import ReportDraft

    clerk.post(f"/desk/{pairs[0]}/judge", {"verdict": "different"})
    match = Match.objects.select_related("right__report").get(ref=pairs[0])
    man = makers.person("c", "Joesef Hadjerri", birthDate=["1980-02-03"])
    draft = ReportDraft(text="Joesef Hadjerri was er.", language="nl", subjects=[man])
    receive.revise_report(
        ref=match.right.report.ref, officer=makers.seat(exchange["noord"], "desk"), draft=draft, now=NOW
    )
    work.work_until_done(now=NOW)
    page = words(text_of(clerk.get(f"/desk/{pairs[0]}")))
    assert "New since it was judged: different" in page
    assert "Noord: Born on, Name new" in page
    assert "judged before" in words(text_of(clerk.get("/desk")))


def test_a_handover_is_signed_shown_to_the_next_shift_and_taken_over(
    exchange: dict[str, Any], pairs: list[str], clerk: Client
) -> None:
    clerk.post(f"/desk/{pairs[0]}/judge", {"verdict": "different"})
    clerk.post(f"/desk/{pairs[1]}/take")
    sheet = words(text_of(clerk.get("/handover?hours=12")))
    begun = sheet.split("What I have begun")[1].split("Decided in this shift")[0]
    assert "Judge a match" in begun
    assert "Pairs judged by this desk 1" in sheet
    assert clerk.post("/handover", {"note": "Ring Ghent at six.", "hours": "12"}).status_code == 302
    assert "Nobody has taken it over yet." in words(text_of(clerk.get("/handover")))
    other = client_of(makers.officer(exchange["midi"], "desk", name="Lucas Gillet"))
    page = text_of(other.get("/handover"))
    assert "Ring Ghent at six." in page
    address = re.findall(r'action="(/handover/[^"]+/take-over)"', page)[0]
    assert other.post(address).status_code == 302
    assert "Taken over by Lucas Gillet" in words(text_of(clerk.get("/handover")))
    assert Notice.objects.filter(kind="handover").count() == 1
    stranger = client_of(makers.seat(exchange["noord"], "desk"))
    assert "Ring Ghent" not in text_of(stranger.get("/handover"))
    assert stranger.post(address).status_code == 404


def test_a_note_that_is_refused_keeps_what_was_typed(clerk: Client) -> None:
    kept = clerk.post("/handover", {"note": "Ring Ghent.", "hours": "5"})
    assert kept.status_code == 409 and "Ring Ghent." in text_of(kept)


def test_a_long_list_says_how_many_there_are_and_turns(exchange: dict[str, Any]) -> None:
    officers = Officer.objects.order_by("id")
    total = officers.count()

    def page(number: int) -> tuple[str, str]:
        part = lists_shown.listed(officers, number, "people", size=2, rest="whose=mine")
        shown = {"at": part}
        return words(render_to_string("parts/count.html", shown)), render_to_string("parts/pages.html", shown)

    count, first = page(1)
    assert count == f"2 of {total}" and f"1 to 2 of {total}" in first
    assert 'href="?whose=mine&amp;people=2"' in first and 'rel="prev"' not in first
    last = total // 2 + total % 2
    for asked in (last, 99):  # a page that is no longer there is the last one
        _, turned = page(asked)
        assert f"to {total} of {total}" in turned and 'rel="next"' not in turned and f"people={last - 1}" in turned
    whole = lists_shown.listed(officers, 1, "people")
    assert whole.whole and not words(render_to_string("parts/pages.html", {"at": whole}))
    assert not lists_shown.listed(officers.none(), 3, "people")


def test_what_the_address_asks_for_is_a_page_or_the_first(exchange: dict[str, Any], clerk: Client) -> None:
    for nonsense in ("0", "-1", "two", "99999999", "²"):
        assert clerk.get(f"/?due={nonsense}&back={nonsense}&waiting={nonsense}").status_code == 200


def test_what_was_asked_and_answered_stands_in_my_list(exchange: dict[str, Any]) -> None:
    from passerelle.flow import answer, ask

    wanted = makers.person("a", "Karel Vermassen", birthDate=["1975-02-11"])
    makers.dossier(exchange["federal"], wanted, title="Armes", now=NOW)
    filed = makers.report(exchange["noord"], "Karel Vermassen was er.", wanted, now=NOW)
    desk = makers.seat(exchange["federal"], "desk")
    client = client_of(desk)
    opened(client, f"/delivery/{filed.deliveries.get().ref}")
    asked = ask.ask(about=filed.deliveries.get().ref, officer=desk, text="Where does he live now?", now=NOW)
    assert "Your question waits for an answer" in words(text_of(client.get("/")))
    answer.answer(ref=asked.duty.ref, officer=makers.seat(exchange["noord"], "desk"), text="In Gent.", now=NOW)
    assert "Your question was answered" in words(text_of(client.get("/")))
    assert "Your question" not in words(text_of(client_of(makers.seat(exchange["noord"], "desk")).get("/")))


def test_used_says_what_for_where_the_interest_is_open(exchange: dict[str, Any]) -> None:
    wanted = makers.person("a", "Karel Vermassen", birthDate=["1975-02-11"])
    makers.dossier(exchange["federal"], wanted, title="Armes", now=NOW)
    makers.dossier(exchange["midi"], wanted, title="Stil", discreet=True, now=NOW)
    filed = makers.report(exchange["noord"], "Karel Vermassen was er.", wanted, now=NOW)
    for key in ("federal", "midi"):
        client = client_of(makers.seat(exchange[key], "desk"))
        client.post(f"/delivery/{filed.deliveries.get(recipient=exchange[key]).ref}/acknowledge",
                    {"outcome": "acted_upon"})  # fmt: skip
    page = words(text_of(client_of(makers.seat(exchange["noord"], "officer")).get("/")))
    assert "used by Federal: they acted on it, for the investigation of offences" in page
    assert "used by a service with a lawful interest: they acted on it" in page
    assert page.count("for the investigation of offences") == page.count("used by Federal"), "of a discreet one not"


def test_a_longer_queue_asks_the_database_no_more_questions(exchange: dict[str, Any], clerk: Client) -> None:
    makers.dossier(exchange["midi"], makers.person("b", "Joesef Hadjeri"), title="Vols", now=NOW)
    counts: dict[str, list[int]] = {}
    for many in (1, 4):
        while Match.objects.count() < many:
            man = makers.person("c", "Youssef Hadjeri")
            makers.report(exchange["noord"], "Youssef Hadjeri was er.", man, now=NOW)
        first = Duty.objects.filter(kind="judge").order_by("id")[0].match.ref
        for address in ("/desk", f"/desk/{first}", "/handover"):
            clerk.get(address)
            with CaptureQueriesContext(connection) as questions:
                assert clerk.get(address).status_code == 200
            counts.setdefault(address, []).append(len(questions))
    for address, found in counts.items():
        assert len(set(found)) == 1, f"{address} asks {found[0]} questions for one pair and {found[1]} for four"
        assert found[0] <= 60, f"{address} asks {found[0]} questions"


def test_nobody_takes_a_shift_over_by_a_page_that_was_not_theirs(exchange: dict[str, Any]) -> None:
    signed = handover.hand_over(officer=makers.seat(exchange["noord"], "desk"), note="a note", hours=4, now=NOW)
    for key, role, status in (("noord", "officer", 404), ("noord", "desk", 409), ("stad", "desk", 404)):
        client = client_of(makers.seat(exchange[key], role))
        assert client.post(f"/handover/{signed.ref}/take-over").status_code == status
