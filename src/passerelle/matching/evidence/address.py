"""What addresses say: for persons a shared door, for two addresses their identity."""

from __future__ import annotations

import math
from functools import lru_cache, partial

from passerelle.matching.commonness import Commonness
from passerelle.matching.evidence.finding import Evidence, weights
from passerelle.matching.subject import Subject
from passerelle.names import gazetteers, places
from passerelle.words import Sentence, noop, sentence

SAME = noop("Both are found at the same address, “{left}” and “{right}”.")
UNSAID = noop("One side does not say where it is.")
STEPS = (3, 5, 10, 20, 50, 100, 200, 500, 1000, 5000, 10_000, 100_000)
NEAR = noop("The addresses “{left}” and “{right}” may be the same.")


def of(left: Subject, right: Subject, commonness: Commonness | None) -> list[Evidence]:
    """The best pair of the addresses on both sides, those they live at or are located at included."""
    weigh = weights()["address"]
    best, one, two = alike(addresses(left), addresses(right))
    if best < 0.7:
        return []
    bits = weigh["same"] if best >= 0.9 else weigh["near"]
    if commonness is not None:
        bits -= max(commonness.hub_bits(one), commonness.hub_bits(two))
    template = SAME if best >= 0.9 else NEAR
    return [Evidence("address", max(0.0, bits), partial(_say_door, template, one, two, _hub(commonness, one, two)))]


def between(left: Subject, right: Subject, commonness: Commonness | None) -> list[Evidence]:
    """Two addresses are one place or they are not: the best pair of their texts is all the evidence there is."""
    best, one, two = alike(texts(left), texts(right))
    if not one:
        return [Evidence("address", weights()["name"]["least"], partial(sentence, UNSAID))]
    bits = math.log2(min(0.99, max(0.0005, best)) / (1.0 - min(0.99, max(0.0005, best))))
    if commonness is not None:
        bits -= max(commonness.hub_bits(one), commonness.hub_bits(two))
    return [Evidence("address", bits, partial(_say_places, one, two, _hub(commonness, one, two)))]


def _hub(commonness: Commonness | None, left: str, right: str) -> int:
    return 0 if commonness is None else max(commonness.hub(left), commonness.hub(right))


def _say_places(left: str, right: str, records: int) -> Sentence:
    text: Sentence = sentence("“{left}” and “{right}”:", left=left, right=right)
    for part in places.compare_addresses(left, right).reasons:
        text = sentence("{before} {after}", before=text, after=part)
    return _with_hub(text, records)


def _say_door(template: str, left: str, right: str, records: int) -> Sentence:
    return _with_hub(Sentence(template, (("left", left), ("right", right))), records)


def _with_hub(said: Sentence, records: int) -> Sentence:
    """An address that many share is shown as such: it says less, and the reader sees why. In steps, because an exact
    number would tell of each record that another service files."""
    if not records:
        return said
    many = f"{max(step for step in STEPS if step <= max(records, STEPS[0]))}+"
    return sentence("{before} It is shared by {count} records here, so it says less.", before=said, count=many)


def addresses(subject: Subject) -> tuple[str, ...]:
    """The addresses of a subject, as texts."""
    if not subject.relations:
        return subject.values("address", "full")
    found = dict.fromkeys(subject.values("address", "full"))
    for relation in subject.relations:
        if relation.kind in {"lives_at", "located_at"}:
            found.update(dict.fromkeys(texts(relation.other)))
    return tuple(found)


def texts(address: Subject) -> tuple[str, ...]:
    """An Address subject as texts: its full forms, else its parts put together."""
    whole = (*address.names, *address.values("full", "address"))
    if whole:
        return tuple(dict.fromkeys(whole))
    written = " ".join(address.values("street", "street2", "houseNumber", "postalCode", "city"))
    return (written,) if written else ()


@lru_cache(maxsize=65536)
def _score(left: str, right: str) -> float:
    return float(places.compare_addresses(left, right).score)


gazetteers.when_changed(_score.cache_clear)


def alike(ours: tuple[str, ...], theirs: tuple[str, ...]) -> tuple[float, str, str]:
    """The best score of any pair, with the two addresses."""
    best = (0.0, "", "")
    for one in ours:
        for two in theirs:
            best = max(best, (_score(one, two), one, two))
    return best
