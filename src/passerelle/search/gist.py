"""The gist of a foreign text: its words from the glossary with their gloss, and how many of its words these are.

It is no translation: the order of words, who did what to whom, and every word that is in no list stay as they were.
"""

from __future__ import annotations

from dataclasses import dataclass

from passerelle.names.street_words import fold
from passerelle.search.glossary import Found, find
from passerelle.search.stems import is_little, tokens

GLOSSES_MAX = 2
"""A word that is a form of more terms is glossed by so many of them."""


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of the text as it stands; `gloss` is empty where the list does not know it, or where it reads the same
    in both languages."""

    text: str
    gloss: str = ""


@dataclass(frozen=True, slots=True)
class Gist:
    """All pieces, which joined are the text; of `words` words that say something, `known` are in the list."""

    pieces: tuple[Piece, ...]
    known: int
    words: int


def gist(text: str, language: str, into: str) -> Gist:
    """The gist of a text in `language` for a reader of `into` (each of nl, fr, de, en). Names begin with a capital and
    are counted as words that are not known, except at the start of a sentence and in German, where all nouns do."""
    said = list(tokens(text))
    pieces: list[Piece] = []
    at, known = 0, 0
    covered: list[tuple[int, int]] = []
    for found in find(text, language, said):
        if found.part or any(sign.isdigit() for sign in text[found.start : found.end]):
            continue  # half a compound known is no word known: *voorschot* is no shot
        if at < found.start:
            pieces.append(Piece(text[at : found.start]))
        written = text[found.start : found.end]
        gloss = _gloss(found, into)
        same = fold(written) == fold(gloss)
        pieces.append(Piece(written, "" if same else gloss))
        covered.append((found.start, found.end))
        at = found.end
    if at < len(text):
        pieces.append(Piece(text[at:]))
    words = 0
    spans = iter(covered)
    span = next(spans, None)
    for token in said:
        while span is not None and span[1] <= token.start:
            span = next(spans, None)
        inside = span is not None and span[0] <= token.start < span[1]
        if not inside and (is_little(language, token.text) or any(sign.isdigit() for sign in token.text)):
            continue
        words += 1
        known += inside
    return Gist(tuple(pieces), known, words)


def _gloss(found: Found, into: str) -> str:
    if len(found.terms) > 1:
        said = dict.fromkeys(term.gloss(into) for term in found.terms)
        return " / ".join(list(said)[:GLOSSES_MAX])
    return found.terms[0].gloss(into)
