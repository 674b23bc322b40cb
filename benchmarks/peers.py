"""Finds the peers' interpreter, hands it one job, and gives back what the peers answered."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from passerelle.errors import Refused
from passerelle.words import sentence

HERE = Path(__file__).parent
DEFAULT = HERE.parent / ".venv-peers" / "bin" / "python"
LOGIC, UNSTABLE = "logic-v2", "er-unstable"
STRINGS = ("jaro-winkler", "token-sort", "token-set", "levenshtein")
METAPHONE = "metaphone"

Entity = dict[str, Any]


class PeersMissing(Refused):
    """The peers' environment is not there."""

    code = "benchmarks.peers_missing"


class NoPython(Refused):
    """What was named as the peers' interpreter is no Python, or lacks what it is asked for."""

    code = "benchmarks.no_python"


class PeersFailed(Refused):
    """The peers' program ended without an answer."""

    code = "benchmarks.peers_failed"


def imports(python: str | Path, module: str) -> bool:
    """Whether this program is there, is a Python, and has the module: it must say the module's name, since a program
    that says nothing and ends well (`/usr/bin/true`) is neither."""
    asked = [str(python), "-c", f"import {module}; print({module}.__name__)"]
    try:
        done = subprocess.run(asked, capture_output=True, check=False, stdin=subprocess.DEVNULL)
    except OSError:
        return False
    return done.returncode == 0 and done.stdout.decode(errors="replace").split()[-1:] == [module]


def person(name: str, schema: str = "Person") -> Entity:
    """A name alone, as the peers read it."""
    return {"schema": schema, "properties": {"name": [name]}}


@dataclass
class Peers:
    """The peers' interpreter; `versions` and `faults` gather what the answers said of packages and of failures."""

    python: Path
    versions: dict[str, str] = field(default_factory=dict)
    faults: list[str] = field(default_factory=list)

    @classmethod
    def at(cls, given: str | None) -> Peers:
        """The interpreter named, else that of `make peers`. Raises PeersMissing, NoPython."""
        python = Path(given) if given else DEFAULT
        if not python.exists():
            raise PeersMissing(
                sentence("There is no interpreter of the peers."),
                way_out=sentence("Run make peers, or name a Python that has the peers with --peers."),
            )
        if not imports(python, "json"):
            raise NoPython(
                sentence("{program} is no Python.", program=str(python)),
                way_out=sentence("Run make peers, or name a Python that has the peers with --peers."),
            )
        return cls(python)

    def run(self, program: str, arguments: Sequence[str], job: Any = None) -> dict[str, Any]:
        """The answer of one of our programs run by the peers' interpreter. Raises PeersFailed."""
        done = subprocess.run(
            [str(self.python), str(HERE / program), *arguments],
            input=None if job is None else json.dumps(job), capture_output=True, text=True, check=False,
        )  # fmt: skip
        if done.returncode:
            last = " ".join(done.stderr.strip().splitlines()[-1:])
            raise PeersFailed(sentence("{program} failed: {why}", program=program, why=last[-300:]))
        answer: dict[str, Any] = json.loads(done.stdout)
        self.versions.update(answer.get("versions", {}))
        self.faults += [f"{name} failed: {why}" for name, why in answer.get("faults", {}).items()]
        return answer

    def scores(self, scorers: Iterable[str], pairs: Sequence[tuple[Entity, Entity]]) -> dict[str, list[float]]:
        """For each scorer its score of each pair; a scorer that failed is left out and stands under `faults`."""
        job = {"do": "pairs", "scorers": list(scorers), "pairs": pairs}
        found: dict[str, list[float]] = self.run("peers_bridge.py", (), job).get("scores", {})
        return found

    def ranks(
        self, scorers: Iterable[str], corpus: Sequence[Entity], queries: Sequence[Entity], top: int = 10,
        few: dict[str, int] | None = None,
    ) -> dict[str, list[list[tuple[int, float]]]]:  # fmt: skip
        """For each scorer and query the best of the corpus, `(place, score)`; `few` bounds a slow scorer's queries."""
        job = {
            "do": "ranks", "scorers": list(scorers), "corpus": corpus, "queries": queries, "top": top, "few": few or {},
        }  # fmt: skip
        found: dict[str, list[list[tuple[int, float]]]] = self.run("peers_bridge.py", (), job).get("ranks", {})
        return found

    def rates(self, scorers: Iterable[str], pairs: Sequence[tuple[Entity, Entity]]) -> dict[str, float]:
        """For each scorer the pairs it scores in a second of one processor."""
        answer = self.run("peers_bridge.py", (), {"do": "rates", "scorers": list(scorers), "pairs": pairs})
        rates: dict[str, float] = answer["rates"]
        return rates
