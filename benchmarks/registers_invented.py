"""Invented registers of persons, in several scripts, whose doubles vary in spelling, script, dates and numbers."""

from __future__ import annotations

import csv
import random
from collections.abc import Iterator
from datetime import date, timedelta
from itertools import accumulate
from pathlib import Path

COLUMNS = ("id", "schema", "name", "alias", "birthDate", "nationality", "address", "phone", "idNumber")

_GIVEN = {
    "be": (
        "Jan Pieter Marie Sofie Lotte Bram Wim Els Greet Koen Luc Anne Julie Thomas Louis Chloé Mathieu Nadège Benoît "
        "Léonie Émile Céline Gauthier Sander Femke Joris Hilde Veerle Dirk Bart Inge Tine Ruben Noor Fien Arne Guy Rita"
    ),
    "de": "Jürgen Anneliese Karl Heike Wolfgang Uta Matthias Sabine Günther Frieda Lukas Jonas Greta Bärbel Holger",
    "ma": (
        "Mohamed Fatima Youssef Khadija Rachid Naima Hassan Samira Abdelkader Zineb Choukri Malika Driss Hicham Latifa "
        "Brahim Soumaya Nourredine Mustapha Ilham Bilal Souad Jamal Houria Karim Loubna Said Hanane"
    ),
    "tr": "Mehmet Ayşe Mustafa Fatma Ahmet Emine Hüseyin Zeynep İbrahim Hatice Özgür Gülay Çetin Şule",
    "pl": "Piotr Małgorzata Krzysztof Agnieszka Tomasz Ewa Wojciech Katarzyna Grzegorz Bożena Łukasz Zofia",
    "ru": "Сергей Ольга Дмитрий Наталья Алексей Ирина Владимир Светлана Михаил Татьяна Юрий Екатерина",
}
_FAMILY = {
    "be": (
        ("Van den ", "De ", "Van ", "Du", "Vander", "Ver", "Le", "", "", "", ""),
        "bos kam pel ster hof mol der win brou lam del grau mer lin caer taver oos schel ghem bri zel vil hae dom pe",
        ("mans", "ers", "aert", "inck", "eyns", "hove", "broeck", "court", "ette", "ain", "elle", "s", "en", "oy"),
    ),
    "de": (
        ("",),
        "kat zen bo ger hol stein fel gru win mül schel ker lau ber rot wal dor him",
        ("mann", "bach", "hofer", "ner", "berg", "ling", "er"),
    ),
    "ma": (
        ("El ", "Ben ", "Ait ", "", "Bou", "Oulad ", ""),
        "hach bou ji kad dou rah chou ma lik zer ham nas fou ghi laz mou kri sal tah bel ras",
        ("mi", "ri", "aoui", "ane", "di", "ouch", "ir", "i", "ani"),
    ),
    "tr": (
        ("",),
        "şa hin ka yıl dı öz tür kaş koç ay gün kor de mir çe lik",
        ("kaya", "oğlu", "maz", "er", "soy", "ek"),
    ),
    "pl": (
        ("",),
        "wój cik ko wal szy mań now gór dąb mal kacz kub raj cho mie",
        ("ski", "ewicz", "czyk", "ak", "iński"),
    ),
    "ru": (("",), "кова лен сор оки мор зай гол бар тих нов лоб рыб вос каш дер", ("ов", "ев", "ин", "ский", "енко")),
}
_SHARES = {"be": 62, "de": 6, "ma": 17, "tr": 6, "pl": 5, "ru": 4}
_NATIONS = {"be": "be", "de": "de", "ma": "ma", "tr": "tr", "pl": "pl", "ru": "ru"}
_STREETS = (
    "Kerkstraat", "Stationsstraat", "Rue de l'Église", "Avenue Louise", "Molenweg", "Rue du Moulin", "Schoolstraat",
    "Chaussée de Gand", "Bahnhofstraße", "Vierwindenstraat", "Rue des Quatre-Vents", "Lindelaan", "Place du Marché",
)  # fmt: skip
_TOWNS = ("9000 Gent", "1000 Bruxelles", "2000 Antwerpen", "4000 Liège", "4700 Eupen", "8000 Brugge", "5000 Namur",
          "3000 Leuven", "7000 Mons", "2800 Mechelen", "1050 Ixelles", "8500 Kortrijk")  # fmt: skip
_HABITS = (
    ("ou", "oe"), ("oe", "ou"), ("ch", "sj"), ("dj", "j"), ("kh", "ch"), ("k", "c"), ("y", "ij"), ("ee", "é"),
    ("ş", "s"), ("ł", "l"), ("ö", "oe"), ("ü", "u"), ("é", "e"), ("ss", "s"), ("w", "v"), ("ck", "k"), ("gh", "g"),
)  # fmt: skip
_LATIN = dict(
    zip(
        "абвгдежзийклмнопрстуфхцчшщъыьэюя",
        "a b v g d e zh z i y k l m n o p r s t u f kh ts ch sh shch - y - e yu ya".replace("-", "").split(" "),
        strict=True,
    )
)


