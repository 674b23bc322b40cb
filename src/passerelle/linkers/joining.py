"""Two registers are joined: files are checked, an engine works in a folder of its own, pairs are written."""

from __future__ import annotations

import contextlib
import fcntl
import json
import shutil
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import duckdb

from passerelle.errors import Refused
from passerelle.linkers import pairing
from passerelle.linkers.crew import prepare
from passerelle.linkers.job import EngineMissing, Found, Job, Progress, Sizes, cores
from passerelle.linkers.keeping import keep, save_text
from passerelle.linkers.lexicon import Pieces, pieces_file
from passerelle.linkers.register import Record, RefusedRecord, kind_of, records
from passerelle.linkers.weighing import Terms
from passerelle.words import sentence

ENGINES = ("duckdb", "spark")
"""The engines that are built: one machine, or a cluster."""

REFUSALS_TOLD_MAX = 1_000
FORMAT = 6
LARGE_BYTES = 400_000
"""From this size on (of both files) several processes will work, and are made ready while the files are read."""


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
    master: str | None = None,
    sizes: Sizes | None = None,
) -> Linked:
    """Joins `left` and `right` into `out` (.csv or .parquet); one file twice finds its doubles, each pair once.

    Works in `OUT.work`, beside `out`; a run that was killed goes on there (on Spark, with what it had read), and the
    folder is gone when all is written. Raises EngineMissing, OutputWrong, RegisterWrong, WorkerLost.
    """
    run = engine_of(engine)
    agreed, parted = terms or Terms(), sizes or Sizes()
    if out.suffix.lower() not in {".csv", ".parquet"}:
        raise OutputWrong(
            sentence("{file} is neither .csv nor .parquet.", file=out.name),
            way_out=sentence("Name the output for what it should be: pairs.csv or pairs.parquet."),
        )
    kind_of(left)
    kind_of(right)
    with _folder(left, right, out, agreed, engine, parted) as (folder, resumed):
        if engine == "duckdb" and left.stat().st_size + right.stat().st_size > LARGE_BYTES:
            prepare()
        job = Job(folder, left, right, agreed, workers or cores(), progress or _unheard, master, parted)
        counts: dict[str, int] = {}
        refusals: list[RefusedRecord] = []
        refused = 0
        for side in job.sides:
            counts[side], many, told = _read(job, side)
            refused += many
            refusals.extend(told)
        found = run(job, counts)
        pairs = _write(job, found.files, out)
        return Linked(
            left=counts["left"],
            right=counts["left" if job.alone else "right"],
            refused=refused,
            refusals=tuple(refusals[:REFUSALS_TOLD_MAX]),
            candidates=found.candidates,
            pairs=pairs,
            bounded_keys=found.bounded_keys,
            bounded=found.bounded,
            memory_mb=round(found.memory_mb),
            resumed=resumed,
        )


def engine_of(engine: str) -> Callable[[Job, dict[str, int]], Found]:
    """What runs this engine. Raises EngineMissing where it is not built, or what it needs is not here."""
    if engine == "duckdb":
        from passerelle.linkers import duckdb as on_one_machine

        return on_one_machine.run
    if engine == "spark":
        from passerelle.linkers import spark as on_a_cluster

        on_a_cluster.check()
        return on_a_cluster.run
    raise EngineMissing(
        sentence("There is no engine “{engine}”.", engine=engine),
        way_out=sentence("Leave --engine out: DuckDB joins whole registers on one machine."),
    )


def _unheard(_: str, __: float) -> None:
    """Nobody listens."""


@contextlib.contextmanager
def _folder(
    left: Path, right: Path, out: Path, terms: Terms, engine: str, sizes: Sizes
) -> Iterator[tuple[Path, bool]]:
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
        wanted = json.dumps([FORMAT, engine, _mark(left), _mark(right), asdict(terms), asdict(sizes)], sort_keys=True)
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


def _read(job: Job, side: str) -> tuple[int, int, list[RefusedRecord]]:
    done = job.folder / f"{side}.read.json"
    path = job.left if side == "left" else job.right
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
    pieces = Pieces()

    def good() -> Iterator[Record]:
        nonlocal many
        for record in records(path, lambda position: job.progress("reading", position / size)):
            if isinstance(record, Record):
                pieces.add(record.entity)
                yield record
                continue
            many += 1
            if len(refused) < REFUSALS_TOLD_MAX:
                refused.append(record)

    count = keep(job.folder, side, good())
    save_text(job.folder / pieces_file(side), json.dumps(pieces.sorted(), ensure_ascii=False))
    rows = [[one.row, one.code, one.what.to_json()] for one in refused]
    save_text(done, json.dumps({"records": count, "refused": many, "refusals": rows}, ensure_ascii=False))
    return count, many, refused


def _write(job: Job, files: tuple[Path, ...], out: Path) -> int:
    job.progress("writing", 0.0)
    draft = job.folder / f"out{out.suffix.lower()}"
    draft.unlink(missing_ok=True)
    settings: dict[str, Any] = {
        "memory_limit": pairing.MEMORY, "temp_directory": str(job.folder / "spilled")
    }  # fmt: skip
    shape = {
        "l": "INTEGER", "r": "INTEGER", "left_id": "VARCHAR", "right_id": "VARCHAR", "score": "DOUBLE",
        "band": "VARCHAR", "because": "VARCHAR",
    }  # fmt: skip
    with duckdb.connect(config=settings) as base:
        base.execute("SET enable_progress_bar = false")
        base.execute("CREATE TABLE pair (" + ", ".join(f"{name} {kind}" for name, kind in shape.items()) + ")")
        columns = "{" + ", ".join(f"{name}: '{kind}'" for name, kind in shape.items()) + "}"
        if files:
            base.execute(
                f"INSERT INTO pair SELECT * FROM read_json(?, format = 'newline_delimited', columns = {columns})",  # noqa: S608
                [[str(file) for file in files]],
            )
        form = "FORMAT PARQUET" if draft.suffix == ".parquet" else "FORMAT CSV, HEADER"
        base.execute(
            "COPY (SELECT left_id, right_id, score, band, because FROM pair ORDER BY score DESC, l, r) "  # noqa: S608
            f"TO '{str(draft).replace(chr(39), chr(39) * 2)}' ({form})"
        )
        pairs = int(base.execute("SELECT count(*) FROM pair").fetchall()[0][0])
    draft.replace(out)
    job.progress("writing", 1.0)
    return pairs
