"""Which of the four languages a text is written in, by its little words."""

from __future__ import annotations

import re

from passerelle.intake.text_words import LANGUAGES, function_words, title_words

_TOKEN = re.compile(r"[^\W\d_]+", re.UNICODE)
_DIACRITICS = {"fr": "éèêçàùâîôœ", "de": "äöüß", "nl": "", "en": ""}
_STREETS = {
    "nl": ("straat", "laan", "steenweg"),
    "fr": ("rue", "chaussée", "avenue"),
    "de": ("straße", "gasse"),
    "en": ("street", "road"),
}
_PIECES = {
    "nl": ("ij", "aan", "oe"),
    "fr": ("eau", "aux", "tion"),
    "de": ("sch", "ung", "ein"),
    "en": ("th", "ing", "wh"),
}


def detect_language(text: str) -> str:
    """The likeliest of nl, fr, de, en, by the share of each language's function words; "en" for a text without any."""
    tokens = [token.lower() for token in _TOKEN.findall(text) if not (token.isupper() and len(token) < 4)]
    points = dict.fromkeys(LANGUAGES, 0.0)
    owners: dict[str, int] = {}
    for words in function_words().values():
        for word in words:
            owners[word] = owners.get(word, 0) + 1
    for token in tokens:
        for language in LANGUAGES:
            if len(token) > 1 and token in title_words(language):
                points[language] += 0.4
            if token.endswith(_STREETS[language]):
                points[language] += 0.4
            if token in function_words()[language]:
                points[language] += 1.0 / owners[token]
            if any(piece in token for piece in _PIECES[language]):
                points[language] += 0.12
            if any(sign in token for sign in _DIACRITICS[language]):
                points[language] += 0.25
    best = max(LANGUAGES, key=lambda language: points[language])
    return best if points[best] > 0 else "en"
