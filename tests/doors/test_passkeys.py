"""Passkeys at the door: bound to this place, this session and this moment; whatever is wrong gets one answer."""

from __future__ import annotations

import html
import json
import re
from datetime import datetime, timedelta
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from django.core import checks
from django.db import connection
from django.test import Client
from fido2.cose import ES256, ES384
from fido2.utils import websafe_encode

from passerelle.flow import ledger_lines, passkeys, seats, second_factor, sign_in
from passerelle.records.models import Attempt, Factor, Notice, Officer
from passerelle.testing import makers
from tests.doors.authenticator import PRESENT, Authenticator
from tests.doors.test_pages_reach import without_what_is_random
from tests.doors.test_second_factor import (
    LETTERS,
    NOW,
    PASSWORD,
    clock,
    jana,
    passwords_that_are_weighed_fast,
    with_password,
)  # fmt: skip

pytestmark = pytest.mark.django_db

__all__ = ["clock", "jana", "passwords_that_are_weighed_fast"]
ASKS = re.compile(r'data-asks="([^"]+)"')


def asked(answer: Any) -> dict[str, Any]:
    """What a page asks the browser."""
    found: dict[str, Any] = json.loads(html.unescape(ASKS.findall(answer.content.decode())[0]))
    return found


def added(client: Client, key: Authenticator, **more: Any) -> Any:
    asks = asked(client.get("/second-factor/passkey"))
    return client.post(
        "/second-factor/passkey", {"name": "blue key", "password": PASSWORD, "passkey": key.make(asks, **more)}
    )


@pytest.fixture
def key(jana: Officer, clock: list[datetime]) -> Authenticator:
    """Jana's passkey, added by her pages."""
    key = Authenticator()
    answer = added(with_password()[0], key)
    assert answer.status_code == 200 and len(LETTERS.findall(answer.content.decode())) == second_factor.CODES
    return key


def stranger(**more: Any) -> Client:
    return Client(headers={"Accept-Language": "en"}, **more)


def signs_in(client: Client, key: Authenticator, **wrong: Any) -> int:
    """The status with which a passkey that is freshly asked is answered; `wrong`: what it says wrongly."""
    asks = asked(client.get("/sign-in/passkey"))
    return client.post("/sign-in/passkey", {"passkey": key.show(asks, **wrong)}).status_code


def second_step(client: Client, key: Authenticator) -> int:
    """The same after the right password."""
    asks = asked(client.get("/sign-in/second"))
    return client.post("/sign-in/second", {"passkey": key.show(asks)}).status_code


def test_a_passkey_alone_signs_in_and_leads_to_the_page_that_was_asked_for(key: Authenticator) -> None:
    client = stranger()
    assert "/sign-in/passkey?next=/law" in client.get("/sign-in?next=/law").content.decode()
    asks = asked(client.get("/sign-in/passkey?next=/law"))
    assert asks["userVerification"] == "required" and not asks.get("allowCredentials")
    answer = client.post("/sign-in/passkey", {"passkey": key.show(asks), "next": "/law"})
    assert (answer.status_code, answer["Location"]) == (302, "/law")
    assert "Jana" in client.get("/law").content.decode()


def test_after_the_password_the_passkey_is_the_second_step_and_being_there_is_enough(key: Authenticator) -> None:
    client, answer = with_password()
    assert answer["Location"] == "/sign-in/second"
    asks = asked(client.get("/sign-in/second"))
    assert [one["id"] for one in asks["allowCredentials"]] == [websafe_encode(key.number)]
    answer = client.post("/sign-in/second", {"passkey": key.show(asks, flags=PRESENT, handle="")})
    assert answer["Location"] == "/law" and client.get("/law").status_code == 200


WRONG: dict[str, dict[str, Any]] = {
    "another address": {"origin": "https://passerelle.example.org"},
    "another port": {"origin": "https://passerelle.example:8443"},
    "a place below": {"origin": "https://evil.passerelle.example"},
    "no HTTPS": {"origin": "http://passerelle.example"},
    "another place": {"place": "example"},
    "another challenge": {"challenge": websafe_encode(bytes(32))},
    "another act": {"kind": "webauthn.create"},
    "a frame of another's": {"framed": True},
    "a frame that names its top": {"more": {"topOrigin": "https://evil.example"}},
    "nobody there": {"flags": 4},
    "nobody verified": {"flags": PRESENT},
    "another key's signature": {"key": ec.generate_private_key(ec.SECP256R1())},
    "another's handle": {"handle": websafe_encode(bytes(32))},
    "no handle": {"handle": ""},
}


