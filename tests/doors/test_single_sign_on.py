"""Single sign-on at the door: whoever was linked comes in, and every forged or swapped answer is refused."""

from __future__ import annotations

import base64
import hashlib
import hmac
import html
import json
import logging
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from django.core import checks
from django.test import Client
from jwt.algorithms import RSAAlgorithm

from passerelle import conf
from passerelle.flow import accounts, ledger_lines, provider, seats, second_factor, sign_in, single_sign_on
from passerelle.records.models import Attempt, Identity, Notice, Officer
from passerelle.testing import makers
from tests.doors import provider_double
from tests.doors.provider_double import CLIENT, KEY, OTHER_KEY, SECRET, Provider
from tests.doors.test_pages_reach import without_what_is_random
from tests.doors.test_second_factor import (
    NOW,
    added,
    clock,
    jana,
    passwords_that_are_weighed_fast,
    with_password,
)  # fmt: skip

pytestmark = [
    pytest.mark.django_db, pytest.mark.filterwarnings("ignore::jwt.warnings.InsecureKeyLengthWarning"),
]  # fmt: skip (lies are told with keys that are too short)

__all__ = ["clock", "jana", "passwords_that_are_weighed_fast"]
SUBJECT = "b7f3-91"
BACK = "/sign-in/provider/back"


@pytest.fixture(scope="module")
def one() -> Iterator[Provider]:
    with provider_double.running() as running:
        yield running


@pytest.fixture
def there(one: Provider, settings: Any) -> Provider:
    """The provider that this installation is told of, telling no lies yet."""
    settings.OIDC_ISSUER, settings.OIDC_CLIENT_ID, settings.OIDC_CLIENT_SECRET = one.issuer, CLIENT, SECRET
    provider.forget()
    one.tell()
    one.asked.clear()
    return one


@pytest.fixture
def linked(there: Provider, jana: Officer) -> Officer:
    single_sign_on.link(officer=jana, issuer=there.issuer, subject=SUBJECT, by=None, now=NOW)
    return jana


def begun(**more: Any) -> tuple[Client, str]:
    client = Client(headers={"Accept-Language": "en"}, **more)
    answer = client.get("/sign-in/provider?next=/law")
    assert answer.status_code == 302, answer.content.decode()
    return client, answer["Location"]


def come_back(there: Provider, clock: list[datetime], subject: str = SUBJECT, **claims: Any) -> tuple[Client, Any]:
    client, asked = begun()
    return client, client.get(BACK, there.signs_in(asked, subject, clock[-1].timestamp(), **claims))


def test_whoever_is_linked_signs_in_and_gets_the_page_that_was_asked_for(
    there: Provider, linked: Officer, clock: list[datetime]
) -> None:
    client, asked = begun()
    sent = dict(parse_qsl(urlsplit(asked).query))
    assert asked.startswith(f"{there.issuer}/authorize?")
    assert (sent["response_type"], sent["scope"], sent["code_challenge_method"]) == ("code", "openid", "S256")
    assert sent["redirect_uri"] == f"https://passerelle.example{BACK}", "of the settings, never of the request"
    assert len({sent["state"], sent["nonce"], sent["code_challenge"]}) == 3
    answer = client.get(BACK, there.signs_in(asked, SUBJECT, clock[-1].timestamp()))
    assert (answer.status_code, answer["Location"]) == (302, "/law")
    assert "Jana" in client.get("/law").content.decode()
    assert Identity.objects.get().used_at == clock[-1]


