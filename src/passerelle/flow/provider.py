"""What the provider of single sign-on says, and whether it is to be believed (OpenID Connect Core 1.0, 3.1.3.7).

Its metadata, its keys and the token it gives for a code. It is asked over HTTPS, for seconds at most and for so many
bytes at most, and sends nobody elsewhere: a redirect is a refusal. A token counts by its signature (of the asymmetric
kinds below, by a key of that kind that the provider published), its issuer, audience, times and nonce.
"""

from __future__ import annotations

import base64
import json
import logging
import socket
import ssl
import threading
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from http import HTTPStatus
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from typing import Any
from urllib.parse import quote, urlencode, urlsplit

import jwt
from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePublicKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from django.conf import settings
from django.utils.crypto import constant_time_compare

from passerelle.errors import Refused
from passerelle.words import sentence

ALGORITHMS = {"RS256": "RSA", "PS256": "RSA", "ES256": "EC"}
"""The signatures that count, each with the kind of key it needs: never `none`, never one made with a shared secret."""

RSA_BITS_MIN = 2048
ANSWER_SECONDS_MAX = 2.5
ASKED_AT_ONCE = 2
WAITS_SECONDS = 0.5
"""So long one answer may take in all, and so many pages may be asking at once: at the change of a shift the next ones
wait half a second for their turn, and then go on without."""

SILENT_TIMES = 3
LEFT_ALONE_SECONDS = 30.0
"""After so many silences in a row it is not asked for so long; then one asks again."""

ANSWER_BYTES_MAX = 200_000
TOKEN_CHARACTERS_MAX = 20_000
KEPT = timedelta(hours=1)
ASKED_AGAIN_AFTER = timedelta(minutes=1)
"""Metadata and keys are kept so long; an unknown key is looked for no more often than this."""

CLOCKS_DIFFER = timedelta(minutes=1)
TOKEN_IS_FRESH = timedelta(minutes=10)
LOOPBACK = ("localhost", "127.0.0.1")
NEEDED = ("iss", "sub", "aud", "exp", "iat", "nonce")

log = logging.getLogger("passerelle.single_sign_on")


class ProviderSilent(Refused):
    """The provider does not answer, or answers what cannot be used."""

    code = "single_sign_on.silent"


class NotAccepted(Refused):
    """A token that is wrong in any way, somebody who is linked to no officer, a closed seat: the same answer."""

    code = "single_sign_on.not_accepted"


@dataclass(frozen=True, slots=True)
class Provider:
    """Whom the settings name: issuer, our name there, the secret, the claim that says who, and what counts as two."""

    issuer: str
    client_id: str
    secret: str
    claim: str
    second: frozenset[str]
    """As `acr:value` and `amr:value`."""


@dataclass
class _Kept:
    metadata: dict[str, Any] = field(default_factory=dict)
    keys: list[dict[str, Any]] = field(default_factory=list)
    read_at: datetime | None = None
    keys_at: datetime | None = None


_kept: dict[str, _Kept] = {}
"""What was read, by issuer: in this process, and only until it is too old."""


def configured() -> Provider | None:
    """The provider of this installation, if it has one and an address of its own to come back to."""
    if not (settings.OIDC_ISSUER and settings.OIDC_CLIENT_ID and settings.ADDRESS and is_trusted(settings.OIDC_ISSUER)):
        return None
    second = frozenset(word.strip() for word in settings.OIDC_SECOND_FACTOR.split(",") if word.strip())
    return Provider(
        settings.OIDC_ISSUER, settings.OIDC_CLIENT_ID, settings.OIDC_CLIENT_SECRET, settings.OIDC_SUBJECT_CLAIM, second
    )


def is_trusted(url: str) -> bool:
    """HTTPS; without it only this machine itself, and only where the issuer is on it too."""
    try:
        parts, issuer = urlsplit(url), urlsplit(settings.OIDC_ISSUER)
        host, _ = parts.hostname, parts.port
    except ValueError:
        return False
    if not host or parts.username is not None or parts.fragment:
        return False
    here = parts.scheme == issuer.scheme == "http" and host in LOOPBACK and issuer.hostname in LOOPBACK
    return parts.scheme == "https" or here


