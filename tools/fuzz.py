"""Throws damaged input at every reader of outside input and says what broke: `python -m tools.fuzz --minutes 5`.

A finding is any exception that is not one of ours, or an example that takes over two seconds of the processor. Inputs
are valid examples with bytes changed, put together or repeated; the seed is printed, and `--seed` repeats a run.
With `--engine atheris` (optional; not in the locks) the same targets run guided by coverage, one target at a time.
"""

from __future__ import annotations

import argparse
import functools
import gc
import json
import random
import re
import signal
import sys
import tempfile
import time
import traceback
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from passerelle import ids, names
from passerelle.errors import Refused
from passerelle.flow.sizes import NAME_CHARACTERS_MAX, TEXT_CHARACTERS_MAX
from passerelle.intake import open_source, text
from passerelle.intake.document import CHARACTERS_MAX
from passerelle.intake.documents import read_document
from passerelle.ledger import chain, export, verify
from passerelle.matching import score
from passerelle.matching.keys import keys
from passerelle.matching.subject import Subject
from passerelle.names import numbers, organisations, places
from tools import papers

DATA = Path(__file__).resolve().parents[1] / "tests" / "data"
HANG_SECONDS = 2.0
"""Of the processor, for one example: a page waits for a text no longer than this."""

EXAMPLE_BYTES_MAX = 60_000
FINDINGS_MAX = 20

BITS = (
    b"\0", b'"', b";", b",", b"\n", b"\r\n", b"{", b"}", b"[", b"]", b"<", b">", b"&", b"&#0;", b"&a;",
    b"<!DOCTYPE a [<!ENTITY a 'aaaaaaaaaa'>]>", b"<!--", b"<![CDATA[", b"\\ud800", b"\\u0000", b"\xff\xfe",
    b"\xef\xbb\xbf",
    b"9" * 60, b"-1", b"1e999", b"NaN", b"0001-00-00", b"31/02/1999", b"(", b")", b" - ", b"*a", b"&a ",
    b"!!python/object",
    "İ".encode(), "ﷺ".encode(), "ß".encode(), "\u202e".encode(), "\u0301".encode() * 30, "\u200c".encode(),
    "王".encode(),
    "محمد".encode(), b" zoon van ", b" rue de la ", b" 1000 Brussel ", b"geb. ", b"1-ABC-123", b"+32 2 555 00 00",
)  # fmt: skip

NAMED = ("Person", "Company")
TEXTS = (
    "Karel Vermassen, geboren op 11/02/1975, woont in de Kerkstraat 12 bus 3, 9000 Gent. Hij rijdt met 1-ABC-123.",
    "Mme Griet Lammens, née le 9 janvier 1966, habite 4, rue de l'Église à 1000 Bruxelles. Tél. 02 555 12 34.",
    "Mohamed Ben Youssef El Haddaoui (محمد بن يوسف الحداوي) zei dat zijn broer IBAN BE68 5390 0754 7034 gebruikt.",
    "Der Vater von Anna-Lena Krüger, geb. 3. Mai 1971, arbeitet für Muster Handels GmbH in Eupen.",
    "Wang Xiaoming 王小明; Владимир Иванов; O'Connor-Van den Bossche; Jean-Pierre de la Tour d'Argent",
)  # fmt: skip


class Hung(BaseException):
    """An example took longer than a reader may take. No `except Exception` on the way swallows it."""


