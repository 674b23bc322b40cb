"""Joins two registers on one machine: DuckDB finds who shares a key, a process for each core weighs the pairs."""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import shutil
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import duckdb

from passerelle.errors import Refused
from passerelle.linkers import pairing
from passerelle.linkers.crew import Crew, Task, counts_file, gather, keys_file, memory_mb, scores_file
from passerelle.linkers.keeping import keep, save_text
from passerelle.linkers.register import Record, RefusedRecord, kind_of, records
from passerelle.linkers.weighing import Terms
from passerelle.words import sentence

ENGINES = ("duckdb",)
"""The engines that are built."""

RECORDS_AT_ONCE = 2_000
PAIRS_AT_ONCE = 20_000
REFUSALS_TOLD_MAX = 1_000
FEW_RECORDS = 1_500
"""So few are weighed by this process alone: others would take longer to start."""

FORMAT = 1

Progress = Callable[[str, float], None]
"""Hears what is being done (reading, keys, candidates, scores, writing), and how far it is, from 0 to 1."""


class EngineMissing(Refused):
    """An engine that is not built."""

    code = "link.engine_missing"


class OutputWrong(Refused):
    """A file that cannot be written, or a working folder that is another's."""

    code = "link.output_wrong"


@dataclass(frozen=True, slots=True)
class Linked:
    """What was done: records read well on each side, refused ones, candidates weighed, pairs written."""

    left: int
    right: int
    refused: int
    refusals: tuple[RefusedRecord, ...]
    candidates: int
    pairs: int
    bounded_keys: int
    bounded: tuple[dict[str, Any], ...]
    memory_mb: int
    resumed: bool


def link(
    left: Path,
    right: Path,
    out: Path,
    *,
    terms: Terms | None = None,
    engine: str = "duckdb",
    workers: int | None = None,
    progress: Progress | None = None,
) -> Linked:
    """Joins `left` and `right` into `out` (.csv or .parquet); one file twice finds its doubles, each pair once.

    Works in `OUT.work`, beside `out`; a run that was killed goes on there, and the folder is gone when all is written.
    Raises EngineMissing, OutputWrong, RegisterWrong, WorkerLost.
    """
    check_engine(engine)
    agreed = terms or Terms()
    if out.suffix.lower() not in {".csv", ".parquet"}:
        raise OutputWrong(
            sentence("{file} is neither .csv nor .parquet.", file=out.name),
            way_out=sentence("Name the output for what it should be: pairs.csv or pairs.parquet."),
        )
    kind_of(left)
    kind_of(right)
    with _folder(left, right, out, agreed) as (folder, resumed):
        return _Run(folder, left, right, out, agreed, workers or cores(), progress or _unheard).go(resumed)


def check_engine(engine: str) -> None:
    """Raises EngineMissing where this engine is not built."""
    if engine in ENGINES:
        return
    what = (
        sentence("The engine Spark is not built yet.")
        if engine == "spark"
        else sentence("There is no engine “{engine}”.", engine=engine)
    )
    raise EngineMissing(what, way_out=sentence("Leave --engine out: DuckDB joins whole registers on one machine."))


