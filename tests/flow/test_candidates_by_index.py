"""Whoever is looked for among a million subjects is found by an index: no query of the search reads a whole table."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.db import connection

from passerelle.flow import candidates, match
from passerelle.records.models import Subject
from passerelle.testing import makers

pytestmark = pytest.mark.django_db

LARGE = ("records_key", "records_subject", "records_relation", "records_report", "records_match")


def _asked(subjects: list[int]) -> list[tuple[str, Any]]:
    """The statements that a search sends to the database."""
    found: list[tuple[str, Any]] = []

    def note(execute: Any, sql: str, parameters: Any, many: bool, context: Any) -> Any:
        found.append((sql, parameters))
        return execute(sql, parameters, many, context)

    with connection.execute_wrapper(note):
        match.find(subjects, match.Known())
    return [(sql, parameters) for sql, parameters in found if any(table in sql for table in LARGE)]


def _whole_tables(sql: str, parameters: Any) -> list[str]:
    """What a statement reads from end to end, of the tables that grow with the registers."""
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN QUERY PLAN {sql}", parameters)
        steps = [row[3] for row in cursor.fetchall()]
    named = dict(re.findall(r"\b(?:FROM|JOIN) \"?(records_\w+)\"?(?: (?:AS )?([a-z])\b)?", sql))
    short = {alias or table: table for table, alias in named.items()}
    return [step for step in steps if step.startswith("SCAN ") and short.get(step.split()[1].strip('"')) in LARGE]


@pytest.mark.skipif(connection.vendor != "sqlite", reason="PostgreSQL rightly reads small tables from end to end")
def test_no_query_of_the_search_reads_a_whole_table(exchange) -> None:
    person = makers.person("p", "Ferdinand Oosterlynck", address=["Kerkstraat 12, 9000 Gent"])
    rooms = [
        makers.address(f"a{number}", "Kerkstraat 12, 9000 Gent") for number in range(candidates.HUB_RECORDS_MAX + 1)
    ]
    makers.report(exchange["noord"], "Iemand.", person, *rooms)
    other = makers.person("p", "Ferdinand Oosterlinck", address=["Rue de l'Église 12, Gand"])
    report = makers.report(exchange["midi"], "Quelqu'un.", other)
    asked = _asked(list(report.subjects.values_list("pk", flat=True)))
    said = " ".join(sql for sql, _ in asked)
    assert "ORDER BY k.subject_id DESC" in said and "count(DISTINCT b.record)" in said, "hubs and shared values too"
    for sql, parameters in asked:
        assert not _whole_tables(sql, parameters), sql
    assert _whole_tables("SELECT k.subject_id FROM records_key k WHERE k.kind = %s", ["name"]), "the test can fail"
    assert Subject.objects.filter(report=report).exclude(bounded=[]).exists()