@contextmanager
def within(seconds: float = HANG_SECONDS) -> Iterator[None]:
    """Raises Hung once so much of the processor was used inside; waiting for others does not count."""

    def ring(*_: object) -> None:
        raise Hung

    before = signal.signal(signal.SIGVTALRM, ring)
    signal.setitimer(signal.ITIMER_VIRTUAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        signal.signal(signal.SIGVTALRM, before)


def words_of(example: bytes) -> str:
    """Bytes as the text that a form would give: any code points, also lonely surrogates."""
    return example.decode("utf-8", errors="surrogatepass" if b"\xed" in example else "replace")


def _text(example: bytes) -> str:
    try:
        return words_of(example)
    except UnicodeDecodeError:
        return example.decode("latin-1")


def _halves(example: bytes) -> tuple[str, str]:
    """Two values of a subject, as long as receiving lets one be."""
    said = _text(example)
    left, _, right = said.partition("|")
    return left[:NAME_CHARACTERS_MAX], (right or said[::-1])[:NAME_CHARACTERS_MAX]


def importer(suffix: str, form: str | None, example: bytes) -> None:
    """A register of these bytes is opened and read to its end; `Refused` is an answer."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"register.{suffix}"
        path.write_bytes(example)
        try:
            for row in open_source(path, format=form).read():
                json.dumps(row.raw)
        except Refused as refused:
            str(refused).encode()


def mapping(example: bytes) -> None:
    """A mapping of these bytes beside a good table."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "zone.yaml"
        path.write_bytes(example)
        try:
            list(open_source(DATA / "intake" / "zone.csv", mapping=path).read())
        except Refused as refused:
            str(refused).encode()


def reading(example: bytes) -> None:
    """A text that an officer typed is read for whom it speaks of, once as a page does: in its own language, or where
    that was told wrong in French; each place found lies inside it."""
    said = _text(example)[:TEXT_CHARACTERS_MAX]
    language = text.detect_language(said) if len(said) % 2 else "fr"
    for subject in text.propose(said, language).subjects:
        assert all(0 <= start < end <= len(said) for start, end in subject.spans), "a place outside the text"


def comparing(example: bytes) -> None:
    """Two names are compared, either way round with the same score."""
    left, right = _halves(example)
    one, other = names.compare("Person", left, right), names.compare("Person", right, left)
    assert 0.0 <= one.score <= 1.0, "a score outside its range"
    assert abs(one.score - other.score) < 1e-9, "a score that depends on who comes first"


def keying(example: bytes) -> None:
    """A subject of these values gets its keys and is compared with itself and another."""
    left, right = _halves(example)
    subjects = [
        Subject(ref, schema, names=(value,) if schema in NAMED else (), properties=dict.fromkeys(properties, (value,)))
        for ref, value in (("a", left), ("b", right))
        for schema, properties in (
            ("Person", ("birthDate", "nationality", "idNumber", "birthPlace")),
            ("Company", ("registrationNumber", "country")),
            ("Address", ("full",)),
            ("Vehicle", ("registrationNumber", "vin")),
        )
    ]
    for subject in subjects:
        assert all(key for key in keys(subject))
    for one, other in zip(subjects[:4], subjects[4:], strict=True):
        assert 0.0 <= score.compare(one, other).score <= 1.0, "a score outside its range"


def opening(example: bytes) -> None:
    """A document that is dropped into the box; `Refused` is an answer."""
    try:
        document = read_document("document", example)
    except Refused as refusal:
        str(refusal).encode()
        return
    assert document.text.strip(), "a document without text was let in"
    assert len(document.text) <= CHARACTERS_MAX, "more text than is taken out"
    assert not re.search("[\0\ud800-\udfff]", document.text), "signs that are no text"


def placing(example: bytes) -> None:
    """Two addresses are read and compared."""
    left, right = _halves(example)
    assert 0.0 <= places.compare_addresses(left, right).score <= 1.0, "a score outside its range"
    assert all(places.address_keys(left))


def numbering(example: bytes) -> None:
    """Numbers, and names of organisations."""
    left, right = _halves(example)
    for kind in numbers.KINDS:
        assert 0.0 <= numbers.compare_numbers(kind, left, right).score <= 1.0, "a score outside its range"
    assert 0.0 <= organisations.compare_organisations(left, right).score <= 1.0, "a score outside its range"
    assert all(organisations.organisation_keys(left))


def verifying(example: bytes) -> None:
    """An export of the ledger; whatever is not the one it was made of does not hold."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "ledger.jsonl"
        path.write_bytes(example)
        report = verify.verify(path)
        for fault in report.faults:
            str(fault).encode()
        if report.holds:
            good = good_ledger()
            assert example == good or report.header != verify.verify(_kept(folder, good)).header, "a changed line held"


def _kept(folder: str, content: bytes) -> Path:
    path = Path(folder) / "good.jsonl"
    path.write_bytes(content)
    return path


@functools.cache
def good_ledger() -> bytes:
    """A small export that holds."""
    entries = [
        json.dumps(
            {"at": f"2026-03-02T11:00:00.{n:06}Z", "facts": {"by": "", "note": "é" * n}, "index": n, "kind": "Read"},
            ensure_ascii=False, separators=(",", ":"), sort_keys=True,
        )
        for n in range(12)
    ]  # fmt: skip
    with tempfile.TemporaryDirectory() as folder, ids.seeded(1):
        path = Path(folder) / "ledger.jsonl"
        export.write(path, entries, installation="fuzz", exported_at=datetime(2026, 3, 2, 12, tzinfo=UTC))
        assert chain.HASH_BYTES == 32
        return path.read_bytes()


def seeds(*paths: str) -> tuple[bytes, ...]:
    """Good examples of the tests' own invented data."""
    return tuple((DATA / path).read_bytes() for path in paths)


def spoken() -> tuple[bytes, ...]:
    """Texts, and pairs of names and addresses with a bar between."""
    pairs = ("Karel Vermassen|Carl Vermaessen", "Kerkstraat 12, 9000 Gent|rue de l'Eglise 12 Gand", "محمد|Mohamed")
    return (*(said.encode() for said in TEXTS), *(pair.encode() for pair in pairs))


Target = tuple[Callable[[bytes], None], Callable[[], tuple[bytes, ...]]]
TARGETS: dict[str, Target] = {
    "csv": (functools.partial(importer, "csv", None), lambda: seeds("intake/register.csv", "intake/zone.csv")),
    "ftm": (functools.partial(importer, "jsonl", "ftm"), lambda: seeds("intake/entities.jsonl")),
    "un": (functools.partial(importer, "xml", "un"), lambda: seeds("intake/un.xml")),
    "ofac": (functools.partial(importer, "csv", "ofac"), lambda: seeds("intake/ofac/sdn.csv")),
    "untold": (
        functools.partial(importer, "dat", None),
        lambda: (*seeds("intake/register.csv", "intake/entities.jsonl"), b"PK\x03\x04", b"\x1f\x8b\x08"),
    ),
    "mapping": (mapping, lambda: seeds("intake/zone.yaml")),
    "document": (opening, lambda: papers.each_kind(TEXTS)),
    "text": (reading, spoken),
    "names": (comparing, spoken),
    "keys": (keying, spoken),
    "places": (placing, spoken),
    "numbers": (numbering, spoken),
    "ledger": (verifying, lambda: (good_ledger(),)),
}


def damaged(good: tuple[bytes, ...], dice: random.Random) -> bytes:
    """A good example with one to eight changes."""
    content = dice.choice(good)
    for _ in range(dice.randint(1, 8)):
        at, length = dice.randrange(len(content) + 1), dice.choice((1, 1, 2, 4, 16, 64))
        kind = dice.randrange(7)
        if kind == 0:
            content = content[:at] + dice.choice(BITS) + content[at:]
        elif kind == 1:
            content = content[:at] + content[at + length :]
        elif kind == 2 and at < len(content):
            content = content[:at] + bytes([dice.randrange(256)]) + content[at + 1 :]
        elif kind == 3:
            content = content[:at] + content[at : at + length] * dice.choice((2, 10, 200, 2000)) + content[at:]
        elif kind == 4:
            content = content[: max(at, 1)]
        elif kind == 5:
            other = dice.choice(good)
            content = content[:at] + other[dice.randrange(len(other) + 1) :]
        else:
            content = content[:at] + dice.choice(BITS) * dice.choice((1, 30, 1000)) + content[at:]
    return content[:EXAMPLE_BYTES_MAX]


def broken_by(run: Callable[[bytes], None], example: bytes) -> str:
    """What this example broke: empty, `hang`, or the exception and the line it came from."""
    try:
        with within():
            run(example)
    except Hung as hung:
        return f"hang over {HANG_SECONDS:g} s at {_place(hung)}"
    except Exception as error:  # noqa: BLE001 (whatever it is, it is the finding)
        return f"{type(error).__name__} at {_place(error)}: {error!s:.200}"
    return ""


def _place(error: BaseException) -> str:
    frames = [frame for frame in traceback.extract_tb(error.__traceback__) if "passerelle" in frame.filename]
    last = frames[-1] if frames else traceback.extract_tb(error.__traceback__)[-1]
    return f"{Path(last.filename).name}:{last.lineno} {last.name}"


def fuzz(
    name: str, *, seed: int, executions: int = 0, seconds: float = 0.0
) -> tuple[int, Counter[str], dict[str, bytes]]:
    """Run a target so often or so long. Gives the executions, the findings with their counts, an example of each."""
    run, make = TARGETS[name]
    good, dice, found, examples, done = make(), random.Random(f"{seed}-{name}"), Counter[str](), {}, 0  # noqa: S311
    for example in good:  # what is read once, tables and word lists, is no part of any example
        run(example)
    gc.collect()
    gc.freeze()  # nor is looking through all that this process did before, which a collection inside one would do
    started = time.monotonic()
    while (done < executions if executions else time.monotonic() - started < seconds) and len(found) < FINDINGS_MAX:
        example = damaged(good, dice)
        done += 1
        if what := broken_by(run, example):
            found[what] += 1
            if len(example) < len(examples.get(what, example + b"+")):
                examples[what] = example
    gc.unfreeze()
    return done, found, examples


def with_atheris(name: str, seconds: float) -> None:
    """The same target, guided by coverage; needs `pip install atheris` in an environment of its own."""
    try:
        import atheris  # type: ignore[import-not-found]  # optional, and in no lock
    except ImportError:
        sys.exit("atheris is not installed. It has wheels for CPython 3.11 to 3.13 on Linux: pip install atheris")
    run, make = TARGETS[name]
    atheris.instrument_all()

    def once(example: bytes) -> None:
        if what := broken_by(run, example):
            raise RuntimeError(what)

    with tempfile.TemporaryDirectory() as folder:
        for number, good in enumerate(make()):
            (Path(folder) / str(number)).write_bytes(good)
        limits = [f"-max_total_time={int(seconds)}", f"-max_len={EXAMPLE_BYTES_MAX}", "-timeout=20", folder]
        atheris.Setup([sys.argv[0], *limits], once)
        atheris.Fuzz()


def main(arguments: list[str] | None = None) -> int:
    """Runs the targets in turn and prints executions and findings; 1 where anything was found."""
    said = argparse.ArgumentParser(description="Throw damaged input at every reader.")
    said.add_argument("--minutes", type=float, default=1.0, help="in all, shared by the targets")
    said.add_argument("--target", choices=sorted(TARGETS), action="append")
    said.add_argument("--seed", type=int, default=random.SystemRandom().randrange(10**6))
    said.add_argument("--engine", choices=("own", "atheris"), default="own")
    said.add_argument("--keep", type=Path, help="a folder for the example of each finding")
    given = said.parse_args(arguments)
    targets: list[Any] = given.target or list(TARGETS)
    share = given.minutes * 60 / len(targets)
    if given.engine == "atheris":
        if len(targets) != 1:
            said.error("atheris runs one --target at a time")
        with_atheris(targets[0], share)
        return 0
    print(f"seed {given.seed}; {share:.0f} s for each of {len(targets)} targets")
    total, all_found = 0, 0
    for name in targets:
        done, found, examples = fuzz(name, seed=given.seed, seconds=share)
        total, all_found = total + done, all_found + len(found)
        print(f"{name:8} {done:8} executions, {len(found)} findings", flush=True)
        for what, count in found.most_common():
            print(f"    {count} × {what}")
        if given.keep is not None:
            given.keep.mkdir(parents=True, exist_ok=True)
            for number, (what, example) in enumerate(examples.items()):
                (given.keep / f"{name}-{number}").write_bytes(example)
                (given.keep / f"{name}-{number}.txt").write_text(what, encoding="utf-8")
    print(f"{total} executions, {all_found} findings")
    return 1 if all_found else 0


if __name__ == "__main__":
    sys.exit(main())
