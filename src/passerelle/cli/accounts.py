"""Accounts: the seats of machines that speak to the API, their scopes and their keys."""

from __future__ import annotations

import os
import secrets  # bent: a key is never seeded
from datetime import timedelta
from pathlib import Path
from typing import Any

import click

from passerelle import signing
from passerelle.cli.opening import as_json, in_folder, now, open_installation, print_json, tell, tells
from passerelle.words import LANGUAGES

given_key = click.option(
    "--public-key", type=click.File("r"), help="The machine's own public key (PEM, or base 64); `-` reads it. "
    "Without it a pair is made here, and the private key is shown once.",
)  # fmt: skip
to_file = click.option(
    "--key-file", type=click.Path(path_type=Path, dir_okay=False),
    help="Write the private key that is made into this new file instead of showing it.",
)  # fmt: skip


@click.group()
def account() -> None:
    """Machines that speak to the API: each acts for one service, and signs its requests."""


@account.command("add")
@click.argument("username")
@click.option("--service", "service_key", required=True, help="Key of the service it acts for.")
@click.option("--role", type=click.Choice(("officer", "desk", "supervisor")), required=True)
@click.option("--scope", "scopes", multiple=True, required=True, help="What it may do; repeat: list, read, file, …")
@click.option("--language", type=click.Choice(LANGUAGES), default="en", show_default=True)
@given_key
@to_file
@as_json
@in_folder
def add(
    username: str, service_key: str, role: str, scopes: tuple[str, ...], language: str, public_key: Any,
    key_file: Path | None, as_json: bool, folder: Path,
) -> None:  # fmt: skip
    """Give a machine a seat. USERNAME is its name in commands."""
    open_installation(folder)
    from passerelle.flow import accounts
    from passerelle.records.models import Officer, Service

    of = Service.objects.filter(key=service_key).first()
    if of is None:
        raise click.UsageError(f"There is no service {service_key}. `passerelle service list` shows them.")
    if Officer.objects.filter(username=username).exists():
        raise click.UsageError(f"The name {username} is taken.")
    public, private = _pair(public_key, key_file)
    opened, key = accounts.open_account(
        username=username, name=username, service=of, role=role, scopes=scopes, public=public, language=language,
        now=now(),
    )  # fmt: skip
    _tell(
        as_json, private, key_file,
        f"Added: {username}, {role} of {of.name}, which may: {', '.join(opened.scopes)}. Its key is {key.ref}.",
        {"account": opened.ref, "username": username, "key": key.ref, "public": key.public, "scopes": opened.scopes},
    )  # fmt: skip


@account.command("list")
@as_json
@in_folder
def list_accounts(as_json: bool, folder: Path) -> None:
    """The accounts, what each may do, and its keys."""
    open_installation(folder)
    from passerelle.records.models import Account

    rows = [
        {
            "username": one.officer.username,
            "service": one.officer.service.key,
            "role": one.officer.role,
            "scopes": one.scopes,
            "ended": one.ended_at is not None,
            "keys": [
                {"key": key.ref, "public": key.public, "until": key.until.isoformat() if key.until else None}
                for key in one.keys.all()
            ],
        }
        for one in Account.objects.select_related("officer__service").prefetch_related("keys")
    ]
    if as_json:
        print_json(rows)
        return
    for row in rows:
        state = "ended" if row["ended"] else ", ".join(row["scopes"])
        click.echo(f"{row['username']}: {row['role']} of {row['service']}: {state}")
        for key in row["keys"]:
            click.echo(f"    {key['key']}  {key['public']}{'  until ' + key['until'] if key['until'] else ''}")
    click.echo(f"{len(rows)} accounts.")


@account.command("key")
@click.argument("username")
@click.option("--keep-minutes", type=click.IntRange(0, 10_080), default=0, show_default=True,
              help="So long the key before it still counts, so that the machine can change over.")  # fmt: skip
@given_key
@to_file
@as_json
@in_folder
def new_key(
    username: str, keep_minutes: int, public_key: Any, key_file: Path | None, as_json: bool, folder: Path
) -> None:
    """Give an account another key. The one before it ends, at once or after some minutes."""
    open_installation(folder)
    from passerelle.flow import accounts

    of = _found(username)
    public, private = _pair(public_key, key_file)
    key = accounts.add_key(account=of, public=public, keep=timedelta(minutes=keep_minutes), now=now())
    ends = f"in {keep_minutes} minutes" if keep_minutes else "now"
    _tell(
        as_json, private, key_file, f"{username} signs with {key.ref} from now on; the key before it ends {ends}.",
        {"account": of.ref, "username": username, "key": key.ref, "public": key.public},
    )  # fmt: skip


@account.command("scopes")
@click.argument("username")
@click.option("--scope", "scopes", multiple=True, required=True, help="What it may do from now on; repeat.")
@in_folder
@tells
def change_scopes(username: str, scopes: tuple[str, ...], folder: Path) -> None:
    """Say anew what an account may do."""
    open_installation(folder)
    from passerelle.flow import accounts

    changed = accounts.change_scopes(account=_found(username), scopes=scopes, now=now())
    tell(f"{username} may now: {', '.join(changed.scopes)}.", username=username, scopes=changed.scopes)


@account.command("end")
@click.argument("username")
@in_folder
@tells
def end(username: str, folder: Path) -> None:
    """A machine leaves: none of its requests is let in any more."""
    open_installation(folder)
    from passerelle.flow import accounts

    accounts.end_account(account=_found(username), now=now())
    tell(f"The account {username} has ended; what it read and did stays in the ledger.", username=username, ended=True)


def _found(username: str) -> Any:
    from passerelle.flow import accounts

    of = accounts.found(username)
    if of is None:
        raise click.UsageError(f"There is no account {username}. `passerelle account list` shows them.")
    return of


def _pair(public_key: Any, key_file: Path | None) -> tuple[bytes, bytes | None]:
    """The public key, and the private one where it was made here."""
    if public_key is not None:
        if key_file is not None:
            raise click.UsageError("With --public-key no private key is made that could go into --key-file.")
        return signing.public_in(public_key.read()), None
    if key_file is not None and key_file.exists():
        raise click.UsageError(f"{key_file} is there already, and is not written over.")
    private = secrets.token_bytes(signing.KEY_BYTES)
    return signing.public_of(private), private


def _tell(as_json: bool, private: bytes | None, key_file: Path | None, says: str, told: dict[str, Any]) -> None:
    pem = signing.private_as_pem(private) if private is not None else ""
    if pem and key_file is not None:
        with os.fdopen(os.open(key_file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
            file.write(pem)
    if as_json:
        print_json({**told, **({"private": pem} if pem and key_file is None else {})})
        return
    click.echo(says)
    if pem and key_file is not None:
        click.echo(f"Its private key stands in {key_file}, for its owner only; it is kept nowhere else.")
    elif pem:
        click.echo("Its private key, shown only now and kept nowhere:")
        click.echo(pem.rstrip())
    click.echo("Next: docs/how-to/api.md shows how it signs a request.")
