"""Reads the registers that services keep, row by row: a row that cannot be read is handed on with its reason."""

from passerelle.intake.detect import UnknownFormat, open_source, reread
from passerelle.intake.row import BadRow, Row
from passerelle.intake.source import ArchiveRefused, FileUnreadable, Opened, Source

__all__ = [
    "ArchiveRefused", "BadRow", "FileUnreadable", "Opened", "Row", "Source", "UnknownFormat", "open_source", "reread",
]  # fmt: skip
