"""Services and the officers who act for them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, ClassVar

from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.utils.crypto import salted_hmac

from passerelle.ids import fresh_ref
from passerelle.words import noop

ROLES: dict[str, str] = {
    "officer": noop("officer"),
    "desk": noop("desk"),
    "supervisor": noop("supervisor"),
    "head": noop("head of the service"),
    "oversight": noop("oversight"),
    "administrator": noop("administrator"),
}


def new_officer_ref() -> str:
    """A fresh reference for an officer."""
    return fresh_ref("officer")


class Service(models.Model):
    """An organisation that holds information and answers for it. Its key is its outward name: `zone-north`."""

    key = models.SlugField(max_length=60, unique=True)
    name = models.CharField(max_length=200)
    kind = models.CharField(max_length=30)
    languages = models.JSONField(default=list)
    territories = models.JSONField(default=list)
    themes = models.JSONField(default=list)
    desk_address = models.CharField(max_length=200, blank=True)
    place = models.CharField(max_length=20, blank=True)  # whose holidays it keeps; empty: the installation's
    joined_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True, blank=True)
    successor = models.ForeignKey("self", on_delete=models.PROTECT, related_name="took_over", null=True, blank=True)

    class Meta:
        ordering: ClassVar[list[str]] = ["name"]

    def __str__(self) -> str:
        return self.name


class OfficerManager(BaseUserManager["Officer"]):
    """Looks officers up by the name they sign in with."""

    def get_by_natural_key(self, username: str | None) -> Officer:
        return self.get(username=username)


class Officer(AbstractBaseUser):
    """A person who acts for one service, in one role; signs in with `username`."""

    ref = models.CharField(max_length=40, unique=True, default=new_officer_ref)
    username = models.CharField(max_length=60, unique=True)
    name = models.CharField(max_length=200)
    service = models.ForeignKey(Service, on_delete=models.PROTECT, related_name="officers")
    role = models.CharField(max_length=20, choices=[(key, key) for key in ROLES])
    language = models.CharField(max_length=2, default="en")
    languages_read = models.JSONField(default=list)
    away_until = models.DateTimeField(null=True, blank=True)
    deputy = models.ForeignKey("self", on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    is_active = models.BooleanField(default=True)
    second_since = models.DateTimeField(null=True, blank=True)
    """Since when a second factor is asked of them at sign-in; empty: they have none."""

    USERNAME_FIELD = "username"
    objects: ClassVar[Any] = OfficerManager()

    class Meta:
        ordering: ClassVar[list[str]] = ["name"]

    def __str__(self) -> str:
        return self.name

    def get_session_auth_hash(self) -> str:
        """What a session is bound to: it ends with the password or the seat, and as a second factor comes or goes."""
        return self._seat_hash(None)

    def get_session_auth_fallback_hash(self) -> Iterator[str]:
        """The same under keys that were the installation's before."""
        for secret in settings.SECRET_KEY_FALLBACKS:
            yield self._seat_hash(secret)

    def _seat_hash(self, secret: str | None) -> str:
        seat = f"{self.password}|{self.service_id}|{self.role}|{self.is_active}"
        if self.second_since is not None:
            seat += f"|{self.second_since.timestamp():.6f}"
        return salted_hmac("passerelle.officer.session", seat, secret=secret, algorithm="sha256").hexdigest()
