"""The desk's forms, without JavaScript: judge, take back, acknowledge, pass on, withhold, review, hold, give away."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.http import HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from passerelle.records.models import Delivery, Duty, Match, Notice, Officer, Reading
from passerelle.testing import makers
from tests.doors.opening import opened

pytestmark = pytest.mark.django_db
NOW = datetime.now(tz=UTC)
"""The pages read the clock themselves, so what they are tried on is filed now."""


def client_of(officer: Officer, language: str = "en") -> Client:
    client = Client()
    client.force_login(officer)
    client.post("/language", {"language": language, "next": "/"})
    return client


def text_of(answer: HttpResponse) -> str:
    return answer.content.decode()


@pytest.fixture
def possible(exchange: dict[str, Any]) -> Match:
    """A possible match between a French dossier and a Dutch report."""
    makers.dossier(exchange["midi"], makers.person("b", "Joesef Hadjeri"), title="Vols", now=NOW)
    makers.report(exchange["noord"], "Youssef Hadjeri was er.", makers.person("c", "Youssef Hadjeri"), now=NOW)
    return Match.objects.get()


@pytest.fixture
def whole(exchange: dict[str, Any]) -> Delivery:
    """A whole report that reached the federal unit at once."""
    wanted = makers.person("a", "Karel Vermassen", birthDate=["1975-02-11"])
    makers.dossier(exchange["federal"], wanted, title="Armes", now=NOW)
    makers.report(exchange["noord"], "Karel Vermassen biedt wapens aan.", wanted, source_grade="C", now=NOW)
    return Delivery.objects.get()


@pytest.fixture
def asked(exchange: dict[str, Any]) -> Duty:
    """A duty to decide: the report was filed on consent, a pointer went."""
    wanted = makers.person("a", "Karel Vermassen", birthDate=["1975-02-11"])
    makers.dossier(exchange["federal"], wanted, title="Armes", now=NOW)
    makers.report(
        exchange["noord"], "Karel Vermassen huurt een box.", wanted, handling="consent", now=NOW,
        handling_reason="an investigation of ours is running", handling_review_on=(NOW + timedelta(days=30)).date(),
    )
    return Duty.objects.get(kind="pass_on")


def test_a_match_is_judged_and_taken_back_with_plain_forms(exchange: dict[str, Any], possible: Match) -> None:
    client = client_of(makers.seat(exchange["midi"], "desk"))
    shown = text_of(client.get(f"/match/{possible.ref}"))
    assert "Joesef Hadjeri" in shown
    assert "Youssef Hadjeri" in shown
    assert "≈" in shown, "a name in another spelling is marked as alike, not as different"
    assert f"/match/{possible.ref}" in text_of(client.get("/")), "the list leads straight to the two records"

    answer = client.post(f"/match/{possible.ref}/judge", {"verdict": "same", "reason": "same birthday, I know both"})
    assert answer["Location"] == f"/match/{possible.ref}"
    shown = text_of(client.get(answer["Location"]))
    assert "You judged this match: same." in shown
    assert "Take my judgement back" in shown
    possible.refresh_from_db()
    assert possible.verdict == "same"

    client.post(f"/match/{possible.ref}/take-back")
    possible.refresh_from_db()
    assert possible.verdict == ""


def test_a_verdict_that_is_none_is_refused_in_the_reader_s_language(exchange: dict[str, Any], possible: Match) -> None:
    client = client_of(makers.seat(exchange["midi"], "desk"), "fr")
    answer = client.post(f"/match/{possible.ref}/judge", {"verdict": "guilty", "reason": "kept for me"})
    assert answer.status_code == 409
    assert "« guilty » n&#x27;est pas un jugement." in text_of(answer)
    assert 'value="kept for me"' in text_of(answer)
    possible.refresh_from_db()
    assert possible.verdict == ""


def test_a_delivery_is_read_and_acknowledged_and_the_sender_hears_it(
    exchange: dict[str, Any], whole: Delivery
) -> None:
    client = client_of(makers.seat(exchange["federal"], "desk"))
    assert f"/delivery/{whole.ref}" in text_of(client.get("/")), "the list leads straight to what came"
    shown = text_of(client.get(f"/delivery/{whole.ref}"))
    assert 'lang="nl">Karel Vermassen biedt wapens aan.' in shown, "the original stands in its own language"
    assert "C: mostly unreliable so far" in shown, "the grade travels with it"
    assert Reading.objects.filter(thing=whole.ref).count() == 1

    refused = client.post(f"/delivery/{whole.ref}/acknowledge", {"outcome": "burnt", "note": "typed with care"})
    assert refused.status_code == 409
    assert "“burnt” does not say what was done." in text_of(refused)
    assert "typed with care" in text_of(refused)

    client.post(f"/delivery/{whole.ref}/acknowledge", {"outcome": "acted_upon", "note": "searched the box"})
    whole.refresh_from_db()
    assert whole.evidence == "acted_upon"
    author = client_of(makers.seat(exchange["noord"], "officer"), "nl")
    assert "Uw verslag werd gebruikt door Federal" in text_of(author.get("/"))

    again = client.post(f"/delivery/{whole.ref}/acknowledge", {"outcome": "noted"})
    assert again.status_code == 409
    assert Notice.objects.filter(kind="used").count() == 1


def test_the_sender_is_not_told_through_which_interest_its_report_was_wanted(
    exchange: dict[str, Any], whole: Delivery
) -> None:
    why = "It concerns a subject of an open dossier of yours."
    assert why in text_of(client_of(makers.seat(exchange["federal"], "desk")).get(f"/delivery/{whole.ref}"))
    sent = opened(client_of(makers.seat(exchange["noord"], "desk")), f"/delivery/{whole.ref}")
    assert sent.status_code == 200
    assert why not in text_of(sent)


def test_a_list_says_the_themes_of_a_report_to_those_who_have_it_and_not_to_those_who_wait(
    exchange: dict[str, Any],
) -> None:
    wanted = makers.person("a", "Karel Vermassen", birthDate=["1975-02-11"])
    makers.dossier(exchange["federal"], wanted, title="Armes", now=NOW)
    makers.report(
        exchange["noord"], "Karel Vermassen huurt een box.", wanted, handling="consent", now=NOW, themes=["firearms"],
        handling_reason="an investigation of ours is running", handling_review_on=(NOW + timedelta(days=30)).date(),
    )
    assert "Firearms" in text_of(client_of(makers.seat(exchange["noord"], "desk")).get("/"))
    waiting = text_of(client_of(makers.seat(exchange["federal"], "desk")).get("/"))
    assert "Pass on" in waiting
    duty = Duty.objects.get(kind="pass_on")
    shown = text_of(client_of(makers.seat(exchange["federal"], "desk")).get(f"/duty/{duty.ref}"))
    for text in (waiting, shown):
        assert "Firearms" not in text
        assert "urgent, " not in text, "the urgency would tell what it is about"
        assert "Directive (EU) 2023/977" not in text, "so would the row of its deadline"


def test_a_pointer_says_whom_to_ask_and_not_a_word_of_the_report(exchange: dict[str, Any], asked: Duty) -> None:
    pointer = Delivery.objects.get()
    shown = text_of(client_of(makers.seat(exchange["federal"], "desk")).get(f"/delivery/{pointer.ref}"))
    assert "Noord holds something on a subject of yours." in shown
    assert "huurt" not in shown
    assert "Their desk owes a decision:" in shown


def test_what_is_asked_for_is_passed_on_with_one_form(exchange: dict[str, Any], asked: Duty) -> None:
    client = client_of(makers.seat(exchange["noord"], "desk"))
    shown = text_of(client.get(f"/duty/{asked.ref}"))
    assert "Directive (EU) 2023/977, Art. 5(1)(c)" in shown
    assert "borrowed" in shown
    answer = client.post(f"/duty/{asked.ref}/pass-on", {"note": "agreed with the magistrate"})
    assert answer.status_code == 302
    asked.refresh_from_db()
    assert (asked.state, asked.outcome) == ("done", "whole")


@pytest.mark.parametrize(
    ("language", "reason", "sentence"),
    [
        ("en", "the source is doubtful", "A doubtful source is no lawful ground"),
        ("nl", "de bron is betwist", "Een twijfelachtige bron is geen wettelijke grond"),
        ("fr", "source douteuse", "Une source douteuse n&#x27;est pas un motif légal"),
        ("de", "zweifelhafte Quelle", "Eine zweifelhafte Quelle ist kein gesetzlicher Grund"),
    ],
)
def test_a_doubtful_source_is_refused_as_a_ground_with_the_way_out_and_what_was_typed_is_kept(
    exchange: dict[str, Any], asked: Duty, language: str, reason: str, sentence: str
) -> None:
    client = client_of(makers.seat(exchange["noord"], "desk"), language)
    for ground in ("other", "g"):
        answer = client.post(f"/duty/{asked.ref}/withhold", {"ground": ground, "reason": reason})
        assert answer.status_code == 409
        shown = text_of(answer)
        assert sentence in shown
        assert "a) " in shown.split(sentence)[1], "the closed list is the way out"
        assert f">{reason}</textarea>" in shown
    asked.refresh_from_db()
    assert asked.state == "open"


def test_withholding_on_a_lawful_ground_waits_for_a_second_person(exchange: dict[str, Any], asked: Duty) -> None:
    desk, supervisor = makers.seat(exchange["noord"], "desk"), makers.seat(exchange["noord"], "supervisor")
    why = "a search in our own investigation is planned this week"
    client_of(desk).post(f"/duty/{asked.ref}/withhold", {"ground": "g", "reason": why})
    asked.refresh_from_db()
    assert asked.state == "withheld"
    review = Duty.objects.get(kind="review")

    own = client_of(desk).post(f"/duty/{review.ref}/review", {"uphold": "yes", "reason": "I still think so"})
    assert own.status_code in (404, 409), "nobody reviews their own decision"
    client = client_of(supervisor)
    assert f"/duty/{review.ref}" in text_of(client.get("/"))
    refused = client.post(f"/duty/{review.ref}/review", {"uphold": "no", "reason": "no"})
    assert refused.status_code == 409
    assert "A review needs a reason of a few words." in text_of(refused)
    client.post(f"/duty/{review.ref}/review", {"uphold": "no", "reason": "their search does not touch ours"})
    asked.refresh_from_db()
    assert asked.state == "done"
    assert Delivery.objects.filter(form="whole").exists()


def test_a_hold_ends_within_seven_days_and_says_why(exchange: dict[str, Any], asked: Duty) -> None:
    client = client_of(makers.seat(exchange["noord"], "desk"))
    until = timezone.localtime(NOW + timedelta(days=2)).strftime("%Y-%m-%dT%H:%M")
    late = timezone.localtime(NOW + timedelta(days=9)).strftime("%Y-%m-%dT%H:%M")
    for moment, reason, says in (
        (late, "waiting for the magistrate", "A hold ends within 7 days."),
        (until, "later", "A hold needs a reason of a few words"),
        (until, "too busy", "A hold needs a reason of a few words"),
        (until, "we are too busy", "A lack of time is no lawful ground"),
        ("tomorrow", "waiting for the magistrate", "“tomorrow” is no date and time."),
    ):
        answer = client.post(f"/duty/{asked.ref}/hold", {"until": moment, "reason": reason})
        assert answer.status_code == 409
        assert says in text_of(answer)
        assert f'value="{reason}"' in text_of(answer)
    held = client.post(f"/duty/{asked.ref}/hold", {"until": until, "reason": "waiting for the magistrate"})
    assert held.status_code == 302
    asked.refresh_from_db()
    assert asked.state == "held"
    assert "on hold" in text_of(client.get("/"))


def test_a_supervisor_gives_a_duty_to_somebody_who_is_there(exchange: dict[str, Any], asked: Duty) -> None:
    officer = makers.seat(exchange["noord"], "officer")
    client = client_of(makers.seat(exchange["noord"], "supervisor"))
    assert client.post(f"/duty/{asked.ref}/assign", {"to": officer.ref}).status_code == 302
    asked.refresh_from_db()
    assert asked.officer == officer
    assert f"/duty/{asked.ref}" in text_of(client_of(officer).get("/"))
    stranger = makers.seat(exchange["midi"], "officer")
    assert client.post(f"/duty/{asked.ref}/assign", {"to": stranger.ref}).status_code == 404


def test_what_is_late_has_few_numbers_and_each_leads_to_an_act(exchange: dict[str, Any]) -> None:
    wanted = makers.person("a", "Iris Lammertyn", birthDate=["1981-07-30"])
    makers.dossier(exchange["federal"], wanted, now=NOW - timedelta(days=9))
    makers.report(exchange["noord"], "Iris Lammertyn was er.", wanted, now=NOW - timedelta(days=8))
    supervisor = client_of(makers.seat(exchange["federal"], "supervisor"))
    shown = text_of(supervisor.get("/late"))
    assert "1</b> duty is late" in shown
    assert 'href="#overdue"' in shown
    assert client_of(makers.seat(exchange["noord"], "officer")).get("/late").status_code == 404
    assert "Federal" in text_of(client_of(makers.seat(exchange["oversight"], "oversight")).get("/late"))


def test_going_away_gives_what_one_holds_to_another_and_coming_back_is_one_button(
    exchange: dict[str, Any], asked: Duty
) -> None:
    officer = makers.seat(exchange["noord"], "officer")
    client_of(makers.seat(exchange["noord"], "head")).post(f"/duty/{asked.ref}/assign", {"to": officer.ref})
    client = client_of(officer)
    past = client.post("/people/away", {"officer": officer.ref, "until": "2020-01-01T10:00"})
    assert past.status_code == 409
    until = timezone.localtime(NOW + timedelta(days=3)).strftime("%Y-%m-%dT%H:%M")
    client.post("/people/away", {"officer": officer.ref, "until": until})
    asked.refresh_from_db()
    assert asked.officer is None
    assert "1 duty found another holder." in text_of(client.get("/people"))
    client.post("/people/away", {"officer": officer.ref, "back": "1"})
    officer.refresh_from_db()
    assert officer.away_until is None
    colleague = makers.seat(exchange["noord"], "desk")
    assert client.post("/people/away", {"officer": colleague.ref, "until": until}).status_code == 404


def test_my_readings_are_my_own_history(exchange: dict[str, Any], whole: Delivery) -> None:
    desk = makers.seat(exchange["federal"], "desk")
    client_of(desk).get(f"/delivery/{whole.ref}")
    shown = text_of(client_of(desk).get("/readings"))
    assert whole.ref in shown
    assert "It was delivered to your service." in shown
    assert whole.ref not in text_of(client_of(makers.seat(exchange["federal"], "head")).get("/readings"))


def test_the_law_is_shown_with_every_source_and_whether_it_binds(exchange: dict[str, Any]) -> None:
    from passerelle.policy import deadlines, disclosure
    from passerelle.policy.grounds import GROUNDS

    shown = text_of(client_of(makers.seat(exchange["stad"], "officer")).get("/law")).replace("&#x27;", "'")
    for row in (*deadlines.shipped(), *GROUNDS.values()):
        assert row.source.replace("&", "&amp;") in shown
    for telling in disclosure.telling_table():
        assert telling.says in shown
    assert "binding" in shown
    assert "borrowed" in shown


def test_a_longer_list_asks_the_database_no_more_questions(exchange: dict[str, Any]) -> None:
    wanted = makers.person("a", "Karel Vermassen", birthDate=["1975-02-11"])
    makers.dossier(exchange["federal"], wanted, title="Armes", now=NOW)
    asked = {}
    for many in (1, 4):
        while Delivery.objects.count() < many:
            makers.report(exchange["noord"], "Karel Vermassen was er.", wanted, themes=["firearms"], now=NOW)
        for role, address in (("desk", "/"), ("supervisor", "/late"), ("desk", "/reports")):
            client = client_of(makers.seat(exchange["federal"], role))
            client.get(address)
            with CaptureQueriesContext(connection) as questions:
                assert client.get(address).status_code == 200
            asked.setdefault(address, []).append(len(questions))
    for address, counts in asked.items():
        assert len(set(counts)) == 1, f"{address} asks {counts[0]} questions for one line and {counts[1]} for four"
        assert counts[0] <= 25, f"{address} asks {counts[0]} questions"
