"""The key with which a browser seals what it could not send: each officer's own, on pages they signed in for."""

from __future__ import annotations

import base64

from django.utils.crypto import salted_hmac

from passerelle.records.models import Officer


def draft_key(officer: Officer) -> str:
    """32 bytes in base64, for AES-256-GCM in the browser; the same at each sign-in, another for everybody else.

    What was typed on a dead connection stays on that machine as bytes that only a page of the same officer opens: who
    sits down there next, or takes the disk, reads nothing of it.
    """
    return base64.b64encode(salted_hmac("passerelle.draft.key", officer.ref, algorithm="sha256").digest()).decode()


def draft_place(officer: Officer) -> str:
    """Under which name the browser keeps it; it tells nobody whose it is."""
    return salted_hmac("passerelle.draft.place", officer.ref, algorithm="sha256").hexdigest()[:16]