def forget() -> None:
    """What was read of any provider: it is read again."""
    _kept.clear()
    _rests.clear()


def metadata(provider: Provider, now: datetime) -> dict[str, Any]:
    """What the provider publishes about itself (OpenID Connect Discovery 1.0). Raises ProviderSilent."""
    kept = _kept.setdefault(provider.issuer, _Kept())
    if kept.read_at is None or not timedelta(0) <= now - kept.read_at < KEPT:
        said = asked(f"{provider.issuer.rstrip('/')}/.well-known/openid-configuration")
        if said.get("issuer") != provider.issuer:
            raise silent("its metadata name another issuer")
        for name in ("authorization_endpoint", "token_endpoint", "jwks_uri"):
            if not isinstance(said.get(name), str) or not is_trusted(said[name]):
                raise silent(f"its metadata have no {name} that can be used")
        kept.metadata, kept.read_at, kept.keys_at = said, now, None
    return kept.metadata


def token_for(provider: Provider, code: str, verifier: str, back: str, now: datetime) -> str:
    """The identity token for a code that came back. Raises ProviderSilent, NotAccepted."""
    said = metadata(provider, now)
    sent = {"grant_type": "authorization_code", "code": code, "redirect_uri": back, "code_verifier": verifier}
    headers = {}
    methods = said.get("token_endpoint_auth_methods_supported") or ["client_secret_basic"]
    if provider.secret and "client_secret_basic" in methods:  # RFC 6749, 2.3.1: each half is form-encoded first
        both = f"{quote(provider.client_id, safe='')}:{quote(provider.secret, safe='')}"
        headers["Authorization"] = "Basic " + base64.b64encode(both.encode()).decode()
    else:
        sent["client_id"] = provider.client_id
        if provider.secret:
            sent["client_secret"] = provider.secret
    token = asked(said["token_endpoint"], sent=sent, headers=headers).get("id_token")
    if not isinstance(token, str) or len(token) > TOKEN_CHARACTERS_MAX:
        raise not_accepted("no identity token came for the code")
    return token


def believed(provider: Provider, token: str, nonce: str, now: datetime) -> dict[str, Any]:
    """What a token says, once all of it is right. Raises NotAccepted, ProviderSilent."""
    try:
        header = jwt.get_unverified_header(token)
    except jwt.PyJWTError:
        raise not_accepted("the token cannot be read") from None
    algorithm = header.get("alg")
    if not isinstance(algorithm, str) or algorithm not in ALGORITHMS:
        raise not_accepted("the token is signed in a way that does not count")
    if header.get("crit") is not None or str(header.get("typ", "JWT")).upper() != "JWT":
        raise not_accepted("the token is of another kind")
    key = _key(provider, header.get("kid"), algorithm, now)
    try:
        said: dict[str, Any] = jwt.decode(
            token, key, algorithms=[algorithm], audience=provider.client_id, issuer=provider.issuer,
            options={"require": list(NEEDED), "verify_exp": False, "verify_iat": False, "verify_nbf": False},
        )  # fmt: skip (its times are looked at below, by the clock that is told)
    except jwt.PyJWTError as error:
        raise not_accepted(type(error).__name__) from None
    if fault := _fault(provider, said, nonce, now):
        raise not_accepted(fault)
    return said


def two_factors(provider: Provider, said: Mapping[str, Any]) -> bool:
    """Whether the provider says it asked for what the settings let count as a second factor."""
    methods = said.get("amr")
    told = {f"acr:{said.get('acr')}"}
    told |= {f"amr:{method}" for method in methods} if isinstance(methods, list) else set()
    return bool(provider.second & told)


def not_accepted(why: str) -> NotAccepted:
    """The one refusal; why stands in the log alone, without anything of the token."""
    log.warning("single sign-on was not accepted: %s", why)
    return NotAccepted(
        sentence("This sign-in was not accepted."),
        way_out=sentence("Try again, or ask the administrator of your service whether you are linked to your account."),
    )


def silent(why: str) -> ProviderSilent:
    """The provider cannot be used now."""
    log.warning("the provider of single sign-on cannot be used: %s", why)
    return ProviderSilent(
        sentence("The place where you sign in for all does not answer as it should."),
        way_out=sentence("Try again in a moment, or sign in here with your password."),
    )


