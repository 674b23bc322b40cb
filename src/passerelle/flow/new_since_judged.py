"""What is new in a pair since it was judged: which value, of which side; known from salted digests, not from copies."""

from __future__ import annotations

import hashlib
import json
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from passerelle.records.models import Judgement, Match, Relation, Subject

SCORE_APART = 0.05
"""Knowledge that moves a score by less than this, and changes neither a value nor the band, is no new evidence."""

RELATION = "relation:"
_DIGEST = 16

Seen = Mapping[str, Mapping[str, list[str]]]


@dataclass(frozen=True, slots=True)
class News:
    """What changed since `judgement`: values by side (`left`, `right`), property and place in its list; properties of
    which a value is gone; and whether the evidence is only weighed otherwise now. `since`: when it was weighed so."""

    judgement: Judgement
    since: datetime
    added: frozenset[tuple[str, str, int]]
    gone: frozenset[tuple[str, str]]

    @property
    def reweighed(self) -> bool:
        """Whether no value changed on either side, and what is known of names and places did."""
        return not self.added and not self.gone

    def sides(self) -> dict[str, list[str]]:
        """For each side with something new the names of its properties, in order."""
        found: dict[str, set[str]] = defaultdict(set)
        for side, name, _ in self.added:
            found[side].add(name)
        return {side: sorted(names) for side, names in sorted(found.items())}


def stands(match: Match) -> dict[str, dict[str, list[str]]]:
    """Digests of all that stands on either side now, by side and property, salted with the match's own salt."""
    sides = {"left": match.left, "right": match.right}
    told: dict[str, dict[str, list[str]]] = {}
    for side, subject in sides.items():
        values = {name: [str(value) for value in values] for name, values in subject.properties.items() if values}
        for kind, captions in _relations(subject).items():
            values[RELATION + kind] = captions
        told[side] = {
            name: [_digest(bytes(match.salt), side, name, value) for value in each] for name, each in values.items()
        }
    return told


def seen_now(match: Match) -> dict[str, Any]:
    """What a judgement keeps of the pair it was given on."""
    return {**stands(match), "band": match.band, "score": round(match.score, 4)}


def since_judged(match: Match) -> News | None:
    """What is new since the pair was last judged; None where it was not, where nothing changed, or where the judgement
    is older than the keeping of it."""
    judgement = match.judgements.filter(taken_back_at__isnull=True).select_related("officer__service").last()
    if judgement is None or not judgement.seen or match.judged_evidence == match.evidence:
        return None
    before: Seen = judgement.seen
    added, gone = set(), set()
    for side, now in stands(match).items():
        then = before.get(side, {})
        for name, digests in now.items():
            added |= {(side, name, place) for place, one in enumerate(digests) if one not in then.get(name, ())}
        gone |= {(side, name) for name, digests in then.items() if set(digests) - set(now.get(name, ()))}
    return News(judgement, match.weighed_at or match.found_at, frozenset(added), frozenset(gone))


def only_said_otherwise(match: Match, band: str, score: float) -> bool:
    """Whether a judged pair that is weighed again stands as it stood when it was judged: the same values on both sides,
    the same band, hardly another score. Then only the words of its reasons changed, and nobody is asked again."""
    if not match.verdict or match.judged_evidence != match.evidence:
        return False
    judgement = match.judgements.filter(taken_back_at__isnull=True).last()
    if judgement is None or not judgement.seen:
        return False
    seen = judgement.seen
    return (
        seen["band"] == band
        and abs(seen["score"] - score) < SCORE_APART
        and _sets({side: seen[side] for side in ("left", "right")}) == _sets(stands(match))
    )


def _sets(told: Seen) -> dict[tuple[str, str], frozenset[str]]:
    return {(side, name): frozenset(digests) for side, names in told.items() for name, digests in names.items()}


def _relations(subject: Subject) -> dict[str, list[str]]:
    found: dict[str, list[str]] = defaultdict(list)
    for one in Relation.objects.filter(source=subject).select_related("target").order_by("id"):
        found[one.kind].append(one.target.caption)
    for one in Relation.objects.filter(target=subject).select_related("source").order_by("id"):
        found["of:" + one.kind].append(one.source.caption)
    return found


def _digest(salt: bytes, side: str, name: str, value: str) -> str:
    told = json.dumps([side, name, value.casefold()], ensure_ascii=False)
    return hashlib.sha256(salt + told.encode()).hexdigest()[:_DIGEST]
