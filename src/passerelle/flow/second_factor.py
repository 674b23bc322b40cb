"""The second factor: an app's codes, passkeys, recovery codes; who must have one; adding, removing and resetting."""

from __future__ import annotations

import base64
import hashlib
import re
import secrets  # bent: a secret is never seeded
from collections.abc import Sequence
from datetime import datetime, timedelta
from urllib.parse import quote

from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.hazmat.primitives.twofactor.hotp import HOTP
from django.conf import settings
from django.utils.crypto import constant_time_compare

from passerelle.errors import Refused
from passerelle.flow import duties, passkeys
from passerelle.flow.ledger_lines import Journal, journal
from passerelle.ledger import canonical
from passerelle.ledger.events import SecondFactorChanged
from passerelle.records.models import Factor, FactorReset, Officer, RecoveryCode
from passerelle.records.models.factors import FACTOR_KINDS
from passerelle.words import Sentence, sentence

LEADING_ROLES = frozenset({"supervisor", "head", "oversight", "administrator"})
"""Whoever decides for others, reads for oversight, or gives seats: `second_factor = "roles"` asks it of them."""

STEP = timedelta(seconds=30)
STEPS_ASIDE = 1
DIGITS = 6
SECRET_BYTES = 20
"""RFC 6238 with what every app understands: 6 digits, 30 seconds, SHA-1, 160 bits; a clock may be one step off."""

CODES = 8
CODE_LETTERS = 24
"""Recovery codes of 120 bits: above the 112 from which NIST SP 800-63B, 5.1.2.2, lets a plain hash keep them."""

PENDING = timedelta(minutes=10)
"""So long after the right password, or after a secret was shown, a code is waited for."""

REASON_WORDS_MIN = 3
NAME_CHARACTERS_MAX = 60


class WrongCode(Refused):
    """A wrong code, one that has passed, and one that was used: the same answer."""

    code = "second_factor.wrong_code"


class HasOneAlready(Refused):
    """One app for each officer."""

    code = "second_factor.has_one"


class NeedsName(Refused):
    """A passkey is told from another by its name."""

    code = "second_factor.name_missing"


class TooManyPasskeys(Refused):
    """More passkeys than anybody can tell apart."""

    code = "second_factor.too_many"


class ResetNeedsReason(Refused):
    """A reset says why."""

    code = "second_factor.reason_missing"


class NothingToReset(Refused):
    """An officer without a second factor."""

    code = "second_factor.nothing_to_reset"


class StillNeeded(Refused):
    """The last factor of somebody who must have one."""

    code = "second_factor.still_needed"


def must_have(officer: Officer) -> bool:
    """Whether this installation asks a second factor of this officer."""
    asked = settings.SECOND_FACTOR
    return asked == "all" or (asked == "roles" and officer.role in LEADING_ROLES)


def wrong_code() -> WrongCode:
    """The one refusal for whatever does not fit."""
    return WrongCode(
        sentence("This code does not fit."),
        way_out=sentence("Wait for the next code of the app, or use a recovery code that was not used yet."),
    )


def new_secret() -> str:
    """A fresh secret of 160 bits, in base 32."""
    return base64.b32encode(secrets.token_bytes(SECRET_BYTES)).decode("ascii")


def app_address(officer: Officer, secret: str, *, place: str) -> str:
    """What the app reads from the square: an otpauth address with the secret; `place` names this installation."""
    label = quote(f"Passerelle {place}:{officer.username}")
    return f"otpauth://totp/{label}?secret={secret}&issuer={quote(f'Passerelle {place}')}"


def code_at(secret: str, now: datetime) -> str:
    """The code that an app shows at `now`."""
    return _code(secret, _step(now))


def add_app(*, officer: Officer, secret: str, code: str, now: datetime) -> list[str]:
    """The app that shows `code` becomes the officer's second factor. Recovery codes, if these are their first ones.

    From now on every other session of theirs is over. Raises WrongCode, HasOneAlready.
    """
    with journal(now) as lines:
        officer = Officer.objects.select_for_update().get(pk=officer.pk)
        if officer.factors.filter(kind="app").exists():
            raise HasOneAlready(
                sentence("You have an app already."), way_out=sentence("Remove it first; then add the other one.")
            )
        step = _fitting_step(secret, code, now)  # an app shows the code of the clock on the wall
        if step is None:
            raise wrong_code()
        factor = Factor.objects.create(officer=officer, kind="app", secret=secret, last_step=step, added_at=lines.now)
        return _added(lines, factor)


