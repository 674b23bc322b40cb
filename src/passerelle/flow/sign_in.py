"""Tries to sign in are counted by account and by address; after too many, both wait. Nobody learns who exists."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q
from django.utils.crypto import salted_hmac

from passerelle.records.models import Attempt

WINDOW = timedelta(minutes=15)
ACCOUNT_TRIES_MAX = 8
ADDRESS_TRIES_MAX = 40
"""So many failed tries within the window, on one name or from one address; then none is looked at until it has passed.
NIST SP 800-63B, 5.2.2, allows no more than a hundred in a row; a desk shares one address."""

KEPT = timedelta(days=1)


def _key(kind: str, value: str) -> str:
    """A keyed digest: the table says neither who tried nor from where."""
    return salted_hmac(f"passerelle.attempt.{kind}", value.strip().casefold(), algorithm="sha256").hexdigest()


def must_wait(*, username: str, address: str, now: datetime) -> bool:
    """Whether this name or this address has tried too often. A name that does not exist counts like one that does."""
    since = now - WINDOW
    tries = list(
        Attempt.objects.filter(
            Q(key=_key("account", username)) | Q(key=_key("address", address)), tried_at__gt=since, tried_at__lte=now
        ).values_list("kind", flat=True)
    )
    return tries.count("account") >= ACCOUNT_TRIES_MAX or tries.count("address") >= ADDRESS_TRIES_MAX


def failed(*, username: str, address: str, now: datetime) -> None:
    """One more try that failed, on this name and from this address; what is older than a day goes."""
    with transaction.atomic():
        Attempt.objects.filter(tried_at__lt=now - KEPT).delete()
        Attempt.objects.bulk_create(
            Attempt(kind=kind, key=_key(kind, value), tried_at=now)
            for kind, value in (("account", username), ("address", address))
        )


def succeeded(*, username: str) -> None:
    """The right password ends the count on the name; the address keeps its own."""
    Attempt.objects.filter(key=_key("account", username)).delete()
