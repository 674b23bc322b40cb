"""Reading a question and its answer: the line comes before the first byte, and no name that policy keeps."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from passerelle.duty import moves_from
from passerelle.flow import answer, ask, facts, onward
from passerelle.flow.consult import write_down
from passerelle.flow.facts import NotThere
from passerelle.flow.ledger_lines import journal
from passerelle.policy import access
from passerelle.records import visibility
from passerelle.records.models import Officer, Question, Service


@dataclass(frozen=True, slots=True)
class QuestionView:
    """A question as its reader may see it. `asks` and `asked` are None where that service may not be named; `acts` are
    what this reader may do with the duty to answer. `onward_form`: the most that law and handling let travel to the
    further service that it asks for, for whoever may say yes; `by_silence`: it travels, too, if nobody answers in time.
    """

    question: Question
    asks: Service | None
    asked: Service | None
    mine: bool
    acts: frozenset[str]
    asked_back: tuple[Question, ...]
    words_may_travel: bool
    onward_form: str = ""
    by_silence: bool = False


def read_question(*, ref: str, officer: Officer, now: datetime) -> QuestionView:
    """A question with its answer, for who asked and for who owes the answer. Raises NotThere."""
    with journal(now) as lines:
        found = visibility.questions(officer).filter(ref=ref).values_list("pk", flat=True).first()
        if found is None:
            raise NotThere
        question = Question.objects.select_related(
            "service", "asked_by", "answered_by", "duty__service", "duty__holder", "duty__officer", "duty__recipient",
            "duty__report__service", "report__service", "match__left__service", "match__right__service",
            "delivery__duty__report__service", "delivery__duty__recipient", "parent", "dossier", "onward_to",
        ).get(pk=found)  # fmt: skip
        reader, thing = facts.reader_facts(officer), facts.question_facts(question)
        ground = access.may(reader, "read_content", thing)
        if not ground.allowed:
            raise NotThere
        mine = question.service_id == officer.service_id
        write_down(lines, officer, question.ref, "received" if mine else "duty", "", ground.ground or "")
        duty = question.duty
        may = duty.live and access.may(reader, "answer", facts.duty_facts(duty)).allowed
        possible = set(moves_from(duty.kind, duty.state)) if may else set()
        named, theirs = not question.discreet or officer.role == "oversight", ask.from_first(question)
        onwards, form = question.onward_to is not None, ""
        if onwards:
            possible -= {"answer", "bounce"}
            if duty.live and access.may(reader, "pass_on", facts.duty_facts(duty)).allowed:
                possible |= {"consent"} if "answer" in moves_from(duty.kind, duty.state) else set()
                form = onward.may_travel(question, decided=True).form
        back = question.asked_back.select_related("service", "duty").order_by("id")
        return QuestionView(
            question=question,
            asks=question.service if named or mine or not theirs else None,
            asked=duty.service if named or not mine or theirs else None,
            mine=mine,
            acts=frozenset(possible & {"answer", "ask_back", "bounce", "consent"}),
            asked_back=tuple(back),
            words_may_travel=bool(may) and answer.may_travel(question, officer, lines.now),
            onward_form=form,
            by_silence=bool(form) and onward.by_silence(question, duty) is not None,
        )
