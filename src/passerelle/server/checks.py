"""What is unsafe or missing in this installation, as numbered checks; an error stops `serve` and `work`."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.checks import ERROR, CheckMessage, Error, register
from django.core.checks import Warning as Caution
from django.core.exceptions import ImproperlyConfigured
from django.db import connection

from passerelle import keyring
from passerelle.channels import translation
from passerelle.errors import Refused
from passerelle.flow import passkeys, provider
from passerelle.server import safe_sqlite


@register()
def safe_database(app_configs: Any, **options: Any) -> list[CheckMessage]:
    """E001: a SQLite in WAL mode that can corrupt itself; E002: not durable."""
    if connection.vendor != "sqlite":
        return []
    with connection.cursor() as cursor:
        journal = cursor.execute("PRAGMA journal_mode").fetchone()[0]
        synchronous = cursor.execute("PRAGMA synchronous").fetchone()[0]
        version = tuple(int(part) for part in cursor.execute("SELECT sqlite_version()").fetchone()[0].split("."))
    found: list[CheckMessage] = []
    if journal == "wal" and not safe_sqlite.wal_is_safe(version):
        found.append(
            Error(
                f"SQLite {'.'.join(map(str, version))} can corrupt a database in WAL mode.",
                hint="Install pysqlite3 (it is in requirements.lock), or set the journal to TRUNCATE.",
                id="passerelle.E001",
            )
        )
    if synchronous < 2:
        found.append(
            Error(
                "SQLite is opened with synchronous below FULL: a power cut can lose acknowledged commits.",
                hint="Remove the setting that lowers it.",
                id="passerelle.E002",
            )
        )
    return found


@register()
def secret(app_configs: Any, **options: Any) -> list[CheckMessage]:
    """E003: no secret key of its own; W001: a demonstration; W002: no HTTPS; W006: no second factor is asked;
    E006: single sign-on that cannot be used; W008: an address that passkeys cannot be bound to; E011: a translation
    engine that is not on this machine."""
    found: list[CheckMessage] = []
    if len(settings.SECRET_KEY) < 40 or settings.SECRET_KEY.startswith("this-folder-has-no-key"):
        found.append(
            Error(
                "This installation has no secret key of its own.",
                hint="Run `passerelle init`, or set PASSERELLE_SECRET_KEY to 40 signs or more.",
                id="passerelle.E003",
            )
        )
    try:
        translation.engine(settings.TRANSLATION_ENGINE)
    except Refused as refused:
        found.append(Error(str(refused), hint="See docs/how-to/translation-engine.md.", id="passerelle.E011"))
    if settings.DEMONSTRATION:
        found.append(
            Caution(
                "This is a demonstration: its sign-in page shows its seats.",
                hint="Never put real data here; `passerelle init` makes an installation for work.",
                id="passerelle.W001",
            )
        )
    elif not settings.SESSION_COOKIE_SECURE:
        found.append(
            Caution(
                "Pages are served without HTTPS.",
                hint="Put a proxy with HTTPS in front and set `https = true` in passerelle.toml.",
                id="passerelle.W002",
            )
        )
    if settings.SECOND_FACTOR == "optional" and not settings.DEMONSTRATION:
        found.append(
            Caution(
                "Nobody must have a second factor to sign in.",
                hint='Set `second_factor = "roles"` or `"all"` in passerelle.toml.',
                id="passerelle.W006",
            )
        )
    if settings.ADDRESS and not passkeys.offered():
        found.append(
            Caution(
                "The address of the pages is none that a browser binds a passkey to: no passkey is offered.",
                hint="Set `address` to https:// and a name, without a path: `https://passerelle.example`.",
                id="passerelle.W008",
            )
        )
    if settings.OIDC_ISSUER and provider.configured() is None:
        found.append(
            Error(
                "Single sign-on names an issuer, and cannot be used.",
                hint="It needs an issuer with HTTPS, `oidc_client_id`, and the `address` of these pages.",
                id="passerelle.E006",
            )
        )
    return found


@register()
def behind_the_wall(app_configs: Any, **options: Any) -> list[CheckMessage]:
    """E005: a role for which PostgreSQL's policies on rows do not hold; W007: the tables' owner, who can lift them."""
    if connection.vendor != "postgresql":
        return []
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT rolsuper OR rolbypassrls, (SELECT pg_has_role(current_user, relowner, 'MEMBER') FROM pg_class "
            "WHERE oid = to_regclass('records_report')) FROM pg_roles WHERE rolname = current_user"
        )
        above, owner = cursor.fetchone()
    if above:
        return [
            Error(
                "The database is opened as a superuser (or with BYPASSRLS): no policy on rows holds for it.",
                hint="Serve and work as a role of its own: docs/how-to/postgresql.md.",
                id="passerelle.E005",
            )
        ]
    if owner:
        return [
            Caution(
                "The database is opened as the owner of its tables, who could lift the policies on rows.",
                hint="Serve and work as a role of its own: docs/how-to/postgresql.md.",
                id="passerelle.W007",
            )
        ]
    return []


@register()
def keys(app_configs: Any, **options: Any) -> list[CheckMessage]:
    """E004: no file of keys that can be used; W003: it stands in one folder with the database."""
    found: list[CheckMessage] = []
    try:
        keyring.read(settings.KEYS_FILE)
    except Refused as refused:
        found.append(Error(str(refused), id="passerelle.E004"))
    if connection.vendor == "sqlite" and settings.KEYS_FILE.parent == settings.FOLDER and not settings.DEMONSTRATION:
        found.append(
            Caution(
                "The keys stand in one folder with the database: who copies the folder has both.",
                hint="Move keys.json to another volume and name it with `keys_file` in passerelle.toml.",
                id="passerelle.W003",
            )
        )
    return found


def refuse_unsafe() -> None:
    """What `serve` refuses, no page server of somebody else's may start either. Raises ImproperlyConfigured."""
    found = (*safe_database(None), *behind_the_wall(None), *secret(None), *keys(None))
    wrong = [message for message in found if message.level >= ERROR]
    if wrong:
        raise ImproperlyConfigured(" ".join(f"{message.id}: {message.msg} {message.hint}" for message in wrong))
