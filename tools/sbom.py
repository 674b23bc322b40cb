"""Writes what an installation is made of as CycloneDX JSON, from the lock alone: `python -m tools.sbom [-o FILE]`.

Names, versions and hashes, and nothing else: no host, no time, no path. The same lock gives the same bytes.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
import tomllib
import uuid
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
_ENTRY = re.compile(r"^([A-Za-z0-9._-]+)(?:\[[^]]*\])?==([^\s;\\]+)\s*(?:;\s*([^\\\n]+?))?\s*\\?$")
_HASH = re.compile(r"--hash=sha256:([0-9a-f]{64})")


def components(lock: str) -> list[dict[str, Any]]:
    """Each pinned package of a lock as a component, in the order of their names."""
    found: list[dict[str, Any]] = []
    for line in lock.splitlines():
        if entry := _ENTRY.match(line):
            name, version, marker = entry[1].lower(), entry[2], entry[3]
            purl = f"pkg:pypi/{name}@{version}"
            found.append({"type": "library", "bom-ref": purl, "name": name, "version": version, "purl": purl})
            if marker:
                found[-1]["properties"] = [{"name": "passerelle:only-where", "value": marker.strip()}]
        elif found and (digest := _HASH.search(line)):
            found[-1].setdefault("hashes", []).append({"alg": "SHA-256", "content": digest[1]})
    return sorted(found, key=lambda component: str(component["name"]))


def bill(lock: str, version: str) -> dict[str, Any]:
    """The whole bill of materials (CycloneDX 1.5) of this version of Passerelle with this lock."""
    parts = components(lock)
    return {
        "bomFormat": "CycloneDX",
        "specVersion": "1.5",
        "serialNumber": f"urn:uuid:{uuid.uuid5(uuid.NAMESPACE_URL, version + lock)}",
        "version": 1,
        "metadata": {
            "component": {
                "type": "application", "bom-ref": "passerelle", "name": "passerelle", "version": version,
                "licenses": [{"license": {"id": "EUPL-1.2"}}],
            }
        },
        "components": parts,
        "dependencies": [{"ref": "passerelle", "dependsOn": [part["bom-ref"] for part in parts]}],
    }  # fmt: skip


def main(arguments: list[str] | None = None) -> int:
    """Writes the bill to a file or to the screen."""
    said = argparse.ArgumentParser(description="Write the bill of materials as CycloneDX JSON.")
    said.add_argument("--lock", type=Path, default=ROOT / "requirements.lock")
    said.add_argument("-o", "--output", type=Path)
    given = said.parse_args(arguments)
    version = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["version"]
    text = json.dumps(bill(given.lock.read_text(encoding="utf-8"), version), indent=1, sort_keys=True) + "\n"
    if given.output is None:
        sys.stdout.write(text)
    else:
        given.output.parent.mkdir(parents=True, exist_ok=True)
        given.output.write_text(text, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
