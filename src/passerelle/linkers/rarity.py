"""How many bits the name of a record can say at most, by how common its words are in the registers at hand."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from passerelle.matching import Commonness
from passerelle.matching.evidence.finding import weights

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]


class Rarity:
    """The shares of all words, by digest. `digests` and `counts` as counted in both registers together."""

    def __init__(self, subjects: int, digests: Ints, counts: Ints) -> None:
        order = np.argsort(digests)
        known = Commonness(subjects, {"": 0})
        self._digests = digests[order]
        self._share = np.log2((counts[order] + 1.0) * known.share(""))  # as `Commonness.share`, for all at once
        self._unseen = float(np.log2(known.share("")))
        self._subjects = subjects

    def most(self, said: npt.NDArray[Any], records: int) -> Floats:
        """For each record (of `records`, by number) the most bits of its name; `said` are rows of `saying.NAMED`.

        Fewer words than all make a name likelier by chance. Two neighbours written as one word make a word that
        nobody may bear here: that is allowed for.
        """
        weigh = weights()["name"]
        most = float(max(weigh["exact"], weigh["most"], weigh["rare_most"]))
        out = np.full(records, most)
        if not self._subjects or not len(said) or not len(self._digests):
            return out
        place = np.minimum(np.searchsorted(self._digests, said["stem"]), len(self._digests) - 1)
        share = np.where(self._digests[place] == said["stem"], self._share[place], self._unseen)
        rows = said["r"].astype(np.int64)
        chance = np.bincount(rows, share, records)
        beside = rows[1:] == rows[:-1]
        joined = np.where(beside, np.minimum(0.0, self._unseen - share[1:] - share[:-1]), 0.0)
        chance += np.bincount(rows[1:], joined, records)
        expected = np.exp2(chance) * max(self._subjects, 1000)
        bits = weigh["rare_most"] - np.log2(1.0 + weigh["rare_scale"] * expected)
        named = np.unique(rows)
        out[named] = np.clip(bits[named], 0.0, most)
        return out
