"""The ways out that this installation is set up for, with the keys and settings they need."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from django.conf import settings

from passerelle import keyring, signing
from passerelle.channels.email import Email
from passerelle.channels.sending import Way
from passerelle.channels.webhook import Webhook
from passerelle.flow.ledger_lines import journal
from passerelle.ledger.events import KeysChanged
from passerelle.records import sealed

RING = "webhooks"


def ways() -> dict[str, Way]:
    """By kind of channel; a kind that is not set up is not there. Raises KeysMissing."""
    found: dict[str, Way] = {}
    if settings.SMTP_HOST and settings.MAIL_FROM:
        found["email"] = Email(
            host=settings.SMTP_HOST, port=settings.SMTP_PORT, security=settings.SMTP_SECURITY,
            sender=settings.MAIL_FROM, user=settings.SMTP_USER, password=settings.SMTP_PASSWORD,
        )  # fmt: skip
    if settings.WEBHOOK_HOSTS:
        number, key = sealed.keys().active(RING)
        found["webhook"] = Webhook(key=key, key_name=f"{RING}-{number}", hosts=frozenset(settings.WEBHOOK_HOSTS))
    return found


def fresh_key(*, now: datetime) -> str:
    """Another key signs webhooks from now on; receivers find the old ones too, as long as they stand on the ring.

    The file is written before anything is signed with it. Its number.
    """
    ring = keyring.read(Path(settings.KEYS_FILE))
    number = ring.fresh(RING)
    ring.write(settings.KEYS_FILE)
    with journal(now) as lines:
        lines.write(KeysChanged(ring=RING, key=number, step="fresh"))
    sealed.forget_keys()
    return number


def public_keys() -> list[dict[str, str]]:
    """The public keys by which receivers know our webhooks: the active one first."""
    ring = sealed.keys().rings.get(RING)
    if ring is None:
        return []
    order = sorted(ring.keys, key=lambda number: (number != ring.active, -int(number)))
    return [
        {"key": f"{RING}-{number}", "alg": signing.ALGORITHM,
         "public": signing.as_text(signing.public_of(ring.keys[number]))}
        for number in order
    ]  # fmt: skip
