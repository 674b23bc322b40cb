"""Passkeys: what the browser is asked, and whether what it answers is right (W3C Web Authentication, level 3).

An answer holds only for the challenge that this session was given, once, for some minutes, at this installation's own
address. Whatever is wrong with it, the answer is one and the same. Nobody types a name to sign in with a passkey: the
browser shows which ones it has, so no list of anybody's passkeys is ever given to a stranger, real or made up.
"""

from __future__ import annotations

import hashlib
import json
import re
import secrets  # bent: a challenge is never seeded
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal
from urllib.parse import urlsplit

from django.conf import settings
from fido2.server import Fido2Server
from fido2.utils import websafe_decode, websafe_encode
from fido2.webauthn import (
    AttestedCredentialData,
    AuthenticationResponse,
    PublicKeyCredentialRpEntity,
    PublicKeyCredentialUserEntity,
    RegistrationResponse,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from passerelle.errors import Refused
from passerelle.flow import duties
from passerelle.flow.ledger_lines import journal
from passerelle.records.models import Factor, Officer
from passerelle.words import sentence

WAITS = timedelta(minutes=5)
"""So long an answer to a challenge is waited for."""

CHALLENGE_BYTES = 32
HANDLE_BYTES = 32
ANSWER_CHARACTERS_MAX = 20_000
ALGORITHMS = (-8, -7, -257)
"""EdDSA, ES256 and RS256 (the IANA registry of COSE algorithms): what every browser's authenticators can do."""

PASSKEYS_MAX = 10
ORIGIN = re.compile(r"https://(?=[a-z0-9.-]*[a-z])[a-z0-9.-]+(:\d+)?|http://localhost(:\d+)?")
"""An address that browsers bind a passkey to: a host of its own under HTTPS, or this machine by its name."""

Purpose = Literal["add", "show", "sign-in"]


class WrongPasskey(Refused):
    """Another challenge, address, key or signature, one that has passed, an unknown passkey: the same answer."""

    code = "second_factor.wrong_passkey"


@dataclass(frozen=True, slots=True)
class Shown:
    """What the browser answered, and the challenge that its session was given for it (None: none, or another's)."""

    answer: str
    challenge: dict[str, Any] | None


@dataclass(frozen=True, slots=True)
class New:
    """A passkey that a browser made: its credential as bytes, its number, and its counter."""

    credential: bytes
    number: bytes
    counter: int


def offered() -> bool:
    """Whether this installation has an address that passkeys can be bound to."""
    return bool(ORIGIN.fullmatch(settings.ADDRESS))


def wrong_passkey() -> WrongPasskey:
    """The one refusal for whatever does not fit."""
    return WrongPasskey(
        sentence("This passkey does not fit."),
        way_out=sentence("Try again, or use another of your second factors."),
    )


def challenge(purpose: Purpose, officer: Officer | None, now: datetime) -> dict[str, Any]:
    """A fresh challenge, to be kept in the session: it counts for this purpose and this officer only, and once."""
    return {
        "purpose": purpose, "officer": officer.pk if officer is not None else None,
        "challenge": websafe_encode(secrets.token_bytes(CHALLENGE_BYTES)), "until": (now + WAITS).timestamp(),
    }


def asks_for_new(officer: Officer, given: dict[str, Any]) -> str:
    """What `navigator.credentials.create` is asked, as JSON. The handle says nothing about the officer."""
    held = _held(officer)
    handle = _handle(held)
    given["handle"] = handle
    options, _ = _server().register_begin(
        PublicKeyCredentialUserEntity(id=websafe_decode(handle), name=officer.username, display_name=officer.name),
        [_credential(factor) for factor in held],
        resident_key_requirement=ResidentKeyRequirement.PREFERRED,
        user_verification=UserVerificationRequirement.PREFERRED,
        challenge=websafe_decode(given["challenge"]),
    )
    return json.dumps(dict(options)["publicKey"])


def asks_to_show(given: dict[str, Any], officer: Officer | None) -> str:
    """What `navigator.credentials.get` is asked, as JSON: one of this officer's; without an officer, any it has."""
    held = [_credential(factor) for factor in _held(officer)] if officer is not None else None
    options, _ = _server().authenticate_begin(
        held, user_verification=_verification(given), challenge=websafe_decode(given["challenge"])
    )
    return json.dumps(dict(options)["publicKey"])


def made(shown: Shown, officer: Officer, now: datetime) -> tuple[New, str]:
    """The passkey that the browser made for this officer, and the handle it made it under. Raises WrongPasskey."""
    given = _standing(shown, "add", officer.pk, now)
    try:
        answer = RegistrationResponse.from_dict(json.loads(shown.answer))
        _of_this_page(answer.response.client_data)
        data = _server().register_complete(_state(given), answer)
        credential = data.credential_data
        right = credential is not None and credential.public_key[3] in ALGORITHMS
    except Exception:  # noqa: BLE001 (whatever a forged answer breaks in the library: the answer is no)
        raise wrong_passkey() from None
    if not right:
        raise wrong_passkey()
    assert credential is not None, "said by `right`"
    return New(bytes(credential), credential.credential_id, data.counter), str(given["handle"])


def fits(*, officer: Officer, shown: Shown, now: datetime) -> bool:
    """Whether one of this officer's passkeys answered. Being there is enough: the password was given before."""
    try:
        given = _standing(shown, "show", officer.pk, now)
    except WrongPasskey:
        return False
    return _answered(shown, given, Factor.objects.filter(officer=officer, kind="passkey"), now) is not None


def who_signs_in(*, shown: Shown, now: datetime) -> Officer | None:
    """The officer whose passkey answered, if the authenticator also verified who holds it (two factors at once)."""
    try:
        given = _standing(shown, "sign-in", None, now)
    except WrongPasskey:
        return None
    factor = _answered(shown, given, Factor.objects.filter(kind="passkey", officer__is_active=True), now)
    return factor.officer if factor is not None else None


def digest(number: bytes) -> str:
    """By what a passkey is found: its number is 128 bits of chance or more, so a plain hash tells nothing."""
    return hashlib.sha256(number).hexdigest()


def to_secret(new: New, handle: str) -> str:
    """What is kept of a passkey, to be sealed: its public credential, and the handle it was made under."""
    return json.dumps({"credential": websafe_encode(new.credential), "handle": handle})


def _answered(shown: Shown, given: dict[str, Any], among: Any, now: datetime) -> Factor | None:
    """The passkey that answered rightly; its counter is moved on by this, for one of two who show one answer."""
    try:
        answer = AuthenticationResponse.from_dict(json.loads(shown.answer))
        _of_this_page(answer.response.client_data)
        factor = among.select_related("officer__service").filter(digest=digest(answer.raw_id)).first()
        known = [_credential(factor)] if factor is not None else []
        _server().authenticate_complete(_state(given), known, answer)
        handle, counter = answer.response.user_handle, answer.response.authenticator_data.counter
    except Exception:  # noqa: BLE001 (whatever a forged answer breaks in the library: the answer is no)
        return None
    assert factor is not None, "the library refuses what is not among the known ones"
    needed = given["officer"] is None  # nobody said a name: the authenticator must say whose it is
    if (handle or needed) and handle != websafe_decode(_kept(factor)["handle"]):
        return None
    if counter == factor.last_step == 0:  # an authenticator that does not count
        Factor.objects.filter(pk=factor.pk).update(used_at=now)
        return factor
    if Factor.objects.filter(pk=factor.pk, last_step__lt=counter).update(last_step=counter, used_at=now) == 1:
        return factor
    _doubt(factor, now)
    return None


def _doubt(factor: Factor, now: datetime) -> None:
    """A counter that stands still or goes back: somebody may hold a copy. The officer hears it (level 3, 6.1.1)."""
    with journal(now) as lines:
        says = sentence(
            "Your passkey “{name}” gave an old count: somebody may hold a copy of it. Remove it if you did not "
            "just use it twice.", name=factor.name,
        )  # fmt: skip
        duties.tell(lines, factor.officer.service, "factor", says, officer=factor.officer)


def _standing(shown: Shown, purpose: Purpose, officer: int | None, now: datetime) -> dict[str, Any]:
    given = shown.challenge
    if (
        not offered() or given is None or given.get("purpose") != purpose or given.get("officer") != officer
        or now.timestamp() > given["until"] or len(shown.answer) > ANSWER_CHARACTERS_MAX
    ):  # fmt: skip
        raise wrong_passkey()
    return given


def _of_this_page(said: Any) -> None:
    if said.cross_origin or "topOrigin" in json.loads(bytes(said)):
        raise wrong_passkey()  # asked inside a frame of somebody else's


def _state(given: dict[str, Any]) -> dict[str, Any]:
    return {"challenge": given["challenge"], "user_verification": _verification(given)}


def _verification(given: dict[str, Any]) -> UserVerificationRequirement:
    alone = given["purpose"] == "sign-in"
    return UserVerificationRequirement.REQUIRED if alone else UserVerificationRequirement.PREFERRED


def _server() -> Fido2Server:
    host = urlsplit(settings.ADDRESS).hostname
    server = Fido2Server(
        PublicKeyCredentialRpEntity(id=host, name="Passerelle"), verify_origin=lambda origin: origin == settings.ADDRESS
    )
    server.allowed_algorithms = [said for said in server.allowed_algorithms if said.alg in ALGORITHMS]
    return server


def _held(officer: Officer) -> Sequence[Factor]:
    return list(officer.factors.filter(kind="passkey"))


def _kept(factor: Factor) -> dict[str, str]:
    kept: dict[str, str] = json.loads(factor.secret)
    return kept


def _credential(factor: Factor) -> AttestedCredentialData:
    return AttestedCredentialData(websafe_decode(_kept(factor)["credential"]))


def _handle(held: Sequence[Factor]) -> str:
    """One officer, one handle: an authenticator that holds two passkeys for it shows one account."""
    return _kept(held[0])["handle"] if held else websafe_encode(secrets.token_bytes(HANDLE_BYTES))
