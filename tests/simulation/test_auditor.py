"""The second model reads the lines of a ledger alone: one duty for each telling, never two, also after a recall."""

from __future__ import annotations

import json
from typing import Any

import pytest

from passerelle.cli.simulation.auditor import Auditor

CLOCK = {"due_at": "2026-01-06T08:00:00Z", "next_event": "escalate", "next_event_at": "2026-01-06T08:00:00Z"}


def raised(ref: str, kind: str = "pass_on", **more: str) -> tuple[str, dict[str, Any]]:
    said = {
        "duty": ref, "kind": kind, "report": "report-1", "recipient": "midi", "match": "", "about": "", "state": "open",
        "level": 0, "holder": "noord", "officer": "", "deadline": "", **CLOCK, **more,
    }  # fmt: skip
    return "DutyRaised", said


def moved(ref: str, step: str, state: str, version: int = 2) -> tuple[str, dict[str, Any]]:
    said = {"duty": ref, "move": step, "by": "", "version": version, "state": state, "level": 0, "holder": ""}
    return "DutyMoved", said | {"officer": "", "due_at": "", "next_event": "", "next_event_at": ""}


def delivered(ref: str, duty: str, form: str = "whole") -> tuple[str, dict[str, Any]]:
    said = {"delivery": ref, "duty": duty, "report": "report-1", "version": 1, "sender": "noord", "recipient": "midi"}
    return "Delivered", said | {"form": form}


def recalled(ref: str) -> tuple[str, dict[str, Any]]:
    return "DeliveryRecalled", {"delivery": ref, "was_read": False}


def anew(ref: str, because: str = "recalled") -> tuple[str, dict[str, Any]]:
    return "TellingOwedAnew", {"duty": ref, "because": because}


def wrong(*lines: tuple[str, dict[str, Any]]) -> list[tuple[int, str]]:
    """What the model finds in these lines."""
    auditor = Auditor()
    auditor.read(
        json.dumps({"index": number, "kind": kind, "at": f"2026-01-05T08:00:{number:02d}Z", "facts": facts})
        for number, (kind, facts) in enumerate(lines)
    )
    return auditor.wrong


TOLD = (raised("duty-1"), delivered("delivery-1", "duty-1"), moved("duty-1", "deliver", "done"))


def test_what_was_recalled_and_what_would_be_answered_otherwise_may_be_owed_anew() -> None:
    assert wrong(*TOLD, recalled("delivery-1"), anew("duty-1"), raised("duty-2")) == []
    assert wrong(*TOLD, anew("duty-1", "again"), raised("duty-2")) == []
    second = (delivered("delivery-2", "duty-2", "extract"), moved("duty-2", "deliver", "done"))
    once = (*TOLD, anew("duty-1", "again"), raised("duty-2"), *second)
    assert wrong(*once, recalled("delivery-1"), recalled("delivery-2"), anew("duty-2"), raised("duty-3")) == []
    assert wrong(raised("duty-1"), moved("duty-1", "lapse", "void"), raised("duty-2")) == []


@pytest.mark.parametrize(
    "lines",
    [
        (raised("duty-1"), raised("duty-2")),
        (*TOLD, raised("duty-2")),
        (*TOLD, recalled("delivery-1"), raised("duty-2")),
        (*TOLD, anew("duty-1", "again"), raised("duty-2"), raised("duty-3")),
        (*TOLD, recalled("delivery-1"), anew("duty-1"), raised("duty-2"), raised("duty-3")),
        (raised("duty-1"), delivered("delivery-1", "duty-1", "pointer"), recalled("delivery-1"), raised("duty-2")),
        (raised("duty-1"), anew("duty-1", "again"), raised("duty-2")),
        (*TOLD, anew("duty-1")),
        (*TOLD, delivered("delivery-2", "duty-1", "extract"), recalled("delivery-1"), anew("duty-1")),
        (raised("duty-1", "correct"), raised("duty-2", "correct")),
        (raised("duty-1", "acknowledge"), raised("duty-2", "acknowledge")),
        (raised("duty-1", "judge", match="match-1"), raised("duty-2", "judge", match="match-1")),
        (raised("duty-1", "review", about="duty-9"), raised("duty-2", "review", about="duty-9")),
    ],
    ids=[
        "two at once", "another after it was told", "recalled, and no line says that it is owed anew",
        "two after it would be answered otherwise", "two after a recall", "a pointer was recalled and the duty lives",
        "it lives and is called owed anew", "nothing was recalled", "something that was told still stands",
        "two corrections", "two acknowledgements", "one pair is judged twice", "one decision is reviewed twice",
    ],
)  # fmt: skip
def test_a_second_duty_for_the_same_is_found(lines: tuple[tuple[str, dict[str, Any]], ...]) -> None:
    assert [invariant for invariant, _ in wrong(*lines)].count(3) >= 1
