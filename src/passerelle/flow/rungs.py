"""Who stands on a rung of a service's ladder now: one holder, who can act."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from passerelle.errors import Refused
from passerelle.policy.facts import DESK_ROLES
from passerelle.records.models import Officer, Service
from passerelle.words import sentence

DESK, SUPERVISOR, HEAD, NEUTRAL, OVERSIGHT = range(5)
_ROLE_ON = {SUPERVISOR: "supervisor", HEAD: "head"}
_SEATED = {"is_active": True, "account__isnull": True}
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


class Seats:
    """Who sits where, each read once. For one transaction that gives many duties to holders and seats nobody anew."""

    def __init__(self) -> None:
        self._seated: dict[tuple[int, str], list[Officer]] = {}
        self._neutral: Service | None = None
        self._watching: list[Service] | None = None

    def look_up(self, services: Iterable[int]) -> None:
        """Read who leads these services, by primary key, in one go."""
        asked = set(services)
        self._seated |= {(service, role): [] for service in asked for role in _ROLE_ON.values()}
        rows = Officer.objects.filter(service__in=asked, role__in=_ROLE_ON.values(), **_SEATED)
        for officer in rows.select_related("account", "deputy__account").order_by("id"):
            self._seated[officer.service_id, officer.role].append(officer)

    def seated(self, service: Service, role: str) -> list[Officer]:
        """The officers of a service in a role, with their deputies, in the order in which they came."""
        there = self._seated.get((service.pk, role))
        if there is None:
            rows = Officer.objects.filter(service=service, role=role, **_SEATED)
            there = list(rows.select_related("account", "deputy__account").order_by("id"))
            self._seated[service.pk, role] = there
        return there

    def neutral(self) -> Service:
        """The exchange's own desk. Raises NoNeutralDesk."""
        self._neutral = self._neutral or neutral_desk()
        return self._neutral

    def watching(self) -> list[Service]:
        """The services that oversee."""
        if self._watching is None:
            rows = Service.objects.filter(kind="oversight", closed_at__isnull=True).order_by("id")
            self._watching = list(rows)
        return self._watching


def present(
    service: Service, role: str, now: datetime, *, excluding: Officer | None = None, seats: Seats | None = None
) -> Officer | None:
    """An officer of `service` in `role` who is there at `now`, or the deputy of one who is not."""
    seated = [officer for officer in (seats or Seats()).seated(service, role) if officer != excluding]
    there = next((officer for officer in seated if _is_there(officer, now)), None)
    if there is not None:
        return there
    for absent in seated:  # a deputy who could not act there stands in for nobody
        deputy = absent.deputy
        if (
            deputy is not None
            and deputy.is_active
            and deputy.role in STANDS_IN[role]
            and deputy.service_id == service.pk
            and deputy != excluding
            and _is_there(deputy, now)
        ):
            return deputy
    return None


def _is_there(officer: Officer, now: datetime) -> bool:
    return officer.away_until is None or officer.away_until <= now


def holder_from(
    service: Service, level: int, now: datetime, *, excluding: Officer | None = None, seats: Seats | None = None
) -> Holder:
    """The first rung from `level` upwards on which somebody can act now.

    A desk is never absent. Where a service has no supervisor or head who is there, the next rung holds it: nothing
    waits on an empty chair. `excluding` keeps a person from holding the review of their own decision. Where nobody
    sits on the oversight rung, the neutral desk keeps it. `seats`: as this transaction read them already.
    """
    seats = seats or Seats()
    for rung in range(level, OVERSIGHT + 1):
        if rung == DESK:
            return Holder(DESK, service, None)
        if rung in _ROLE_ON:
            officer = present(service, _ROLE_ON[rung], now, excluding=excluding, seats=seats)
            if officer is not None:
                return Holder(rung, service, officer)
        elif rung == NEUTRAL:
            neutral = seats.neutral()
            if neutral.pk != service.pk:
                return Holder(NEUTRAL, neutral, None)
        else:
            for body in seats.watching():
                officer = present(body, "oversight", now, excluding=excluding, seats=seats)
                if officer is not None:
                    return Holder(OVERSIGHT, body, officer)
    return Holder(NEUTRAL, seats.neutral(), None)