def _fault(provider: Provider, said: dict[str, Any], nonce: str, now: datetime) -> str:
    """What is wrong in a token that was signed rightly; empty: nothing."""
    times = {name: said.get(name) for name in ("exp", "iat", "nbf") if name in said}
    if not all(isinstance(at, (int, float)) and not isinstance(at, bool) for at in times.values()):
        return "its times are no numbers"
    at, slack = now.timestamp(), CLOCKS_DIFFER.total_seconds()
    if at >= said["exp"] + slack:
        return "it has expired"
    if said["iat"] > at + slack or said.get("nbf", at) > at + slack:
        return "it is from the time to come"
    if said["iat"] < at - slack - TOKEN_IS_FRESH.total_seconds():
        return "it was given long ago"
    if not isinstance(said["nonce"], str) or not constant_time_compare(said["nonce"], nonce):
        return "another nonce"
    audiences = said["aud"] if isinstance(said["aud"], list) else [said["aud"]]
    if said.get("azp", provider.client_id) != provider.client_id or (len(audiences) > 1 and "azp" not in said):
        return "given to another party"
    return ""


def _key(provider: Provider, number: Any, algorithm: str, now: datetime) -> Any:
    """The provider's public key of this number and of the kind that the algorithm needs. Raises NotAccepted."""
    kept = _kept.setdefault(provider.issuer, _Kept())
    url = metadata(provider, now)["jwks_uri"]
    for _ in range(2):
        fresh = kept.keys_at is not None and timedelta(0) <= now - kept.keys_at < KEPT
        fitting = [key for key in kept.keys if _suits(key, number, algorithm)] if fresh else []
        if len(fitting) == 1:
            return _public(fitting[0], algorithm)
        if fresh and kept.keys_at is not None and now - kept.keys_at < ASKED_AGAIN_AFTER:
            break
        keys = asked(url).get("keys")
        kept.keys = [key for key in keys if isinstance(key, dict)] if isinstance(keys, list) else []
        kept.keys_at = now
    raise not_accepted("no published key fits the token")


def _suits(key: dict[str, Any], number: Any, algorithm: str) -> bool:
    return (
        key.get("kty") == ALGORITHMS[algorithm]
        and (number is None or key.get("kid") == number)
        and key.get("use", "sig") == "sig"
        and key.get("alg", algorithm) == algorithm
    )


def _public(key: dict[str, Any], algorithm: str) -> Any:
    try:
        public = jwt.PyJWK(key, algorithm=algorithm).key
    except (jwt.PyJWTError, ValueError, TypeError, KeyError):
        raise not_accepted("the published key cannot be read") from None
    long_enough = isinstance(public, RSAPublicKey) and public.key_size >= RSA_BITS_MIN
    if not long_enough and not isinstance(public, EllipticCurvePublicKey):
        raise not_accepted("the published key is no public key, or too short")
    return public


def asked(
    url: str, *, sent: Mapping[str, str] | None = None, headers: Mapping[str, str] | None = None,
    seconds: float = ANSWER_SECONDS_MAX,
) -> dict[str, Any]:  # fmt: skip
    """One request, one JSON object, within so many seconds in all: finding the host by its name and agreeing on a key
    count too. Raises ProviderSilent: without asking, where so many wait for it already, or at once where it was silent
    several times just now."""
    if not is_trusted(url):
        raise silent("an address without HTTPS")
    rest = _rests.setdefault(urlsplit(url).netloc, _Rest())
    if time.monotonic() < rest.until:
        raise silent("it was silent just now, and is left alone for a while")
    if not _asking.acquire(timeout=WAITS_SECONDS):
        raise silent("too many wait for it already")
    try:
        status, content = _in_time(url, sent, headers or {}, seconds)
    except (OSError, HTTPException, ValueError) as error:
        rest.failed()
        raise silent(type(error).__name__) from None
    rest.heard(status)
    try:
        said = json.loads(content) if status == HTTPStatus.OK else None
    except (ValueError, RecursionError) as error:
        raise silent(type(error).__name__) from None
    if not isinstance(said, dict):
        raise silent("an answer that is no JSON object, or no answer of 200")
    return said


