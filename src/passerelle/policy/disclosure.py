"""How much of a report may travel from one service to another: the lesser of law's table and the owner's handling."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Any

from passerelle.policy.facts import (
    CATEGORIES,
    FORM_WORDS,
    FORMS,
    HANDLINGS,
    PURPOSES,
    REGIMES,
    SERVICE_KINDS,
    STANDINGS,
    ServiceFacts,
    check_word,
    lesser,
    word_of,
)
from passerelle.policy.tables import DATA_FOLDER, Given, knows, rows, set_here, wrong
from passerelle.words import Sentence, sentence


@dataclass(frozen=True, slots=True)
class TellingRow:
    """One row of who may tell whom; an empty set fits everything."""

    id: str
    sender: frozenset[str]
    recipient: frozenset[str]
    purposes: frozenset[str]
    categories: frozenset[str]
    danger_to_life: bool
    at_once: str
    after_decision: str
    judged_first: bool
    regime: str
    legal_source: str
    legal_standing: str
    says: str

    def fits(self, sender: ServiceFacts, recipient: ServiceFacts, purpose: str, category: str, danger: bool) -> bool:
        """Does this row speak of this telling?"""
        return (
            (not self.sender or sender.kind in self.sender or sender.regime in self.sender)
            and (not self.recipient or recipient.kind in self.recipient or recipient.regime in self.recipient)
            and (not self.purposes or purpose in self.purposes)
            and (not self.categories or category in self.categories)
            and (danger or not self.danger_to_life)
        )


@dataclass(frozen=True, slots=True)
class HandlingRow:
    """What one handling lets travel, and what it asks for when filing."""

    id: str
    codes: tuple[str, ...]
    at_once: str
    after_decision: str
    owner_owes_decision: bool
    silence: str
    needs_reason: bool
    needs_review_date: bool
    needs_second_person: bool
    says: str
    legal_source: str
    legal_standing: str


@dataclass(frozen=True, slots=True)
class Disclosure:
    """What may travel now, why, and who owes what next.

    `form`: whole, extract, pointer or nothing. `row` names the row of the table that decided ("" where none fits).
    `ceiling`: the most that may travel after a decision. `needs_judgement`: a person must judge the match the same
    before a decision to pass on lifts the form. `because`: the reasons, most general first.
    """

    form: str
    row: str
    regime: str
    legal_source: str
    legal_standing: str
    owner_owes_decision: bool
    recipient_owes_acknowledgement: bool
    because: tuple[Sentence, ...]
    ceiling: str
    needs_judgement: bool


def decide(
    *,
    sender: ServiceFacts,
    recipient: ServiceFacts,
    purpose: str,
    category: str,
    handling: str,
    standing: str,
    danger_to_life: bool = False,
    sender_decided: bool = False,
    table: tuple[TellingRow, ...] | None = None,
) -> Disclosure:
    """How much of a report on a subject of `category` may go from `sender` to `recipient` for `purpose`.

    `category` is that of the matched subject (`none` for a thing), `standing` what the match rests on (strong, same,
    unsure, rule), `sender_decided` whether the sender's desk decided to pass it on. No row means nothing. Silence never
    lifts anything: only `sender_decided` does. Raises UnknownWord for a word outside its closed list.
    """
    _check(sender, recipient, purpose, category, handling, standing)
    row = row_for(
        sender=sender,
        recipient=recipient,
        purpose=purpose,
        category=category,
        danger_to_life=danger_to_life,
        table=table,
    )
    if row is None:
        return Disclosure(
            form="nothing", row="", regime=sender.regime, legal_source="", legal_standing="binding",
            owner_owes_decision=False, recipient_owes_acknowledgement=False, ceiling="nothing", needs_judgement=False,
            because=(
                sentence(
                    "No row of the table lets {sender} tell {recipient} about {category} for {purpose}.",
                    sender=word_of(SERVICE_KINDS, sender.kind), recipient=word_of(SERVICE_KINDS, recipient.kind),
                    category=word_of(CATEGORIES, category), purpose=word_of(PURPOSES, purpose),
                ),
            ),
        )  # fmt: skip
    rule = handlings()[handling]
    allowed_at_once = lesser(row.at_once, rule.at_once)
    allowed_later = lesser(row.after_decision, rule.after_decision)
    allowed_unjudged = lesser(row.at_once, rule.after_decision)
    needs_judgement = row.judged_first and standing == "strong" and allowed_later != allowed_unjudged
    unsure = standing == "unsure"
    ceiling = lesser("pointer", allowed_unjudged if row.judged_first else allowed_later) if unsure else allowed_later
    form = allowed_at_once
    if sender_decided:
        form = allowed_unjudged if needs_judgement else allowed_later
    form = lesser(form, ceiling)
    owes = (
        ceiling != "nothing"
        and (rule.owner_owes_decision or allowed_later != allowed_at_once)
        and (not sender_decided or needs_judgement)
    )
    because = [Sentence(row.says)]
    if rule.id != "open":
        because.append(Sentence(rule.says))
    if unsure and form != "nothing":
        because.append(sentence("A person judged the match unsure, so no more than a pointer travels, and it says so."))
    if needs_judgement and sender_decided:
        because.append(
            sentence("The match must be judged by a person before more than {form} may travel.", form=_form(form))
        )
    if sender_decided and not needs_judgement and not unsure and form != allowed_at_once:
        because.append(sentence("The sender's desk decided to pass it on: {form} travels.", form=_form(form)))
    return Disclosure(
        form=form,
        row=row.id,
        regime=row.regime,
        legal_source=row.legal_source,
        legal_standing=row.legal_standing,
        owner_owes_decision=owes,
        recipient_owes_acknowledgement=form in ("whole", "extract"),
        because=tuple(because),
        ceiling=ceiling,
        needs_judgement=needs_judgement,
    )


def row_for(
    *,
    sender: ServiceFacts,
    recipient: ServiceFacts,
    purpose: str,
    category: str,
    danger_to_life: bool = False,
    table: tuple[TellingRow, ...] | None = None,
) -> TellingRow | None:
    """The one row that decides: the first, from top to bottom, that fits."""
    for row in table_in_force() if table is None else table:
        if row.fits(sender, recipient, purpose, category, danger_to_life):
            return row
    return None


def blacked_out(
    *,
    sender: ServiceFacts,
    recipient: ServiceFacts,
    purpose: str,
    form: str,
    others: Mapping[str, str],
    standing: str = "same",
    danger_to_life: bool = False,
    sender_decided: bool = False,
    table: tuple[TellingRow, ...] | None = None,
) -> frozenset[str]:
    """Which of the `others` in the report (subject id to category) must not be shown in what travels as `form`.

    Everyone whose own row says less than `form`. The matched subject, which chose the form, is not among the others.
    """
    check_word(form, FORMS, what="form")
    less = set()
    for category in set(others.values()):  # the row is chosen by the category alone, however many bear it
        own = decide(
            sender=sender, recipient=recipient, purpose=purpose, category=category, handling="open", standing=standing,
            danger_to_life=danger_to_life, sender_decided=sender_decided, table=table,
        ).form  # fmt: skip
        if FORMS.index(own) < FORMS.index(form):
            less.add(category)
    return frozenset(subject for subject, category in others.items() if category in less)


def sees_other_side(
    *,
    reader: ServiceFacts,
    other: ServiceFacts,
    purpose: str,
    category: str,
    handling: str,
    danger_to_life: bool = False,
    table: tuple[TellingRow, ...] | None = None,
) -> bool:
    """May the desk of `reader` see what `other` holds, enough to judge a match with it?

    Yes where an extract or the whole would travel from `other` to `reader` at once. A desk that may see both sides
    judges a possible match; where neither may, the neutral desk does.
    """
    form = decide(
        sender=other, recipient=reader, purpose=purpose, category=category, handling=handling, standing="strong",
        danger_to_life=danger_to_life, table=table,
    ).form  # fmt: skip
    return form in ("extract", "whole")


def table_in_force() -> tuple[TellingRow, ...]:
    """The table by which tellings are decided now: the installation's own, else the shipped one."""
    own: tuple[TellingRow, ...] | None = set_here("who_may_tell_whom")
    return telling_table() if own is None else own


