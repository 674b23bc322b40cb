"""The row on what the box finds in a text: mentions by kind, relations, and the language, on invented reports."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from benchmarks.bench import Bench
from benchmarks.measures import OTHER, OURS, TUNED, Figures
from passerelle.intake.text import Proposal, detect_language, propose

FOLDER = Path(__file__).parents[2] / "tests" / "data" / "text60"
HALVES = {"open": TUNED, "kept": OTHER}
LANGUAGES = ("nl", "fr", "de", "en")
KINDS = ("person", "nameless", "organisation", "address", "vehicle", "plate", "phone", "account", "document", "date",
         "email", "username")  # fmt: skip
BOTH_WAYS = frozenset(("associate", "sibling", "spouse"))
OURS_SAID = {
    "child_of": "parent", "parent_of": "parent", "sibling_of": "sibling", "spouse_of": "spouse",
    "in_contact_with": "associate", "lives_at": "lives_at", "located_at": "lives_at", "drives": "drives",
    "works_for": "works_for", "owns": "works_for", "is_identified_by": "holds_document",
}  # fmt: skip
"""Our kinds of relation as the written reports call them; what `uses` is depends on what is used."""

Relation = tuple[str, frozenset[str], frozenset[str]]


@dataclass
class Count:
    """What was found rightly and wrongly, and what was missed, by kind; with examples for whoever mends the rules."""

    right: Counter[str] = field(default_factory=Counter)
    wrong: Counter[str] = field(default_factory=Counter)
    missed: Counter[str] = field(default_factory=Counter)
    examples: list[str] = field(default_factory=list)

    def precision(self, kinds: tuple[str, ...]) -> float:
        right = sum(self.right[kind] for kind in kinds)
        return right / max(right + sum(self.wrong[kind] for kind in kinds), 1)

    def recall(self, kinds: tuple[str, ...]) -> float:
        right = sum(self.right[kind] for kind in kinds)
        return right / max(right + sum(self.missed[kind] for kind in kinds), 1)

    def cases(self, kinds: tuple[str, ...]) -> int:
        return sum(self.right[kind] + self.missed[kind] for kind in kinds)


def reports(folder: Path, half: str) -> list[tuple[str, dict[str, Any]]]:
    """The reports of one half with their language; none where the file is not there."""
    found = []
    for language in LANGUAGES:
        path = folder / f"{language}.yaml"
        if path.is_file():
            document = yaml.safe_load(path.read_text(encoding="utf-8"))
            found += [(language, report) for report in document["reports"] if report["half"] == half]
    return found


def plain(text: str) -> str:
    """A mention without what a reader may draw into it or not: articles, brackets and stops at its ends."""
    bare = " ".join(text.split()).strip(" .,;:()\"“”„«»'‘’")
    return re.sub(
        r"(?i)^(?:de|het|een|le|la|les|l['’]|un|une|der|die|das|den|dem|ein|eine|einen|einer|the|a|an)\s+", "", bare
    )


def counted(folder: Path, half: str) -> tuple[Count, Count, list[tuple[str, str, str]]]:
    """Mentions, relations, and the texts whose language was taken for another: (right, taken for, text)."""
    mentions, relations, languages = Count(), Count(), []
    for language, report in reports(folder, half):
        text = report["text"]
        detected = detect_language(text)
        if detected != language:
            languages.append((language, detected, text))
        proposal = propose(text)
        _mentions(mentions, report, proposal, f"{language} {text[:24]!r}")
        _relations(relations, report, proposal, f"{language} {text[:24]!r}")
    return mentions, relations, languages


def _mentions(count: Count, report: dict[str, Any], proposal: Proposal, where: str) -> None:
    found = {(m.kind, plain(m.text)) for m in proposal.mentions if m.kind in KINDS}
    wanted = {(kind, plain(str(text))) for kind, text in report["mentions"]}
    may = {(kind, plain(str(text))) for kind, text in report.get("either", ())}
    for kind, _ in sorted(found & wanted):
        count.right[kind] += 1
    for kind, text in sorted(found - wanted - may):
        count.wrong[kind] += 1
        count.examples.append(f"+ {kind:12} {text!r:50} {where}")
    for kind, text in sorted(wanted - found):
        count.missed[kind] += 1
        count.examples.append(f"- {kind:12} {text!r:50} {where}")


def said(proposal: Proposal) -> Iterator[Relation]:
    """The relations that are proposed as sure, in the words of the reports; each end by all that it is called."""
    called: list[set[str]] = [set() for _ in proposal.subjects]
    for mention in proposal.mentions:
        for place, subject in enumerate(proposal.subjects):
            if (mention.start, mention.end) in subject.spans:
                called[place].add(plain(mention.text))
    for relation in proposal.relations:
        left, right = called[relation.subject], called[relation.other]
        kind = OURS_SAID.get(relation.kind, "")
        if relation.kind == "uses":
            kind = "holds_account" if proposal.subjects[relation.other].schema == "BankAccount" else "uses_phone"
        if relation.kind == "child_of":
            left, right = right, left
        if kind and relation.confidence >= 0.5:
            yield kind, frozenset(left), frozenset(right)


def _relations(count: Count, report: dict[str, Any], proposal: Proposal, where: str) -> None:
    wanted = [(kind, plain(str(left)), plain(str(right))) for kind, left, right in report.get("relations", ())]
    may = [(kind, plain(str(left)), plain(str(right))) for kind, left, right in report.get("either_relations", ())]
    seen: set[int] = set()
    for kind, left, right in said(proposal):
        hits = [number for number, one in enumerate(wanted) if _same(one, kind, left, right)]
        if hits:
            seen.update(hits)
        elif not any(_same(one, kind, left, right) for one in may):
            count.wrong[kind] += 1
            count.examples.append(f"+ {kind:12} {sorted(left)} → {sorted(right)}   {where}")
    for number, (kind, left, right) in enumerate(wanted):
        if number in seen:
            count.right[kind] += 1
        else:
            count.missed[kind] += 1
            count.examples.append(f"- {kind:12} {left!r} → {right!r}   {where}")


def _same(one: tuple[str, str, str], kind: str, left: frozenset[str], right: frozenset[str]) -> bool:
    if one[0] != kind:
        return False
    return (one[1] in left and one[2] in right) or (kind in BOTH_WAYS and one[2] in left and one[1] in right)


RELATIONS = ("parent", "sibling", "spouse", "associate", "lives_at", "drives", "works_for", "uses_phone",
             "holds_account", "holds_document")  # fmt: skip


def figures(bench: Bench, key: str) -> Figures:
    """Precision and recall of all mentions, of each kind, of relations; and the languages recognised."""
    found = Figures()
    for half, name in HALVES.items():
        cases = len(reports(FOLDER, half))
        if not cases:
            found.missing.append(f"The {name} is not at hand: it is added by whoever keeps it.")
            continue
        mentions, relations, languages = counted(FOLDER, half)
        found.put("precision", OURS, name, mentions.precision(KINDS), mentions.cases(KINDS))
        found.put("recall", OURS, name, mentions.recall(KINDS), mentions.cases(KINDS))
        for kind in KINDS:
            of = (kind,)
            if mentions.cases(of):
                found.put(f"{kind}_precision", OURS, name, mentions.precision(of), mentions.cases(of))
                found.put(f"{kind}_recall", OURS, name, mentions.recall(of), mentions.cases(of))
        found.put("relations_precision", OURS, name, relations.precision(RELATIONS), relations.cases(RELATIONS))
        found.put("relations_recall", OURS, name, relations.recall(RELATIONS), relations.cases(RELATIONS))
        found.put("language", OURS, name, 1 - len(languages) / cases, cases)
    return found
