"""E-mail addresses and user names that a text mentions."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

from passerelle.intake.mention import Mention, mention_of
from passerelle.intake.text_words import word_table
from passerelle.words import noop, sentence

EMAIL_SHAPE = noop("The shape of an e-mail address.")
USERNAME_SIGN = noop("A name behind an @, or in the address of a network.")
USERNAME_WORD = noop("It stands beside a word for a network or an account.")

_EMAIL = re.compile(r"(?<![\w.+-])[\w.+-]{1,64}@[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63}){1,6}(?![\w-])")
_AT = re.compile(r"(?<![\w.@/])@[A-Za-z0-9_](?:[A-Za-z0-9_]|[.-](?=[A-Za-z0-9_])){1,30}")
_NETWORK = re.compile(
    r"(?i)(?<![\w.@/])(?:https?://)?(?:www\.)?(?:t\.me|instagram\.com|facebook\.com|tiktok\.com|snapchat\.com/add|x\.com|"
    r"twitter\.com|vk\.com|youtube\.com|discord\.gg|ok\.ru)/@?[A-Za-z0-9_](?:[A-Za-z0-9_]|[.-](?=[A-Za-z0-9_])){1,40}"
)
_HANDLE = r"[A-Za-z](?:[A-Za-z0-9_]|[.-](?=[A-Za-z0-9_])){2,30}"
BESIDE_CHARACTERS = 45


def find_emails(text: str) -> Iterator[Mention]:
    for found in _EMAIL.finditer(text):
        yield mention_of(
            "email", text, found.span(), found[0].lower(), 0.98, sentence(EMAIL_SHAPE), email=found[0].lower()
        )


@cache
def _beside() -> tuple[re.Pattern[str], re.Pattern[str]]:
    words = "|".join(re.escape(word) for word in sorted(word_table()["network_words"], key=len, reverse=True))
    return (
        re.compile(
            rf"(?i)(?<!\w)(?:{words})(?!\w)[^.!?\n]{{0,{BESIDE_CHARACTERS}}}?[\s:/\"“„«'(](?P<name>{_HANDLE})(?![\w@])"
        ),
        re.compile(rf"(?i)(?<![\w.@/])(?P<name>{_HANDLE})(?![\w@])[\"”“»']?\s*\((?:{words})\)"),
    )


_QUOTED = re.compile(rf"[\"“„«]\s?(?P<name>{_HANDLE})\s?[\"”“»]")


def find_usernames(text: str) -> Iterator[Mention]:
    for pattern in (_AT, _NETWORK):
        for found in pattern.finditer(text):
            yield _username(text, found.span(), 0.95, USERNAME_SIGN)
    for beside in (*_beside(), _QUOTED):
        at = 0
        while found := beside.search(text, at):  # type: ignore[assignment]  # one that is no handle leaves the cue to the next
            span = found.span("name")
            if not _made_up(found["name"]) and (later := _later(text, found.end("name"))):
                span = later
            if _made_up(text[slice(*span)]):
                yield _username(text, span, 0.85, USERNAME_WORD)
                at = span[1]
            else:
                at = found.start() + 1


def _later(text: str, at: int) -> tuple[int, int] | None:
    """The first made-up name in the rest of the sentence, as near as a cue may stand."""
    rest = re.split(r"[.!?]\s|\n", text[at : at + BESIDE_CHARACTERS + 20])[0]
    found = re.finditer(rf"[\s:/\"“„«'(](?P<name>{_HANDLE})(?![\w@])", rest)
    return next(((at + f.start("name"), at + f.end("name")) for f in found if _made_up(f["name"])), None)


def _made_up(name: str) -> bool:
    """Whether no word of a sentence looks like this: letters with a figure, an underscore or a stop among them."""
    return bool(
        re.search(r"[a-z]", name)
        and (re.search(r"[A-Za-z]{2}.*\d|_", name) or re.fullmatch(r"[a-z0-9]+(?:\.[a-z0-9]+)+", name))
        and not re.fullmatch(
            r"(?i)\d*[a-z]{1,2}\d+|.*\.(?:be|nl|fr|de|com|org|net|eu|uk|pdf|docx?|jpe?g|png|example)", name
        )
    )


def _username(text: str, span: tuple[int, int], confidence: float, because: str) -> Mention:
    value = text[slice(*span)].lstrip("@").lower()
    return mention_of("username", text, span, value, confidence, sentence(because), username=text[slice(*span)])
