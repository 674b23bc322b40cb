"""Every page answers every role, in every language, with its headers; and denied is the same page as absent."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client
from django.urls import get_resolver

from passerelle.records.models import Delivery, Dossier, Duty, Match, Officer, Report
from passerelle.testing import makers
from passerelle.web.headers import HEADERS
from passerelle.words import LANGUAGES
from tests.doors.opening import opened

pytestmark = pytest.mark.django_db

THINGS: dict[str, Any] = {"duty": Duty, "match": Match, "delivery": Delivery, "report": Report, "dossier": Dossier}
PLAIN = (
    "/", "/file", "/reports", "/dossiers", "/dossiers/new", "/late", "/people", "/readings", "/readings/of-others",
    "/law", "/search", "/late/away", "/between", "/oversight", "/oversight/outcomes", "/administration",
    "/administration/rules/deadlines",
)  # fmt: skip
INLINE = re.compile(r"\sstyle=|<style|<script(?![^>]*\ssrc=)|\son[a-z]+=|javascript:")


@pytest.fixture
def story(exchange: dict[str, Any]) -> dict[str, Any]:
    """Something of everything: whole and pointer deliveries, a match to judge, a telling to decide."""
    suspect = makers.person("a", "Karel Vermassen", birthDate=["1975-02-11"])
    makers.dossier(exchange["federal"], suspect, title="Wapens aan de kaai")
    makers.dossier(exchange["midi"], makers.person("b", "Joesef Hadjeri"), title="Vols", discreet=True)
    makers.report(exchange["noord"], "Karel Vermassen was er.", suspect, themes=["firearms"])
    makers.report(exchange["noord"], "Youssef Hadjeri was er.", makers.person("c", "Youssef Hadjeri"))
    child = makers.person("d", "Karel Vermassen", category="child", birthDate=["1975-02-11"])
    makers.report(exchange["jeugd"], "Karel Vermassen verblijft bij zijn oom.", child, themes=["child_protection"])
    return exchange


@pytest.fixture
def everywhere(story: dict[str, Any]) -> list[str]:
    """Each address of a page that can be read, with each thing there is."""
    return [*PLAIN, *(f"/{kind}/{thing.ref}" for kind, table in THINGS.items() for thing in table.objects.all())]


def signed_in(officer: Officer, language: str = "en") -> Client:
    client = Client(headers={"Accept-Language": language})
    client.force_login(officer)
    client.post("/language", {"language": language, "next": "/"})
    return client


def every_seat(story: dict[str, Any]) -> Iterator[Officer]:
    administrator = makers.officer(story["noord"], "administrator")
    yield from Officer.objects.select_related("service").exclude(pk=administrator.pk).order_by("id")
    yield administrator


def test_every_page_answers_every_role_with_its_headers_and_nothing_inline(
    story: dict[str, Any], everywhere: list[str]
) -> None:
    assert {"duty", "match", "delivery", "report", "dossier"} <= {address.split("/")[1] for address in everywhere}
    for officer in every_seat(story):
        client = signed_in(officer)
        answers = {address: opened(client, address) for address in everywhere}
        for address, answer in answers.items():
            assert answer.status_code in (200, 404), f"{address} answers {officer.name} with {answer.status_code}"
            text = answer.content.decode()
            assert not INLINE.search(text), f"{address} has something inline"
            assert text.count("<h1") == 1, f"{address} has not one h1"
            assert '<main id="main"' in text
            for name, value in HEADERS.items():
                assert answer[name] == value, f"{address} lacks {name}"
        assert answers["/"].status_code == answers["/law"].status_code == 200


def test_every_page_can_be_said_in_every_language(story: dict[str, Any], everywhere: list[str]) -> None:
    desk = makers.seat(story["federal"], "desk")
    for language in LANGUAGES:
        client = signed_in(desk, language)
        for address in everywhere:
            answer = opened(client, address)
            assert f'<html lang="{language}">' in answer.content.decode(), f"{address} is not in {language}"
            assert answer["Content-Language"] == language
    assert "Meine Liste" in signed_in(desk, "de").get("/").content.decode()
    assert "Ma liste" in signed_in(desk, "fr").get("/").content.decode()


def without_what_is_random(text: str, address: str) -> str:
    return re.sub(r'name="csrfmiddlewaretoken" value="[^"]*"', "", text).replace(address, "")


def test_what_is_denied_is_the_same_page_as_what_is_absent(story: dict[str, Any], everywhere: list[str]) -> None:
    for officer in every_seat(story):
        client = signed_in(officer)
        denied = 0
        for address in everywhere:
            kind = address.split("/")[1]
            answer = client.get(address)
            if kind not in THINGS or answer.status_code == 200:
                continue
            denied += 1
            nowhere = f"/{kind}/{kind}-0000000000000000"
            absent = client.get(nowhere)
            assert absent.status_code == answer.status_code == 404
            assert without_what_is_random(answer.content.decode(), address) == without_what_is_random(
                absent.content.decode(), nowhere
            )
        assert denied or officer.role == "oversight", f"{officer.name} may see everything"


def test_acts_on_what_is_another_s_are_not_there_either(story: dict[str, Any]) -> None:
    stranger = signed_in(makers.seat(story["stad"], "desk"))
    duty, match, delivery = Duty.objects.all()[0], Match.objects.all()[0], Delivery.objects.all()[0]
    before = list(Duty.objects.order_by("id").values_list("ref", "version"))
    for address in (
        f"/duty/{duty.ref}/pass-on", f"/duty/{duty.ref}/withhold", f"/duty/{duty.ref}/review", f"/duty/{duty.ref}/hold",
        f"/duty/{duty.ref}/assign", f"/match/{match.ref}/judge", f"/match/{match.ref}/take-back",
        f"/delivery/{delivery.ref}/acknowledge", f"/dossier/{Dossier.objects.all()[0].ref}/subjects",
    ):
        typed = {
            "verdict": "same", "outcome": "noted", "ground": "g", "reason": "an investigation is running",
            "until": "2026-03-03T10:00", "uphold": "yes",
        }
        assert stranger.post(address, typed).status_code == 404, f"{address} is there"
    assert list(Duty.objects.order_by("id").values_list("ref", "version")) == before


def test_without_a_seat_every_page_asks_to_sign_in(db: None) -> None:
    public = {"sign-in", "passkey-sign-in", "to-provider", "from-provider", "sign-out", "language", "health"}
    public.add("who-is-here")
    assert Client().get("/sign-in/who").json()["who"] == "", "nobody, and nothing else, is told"
    for name, (possibilities, *_) in get_resolver().reverse_dict.items():
        if not isinstance(name, str) or name in public:
            continue
        address = "/" + possibilities[0][0].replace("%(ref)s", "duty-0000000000000000")
        answer = Client().get(address)
        if answer.status_code == 405:
            answer = Client().post(address)
        assert answer.status_code == 302, f"{address} is open to everybody"
        asks = "/sign-in" if name == "second-step" else "/sign-in?next="  # half a session leads nowhere else
        assert answer["Location"].startswith(asks), f"{address} does not ask to sign in"


def test_a_form_without_its_token_changes_nothing_and_says_so(story: dict[str, Any]) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(makers.seat(story["noord"], "desk"))
    answer = client.post(f"/duty/{Duty.objects.all()[0].ref}/hold", {})
    assert answer.status_code == 403
    assert "Dit formulier is verlopen" in answer.content.decode()
    assert not INLINE.search(answer.content.decode())
    assert answer["Content-Security-Policy"] == HEADERS["Content-Security-Policy"]


def test_a_list_names_no_service_behind_a_discreet_interest(story: dict[str, Any]) -> None:
    duty = Duty.objects.filter(discreet=True, kind="pass_on").first()
    client = signed_in(makers.seat(story["noord"], "desk"))
    for address in ("/", "/reports", "/late", *([f"/duty/{duty.ref}"] if duty else [])):
        assert "Midi" not in client.get(address).content.decode(), f"{address} names whose interest it is"
