"""The seats of the demonstration with their passwords, kept in the installation's folder for its sign-in page."""

from __future__ import annotations

import base64
import json
import os
from pathlib import Path
from typing import Any

from passerelle.ids import fresh_bytes

SEATS_FILE = "seats.json"


def fresh_password() -> str:
    """Twelve signs (60 random bits) in groups of four, made at the first run and written nowhere else."""
    signs = base64.b32encode(fresh_bytes(10)).decode().lower()
    return "-".join(signs[start : start + 4] for start in range(0, 12, 4))


def keep(folder: Path, name: str, content: Any) -> None:
    """Write a small JSON file that only its owner can read, whole or not at all."""
    path, new = folder / name, folder / f".{name}.new"
    with os.fdopen(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as file:
        json.dump(content, file, ensure_ascii=False, indent=1)
    new.replace(path)


def kept(folder: Path, name: str) -> Any:
    """What `keep` wrote, or None."""
    path = folder / name
    return json.loads(path.read_text(encoding="utf-8")) if path.is_file() else None
