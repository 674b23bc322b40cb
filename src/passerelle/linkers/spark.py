"""Joins registers on a cluster: the stages of `pairing` in Spark's SQL, and the one scorer in Arrow batches."""

from __future__ import annotations

import contextlib
import importlib.util
import json
import os
import resource
import shutil
import sys
import threading
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from passerelle.linkers import pairing, sieve
from passerelle.linkers.digests import KINDS
from passerelle.linkers.job import EngineMissing, Found, Job
from passerelle.linkers.keeping import Kept, save_text
from passerelle.linkers.saying import NAMED, say
from passerelle.linkers.weighing import (
    Terms,
    commonness,
    line_of,
    rarity_of,
    that_may,
    values_of,
    weigh,
)
from passerelle.matching import Commonness, Subject
from passerelle.names import gazetteers
from passerelle.words import sentence

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

RECORDS_AT_ONCE = 2_000
"""Records, or pairs, in one Arrow batch: each worker holds the texts of so many."""

SAID = (
    "r INT, d ARRAY<BIGINT>, kind ARRAY<INT>, facts BINARY, stem ARRAY<STRING>, borne ARRAY<BIGINT>, "
    "shared ARRAY<BIGINT>, words ARRAY<BIGINT>"
)
PAUSE_SECONDS = 0.5


def check() -> None:
    """Raises EngineMissing where a program is not here that Spark needs."""
    for package in ("pyspark", "pyarrow"):
        if importlib.util.find_spec(package) is None:
            raise EngineMissing(
                sentence("The engine Spark needs the package {package}, which is not installed.", package=package),
                way_out=sentence("Install passerelle[spark], or leave --engine out: DuckDB needs nothing more."),
            )
    home = os.environ.get("JAVA_HOME")
    if not (home and (Path(home) / "bin" / "java").exists()) and shutil.which("java") is None:
        raise EngineMissing(
            sentence("The engine Spark needs Java 17 or newer, and no “java” is on the path."),
            way_out=sentence("On Debian: apt-get install openjdk-17-jre-headless. Or leave --engine out."),
        )


def run(job: Job, counts: dict[str, int]) -> Found:
    """All steps but reading and writing. A session that is there already is used, and left as it was."""
    from pyspark.sql import SparkSession

    there = SparkSession.getActiveSession()
    spark = there or _session(job)
    try:
        found = _run(spark, job, counts)
    finally:
        if there is None:
            _end(spark)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss + resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
    return Found(**{**found, "memory_mb": peak / (1024**2 if sys.platform == "darwin" else 1024)})


def _session(job: Job) -> SparkSession:
    """A session that serves no page, tells nobody, and, on this machine, listens to this machine alone."""
    from pyspark.sql import SparkSession

    os.environ.setdefault("PYSPARK_PYTHON", sys.executable)
    os.environ.setdefault("PYSPARK_DRIVER_PYTHON", sys.executable)
    master = job.master or f"local[{job.workers}]"
    settings = {
        "spark.ui.enabled": "false",
        "spark.ui.showConsoleProgress": "false",
        "spark.eventLog.enabled": "false",
        "spark.log.level": "ERROR",
        "spark.sql.warehouse.dir": str(job.folder / "warehouse"),
        "spark.sql.execution.arrow.maxRecordsPerBatch": str(RECORDS_AT_ONCE),
        "spark.sql.session.timeZone": "UTC",
    }
    if master.startswith("local"):
        os.environ["SPARK_LOCAL_IP"] = "127.0.0.1"
        settings |= {
            "spark.driver.host": "127.0.0.1",
            "spark.driver.bindAddress": "127.0.0.1",
            "spark.local.dir": str(job.folder / "spilled"),
            "spark.sql.shuffle.partitions": str(max(2, 2 * job.workers)),
        }
    builder = SparkSession.builder.master(master).appName("passerelle link")
    for name, value in settings.items():
        builder = builder.config(name, value)
    return builder.getOrCreate()


