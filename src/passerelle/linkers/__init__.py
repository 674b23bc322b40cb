"""Whole registers joined without a database: every pair that may be one subject, with its score and its reasons."""

from passerelle.linkers.job import EngineMissing, Progress
from passerelle.linkers.joining import ENGINES, Linked, OutputWrong, link
from passerelle.linkers.register import Record, RefusedRecord, RegisterWrong, records
from passerelle.linkers.weighing import Pair, Terms

__all__ = [
    "ENGINES", "EngineMissing", "Linked", "OutputWrong", "Pair", "Progress", "Record", "RefusedRecord", "RegisterWrong",
    "Terms", "link", "records",
]  # fmt: skip