@pytest.mark.parametrize("wrong", WRONG)
def test_what_is_wrong_in_one_way_signs_nobody_in(key: Authenticator, wrong: str) -> None:
    client = stranger()
    asks = asked(client.get("/sign-in/passkey"))
    answer = client.post("/sign-in/passkey", {"passkey": key.show(asks, **WRONG[wrong])})
    assert answer.status_code == 401 and "This passkey does not fit." in answer.content.decode()
    assert client.get("/law").status_code == 302
    assert signs_in(client, key) == 302, "the same key, asked and answering rightly"


def test_an_unknown_passkey_a_closed_seat_and_nonsense_get_the_answer_of_a_wrong_one(
    key: Authenticator, clock: list[datetime]
) -> None:
    unknown, said = Authenticator(number=bytes(20), handle=key.handle), {}
    client = stranger()

    def says(how: str, answer_of: Any) -> None:
        answer = client.post("/sign-in/passkey", {"passkey": answer_of(asked(client.get("/sign-in/passkey")))})
        text = ASKS.sub("", answer.content.decode())
        said[how] = (answer.status_code, without_what_is_random(text, "no such word"))
        Attempt.objects.all().delete()

    says("another signature", lambda asks: key.show(asks, key=unknown.key))
    says("unknown", unknown.show)
    for nonsense in ("", "{", "[]", "null", '{"id": 1}', "9" * 5000, '"' + "x" * 30_000 + '"', '{"rawId": {}}'):
        says(nonsense[:9], lambda asks, nonsense=nonsense: nonsense)
    seats.close_seat(officer=Officer.objects.get(username="jana"), now=clock[-1])
    says("closed", key.show)
    assert len(set(said.values())) == 1 and said["unknown"][0] == 401, said.keys()


def test_a_challenge_counts_once_in_its_own_session_for_some_minutes_and_for_one_purpose(
    key: Authenticator, clock: list[datetime]
) -> None:
    key.counts, key.counter = False, 5
    first, other = stranger(), stranger()
    asks = asked(first.get("/sign-in/passkey"))
    other.get("/sign-in/passkey")
    key.counts = True
    good = key.show(asks)
    assert other.post("/sign-in/passkey", {"passkey": good}).status_code == 401, "given to another session"
    assert stranger().post("/sign-in/passkey", {"passkey": good}).status_code == 401, "given to none"
    assert first.post("/sign-in/passkey", {"passkey": good}).status_code == 302
    first.post("/sign-out")
    assert first.post("/sign-in/passkey", {"passkey": good}).status_code == 401, "a second time"
    asks = asked(first.get("/sign-in/passkey"))
    assert first.post("/sign-in/passkey", {"passkey": "{}"}).status_code == 401
    assert first.post("/sign-in/passkey", {"passkey": key.show(asks)}).status_code == 401, "after a wrong answer to it"
    asks = asked(first.get("/sign-in/passkey"))
    clock.append(clock[-1] + passkeys.WAITS + timedelta(seconds=1))
    assert first.post("/sign-in/passkey", {"passkey": key.show(asks)}).status_code == 401, "too late"
    client, _ = with_password()
    asks = asked(client.get("/sign-in/second"))
    assert client.post("/sign-in/passkey", {"passkey": key.show(asks)}).status_code == 401, "asked as a second step"


def test_another_officer_s_passkey_is_no_second_step(key: Authenticator, exchange: dict[str, Any]) -> None:
    seats.seat_officer(username="ann", name="Ann", service=exchange["noord"], role="desk", language="en",
                       password=PASSWORD, now=NOW)
    other = Authenticator(number=bytes(16))
    assert added(with_password("ann")[0], other).status_code == 200
    client, _ = with_password()
    asks = asked(client.get("/sign-in/second"))
    assert client.post("/sign-in/second", {"passkey": other.show(asks)}).status_code == 401
    asks = asked(client.get("/sign-in/second"))
    assert client.post("/sign-in/second", {"passkey": key.show(asks)}).status_code == 302