class Persons:
    """Persons one after another; the names of a family and given names are common as in life: a few very, most rare."""

    def __init__(self, seed: int, size: int) -> None:
        self.dice = random.Random(seed)
        self._family: dict[str, tuple[list[str], list[float]]] = {}
        self._given: dict[str, tuple[list[str], list[float]]] = {}
        for origin, share in _SHARES.items():
            wanted = max(40, int((size * share / 100) ** 0.75 * 4))
            families = list(dict.fromkeys(self._family_name(origin) for _ in range(wanted)))
            self._family[origin] = families, list(accumulate(1 / (rank + 12) for rank in range(len(families))))
            given = _GIVEN[origin].split()
            self._given[origin] = given, list(accumulate(1 / (rank + 4) for rank in range(len(given))))

    def _family_name(self, origin: str) -> str:
        fronts, middles, ends = _FAMILY[origin]
        middle = "".join(self.dice.choice(middles.split()) for _ in range(self.dice.choice((1, 2, 2, 2, 3))))
        front = self.dice.choice(fronts)
        body = middle + self.dice.choice(ends)
        return front + (body.capitalize() if not front or front.endswith(" ") else body)

    def _pick(self, table: tuple[list[str], list[float]]) -> str:
        return self.dice.choices(table[0], cum_weights=table[1])[0]

    def person(self) -> dict[str, str]:
        """One person nobody has seen before."""
        dice = self.dice
        origin = dice.choices(list(_SHARES), weights=list(_SHARES.values()))[0]
        given = self._pick(self._given[origin])
        if dice.random() < 0.15:
            given += " " + self._pick(self._given[origin])
        born = date(1930, 1, 1) + timedelta(days=dice.randrange(29_000))
        return {
            "schema": "Person",
            "name": f"{given} {self._pick(self._family[origin])}",
            "alias": "",
            "birthDate": born.isoformat() if dice.random() < 0.9 else str(born.year),
            "nationality": _NATIONS[origin] if dice.random() < 0.6 else "be",
            "address": f"{dice.choice(_STREETS)} {dice.randrange(1, 300)}, {dice.choice(_TOWNS)}",
            "phone": f"+324{dice.randrange(70, 99)}{dice.randrange(10**6):06}" if dice.random() < 0.5 else "",
            "idNumber": f"{dice.randrange(10**11):011}" if dice.random() < 0.4 else "",
        }

    def again(self, person: dict[str, str]) -> dict[str, str]:
        """The same person as another clerk writes them down."""
        dice = self.dice
        name = person["name"]
        if any("\u0400" <= sign <= "\u04ff" for sign in name) and dice.random() < 0.7:
            name = "".join(_latin(sign) for sign in name)
        for _ in range(dice.choice((0, 1, 1, 2))):
            fitting = [(old, new) for old, new in _HABITS if old in name]
            if fitting:
                old, new = dice.choice(fitting)
                name = name.replace(old, new, 1)
        if dice.random() < 0.2:
            given, _, family = name.partition(" ")
            name = f"{family} {given}"
        born = person["birthDate"]
        chance = dice.random()
        if len(born) == 10 and chance < 0.08 and int(born[8:]) <= 12:
            born = f"{born[:4]}-{born[8:]}-{born[5:7]}"
        elif len(born) == 10 and chance < 0.16:
            born = f"{int(born[:4]) + 1}{born[4:]}" if born[5:] != "02-29" else born
        elif chance < 0.24:
            born = born[:4]
        said = dict(person, name=name, birthDate=born)
        for column in ("address", "phone", "idNumber"):
            if dice.random() < 0.5:
                said[column] = ""
        return said


def _latin(sign: str) -> str:
    small = _LATIN.get(sign.lower(), sign)
    return small.capitalize() if sign.isupper() else small


def rows(count: int, seed: int = 1, doubles: float = 0.1) -> Iterator[dict[str, str]]:
    """So many rows; `doubles` of them say again who an earlier one was. The id of a double tells: `p12-2` is `p12`."""
    persons = Persons(seed, count)
    recent: list[tuple[str, dict[str, str]]] = []
    written = set()
    for number in range(count):
        if recent and persons.dice.random() < doubles:
            place = persons.dice.randrange(len(recent))
            of, person = recent[place]
            if of not in written:
                written.add(of)
                yield {"id": f"{of}-2", **persons.again(person)}
                continue
        person = persons.person()
        if len(recent) < 200_000:
            recent.append((f"p{number}", person))
        else:
            recent[persons.dice.randrange(len(recent))] = (f"p{number}", person)
        yield {"id": f"p{number}", **person}


def write(path: Path, count: int, seed: int = 1, doubles: float = 0.1) -> None:
    """A register as CSV with the agreed header."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, COLUMNS)
        writer.writeheader()
        writer.writerows(rows(count, seed, doubles))
