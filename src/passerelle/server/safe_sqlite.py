"""Which SQLite the house stands on, and how it is opened so that no acknowledged commit is lost.

SQLite 3.7.0 to 3.51.2 can corrupt a database in WAL mode when the log is reset; CPython 3.11 on Debian 12 links
3.40.1. The wheel `pysqlite3` carries a fixed one and is put in the place of the standard module before Django looks.
Where it is not to be had, a rollback journal with `synchronous=EXTRA` is slower and safe.
"""

from __future__ import annotations

import importlib
import sys
from types import ModuleType

WAL_SAFE_FROM = (3, 51, 3)
"""First release without the WAL-reset fault (sqlite.org, release notes of 3.51.3)."""


def install() -> ModuleType:
    """Put the safest SQLite at hand in the place of `sqlite3`, and return it. Call it before Django opens anything."""
    try:
        carried = importlib.import_module("pysqlite3")
    except ImportError:
        return importlib.import_module("sqlite3")
    dbapi = importlib.import_module("pysqlite3.dbapi2")
    if dbapi.sqlite_version_info > importlib.import_module("sqlite3").sqlite_version_info:
        sys.modules["sqlite3"] = carried
        sys.modules["sqlite3.dbapi2"] = dbapi
        return carried
    return importlib.import_module("sqlite3")


def wal_is_safe(version: tuple[int, ...]) -> bool:
    """Whether a SQLite of this version may be used in WAL mode."""
    return version >= WAL_SAFE_FROM


def opening_commands(version: tuple[int, ...]) -> str:
    """The PRAGMAs each connection starts with, for a SQLite of this version."""
    journal = (
        "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;"
        if wal_is_safe(version)
        else "PRAGMA journal_mode=TRUNCATE; PRAGMA synchronous=EXTRA;"
    )
    return f"{journal} PRAGMA foreign_keys=ON; PRAGMA trusted_schema=OFF; PRAGMA cache_size=-64000;"
