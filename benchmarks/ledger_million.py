"""A ledger of a million lines: exported, verified, one inclusion proof, one proof of growth; seconds and memory."""

from __future__ import annotations

import argparse
import json
import resource
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from passerelle.ledger import canonical, chain, checkpoint, export, notes, receipt, verify

BEGAN = datetime(2026, 1, 1, tzinfo=UTC)


def entries(count: int) -> Iterator[str]:
    """Lines as a duty's move writes them, of invented duties."""
    for number in range(count):
        facts = {
            "duty": f"duty-{number // 5:016d}", "move": "escalate", "by": "", "version": number % 5 + 1,
            "state": "open", "level": number % 5, "holder": "noord", "officer": "",
            "due_at": "2026-02-01T00:00:00.000000Z",
            "next_event": "escalate", "next_event_at": "2026-02-02T00:00:00.000000Z",
        }  # fmt: skip
        at = BEGAN + timedelta(seconds=number)
        yield canonical.encode(kind="DutyMoved", at=at, index=number, facts=facts).decode()


def timed(act: Callable[[], Any]) -> tuple[Any, float, float]:
    """What it gave, seconds by the clock and of this process."""
    wall, own = time.perf_counter(), time.process_time()
    given = act()
    return given, round(time.perf_counter() - wall, 1), round(time.process_time() - own, 1)


def main() -> None:
    """`python -m benchmarks.ledger_million [--lines N] [--json]`."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--lines", type=int, default=1_000_000)
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "ledger.jsonl"
        known = list(entries(given.lines))
        told: dict[str, Any] = {"lines": given.lines}

        def keep(name: str, act: Callable[[], Any]) -> Any:
            found, wall, own = timed(act)
            told[name] = {"seconds": wall, "processor_seconds": own}
            return found

        keep("export", lambda: export.write(path, known, installation="bench", exported_at=BEGAN))
        told["megabytes"] = round(path.stat().st_size / 1e6)
        assert keep("verify", lambda: verify.verify(path)).holds
        leaves = [chain.leaf_hash(entry.encode()) for entry in known]
        said = checkpoint.Checkpoint(checkpoint.origin_of(leaves[0]), len(leaves), chain.root_of(leaves))
        note, log = checkpoint.signed(said, b"k" * 32), notes.key_of(said.origin, b"k" * 32, notes.LOG)
        mine = [(index, known[index]) for index in range(given.lines // 2 // 5 * 5, given.lines // 2 // 5 * 5 + 5)]
        duty = json.loads(mine[0][1])["facts"]["duty"]
        data = keep("receipt_of_five_lines", lambda: receipt.make(duty, entries=mine, leaves=leaves, note=note))
        assert keep("receipt_checked", lambda: receipt.check(data, log=log)).duty == duty
        frontier = chain.Frontier()
        for leaf in leaves[:-1000]:
            frontier.append(leaf)
        size = len(leaves)
        keep("growth_by_1000_lines", lambda: chain.consistency_proof_after(frontier, leaves[-1000:], size=size))
        told["receipt_bytes"] = len(data)
        told["memory_mb"] = round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)
    print(json.dumps(told, indent=2) if given.json else "\n".join(f"{name}: {value}" for name, value in told.items()))


if __name__ == "__main__":
    main()