@cache
def telling_table(path: Given = DATA_FOLDER / "who_may_tell_whom.yaml") -> tuple[TellingRow, ...]:
    """The table of who may tell whom, in its order. Raises WrongTable for a row with a word nobody knows."""
    found = []
    services = (*SERVICE_KINDS, *REGIMES)
    for row in rows(path, "rows", required={"at_once": str, "after_decision": str, "regime": str, "says": str}):
        _known(path, row, "sender", services)
        _known(path, row, "recipient", services)
        _known(path, row, "purposes", tuple(PURPOSES))
        _known(path, row, "categories", tuple(CATEGORIES))
        if row["regime"] not in REGIMES or row["at_once"] not in FORMS or row["after_decision"] not in FORMS:
            raise wrong(path, f"row {row['id']} has a regime or a form that does not exist")
        if FORMS.index(row["at_once"]) > FORMS.index(row["after_decision"]):
            raise wrong(path, f"row {row['id']} allows less after a decision than at once")
        for switch in ("danger_to_life", "judged_first"):
            if not isinstance(row.get(switch, False), bool):
                raise wrong(path, f"row {row['id']} has “{switch}” that is neither true nor false")
        found.append(
            TellingRow(
                id=row["id"],
                sender=frozenset(row.get("sender", ())),
                recipient=frozenset(row.get("recipient", ())),
                purposes=frozenset(row.get("purposes", ())),
                categories=frozenset(row.get("categories", ())),
                danger_to_life=row.get("danger_to_life", False),
                at_once=row["at_once"],
                after_decision=row["after_decision"],
                judged_first=row.get("judged_first", False),
                regime=row["regime"],
                legal_source=row["source"],
                legal_standing=row["standing"],
                says=row["says"],
            )
        )
    return tuple(found)


