"""Flaws that others published, tried here where no other test tries them: docs/security/published-flaws.md."""

from __future__ import annotations

import itertools
import json
import logging
import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.apps import apps
from django.contrib.auth import authenticate
from django.contrib.sessions.models import Session
from django.core import serializers
from django.db import connection, models
from django.test import Client
from django.urls import get_resolver

from passerelle.flow import decide, ledger_lines, receive, watches
from passerelle.flow.sign_in import ACCOUNT_TRIES_MAX
from passerelle.records import visibility
from passerelle.records.models import Dossier, Duty, Interest, Officer, Report, Subject
from passerelle.testing import makers
from passerelle.testing.makers import NOON
from tests.doors.machines import machine
from tests.doors.opening import opened

pytestmark = pytest.mark.django_db

CANARY = "Zwartbroekx"
PASSWORD = "a long invented pass phrase"
SUSPECT = makers.person("p", f"Karel {CANARY}", birthDate=["1971-05-03"])


@pytest.fixture
def told(exchange: dict[str, Any]) -> dict[str, Any]:
    """A report of noord on somebody federal has a dossier on; stad knows of neither."""
    makers.dossier(exchange["federal"], SUSPECT, title=f"Dossier {CANARY}")
    makers.report(exchange["noord"], f"Karel {CANARY} was er.", SUSPECT, author=makers.seat(exchange["noord"], "desk"))
    return exchange


def signed_in(officer: Officer) -> Client:
    client = Client(raise_request_exception=False)
    client.force_login(officer)
    return client


def acts() -> list[str]:
    """Every address with a reference in it."""
    found = [value[0][0][0] for name, value in get_resolver().reverse_dict.items() if isinstance(name, str)]
    return ["/" + address for address in found if "%(ref)s" in address]


def changed() -> list[Any]:
    return [list(Duty.objects.order_by("id").values_list("ref", "version")), ledger_lines.head()[0]]


TYPES = ("application/json", "text/plain", "application/xml", "application/octet-stream", "multipart/form-data")


def test_no_content_type_and_no_method_override_goes_round_the_check(told: dict[str, Any]) -> None:
    stranger, before = signed_in(makers.seat(told["stad"], "desk")), changed()
    duty = Duty.objects.all()[0]
    sent = json.dumps({"verdict": "same", "outcome": "noted", "reason": "because it was there"})
    for address, kind in itertools.product(acts(), TYPES):
        for more in ({}, {"X-HTTP-Method-Override": "GET", "X-Original-URL": "/health", "X-Rewrite-URL": "/law"}):
            answer = stranger.generic(
                "POST", address.replace("%(ref)s", duty.ref), sent, content_type=kind, headers=more
            )
            assert answer.status_code in (400, 404, 405), f"{address} as {kind} {more}: {answer.status_code}"
            assert CANARY not in answer.content.decode()
    assert changed() == before


def test_no_parameter_orders_filters_or_searches_by_a_column_or_reaches_the_database(told: dict[str, Any]) -> None:
    """CVE-2022-48329, CVE-2023-48656 to 48659: what is not on the list of parameters does nothing."""
    desk = signed_in(makers.seat(told["federal"], "desk"))
    token = re.compile(r'name="(?:csrfmiddlewaretoken|next)" value="[^"]*"')
    names = (
        "order", "order_by", "sort", "o", "ordering", "filter", "q", "search", "page", "limit", "fields", "format",
        "service", "report__service__name", "subject__caption__startswith", "handling", "_method", "as", "id",
    )  # fmt: skip
    values = ("-report__text", "1) OR 1=1 --", CANARY[:4])
    for address in ("/", "/reports", "/dossiers", "/people", "/readings", "/watches", "/exceptions"):
        plain = token.sub("", desk.get(address).content.decode())
        assert plain
        for value in values:
            answer = desk.get(address, dict.fromkeys(names, value))
            said = token.sub("", answer.content.decode())
            assert answer.status_code == 200, f"{address} {value}: {answer.status_code}"
            assert said == plain, f"{address} listens to one of {names}"


@pytest.mark.parametrize("role", ["officer", "desk", "supervisor", "head"])
def test_no_choice_of_a_form_names_what_its_reader_may_not_see(told: dict[str, Any], role: str) -> None:
    """CVE-2023-37306, CVE-2022-42724: names in drop-downs."""
    client = signed_in(makers.seat(told["stad"], role))
    theirs = [Dossier.objects.get().ref, *Officer.objects.exclude(service=told["stad"]).values_list("ref", flat=True)]
    seen = 0
    for address in ("/file", "/dossiers/new", "/watches/new", "/readings/of-others", "/people", "/figures", "/late"):
        answer = client.get(address)
        assert answer.status_code in (200, 404), f"{address}: {answer.status_code}, a page that broke offers no choice"
        for choice in re.findall(r"<option[^>]*>[^<]*", answer.content.decode()):
            seen += 1
            assert CANARY not in choice
            assert not [ref for ref in theirs if ref in choice], f"{address}: {choice}"
    assert seen > 20


