"""The sources of the law as each language cites them: words around the numbers are said, titles stay as they are."""

from __future__ import annotations

import re

from passerelle.words import Sentence, noop, sentence

ACTS = {
    "Regulation (EU)": noop("Regulation (EU) {number}, Art. {article}"),
    "Directive (EU)": noop("Directive (EU) {number}, Art. {article}"),
}
"""Acts of the Union, by how the tables begin to cite them."""

NOTES = {
    text: text
    for text in (
        noop("imminent threat to life"),
        noop("terrorist offences: immediately"),
        noop("twelve hours"),
        noop("without delay"),
        noop("without undue delay"),
        noop("one month"),
        noop("England, Working Together to Safeguard Children, referrals: one working day"),
        noop(
            "England, Working Together to Safeguard Children, referrals: receipt acknowledged within one working day"
        ),
    )
}
"""What the tables of deadlines say beside a source; a test says which is missing."""

_ACT = re.compile(r"(Regulation \(EU\)|Directive \(EU\)) (\d+/\d+), Art\. ([^;]*?)(?: \(([a-z][a-z :]{3,})\))?")


def cited(source: str) -> Sentence:
    """A source of a table as a sentence for each language; what is not known is said as it stands.

    >>> str(cited("Regulation (EU) 2018/1862, Art. 8(3) (twelve hours)"))
    'Regulation (EU) 2018/1862, Art. 8(3) (twelve hours)'
    """
    parts = [_part(part) for part in source.split("; ")]
    found = parts[0]
    for part in parts[1:]:
        found = Sentence("{first}; {second}", (("first", found), ("second", part)))
    return found


def _part(text: str) -> Sentence:
    if text in NOTES:
        return Sentence(text)
    act = _ACT.fullmatch(text)
    if act is None:
        return Sentence("{text}", (("text", text),))
    name, number, article, note = act.groups()
    first, *more = article.split(" and ")
    articles: Sentence | str = first
    for one in more:
        articles = sentence("{first} and {second}", first=articles, second=one)
    found = Sentence(ACTS[name], (("number", number), ("article", articles)))
    if not note:
        return found
    said = Sentence(note) if note in NOTES else note
    return Sentence("{act} ({note})", (("act", found), ("note", said)))