@cache
def handlings(path: Path = DATA_FOLDER / "handling.yaml") -> dict[str, HandlingRow]:
    """The handlings by name. Raises WrongTable unless the three are there, each stricter than the one before."""
    required: dict[str, type | tuple[type, ...]] = {
        "codes": list, "at_once": str, "after_decision": str, "owner_owes_decision": bool, "silence": str,
        "needs_reason": bool, "needs_review_date": bool, "needs_second_person": bool, "says": str,
    }  # fmt: skip
    found = {
        row["id"]: HandlingRow(
            id=row["id"],
            codes=tuple(row["codes"]),
            **{key: row[key] for key in required if key != "codes"},
            legal_source=row["source"],
            legal_standing=row["standing"],
        )
        for row in rows(path, "handling", required=required)
    }
    if tuple(found) != HANDLINGS:
        raise wrong(path, "its rows must be open, consent and sealed, in this order")
    levels = [(FORMS.index(row.at_once), FORMS.index(row.after_decision)) for row in found.values()]
    for looser, stricter in pairwise(levels):
        if stricter[0] > looser[0] or stricter[1] > looser[1]:
            raise wrong(path, "a stricter handling lets more travel than a looser one")
    return found


@cache
def regime_of(kind: str, path: Path = DATA_FOLDER / "regimes.yaml") -> str:
    """The regime under which a service of this kind holds its information, unless the installation says another."""
    check_word(kind, SERVICE_KINDS, what="kind of service")
    regime: str = {row["id"]: row["regime"] for row in rows(path, "regimes", required={"regime": str})}[kind]
    return regime


def _form(form: str) -> Sentence:
    return word_of(FORM_WORDS, form)


def _known(path: Given, row: dict[str, Any], key: str, words: tuple[str, ...]) -> None:
    given = row.get(key, [])
    if not isinstance(given, list) or (key in row and not given) or not knows(words, given):
        raise wrong(path, f"row {row['id']} has a word under “{key}” that policy does not know")


def _check(
    sender: ServiceFacts, recipient: ServiceFacts, purpose: str, category: str, handling: str, standing: str
) -> None:
    for service in (sender, recipient):
        check_word(service.kind, SERVICE_KINDS, what="kind of service")
        check_word(service.regime, REGIMES, what="regime")
    check_word(purpose, PURPOSES, what="purpose")
    check_word(category, CATEGORIES, what="category")
    check_word(handling, HANDLINGS, what="handling")
    check_word(standing, STANDINGS, what="standing of a match")