def add_passkey(*, officer: Officer, name: str, shown: passkeys.Shown, now: datetime) -> list[str]:
    """The passkey that the browser just made becomes a second factor. Recovery codes, if these are their first ones.

    From now on every other session of theirs is over. Raises NeedsName, TooManyPasskeys, passkeys.WrongPasskey.
    """
    if not name or len(name) > NAME_CHARACTERS_MAX:
        raise NeedsName(
            sentence("A passkey needs a name of at most {number} signs.", number=NAME_CHARACTERS_MAX),
            way_out=sentence("Say which device or key holds it."),
        )
    new, handle = passkeys.made(shown, officer, now)
    with journal(now) as lines:
        officer = Officer.objects.select_for_update().get(pk=officer.pk)
        if officer.factors.filter(kind="passkey").count() >= passkeys.PASSKEYS_MAX:
            raise TooManyPasskeys(
                sentence("You have {number} passkeys already.", number=passkeys.PASSKEYS_MAX),
                way_out=sentence("Remove one that you do not use."),
            )
        if Factor.objects.filter(digest=passkeys.digest(new.number)).exists():
            raise passkeys.wrong_passkey()
        factor = Factor.objects.create(
            officer=officer, kind="passkey", name=name, secret=passkeys.to_secret(new, handle),
            digest=passkeys.digest(new.number), last_step=new.counter, added_at=lines.now,
        )
        return _added(lines, factor)


def _added(lines: Journal, factor: Factor) -> list[str]:
    """What follows a factor that was added, inside its transaction: sessions, codes, the line, the notice."""
    officer = factor.officer
    first = officer.second_since is None
    if first:
        officer.second_since = lines.now
        officer.save(update_fields=["second_since"])
    lines.write(SecondFactorChanged(officer=officer.ref, act="added", kind=factor.kind, factor=factor.ref,
                                    by=officer.ref, second=True, commitment=""))
    _tell(lines, officer, sentence("You added a second factor: {what}. If it was not you, tell your administrator now.",
                                   what=_called(factor)))
    return _fresh_codes(officer) if first else []


def fits(*, officer: Officer, typed: str, shown: passkeys.Shown | None = None, now: datetime) -> bool:
    """Whether `typed` is the app's code of now or a recovery code, or a passkey of theirs was shown; whatever fits is
    used up by this, everywhere."""
    if shown is not None and shown.answer:
        return passkeys.fits(officer=officer, shown=shown, now=now)
    said = re.sub(r"[\s-]", "", typed).upper()
    if len(said) == DIGITS and said.isascii() and said.isdigit():
        return _app_fits(officer, said, now)
    used = RecoveryCode.objects.filter(officer=officer, digest=_digest(officer, said), used_at__isnull=True)
    return used.update(used_at=now) == 1


def new_codes(*, officer: Officer, typed: str, shown: passkeys.Shown | None = None, now: datetime) -> list[str]:
    """Other recovery codes; those of before count no more. Raises WrongCode."""
    if not fits(officer=officer, typed=typed, shown=shown, now=now):
        raise wrong_code()
    with journal(now) as lines:
        officer = Officer.objects.select_for_update().get(pk=officer.pk)
        lines.write(SecondFactorChanged(officer=officer.ref, act="codes", kind="", factor="", by=officer.ref,
                                        second=officer.second_since is not None, commitment=""))
        _tell(lines, officer, sentence("You made other recovery codes; those of before count no more."))
        return _fresh_codes(officer)


def remove(
    *, officer: Officer, factor: Factor, typed: str, shown: passkeys.Shown | None = None, now: datetime
) -> None:
    """A factor goes; who removes it shows a second factor. Raises WrongCode, StillNeeded."""
    if must_have(officer) and not officer.factors.exclude(pk=factor.pk).exists():
        raise StillNeeded(
            sentence("Your role needs a second factor, and this is your only one."),
            way_out=sentence("Add another one first."),
        )
    if not fits(officer=officer, typed=typed, shown=shown, now=now):
        raise wrong_code()
    with journal(now) as lines:
        officer = Officer.objects.select_for_update().get(pk=officer.pk)
        officer.factors.filter(pk=factor.pk).delete()
        left = officer.factors.exists()
        if not left:
            _none_left(officer)
        lines.write(SecondFactorChanged(officer=officer.ref, act="removed", kind=factor.kind, factor=factor.ref,
                                        by=officer.ref, second=left, commitment=""))
        _tell(lines, officer, sentence("You removed a second factor: {what}. If it was not you, tell your "
                                       "administrator now.", what=_called(factor)))


