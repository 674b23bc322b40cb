"""Reads the tables of names and places when it is imported: a process forked after that has them at once."""

from __future__ import annotations

import atexit
import gc

import numpy as np

from passerelle.linkers.saying import say
from passerelle.linkers.weighing import Terms, commonness, weigh
from passerelle.matching import Subject

_ONE, _TWO = (
    Subject(
        id="",
        schema="Person",
        names=(name,),
        properties={"birthDate": ("1971-03-02",), "address": (street,), "phone": ("+32470123456",)},
    )
    for name, street in (("Jan Peeters", "Kerkstraat 12, 9000 Gent"), ("Jean Pieters", "Rue de l'Église 12, Gand"))
)
say(0, (_ONE, _TWO))
weigh((_ONE, _TWO), [(0, 1)], np.array([0]), np.array([1]), commonness(2, {}, {}, Terms()), Terms())
gc.freeze()
atexit.register(gc.unfreeze)  # DuckDB calls frozen objects leaked, aloud, when its process ends