ELLIPTIC = ec.generate_private_key(ec.SECP256R1())
SHORT = rsa.generate_private_key(public_exponent=65537, key_size=1024)
AT = NOW.timestamp()
LIES: dict[str, dict[str, Any]] = {
    "another nonce": {"claims": {"nonce": "another"}},
    "a nonce that is no text": {"claims": {"nonce": ["x"]}},
    "no nonce": {"left_out": ("nonce",)},
    "another issuer": {"claims": {"iss": "https://evil.example"}},
    "no issuer": {"left_out": ("iss",)},
    "another audience": {"claims": {"aud": "another"}},
    "two audiences and no party": {"claims": {"aud": [CLIENT, "another"]}},
    "another party": {"claims": {"aud": [CLIENT, "another"], "azp": "another"}},
    "expired": {"claims": {"exp": AT - 61}},
    "no end": {"left_out": ("exp",)},
    "an end that is no number": {"claims": {"exp": "tomorrow"}},
    "given long ago": {"claims": {"iat": AT - 700}},
    "given in the time to come": {"claims": {"iat": AT + 100}},
    "not yet": {"claims": {"nbf": AT + 100}},
    "no subject": {"left_out": ("sub",)},
    "an empty subject": {"claims": {"sub": ""}},
    "a subject that is no text": {"claims": {"sub": 7}},
    "another's key": {"signed_with": OTHER_KEY},
    "a number that no key has": {"header": {"kid": "two"}},
    "no signature": {"algorithm": "none", "signed_with": None},
    "key confusion with the secret": {"algorithm": "HS256", "signed_with": SECRET},
    "another kind of key": {"algorithm": "ES256", "signed_with": ELLIPTIC},
    "a longer signature than was agreed": {"algorithm": "RS512"},
    "an extension that must be understood": {"header": {"crit": ["b64"], "b64": False}},
    "a token for something else": {"header": {"typ": "at+jwt"}},
    "no token": {"token": "x.y.z"},
    "a token without end": {"token": "e" * 30_000},
    "a short key": {
        "signed_with": SHORT, "published": json.loads(RSAAlgorithm.to_jwk(SHORT.public_key())) | {"kid": "one"},
    },
    "a key that is no signing key": {"published": {"use": "enc"}},
    "a shared key that it published": {"published": {"kty": "oct", "k": "c2VjcmV0"}},
}  # fmt: skip


@pytest.mark.parametrize("lie", LIES)
def test_a_token_that_is_wrong_in_one_way_signs_nobody_in(
    there: Provider, linked: Officer, clock: list[datetime], lie: str
) -> None:
    there.tell(**LIES[lie])
    client, answer = come_back(there, clock)
    assert answer.status_code == 401 and "This sign-in was not accepted." in answer.content.decode()
    assert client.get("/law").status_code == 302
    there.tell()
    provider.forget()
    assert come_back(there, clock)[1].status_code == 302, "the same, told rightly"


def test_key_confusion_by_the_published_key_is_refused(
    there: Provider, linked: Officer, clock: list[datetime]
) -> None:
    """HS256 over the public key: PyJWT will not make such a token, so it is put together by hand."""
    client, asked = begun()
    sent = dict(parse_qsl(urlsplit(asked).query))
    claims = {"iss": there.issuer, "aud": CLIENT, "sub": SUBJECT, "nonce": sent["nonce"], "iat": AT, "exp": AT + 300}
    head = {"alg": "HS256", "typ": "JWT", "kid": "one"}
    parts = [base64.urlsafe_b64encode(json.dumps(part).encode()).rstrip(b"=") for part in (head, claims)]
    made = hmac.new(provider_double.public_pem(), b".".join(parts), hashlib.sha256).digest()
    there.tell(token=b".".join([*parts, base64.urlsafe_b64encode(made).rstrip(b"=")]).decode())
    assert client.get(BACK, there.signs_in(asked, SUBJECT, AT)).status_code == 401


def test_a_good_token_that_was_stolen_does_not_open_another_session(
    there: Provider, linked: Officer, clock: list[datetime]
) -> None:
    """Its nonce is that of the session it was asked for."""
    _, asked = begun()
    sent = dict(parse_qsl(urlsplit(asked).query))
    claims = {"iss": there.issuer, "aud": CLIENT, "sub": SUBJECT, "nonce": sent["nonce"], "iat": AT, "exp": AT + 300}
    there.tell(token=jwt.encode(claims, KEY, "RS256", {"kid": "one"}))
    assert come_back(there, clock)[1].status_code == 401


def test_a_state_counts_once_in_its_own_session_for_ten_minutes_and_nothing_is_asked_before_it_is_right(
    there: Provider, linked: Officer, clock: list[datetime]
) -> None:
    first, asked = begun()
    other, asked_other = begun()
    good, swapped = (there.signs_in(url, SUBJECT, clock[-1].timestamp()) for url in (asked, asked_other))
    there.asked.clear()
    assert first.get(BACK, {**good, "state": swapped["state"]}).status_code == 401, "another session's state"
    assert first.get(BACK, good).status_code == 401, "and what was kept is gone"
    assert Client().get(BACK, swapped).status_code == 401, "a session that never asked"
    assert not there.asked, "the provider was not even asked"
    assert other.get(BACK, swapped).status_code == 302
    other.post("/sign-out")
    assert other.get(BACK, swapped).status_code == 401, "a second time"
    late, asked = begun()
    good = there.signs_in(asked, SUBJECT, clock[-1].timestamp())
    clock.append(clock[-1] + single_sign_on.WAITS + timedelta(seconds=1))
    assert late.get(BACK, good).status_code == 401, "too late"


