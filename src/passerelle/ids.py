"""Names for things that say nothing about them: random outward references, from a source that can be seeded."""

from __future__ import annotations

import random
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

_ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"  # Crockford's base 32: no i, l, o, u to misread
_seeded: ContextVar[random.Random | None] = ContextVar("passerelle_seeded_ids", default=None)


def fresh_bytes(count: int) -> bytes:
    """`count` random bytes: from the operating system, or from the seed inside `seeded`."""
    source = _seeded.get()
    return secrets.token_bytes(count) if source is None else source.randbytes(count)


def fresh_ref(kind: str) -> str:
    """A reference such as `duty-3k9d…`: the kind, then 80 random bits in Crockford's base 32 (16 signs)."""
    number = int.from_bytes(fresh_bytes(10), "big")
    return f"{kind}-" + "".join(_ALPHABET[(number >> shift) & 31] for shift in range(75, -1, -5))


@contextmanager
def seeded(seed: int) -> Iterator[None]:
    """Within it, references and salts repeat for the same seed: for simulations and tests, never for a live house."""
    token = _seeded.set(random.Random(seed))  # noqa: S311 (a simulation must repeat bit for bit)
    try:
        yield
    finally:
        _seeded.reset(token)
