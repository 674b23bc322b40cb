"""The sources of the law as each language cites them: words around the numbers are said, titles stay as they are."""

from __future__ import annotations

import re
from collections.abc import Sequence

from passerelle.words import Sentence, noop, sentence

ACTS = {
    "Regulation (EU)": noop("Regulation (EU) {number}, Art. {article}"),
    "Directive (EU)": noop("Directive (EU) {number}, Art. {article}"),
    "Directive 2012/29/EU": noop("Directive 2012/29/EU, Art. {article}"),
    "Belgian Criminal Code of 1867": noop("Belgian Criminal Code of 1867, Art. {article}"),
    "Belgian Act of 30 July 2018 on local integral security cells": noop(
        "Belgian Act of 30 July 2018 on local integral security cells, Art. {article}"
    ),
    "United Nations Convention on the Rights of the Child": noop(
        "United Nations Convention on the Rights of the Child, Art. {article}"
    ),
}
"""The acts that the pages show, by how the tables begin to cite them."""

NOTES = {
    text: text
    for text in (
        noop("imminent threat to life"),
        noop("terrorist offences: immediately"),
        noop("twelve hours"),
        noop("without delay"),
        noop("without undue delay"),
        noop("one month"),
        noop("half of the time, so that the authority can answer in time"),
        noop("availability"),
        noop("availability, equivalent access"),
        noop("data minimisation"),
        noop("purpose limitation"),
        noop("case consultation"),
        noop("shared secrecy"),
        noop("consent of the originator"),
        noop("security, an investigation, a person's safety"),
        noop("renumbered in the Code of 2024"),
        noop("Europol, handling codes H0 and H1"),
        noop("Europol, handling code H2"),
        noop("England, Working Together to Safeguard Children, referrals: one working day"),
        noop(
            "England, Working Together to Safeguard Children, referrals: receipt acknowledged within one working day"
        ),
    )
}
"""What the tables that the pages show say beside a source; a test says which is missing."""

_ACT = re.compile(
    rf"({'|'.join(re.escape(one) for one in ACTS)})(?: (\d+/\d+))?, Art\. ([^;]*?)"
    r"(?: \(([a-z][^()]{3,})\))?(?:: ([a-z].*))?"
)
_BETWEEN = re.compile(r"; (?![^()]*\))")
"""Between two sources; what stands between the notes of one is within brackets."""


def cited(source: str) -> Sentence:
    """A source of a table as a sentence for each language; what is not known is said as it stands.

    >>> str(cited("Regulation (EU) 2018/1862, Art. 8(3) (twelve hours)"))
    'Regulation (EU) 2018/1862, Art. 8(3) (twelve hours)'
    """
    return _one_after_another([_part(part) for part in _BETWEEN.split(source)])


def _one_after_another(parts: Sequence[Sentence]) -> Sentence:
    found = parts[0]
    for part in parts[1:]:
        found = Sentence("{first}; {second}", (("first", found), ("second", part)))
    return found


def _note(text: str) -> Sentence:
    return Sentence(text) if text in NOTES else Sentence("{text}", (("text", text),))


def _part(text: str) -> Sentence:
    if text in NOTES:
        return Sentence(text)
    act = _ACT.fullmatch(text)
    if act is None:
        return Sentence("{text}", (("text", text),))
    name, number, article, notes, more = act.groups()
    first, *others = article.split(" and ")
    articles: Sentence | str = first
    for one in others:
        articles = sentence("{first} and {second}", first=articles, second=one)
    found = Sentence(ACTS[name], (("number", number or ""), ("article", articles)))
    if notes:
        said = _one_after_another([_note(one) for one in notes.split("; ")])
        found = Sentence("{act} ({note})", (("act", found), ("note", said)))
    if more:
        found = Sentence("{act}: {note}", (("act", found), ("note", _note(more))))
    return found