@pytest.mark.parametrize(
    "said", [{"iss": "https://evil.example"}, {"iss": None}, {"code": ""}, {"code": "c" * 5000}, {"error": "denied"}]
)
def test_an_answer_of_another_issuer_or_without_a_code_is_refused_before_anything_is_asked(
    there: Provider, linked: Officer, clock: list[datetime], said: dict[str, Any]
) -> None:
    client, asked = begun()
    good = {**there.signs_in(asked, SUBJECT, clock[-1].timestamp()), **said}
    there.asked.clear()
    assert client.get(BACK, {name: value for name, value in good.items() if value is not None}).status_code == 401
    assert not [path for path in there.asked if path.endswith("/token")]


def test_a_code_that_was_used_or_is_another_session_s_gives_no_token(
    there: Provider, linked: Officer, clock: list[datetime]
) -> None:
    first, asked = begun()
    other, asked_other = begun()
    good, swapped = (there.signs_in(url, SUBJECT, clock[-1].timestamp()) for url in (asked, asked_other))
    mixed = {**good, "code": swapped["code"]}
    assert first.get(BACK, mixed).status_code in (401, 502), "its verifier is another"
    assert other.get(BACK, swapped).status_code in (401, 502), "and the code is spent"


@pytest.mark.parametrize("claims", [{"email": "jana@zone.example"}, {"preferred_username": "jana"}, {"upn": "jana"}])
def test_nobody_is_known_by_a_name_or_an_address_that_the_token_gives(
    there: Provider, jana: Officer, clock: list[datetime], claims: dict[str, str]
) -> None:
    for subject in ("jana", "jana@zone.example", jana.ref):
        answer = come_back(there, clock, subject, email_verified=True, **claims)[1]
        assert answer.status_code == 401 and not Identity.objects.exists()


@pytest.mark.parametrize("claim", ["email", "preferred_username", "upn"])
def test_a_claim_that_may_become_another_s_cannot_be_set(tmp_path: Path, claim: str) -> None:
    with pytest.raises(conf.WrongSetting, match="may become somebody else"):
        conf.load(tmp_path, {"PASSERELLE_OIDC_SUBJECT_CLAIM": claim})


def test_the_provider_s_secret_is_refused_in_the_file(tmp_path: Path) -> None:
    (tmp_path / conf.FILE_NAME).write_text('oidc_client_secret = "x"\n', encoding="utf-8")
    with pytest.raises(conf.WrongSetting, match="a secret of somebody else"):
        conf.load(tmp_path, {})
    (tmp_path / conf.FILE_NAME).unlink()
    assert conf.load(tmp_path, {"PASSERELLE_OIDC_CLIENT_SECRET": "x"})["oidc_client_secret"] == "x"


def test_unlinked_closed_and_forged_get_the_same_answer(
    there: Provider, linked: Officer, clock: list[datetime]
) -> None:
    said = [come_back(there, clock, "somebody else")[1]]
    there.tell(claims={"nonce": "x"})
    said.append(come_back(there, clock)[1])
    there.tell()
    seats.close_seat(officer=linked, now=clock[-1])
    said.append(come_back(there, clock)[1])
    answers = {(answer.status_code, without_what_is_random(answer.content.decode(), "no such word")) for answer in said}
    assert len(answers) == 1 and next(iter(answers))[0] == 401
    assert "code-" not in said[0].content.decode() and "state=" not in said[0].content.decode()


@pytest.mark.parametrize(
    "trouble",
    [
        {"status": 500}, {"raw": b"no json"}, {"raw": b"[]"}, {"raw": b'{"a":' * 50_000}, {"raw": b" " * 300_000},
        {"status": 302, "moves": "http://127.0.0.1:9/"}, {"metadata": {"issuer": "https://evil.example"}},
        {"metadata": {"token_endpoint": "http://evil.example/token"}}, {"metadata": {"jwks_uri": "file:///etc/hosts"}},
        {"metadata": {"authorization_endpoint": "javascript:alert(1)"}}, {"metadata": {"token_endpoint": None}},
    ],
)  # fmt: skip
def test_a_provider_that_answers_what_cannot_be_used_sends_nobody_anywhere(
    there: Provider, linked: Officer, clock: list[datetime], trouble: dict[str, Any]
) -> None:
    there.tell(**trouble)
    answer = Client(headers={"Accept-Language": "en"}).get("/sign-in/provider")
    assert answer.status_code == 502 and "does not answer as it should" in answer.content.decode()


