"""Latin words of the syllables of Chinese and Korean names: where they part, and the spelling of Wade and Giles."""

from __future__ import annotations

import re

SHORT = 300
"""What a syllable says at most, in hundredths of a consonant."""
MIDDLE_POINT = re.compile("[·•・‧]")
"""What parts the words of a name from elsewhere in Chinese signs."""
_WADE_GILES = re.compile(
    r"(?:(?:(?:ch|ts|tz|[ptk])'?|hs|sh|ss|sz|[mfnlhjsyw])?"
    r"(?:iang|iung|uang|iao|ieh|ien|ueh|uai|uan|uei|ang|eng|ing|ung|ih|ia|iu|in|ua|uo|ui|un|ai|ao|an|ei|en|eh|ou"
    r"|[aeiou]))"
    r"{1,3}"
)
_WADE_GILES_ONLY = re.compile(r"hs|tz|sz|ieh|ien|ung|ih|uo|eh|[ptks]'|iung")
"""What pinyin never writes."""
WADE_GILES_COST = 10
_SYLLABLE = re.compile(
    r"(?:zh|ch|sh|kk|tt|pp|ss|jj|ts|hs|[bpmfdtnlgkhjqxrzcsyw])?[yw]?[aeiou]+(?:[nmlkptbgr]|ng)??"
    r"(?=(?:zh|ch|sh|kk|tt|pp|ss|jj|ts|hs|[bpmfdtnlgkhjqxrzcsyw])?[yw]?[aeiou]|$)"
)
"""One syllable, as Chinese and Korean names are spelt: the consonant between two belongs to the second."""
_RUN_TOGETHER = re.compile(r"ng(?=[aeiouh])|(?<=.)[kptg]h|(?<=.)ks")
"""Letters of two syllables that are read as one sound: Jia*ng*uo, Hyu*ngh*o, Soo*ks*o."""


def in_wade_giles(letters: str) -> bool:
    """Whether a word, without accents, is spelt the way of Wade and Giles: what only they spell so is in it."""
    found = _WADE_GILES.fullmatch(letters)
    return found is not None and _WADE_GILES_ONLY.search(letters) is not None


def parted(letters: str) -> str:
    """A word of two or three syllables with an apostrophe between them, where letters of two would be read as one."""
    if not _RUN_TOGETHER.search(letters):
        return ""
    found = [match[0] for match in _SYLLABLE.finditer(letters)]
    return "'".join(found) if 2 <= len(found) <= 3 and "".join(found) == letters else ""
