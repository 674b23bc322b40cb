"""Services join and officers get their seats, from the command line."""

from __future__ import annotations

import secrets  # bent: a key is never seeded
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click

from passerelle.cli.opening import as_json, in_folder, now, open_installation, print_json, tell, tells
from passerelle.policy.facts import ROLES, SERVICE_KINDS
from passerelle.words import LANGUAGES


@click.group()
def service() -> None:
    """The services of the exchange."""


@service.command("add")
@click.argument("key")
@click.argument("name")
@click.option("--kind", type=click.Choice(list(SERVICE_KINDS)), required=True, help="What kind of organisation it is.")
@click.option(
    "--language", "languages", type=click.Choice(LANGUAGES), multiple=True, default=("en",), show_default=True
)
@click.option("--territory", "territories", multiple=True, help="A territory entrusted to it; repeat for several.")
@click.option("--theme", "themes", multiple=True, help="A theme entrusted to it; repeat for several.")
@click.option("--desk", "desk_address", default="", help="How its desk is reached: shown with a pointer.")
@click.option("--place", default="", help="Whose holidays it keeps: be, be-vlg, lu, nl, fr, de-by … (Belgium's).")
@in_folder
@tells
def add_service(
    key: str,
    name: str,
    kind: str,
    languages: tuple[str, ...],
    territories: tuple[str, ...],
    themes: tuple[str, ...],
    desk_address: str,
    place: str,
    folder: Path,
) -> None:
    """Add a service. KEY is its short name in commands: `zone-north`."""
    open_installation(folder)
    from passerelle.flow import seats
    from passerelle.records.models import Service

    if Service.objects.filter(key=key).exists():
        raise click.UsageError(f"There is a service {key} already.")
    seats.add_service(
        key=key,
        name=name,
        kind=kind,
        languages=languages,
        territories=territories,
        themes=themes,
        desk_address=desk_address,
        place=place,
        now=now(),
    )
    first = "oversight" if kind == "oversight" else "desk"
    tell(
        f"Added: {name}. Next: `passerelle officer add USERNAME NAME --service {key} --role {first}`.",
        service=key, name=name, kind=kind,
    )  # fmt: skip


@service.command("close")
@click.argument("key")
@click.option("--successor", required=True, help="Key of the service of the same kind that takes over.")
@in_folder
@as_json
def close_service(key: str, successor: str, folder: Path, as_json: bool) -> None:
    """Close a service for good. What it holds, what it owes and what it is owed is its successor's at once."""
    open_installation(folder)
    from passerelle.flow import close
    from passerelle.records.models import Service

    found = {row.key: row for row in Service.objects.filter(key__in=[key, successor])}
    for wanted in (key, successor):
        if wanted not in found:
            raise click.UsageError(f"There is no service {wanted}. `passerelle service list` shows them.")
    moved = close.close_service(service=found[key], successor=found[successor], now=now())
    if as_json:
        print_json({"closed": key, "successor": successor, "duties": len(moved)})
    else:
        click.echo(f"Closed: {found[key].name}. {found[successor].name} took over; {len(moved)} duties moved.")
        click.echo("Next: `passerelle reconcile`, then `passerelle officer add …` for who comes along.")


@service.command("list")
@as_json
@in_folder
def list_services(as_json: bool, folder: Path) -> None:
    """The services, and how many officers each has."""
    open_installation(folder)
    from django.db.models import Count, Q

    from passerelle.records.models import Service

    rows = [
        {"key": one.key, "name": one.name, "kind": one.kind, "languages": one.languages, "officers": one.seated}
        for one in Service.objects.annotate(seated=Count("officers", filter=Q(officers__is_active=True)))
    ]
    if as_json:
        print_json(rows)
    else:
        for row in rows:
            click.echo(f"{row['key']}: {row['name']} ({row['kind']}), officers: {row['officers']}")


@click.group()
def officer() -> None:
    """The officers of the services."""


