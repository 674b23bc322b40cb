"""Single sign-on by OpenID Connect: going to the provider, coming back, and who of theirs is which officer of ours.

Who an officer is, their service and their role stand here and nowhere else. The provider says only that somebody is the
subject of its token; an administrator has said before which officer that is. An e-mail address says nothing.
"""

from __future__ import annotations

import base64
import hashlib
import secrets  # bent: a nonce is never seeded
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode, urlsplit

from django.utils.crypto import constant_time_compare

from passerelle.errors import Refused
from passerelle.flow import duties, provider
from passerelle.flow.ledger_lines import journal
from passerelle.ledger import canonical
from passerelle.ledger.events import IdentityChanged
from passerelle.records.models import Account, Identity, Officer
from passerelle.words import sentence

WAITS = timedelta(minutes=10)
"""So long the provider may take to send somebody back."""

CHANCE_BYTES = 32
SUBJECT_CHARACTERS_MAX = 255
ISSUER_CHARACTERS_MAX = 300
CODE_CHARACTERS_MAX = 4096


class LinkedAlready(Refused):
    """One subject is one officer, and one officer is one subject."""

    code = "single_sign_on.linked_already"


class NoIdentity(Refused):
    """A subject or an issuer that is none, or a seat that cannot have one."""

    code = "single_sign_on.no_identity"


@dataclass(frozen=True, slots=True)
class Entered:
    """Who came back, by which link, and whether the provider asked for what counts as a second factor."""

    officer: Officer
    identity: Identity
    second: bool
    going_to: str


def begin(*, back: str, going_to: str, now: datetime) -> tuple[str, dict[str, Any]]:
    """Where to send the browser, and what its session keeps meanwhile: each value of chance counts once.

    Authorization code with PKCE (RFC 7636), state and nonce. `back` is our own address. Raises provider.ProviderSilent.
    """
    ours = provider.configured()
    assert ours is not None, "asked only where there is a provider"
    endpoint = str(provider.metadata(ours, now)["authorization_endpoint"])
    state, nonce, verifier = (secrets.token_urlsafe(CHANCE_BYTES) for _ in range(3))
    digest = hashlib.sha256(verifier.encode()).digest()
    sent = {
        "response_type": "code", "client_id": ours.client_id, "redirect_uri": back, "scope": "openid", "state": state,
        "nonce": nonce, "code_challenge": base64.urlsafe_b64encode(digest).decode().rstrip("="),
        "code_challenge_method": "S256",
    }  # fmt: skip
    if asked := sorted(word.removeprefix("acr:") for word in ours.second if word.startswith("acr:")):
        sent["acr_values"] = " ".join(asked)
    kept = {
        "state": state, "nonce": nonce, "verifier": verifier, "issuer": ours.issuer, "next": going_to,
        "until": (now + WAITS).timestamp(),
    }  # fmt: skip
    return f"{endpoint}{'&' if urlsplit(endpoint).query else '?'}{urlencode(sent)}", kept


def finish(*, said: Mapping[str, str], kept: dict[str, Any] | None, back: str, now: datetime) -> Entered:
    """Somebody came back with what the provider said. Raises provider.NotAccepted, provider.ProviderSilent.

    Nothing is asked of the provider before the state is right and the answer is known to be its own (RFC 9207).
    """
    ours = provider.configured()
    if ours is None or kept is None or kept["issuer"] != ours.issuer or now.timestamp() > kept["until"]:
        raise provider.not_accepted("nobody was waited for")
    if not constant_time_compare(said.get("state", ""), kept["state"]):
        raise provider.not_accepted("another state")
    tells = provider.metadata(ours, now).get("authorization_response_iss_parameter_supported") is True
    if said.get("iss", "" if tells else ours.issuer) != ours.issuer:
        raise provider.not_accepted("the answer is of another issuer")
    code = said.get("code", "")
    if said.get("error") or not code or len(code) > CODE_CHARACTERS_MAX:
        raise provider.not_accepted("the provider gave no code")
    token = provider.token_for(ours, code, kept["verifier"], back, now)
    claims = provider.believed(ours, token, kept["nonce"], now)
    subject = claims.get(ours.claim)
    if not isinstance(subject, str) or not subject:
        raise provider.not_accepted("the token does not say who")
    found = Identity.objects.select_related("officer__service").filter(issuer=ours.issuer, subject=subject).first()
    if found is None or not found.officer.is_active or found.officer.service_id is None:
        raise provider.not_accepted("linked to nobody who has a seat")
    Identity.objects.filter(pk=found.pk).update(used_at=now)
    return Entered(found.officer, found, provider.two_factors(ours, claims), str(kept["next"]))


def stands(ref: str) -> bool:
    """Whether a link by which somebody signed in is still there."""
    return Identity.objects.filter(ref=ref).exists()


def link(*, officer: Officer, issuer: str, subject: str, by: Officer | None, now: datetime) -> Identity:
    """From now on this subject of this issuer is this officer. `by`: an administrator; None: the command line.

    Raises LinkedAlready, NoIdentity.
    """
    if not 0 < len(subject) <= SUBJECT_CHARACTERS_MAX or not 0 < len(issuer) <= ISSUER_CHARACTERS_MAX:
        raise NoIdentity(sentence("An identity is an issuer and a subject, neither of them empty."))
    with journal(now) as lines:
        officer = Officer.objects.select_for_update().get(pk=officer.pk)
        if not officer.is_active or Account.objects.filter(officer=officer).exists():
            raise NoIdentity(sentence("{name} has no seat that a person signs in to.", name=officer.name))
        if Identity.objects.filter(issuer=issuer, subject=subject).exists():
            raise LinkedAlready(
                sentence("This identity is linked to an officer already."),
                way_out=sentence("Unlink that officer first."),
            )
        if Identity.objects.filter(issuer=issuer, officer=officer).exists():
            raise LinkedAlready(
                sentence("{name} is linked to an identity of this issuer already.", name=officer.name),
                way_out=sentence("Unlink it first."),
            )
        row = Identity.objects.create(
            officer=officer, issuer=issuer, subject=subject, linked_by=by, linked_at=lines.now
        )
        lines.write(
            IdentityChanged(
                identity=row.ref, officer=officer.ref, act="linked", by=by.ref if by is not None else "",
                commitment=canonical.commitment(bytes(row.salt), {"issuer": issuer, "subject": subject}),
            )
        )
        whose = by.name if by is not None else sentence("the operator of this installation")
        says = sentence(
            "You were linked to an account of {issuer} by {name}: it signs you in.", issuer=issuer, name=whose
        )
        duties.tell(lines, officer.service, "factor", says, officer=officer)
    return row


def unlink(*, officer: Officer, issuer: str, by: Officer | None, now: datetime) -> None:
    """That account signs them in no more; sessions that it opened are over. Raises NoIdentity."""
    with journal(now) as lines:
        row = Identity.objects.select_for_update().filter(officer=officer, issuer=issuer).first()
        if row is None:
            raise NoIdentity(sentence("{name} is linked to no account of this issuer.", name=officer.name))
        commitment = canonical.commitment(bytes(row.salt), {"issuer": issuer, "subject": row.subject})
        lines.write(
            IdentityChanged(
                identity=row.ref, officer=officer.ref, act="unlinked", by=by.ref if by is not None else "",
                commitment=commitment,
            )
        )
        row.delete()
        whose = by.name if by is not None else sentence("the operator of this installation")
        says = sentence("Your link to an account of {issuer} was taken away by {name}.", issuer=issuer, name=whose)
        duties.tell(lines, officer.service, "factor", says, officer=officer)
