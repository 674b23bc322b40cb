"""What is measured: each row of the agreed measures, its goals, and on what it was tuned; no figure stands here."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

TUNED, OTHER, WHOLE = "tuned half", "other half", "whole"
OURS = "passerelle"
COLUMNS = ("logic-v2", "er-unstable", "splink", "string distance", "metaphone")
"""The peers, in the order of the table."""


@dataclass(frozen=True, slots=True)
class Measure:
    """One figure of a row: what it says, its goal (None where none was agreed) and which side of the goal is met."""

    key: str
    says: str
    goal: float | None = None
    at_most: bool = False
    digits: int = 3

    def met(self, value: float) -> bool | None:
        """Whether a figure meets the goal, as it is printed; None without a goal."""
        if self.goal is None:
            return None
        shown = round(value, self.digits)
        return shown <= self.goal if self.at_most else shown >= self.goal

    @property
    def goal_said(self) -> str:
        """The goal as the table shows it."""
        return "" if self.goal is None else f"{'≤' if self.at_most else '≥'} {self.goal:,g}"


@dataclass(frozen=True, slots=True)
class Row:
    """One row of the agreed measures. `module` has a function `figures(bench, key)`; `long` rows run by `--long`."""

    key: str
    says: str
    module: str
    tuned_on: str
    measures: tuple[Measure, ...]
    cut: str = ""
    long: bool = False


@dataclass
class Figures:
    """What one row found: value, number of cases and a word on the figure, by measure, who and half."""

    found: dict[str, dict[str, dict[str, dict[str, Any]]]] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)

    def put(self, measure: str, who: str, half: str, value: float, cases: int, said: str = "") -> None:
        """Takes one figure in. Names and other texts of the data must never come here."""
        figure: dict[str, Any] = {"value": round(float(value), 6), "cases": cases}
        if said:
            figure["said"] = said
        self.found.setdefault(measure, {}).setdefault(who, {})[half] = figure


HALVES = "figures and rules of `names` were set on the tuned half alone (by MD5 of each row's id)"

ROWS: tuple[Row, ...] = (
    Row(
        "nomenklatura_names",
        "nomenklatura's own name pairs",
        "benchmarks.rows.name_pairs",
        f"The 420 of its 826 pairs that are at hand; {HALVES}.",
        (
            Measure("f1", "F1 at 0.7", 0.9),
            Measure("f1_best", "F1 at the best bar", 0.9),
        ),
    ),
    Row(
        "nomenklatura_entities",
        "nomenklatura's own entity pairs",
        "benchmarks.rows.entity_pairs",
        "Nothing: they were never seen.",
        (Measure("f1", "F1 at 0.7", 0.95),),
    ),
    Row(
        "un_ofac",
        "UN list to OFAC list, persons",
        "benchmarks.rows.un_ofac",
        "The bits of `matching` were set with the 106 links at hand in sight, so no half of them is unseen; the "
        "commissioner holds as many that were never seen.",
        (
            Measure("f1", "primary names, birth date, nationality: F1 at 0.7", 0.98),
            Measure("f1_best", "the same, F1 at the best bar"),
            Measure("strict", "the same, recall at 0.7 of the links proved by documents", 0.97),
            Measure("f1_all", "all that the lists say: F1 at 0.7"),
        ),
        "The UN persons with a known link against all OFAC persons. Scored are the candidates of our keys, the 20 "
        "nearest by "
        "each of two string distances, and the true pairs (Splink makes its own).",
    ),
    Row(
        "variants",
        "spelling variants among many names",
        "benchmarks.rows.retrieval",
        "Nothing: listed aliases were only measured. The halves are cut by MD5 of the list's number.",
        (
            Measure("first", "variants found first", 0.85),
            Measure("ten", "variants found in ten", 0.95),
            Measure("all_first", "all strong aliases found first"),
            Measure("all_ten", "all strong aliases found in ten"),
        ),
        "The agreed file of 57,800 names is held out. Here: the primary names of OFAC persons (with what the UN list "
        "adds where "
        "the link is known), strong aliases of persons who have no variant as records of their own, and invented "
        "strangers. A query is a strong alias; it is a variant when its letters, words sorted, agree by six tenths or "
        "more with the indexed name: a cut that favours string distances.",
    ),
    Row(
        "arabic",
        "Arabic script to Latin, 3,000 single names",
        "benchmarks.rows.retrieval",
        "Nothing: the letters of `names/data/scripts.yaml` were set on other files; errors of a random hundred were "
        "read once.",
        (
            Measure("first", "found first", 0.85),
            Measure("ten", "found in ten", 0.98),
            Measure("among", "among the candidates of our keys"),
            Measure("first_of_all", "found first without keys, for a sample"),
            Measure("ten_of_all", "found in ten without keys, for a sample"),
        ),
        "Each Arabic name against the Latin names of all rows drawn; several Latin names may share one Arabic form, "
        "and each is right.",
    ),
    Row(
        "original_script",
        "names in original script on the UN list",
        "benchmarks.rows.retrieval",
        "Nothing: only measured.",
        (
            Measure("first", "found first", 0.92),
            Measure("ten", "found in ten", 0.995),
            Measure("first_of_all", "found first without keys"),
            Measure("ten_of_all", "found in ten without keys"),
        ),
        "Each name in the original script against the primary names of all persons on the list.",
    ),
    Row(
        "people",
        "one person across French, Dutch, German and English spellings",
        "benchmarks.rows.name_pairs",
        f"`people_xlang.csv` and `hard_negatives.csv`; {HALVES}; errors of the other half were read late, to mend "
        "rules.",
        (
            Measure("recall", "pairs that differ, found at 0.7", 0.93),
            Measure("false", "share of the hard negatives that pass at 0.7", 0.08, at_most=True),
            Measure("tenth", "found when a tenth of the hard negatives may pass", 0.95),
        ),
    ),
    Row(
        "own_script",
        "one person, Latin against own script",
        "benchmarks.rows.name_pairs",
        f"`people_xlang.csv`; {HALVES}; errors of the other half were read late, to mend rules.",
        (
            Measure("recall", "all, found at 0.7", 0.9),
            Measure("arabic", "Arabic, found at 0.7", 0.8),
            Measure("hebrew", "Hebrew, found at 0.7"),
            Measure("cyrillic", "Cyrillic, found at 0.7"),
            Measure("chinese", "Chinese, found at 0.7"),
            Measure("tenth", "all, when a tenth of the hard negatives may pass", 0.92),
        ),
    ),
    Row(
        "belgium",
        "full names borne in Belgium, both parts spelled differently",
        "benchmarks.rows.name_pairs",
        f"`maghrebi_tokens.csv`; {HALVES}, and no token stands in both halves.",
        (
            Measure("recall", "all, found at 0.7", 0.9),
            Measure("arabic", "Latin against Arabic, found at 0.7", 0.8),
            Measure("tenth", "all, when a tenth of the hard negatives may pass", 0.92),
        ),
    ),
    Row(
        "streets",
        "French street to its Dutch name, Brussels",
        "benchmarks.rows.streets",
        "`addresses_be.csv`: the words of streets in `names/data` were gathered with errors of the tuned half in "
        "sight.",
        (
            Measure("first", "found first among the candidates of our keys", 0.95),
            Measure("first_of_all", "found first of all, for a sample", 0.95),
        ),
        "Each French street against all Dutch streets of the file, scored as Address.",
    ),
    Row(
        "strangers",
        "false alarms per 1,000 strangers at 95 % recall",
        "benchmarks.rows.strangers",
        "3,000 of the 15,000 strangers were in sight while `names/data` was set (tuned half); the others were not.",
        (
            Measure("names", "names only", 20, at_most=True, digits=1),
            Measure("full", "with birth date and nationality", 2, at_most=True, digits=1),
            Measure("names_at_bar", "names only, at 0.7", digits=1),
            Measure("full_at_bar", "with birth date and nationality, at 0.7", digits=1),
        ),
        "Invented strangers against all persons of both lists. The bar of each method is where 95 % of the known UN "
        "links "
        "score that high.",
    ),
    Row(
        "fairness",
        "worst group over median group, false alarms",
        "benchmarks.rows.outside",
        "As the false alarms: by origin of name, on test data only.",
        (
            Measure("names", "names only: times", 1.5, at_most=True, digits=1),
            Measure("full", "with birth date and nationality: times", 1.5, at_most=True, digits=1),
        ),
    ),
    Row(
        "speed",
        "pairs of persons scored a second, one core",
        "benchmarks.rows.speed",
        "Nothing is fitted. Seconds are of the processor, of one process.",
        (
            Measure("batch", "names, through the batch interface", 200_000, digits=0),
            Measure("subjects", "names, birth dates and nationalities, through the batch interface", 200_000, digits=0),
            Measure("single", "one by one, with nothing kept", digits=0),
        ),
        "Invented strangers; half of the pairs share a word, as candidates do. Splink: the pairs of its blocking of an "
        "invented register of 20,000 with doubles, scored by the model it trained on it, on one thread.",
    ),
    Row(
        "link",
        "100,000 invented persons against themselves, 2 cores; a million",
        "benchmarks.rows.outside",
        "Nothing: the seed of these registers was never tuned on.",
        (
            Measure("seconds", "seconds on the clock", digits=1),
            Measure("ratio", "our seconds over Splink's", 1.0, at_most=True, digits=2),
            Measure("memory_mb", "memory, MB", 1024, at_most=True, digits=0),
            Measure("recall", "doubles found"),
            Measure("precision", "share of the pairs that are doubles"),
            Measure("million_seconds", "a million: seconds on the clock", digits=0),
            Measure("million_memory_mb", "a million: memory, MB", 1024, at_most=True, digits=0),
            Measure("million_recall", "a million: doubles found"),
            Measure("million_precision", "a million: share of the pairs that are doubles"),
            Measure("growth", "growth exponent, from 100,000 to a million", 1.1, at_most=True, digits=2),
        ),
        long=True,
    ),
    Row(
        "mentions",
        "what the box finds in written reports",
        "benchmarks.rows.mentions",
        "Rules and words were set with the open half in sight (30 invented reports in four languages, written by "
        "somebody who had not seen the rules), the weights on it and on the open half of `tests/data/text_fresh`; the "
        "other half is kept apart.",
        (
            Measure("precision", "mentions: precision", 0.95),
            Measure("recall", "mentions: recall", 0.95),
            *(
                Measure(f"{kind}_{of}", f"{kind}: {of}")
                for kind in (
                    "person",
                    "nameless",
                    "organisation",
                    "address",
                    "vehicle",
                    "plate",
                    "phone",
                    "account",
                    "document",
                    "date",
                    "email",
                    "username",
                )
                for of in ("precision", "recall")
            ),
            Measure("relations_precision", "relations proposed as sure: precision"),
            Measure("relations_recall", "relations: recall"),
            Measure("language", "language of the report recognised"),
        ),
        "A mention counts with its kind and its words (articles before it aside); a relation with its kind and both "
        "ends. What a careful reader may mark or leave counts neither way.",
    ),
    Row(
        "one_report",
        "one report of five subjects against 1 million",
        "benchmarks.rows.outside",
        "Nothing is fitted.",
        (Measure("p95_ms", "duties raised and in the inbox: p95, milliseconds", 200, at_most=True, digits=0),),
        long=True,
    ),
    Row(
        "search",
        "a question in one language, the report in another",
        "benchmarks.search_languages",
        "The weights of `search/ranking.py`, on the open half of the questions; the glossary was written before these "
        "texts were.",
        (
            Measure("all_first", "found first: words, glossary, spellings and meaning together"),
            Measure("all_ten", "in ten"),
            Measure("plain_first", "found first by plain words (SQLite FTS5)"),
            Measure("plain_ten", "in ten by plain words"),
            Measure("glossary_first", "found first without the encoder"),
            Measure("glossary_ten", "in ten without the encoder"),
            Measure("meaning_first", "found first by the encoder alone"),
            Measure("meaning_ten", "in ten by the encoder alone"),
        ),
        "120 invented reports, 40 to 20 a language; each question has one answer. Tuned half: the open questions.",
    ),
    Row(
        "page_times",
        "every page in every role, on the demonstration",
        "benchmarks.rows.outside",
        "Nothing is fitted.",
        (
            Measure("p95_ms", "the slowest page: p95, milliseconds", 300, at_most=True, digits=0),
            Measure("cpu_ms", "the same of the processor: the most a page takes at p95", at_most=True, digits=0),
            Measure("questions", "questions to the database, at most", at_most=True, digits=0),
        ),
    ),
)


def row(key: str) -> Row:
    """The row of this key. Raises KeyError."""
    for one in ROWS:
        if one.key == key:
            return one
    raise KeyError(key)