def test_a_count_that_does_not_grow_is_refused_and_the_officer_hears_it(key: Authenticator) -> None:
    copy = Authenticator(number=key.number, counter=key.counter, handle=key.handle, key=key.key)
    client = stranger()
    assert signs_in(client, key) == 302
    assert signs_in(stranger(), copy) == 401
    heard = [str(notice.says) for notice in Notice.objects.filter(officer__username="jana")]
    assert any("gave an old count" in says and "blue key" in says for says in heard)


def test_an_authenticator_that_does_not_count_still_answers_each_challenge_once(
    jana: Officer, clock: list[datetime]
) -> None:
    key = Authenticator(counts=False)
    added(with_password()[0], key)
    for _ in range(2):
        client = stranger()
        good = key.show(asked(client.get("/sign-in/passkey")))
        assert client.post("/sign-in/passkey", {"passkey": good}).status_code == 302
        client.post("/sign-out")
        assert client.post("/sign-in/passkey", {"passkey": good}).status_code == 401


@pytest.mark.parametrize(
    "wrong", ["another address", "another place", "another challenge", "nobody there", "a frame of another's"]
)
def test_a_passkey_made_for_another_place_is_not_added(jana: Officer, clock: list[datetime], wrong: str) -> None:
    answer = added(with_password()[0], Authenticator(), **WRONG[wrong])
    assert answer.status_code == 409 and not Factor.objects.exists()


def test_a_passkey_of_an_algorithm_that_was_not_offered_is_not_added(jana: Officer, clock: list[datetime]) -> None:
    client = with_password()[0]
    offered = {one["alg"] for one in asked(client.get("/second-factor/passkey"))["pubKeyCredParams"]}
    assert offered == set(passkeys.ALGORITHMS)
    curve = ec.generate_private_key(ec.SECP384R1())
    answer = added(client, Authenticator(), cose=ES384.from_cryptography_key(curve.public_key()))
    assert answer.status_code == 409 and not Factor.objects.exists()
    right = ES256.from_cryptography_key(ec.generate_private_key(ec.SECP256R1()).public_key())
    assert added(client, Authenticator(), cose=right).status_code == 200


def test_a_passkey_is_added_with_the_password_and_a_name_and_never_twice(key: Authenticator) -> None:
    client, _ = with_password()
    assert second_step(client, key) == 302
    another = Authenticator(number=bytes(16))
    for password, name in (("x", "a"), (PASSWORD, ""), (PASSWORD, "a" * 61)):
        asks = asked(client.get("/second-factor/passkey"))
        assert [one["id"] for one in asks["excludeCredentials"]] == [websafe_encode(key.number)]
        sent = {"password": password, "name": name, "passkey": another.make(asks)}
        answer = client.post("/second-factor/passkey", sent)
        assert answer.status_code == 409 and Factor.objects.count() == 1, (password, name)
        sign_in.succeeded(username="jana")
    assert added(client, key).status_code == 409, "the same one"
    assert added(client, another)["Location"] == "/second-factor"
    assert another.handle == key.handle, "one officer, one handle"
    shown = client.get("/second-factor").content.decode()
    assert shown.count("blue key") == 4 and Factor.objects.count() == 2


def test_there_is_room_for_ten_passkeys(key: Authenticator, clock: list[datetime]) -> None:
    client, _ = with_password()
    assert second_step(client, key) == 302
    for number in range(1, passkeys.PASSKEYS_MAX):
        assert added(client, Authenticator(number=bytes([number] * 16))).status_code == 302
    answer = added(client, Authenticator(number=bytes([99] * 16)))
    assert answer.status_code == 409 and Factor.objects.count() == passkeys.PASSKEYS_MAX
    assert "/second-factor/passkey" not in client.get("/second-factor").content.decode()


