"""The tables of rules in the words of the pages: what changed between two versions, and what their keys stand for."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from passerelle.flow.rules import RowChange
from passerelle.policy.deadlines import DeadlineRow
from passerelle.words import noop

FIELD_WORDS: dict[str, str] = {
    "duties": noop("Duties"),
    "urgencies": noop("When"),
    "themes": noop("Themes"),
    "recipients": noop("To"),
    "period": noop("By when"),
    "measured": noop("(the figure is this installation's measure)"),
    "source": noop("Source"),
    "standing": noop("Standing"),
    "sender": noop("From"),
    "recipient": noop("To"),
    "purposes": noop("What for"),
    "categories": noop("This person is"),
    "danger_to_life": noop("A life is in danger"),
    "at_once": noop("At once"),
    "after_decision": noop("After a decision"),
    "judged_first": noop("(the match judged first)"),
    "regime": noop("Regime"),
    "legal_source": noop("Source"),
    "legal_standing": noop("Standing"),
    "says": noop("Rule"),
    "place": noop("Place in the table"),
}
"""What each field of a row is called."""

SAID_BY: Mapping[str, tuple[str, ...]] = {
    "duties": ("duty",), "urgencies": ("urgency",), "themes": ("theme",), "recipients": ("service_kind",),
    "sender": ("service_kind", "regime"), "recipient": ("service_kind", "regime"), "purposes": ("purpose",),
    "categories": ("concerned",), "at_once": ("telling",), "after_decision": ("telling",), "regime": ("regime",),
    "standing": ("standing",), "legal_standing": ("standing",),
}  # fmt: skip
"""The closed lists whose words stand in a field."""

KEYS_OF: Mapping[str, tuple[str, ...]] = {
    "deadlines": ("duties", "urgencies", "themes", "recipients", "standing"),
    "who_may_tell_whom": ("sender", "purposes", "categories", "at_once", "legal_standing"),
}
"""The fields of each table whose keys are words of closed lists; those of `recipient` are those of `sender`."""

_CLOCK = ("count", "unit", "at_once")


def changed(change: RowChange, before: Sequence[Any], after: Sequence[Any]) -> Iterator[tuple[str, Any, Any]]:
    """Each field that says something else, before and after. The parts of a clock are one sentence."""
    old = next((row for row in before if row.id == change.row), None)
    new = next((row for row in after if row.id == change.row), None)
    of_clock = isinstance(old or new, DeadlineRow)
    told = False
    for name in {**change.before, **change.after}:
        if of_clock and name in _CLOCK:
            if not told:
                yield "period", old.says() if old is not None else "", new.says() if new is not None else ""
            told = True
        else:
            yield name, change.before.get(name, ""), change.after.get(name, "")
