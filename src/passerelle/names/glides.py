"""Letters of a Latin word that may be two sounds: a *j* that is a sound of its own, *sz*, *gn*, a silent *es*."""

from __future__ import annotations

import re

from passerelle.names import sounds

_GLIDE = re.compile(
    r"(?<=[aeo])j(?=[aeou]|$)|(?<![dstzaeo])j(?=[aeou])|(?<=.)[dstz]j|(?<=.)(?:[rscd]z(?!h)|[zcd]s(?![hcj])|gn)|(?<=[^aeiou])es$"
)
"""Where a *j* may be a sound of its own (*Jabri*) or a glide (*Jan*), and where two letters may be two sounds."""


def taken_apart(stem: str) -> str:
    """The word with an apostrophe between letters that may be two sounds; itself where there are none."""
    return _GLIDE.sub(_parted, stem)


def _parted(found: re.Match[str]) -> str:
    """The letters of one match with an apostrophe after the first; a *j* after a vowel has one on both sides."""
    before = "'" if found[0] == "j" and found.start() and found.string[found.start() - 1] in sounds.VOWELS else ""
    return before + found[0][0] + "'" + found[0][1:]