def test_a_passkey_removes_itself_and_its_officer_hears_who_did_what(
    key: Authenticator, exchange: dict[str, Any], clock: list[datetime]
) -> None:
    client, _ = with_password()
    assert second_step(client, key) == 302
    asks = asked(client.get("/second-factor"))
    sent = {"factor": Factor.objects.get().ref, "code": ""}
    forged = key.show(asks, key=Authenticator().key)
    assert client.post("/second-factor/remove", {**sent, "passkey": forged}).status_code == 409
    asks = asked(client.get("/second-factor"))
    assert client.post("/second-factor/remove", {**sent, "passkey": key.show(asks)}).status_code == 302
    assert not Factor.objects.exists()
    added(client, key)
    makers.officer(exchange["noord"], "administrator")
    head = Client()
    head.force_login(makers.seat(exchange["noord"], "administrator"))
    jana = Officer.objects.get(username="jana")
    head.post("/people/reset-factor", {"officer": jana.ref, "reason": "the key fell into the river"})
    client, _ = with_password()
    heard = html.unescape(client.get("/").content.decode())
    by = makers.seat(exchange["noord"], "administrator").name
    for said in ("You added a second factor: a passkey “blue key”", "You removed a second factor: a passkey “blue key”",
                 f"Your second factors were taken away by {by}."):
        assert said in heard, said
    assert not Notice.objects.filter(kind="factor").exclude(officer=jana).exists(), "nobody else hears it"


def test_other_sessions_end_when_the_first_passkey_comes(jana: Officer, clock: list[datetime]) -> None:
    elsewhere, here = with_password()[0], with_password()[0]
    added(here, Authenticator())
    assert elsewhere.get("/law").status_code == 302 and here.get("/law").status_code == 200


def test_wrong_passkeys_are_counted_by_address_and_lock_nobody_else_out(key: Authenticator) -> None:
    client = stranger(REMOTE_ADDR="10.0.0.9")
    for _ in range(sign_in.ADDRESS_TRIES_MAX):
        client.get("/sign-in/passkey")
        assert client.post("/sign-in/passkey", {"passkey": "{}"}).status_code == 401
    good = key.show(asked(client.get("/sign-in/passkey")))
    assert client.post("/sign-in/passkey", {"passkey": good}).status_code == 429
    client = stranger(REMOTE_ADDR="10.0.0.10")
    assert signs_in(client, key) == 302


def test_the_page_says_the_same_whoever_has_a_passkey_and_asks_for_no_name(
    exchange: dict[str, Any], jana: Officer, clock: list[datetime]
) -> None:
    def page() -> str:
        text = stranger().get("/sign-in/passkey").content.decode()
        asks = json.loads(html.unescape(ASKS.findall(text)[0]))
        assert len(asks.pop("challenge")) == 43
        return without_what_is_random(ASKS.sub("", text), "no such word") + str(asks)

    before = page()
    added(with_password()[0], Authenticator())
    assert page() == before
    assert 'name="username"' not in before


@pytest.mark.parametrize("address", ["", "https://10.0.0.1", "https://a.example/x", "http://passerelle.example", "ftp://localhost"])
def test_without_an_address_no_passkey_is_offered_anywhere(jana: Officer, settings: Any, address: str) -> None:
    settings.ADDRESS = address
    assert ("passerelle.W008" in {message.id for message in checks.run_checks()}) is bool(address)
    client = with_password()[0]
    assert "passkey" not in client.get("/second-factor").content.decode()
    assert "/sign-in/passkey" not in stranger().get("/sign-in").content.decode()
    for path in ("/second-factor/passkey", "/sign-in/passkey"):
        assert client.get(path).status_code == client.post(path, {"passkey": "{}"}).status_code == 404


def test_neither_tables_nor_ledger_hold_a_passkey_in_plain(key: Authenticator) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM records_factor")
        rows = str(cursor.fetchall())
    for secret in (key.handle, websafe_encode(key.number), key.number.hex()):
        assert secret not in rows and secret not in "\n".join(ledger_lines.entries())


def test_what_a_passkey_page_asks_loads_nothing_inline_and_nothing_from_elsewhere(key: Authenticator) -> None:
    answer = stranger().get("/sign-in/passkey")
    scripts = re.findall(r"<script[^>]*>", answer.content.decode())
    assert scripts and all('src="/static/passerelle/' in script for script in scripts)
    policy = answer["Content-Security-Policy"]
    assert "connect-src 'self';" in policy and "default-src 'none'" in policy
