"""Bugs on purpose: the house bent in one place, so that a simulation which finds nothing is known to be blind."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

SKIPPED_EVERY = 5


def skipped_sweep() -> None:
    """One in five due events is passed over by the sweep, for good."""
    from passerelle.flow import work

    due = work._due
    work._due = lambda at: ([row for row in page if row[0] % SKIPPED_EVERY] for page in due(at))


def lost_retry() -> None:
    """What follows from a comparison is lost for one match in three, as if the work broke off and nobody went on."""
    from passerelle.flow import oblige

    follow, count = oblige.by_matches, [0]

    def forgetful(lines: Any, matches: Any) -> None:
        kept = []
        for match in matches:
            count[0] += 1
            kept += [match] if count[0] % 3 else []
        follow(lines, kept)

    oblige.by_matches = forgetful


def dropped_line() -> None:
    """One in forty lines of a duty's moves never reaches the ledger."""
    from passerelle.flow.ledger_lines import Journal

    write, count = Journal.write, [0]

    def leaky(self: Any, event: Any) -> None:
        if type(event).__name__ == "DutyMoved":
            count[0] += 1
            if count[0] % 40 == 0:
                return
        write(self, event)

    Journal.write = leaky  # type: ignore[method-assign]


def double_delivery() -> None:
    """What was delivered is told as delivered once more."""
    from passerelle.flow.ledger_lines import Journal

    write, count = Journal.write, [0]

    def twice(self: Any, event: Any) -> None:
        write(self, event)
        if type(event).__name__ == "Delivered":
            count[0] += 1
            if count[0] % 7 == 0:
                write(self, event)

    Journal.write = twice  # type: ignore[method-assign]


def same_reviewer() -> None:
    """Whoever decided is not left out when a second person is looked for."""
    from passerelle.flow import rungs

    look = rungs.holder_from
    rungs.holder_from = lambda *given, excluding=None, **more: look(*given, **more)


def falling() -> None:
    """A duty that is given to somebody comes down one rung."""
    from passerelle.flow import duties

    move, count = duties.move, [0]

    def falls(lines: Any, duty: Any, step: str, **more: Any) -> None:
        if step in ("escalate", "remind", "assign", "resume") and duty.level > 0:
            count[0] += 1
            if count[0] % 5 == 0:
                duty.level -= 1
        move(lines, duty, step, **more)

    duties.move = falls


def owed_twice() -> None:
    """Whoever asks whether a telling is owed already hears no, one time in two; and the tables would take a second."""
    from django.db import connection

    from passerelle.flow import oblige
    from passerelle.records.models import Duty

    look, count = oblige.owed, [0]
    once = next(constraint for constraint in Duty._meta.constraints if constraint.name == "duty_once")
    with connection.schema_editor() as tables:  # else they refuse the second, and not the model beside them
        tables.remove_constraint(Duty, once)

    def blind(report: Any, recipient: Any) -> Any:
        count[0] += 1
        return look(report, recipient) if count[0] % 2 else None

    oblige.owed = blind


def forgotten_recall() -> None:
    """What was recalled is owed no more, though somebody still needs it."""
    from passerelle.flow import duties, recall
    from passerelle.records.models import Duty

    def forgets(lines: Any, delivery: Any) -> None:
        told = Duty.objects.get(pk=delivery.duty_id)
        if told.state == "done" and told.outcome not in ("recalled", "again"):
            duties.owe_anew(lines, told, "recalled")

    recall._decide_again = forgets


PLANTS: dict[str, Callable[[], None]] = {
    plant.__name__: plant
    for plant in (
        skipped_sweep, lost_retry, dropped_line, double_delivery, same_reviewer, falling, owed_twice, forgotten_recall,
    )
}  # fmt: skip
"""By name; each must turn a simulation red."""
