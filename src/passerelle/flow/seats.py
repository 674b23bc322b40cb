"""Services join, officers get their seats, go away and come back."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from passerelle.flow import duties
from passerelle.flow.ledger_lines import journal
from passerelle.ledger.events import OfficerAway, OfficerSeated, ServiceAdded
from passerelle.policy import disclosure
from passerelle.records.models import Duty, Officer, Service


def add_service(
    *,
    key: str,
    name: str,
    kind: str,
    languages: Sequence[str],
    territories: Sequence[str] = (),
    themes: Sequence[str] = (),
    desk_address: str = "",
    now: datetime,
) -> Service:
    """A service joins the exchange. Raises a refusal for a kind that policy does not know."""
    disclosure.regime_of(kind)
    with journal(now) as lines:
        service = Service.objects.create(
            key=key,
            name=name,
            kind=kind,
            languages=list(languages),
            territories=list(territories),
            themes=list(themes),
            desk_address=desk_address,
            joined_at=lines.now,
        )
        lines.write(ServiceAdded(service=key, kind=kind))
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
    return officer


def go_away(*, officer: Officer, until: datetime | None, now: datetime) -> list[Duty]:
    """An officer is absent until a moment (None: back). What they hold finds another holder in the same transaction."""
    with journal(now) as lines:
        officer = Officer.objects.select_for_update().get(pk=officer.pk)
        officer.away_until = until
        officer.save(update_fields=["away_until"])
        lines.write(OfficerAway(officer=officer.ref, until=duties.said_time(until)))
        rehomed = []
        if until is not None and until > lines.now:
            held = Duty.objects.select_for_update(of=("self",)).filter(officer=officer, ended_at__isnull=True)
            rows = held.exclude(state="withheld")  # these have the holder of their review
            for duty in rows.select_related("service", "holder", "report__author", "about", "match"):
                duties.rehome(lines, duty)
                rehomed.append(duty)
    return rehomed
