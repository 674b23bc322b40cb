"""The rules of evidence, one file each; the tuple below is their order."""

from passerelle.matching.evidence import address, birth, kin, name, number, particulars, relation
from passerelle.matching.evidence.finding import Evidence

RULES = (name.of, birth.of, number.of, address.of, relation.of, particulars.of, kin.of)
"""Each takes two subjects and what is known of commonness, and returns its findings."""

__all__ = ["RULES", "Evidence"]