def cores() -> int:
    """How many processors this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _unheard(_: str, __: float) -> None:
    """Nobody listens."""


@contextlib.contextmanager
def _folder(left: Path, right: Path, out: Path, terms: Terms) -> Iterator[tuple[Path, bool]]:
    """The working folder, held by this run alone; kept when the run breaks off, removed when it is done."""
    folder = out.with_name(out.name + ".work")
    plan = folder / "plan.json"
    if folder.exists() and any(folder.iterdir()) and not plan.exists() and not (folder / "lock").exists():
        raise OutputWrong(
            sentence("{folder} is there, and is not of a run that broke off.", folder=str(folder)),
            way_out=sentence("Move it away, or name another output."),
        )
    try:
        folder.mkdir(exist_ok=True)
        lock = (folder / "lock").open("w")
    except OSError as error:
        raise OutputWrong(
            sentence("{folder} cannot be written ({reason}).", folder=str(folder), reason=str(error.strerror)),
            way_out=sentence("Name an output in a folder that is there and that you may write to."),
        ) from error
    with lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            raise OutputWrong(
                sentence("Another run is writing {file}.", file=out.name),
                way_out=sentence("Wait until it is done, or name another output."),
            ) from error
        wanted = json.dumps([FORMAT, _mark(left), _mark(right), asdict(terms)], sort_keys=True)
        resumed = plan.exists() and plan.read_text(encoding="utf-8") == wanted
        if not resumed:
            for inside in folder.iterdir():
                if inside.is_dir():
                    shutil.rmtree(inside)
                elif inside.name != "lock":
                    inside.unlink()
            save_text(plan, wanted)
        yield folder, resumed
        shutil.rmtree(folder)


def _mark(path: Path) -> list[Any]:
    """By what a file is known to be the same as when the run broke off."""
    about = path.stat()
    return [str(path.resolve()), about.st_size, about.st_mtime_ns]


class _Run:
    """One run, step by step; each step leaves a file, and is not done again when that file is there."""

    def __init__(
        self, folder: Path, left: Path, right: Path, out: Path, terms: Terms, workers: int, progress: Progress
    ) -> None:
        self.folder, self.left, self.right, self.out, self.terms = folder, left, right, out, terms
        self.alone = left.resolve() == right.resolve()
        self.workers, self.progress = workers, progress
        self.sides = ("left",) if self.alone else ("left", "right")

    def go(self, resumed: bool) -> Linked:
        """All steps."""
        counts: dict[str, int] = {}
        refusals: list[RefusedRecord] = []
        refused = 0
        for side in self.sides:
            counts[side], many, told = self._read(side)
            refused += many
            refusals.extend(told)
        workers = self.workers if sum(counts.values()) > FEW_RECORDS else 0
        with Crew(self.folder, workers, self.terms, alone=self.alone) as crew:
            self._keys(crew, counts)
            found = self._candidates(crew, counts)
            self._scores(crew, int(found["chunks"]))
            pairs = self._write(int(found["chunks"]))
            memory = memory_mb() + sum(crew.memory.values())
        return Linked(
            left=counts["left"],
            right=counts["left" if self.alone else "right"],
            refused=refused,
            refusals=tuple(refusals[:REFUSALS_TOLD_MAX]),
            candidates=int(found["candidates"]),
            pairs=pairs,
            bounded_keys=int(found["bounded_keys"]),
            bounded=tuple(found["bounded"]),
            memory_mb=round(memory),
            resumed=resumed,
        )

    def _read(self, side: str) -> tuple[int, int, list[RefusedRecord]]:
        done = self.folder / f"{side}.read.json"
        path = self.left if side == "left" else self.right
        refused: list[RefusedRecord] = []
        many = 0
        if done.exists():
            told = json.loads(done.read_text(encoding="utf-8"))
            again = [
                RefusedRecord(path.name, row, code, type(sentence("")).from_json(what))
                for row, code, what in told["refusals"]
            ]
            return told["records"], told["refused"], again
        size = max(1, path.stat().st_size)

        def good() -> Iterator[Record]:
            nonlocal many
            for record in records(path, lambda position: self.progress("reading", position / size)):
                if isinstance(record, Record):
                    yield record
                    continue
                many += 1
                if len(refused) < REFUSALS_TOLD_MAX:
                    refused.append(record)

        count = keep(self.folder, side, good())
        rows = [[one.row, one.code, one.what.to_json()] for one in refused]
        save_text(done, json.dumps({"records": count, "refused": many, "refusals": rows}, ensure_ascii=False))
        return count, many, refused

    def _keys(self, crew: Crew, counts: dict[str, int]) -> None:
        if (self.folder / "commonness.json").exists():
            return
        tasks = [
            Task("keys", number, side, first, min(first + RECORDS_AT_ONCE, counts[side]))
            for side in self.sides
            for number, first in enumerate(range(0, counts[side], RECORDS_AT_ONCE))
        ]
        missing = [task for task in tasks if not (self.folder / counts_file(task.side, task.number)).exists()]
        for place, _ in enumerate(crew.work(missing), len(tasks) - len(missing) + 1):
            self.progress("keys", place / len(tasks))
        stems, shared = gather(self.folder / counts_file(task.side, task.number) for task in tasks)
        told = {"subjects": sum(counts.values()), "stems": stems, "shared": shared}
        save_text(self.folder / "commonness.json", json.dumps(told, ensure_ascii=False))

    def _candidates(self, crew: Crew, counts: dict[str, int]) -> dict[str, Any]:
        done = self.folder / "candidates.json"
        if not done.exists():
            self.progress("candidates", 0.0)
            with pairing.open_database(self.folder, self.workers) as base:
                for side in self.sides:
                    chunks = range(-(-counts[side] // RECORDS_AT_ONCE))
                    pairing.take_keys(base, side, [self.folder / keys_file(side, number) for number in chunks])
                pairing.count_keys(base, alone=self.alone, hub=self.terms.hub)
                bounded_keys, hubs = pairing.bounded(base, hub=self.terms.hub)
                bounded = self._named(crew, base, hubs)
                many = pairing.choose(
                    base, counts["left"], alone=self.alone, terms=self.terms,
                    told=lambda share: self.progress("candidates", share),
                )  # fmt: skip
                chunks_written = pairing.write_chunks(base, self.folder, PAIRS_AT_ONCE)
            (self.folder / "pairing.duckdb").unlink()
            found = {"candidates": many, "chunks": chunks_written, "bounded_keys": bounded_keys, "bounded": bounded}
            save_text(done, json.dumps(found, ensure_ascii=False))
        told: dict[str, Any] = json.loads(done.read_text(encoding="utf-8"))
        return told

    def _named(
        self, crew: Crew, base: duckdb.DuckDBPyConnection, hubs: list[tuple[int, str, int]]
    ) -> list[dict[str, Any]]:
        """The bounded keys with their values: a worker reads each again off one record that bears it."""
        bearers = base.execute(
            "SELECT d, min(r) FROM raw_left WHERE d IN (SELECT unnest(?::BIGINT[])) GROUP BY d",
            [[value for value, _, _ in hubs]],
        ).fetchall()
        save_text(self.folder / "hubs.json", json.dumps(bearers))
        for _ in crew.work([Task("hubs", 0)]):
            pass
        values = dict(json.loads((self.folder / "hubs.named.json").read_text(encoding="utf-8")))
        return [{"kind": kind, "value": values.get(value, ""), "records": count} for value, kind, count in hubs]

    def _scores(self, crew: Crew, chunks: int) -> None:
        missing = [number for number in range(chunks) if not (self.folder / scores_file(number)).exists()]
        done = chunks - len(missing)
        for place, _ in enumerate(crew.work(Task("scores", number) for number in missing), done + 1):
            self.progress("scores", place / chunks)

    def _write(self, chunks: int) -> int:
        self.progress("writing", 0.0)
        draft = self.folder / f"out{self.out.suffix.lower()}"
        draft.unlink(missing_ok=True)
        settings: dict[str, Any] = {"memory_limit": pairing.MEMORY, "temp_directory": str(self.folder / "spilled")}
        shape = {
            "l": "INTEGER", "r": "INTEGER", "left_id": "VARCHAR", "right_id": "VARCHAR", "score": "DOUBLE",
            "band": "VARCHAR", "because": "VARCHAR",
        }  # fmt: skip
        with duckdb.connect(config=settings) as base:
            base.execute("CREATE TABLE pair (" + ", ".join(f"{name} {kind}" for name, kind in shape.items()) + ")")
            columns = "{" + ", ".join(f"{name}: '{kind}'" for name, kind in shape.items()) + "}"
            files = [str(self.folder / scores_file(number)) for number in range(chunks)]
            if files:
                base.execute(
                    f"INSERT INTO pair SELECT * FROM read_json(?, format = 'newline_delimited', columns = {columns})",  # noqa: S608
                    [files],
                )
            form = "FORMAT PARQUET" if draft.suffix == ".parquet" else "FORMAT CSV, HEADER"
            base.execute(
                "COPY (SELECT left_id, right_id, score, band, because FROM pair ORDER BY score DESC, l, r) "  # noqa: S608
                f"TO '{str(draft).replace(chr(39), chr(39) * 2)}' ({form})"
            )
            pairs = int(base.execute("SELECT count(*) FROM pair").fetchall()[0][0])
        draft.replace(self.out)
        self.progress("writing", 1.0)
        return pairs