def test_what_was_written_stands_in_no_log_no_session_no_ledger_and_no_open_column(
    told: dict[str, Any], caplog: pytest.LogCaptureFixture
) -> None:
    """CVE-2017-16946: a canary is looked for in every sink."""
    caplog.set_level(logging.DEBUG)
    desk = signed_in(makers.seat(told["noord"], "desk"))
    desk.post("/file", {"text": f"Karel {CANARY} liep weg.", "language": "nl"})
    for address in ("/reports", f"/report/{CANARY}", f"/why/{CANARY}", f"/sign-in?next=/{CANARY}"):
        desk.get(address)
    Client().post("/sign-in", {"username": "nobody", "password": CANARY})
    said = [record.getMessage() for record in caplog.records if not record.name.startswith("django.db")]
    assert not [line for line in said if CANARY in line and f"/{CANARY}" not in line], "in the log"
    assert CANARY not in "\n".join(ledger_lines.entries()), "in the ledger"
    assert CANARY not in str([session.get_decoded() for session in Session.objects.all()]), "in a session"
    open_columns = [
        f"{table}.{column.name}" for table, column, value in stored() if CANARY.encode() in value
    ]
    assert not open_columns, f"in the clear in {sorted(set(open_columns))}"


def stored() -> list[tuple[str, models.Field[Any, Any], bytes]]:
    """Every stored value as the database holds it, by table and column."""
    found = []
    with connection.cursor() as cursor:
        for model in apps.get_models():
            fields = [field for field in model._meta.concrete_fields if field.column]
            names = ", ".join(f'"{field.column}"' for field in fields)
            cursor.execute(f'SELECT {names} FROM "{model._meta.db_table}"')
            for row in cursor.fetchall():
                for field, value in zip(fields, row, strict=True):
                    given = bytes(value) if isinstance(value, bytes | memoryview) else str(value).encode()
                    found.append((model._meta.db_table, field, given))
    assert found
    return found


@pytest.mark.parametrize("password", ["", " ", "\t", "!", "None"])
def test_no_empty_password_signs_anybody_in(exchange: dict[str, Any], password: str) -> None:
    """CVE-2017-14337: a seat without a password is closed to passwords, also to the empty one."""
    seat = makers.seat(exchange["noord"], "desk")
    for stored_as in ("", "!", None):
        seat.set_unusable_password() if stored_as == "!" else seat.set_password(stored_as)
        if stored_as == "":
            seat.password = ""
        seat.save(update_fields=["password"])
        assert authenticate(None, username=seat.username, password=password) is None
        assert Client().post("/sign-in", {"username": seat.username, "password": password}).status_code != 302


def test_nobody_is_known_by_an_address_another_could_claim(exchange: dict[str, Any]) -> None:
    """CVE-2026-9084: an identity bound by e-mail. A seat is its own name and nothing that looks like it."""
    assert not [field.name for field in Officer._meta.get_fields() if "mail" in field.name.lower()]
    seat = makers.seat(exchange["noord"], "desk")
    seat.set_password(PASSWORD)
    seat.save(update_fields=["password"])
    assert authenticate(None, username=seat.username, password=PASSWORD) == seat
    for alike in (seat.username.upper(), f"{seat.username}@example.org", seat.username + "\u200b", seat.name, seat.ref):
        assert authenticate(None, username=alike, password=PASSWORD) is None
        assert Client().post("/sign-in", {"username": alike, "password": PASSWORD}).status_code == 401, alike


FORMS = {
    "/file": ("text", "language", "source_grade", "handling", "handling_reason", "handling_review_on", "learnt_on",
              "handling_note", "dossier", "themes", "territory"),
    "/file/subjects": ("s0-id", "s0-schema", "s0-category", "s0-p-name", "s0-p-birthDate", "s0-spans", "s0-caption",
                       "t0-kind", "do"),
    "/dossiers/new": ("title", "language", "purpose", "legal_basis", "until", "note", "themes", "s0-id", "s0-main"),
    "/watches/new": ("kind", "purpose", "legal_basis", "until", "theme", "territory", "s0-id", "s0-main"),
    "/people/away": ("officer", "until"),
    "/language": ("language", "next"),
}  # fmt: skip
GOOD = {
    "text": "Karel was er.", "language": "nl", "source_grade": "X", "information_grade": "4", "handling": "open",
    "title": "Zaak", "purpose": "investigation", "legal_basis": "Art. 44/1", "until": "2099-12-31", "kind": "watch",
    "s0-id": "a", "s0-hand": "1", "s0-keep": "on", "s0-schema": "Person", "s0-category": "suspect", "s0-main": "Karel",
    "do": "open",
}  # fmt: skip
ODD = ("a" * 30_000, "x" * 700, "\u202e", "0000-00-00", "9" * 4000, "{{7*7}}", "-1")