def _end(spark: SparkSession) -> None:
    """Stops the session, and the Java that was started for it."""
    from pyspark import SparkContext

    gateway: Any = SparkContext._gateway
    spark.stop()
    if gateway is None:
        return
    gateway.shutdown()
    process = getattr(gateway, "proc", None)
    if process is not None:
        process.stdin.close()
        process.wait(timeout=60)
    SparkContext._gateway = SparkContext._jvm = None


def _run(spark: SparkSession, job: Job, counts: dict[str, int]) -> dict[str, Any]:
    gazetteers.take_up(job.terms.streets)  # the values of bounded keys are read again here
    for side in job.sides:
        _take(spark, job, side)
    with _watched(spark, job, "keys"):
        told = _commonness(spark, job, counts)
    with _watched(spark, job, "candidates"):
        for table, query in pairing.stages(alone=job.alone, hub=job.terms.hub):
            spark.sql(query).createOrReplaceTempView(table)
        spark.table("common").cache()
        hubs = _hubs(spark)
        values = _values(spark, job, hubs)
        chosen = spark.sql(pairing.chosen(alone=job.alone, each=job.terms.each)).select("l", "r").distinct().cache()
        chosen.createOrReplaceTempView("candidate")
        candidates = chosen.count()
    with _watched(spark, job, "scores"):
        file = job.folder / "scored-000000.jsonl"
        save_text(file, "".join(f"{row['line']}\n" for row in _scored(spark, job, told).toLocalIterator()))
    return {
        "candidates": candidates,
        "bounded_keys": spark.table("common").count(),
        "bounded": tuple(pairing.told(hubs, values)),
        "files": (file,),
        "memory_mb": 0.0,
    }


