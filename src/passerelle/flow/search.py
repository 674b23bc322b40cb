"""A question is put to the index: its line comes first, and what it finds is what its reader may see anyway."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import numpy as np
import numpy.typing as npt
from django.db import connection

from passerelle.errors import Refused
from passerelle.flow import asked_often, index, meanings, sizes, visits
from passerelle.flow.facts import NotThere
from passerelle.flow.ledger_lines import Journal, journal
from passerelle.flow.visits import PurposeNeeded
from passerelle.ledger import canonical
from passerelle.ledger.events import Searched
from passerelle.names import compare
from passerelle.policy.facts import SERVICE_ROLES
from passerelle.policy.reading import Follows
from passerelle.records import visibility, wall
from passerelle.records.models import Delivery, Dossier, Findable, Officer, Report, Search
from passerelle.search import encoder, entries, ranking
from passerelle.search.question import SIGNS_MAX, Question, Unit, read
from passerelle.search.ranking import Hits, Ranked
from passerelle.words import LANGUAGES, Sentence, noop, sentence

THING = "search"
"""What a visit to the searches is a visit of: the purpose given for one search holds for those of the next hour."""

FOUND_MAX = 30
CONSIDERED_MAX = 200
COMPARED_MAX = 20
NAME_BAR = 0.7
NAME_WEIGHT = 0.5
SIGNS_MIN = 2

_SENTENCES: Any = Findable._meta.get_field("sentences")

WORD = noop("It has “{word}”.")
SPELT = noop("It has a word that is spelt like “{word}”.")
TERM = noop("It speaks of {term}: you asked for “{word}”.")
NAME = noop("It has a name that sounds like “{word}”.")
NUMBER = noop("It has a number with “{word}” in it.")
STREET = noop("It names a street like “{word}”.")
NEAR_IN_MEANING = noop("It seems to speak of something like it; no word of your question stands in it.")


class QuestionTooShort(Refused):
    """Nothing is asked, or only little words."""

    code = "search.too_short"


@dataclass(frozen=True, slots=True)
class Hit:
    """One thing that answers, as a list shows it: no word of it, but which words of the question it has. `service` is
    whose it is; `score` orders and says nothing about a person."""

    kind: str
    ref: str
    at: datetime
    language: str
    service: str
    themes: tuple[str, ...]
    title: str
    form: str
    score: float
    because: tuple[Sentence, ...]


@dataclass(frozen=True, slots=True)
class Found:
    """What a search found, best first. `waiting`: something that its reader may see is still to be read for searching;
    `by_meaning`: whether meanings were compared too; `meanings_left`: not yet those of all, the next search goes on."""

    ref: str
    question: str
    hits: tuple[Hit, ...]
    waiting: bool
    by_meaning: bool
    meanings_left: bool = False


def may_search(officer: Officer) -> bool:
    """Whether there is anything that this seat may look for."""
    return officer.role in SERVICE_ROLES or officer.role == "oversight"


def purpose_given(officer: Officer, now: datetime) -> str:
    """The purpose that this officer gave for searching within the last hour; empty where it must be asked."""
    visit = visits.running(officer, THING, now)
    return visit.purpose if visit is not None else ""


def search(
    *, question: str, officer: Officer, purpose: str = "", reason: str = "", most: int = FOUND_MAX, now: datetime
) -> Found:
    """What answers a question, best first, at most `most`, among what the officer may see: reports, deliveries and
    dossiers of their service; for oversight, of all.

    The question, the purpose and the reason are written down before anything is looked for. Raises NotThere for a seat
    that sees no contents, QuestionTooShort, TooLong, PurposeNeeded, PurposeUnknown, PurposeNeedsText, QuotaExceeded.
    """
    if not may_search(officer):
        raise NotThere
    text = " ".join(question.split())
    if len(text) < SIGNS_MIN:
        raise QuestionTooShort(
            sentence("Nothing is asked yet."), way_out=sentence("Type a name, a number, a street or a few words.")
        )
    sizes.check_text(text, sentence("text"), most=SIGNS_MAX)
    with journal(now) as lines:
        asked = _write_down(lines, officer, text, purpose, reason)
    asked_for = read(text, officer.language, index.streets_asked(text))
    hits, by_meaning, left = _look(asked_for, officer, min(most, FOUND_MAX))
    with wall.as_reader(officer):
        waiting = _something_waits(officer)
    return Found(asked, text, hits, waiting, by_meaning, left)


def _write_down(lines: Journal, officer: Officer, text: str, purpose: str, reason: str) -> str:
    """The row and the line of a search, and the visit that its purpose begins."""
    asked_often.one_more("searches_in_an_hour", officer, lines.now)
    given, words = visits.why(lines, officer, THING, Follows(), purpose, reason)
    if purpose:
        visits.renew(lines, officer, THING, given, words)
    row = Search.objects.create(officer=officer, question=text, purpose=given, reason=words, asked_at=lines.now)
    lines.write(
        Searched(
            search=row.ref, officer=officer.ref, service=officer.service.key, purpose=given,
            commitment=canonical.commitment(bytes(row.salt), {"question": text, "reason": words}),
        )
    )  # fmt: skip
    return row.ref


@dataclass(frozen=True, slots=True)
class _Seen:
    """What a reader may find: the keys of findables in order, and the language of each by its number."""

    keys: npt.NDArray[np.int64]
    languages: npt.NDArray[np.int8]
    spaces: tuple[str, ...]


def _look(question: Question, officer: Officer, most: int) -> tuple[tuple[Hit, ...], bool, bool]:
    with wall.as_reader(officer):
        seen = _seen(officer)
    if not len(seen.keys):
        return (), False, False
    with wall.as_house():  # digests alone, and only of this reader's spaces
        hits = _hits(question, seen)
    ask = index.the_encoder()
    nearness, left = None, False
    if ask is not None:
        with wall.as_reader(officer):
            nearness, left = meanings.kept.nearness(ask, question.meaning, seen.keys, ask.name)
    ranked = ranking.rank(question, hits, seen.languages, nearness, most=CONSIDERED_MAX)
    if ask is not None and nearness is not None:
        ranked = _by_sentences(ask, question, officer, ranked, seen, nearness)
    ranked = ranking.fewer_guesses(ranked)
    with wall.as_reader(officer):
        return _shown(question, officer, ranked, seen, hits, most), ask is not None, left


def _seen(officer: Officer) -> _Seen:
    """All that this reader may find, as one list of keys for each language: numbers, and no row of what they are."""
    rows = visibility.findables(officer)
    parts: list[npt.NDArray[np.int64]] = []
    languages: list[npt.NDArray[np.int8]] = []
    for number, language in enumerate(LANGUAGES):
        keys = _keys(rows.filter(language=language).order_by().values("id"))
        parts.append(keys)
        languages.append(np.full(len(keys), number, dtype=np.int8))
    keys = np.concatenate(parts)
    order = np.argsort(keys, kind="stable")
    return _Seen(keys[order], np.concatenate(languages)[order], tuple(_spaces(officer)))


def _keys(rows: Any) -> npt.NDArray[np.int64]:
    """One column of numbers, told by the database in one field: a hundred thousand rows are not made objects."""
    sql, parameters = rows.query.sql_with_params()
    told = "string_agg(b.id::text, ',')" if connection.vendor == "postgresql" else "group_concat(b.id)"
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {told} FROM ({sql}) b", parameters)  # noqa: S608 (a query of our own)
        (text,) = cursor.fetchone()
    return np.fromstring(text, dtype=np.int64, sep=",") if text else np.empty(0, dtype=np.int64)


def _spaces(officer: Officer) -> list[str]:
    """The spaces whose words this reader may look for: with what others may see alone, not a row is met."""
    if officer.role == "oversight":
        return list(Findable.objects.order_by("space").values_list("space", flat=True).distinct())
    own = index.space_of(officer.service_id)
    if officer.role == "officer":
        return [own, index.space_of(officer.service_id, "sealed", officer.pk)]
    apart = Findable.objects.filter(service=officer.service_id, space__startswith=f"{own}.sealed.")
    return [own, *apart.order_by("space").values_list("space", flat=True).distinct()]


def _hits(question: Question, seen: _Seen) -> Hits:
    """What the index answers in the spaces of this reader, as places among what they may see."""
    stems = {stem for unit in question.units for stem in unit.near}
    places: dict[str, list[npt.NDArray[np.int64]]] = {}
    neighbours: dict[str, set[str]] = {}
    for space in seen.spaces:
        asked: dict[int, str] = dict(index.digests(space, question.entries()))
        for stem, words in _near(space, stems).items():
            for word in words:
                entry = asked.setdefault(word, f"{entries.WORD}~{word}")
                neighbours.setdefault(stem, set()).add(entry)
        for value, keys in _postings(asked):
            at = np.searchsorted(seen.keys, keys)
            at = np.minimum(at, len(seen.keys) - 1)
            places.setdefault(asked[value], []).append(at[seen.keys[at] == keys])
    joined = {entry: np.unique(np.concatenate(found)) for entry, found in places.items()}
    return Hits(
        {entry: found for entry, found in joined.items() if len(found)},
        {stem: sorted(found) for stem, found in neighbours.items()},
    )


def _near(space: str, stems: Iterable[str]) -> dict[str, set[int]]:
    """The digests of the words of a space that one letter sets apart from each of these stems."""
    wanted: dict[int, set[str]] = {}
    for stem in stems:
        for number in index.digests(space, entries.near(stem), near=True):
            wanted.setdefault(number, set()).add(stem)
    found: dict[str, set[int]] = {}
    table, numbers = index.listed(sorted(wanted))
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT s.near, s.word FROM {table} JOIN records_spelling s ON s.near = w.value", numbers)  # noqa: S608
        for near, word in cursor.fetchall():
            for stem in wanted[near]:
                found.setdefault(stem, set()).add(word)
    return found


def _postings(asked: Iterable[int]) -> list[tuple[int, npt.NDArray[np.int64]]]:
    """For each of these digests the keys of the findables that have it."""
    postgresql = connection.vendor == "postgresql"
    told = "string_agg(p.findable_id::text, ',')" if postgresql else "group_concat(p.findable_id)"
    table, numbers = index.listed(sorted(asked))
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT w.value, (SELECT {told} FROM records_posting p WHERE p.value = w.value) FROM {table}",  # noqa: S608
            numbers,
        )
        rows = cursor.fetchall()
    return [(value, np.fromstring(text, dtype=np.int64, sep=",")) for value, text in rows if text]


def _by_sentences(
    ask: encoder.Encoder, question: Question, officer: Officer, ranked: Sequence[Ranked], seen: _Seen,
    nearness: npt.NDArray[np.float32],
) -> list[Ranked]:  # fmt: skip
    """Of the best so far, the sentence that is nearest counts beside the whole text: these alone are opened."""
    keys = [int(seen.keys[one.place]) for one in ranked]
    opened = _SENTENCES.opener()
    asked = ask.encode([question.meaning])[0]
    best: dict[int, float] = {}
    with wall.as_reader(officer):
        rows = visibility.findables(officer).filter(pk__in=keys, encoder=ask.name).order_by()
        for pk, salt, sentences in rows.values_list("pk", "salt", "sentences"):
            text = opened(sentences, salt)
            if text:
                best[pk] = float(encoder.nearness(asked, index.unpacked(text)).max())
    return ranking.with_sentences(question, ranked, [best.get(key) for key in keys], nearness)


def _shown(
    question: Question, officer: Officer, ranked: Sequence[Ranked], seen: _Seen, hits: Hits, most: int
) -> tuple[Hit, ...]:
    """The best as a list shows them, one for each report; names are weighed by the house's own comparison first."""
    keys = {int(seen.keys[one.place]): one for one in ranked[: 2 * most]}
    listed: list[Findable] = wall.with_relations(
        visibility.findables(officer).filter(pk__in=list(keys)),
        "report__service", "delivery__sender", "delivery__report", "dossier__service",
    )  # fmt: skip
    rows = {row.pk: row for row in listed}
    scored = [(one.score, pk) for pk, one in keys.items() if pk in rows]
    alike: dict[int, float] = {}
    if question.names:
        for _, pk in scored[:COMPARED_MAX]:
            alike[pk] = _names_alike(question.names, rows[pk])
        scored = [(score + NAME_WEIGHT * alike.get(pk, 0.0), pk) for score, pk in scored]
    scored.sort(key=lambda pair: (-pair[0], -pair[1]))
    shown: list[Hit] = []
    reports: set[int] = set()
    for score, pk in scored:
        row = rows[pk]
        about = row.report_id or (row.delivery.report_id if row.delivery is not None else None)
        if about is not None and about in reports:
            continue
        if about is not None:
            reports.add(about)
        because = _because(question, keys[pk], hits, row.language)
        shown.append(_hit(row, score, because))
        if len(shown) == most:
            break
    return tuple(shown)


