"""Another version of a table of rules: proposed by one, approved by another, in force from its day.

What was raised before keeps its row and its clock. Where who may tell whom changed, every report is looked at anew, a
handful at a time: what is owed now becomes a duty, what nothing calls for any more ends.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence, Set
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Max, Q

from passerelle.errors import Refused
from passerelle.flow import duties, oblige, rules_in_force, rungs, sizes
from passerelle.flow.facts import NotThere
from passerelle.flow.ledger_lines import Journal, effective, journal
from passerelle.ledger import canonical
from passerelle.ledger.events_of_rules import RulesDecided, RulesInForce, RulesProposed
from passerelle.policy import deadlines, disclosure
from passerelle.records.models import Match, Officer, Report, RuleTable
from passerelle.records.models.rules import TABLES
from passerelle.words import Sentence, sentence

PROPOSERS = frozenset({"administrator", "head"})
REPORTS_AT_ONCE = 50
LEFT_BEHIND_MAX = 1000
"""So many reports that cannot be looked at are gone past."""


class NoSuchTable(Refused):
    """A table of rules that an installation cannot set."""

    code = "rules.no_such_table"


class RulesIncomplete(Refused):
    """A proposal without a reason, without a change, or beside another that waits."""

    code = "rules.incomplete"


@dataclass(frozen=True, slots=True)
class RowChange:
    """One row of a table that came, went, or says something else: its name, and both as plain words by field."""

    row: str
    before: dict[str, str]
    after: dict[str, str]

    @property
    def how(self) -> str:
        """came, went or changed."""
        return "changed" if self.before and self.after else "came" if self.after else "went"


def in_force_rows(table: str) -> tuple[Any, ...]:
    """The rows that decide now, parsed. Raises NoSuchTable."""
    known(table)
    return deadlines.in_force() if table == "deadlines" else disclosure.table_in_force()


def known(table: str) -> None:
    """Raises NoSuchTable."""
    if table not in TABLES:
        raise NoSuchTable(
            sentence("There is no table {table} that an installation sets.", table=table),
            way_out=sentence("The tables are {tables}.", tables=", ".join(TABLES)),
        )


def differences(before: Sequence[Any], after: Sequence[Any]) -> list[RowChange]:
    """Row by row, what another version says; a row that only moved says where it stands now."""
    left = {row.id: (place, _plain(row)) for place, row in enumerate(before, start=1)}
    right = {row.id: (place, _plain(row)) for place, row in enumerate(after, start=1)}
    kept = [name for name in left if name in right]
    moved = {name for name, other in zip(kept, [name for name in right if name in left], strict=True) if name != other}
    found = []
    for name in dict.fromkeys((*left, *right)):
        old, new = left.get(name), right.get(name)
        one, other = dict(old[1]) if old else {}, dict(new[1]) if new else {}
        if old and new:
            both = {key for key in one if one[key] == other.get(key)}
            one, other = ({k: v for k, v in side.items() if k not in both} for side in (one, other))
            if name in moved:
                one["place"], other["place"] = str(old[0]), str(new[0])
        if one or other:
            found.append(RowChange(name, one, other))
    return found


def _plain(row: Any) -> dict[str, str]:
    found = {}
    for one in fields(row):
        value = getattr(row, one.name)
        if one.name != "id" and value not in (frozenset(), "", False):
            found[one.name] = ", ".join(sorted(value)) if isinstance(value, frozenset) else str(value)
    return found


def propose(
    *, table: str, text: str, reason: str, officer: Officer, starts_at: datetime | None = None, now: datetime
) -> RuleTable:
    """Ask for another version of a table, whole, to count from `starts_at` (empty: from its approval). Nothing changes
    before a second person approved: the head of the neutral desk, or whoever stands above.

    Raises NotThere for a seat that proposes nothing, NoSuchTable, RulesIncomplete, WrongTable, TooLong, NoText.
    """
    if officer.role not in PROPOSERS:
        raise NotThere
    known(table)
    if len(reason.split()) < 3:
        raise RulesIncomplete(
            sentence("A change of the rules needs a reason of a few words."),
            way_out=sentence("Say which law or which decision asks for it."),
        )
    sizes.check_text(reason, sentence("reason or note"))
    after = rules_in_force.read(table, text)
    with journal(now) as lines:
        if not differences(in_force_rows(table), after):
            raise RulesIncomplete(sentence("This table says the same as the one in force."))
        if RuleTable.objects.filter(table=table, outcome="").exists():
            raise RulesIncomplete(
                sentence("Another version of this table waits for its second person."),
                way_out=sentence("Have that one approved or refused first."),
            )
        review = duties.raise_duty(
            lines,
            kind="review",
            service=rungs.neutral_desk(),
            level=rungs.HEAD,
            excluding=officer,
            because=[
                sentence(
                    "{officer} asks for other rules: {table}. Nothing changes before a second person approved.",
                    officer=officer.name,
                    table=Sentence(TABLES[table]),
                )
            ],
        )
        rules = RuleTable.objects.create(
            table=table,
            text=text,
            digest=hashlib.sha256(text.encode()).hexdigest(),
            reason=reason,
            proposed_by=officer,
            proposed_at=lines.now,
            starts_at=max(starts_at or lines.now, lines.now),
            review=review,
        )
        lines.write(
            RulesProposed(
                rules=rules.ref,
                table=table,
                digest=rules.digest,
                by=officer.ref,
                starts=duties.said_time(rules.starts_at),
                review=review.ref,
                commitment=canonical.commitment(bytes(rules.salt), {"reason": reason}),
            )
        )
    return rules


def decide(lines: Journal, rules: RuleTable, officer: Officer, approve: bool) -> None:
    """The second person approved, and the version has its number; or refused."""
    rules.outcome, rules.decided_by, rules.decided_at = "approved" if approve else "refused", officer, lines.now
    if approve:
        last = RuleTable.objects.filter(table=rules.table).aggregate(last=Max("version"))["last"] or 1
        rules.version = last + 1  # the shipped table is the first
    rules.save()
    lines.write(RulesDecided(rules=rules.ref, outcome=rules.outcome, version=rules.version, by=officer.ref))
    says = (
        sentence("The rules you asked for were approved.")
        if approve
        else sentence("The rules you asked for were refused.")
    )
    duties.tell(lines, rules.proposed_by.service, "reviewed", says, duty=rules.review, officer=rules.proposed_by)


def take_effect(*, now: datetime) -> list[RuleTable]:
    """The approved versions whose day has come count from now on, each in a transaction of its own. Called by each
    turn of the worker."""
    at = effective(now)
    waiting = RuleTable.objects.filter(outcome="approved", in_force_at__isnull=True, starts_at__lte=at)
    begun = []
    for pk in list(waiting.order_by("version", "id").values_list("pk", flat=True)):
        with journal(now) as lines:
            rules = RuleTable.objects.select_for_update(of=("self",)).get(pk=pk)
            if rules.in_force_at is not None:
                continue
            rules.in_force_at = lines.now
            rules.swept = 0 if rules.table == "who_may_tell_whom" else None
            rules.save(update_fields=["in_force_at", "swept"])
            lines.put_in_force(rules.table, rules.ref)
            lines.write(RulesInForce(rules=rules.ref, table=rules.table, version=rules.version))
            begun.append(rules)
    return begun


@dataclass(frozen=True, slots=True)
class Sweep:
    """The next reports to look at under a table that came into force: (primary key, reference), some of those that were
    left behind before among them; `left_behind` are the others of those. `version` is that of the table, `swept` how
    far it was looked, `last` how far it will be then (None: to the end)."""

    version: int
    swept: int
    last: int | None
    reports: tuple[tuple[int, str], ...]
    left_behind: tuple[int, ...]


def to_look_at(*, limit: int | None = None) -> Sweep | None:
    """The next handful, or none. Where very many were left behind, no others are taken before some of those succeed."""
    limit = REPORTS_AT_ONCE if limit is None else limit
    rules = RuleTable.objects.filter(swept__isnull=False).order_by("version").last()
    if rules is None:
        return None
    left = tuple(rules.left_behind)
    known = Report.objects.order_by("pk").values_list("pk", "ref")
    again = list(known.filter(pk__in=left[:limit]))
    assert rules.swept is not None
    taken = list(known.filter(pk__gt=rules.swept)[:limit]) if len(left) < LEFT_BEHIND_MAX else []
    to_the_end = len(taken) < limit and len(left) < LEFT_BEHIND_MAX
    last = None if to_the_end else taken[-1][0] if taken else rules.swept
    return Sweep(rules.version, rules.swept, last, tuple(again + taken), left[limit:])


def look_anew(reports: Sequence[int], *, now: datetime) -> None:
    """Look at these reports, by primary key, under the table of tellings that is in force: in one transaction."""
    with journal(now) as lines:
        for report in Report.objects.filter(pk__in=reports).select_related("service", "author").order_by("pk"):
            _look_at(lines, report)


@transaction.atomic
def looked_at(sweep: Sweep, broken: Set[int]) -> bool:
    """These were looked at, but for the broken ones, which are tried again later; whether others wait. What another
    worker kept meanwhile stands: the same reports are looked at once more then, which changes nothing."""
    left = [*sweep.left_behind, *sorted(broken)]
    others = sweep.last is not None and sweep.last > sweep.swept
    swept = None if sweep.last is None and not left else sweep.last
    if sweep.last is None and left:  # to the end, but for those
        swept = max([sweep.swept, *(report for report, _ in sweep.reports)])
    waiting = RuleTable.objects.filter(swept__isnull=False)
    if waiting.filter(version=sweep.version, swept=sweep.swept).update(swept=swept, left_behind=left):
        waiting.filter(version__lt=sweep.version).update(swept=None, left_behind=[])
    return others


def _look_at(lines: Journal, report: Report) -> None:
    """What the table calls for on one report is owed; a live duty that it no longer calls for ends."""
    if report.gone:
        return
    mine = report.subjects.values("pk")
    found = Match.objects.filter(Q(left__in=mine) | Q(right__in=mine)).select_related(*oblige.MATCH_ROWS)
    oblige.by_matches(lines, found.order_by("pk").distinct())
    oblige.by_rules(lines, report)
