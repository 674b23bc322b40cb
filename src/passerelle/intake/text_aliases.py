"""Who is called by two names in one text: “alias”, a nickname in brackets, and the lines of a form about one person."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache
from itertools import pairwise

from passerelle.intake.mention import Mention
from passerelle.intake.text_labels import LABELLED, label_table

BETWEEN_CHARACTERS_MAX = 40


@cache
def _between() -> re.Pattern[str]:
    words = "|".join(re.escape(word) for word in sorted(label_table()["second_names"], key=len, reverse=True))
    return re.compile(rf"(?i)\s?[,(]?\s?(?:{words})\s?[:=]?\s?[\"“„«'‘(]?\s?|\s\(\s?[\"“„«'‘]\s?")


def aliases(text: str, persons: Sequence[Mention]) -> dict[Mention, Mention]:
    """For each mention that is another name of somebody just named, that one's own mention.

    “Maikel Smeets, roepnaam Mike”; “Ricardo ('Riko')”; “Ольга Петренко” in brackets behind the same name in Latin
    letters; a form's lines *Surname*, *Forename*, *Nickname* one below another.
    """
    found: dict[Mention, Mention] = {}
    for one, other in pairwise(persons):
        gap = text[one.end : other.start]
        if len(gap) > BETWEEN_CHARACTERS_MAX or one.value == other.value:
            continue
        main = found.get(one, one)
        another_script = re.fullmatch(r"\s?\(\s?", gap) and _latin(one.value) != _latin(other.value)
        if another_script or ("\n" not in gap and _between().fullmatch(gap)) or _one_form(one, other, gap):
            found[other] = main
    return found


def _latin(name: str) -> bool:
    return all(sign < "\u0250" or not sign.isalpha() or "\u1e00" <= sign < "\u1f00" for sign in name)


def _one_form(one: Mention, other: Mention, gap: str) -> bool:
    """Whether two labelled names are the parts of one person's name: the later label is no new person's."""
    if not (one.because.text == LABELLED == other.because.text) or gap.count("\n") != 1:
        return False
    parts = label_table()["parts_of_a_name"]
    labels = [str(dict(mention.because.facts).get("label", "")).lower() for mention in (one, other)]
    return labels[0] in (*parts["first"], *parts["next"]) and labels[1] in parts["next"]
