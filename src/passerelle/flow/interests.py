"""Why a service needs to know, written down: purpose, legal basis, end; for a watch and a rule, two persons."""

from __future__ import annotations

from datetime import date, datetime

from passerelle.errors import Refused
from passerelle.flow import sizes
from passerelle.flow.ledger_lines import Journal
from passerelle.ledger import canonical
from passerelle.ledger.events import InterestStated
from passerelle.policy.facts import PURPOSES, check_word
from passerelle.records.models import Dossier, Interest, Officer, Service
from passerelle.words import Day, sentence


class InterestIncomplete(Refused):
    """An interest without a purpose, a legal basis or an end."""

    code = "interest.incomplete"


def check_interest(purpose: str, legal_basis: str, until: date, now: datetime) -> None:
    """Raises InterestIncomplete without a legal basis or with an end that is past, UnknownWord for a purpose,
    TooLong or NoText for a legal basis that nobody reads."""
    check_word(purpose, PURPOSES, what="purpose")
    if not legal_basis.strip():
        raise InterestIncomplete(sentence("An interest needs a legal basis: the article that entrusts the task."))
    sizes.check_text(legal_basis, sentence("legal basis"))
    if until <= now.date():
        raise InterestIncomplete(
            sentence("An interest ends on a day that is still to come, not on {day}.", day=Day(until))
        )


def check_four_eyes(officer: Officer | None, approved_by: Officer | None) -> None:
    """Raises InterestIncomplete unless two persons stand behind it."""
    if officer is not None and (approved_by is None or approved_by.pk == officer.pk):
        raise InterestIncomplete(
            sentence("A watch or a rule is approved by a second person."),
            way_out=sentence("Ask a supervisor of your service."),
        )


def state_interest(
    lines: Journal,
    *,
    service: Service,
    officer: Officer | None,
    kind: str,
    purpose: str,
    legal_basis: str,
    until: date,
    dossier: Dossier | None = None,
    theme: str = "",
    territory: str = "",
    discreet: bool = False,
    approved_by: Officer | None = None,
) -> Interest:
    """An interest and its line in the ledger, within a verb's own transaction."""
    interest = Interest.objects.create(
        service=service,
        kind=kind,
        dossier=dossier,
        theme=theme,
        territory=territory,
        purpose=purpose,
        legal_basis=legal_basis,
        until=until,
        discreet=discreet,
        stated_by=officer,
        approved_by=approved_by,
        stated_at=lines.now,
    )
    lines.write(
        InterestStated(
            interest=interest.ref,
            service=service.key,
            kind=kind,
            dossier=dossier.ref if dossier else "",
            theme=theme,
            territory=territory,
            purpose=purpose,
            commitment=canonical.commitment(bytes(interest.salt), {"legal_basis": legal_basis}),
            until=until.isoformat(),
            discreet=discreet,
            by=officer.ref if officer else "",
        )
    )
    return interest
