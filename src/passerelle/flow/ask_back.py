"""Who owes an answer asks first: a state with a clock, and words that travel only where those of an answer would."""

from __future__ import annotations

from datetime import datetime

from passerelle.errors import Refused
from passerelle.flow import answer, ask, duties
from passerelle.flow.acknowledge import locked_duty
from passerelle.flow.facts import NotThere, allow, duty_facts
from passerelle.flow.ledger_lines import journal
from passerelle.records.models import Officer, Question
from passerelle.words import sentence

ASKED_BACK_MAX = 2
"""So often a question may be answered with a question; then it is answered, or withheld on a ground."""


class AskedBackTooOften(Refused):
    """A question answered with a question, once more."""

    code = "ask.too_often"


def ask_back(*, ref: str, officer: Officer, text: str, now: datetime) -> Question:
    """Answer the question of a duty with a question: it goes to who asked, with a clock of its own; meanwhile the duty
    is on hold, and its own clock stands as long as the other side has the word.

    Raises NotThere, NotAllowed, IllegalMove, QuestionIncomplete, AnswerMayNotTravel, AskedBackTooOften.
    """
    ask.has_words(text)
    with journal(now) as lines:
        duty = locked_duty(ref, officer)
        allow(officer, "answer", duty_facts(duty))
        asked = ask.of_duty(duty)
        if not answer.may_travel(asked, officer, lines.now):
            raise answer.AnswerMayNotTravel(
                sentence("The law or the handling lets no words on this travel to the service that asked."),
                way_out=sentence("Withhold on a lawful ground, or have the match judged first; it keeps its clock."),
            )
        if asked.asked_back.count() >= ASKED_BACK_MAX or ask.depth_of(asked) >= ASKED_BACK_MAX:
            raise AskedBackTooOften(
                sentence("This question was answered with a question often enough."),
                way_out=sentence("Answer it with what is known, or withhold on a lawful ground."),
            )
        said = sentence("Your question was answered with a question; its clock stands until you have answered.")
        back = ask.put_question(
            lines, ask.Target(purpose=asked.purpose, discreet=asked.discreet), officer=officer, text=text,
            to=asked.service, because=[said], themes=frozenset(asked.themes), territory=asked.territory,
            purpose=asked.purpose, parent=asked, urgency_known=duty.urgency,
        )  # fmt: skip
        assert duty.due_at is not None and back.duty.due_at is not None
        until = back.duty.due_at
        duty.due_at += until - lines.now
        duty.paused_until, duty.pause_reason = until, ""
        duty.next_event, duty.next_event_at = "resume", until
        duties.move(lines, duty, "ask_back", by=officer)
    return back


__all__ = ["ASKED_BACK_MAX", "AskedBackTooOften", "NotThere", "ask_back"]
