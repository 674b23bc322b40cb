"""Are these two subjects the same? Evidence for and against, in bits and in words."""

from passerelle.matching.batch import Subjects
from passerelle.matching.commonness import Commonness
from passerelle.matching.evidence import Evidence
from passerelle.matching.keys import Key, keys
from passerelle.matching.score import Comparison, compare
from passerelle.matching.subject import Relation, Subject

__all__ = ["Commonness", "Comparison", "Evidence", "Key", "Relation", "Subject", "Subjects", "compare", "keys"]