def _names_alike(names: Sequence[str], row: Findable) -> float:
    """How alike the names of a thing are to those asked for, from the bar on; 0 below it."""
    thing: Any = row.report or row.delivery or row.dossier
    said = index.said_by(thing)
    best = 0.0
    for caption, properties in said.subjects if said is not None else ():
        theirs = {caption, *(str(value) for key in ("name", "alias") for value in properties.get(key, ()))}
        for name in names:
            best = max([best, *(compare("Person", name, other).score for other in theirs if other)])
    return best if best >= NAME_BAR else 0.0


def _because(question: Question, one: Ranked, hits: Hits, language: str) -> tuple[Sentence, ...]:
    """Which words of the question a text has, and as what: the reader's own words, and the glossary's."""
    found = [
        said
        for unit in question.units
        if (by := ranking.answered_by(unit, hits, one.place)) and (said := _reason(unit, by, language)) is not None
    ]
    return tuple(found) if found else (sentence(NEAR_IN_MEANING),)


def _reason(unit: Unit, by: str, language: str) -> Sentence | None:
    if by == "number":
        return sentence(NUMBER, word=unit.text)
    if by == "street":
        return sentence(STREET, word=unit.text)
    if by.startswith(entries.NAME):
        return sentence(NAME, word=unit.text)
    if by.startswith(entries.TERM):
        term = next((one for one in unit.terms if one.key == by[len(entries.TERM) :]), None)
        said = term.gloss(language) if term is not None and language in LANGUAGES else unit.text
        return sentence(TERM, term=said, word=unit.text)
    return sentence(SPELT if by.startswith(f"{entries.WORD}~") else WORD, word=unit.text)


