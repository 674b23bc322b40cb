"""Tries to sign in are counted by account and by address; after too many, both wait. Nobody learns who exists."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction
from django.utils.crypto import salted_hmac

from passerelle.flow.ledger_lines import journal
from passerelle.ledger.events import SignedIn
from passerelle.records.models import Attempt, Officer

WINDOW = timedelta(minutes=15)
ACCOUNT_TRIES_MAX = 8
ADDRESS_TRIES_MAX = 40
"""So many failed tries within the window, on one name or from one address; then none is looked at until it has passed.
NIST SP 800-63B, 5.2.2, allows no more than a hundred in a row; a desk shares one address."""

KEPT = timedelta(days=1)


def _key(kind: str, value: str) -> str:
    """A keyed digest: the table says neither who tried nor from where."""
    return salted_hmac(f"passerelle.attempt.{kind}", value.strip().casefold(), algorithm="sha256").hexdigest()


def _keys(username: str | None, address: str) -> list[tuple[str, str]]:
    said = [("address", address)] if username is None else [("account", username), ("address", address)]
    return [(kind, _key(kind, value)) for kind, value in said]


def must_wait(*, username: str | None, address: str, now: datetime) -> bool:
    """Whether this name or this address has tried too often. A name that does not exist counts like one that does;
    None: no name was said."""
    since = now - WINDOW
    tries = list(
        Attempt.objects.filter(
            key__in=[key for _, key in _keys(username, address)], tried_at__gt=since, tried_at__lte=now
        ).values_list("kind", flat=True)
    )
    return tries.count("account") >= ACCOUNT_TRIES_MAX or tries.count("address") >= ADDRESS_TRIES_MAX


def failed(*, username: str | None, address: str, now: datetime) -> None:
    """One more try that failed, on this name (if one was said) and from this address; what is older than a day goes."""
    with transaction.atomic():
        Attempt.objects.filter(tried_at__lt=now - KEPT).delete()
        Attempt.objects.bulk_create(
            Attempt(kind=kind, key=key, tried_at=now) for kind, key in _keys(username, address)
        )


def entered(*, officer: Officer, by: str, now: datetime) -> None:
    """An officer signs in: the line stands before the first page does. `by`: password, password+code,
    password+passkey, passkey, provider, provider+code, provider+passkey."""
    with journal(now) as lines:
        lines.write(SignedIn(officer=officer.ref, by=by))


def succeeded(*, username: str) -> None:
    """The right password ends the count on the name; the address keeps its own."""
    Attempt.objects.filter(key=_key("account", username)).delete()