@officer.command("add")
@click.argument("username")
@click.argument("name")
@click.option("--service", "service_key", required=True, help="Key of the service they act for.")
@click.option("--role", type=click.Choice(ROLES), required=True)
@click.option(
    "--language", type=click.Choice(LANGUAGES), default="en", show_default=True, help="Language of their pages."
)
@click.option("--reads", "reads", type=click.Choice(LANGUAGES), multiple=True, help="Languages they read; repeat.")
@in_folder
@tells
def add_officer(
    username: str, name: str, service_key: str, role: str, language: str, reads: tuple[str, ...], folder: Path
) -> None:
    """Give an officer a seat. A password is made and shown once."""
    open_installation(folder)
    from passerelle.flow import seats
    from passerelle.records.models import Officer, Service

    of = Service.objects.filter(key=service_key).first()
    if of is None:
        raise click.UsageError(f"There is no service {service_key}. `passerelle service list` shows them.")
    if Officer.objects.filter(username=username).exists():
        raise click.UsageError(f"The name {username} is taken.")
    password = secrets.token_urlsafe(12)
    seats.seat_officer(
        username=username,
        name=name,
        service=of,
        role=role,
        language=language,
        languages_read=reads or (language,),
        password=password,
        now=now(),
    )
    tell(
        f"Added: {name}, {role} of {of.name}. Signs in as {username} with the password {password} (shown only now).",
        username=username, service=of.key, role=role, password=password,
    )  # fmt: skip


@officer.command("list")
@click.option("--service", "service_key", default="", help="Only those of the service with this key.")
@as_json
@in_folder
def list_officers(service_key: str, as_json: bool, folder: Path) -> None:
    """Who has a seat: username, name, role, service, and until when away."""
    open_installation(folder)
    from passerelle.records.models import Officer

    found = Officer.objects.filter(is_active=True, account__isnull=True).select_related("service")
    if service_key:
        found = found.filter(service__key=service_key)
    rows = [
        {
            "username": one.username, "name": one.name, "role": one.role, "service": one.service.key,
            "languages": list(one.languages_read), "away_until": one.away_until,
        }
        for one in found.order_by("service__key", "username")
    ]  # fmt: skip
    if as_json:
        print_json(rows)
        return
    for row in rows:
        away = f", away until {row['away_until']:%Y-%m-%d %H:%M} UTC" if row["away_until"] else ""
        click.echo(f"{row['username']}: {row['name']}, {row['role']} of {row['service']}{away}")
    if not rows:
        click.echo("Nobody. Next: `passerelle officer add USERNAME NAME --service KEY --role desk`.")


def _found(username: str) -> Any:
    from passerelle.records.models import Officer

    of = Officer.objects.select_related("service").filter(username=username).first()
    if of is None:
        raise click.UsageError(f"There is no officer {username}; `passerelle officer list` names them.")
    return of


@officer.command("role")
@click.argument("username")
@click.argument("role", type=click.Choice(ROLES))
@in_folder
@tells
def change_role(username: str, role: str, folder: Path) -> None:
    """Give an officer another role. What they held finds another holder; whoever is signed in as them is signed out."""
    open_installation(folder)
    from passerelle.flow import seats

    found = _found(username)
    moved = seats.change_role(officer=found, role=role, now=now())
    tell(
        f"{found.name} is {role} of {found.service.name} now; {len(moved)} duties found another holder.",
        username=username, role=role, moved=len(moved),
    )  # fmt: skip


@officer.command("away")
@click.argument("username")
@click.option("--until", type=click.DateTime(["%Y-%m-%d", "%Y-%m-%dT%H:%M"]), help="When they are there again (UTC).")
@click.option("--back", is_flag=True, help="They are there again now.")
@in_folder
@tells
def away(username: str, until: datetime | None, back: bool, folder: Path) -> None:
    """Say that an officer is away until a moment, or back. What they held finds another holder at once."""
    if (until is None) == (not back):
        raise click.UsageError("Give either --until or --back.")
    open_installation(folder)
    from passerelle.flow import seats

    found, moment = _found(username), now()
    end = until.replace(tzinfo=UTC) if until is not None else None
    if end is not None and end <= moment:
        raise click.UsageError("An absence ends at a moment that is still to come.")
    moved = seats.go_away(officer=found, until=end, by=None, now=moment)
    said = "back" if end is None else f"away until {end.isoformat()}"
    tell(
        f"{found.name} is {said}; {len(moved)} duties found another holder.",
        username=username, away_until=end, moved=len(moved),
    )  # fmt: skip


