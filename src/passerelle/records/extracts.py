"""What of a report travels: whole, an extract, or a pointer; with everyone blacked out of whom less may be told."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from passerelle.names import compare
from passerelle.records import tear_line
from passerelle.records.models import Relation, Report, ReportVersion, Subject
from passerelle.records.tear_line import TearLine

BLACK = "█"
BAR = BLACK * 5
"""What is covered reads like this, however long it was: the length of a name says something about it."""

_BARS = re.compile(rf"{BLACK}+(?:[ \t\u00a0]+{BLACK}+)*")
_SENTENCE_END = re.compile(r"(?<=[.!?…])\s+|\n+")
_TELLS_NOBODY = frozenset({
    "gender", "country", "nationality", "citizenship", "birthCountry", "mainCountry", "jurisdiction", "flag", "color",
    "colour", "type", "status", "topics", "title", "religion", "ethnicity", "language", "legalForm", "sourceUrl",
})  # fmt: skip
"""Properties whose values very many bear: by these nobody is found, and they are not looked for in a text."""

_NAMES = frozenset({
    "name", "alias", "weakAlias", "previousName", "firstName", "secondName", "middleName", "lastName", "maidenName",
})  # fmt: skip
_ALIKE_FROM = 0.7
"""From here on two words may be one name in two spellings (`passerelle.names.compare`)."""

_WORDS_MAX = 2000
"""A text with more words that may be names than this is covered as a whole: to weigh them all would stop the clocks."""

_PAIRS_MAX = 400_000
"""A text in which so many persons stay unseen that more of its words would be weighed against theirs is covered too."""

_WORD = re.compile(r"[^\W\d_]+(?:['’`-][^\W\d_]+)*")
_ENDINGS = ("s", "’s", "'s", "en", "e", "es", "n", "tje", "je", "ke", "ens")
"""What a name may have behind it in the four languages: a genitive, a plural, a pet form."""


@dataclass(frozen=True, slots=True)
class Speaks:
    """What a report says in its latest version, its subjects in their order, and how they are related: read once."""

    said: ReportVersion
    subjects: Sequence[Subject]
    relations: Sequence[Relation]


def read(report: Report) -> Speaks:
    """Three queries, for any number of tellings of this version."""
    relations = Relation.objects.filter(source__report=report).select_related("source", "target").order_by("id")
    return Speaks(
        ReportVersion.objects.get(report=report, number=report.version),
        list(report.spoken_of().order_by("id")),
        list(relations),
    )


def whole(report: Report, hidden: Collection[str], speaks: Speaks | None = None) -> dict[str, Any]:
    """The report as it stands, but for the subjects in `hidden` (references), who are blacked out of text and list."""
    return _content(report, hidden, None, speaks or read(report))


def extract(
    report: Report,
    hidden: Collection[str],
    matched: Collection[str],
    chosen: TearLine | None = None,
    speaks: Speaks | None = None,
) -> dict[str, Any]:
    """What the author marked for an extract, less what the desk took away (`chosen`) and whoever stays unseen. Where
    neither drew a line: the sentences in which a matched subject stands, and the subjects that may be shown."""
    speaks = speaks or read(report)
    marked = tear_line.from_json(speaks.said.tear_line)
    line = marked if chosen is None else chosen.within(marked)
    if line is None:
        return _content(report, hidden, matched, speaks)
    return _torn(report, speaks, hidden, line)


def _torn(report: Report, speaks: Speaks, hidden: Collection[str], line: TearLine) -> dict[str, Any]:
    said, subjects = speaks.said, speaks.subjects
    unmarked = {one.ref for one in subjects if not line.subjects.get(one.local_id)}
    content = _content(report, {*hidden, *unmarked}, None, speaks)
    text = blacked_text(str(said.text), [one for one in subjects if one.ref in hidden])
    for one in subjects:  # a person chose these parts: who is not marked is covered where they are found
        if one.ref in unmarked - set(hidden):
            theirs = [(start, end) for start, end in _spans(one) if 0 <= start < end <= len(text)]
            text = _cover(text, theirs + _places(str(said.text), one))
    allowed = {one.ref: line.subjects.get(one.local_id, frozenset()) for one in subjects}
    content["text"] = _BARS.sub(BAR, tear_line.pieces(text, line.parts))
    for shown in content["subjects"]:
        shown["properties"] = tear_line.properties(shown["properties"], allowed[shown["ref"]])
        if tear_line.CAPTION not in allowed[shown["ref"]]:
            shown["caption"] = BAR
    return content


def pointer(report: Report) -> dict[str, Any]:
    """That this service holds something, and whom to ask: not a word of what it says."""
    return {"sender": report.service.name, "desk": report.service.desk_address, "reference": report.ref}


def text_of(report: Report, text: str, hidden: Collection[str], matched: Collection[str] | None) -> str:
    """What may be shown of a report's text: all of it (`matched` None) or the sentences in which a matched subject
    stands, with the subjects in `hidden` (references) covered."""
    return _shown_of(text, list(report.spoken_of().order_by("id")), hidden, matched)


def _shown_of(text: str, subjects: Sequence[Subject], hidden: Collection[str], matched: Collection[str] | None) -> str:
    blacked = blacked_text(text, [subject for subject in subjects if subject.ref in hidden])
    return _BARS.sub(BAR, blacked if matched is None else _sentences_with(subjects, text, blacked, matched))


def _content(
    report: Report, hidden: Collection[str], matched: Collection[str] | None, speaks: Speaks
) -> dict[str, Any]:
    said, subjects = speaks.said, speaks.subjects
    covered = [subject for subject in subjects if subject.ref in hidden]
    shown = [subject for subject in subjects if subject.ref not in hidden]
    shown_ids = {subject.pk for subject in shown}
    return {
        "sender": report.service.name,
        "desk": report.service.desk_address,
        "reference": report.ref,
        "text": _shown_of(said.text, subjects, hidden, matched),
        "language": said.language,
        "grade": report.source_grade + report.information_grade,
        "assessment": report.assessment,
        "handling": report.handling,
        "handling_note": without(report.handling_note, covered),
        "themes": report.themes,
        "learnt_on": report.learnt_on.isoformat() if report.learnt_on else "",
        "filed_at": report.filed_at.isoformat(),
        "subjects": [
            {
                "ref": subject.ref,
                "schema": subject.schema,
                "caption": without(subject.caption, covered),
                "category": subject.category,
                "properties": without(subject.properties, covered),
            }
            for subject in shown
        ],
        "relations": [
            [relation.source.ref, relation.kind, relation.target.ref]
            for relation in speaks.relations
            if relation.source_id in shown_ids and relation.target_id in shown_ids
        ],
        "blacked_out": len(covered),
    }


def without(value: Any, hidden: Collection[Subject]) -> Any:
    """A caption, or the properties of a subject, in which whoever stays unseen is covered: “the son of …”, a father's
    name, the holder of an address."""
    if isinstance(value, str):
        return _BARS.sub(BAR, _cover(value, [place for one in hidden for place in _places(value, one)]))
    if isinstance(value, dict):
        return {name: without(one, hidden) for name, one in value.items()}
    if isinstance(value, list | tuple):
        return [without(one, hidden) for one in value]
    return value


def blacked_text(text: str, subjects: Iterable[Subject]) -> str:
    """The text with each place of these subjects covered: where they were marked, and wherever a name or a number of
    theirs stands, in whatever case, spelling or script, with its initials and its ending.

    A subject that was marked nowhere within the text and has nothing by which it is found there leaves no way to cover
    it: then the whole text is covered. Offsets stay as they were.
    """
    places: list[tuple[int, int]] = []
    subjects = list(subjects)
    if len(subjects) * len(_WORD.findall(text)) > _PAIRS_MAX:
        return _cover(text, [(0, len(text))])
    for subject in subjects:
        marked = [(start, end) for start, end in _spans(subject) if 0 <= start < end <= len(text)]
        theirs = marked + _places(text, subject)
        if not theirs:
            return _cover(text, [(0, len(text))])
        places += theirs
    return _cover(text, places)


def _cover(text: str, places: Iterable[tuple[int, int]]) -> str:
    signs = list(text)
    for start, end in places:
        signs[start:end] = [sign if sign == "\n" else BLACK for sign in signs[start:end]]
    return "".join(signs)


def _spans(subject: Subject) -> list[tuple[int, int]]:
    return [(int(start), int(end)) for start, end in subject.spans]


def places(text: str, subject: Subject) -> list[tuple[int, int]]:
    """Where a text speaks of a subject: by what is known of it, and by how it was put. Start and end, in no order."""
    found = _places(text, subject)
    if subject.caption and BLACK not in subject.caption:
        found += _as_written(text, str(subject.caption), with_digits=False)
    return [(start, end) for start, end in found if BLACK not in text[start:end]]


def _places(text: str, subject: Subject) -> list[tuple[int, int]]:
    """Where a subject can be found in a text by what is known of it."""
    found: list[tuple[int, int]] = []
    words: set[str] = set()
    for name, values in subject.properties.items():
        if name in _TELLS_NOBODY:
            continue
        for value in map(str, values):
            if name in _NAMES:
                words.update(_WORD.findall(value))
            found += _as_written(text, value, with_digits=name not in _NAMES)
    if subject.schema == "Person":
        found += _by_name(text, {word for word in words if len(word) > 2})
    elif words and subject.caption:
        found += _as_written(text, subject.caption, with_digits=False)
    return found


def _as_written(text: str, value: str, *, with_digits: bool) -> list[tuple[int, int]]:
    """The value as it stands, its parts between commas, its signs with others between them, its date in figures."""
    if len(value.strip()) < 2:
        return []
    patterns = [re.escape(part.strip()) for part in {value, *value.split(",")} if len(part.strip()) > 3]
    patterns = patterns or [rf"(?<!\w){re.escape(value.strip())}(?!\w)"]
    signs = re.sub(r"[\W_]", "", value)
    if with_digits and sum(sign.isdigit() for sign in signs) >= 3:
        day = re.fullmatch(r"(\d{4})-(\d{2})-(\d{2})", value.strip())
        if day:
            year, month, number = day.groups()
            patterns.append(rf"0?{int(number)}[./ -]+0?{int(month)}[./ -]+(?:{year}|{year[2:]})")
            patterns.append(rf"(?<!\d)0?{int(number)}\.?(?:er|st|nd|rd|th)?\s+(?:of\s+)?[^\W\d_]+\.?,?\s+{year}")
            patterns.append(rf"[^\W\d_]+\s+0?{int(number)}(?:st|nd|rd|th)?,?\s+{year}")
        elif len(signs) >= 6:
            tail = signs[-8:] if signs.isdigit() and len(signs) > 8 else signs  # a phone without its country
            patterns.append(r"[\W_]*".join(map(re.escape, tail)))
    return [hit.span() for pattern in patterns for hit in re.finditer(pattern, text, flags=re.IGNORECASE)]


def _by_name(text: str, words: Collection[str]) -> list[tuple[int, int]]:
    """Each word of the text that is a word of a name, spelt like it or otherwise, with the initials before it; and the
    initials of the whole name by themselves."""
    if not words:
        return []
    if len({hit[0] for hit in _WORD.finditer(text) if hit[0][0].isupper()}) > _WORDS_MAX:
        return [(0, len(text))]
    found = []
    initials = {word[0].casefold() for word in words}
    for hit in _WORD.finditer(text):
        if any(_is_name(hit[0], word) for word in words):
            start = hit.start()
            before = re.search(r"(?:[^\W\d_]{1,2}\.[ -]?)+$", text[:start])
            found.append((before.start() if before and before[0][0].casefold() in initials else start, hit.end()))
    for hit in re.finditer(r"(?<!\w)[^\W\d_]\.[ -]?(?:[^\W\d_]\.[ -]?)*[^\W\d_]\.", text):
        if {sign.casefold() for sign in hit[0] if sign.isalpha()} <= initials:
            found.append(hit.span())
    return found


@lru_cache(maxsize=65_536)
def _is_name(said: str, word: str) -> bool:
    """Whether a word of a text may be a word of a name: the same, with an ending, or in another spelling or script."""
    one, other = said.casefold(), word.casefold()
    if one == other or (len(other) > 3 and other in one):
        return True
    if len(said) < 3 or not (said[0].isupper() or not said[0].isascii()):
        return False
    bare = next((said[: -len(end)] for end in _ENDINGS if one.endswith(end) and len(said) - len(end) > 3), said)
    return any(float(compare("Person", form, word).score) >= _ALIKE_FROM for form in {said, bare})


def _sentences_with(subjects: Sequence[Subject], text: str, blacked: str, matched: Collection[str]) -> str:
    places = [(int(start), int(end)) for subject in subjects if subject.ref in matched for start, end in subject.spans]
    kept: list[str] = []
    start = 0
    for end in [*(m.start() for m in _SENTENCE_END.finditer(text)), len(text)]:
        if any(start <= place[0] < end for place in places):
            kept.append(blacked[start:end].strip())
        start = end
    return " […] ".join(kept)
