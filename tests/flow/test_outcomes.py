"""Outcomes of the work are told without names, by service and by the language and script of the record."""

from __future__ import annotations

from datetime import timedelta

import pytest

from passerelle.fairness import work as shares
from passerelle.flow import ledger_lines, outcomes, work
from passerelle.testing import makers
from passerelle.testing.makers import NOON

pytestmark = pytest.mark.django_db


def test_what_came_late_is_counted_by_service_language_and_whether_its_reader_works_in_it(exchange) -> None:
    known = makers.person("p", "Ferdinand Oosterlynck", birthDate=["1971-05-03"])
    makers.dossier(exchange["federal"], known)
    makers.report(exchange["noord"], "Ferdinand Oosterlynck.", known)
    later = NOON + timedelta(days=20)
    work.work_until_done(now=later)
    size = ledger_lines.head()[0]
    cases = outcomes.cases(reason="the yearly page", now=later)
    assert ledger_lines.head()[0] == size + 1, "whoever counts leaves a line"
    (late,) = [case for case in cases if case.kind == "late"]
    groups = dict(late.groups)
    assert late.happened and groups["service"] == "Federal" and groups["language"] == "nl" and "reads_it" in groups
    (owed,) = [case for case in cases if case.kind == "withheld"]
    assert not owed.happened and dict(owed.groups)["script"] == "latin"
    assert "Oosterlynck" not in str(cases)
    assert all(row.share is None for row in shares.shares(cases)), "one case is no share"
