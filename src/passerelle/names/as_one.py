"""Two words of a name written as one: *Yong ho* and *Yongho*, *Abdul Rashid* and *Abdulrashid*."""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache

from passerelle.names import parts, syllables
from passerelle.names import script as scripts
from passerelle.names.parts import Form, Name, Word


def _may_be_one(one: Word, two: Word) -> bool:
    """Two words of letters, or a letter beside a syllable (*Youngh-o*, *J-ihoon*)."""
    if one.kind == two.kind == "name":
        return True
    name, letter = (one, two) if one.kind == "name" else (two, one)
    return (
        name.kind == "name" and letter.kind == "initial" and "." not in letter.stem and name.weight <= syllables.SHORT
    )


@lru_cache(maxsize=16384)
def _joint_number(whole: int, one: int, two: int) -> int:
    return parts.next_number()


def _at_the_joint(word: Word, one: Word, two: Word) -> Word:
    """The word that two words make, also read with each by itself: the ng and h of *Yong ho* are not the ngh of
    *Nghi*."""
    if not one.forms or not two.forms:
        return word
    units = one.forms[0].units + two.forms[0].units
    if any(form.units == units for form in word.forms):
        return word
    forms = (*word.forms, Form(units, 0, word.forms[0].abjad if word.forms else False))
    number = _joint_number(word.number, one.number, two.number)
    return replace(word, forms=forms, number=number)


def merged(name: Name, place: int) -> Name | None:
    """The name with the words at `place` and `place + 1` written as one, or None when they are of two scripts."""
    if place in name.merged:
        return name.merged[place]
    one, two = name.words[place], name.words[place + 1]
    result: Name | None = None
    if one.script == two.script and _may_be_one(one, two) and not two.prefix:
        if one.script in parts.READ_AS:
            read = parts.JOINT.join(scripts.in_latin(word.text, joint=parts.JOINT) or word.stem for word in (one, two))
            joined = parts.read_word(one.text + two.text, read, script=one.script)
        else:
            joined = _at_the_joint(parts.word_of(one.stem + two.stem, one.prefix, f"{one.text} {two.text}"), one, two)
        result = Name(
            name.raw,
            (*name.words[:place], joined, *name.words[place + 2 :]),
            (*name.roles[:place], name.roles[place], *name.roles[place + 2 :]),
        )
    name.merged[place] = result
    return result
