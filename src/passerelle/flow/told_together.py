"""Duties and deliveries that one transaction raises for very many: their rows are written together, not one by one."""

from __future__ import annotations

from collections.abc import Iterable

from passerelle.records.models import Delivery, Duty, Interest, Match, Service


class Together:
    """Rows that stand in no table yet. Whoever asks the tables about them calls `put` first."""

    def __init__(self) -> None:
        self._duties: list[Duty] = []
        self._matches: list[tuple[Duty, Match]] = []
        self._interests: list[tuple[Duty, Interest]] = []
        self._deliveries: list[Delivery] = []

    def owe(self, duty: Duty, matches: Iterable[Match], interests: Iterable[Interest]) -> None:
        """A duty, with what it rests on and what it serves. Until `put` it has no primary key, and moves unwritten."""
        self._duties.append(duty)
        self._matches += [(duty, match) for match in matches]
        self._interests += [(duty, interest) for interest in interests]

    def tell(self, delivery: Delivery) -> None:
        """A delivery under a duty that may stand here too."""
        self._deliveries.append(delivery)

    def put(self) -> None:
        """Write them, as they are now: five statements for any number."""
        if not self._duties:
            return
        for follow in (False, True):  # an acknowledgement is about a duty that must stand first
            Duty.objects.bulk_create(
                duty for duty in self._duties if (duty.about is not None and duty.about.kind == "pass_on") is follow
            )
        rests_on, serves = Duty.matches.through, Duty.interests.through
        rests_on.objects.bulk_create(rests_on(duty=duty, match=match) for duty, match in self._matches)
        serves.objects.bulk_create(serves(duty=duty, interest=interest) for duty, interest in self._interests)
        Delivery.objects.bulk_create(self._deliveries)
        self._duties.clear()
        self._matches.clear()
        self._interests.clear()
        self._deliveries.clear()


def known_to(matches: Iterable[Match]) -> set[tuple[int, int]]:
    """Report and recipient, by primary key, wherever something of a report in these matches was ever owed or told."""
    reports = {side.report_id for match in matches for side in (match.left, match.right) if side.report_id}
    found: set[tuple[int, int]] = set()
    for rows in (Duty.objects.filter(recipient__isnull=False), Delivery.objects.all()):
        found.update(rows.filter(report__in=reports).order_by().values_list("report_id", "recipient_id"))
    return found


def known_of(recipient: Service) -> set[int]:
    """Reports, by primary key, of which something was ever owed or told to a service."""
    found: set[int] = set()
    owed = Duty.objects.filter(recipient=recipient, report__isnull=False)
    for rows in (owed, Delivery.objects.filter(recipient=recipient)):
        found.update(rows.order_by().values_list("report_id", flat=True))
    return found
