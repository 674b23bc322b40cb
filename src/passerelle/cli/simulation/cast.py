"""Who plays in a simulation: invented services, officers, persons and texts in four languages, drawn by a seed."""

from __future__ import annotations

import random  # bent: a simulation repeats by its seed
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

SERVICES: tuple[tuple[str, str, tuple[str, ...]], ...] = (
    ("noord", "police", ("nl",)),
    ("midi", "police", ("fr",)),
    ("ost", "police", ("de",)),
    ("federal", "federal_police", ("fr", "nl")),
    ("parket", "prosecutor", ("nl", "fr")),
    ("stad", "municipality", ("nl",)),
    ("jeugd", "youth_care", ("nl", "en")),
    ("neutral-desk", "neutral_desk", ("nl", "fr", "de", "en")),
    ("oversight", "oversight", ("nl", "fr", "de", "en")),
)
ROLES = ("officer", "desk", "supervisor", "head")
TEXTS = {
    "nl": ("Gezien bij het station.", "Een buur meldt lawaai.", "Reed weg met een grijze wagen."),
    "fr": ("Vu près de la gare.", "Un voisin signale du bruit.", "Parti dans une voiture grise."),
    "de": ("Am Bahnhof gesehen.", "Ein Nachbar meldet Lärm.", "Fuhr in einem grauen Wagen weg."),
    "en": ("Seen near the station.", "A neighbour reports noise.", "Left in a grey car."),
}
GIVEN = (
    ("Lambert", "Lambèrt"), ("Mireille", "Mireile"), ("Youssef", "Joesef"), ("Anneliese", "Annelise"),
    ("Tamar", "Tamara"), ("Giulia", "Julia"), ("Małgorzata", "Malgorzata"), ("Ferdinand", "Fernand"),
)  # fmt: skip
FAMILY = (
    ("Vercruysse", "Verkruisse"), ("Dardenne", "d'Ardenne"), ("Benhachmi", "Ben Hachmi"),
    ("Katzenbogner", "Katzenbognère"), ("Mchedlidze", "Mtschedlidse"), ("Oosterlynck", "Osterlinck"),
)  # fmt: skip
PERSONS = 14
"""So few that services soon hold the same ones."""
GROUNDS = ("a", "b", "d", "e", "g", "h", "i")
WHY = "the informant would be in danger"


@dataclass(slots=True)
class Cast:
    """Draws what the play needs; every draw comes from one source."""

    dice: random.Random
    persons: list[tuple[int, int, int]] = field(default_factory=list)

    @classmethod
    def of(cls, seed: int) -> Cast:
        """The cast of a seed."""
        dice = random.Random(seed)  # noqa: S311 (a simulation repeats bit for bit)
        pairs = [(number % len(GIVEN), number % len(FAMILY)) for number in range(PERSONS)]
        return cls(dice, [(given, family, 1950 + 7 * (given + family) % 50) for given, family in pairs])

    def person(self) -> dict[str, list[str]]:
        """One of the invented persons in one of their spellings; half the time with the day of birth."""
        given, family, year = self.dice.choice(self.persons)
        spelt = self.dice.randrange(2)
        said = {"name": [f"{GIVEN[given][spelt]} {FAMILY[family][self.dice.randrange(2)]}"]}
        if self.dice.random() < 0.6:
            said["birthDate"] = [f"{year}-{1 + given:02d}-{10 + family:02d}"]
        return said

    def text(self, language: str) -> str:
        """A sentence in a language."""
        return self.dice.choice(TEXTS[language])

    def handling(self) -> str:
        """Mostly open, as when filing."""
        return self.dice.choices(("open", "consent", "sealed"), (7, 2, 1))[0]

    def day(self, now: datetime, most: int) -> date:
        """A day after today."""
        return (now + timedelta(days=self.dice.randint(1, most))).date()

    def one(self, rows: Any) -> Any:
        """One row of a query, or none; the order is told, so that the draw repeats."""
        keys = list(rows.order_by("id").values_list("pk", flat=True))
        return rows.get(pk=self.dice.choice(keys)) if keys else None