def test_a_provider_that_is_gone_leaves_the_other_ways_in(
    there: Provider, linked: Officer, clock: list[datetime], settings: Any
) -> None:
    settings.OIDC_ISSUER = "http://127.0.0.1:9/realm"
    assert Client().get("/sign-in/provider").status_code == 502
    assert with_password()[1]["Location"] == "/law"


def test_keys_that_the_provider_turned_are_read_again_and_not_more_than_once_a_minute(
    there: Provider, linked: Officer, clock: list[datetime]
) -> None:
    assert come_back(there, clock)[1].status_code == 302
    turned = json.loads(RSAAlgorithm.to_jwk(OTHER_KEY.public_key()))
    there.tell(signed_with=OTHER_KEY, header={"kid": "two"}, published={**turned, "kid": "two"})
    there.asked.clear()
    assert come_back(there, clock)[1].status_code == 401 and come_back(there, clock)[1].status_code == 401
    assert not [path for path in there.asked if path.endswith("/keys")], "not within the minute"
    clock.append(clock[-1] + provider.ASKED_AGAIN_AFTER)
    assert come_back(there, clock)[1].status_code == 302


def test_our_second_factor_is_asked_too_unless_the_settings_let_the_provider_s_count(
    there: Provider, linked: Officer, clock: list[datetime], settings: Any
) -> None:
    secret, _ = added(with_password()[0], clock)
    client, answer = come_back(there, clock, amr=["pwd", "mfa"])
    assert answer["Location"] == "/sign-in/second" and client.get("/law").status_code == 302
    code = {"code": second_factor.code_at(secret, clock[-1])}
    assert client.post("/sign-in/second", code)["Location"] == "/law" and client.get("/law").status_code == 200
    settings.OIDC_SECOND_FACTOR = "acr:gold, amr:mfa"
    assert "acr_values=gold" in begun()[1]
    for claims, opens in (
        ({"amr": ["pwd", "mfa"]}, True), ({"acr": "gold"}, True), ({"amr": ["pwd"]}, False), ({"amr": "mfa"}, False),
        ({"acr": "mfa"}, False), ({"amr": ["gold"]}, False), ({}, False),
    ):  # fmt: skip
        client, answer = come_back(there, clock, **claims)
        assert (client.get("/law").status_code == 200) is opens, claims
        assert answer["Location"] == ("/law" if opens else "/sign-in/second")


def test_whoever_must_have_a_second_factor_and_got_it_at_the_provider_is_not_asked_to_add_one(
    there: Provider, linked: Officer, clock: list[datetime], settings: Any
) -> None:
    settings.SECOND_FACTOR = "all"
    assert come_back(there, clock)[0].get("/law")["Location"] == "/second-factor"
    settings.OIDC_SECOND_FACTOR = "amr:mfa"
    assert come_back(there, clock, amr=["mfa"])[0].get("/law").status_code == 200
    assert with_password()[0].get("/law")["Location"] == "/second-factor", "by password they are"


def test_whoever_has_no_password_adds_a_factor_just_after_the_provider_let_them_in(
    there: Provider, linked: Officer, clock: list[datetime]
) -> None:
    linked.set_unusable_password()
    linked.save()
    client, _ = come_back(there, clock)
    clock.append(clock[-1] + second_factor.PENDING + timedelta(seconds=1))
    page = client.get("/second-factor/app").content.decode()
    secret = page.split("<code>")[1].split("</code>")[0].replace(" ", "")
    sent = {"code": second_factor.code_at(secret, clock[-1]), "password": ""}
    assert client.post("/second-factor/app", sent).status_code == 409, "too long ago"
    client, _ = come_back(there, clock)
    page = client.get("/second-factor/app").content.decode()
    secret = page.split("<code>")[1].split("</code>")[0].replace(" ", "")
    sent = {"code": second_factor.code_at(secret, clock[-1]), "password": ""}
    assert client.post("/second-factor/app", sent).status_code == 200