def _take(spark: SparkSession, job: Job, side: str) -> None:
    """The records of one side as `record_left` (r, entity) and what they say as `said_left`, `raw_left`."""
    import pyarrow as pa

    kept = Kept(job.folder, side)
    table = pa.table({"r": pa.array(range(len(kept)), pa.int32()), "entity": pa.array(kept.texts(), pa.string())})
    kept.close()
    parts = max(1, min(spark.sparkContext.defaultParallelism * 4, len(table) // RECORDS_AT_ONCE))
    record = spark.createDataFrame(table, schema="r INT, entity STRING").repartition(parts, "r").cache()
    record.createOrReplaceTempView(f"record_{side}")
    record.mapInArrow(_Say(job.terms), SAID).cache().createOrReplaceTempView(f"said_{side}")
    spark.sql(
        f"SELECT r, one.d AS d, one.kind AS kind FROM said_{side} "  # noqa: S608 (left or right)
        "LATERAL VIEW explode(arrays_zip(d, kind)) ones AS one"
    ).createOrReplaceTempView(f"raw_{side}")


class _Say:
    """On a worker: what each record says. The words of a batch and how many bear them stand with its first record."""

    def __init__(self, terms: Terms) -> None:
        self.terms = terms

    def __call__(self, batches: Iterable[Any]) -> Iterator[Any]:
        gazetteers.take_up(self.terms.streets)
        for batch in batches:
            yield self._said(batch)

    @staticmethod
    def _said(batch: Any) -> Any:
        import pyarrow as pa

        rows = batch.column("r").to_numpy()
        subjects = [Subject.from_ftm(json.loads(text)) for text in batch.column("entity").to_pylist()]
        said = say(0, subjects)
        ends = np.searchsorted(said.rows, np.arange(len(rows) + 1)).astype(np.int32)
        noted = sieve.facts(subjects)
        words = said.named
        until = np.searchsorted(words["r"], np.arange(len(rows) + 1)).astype(np.int32)
        # Spark takes the columns by their place: they stand in the order of SAID.
        rest: list[list[Any]] = [[]] * max(0, len(rows) - 1)
        return pa.record_batch(
            {
                "r": pa.array(rows, pa.int32()),
                "d": pa.ListArray.from_arrays(ends, pa.array(said.digests, pa.int64())),
                "kind": pa.ListArray.from_arrays(ends, pa.array(said.kinds, pa.int32())),
                "facts": pa.array([row.tobytes() for row in noted], pa.binary()),
                "stem": pa.array([list(said.stems), *rest][: len(rows)], pa.list_(pa.string())),
                "borne": pa.array([list(said.stems.values()), *rest][: len(rows)], pa.list_(pa.int64())),
                "shared": pa.array([said.shared.tolist(), *rest][: len(rows)], pa.list_(pa.int64())),
                "words": pa.ListArray.from_arrays(until, pa.array(words["stem"], pa.int64())),
            }
        )


def _commonness(spark: SparkSession, job: Job, counts: dict[str, int]) -> dict[str, Any]:
    """How common words and values are, of both sides together."""
    stems: Counter[str] = Counter()
    shared: Counter[int] = Counter()
    both = " UNION ALL ".join(f"SELECT stem, borne, shared FROM said_{side}" for side in job.sides)  # noqa: S608
    words = (
        f"SELECT one.stem AS stem, sum(one.borne) AS n FROM ({both}) said "  # noqa: S608
        "LATERAL VIEW explode(arrays_zip(stem, borne)) ones AS one GROUP BY one.stem"
    )
    for row in spark.sql(words).toLocalIterator():
        stems[row["stem"]] = row["n"]
    values = (
        f"SELECT v, count(*) AS n FROM ({both}) said LATERAL VIEW explode(shared) vs AS v "  # noqa: S608
        "GROUP BY v HAVING count(*) > 2"
    )
    for row in spark.sql(values).toLocalIterator():
        shared[row["v"]] = row["n"]
    return {"subjects": sum(counts.values()), "stems": dict(stems), "shared": dict(shared)}


def _hubs(spark: SparkSession) -> list[tuple[int, str, int]]:
    top = spark.sql(f"SELECT d, kind, n FROM common ORDER BY n DESC, d LIMIT {pairing.HUBS_TOLD_MAX}")  # noqa: S608
    return [(row["d"], KINDS[row["kind"]], row["n"]) for row in top.collect()]


def _values(spark: SparkSession, job: Job, hubs: list[tuple[int, str, int]]) -> dict[int, str]:
    """The bounded keys' values, read again off one record that bears each."""
    if not hubs:
        return {}
    digests = ", ".join(str(value) for value, _, _ in hubs)
    found = spark.sql(f"SELECT d, min(r) AS r FROM raw_left WHERE d IN ({digests}) GROUP BY d").collect()  # noqa: S608
    kept = Kept(job.folder, "left")
    try:
        bearers = [(row["d"], Subject.from_ftm(next(kept.entities([row["r"]])))) for row in found]
    finally:
        kept.close()
    return dict(values_of(bearers))


def _scored(spark: SparkSession, job: Job, told: dict[str, Any]) -> DataFrame:
    """The lines of the pairs that reach the bar."""
    other = "left" if job.alone else "right"
    known = spark.sparkContext.broadcast(told)
    for side in job.sides:
        said = spark.sql(f"SELECT r, facts, words FROM said_{side}")  # noqa: S608 (left or right)
        noted = said.mapInArrow(_Note(known, job.terms), "r INT, facts BINARY, named DOUBLE")
        noted.createOrReplaceTempView(f"noted_{side}")
    facts = spark.sql(
        "SELECT c.l AS l, c.r AS r, a.facts AS ours, b.facts AS theirs, least(a.named, b.named) AS named "  # noqa: S608
        f"FROM candidate c JOIN noted_left a ON c.l = a.r JOIN noted_{other} b ON c.r = b.r"
    )
    facts.mapInArrow(_Sift(job.terms), "l INT, r INT").createOrReplaceTempView("live")
    pairs = spark.sql(
        "SELECT c.l AS l, c.r AS r, a.entity AS ours, b.entity AS theirs FROM live c "  # noqa: S608
        f"JOIN record_left a ON c.l = a.r JOIN record_{other} b ON c.r = b.r"
    )
    return pairs.mapInArrow(_Weigh(known, job.terms, alone=job.alone), "line STRING")


class _Note:
    """On a worker: the most bits that the name of each record can say, beside its facts."""

    def __init__(self, known: Any, terms: Terms) -> None:
        self.known, self.terms = known, terms

    def __call__(self, batches: Iterable[Any]) -> Iterator[Any]:
        import pyarrow as pa

        told = self.known.value
        known = rarity_of(told["subjects"], told["stems"], self.terms)
        for batch in batches:
            listed = batch.column("words").to_pylist()
            said = [(row, stem) for row, stems in enumerate(listed) for stem in stems]
            words = np.zeros(len(said), dtype=NAMED)
            words["r"], words["stem"] = [row for row, _ in said], [stem for _, stem in said]
            most = known.most(words, len(listed))
            yield pa.record_batch(
                {"r": batch.column("r"), "facts": batch.column("facts"), "named": pa.array(most, pa.float64())}
            )


class _Sift:
    """On a worker: the pairs whose records may still reach the bar."""

    def __init__(self, terms: Terms) -> None:
        self.terms = terms

    def __call__(self, batches: Iterable[Any]) -> Iterator[Any]:
        import pyarrow as pa

        for batch in batches:
            ours, theirs = (
                np.frombuffer(b"".join(batch.column(side).to_pylist()), dtype=sieve.FACTS)
                for side in ("ours", "theirs")
            )
            may = pa.array(that_may(ours, theirs, batch.column("named").to_numpy(), self.terms))
            yield batch.select(["l", "r"]).filter(may)


class _Weigh:
    """On a worker: the pairs that reach the bar, each as a line."""

    def __init__(self, known: Any, terms: Terms, *, alone: bool) -> None:
        self.known, self.terms, self.alone = known, terms, alone

    def __call__(self, batches: Iterable[Any]) -> Iterator[Any]:
        import pyarrow as pa

        gazetteers.take_up(self.terms.streets)
        told = self.known.value
        known: Commonness = commonness(told["subjects"], told["stems"], told["shared"], self.terms)
        for batch in batches:
            yield pa.record_batch({"line": pa.array(self._lines(batch, known), pa.string())})

    def _lines(self, batch: Any, known: Commonness) -> list[str]:
        columns = [batch.column(name).to_pylist() for name in ("l", "r", "ours", "theirs")]
        texts: dict[tuple[str, int], str] = {}
        other = "left" if self.alone else "right"
        for one, two, ours, theirs in zip(*columns, strict=True):
            texts["left", one], texts[other, two] = ours, theirs
        subjects = [Subject.from_ftm(json.loads(text)) for text in texts.values()]
        places = {bearer: place for place, bearer in enumerate(texts)}
        pairs = list(zip(columns[0], columns[1], strict=True))
        left = np.array([places["left", one] for one, _ in pairs], dtype=np.int64)
        right = np.array([places[other, two] for _, two in pairs], dtype=np.int64)
        return [
            line_of(pair, subjects[places["left", pair.left]], subjects[places[other, pair.right]])
            for pair in weigh(subjects, pairs, left, right, known, self.terms)
        ]


@contextlib.contextmanager
def _watched(spark: SparkSession, job: Job, step: str) -> Iterator[None]:
    """Tells now and then how many of the tasks that Spark knows of are done, while the block runs."""
    job.progress(step, 0.0)
    over = threading.Event()
    tracker = spark.sparkContext.statusTracker()

    def watch() -> None:
        before = 0.0
        while not over.wait(PAUSE_SECONDS):
            stages = [info for one in tracker.getActiveStageIds() if (info := tracker.getStageInfo(one))]
            tasks = sum(info.numTasks for info in stages)
            if tasks:
                before = max(before, min(0.99, sum(info.numCompletedTasks for info in stages) / tasks))
                job.progress(step, before)

    watcher = threading.Thread(target=watch, daemon=True)
    watcher.start()
    try:
        yield
    finally:
        over.set()
        watcher.join(30)  # a cluster that says nothing any more is told by the work itself
    job.progress(step, 1.0)