@pytest.mark.parametrize("address", FORMS)
def test_no_field_of_a_form_makes_an_error_or_a_value_that_a_column_cannot_hold(
    exchange: dict[str, Any], address: str
) -> None:
    """A value over its column's length is an error on PostgreSQL alone, so the rows are measured here."""
    client = signed_in(makers.seat(exchange["noord"], "desk"))
    client.post("/file", GOOD)
    asked = 0
    for field, value in itertools.product(FORMS[address], ODD):
        answer = client.post(address, {**GOOD, field: value})
        asked += 1
        assert answer.status_code < 500, f"{address} {field}={value[:20]!r}: {answer.status_code}"
    assert asked == len(FORMS[address]) * len(ODD)
    too_long = [
        f"{table}.{field.name}"
        for table, field, value in stored()
        if isinstance(field, models.CharField) and field.max_length and len(value.decode()) > field.max_length
    ]
    assert not too_long, too_long


def test_nothing_is_handed_out_by_a_serialiser_that_knows_no_reader() -> None:
    assert serializers.get_serializer_formats() and not [
        address for address in acts() if re.search(r"json|xml|csv|export|feed|api", address)
    ], "an address hands out data: give it its rows in the access matrix, then name it here"


def test_what_a_service_keeps_beside_its_records_is_shown_to_no_other(told: dict[str, Any]) -> None:
    """CVE-2024-45509: bookmarks of others. Here: what is watched, asked for and handed over."""
    lately = datetime.now(tz=UTC) - timedelta(hours=1)  # so that it is live today
    asked = watches.ask(
        officer=makers.seat(told["federal"], "officer"), kind="watch", purpose="investigation", now=lately,
        legal_basis=f"Art. 44/1 {CANARY}", until=(lately + timedelta(days=90)).date(), subjects=[SUSPECT],
    )  # fmt: skip
    decide.review(
        ref=asked.review.ref, officer=makers.seat(told["federal"], "supervisor"), uphold=True,
        reason="the facts that were given", now=lately,
    )  # fmt: skip
    kept = Interest.objects.get(kind="watch")
    pages = ("/watches", "/dossiers", "/reports", "/questions", "/requests", "/handover", "/exceptions", "/file", "/")
    for key, role in itertools.product(("stad", "noord", "neutral"), ("officer", "desk", "head")):
        seat = Officer.objects.filter(service=told[key], role=role).first()
        for address in pages if seat is not None else ():
            answer = opened(signed_in(seat), address)
            assert answer.status_code in (200, 404), f"{address}: {answer.status_code}"
            said = answer.content.decode()
            assert kept.ref not in said and asked.ref not in said, f"{address} shows {key}.{role} a watch of federal"
            assert CANARY not in said or key == "noord", f"{address} shows {key}.{role} what federal wrote"
    assert asked.ref in signed_in(makers.seat(told["federal"], "desk")).get("/watches").content.decode()


def test_an_edit_leaves_the_handling_as_it_was_filed(told: dict[str, Any]) -> None:
    """CVE-2021-31780: what limited it is lost when it is edited."""
    desk = makers.seat(told["noord"], "desk")
    filed = makers.report(
        told["noord"], f"{CANARY} weer.", SUSPECT, handling="sealed", author=desk,
        handling_reason="the source could be recognised", handling_review_on=(NOON + timedelta(days=30)).date(),
    )  # fmt: skip
    said = receive.ReportDraft(text=f"{CANARY} toch niet.", language="nl", subjects=[SUSPECT])
    assert said.handling == "open"
    receive.revise_report(ref=filed.ref, officer=desk, draft=said, now=NOON + timedelta(hours=1))
    assert Report.objects.get(pk=filed.pk).handling == "sealed"
    assert not visibility.reports(makers.seat(told["noord"], "officer")).filter(pk=filed.pk).exists()


def test_the_api_says_no_more_of_a_match_than_its_page(told: dict[str, Any]) -> None:
    """CVE-2023-32060: the page hides it, the interface returns it."""
    officer = machine(told["federal"], "officer")
    told_of = json.loads(officer.call("GET", "/matches", limit=50)[2])["rows"]
    assert told_of, "a test of nothing"
    assert {(one["band"], one["verdict"]) for one in told_of} == {(None, None)}