def test_a_link_is_one_to_one_has_a_line_and_a_notice_and_its_end_ends_the_sessions_it_opened(
    there: Provider, linked: Officer, exchange: dict[str, Any], clock: list[datetime]
) -> None:
    other = makers.seat(exchange["noord"], "officer")
    by = makers.officer(exchange["noord"], "administrator")
    for officer, subject in ((other, SUBJECT), (linked, "another")):
        with pytest.raises(single_sign_on.LinkedAlready):
            single_sign_on.link(officer=officer, issuer=there.issuer, subject=subject, by=by, now=NOW)
    for subject in ("", "s" * 256):
        with pytest.raises(single_sign_on.NoIdentity):
            single_sign_on.link(officer=other, issuer=there.issuer, subject=subject, by=by, now=NOW)
    opened, by_password = come_back(there, clock)[0], with_password()[0]
    single_sign_on.unlink(officer=linked, issuer=there.issuer, by=by, now=clock[-1])
    assert opened.get("/law")["Location"].startswith("/sign-in") and by_password.get("/law").status_code == 200
    assert come_back(there, clock)[1].status_code == 401
    with pytest.raises(single_sign_on.NoIdentity):
        single_sign_on.unlink(officer=linked, issuer=there.issuer, by=by, now=clock[-1])
    lines = [line for line in ledger_lines.entries() if "IdentityChanged" in line]
    assert ['"act":"linked"' in line for line in lines] == [True, False] and by.ref in lines[1]
    assert SUBJECT not in "".join(lines) and there.issuer not in "".join(lines)
    heard = [str(notice.says) for notice in Notice.objects.filter(officer=linked, kind="factor").order_by("id")]
    assert "operator of this installation" in heard[0] and by.name in heard[1]


def test_a_machine_s_seat_and_a_closed_one_are_linked_to_nobody(
    there: Provider, linked: Officer, exchange: dict[str, Any], clock: list[datetime]
) -> None:
    machine = accounts.open_account(
        username="machine", name="A machine", service=exchange["noord"], role="desk", scopes=["list"],
        public=bytes(range(32)), language="nl", now=NOW,
    )[0].officer
    closed = makers.officer(exchange["noord"], "officer")
    seats.close_seat(officer=closed, now=NOW)
    for officer in (machine, closed):
        with pytest.raises(single_sign_on.NoIdentity, match="no seat that a person"):
            single_sign_on.link(officer=officer, issuer=there.issuer, subject="x", by=None, now=NOW)


def test_refusals_are_counted_by_address_and_lock_nobody_else_out(
    there: Provider, linked: Officer, clock: list[datetime]
) -> None:
    client = Client(REMOTE_ADDR="10.0.0.9")
    for _ in range(sign_in.ADDRESS_TRIES_MAX):
        assert client.get(BACK, {"state": "x", "code": "y"}).status_code == 401
    assert client.get(BACK).status_code == client.get("/sign-in/provider").status_code == 429
    assert come_back(there, clock)[1].status_code == 302
    assert not Attempt.objects.filter(kind="account").exists()


def test_neither_log_nor_session_keeps_a_token_or_the_secret(
    there: Provider, linked: Officer, clock: list[datetime], caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    there.tell(claims={"nonce": "x"})
    client, _ = come_back(there, clock)
    assert "another nonce" in caplog.text and SUBJECT not in caplog.text and SECRET not in caplog.text
    there.tell()
    client, _ = come_back(there, clock)
    kept = str(dict(client.session.items()))
    assert "verifier" not in kept and "eyJ" not in kept and SUBJECT not in kept


@pytest.mark.parametrize(
    ("name", "value"),
    [("OIDC_ISSUER", ""), ("OIDC_CLIENT_ID", ""), ("ADDRESS", ""), ("OIDC_ISSUER", "http://sso.example")],
)
def test_without_an_issuer_by_https_a_name_there_and_an_address_here_there_is_no_single_sign_on(
    there: Provider, jana: Officer, settings: Any, name: str, value: str
) -> None:
    asked = "/sign-in/provider"
    assert asked in html.unescape(Client().get("/sign-in").content.decode())
    setattr(settings, name, value)
    assert asked not in Client().get("/sign-in").content.decode()
    assert Client().get(asked).status_code == Client().get(BACK).status_code == 404
    said = {message.id for message in checks.run_checks()}
    assert ("passerelle.E006" in said) is bool(settings.OIDC_ISSUER)
