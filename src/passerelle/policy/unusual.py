"""What is unusual about a recipient, said before somebody passes on by hand. It warns; it never stops."""

from __future__ import annotations

from collections.abc import Collection

from passerelle.words import Sentence, sentence


def warnings(
    *,
    recipient: str,
    told_before: bool,
    language: str,
    languages: Collection[str],
    territory: str = "",
    territories: Collection[str] = (),
) -> tuple[Sentence, ...]:
    """Why somebody should look twice before passing on to `recipient`: it was never told anything by this service; it
    does not work in the report's language; the report's territory is none of those entrusted to it."""
    found = []
    if not told_before:
        found.append(sentence("Your service never passed anything on to {service} before.", service=recipient))
    if languages and language not in languages:
        found.append(sentence("{service} does not work in the language of this report.", service=recipient))
    if territory and territories and territory not in territories:
        found.append(sentence("The territory of this report is none of those of {service}.", service=recipient))
    return tuple(found)
