"""Machines get their seats, their scopes and their keys; and a signed request is let in, or not, and counted."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils.crypto import salted_hmac

from passerelle import signing
from passerelle.errors import Refused
from passerelle.flow import duties, seats
from passerelle.flow.ledger_lines import Journal, journal
from passerelle.ledger.events_of_machines import AccountChanged, AccountKeyAdded, AccountKeyEnded, AccountOpened
from passerelle.records.models import Account, AccountKey, Attempt, Nonce, Officer, Service
from passerelle.records.models.accounts import ACCOUNT_ROLES, SCOPES
from passerelle.words import sentence

WINDOW = timedelta(minutes=15)
ADDRESS_TRIES_MAX = 40
"""So many requests that were not let in, from one address within the window, are noted and answered one by one; those
after them are told to wait. A key of 256 bits is not guessed, so that nobody who signs well waits for a neighbour's
mistakes: many machines may stand behind one address."""

KEPT = timedelta(days=1)

MINUTE = timedelta(minutes=1)
NOBODY = bytes.fromhex("d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a")
"""A public key of RFC 8032, 7.1: what the signature of an unknown key is checked with, so that it takes as long."""


class NotAdmitted(Refused):
    """A request that nobody who is known here signed: an unknown key, an ended one, a wrong signature. One answer."""

    code = "signed.not_admitted"


class WrongClock(Refused):
    """A request that is dated too far from the clock here."""

    code = "signed.wrong_clock"


class Replayed(Refused):
    """A request that was sent before, nonce and all."""

    code = "signed.replayed"


class TooMany(Refused):
    """More requests than are taken; `seconds` says when to try again."""

    code = "signed.too_many"
    seconds = 60


class AccountIncomplete(Refused):
    """An account without a scope, with one that does not exist, or in a role that no machine has."""

    code = "account.incomplete"


class AccountEnded(Refused):
    """An account that has ended gets nothing more."""

    code = "account.ended"


class KeyTaken(Refused):
    """A public key that is some account's already."""

    code = "account.key_taken"


def open_account(
    *,
    username: str,
    name: str,
    service: Service,
    role: str,
    scopes: Sequence[str],
    public: bytes,
    language: str,
    now: datetime,
) -> tuple[Account, AccountKey]:
    """A machine gets a seat, its scopes and its first public key (32 bytes). Raises AccountIncomplete, KeyTaken."""
    _check(role, scopes)
    with journal(now) as lines:
        officer = seats.put_officer(
            lines, username=username, name=name, service=service, role=role, language=language,
            languages_read=service.languages,
        )  # fmt: skip
        account = Account.objects.create(officer=officer, scopes=_in_order(scopes), added_at=lines.now)
        lines.write(AccountOpened(account=account.ref, officer=officer.ref, scopes=tuple(account.scopes)))
        return account, _put_key(lines, account, public)


def add_key(*, account: Account, public: bytes, keep: timedelta = timedelta(0), now: datetime) -> AccountKey:
    """Another key: those before it count for `keep` longer. Raises AccountEnded, KeyTaken."""
    with journal(now) as lines:
        account = _live(account)
        for key in account.keys.filter(Q(until__isnull=True) | Q(until__gt=lines.now + keep)):
            _end_key(lines, account, key, lines.now + keep)
        return _put_key(lines, account, public)


def change_scopes(*, account: Account, scopes: Sequence[str], now: datetime) -> Account:
    """Other scopes, from the next request on. Raises AccountIncomplete, AccountEnded."""
    with journal(now) as lines:
        account = _live(account)
        _check(account.officer.role, scopes)
        account.scopes = _in_order(scopes)
        account.save(update_fields=["scopes"])
        lines.write(AccountChanged(account=account.ref, scopes=tuple(account.scopes), ended=False))
    return account


def end_account(*, account: Account, now: datetime) -> Account:
    """The machine leaves: no request of its is let in any more. Raises AccountEnded."""
    with journal(now) as lines:
        account = _live(account)
        for key in account.keys.filter(Q(until__isnull=True) | Q(until__gt=lines.now)):
            _end_key(lines, account, key, lines.now)
        account.scopes, account.ended_at = [], lines.now
        account.save(update_fields=["scopes", "ended_at"])
        lines.write(AccountChanged(account=account.ref, scopes=(), ended=True))
        seats.put_away(lines, account.officer)
    return account