@officer.command("deputy")
@click.argument("username")
@click.argument("deputy", required=False)
@in_folder
@tells
def deputy(username: str, deputy: str | None, folder: Path) -> None:
    """Name who stands in for an officer who is away; without DEPUTY nobody does any more."""
    open_installation(folder)
    from passerelle.flow import seats

    found, other = _found(username), _found(deputy) if deputy else None
    seats.name_deputy(officer=found, deputy=other, by=None, now=now())
    tell(
        f"{other.name if other else 'Nobody'} stands in for {found.name}.",
        username=username, deputy=other.username if other else None,
    )  # fmt: skip


@officer.command("close")
@click.argument("username")
@in_folder
@tells
def close_seat(username: str, folder: Path) -> None:
    """An officer leaves. Nothing of theirs is lost: what they held finds another holder."""
    open_installation(folder)
    from passerelle.flow import seats

    found = _found(username)
    moved = seats.close_seat(officer=found, now=now())
    tell(
        f"The seat of {found.name} is closed; {len(moved)} duties found another holder.",
        username=username, closed=True, moved=len(moved),
    )  # fmt: skip


@officer.command("password")
@click.argument("username")
@in_folder
@tells
def set_password(username: str, folder: Path) -> None:
    """Make a new password for an officer, shown once. Whoever is signed in as them is signed out."""
    open_installation(folder)
    from passerelle.flow import seats

    found = _found(username)
    password = secrets.token_urlsafe(12)
    seats.set_password(officer=found, password=password)
    tell(
        f"{found.name} signs in as {username} with the password {password} (shown only now).",
        username=username, password=password,
    )  # fmt: skip


@officer.command("reset-factor")
@click.argument("username")
@click.option("--reason", required=True, help="What happened to the factor, and how you know who asks.")
@in_folder
@tells
def reset_factor(username: str, reason: str, folder: Path) -> None:
    """Take away the second factor of an officer who lost it. Whoever is signed in as them is signed out."""
    open_installation(folder)
    from passerelle.flow import second_factor

    found = _found(username)
    second_factor.reset(officer=found, by=None, reason=reason, now=now())
    tell(
        f"{found.name} has no second factor any more, and signs in with the password alone.",
        username=username, second_factor=False,
    )  # fmt: skip


@officer.command("link")
@click.argument("username")
@click.argument("subject")
@click.option("--issuer", default="", help="The provider; default: the one of the settings.")
@in_folder
@tells
def link_identity(username: str, subject: str, issuer: str, folder: Path) -> None:
    """Link an officer to an account of the provider of single sign-on. SUBJECT is what its token says in the claim that
    `oidc_subject_claim` names: ask whoever runs the provider, never an e-mail address."""
    open_installation(folder)
    from passerelle.flow import single_sign_on

    found, at = _found(username), issuer or _issuer()
    single_sign_on.link(officer=found, issuer=at, subject=subject, by=None, now=now())
    tell(
        f"{found.name} signs in as {subject} of {at} from now on. `passerelle officer unlink` takes it back.",
        username=username, subject=subject, issuer=at,
    )  # fmt: skip


@officer.command("unlink")
@click.argument("username")
@click.option("--issuer", default="", help="The provider; default: the one of the settings.")
@in_folder
@tells
def unlink_identity(username: str, issuer: str, folder: Path) -> None:
    """Take the link to the provider of single sign-on away. Whoever is signed in by it is signed out."""
    open_installation(folder)
    from passerelle.flow import single_sign_on

    found, at = _found(username), issuer or _issuer()
    single_sign_on.unlink(officer=found, issuer=at, by=None, now=now())
    tell(f"No account of {at} signs {found.name} in any more.", username=username, subject=None, issuer=at)


def _issuer() -> str:
    from django.conf import settings

    if not settings.OIDC_ISSUER:
        raise click.UsageError("This installation has no provider: set `oidc_issuer`, or give --issuer.")
    return str(settings.OIDC_ISSUER)
