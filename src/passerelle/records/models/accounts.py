"""The seats of machines: an account of one service, its public keys, its nonces, and the commands that counted."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from passerelle.ids import fresh_ref
from passerelle.records.models.services import Officer
from passerelle.words import noop

SCOPES: dict[str, str] = {
    "list": noop("see the lists of its desk"),
    "read": noop("read one thing, for a purpose and a reason"),
    "file": noop("file reports and take in rows"),
    "dossiers": noop("open dossiers and add subjects"),
    "watches": noop("ask for watches and end them"),
    "acknowledge": noop("acknowledge, and confirm what was destroyed"),
    "judge": noop("judge matches and take judgements back"),
    "decide": noop("pass on, withhold, hold, assign and recall"),
    "correct": noop("withdraw and erase reports"),
    "review": noop("review what others decided"),
}
"""What an account may be let do. Policy then decides as for any officer in its role."""

ACCOUNT_ROLES = ("officer", "desk", "supervisor")


def new_account_ref() -> str:
    """A fresh reference for an account."""
    return fresh_ref("account")


def new_key_ref() -> str:
    """A fresh reference for an account's key."""
    return fresh_ref("key")


class Account(models.Model):
    """A machine that acts for one service: a seat like an officer's that nobody can sign in to, and that holds no duty
    by name. Its requests are signed."""

    ref = models.CharField(max_length=40, unique=True, default=new_account_ref)
    officer = models.OneToOneField(Officer, on_delete=models.PROTECT, related_name="account")
    scopes = models.JSONField(default=list)
    added_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering: ClassVar[list[str]] = ["added_at", "id"]

    def __str__(self) -> str:
        return self.ref


class AccountKey(models.Model):
    """A public key of an account; the private one was never kept here. It counts until it ends."""

    ref = models.CharField(max_length=40, unique=True, default=new_key_ref)
    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="keys")
    public = models.CharField(max_length=44, unique=True)
    added_at = models.DateTimeField()
    until = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering: ClassVar[list[str]] = ["added_at", "id"]

    def __str__(self) -> str:
        return self.ref


class Nonce(models.Model):
    """A nonce that a key used, as long as a request that bears it again would else be taken for a new one."""

    key = models.ForeignKey(AccountKey, on_delete=models.CASCADE, related_name="nonces")
    digest = models.CharField(max_length=64)
    asked_at = models.DateTimeField()
    until = models.DateTimeField()

    class Meta:
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["until"])]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["key", "digest"], name="nonce_once")
        ]

    def __str__(self) -> str:
        return self.digest[:8]


class Command(models.Model):
    """A command that counted, by the key its sender gave it: the same one again counts no second time.

    `request` is a keyed digest of what was asked; `made` the reference of what came into being.
    """

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="commands")
    key = models.CharField(max_length=64)
    request = models.CharField(max_length=64)
    made = models.CharField(max_length=40, blank=True)
    done_at = models.DateTimeField()

    class Meta:
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["done_at"])]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["account", "key"], name="command_once")
        ]

    def __str__(self) -> str:
        return self.key[:8]
