"""How common a name is in the registers at hand: two people called Mohamed Ali are no news here."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from passerelle.names import parts


@dataclass(frozen=True)
class Commonness:
    """Counts of the words of names in the registers at hand.

    `counts` holds, for each stem (`passerelle.names.parts.Word.stem`), how many subjects bear it; `subjects` is how
    many there are; where it is 0 nothing is known of names. `shared` holds how many subjects share a value such as
    an address or a phone (a hub says little).
    """

    subjects: int = 0
    counts: Mapping[str, int] = field(default_factory=dict)
    shared: Mapping[str, int] = field(default_factory=dict)

    @classmethod
    def of_names(cls, names: Iterable[str]) -> Commonness:
        """Counted from names, one for each subject."""
        counts: Counter[str] = Counter()
        subjects = 0
        for name in names:
            subjects += 1
            counts.update({word.stem for word in parts.parse(name).words})
        return cls(subjects, counts)

    def share(self, stem: str) -> float:
        """The share of subjects that bear this word, smoothed: a word never seen counts as one in some hundreds."""
        return (self.counts.get(stem, 0) + 1.0) / (self.subjects + 500.0)

    def expected(self, stems: Iterable[str]) -> float:
        """How many subjects one would expect to bear all these words by chance."""
        chance = 1.0
        for stem in stems:
            chance *= self.share(stem)
        return chance * max(self.subjects, 1000)

    def hub(self, value: str) -> int:
        """How many subjects share a value, if they are more than two: over-common values are shown as such."""
        count = self.shared.get(value, 0)
        return count if count > 2 else 0

    def hub_bits(self, value: str) -> float:
        """How many bits a shared value loses because many subjects share it: nothing for one or two."""
        return max(0.0, math.log2(self.shared.get(value, 0) / 2)) if self.shared.get(value, 0) > 2 else 0.0