def test_a_name_typed_in_another_way_has_no_tries_of_its_own(exchange: dict[str, Any]) -> None:
    """CVE-2018-12649, CVE-2020-8892: tries that are not counted."""
    seat = makers.seat(exchange["noord"], "desk")
    ways = (seat.username, seat.username.upper(), f" {seat.username} ", seat.username.title())
    for way in itertools.islice(itertools.cycle(ways), ACCOUNT_TRIES_MAX):
        assert Client().post("/sign-in", {"username": way, "password": "no"}).status_code == 401
    for way in ways:
        assert Client().post("/sign-in", {"username": way, "password": "no"}).status_code == 429, way


@pytest.mark.ledger_is_bent
def test_no_header_goes_round_the_second_factor(exchange: dict[str, Any]) -> None:
    """CVE-2022-29534: an Accept header went round the question for the password."""
    seat = makers.seat(exchange["noord"], "desk")
    seat.second_since = NOON
    seat.save(update_fields=["second_since"])
    for headers in (
        {}, {"Accept": "application/json"}, {"X-Requested-With": "XMLHttpRequest"}, {"Content-Type": "text/json"},
        {"X-Original-URL": "/sign-in"}, {"Purpose": "prefetch"}, {"Range": "bytes=0-"}, {"Origin": "null"},
    ):  # fmt: skip
        client = signed_in(seat)
        answer = client.get("/reports", headers=headers)
        assert (answer.status_code, answer["Location"]) == (302, "/sign-in"), headers
        assert client.get("/reports").status_code == 302, "and the session is over"


def test_an_edit_changes_nothing_of_what_others_hold(told: dict[str, Any]) -> None:
    """DFIR-IRIS #462: an indicator that two cases shared was one row."""

    def held() -> list[Any]:
        rows = Subject.objects.filter(service=told["federal"]).order_by("id")
        return [(one.ref, one.caption, one.category, one.properties, one.to_match_at) for one in rows]

    before = held()
    mine = Report.objects.get(service=told["noord"])
    other = makers.person("p", f"Karel {CANARY}", category="victim", birthDate=["1971-05-04"])
    said = receive.ReportDraft(text=f"Karel {CANARY} toch niet.", language="nl", subjects=[other])
    receive.revise_report(
        ref=mine.ref, officer=makers.seat(told["noord"], "desk"), draft=said, now=NOON + timedelta(hours=1)
    )
    assert before and held() == before


MARKUP = '<b id="canary">\'"&<script>alert(1)</script>'


def test_what_somebody_writes_is_shown_as_text_and_never_as_markup(exchange: dict[str, Any]) -> None:
    """44 of the 92: output that is not escaped. Every word a person can write, on every page that shows it."""
    known = makers.person(
        "p", f"Karel {CANARY} {MARKUP}", birthDate=["1971-05-03"], notes=[MARKUP], alias=[MARKUP], country=[MARKUP]
    )
    makers.dossier(exchange["federal"], known, title=f"Zaak {MARKUP}", note=MARKUP)
    strict = {"handling_reason": f"because of {MARKUP}", "handling_review_on": (NOON + timedelta(days=30)).date()}
    desk = makers.seat(exchange["noord"], "desk")
    for handling, more in (("open", {}), ("consent", strict)):
        makers.report(
            exchange["noord"], f"{MARKUP} Karel {CANARY} was er.", known, handling=handling, handling_note=MARKUP,
            author=desk, **more,
        )  # fmt: skip
    Officer.objects.update(name=f"Jan {MARKUP}")
    things = [*Report.objects.all(), *Dossier.objects.all(), *Duty.objects.all()]
    found = [f"/{one.ref.split('-')[0]}/{one.ref}" for one in things]
    found += [f"/delivery/{ref}" for ref in exchange["noord"].sent.values_list("ref", flat=True)]
    found += ["/", "/reports", "/dossiers", "/desk", "/people", "/handover", "/late", "/readings"]
    shown = 0
    for key, role in itertools.product(("noord", "federal"), ("desk", "head")):
        client = signed_in(makers.seat(exchange[key], role))
        answers = [opened(client, address).content.decode() for address in found]
        answers.append(client.post("/search", {"question": f"Karel {CANARY}", "purpose": "my_case"}).content.decode())
        answers.append(client.post("/search", {"question": MARKUP, "purpose": "my_case"}).content.decode())
        for said in answers:
            assert '<b id="canary">' not in said and "alert(1)</script>" not in said
            shown += "&lt;b id=" in said
    assert shown > 20, "a test of nothing"