def admit(*, asked: signing.Asked, body: bytes, address: str, now: datetime) -> Account:
    """Whose request this is. Raises NotSigned and WrongClock, which say something about the request alone; NotAdmitted,
    which is one answer after one query whatever is wrong; Replayed; TooMany."""
    try:
        signature = signing.read(asked, body)
        skew, at = settings.API_SKEW_SECONDS, now.timestamp()
        if abs(at - signature.created) > skew or (signature.expires is not None and signature.expires < at):
            raise WrongClock(
                sentence("This request is dated more than {seconds} seconds from the clock here.", seconds=skew),
                way_out=sentence("Set the clock of the machine that sends it, and sign each request anew."),
            )
        key = (
            AccountKey.objects.select_related("account__officer__service")
            .filter(ref=signature.key[:40], account__ended_at__isnull=True, account__officer__is_active=True)
            .filter(Q(until__isnull=True) | Q(until__gt=now))
            .first()
        )
        public = signing.public_in(key.public) if key is not None else NOBODY
        if not signing.fits(asked, signature, public) or key is None:
            raise NotAdmitted(
                sentence("Nobody who is known here signed this request."),
                way_out=sentence("Look at the key, at what it signed, and whether it still counts."),
            )
    except (signing.NotSigned, WrongClock, NotAdmitted):
        if _tries(address, now) >= ADDRESS_TRIES_MAX:
            raise _too_many(int(WINDOW.total_seconds())) from None
        _failed(address, now)
        raise
    _use(key, signature, now)
    return key.account


def _use(key: AccountKey, signature: signing.Signature, now: datetime) -> None:
    """Note the nonce, once; the nonces of the last minute are how many requests there were."""
    kept = timedelta(seconds=2 * settings.API_SKEW_SECONDS + 1)
    with transaction.atomic():
        Nonce.objects.filter(until__lt=now).delete()
        used = Nonce.objects.filter(key__account=key.account_id, asked_at__gt=now - MINUTE).count()
    if used >= settings.API_REQUESTS_PER_MINUTE:
        raise _too_many(int(MINUTE.total_seconds()))
    digest = salted_hmac("passerelle.nonce", signature.nonce, algorithm="sha256").hexdigest()
    try:
        with transaction.atomic():
            Nonce.objects.create(key=key, digest=digest, asked_at=now, until=now + max(kept, MINUTE))
    except IntegrityError:
        raise Replayed(
            sentence("This request was sent before."),
            way_out=sentence("Sign each request anew, with a nonce of its own."),
        ) from None


def _too_many(seconds: int) -> TooMany:
    again = sentence("Try again in {seconds} seconds.", seconds=seconds)
    refusal = TooMany(sentence("Too many requests."), way_out=again)
    refusal.seconds = seconds
    return refusal


def _address_key(address: str) -> str:
    return salted_hmac("passerelle.attempt.api", address, algorithm="sha256").hexdigest()


def _tries(address: str, now: datetime) -> int:
    return Attempt.objects.filter(key=_address_key(address), tried_at__gt=now - WINDOW, tried_at__lte=now).count()


def _failed(address: str, now: datetime) -> None:
    Attempt.objects.filter(tried_at__lt=now - KEPT).delete()
    Attempt.objects.create(kind="address", key=_address_key(address), tried_at=now)


def _check(role: str, scopes: Sequence[str]) -> None:
    if role not in ACCOUNT_ROLES:
        raise AccountIncomplete(
            sentence("No machine has the role “{role}”.", role=role),
            way_out=sentence("Use one of: {known}.", known=", ".join(ACCOUNT_ROLES)),
        )
    unknown = sorted(set(scopes) - set(SCOPES))
    if unknown or not scopes:
        raise AccountIncomplete(
            sentence("“{scope}” is no scope.", scope=unknown[0])
            if unknown
            else sentence("An account without a scope may do nothing."),
            way_out=sentence("Use one of: {known}.", known=", ".join(SCOPES)),
        )


def _in_order(scopes: Sequence[str]) -> list[str]:
    return [scope for scope in SCOPES if scope in scopes]


def _live(account: Account) -> Account:
    account = Account.objects.select_for_update(of=("self",)).select_related("officer__service").get(pk=account.pk)
    if account.ended_at is not None:
        raise AccountEnded(
            sentence("This account has ended."), way_out=sentence("Open another one with `passerelle account add`.")
        )
    return account


def _put_key(lines: Journal, account: Account, public: bytes) -> AccountKey:
    said = signing.as_text(public)
    if AccountKey.objects.filter(public=said).exists():
        raise KeyTaken(
            sentence("This public key is that of an account already."), way_out=sentence("Make a new pair of keys.")
        )
    key = AccountKey.objects.create(account=account, public=said, added_at=lines.now)
    lines.write(AccountKeyAdded(account=account.ref, key=key.ref, public=said))
    return key


def _end_key(lines: Journal, account: Account, key: AccountKey, until: datetime) -> None:
    key.until = until
    key.save(update_fields=["until"])
    lines.write(AccountKeyEnded(account=account.ref, key=key.ref, until=duties.said_time(until)))


def found(username: str) -> Account | None:
    """The account of this name."""
    officer = Officer.objects.filter(username=username, account__isnull=False).first()
    return None if officer is None else Account.objects.select_related("officer__service").get(officer=officer)