def reset(*, officer: Officer, by: Officer | None, reason: str, now: datetime) -> None:
    """An administrator (None: the command line) takes away all second factors of an officer who lost theirs.

    Their sessions end; they sign in with the password, and add a factor anew where their role needs one.
    Raises ResetNeedsReason, NothingToReset.
    """
    if len(reason.split()) < REASON_WORDS_MIN:
        raise ResetNeedsReason(
            sentence("A reset needs a reason of a few words."),
            way_out=sentence("Say what happened to the factor, and how you know who asks."),
        )
    with journal(now) as lines:
        officer = Officer.objects.select_for_update().get(pk=officer.pk)
        if officer.second_since is None:
            raise NothingToReset(sentence("{name} has no second factor.", name=officer.name))
        officer.factors.all().delete()
        _none_left(officer)
        row = FactorReset.objects.create(officer=officer, by=by, reason=reason, reset_at=lines.now)
        lines.write(
            SecondFactorChanged(
                officer=officer.ref, act="reset", kind="", factor="", by=by.ref if by is not None else "", second=False,
                commitment=canonical.commitment(bytes(row.salt), {"reason": reason}),
            )
        )
        whose = by.name if by is not None else sentence("the operator of this installation")
        _tell(lines, officer, sentence("Your second factors were taken away by {name}.", name=whose))


def codes_left(officer: Officer) -> int:
    """How many recovery codes were not used yet."""
    return officer.recovery_codes.filter(used_at__isnull=True).count()


def grouped(text: str) -> str:
    """Letters in groups of four, to be typed over."""
    return " ".join(text[start : start + 4] for start in range(0, len(text), 4))


def _tell(lines: Journal, officer: Officer, says: Sentence) -> None:
    duties.tell(lines, officer.service, "factor", says, officer=officer)


def _called(factor: Factor) -> Sentence:
    kind = Sentence(FACTOR_KINDS[factor.kind])
    return sentence("{kind} “{name}”", kind=kind, name=factor.name) if factor.name else kind


def _none_left(officer: Officer) -> None:
    officer.recovery_codes.all().delete()
    officer.second_since = None
    officer.save(update_fields=["second_since"])


def _fresh_codes(officer: Officer) -> list[str]:
    officer.recovery_codes.all().delete()
    fresh: Sequence[str] = [
        base64.b32encode(secrets.token_bytes(CODE_LETTERS * 5 // 8)).decode("ascii") for _ in range(CODES)
    ]
    RecoveryCode.objects.bulk_create(RecoveryCode(officer=officer, digest=_digest(officer, code)) for code in fresh)
    return [grouped(code) for code in fresh]


def _digest(officer: Officer, code: str) -> str:
    return hashlib.sha256(f"passerelle recovery code|{officer.ref}|{code}".encode()).hexdigest()


def _step(now: datetime) -> int:
    return int(now.timestamp() // STEP.total_seconds())


def _code(secret: str, step: int) -> str:
    key = base64.b32decode(secret)
    return HOTP(key, DIGITS, SHA1()).generate(step).decode("ascii")  # noqa: S303 (an HMAC: RFC 6238)


def _fitting_step(secret: str, code: str, now: datetime) -> int | None:
    said, fitting = re.sub(r"\s", "", code), None
    for step in range(_step(now) - STEPS_ASIDE, _step(now) + STEPS_ASIDE + 1):
        if constant_time_compare(_code(secret, step), said):
            fitting = step
    return fitting


def _app_fits(officer: Officer, code: str, now: datetime) -> bool:
    factor = Factor.objects.filter(officer=officer, kind="app").first()
    step = _fitting_step(factor.secret, code, now) if factor is not None else None
    if factor is None or step is None:
        return False
    later = Factor.objects.filter(pk=factor.pk, last_step__lt=step)  # of two who give one code, one is let in
    return later.update(last_step=step, used_at=now) == 1
