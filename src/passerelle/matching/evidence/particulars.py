"""What nationality, gender, place of birth and e-mail say: a little each."""

from __future__ import annotations

from functools import lru_cache, partial

from passerelle.matching.commonness import Commonness
from passerelle.matching.evidence.finding import Evidence, weights
from passerelle.matching.subject import FAMILIES, ORGANISATION, Subject
from passerelle.names import latin
from passerelle.words import noop, sentence

NATIONALITY_SAME = noop("The nationality is the same, {left}.")
NATIONALITY_DIFFERENT = noop("The nationalities {left} and {right} are different.")
GENDER_DIFFERENT = noop("One side is recorded as {left}, the other as {right}.")
PLACE_SAME = noop("Both were born in {left}.")
COUNTRY_SAME = noop("Both were born in the country {left}.")
COUNTRY_DIFFERENT = noop("The countries of birth {left} and {right} are different.")
SEAT_SAME = noop("Both are of the country {left}.")
SEAT_DIFFERENT = noop("One is of the country {left}, the other of {right}.")
NATIONALITIES = ("nationality", "citizenship")
SEATS = ("jurisdiction", "mainCountry", "country")
"""The properties of FollowTheMoney that name a person's nationality and an organisation's country."""
EMAIL_SAME = noop("The e-mail address {left} is the same on both sides.")


def of(left: Subject, right: Subject, commonness: Commonness | None) -> list[Evidence]:
    """Evidence from the particulars that both sides have."""
    found: list[Evidence] = []
    weigh = weights()
    ours, theirs = left.values(*NATIONALITIES), right.values(*NATIONALITIES)
    if ours and theirs:
        mine, other = {country(value) for value in ours}, {country(value) for value in theirs}
        if mine & other:
            found.append(
                Evidence("nationality", weigh["nationality"]["same"], partial(sentence, NATIONALITY_SAME, left=ours[0]))
            )
        elif all(len(value) == 2 for value in mine | other) or not any(len(value) == 2 for value in mine | other):
            bits = weigh["nationality"]["different"]
            found.append(
                Evidence("nationality", bits, partial(sentence, NATIONALITY_DIFFERENT, left=ours[0], right=theirs[0]))
            )
    genders = [genders_of(side) for side in (left, right)]
    if genders[0] and genders[1] and not genders[0] & genders[1]:
        bits = weigh["gender"]["different"]
        found.append(
            Evidence(
                "gender",
                bits,
                partial(sentence, GENDER_DIFFERENT, left=left.values("gender")[0], right=right.values("gender")[0]),
            )
        )
    born = {town(value): value for value in left.values("birthPlace")}
    shared = sorted(born.keys() & {town(value) for value in right.values("birthPlace")})
    if shared:
        found.append(
            Evidence("birth_place", weigh["birth_place"]["same"], partial(sentence, PLACE_SAME, left=born[shared[0]]))
        )
    countries = [{country(value) for value in side.values("birthCountry")} for side in (left, right)]
    if countries[0] and countries[1]:
        same = bool(countries[0] & countries[1])
        bits = weigh["birth_country"]["same" if same else "different"]
        why = COUNTRY_SAME if same else COUNTRY_DIFFERENT
        one, two = left.values("birthCountry")[0], right.values("birthCountry")[0]
        found.append(Evidence("birth_place", bits, partial(sentence, why, left=one, right=two)))
    if ORGANISATION in FAMILIES[left.schema] & FAMILIES[right.schema]:
        found.extend(_seats(left, right))
    emails = {value.lower() for value in left.values("email")} & {value.lower() for value in right.values("email")}
    if emails:
        found.append(Evidence("email", weigh["email"]["same"], partial(sentence, EMAIL_SAME, left=min(emails))))
    return found


def genders_of(subject: Subject) -> set[str]:
    """The genders a subject is recorded with: `m`, `f`, both, or none that is known."""
    return {_GENDERS.get(value.lower(), "") for value in subject.values("gender")} - {""}


def town(text: str) -> str:
    """A place of birth in a form that can be compared."""
    return latin.bare(latin.plain(text))


def _seats(left: Subject, right: Subject) -> list[Evidence]:
    """Two organisations by the countries they are of: one name in two countries is often two companies."""
    weigh = weights()["organisation_country"]
    ours, theirs = (side.values(*SEATS) for side in (left, right))
    mine, other = {country(value) for value in ours}, {country(value) for value in theirs}
    if not mine or not other:
        return []
    if mine & other:
        return [Evidence("country", weigh["same"], partial(sentence, SEAT_SAME, left=ours[0]))]
    if len({len(value) == 2 for value in mine | other}) > 1:
        return []  # a code on one side, a name on the other
    return [Evidence("country", weigh["different"], partial(sentence, SEAT_DIFFERENT, left=ours[0], right=theirs[0]))]


_GENDERS = {
    "m": "m",
    "male": "m",
    "man": "m",
    "homme": "m",
    "männlich": "m",
    "f": "f",
    "female": "f",
    "vrouw": "f",
    "v": "f",
    "femme": "f",
    "weiblich": "f",
}


@lru_cache(maxsize=4096)
def country(text: str) -> str:
    """A country in a form that can be compared: its two letters, or its name without accents and small words."""
    letters = latin.bare(latin.plain(text)).strip()
    if len(letters) == 2:
        return letters
    words = [
        word for word in letters.replace("(", " ").replace(")", " ").replace(",", " ").split() if word not in _SMALL
    ]
    return " ".join(sorted(words)) or letters


_SMALL = frozenset(
    {
        "the", "of", "republic", "islamic", "democratic", "arab", "people's", "peoples", "state", "federal", "kingdom",
        "and", "la", "le", "les", "de", "het", "koninkrijk",
    }
)  # fmt: skip
