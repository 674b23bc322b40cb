"""Stems: many threads of one server take the endings off words at once, and each gets its own word's stem."""

from __future__ import annotations

import sys
import threading

from passerelle.search import stems

WORDS = {
    "nl": ("verdachten", "wapens", "vergaderingen", "mogelijkheden", "lopende", "gestolen", "opsporingen"),
    "fr": ("armes", "continuellement", "suspectes", "perquisitions", "volées", "majestueuse", "logements"),
    "de": ("Verdächtigen", "Waffen", "Ermittlungen", "gestohlenen", "Wohnungen", "aufeinander", "Häusern"),
    "en": ("weapons", "suspicions", "relational", "houses", "stolen", "consistency", "running"),
}


def test_the_stem_of_a_word_is_its_own_however_many_ask_at_once() -> None:
    """The stemmers keep the word they are at: one for all threads once gave the ending of another's word, for good."""
    asked = [(language, f"{word}{number}{word}") for language, words in WORDS.items() for word in words
             for number in ("", "en", "s")]  # fmt: skip
    alone = {one: stems.stem.__wrapped__(*one) for one in asked}
    wrong: list[object] = []

    def stem_all() -> None:
        for one in asked * 8:
            try:
                if (got := stems.stem.__wrapped__(*one)) != alone[one]:
                    wrong.append((one, got))
            except IndexError as error:
                wrong.append((one, error))

    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    try:
        threads = [threading.Thread(target=stem_all) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(60)
    finally:
        sys.setswitchinterval(before)
    assert not wrong, wrong[:3]