@dataclass
class _Rest:
    """How often it was silent in a row, and until when (by the clock that only goes on) it is left alone. An answer
    that refuses is an answer: whoever brings wrong codes shuts nobody out."""

    failures: int = 0
    until: float = 0.0

    def failed(self) -> None:
        self.failures += 1
        if self.failures >= SILENT_TIMES:
            self.until = time.monotonic() + LEFT_ALONE_SECONDS

    def heard(self, status: int) -> None:
        if status >= HTTPStatus.INTERNAL_SERVER_ERROR:
            self.failed()
        else:
            self.failures, self.until = 0, 0.0


_rests: dict[str, _Rest] = {}
_asking = threading.BoundedSemaphore(ASKED_AT_ONCE)


def _in_time(
    url: str, sent: Mapping[str, str] | None, headers: Mapping[str, str], seconds: float
) -> tuple[int, bytes]:
    """Status and bytes of one answer, asked for by a thread of its own, since nothing cuts off the lookup of a name.
    One that is still at it keeps its place among those that ask at once, so that no more of them pile up."""
    got: list[tuple[int, bytes] | Exception] = []
    came = threading.Event()

    def ask() -> None:
        try:
            got.append(_exchange(url, sent, headers, seconds))
        except Exception as error:  # noqa: BLE001 (told to whoever waits, below: in a thread it would be lost)
            got.append(error)
        finally:
            _asking.release()
            came.set()

    try:
        threading.Thread(target=ask, daemon=True).start()
    except RuntimeError:
        _asking.release()
        raise TimeoutError from None
    if not came.wait(seconds):
        raise TimeoutError
    said = got[0]
    if isinstance(said, Exception):
        raise said
    return said


def _exchange(
    url: str, sent: Mapping[str, str] | None, headers: Mapping[str, str], seconds: float
) -> tuple[int, bytes]:
    """Status and bytes of one answer. However slowly it drips, it is cut off when its seconds are over."""
    parts = urlsplit(url)
    path = f"{parts.path or '/'}{'?' + parts.query if parts.query else ''}"
    connection = _connection(parts.scheme, str(parts.hostname), parts.port, seconds)
    done = threading.Event()
    threading.Thread(target=_cut_off, args=[connection, done, seconds], daemon=True).start()
    until = time.monotonic() + seconds
    try:
        wants = {"Accept": "application/json", **headers}
        if sent is None:
            connection.request("GET", path, headers=wants)
        else:
            wants["Content-Type"] = "application/x-www-form-urlencoded"
            connection.request("POST", path, body=urlencode(sent), headers=wants)
        answer, content = connection.getresponse(), b""
        while chunk := answer.read1(65_536):
            content += chunk
            if len(content) > ANSWER_BYTES_MAX:
                raise ValueError("an answer without end")
        if time.monotonic() > until:
            raise TimeoutError
        return answer.status, content
    finally:
        done.set()
        connection.close()


def _cut_off(connection: HTTPConnection, done: threading.Event, seconds: float) -> None:
    """Once its seconds are over, whatever is being read ends; again until it does, for it may only be connecting."""
    over = done.wait(seconds)
    while not over:
        found = connection.sock
        if found is not None:
            with suppress(OSError):
                found.shutdown(socket.SHUT_RDWR)
        over = done.wait(0.1)


class _Secure(HTTPSConnection):
    """HTTPS of which the handshake can be cut off too: the socket is known before it begins."""

    def __init__(self, host: str, port: int | None, seconds: float, context: ssl.SSLContext) -> None:
        super().__init__(host, port, timeout=seconds, context=context)
        self.context = context

    def connect(self) -> None:
        """The connection, then the handshake on a socket that whoever cuts off can find."""
        HTTPConnection.connect(self)
        secure = self.context.wrap_socket(self.sock, server_hostname=self.host, do_handshake_on_connect=False)
        self.sock = secure
        secure.do_handshake()


def _connection(scheme: str, host: str, port: int | None, seconds: float) -> HTTPConnection:
    if scheme == "https":
        return _Secure(host, port, seconds, ssl.create_default_context())
    return HTTPConnection(host, port, timeout=seconds)
