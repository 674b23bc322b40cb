"""What numbers say: documents, registrations, phones, plates and accounts, with one sign misread."""

from __future__ import annotations

from functools import partial

from passerelle.matching.commonness import Commonness
from passerelle.matching.evidence.finding import Evidence, weights
from passerelle.matching.subject import FAMILIES, PHONE, VEHICLE, Subject
from passerelle.names import numbers
from passerelle.words import noop, sentence

DOCUMENTS = (
    "idNumber", "passportNumber", "nationalId", "socialSecurityNumber", "taxNumber", "vatCode",
    "registrationNumber", "leiCode", "imoNumber", "mmsi", "callSign", "innCode", "ogrnCode", "dunsCode",
    "bicCode", "iban", "accountNumber", "vin", "serialNumber", "number", "icaoCode", "uniqueEntityId",
    "swiftBic", "npiCode", "kppCode", "okpoCode", "isin",
)  # fmt: skip
SINGULAR = frozenset(
    {"imoNumber", "leiCode", "vin", "iban", "nationalId", "innCode", "ogrnCode", "socialSecurityNumber", "icaoCode"}
)
"""A subject has one of these: two different ones speak against being the same."""

MISREAD_LEAST = 0.7
"""From this score on, two plates of `numbers.compare_numbers` differ as by a misread sign (8 and B) or a swap."""

SAME = noop("The number {left} is the same on both sides.")
NEAR = noop("The numbers {left} and {right} differ in one sign or in two that changed places.")
DIFFERENT = noop("The numbers {left} and {right} are different.")
PHONE_SAME = noop("The phone number {left} is the same on both sides.")
PLATE_SAME = noop("The number plate {left} is the same on both sides.")
PLATE_NEAR = noop("The number plates {left} and {right} differ in one sign.")
PLATE_DIFFERENT = noop("The number plates {left} and {right} are different.")


def of(left: Subject, right: Subject, commonness: Commonness | None) -> list[Evidence]:
    """What the numbers of both sides say, at most one piece of evidence for each kind."""
    found: list[Evidence] = []
    family = FAMILIES[left.schema] & FAMILIES[right.schema]
    found.extend(_documents(left, right, commonness))
    found.extend(_phones(left, right, commonness, own=PHONE in family))
    if VEHICLE in family:
        found.extend(_plates(left, right))
    return found


def _hub(commonness: Commonness | None, value: str) -> float:
    return 0.0 if commonness is None else commonness.hub_bits(value)


def _documents(left: Subject, right: Subject, commonness: Commonness | None) -> list[Evidence]:
    weigh = weights()["identifier"]
    ours, theirs = documents(left), documents(right)
    all_ours = {value: name for name, values in ours.items() for value in values if len(value) >= 4}
    all_theirs = {value: name for name, values in theirs.items() for value in values if len(value) >= 4}
    shared = sorted(all_ours.keys() & all_theirs.keys(), key=lambda value: (-len(value), value))
    if shared:
        value = shared[0]
        bits = (weigh["same"] if len(value) >= 6 else weigh["weak_same"]) - _hub(commonness, value)
        return [Evidence("identifier", bits, partial(sentence, SAME, left=value))]
    for one in all_ours:
        for two in all_theirs:
            if len(one) >= 7 and slipped(one, two):
                return [Evidence("identifier", weigh["near"], partial(sentence, NEAR, left=one, right=two))]
    for name in DOCUMENTS:
        if ours.get(name) and theirs.get(name):
            bits = weigh["different"] * (4 if name in SINGULAR else 1)
            return [
                Evidence("identifier", bits, partial(sentence, DIFFERENT, left=ours[name][0], right=theirs[name][0]))
            ]
    return []


def documents(subject: Subject) -> dict[str, list[str]]:
    """The numbers of a subject by property, in the order of DOCUMENTS; a vehicle's registration is its plate."""
    skip = "registrationNumber" if VEHICLE in FAMILIES[subject.schema] else ""
    return {
        name: [numbers.document(value) for value in subject.values(name)]
        for name in DOCUMENTS
        if name in subject.properties and name != skip
    }


def slipped(left: str, right: str) -> bool:
    """Whether two numbers of one length differ in one sign, or in two neighbours that changed places."""
    if len(left) != len(right):
        return False
    places = [place for place, (one, two) in enumerate(zip(left, right, strict=True)) if one != two]
    if len(places) == 1:
        return True
    return (
        len(places) == 2
        and places[1] == places[0] + 1
        and left[places[0]] == right[places[1]]
        and left[places[1]] == right[places[0]]
    )


def _phones(left: Subject, right: Subject, commonness: Commonness | None, *, own: bool) -> list[Evidence]:
    weigh = weights()["phone"]
    ours = phone_numbers(left, own)
    theirs = phone_numbers(right, own)
    shared = sorted(ours & theirs)
    if shared:
        bits = (weigh["own"] if own else weigh["same"]) - _hub(commonness, shared[0])
        return [Evidence("phone", bits, partial(sentence, PHONE_SAME, left=shared[0]))]
    if ours and theirs:
        for one in sorted(ours):
            for two in sorted(theirs):
                if slipped(one, two):
                    return [Evidence("phone", weigh["near"], partial(sentence, NEAR, left=one, right=two))]
        if own:
            return [Evidence("phone", -10.0, partial(sentence, DIFFERENT, left=min(ours), right=min(theirs)))]
    return []


def phone_numbers(subject: Subject, own: bool) -> frozenset[str]:
    """The phone numbers of a subject in E.164; `own`: the subject is itself a phone."""
    texts = [*subject.values("phone", "number"), *subject.names] if own else subject.values("phone")
    return frozenset(found for text in texts if (found := numbers.phone(text)))


def _plates(left: Subject, right: Subject) -> list[Evidence]:
    weigh = weights()["plate"]
    ours = [
        found for text in (*left.values("registrationNumber", "number"), *left.names) if (found := numbers.plate(text))
    ]
    theirs = [
        found
        for text in (*right.values("registrationNumber", "number"), *right.names)
        if (found := numbers.plate(text))
    ]
    if not ours or not theirs:
        return []
    if set(ours) & set(theirs):
        shared = sorted(set(ours) & set(theirs))[0]
        return [Evidence("plate", weigh["same"], partial(sentence, PLATE_SAME, left=shared))]
    for one in ours:
        for two in theirs:
            if slipped(one, two):
                misread = numbers.compare_numbers("plate", one, two).score >= MISREAD_LEAST
                bits = weigh["misread" if misread else "near"]
                return [Evidence("plate", bits, partial(sentence, PLATE_NEAR, left=one, right=two))]
    return [Evidence("plate", weigh["different"], partial(sentence, PLATE_DIFFERENT, left=ours[0], right=theirs[0]))]
