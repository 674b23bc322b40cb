"""No change of the keys of subjects goes unnoticed by the installations that hold older ones."""

from __future__ import annotations

import hashlib

from passerelle.matching import Subject
from passerelle.matching.keys import FORM, keys

SAMPLE = (
    ("Person", "Choukri Boujida", {"birthDate": ["1991-02-14"], "address": ["Vierwindenstraat 79, 2800 Mechelen"]}),
    ("Person", "كريم بن هاشم", {"birthDate": ["1985"]}), ("Person", "Зоя Ковальчук-Мельник", {}),
    ("Person", "Van den Abeele, Zéphyrin", {"phone": ["+32 478 55 31 20"]}), ("Person", "김은규", {}),
    ("Person", "Chang Chih-hao", {}), ("Person", "王小明", {}), ("Person", "Nguyễn Thị Minh Khai", {}),
    ("Person", "Γιώργος Παπαδάκης", {}), ("Person", "გიორგი ბერიძე", {}), ("Person", "Արամ Սարգսյան", {}),
    ("Person", "Jean-Marie De la Croix", {"idNumber": ["EN482913"]}), ("Person", "יוסף כהן", {}),
    ("Company", "Bakkerij Wouters NV", {}), ("Company", "Boulangerie du Pont SPRL", {}),
    ("Vessel", "MS Zeemeeuw II", {}),
    ("Vehicle", "Citroën Berlingo", {"registrationNumber": ["1-KLM-482"]}),
    ("Address", "rue des Quatre-Vents 79, 1080 Bruxelles", {}), ("Person", "Abd al-Rahman Ould Cheikh", {}),
)  # fmt: skip
KNOWN = {4: "d8307f1a184030cb", 5: "37c850ed75891fb8"}
"""By form, the digest of these subjects' keys."""


def test_a_change_of_the_keys_raises_their_form() -> None:
    lines = []
    for number, (schema, name, more) in enumerate(SAMPLE):
        subject = Subject.from_ftm({"id": f"{number}", "schema": schema, "properties": {"name": [name], **more}})
        lines += sorted(f"{number} {key.kind} {key.value}" for key in keys(subject))
    digest = hashlib.blake2b("\n".join(lines).encode(), digest_size=8).hexdigest()
    assert len(lines) > 5 * len(SAMPLE)
    assert KNOWN.get(FORM) == digest, (
        f"The keys changed: raise FORM in matching/keys.py by one and put {{FORM: {digest!r}}} here. Installations "
        "then compare their subjects again when they are brought up to date."
    )
