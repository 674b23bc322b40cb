"""Services join, officers get their seats, go away and come back."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from passerelle.errors import Refused
from passerelle.flow import duties, outbox, rungs
from passerelle.flow.facts import allow, officer_facts
from passerelle.flow.ledger_lines import Journal, journal
from passerelle.ledger.events import (
    DeputyNamed,
    OfficerAway,
    OfficerLeft,
    OfficerReseated,
    OfficerSeated,
    ServiceAdded,
)
from passerelle.policy import calendar, disclosure
from passerelle.policy.facts import ROLES, check_word
from passerelle.records.models import Channel, Duty, Officer, Service
from passerelle.records.models.accounts import ACCOUNT_ROLES
from passerelle.words import sentence


class MachineSeat(Refused):
    """What only a person can have was asked for the seat of a machine."""

    code = "seats.machine"


class CannotStandIn(Refused):
    """A deputy of another service, or in a seat that could not do what the absent one does."""

    code = "seats.cannot_stand_in"


def add_service(
    *,
    key: str,
    name: str,
    kind: str,
    languages: Sequence[str],
    territories: Sequence[str] = (),
    themes: Sequence[str] = (),
    desk_address: str = "",
    place: str = "",
    now: datetime,
) -> Service:
    """A service joins the exchange; `place` says whose holidays it keeps (empty: Belgium's).

    Raises a refusal for a kind or a place that policy does not know."""
    disclosure.regime_of(kind)
    if place:
        calendar.of_place(place)
    with journal(now) as lines:
        service = Service.objects.create(
            key=key,
            name=name,
            kind=kind,
            languages=list(languages),
            territories=list(territories),
            themes=list(themes),
            desk_address=desk_address,
            place=place,
            joined_at=lines.now,
        )
        lines.write(ServiceAdded(service=key, kind=kind, languages=tuple(languages)))
    return service


def seat_officer(
    *,
    username: str,
    name: str,
    service: Service,
    role: str,
    language: str,
    languages_read: Sequence[str] = (),
    password: str | None = None,
    deputy: Officer | None = None,
    now: datetime,
) -> Officer:
    """An officer gets a seat. Without a password they cannot sign in until one is set."""
    with journal(now) as lines:
        return put_officer(
            lines, username=username, name=name, service=service, role=role, language=language,
            languages_read=languages_read, password=password, deputy=deputy,
        )  # fmt: skip


def put_officer(
    lines: Journal,
    *,
    username: str,
    name: str,
    service: Service,
    role: str,
    language: str,
    languages_read: Sequence[str] = (),
    password: str | None = None,
    deputy: Officer | None = None,
) -> Officer:
    """The row of a seat and its line, within a verb's own transaction."""
    officer = Officer(
        username=username,
        name=name,
        service=service,
        role=role,
        language=language,
        languages_read=list(languages_read) or [language],
        deputy=deputy,
    )
    officer.set_password(password)
    officer.save()
    lines.write(OfficerSeated(officer=officer.ref, service=service.key, role=role))
    if deputy is not None:
        lines.write(DeputyNamed(officer=officer.ref, deputy=deputy.ref))
    return officer


def go_away(*, officer: Officer, until: datetime | None, by: Officer | None, now: datetime) -> list[Duty]:
    """An officer is absent until a moment (None: back). What they hold finds another holder in the same transaction.

    `by` is who says so: oneself, or whom policy lets manage absences there; None is the operator at the command line.
    Raises NotThere, NotAllowed.
    """
    if by is not None:
        _may_manage(by, officer, "send_away")
    with journal(now) as lines:
        officer = Officer.objects.select_for_update().get(pk=officer.pk)
        officer.away_until = until
        officer.save(update_fields=["away_until"])
        lines.write(OfficerAway(officer=officer.ref, until=duties.said_time(until)))
        return find_other_holders(lines, officer) if until is not None and until > lines.now else []


def name_deputy(*, officer: Officer, deputy: Officer | None, by: Officer | None, now: datetime) -> None:
    """Who stands in for an officer who is away (None: nobody). What waits on the rung above stays there: a duty never
    comes down. Raises NotThere, NotAllowed, CannotStandIn."""
    if by is not None:
        _may_manage(by, officer, "send_away")
    with journal(now) as lines:
        officer = Officer.objects.select_for_update().get(pk=officer.pk)
        if deputy is not None and not (
            deputy.service_id == officer.service_id
            and deputy.pk != officer.pk
            and deputy.is_active
            and deputy.role in rungs.STANDS_IN.get(officer.role, frozenset())
        ):
            raise CannotStandIn(
                sentence("{deputy} cannot stand in for {officer}.", deputy=deputy.name, officer=officer.name),
                way_out=sentence("Name somebody of the same service who acts for its desk."),
            )
        officer.deputy = deputy
        officer.save(update_fields=["deputy"])
        lines.write(DeputyNamed(officer=officer.ref, deputy=deputy.ref if deputy is not None else ""))


def _may_manage(by: Officer, officer: Officer, act: str) -> None:
    allow(by, act, officer_facts(officer))


def change_role(*, officer: Officer, role: str, now: datetime) -> list[Duty]:
    """An officer gets another role in their service: what they held finds another holder, and their sessions end.
    Raises MachineSeat for a machine and a role that only persons have."""
    check_word(role, ROLES, what="role")
    if role not in ACCOUNT_ROLES and hasattr(officer, "account"):
        raise MachineSeat(
            sentence("No machine has the role “{role}”.", role=role),
            way_out=sentence("Use one of: {known}.", known=", ".join(ACCOUNT_ROLES)),
        )
    with journal(now) as lines:
        officer = Officer.objects.select_for_update().get(pk=officer.pk)
        officer.role = role
        officer.save(update_fields=["role"])
        lines.write(OfficerReseated(officer=officer.ref, service=officer.service.key, role=role))
        return find_other_holders(lines, officer)


def close_seat(*, officer: Officer, now: datetime) -> list[Duty]:
    """An officer leaves: they cannot sign in any more, their sessions end, what they held finds another holder."""
    with journal(now) as lines:
        return put_away(lines, officer)


def put_away(lines: Journal, officer: Officer) -> list[Duty]:
    """A seat is closed, within a verb's own transaction."""
    officer = Officer.objects.select_for_update().get(pk=officer.pk)
    officer.is_active = False
    officer.save(update_fields=["is_active"])
    lines.write(OfficerLeft(officer=officer.ref))
    for channel in Channel.objects.select_for_update().filter(officer=officer, ended_at__isnull=True):
        outbox.put_channel_away(lines, channel)
    return find_other_holders(lines, officer)


def set_password(*, officer: Officer, password: str) -> None:
    """Another password. Every session that was opened with the old one ends. Raises MachineSeat."""
    if hasattr(officer, "account"):
        raise MachineSeat(
            sentence("This is the seat of a machine: nobody signs in to it."),
            way_out=sentence("Its requests are signed; `passerelle account key {name}` gives it another key.",
                             name=officer.username),
        )  # fmt: skip
    officer.set_password(password)
    officer.save(update_fields=["password"])


def find_other_holders(lines: Journal, officer: Officer, *, at: datetime | None = None) -> list[Duty]:
    """What an officer holds finds another holder, within a verb's own transaction. `at` as for `duties.rehome`."""
    held = Duty.objects.select_for_update(of=("self",)).filter(officer=officer, ended_at__isnull=True)
    rows = held.exclude(state="withheld")  # these have the holder of their review
    rehomed = list(rows.select_related("service", "holder", "report__author", "about", "match"))
    for duty in rehomed:
        duties.rehome(lines, duty, at=at)
        assert duty.holder is not None
        says = sentence(
            "{officer} is not there; now with {holder}: {kind}.",
            officer=officer.name,
            holder=duty.officer.name if duty.officer is not None else duty.holder.name,
            kind=duties.kind_words(duty.kind),
        )
        duties.tell(lines, officer.service, "rehomed", says, duty=duty, officer=officer)
    return rehomed
