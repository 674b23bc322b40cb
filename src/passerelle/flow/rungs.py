"""Who stands on a rung of a service's ladder now: one holder, who can act."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q

from passerelle.errors import Refused
from passerelle.policy.facts import DESK_ROLES
from passerelle.records.models import Officer, Service
from passerelle.words import sentence

DESK, SUPERVISOR, HEAD, NEUTRAL, OVERSIGHT = range(5)
_ROLE_ON = {SUPERVISOR: "supervisor", HEAD: "head"}
STANDS_IN = {"supervisor": DESK_ROLES, "head": DESK_ROLES, "oversight": frozenset({"oversight"})}
"""Which roles may stand in for an absent one, by its role; for others nobody does: their desk acts."""


@dataclass(frozen=True, slots=True)
class Holder:
    """A service on a rung; `officer` is the named person there, or nobody in particular: the desk."""

    level: int
    service: Service
    officer: Officer | None


class NoNeutralDesk(Refused):
    """An exchange without a neutral desk has nobody on the rung that is never absent."""

    code = "rungs.no_neutral_desk"


def neutral_desk() -> Service:
    """The exchange's own desk. Raises NoNeutralDesk when the installation has none."""
    found = Service.objects.filter(kind="neutral_desk", closed_at__isnull=True).order_by("id").first()
    if found is None:
        raise NoNeutralDesk(
            sentence("This exchange has no neutral desk, so nobody could hold what its services leave undone."),
            way_out=sentence("Add one: passerelle service add KEY NAME --kind neutral_desk."),
        )
    return found


def present(service: Service, role: str, now: datetime, *, excluding: Officer | None = None) -> Officer | None:
    """An officer of `service` in `role` who is there at `now`, or the deputy of one who is not."""
    seated = Officer.objects.filter(service=service, role=role, is_active=True, account__isnull=True).order_by("id")
    if excluding is not None:
        seated = seated.exclude(pk=excluding.pk)
    there = seated.filter(Q(away_until__isnull=True) | Q(away_until__lte=now)).first()
    if there is not None:
        return there
    for absent in seated.select_related("deputy"):  # a deputy who could not act there stands in for nobody
        deputy = absent.deputy
        if (
            deputy is not None
            and deputy.is_active
            and deputy.role in STANDS_IN[role]
            and deputy.service_id == service.pk
            and deputy != excluding
            and (deputy.away_until is None or deputy.away_until <= now)
        ):
            return deputy
    return None


def holder_from(service: Service, level: int, now: datetime, *, excluding: Officer | None = None) -> Holder:
    """The first rung from `level` upwards on which somebody can act now.

    A desk is never absent. Where a service has no supervisor or head who is there, the next rung holds it: nothing
    waits on an empty chair. `excluding` keeps a person from holding the review of their own decision. Where nobody
    sits on the oversight rung, the neutral desk keeps it.
    """
    for rung in range(level, OVERSIGHT + 1):
        if rung == DESK:
            return Holder(DESK, service, None)
        if rung in _ROLE_ON:
            officer = present(service, _ROLE_ON[rung], now, excluding=excluding)
            if officer is not None:
                return Holder(rung, service, officer)
        elif rung == NEUTRAL:
            neutral = neutral_desk()
            if neutral.pk != service.pk:
                return Holder(NEUTRAL, neutral, None)
        else:
            for body in Service.objects.filter(kind="oversight", closed_at__isnull=True).order_by("id"):
                officer = present(body, "oversight", now, excluding=excluding)
                if officer is not None:
                    return Holder(OVERSIGHT, body, officer)
    return Holder(NEUTRAL, neutral_desk(), None)
