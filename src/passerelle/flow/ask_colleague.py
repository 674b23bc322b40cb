"""A colleague is asked something for a dossier of their own service: a question, with a holder and a clock."""

from __future__ import annotations

from datetime import datetime

from passerelle.errors import Refused
from passerelle.flow import ask, duties
from passerelle.flow.facts import NotThere
from passerelle.flow.hold import can_hold
from passerelle.flow.ledger_lines import journal
from passerelle.policy.facts import SERVICE_ROLES
from passerelle.records import visibility
from passerelle.records.models import Officer, Question
from passerelle.words import sentence


class CannotTake(Refused):
    """A colleague who is away, or of another service."""

    code = "ask.cannot_take"


def ask_colleague(*, dossier: str, officer: Officer, to: Officer | None, text: str, now: datetime) -> Question:
    """Ask a colleague of one's own service to find something out for a dossier, or the desk (None): a duty to answer,
    with a holder, a clock, and whoever stands above when it is late. It leaves the service by climbing only.

    Raises NotThere, QuestionIncomplete, CannotTake.
    """
    ask.has_words(text)
    with journal(now) as lines:
        found = visibility.dossiers(officer).filter(ref=dossier, service=officer.service_id).first()
        if found is None or officer.role not in SERVICE_ROLES:
            raise NotThere
        interest = getattr(found, "interest", None)
        target = ask.Target(dossier=found, themes=frozenset(found.themes))
        asked = ask.put_question(
            lines, target, officer=officer, text=text, to=officer.service,
            because=[sentence("{officer} asks this for a dossier of your service.", officer=officer.name)],
            themes=target.themes, territory="", purpose=interest.purpose if interest is not None else target.purpose,
        )  # fmt: skip
        if to is not None:
            to = Officer.objects.select_for_update(of=("self",)).get(pk=to.pk)
            if not can_hold(asked.duty, to, lines.now):
                raise CannotTake(
                    sentence("{officer} cannot hold this duty now.", officer=to.name),
                    way_out=sentence("Choose somebody of your service who is not away, or the desk."),
                )
            asked.duty.officer = to
            duties.move(lines, asked.duty, "assign", by=officer)
            if to != officer:
                duties.tell_holder(lines, asked.duty)
    return asked
