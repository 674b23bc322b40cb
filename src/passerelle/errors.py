"""What a refusal looks like: a stable code, one sentence with the facts in it, and the way out."""

from __future__ import annotations

from passerelle.words import Sentence


class Refused(Exception):
    """The world said no: late, missing, not allowed, not lawful. Every error of ours that a user may meet is one.

    `code` is stable and in dotted words (`duty.illegal_move`); `sentence` can be said in the reader's language;
    `way_out`, where there is one, says what to do instead. A subclass stands beside the function that raises it.
    """

    code = "refused"

    def __init__(self, sentence: Sentence, *, way_out: Sentence | None = None, code: str | None = None) -> None:
        super().__init__(str(sentence) if way_out is None else f"{sentence} {way_out}")
        self.sentence = sentence
        self.way_out = way_out
        if code is not None:
            self.code = code

    def in_language(self, language: str) -> str:
        """The refusal and its way out in one of the four languages; English where a word is missing."""
        said = self.sentence.in_language(language)
        return said if self.way_out is None else f"{said} {self.way_out.in_language(language)}"