def _hit(row: Findable, score: float, because: tuple[Sentence, ...]) -> Hit:
    if row.report is not None:
        report: Report = row.report
        return Hit(
            "report", report.ref, report.filed_at, row.language, report.service.name, tuple(report.themes), "", "",
            score, because,
        )  # fmt: skip
    if row.delivery is not None:
        got: Delivery = row.delivery
        themes = tuple(got.content.get("themes", ()))
        return Hit("delivery", got.ref, got.delivered_at, row.language, got.sender.name, themes, "", got.form, score,
                   because)  # fmt: skip
    assert row.dossier is not None
    opened: Dossier = row.dossier
    return Hit("dossier", opened.ref, opened.opened_at, row.language, opened.service.name, tuple(opened.themes),
               str(opened.title), "", score, because)  # fmt: skip


def _something_waits(officer: Officer) -> bool:
    """Whether something that this reader may see waits to be read for searching."""
    if visibility.reports(officer).filter(service=officer.service_id, index_form=0).exists():
        return True
    if visibility.deliveries(officer).filter(recipient=officer.service_id, index_form=0).exists():
        return True
    return visibility.dossiers(officer).filter(index_form=0).exists()


__all__ = ["Found", "Hit", "PurposeNeeded", "QuestionTooShort", "may_search", "purpose_given", "search"]
