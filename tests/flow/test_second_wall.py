"""The second wall, on PostgreSQL: raw SQL shows a reader no row that the first does not list, each with one off."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import DatabaseError, connection, transaction

from passerelle.flow import consult, index, search
from passerelle.records import visibility, wall
from passerelle.records.models import Draft, Findable, Notice, Officer, Reading, Report, Search
from passerelle.testing import makers
from passerelle.testing.makers import NOON
from tests.flow import test_access_said_twice as twice

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.skipif("connection.vendor != 'postgresql'", reason="SQLite has no policies on rows"),
]


@pytest.fixture
def busy(exchange):
    """The exchange of the first wall's test, in which somebody also reads."""
    busy = twice.busy.__wrapped__(exchange)
    for role in ("officer", "desk"):
        reader = makers.seat(busy["noord"], role)
        report = visibility.reports(reader).filter(handling="open", service=reader.service_id).first()
        consult.read_report(ref=report.ref, officer=reader, purpose="my_case", now=NOON + timedelta(days=12))
        search.search(question="Oosterlynck", officer=reader, purpose="my_case", now=NOON + timedelta(days=12))
    index.follow(now=NOON + timedelta(days=12), limit=100)
    return busy


LISTS = [(model, listed) for model, listed, _ in twice.CASES] + [
    (Notice, visibility.notices),
    (Reading, visibility.readings),
    (Findable, visibility.findables),
    (Search, lambda officer: Search.objects.filter(officer__in=visibility.read_by(officer))),
]
BEFORE_ANYBODY_IS_KNOWN = {
    "service", "officer", "attempt", "heartbeat", "ledgerhead", "ledgerline",
    "factor", "recoverycode", "factorreset", "identity", "checkpoint", "witness",
    "account", "accountkey", "nonce", "ruletable", "lesson",
}  # fmt: skip
"""Tables that are not behind the wall, on purpose; docs/how-to/postgresql.md says why."""


def raw(table: str) -> set[int]:
    """The keys of all rows that the database shows: no filter of ours."""
    with connection.cursor() as cursor:
        cursor.execute(f'SELECT * FROM "{table}"')
        at = [column.name for column in cursor.description].index(_key(table))
        return {row[at] for row in cursor.fetchall()}


def _key(table: str) -> str:
    return {"records_nameword": "value", "records_posting": "value", "records_spelling": "near"}.get(table, "id")


def leaks(lists=LISTS) -> list[str]:
    """Where, by seat and table, the rows of the second wall are not those of the first, or both walls say less."""
    found = []
    for officer in Officer.objects.select_related("service"):
        for model, listed in lists:
            first = set(listed(officer).values_list("pk", flat=True))
            with wall.as_reader(officer):
                second = raw(model._meta.db_table)
                both = set(listed(officer).values_list("pk", flat=True))
            if not first == second == both:
                found.append(f"{officer.name} {officer.role} {model.__name__}: {first ^ second} {first ^ both}")
    return found


def test_raw_sql_gives_each_seat_exactly_the_rows_of_the_first_wall(busy) -> None:
    for key in busy:
        makers.officer(busy[key], "administrator", now=NOON + timedelta(days=12))
    assert leaks() == []
    for model, _ in LISTS:
        assert raw(model._meta.db_table) == set(model.objects.values_list("pk", flat=True)) != set(), "house sees all"


def test_a_policy_that_lets_all_through_or_is_gone_is_found(busy) -> None:
    for model, listed in LISTS:
        for plant in ("ALTER POLICY reader ON {} USING (true)", "DROP POLICY reader ON {}"):
            with transaction.atomic(), connection.cursor() as cursor:
                cursor.execute(plant.format(f'"{model._meta.db_table}"'))
                assert leaks([(model, listed)]), f"{plant} {model.__name__}"
                transaction.set_rollback(True)
    assert leaks() == [], "each plant was taken back"


def test_what_hangs_on_a_report_is_seen_by_its_own_side_only(busy) -> None:
    """Texts, subjects, withholdings, interests: of another service's no row but the subjects that a match shows."""
    outside = makers.seat(busy["jeugd"], "officer")
    everything = {table: raw(f"records_{table}") for table in ("reportversion", "withholding", "interest", "key")}
    assert all(everything.values())
    with wall.as_reader(outside):
        assert raw("records_withholding") == raw("records_key") == set()
        own = {report.pk for report in Report.objects.filter(service=outside.service_id)}
        with connection.cursor() as cursor:
            cursor.execute("SELECT report_id FROM records_reportversion")
            assert {row[0] for row in cursor.fetchall()} <= own
            cursor.execute("SELECT service_id FROM records_interest")
            assert {row[0] for row in cursor.fetchall()} <= {outside.service_id}
            cursor.execute("SELECT ref, service_id FROM records_subject")
            others = {ref for ref, service in cursor.fetchall() if service != outside.service_id}
    told = {ref for got in visibility.deliveries(outside).filter(recipient=outside.service) for ref in got.names}
    assert others <= told


def test_nobody_sees_no_row_of_any_table_with_contents(busy) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT relname, relrowsecurity AND relforcerowsecurity FROM pg_class "
            "WHERE relkind = 'r' AND relname LIKE 'records\\_%'"
        )
        behind = dict(cursor.fetchall())
    open_ones = {table.removeprefix("records_") for table, walled in behind.items() if not walled}
    assert open_ones <= BEFORE_ANYBODY_IS_KNOWN, "a new table needs its policies: see migrations/_second_wall.py"
    full = {table for table, walled in behind.items() if walled and raw(table)}
    assert len(full) > 15
    with wall._asking(wall.NOBODY):
        assert {table for table in full if raw(table)} == set()


def test_a_row_is_listed_even_where_what_stands_beside_it_is_hidden(busy) -> None:
    """A grant on a sealed report, for an officer who does not see that report in any list."""
    officer, another = makers.seat(busy["noord"], "officer"), makers.seat(busy["noord"], "desk")
    with transaction.atomic():
        Report.objects.filter(handling="sealed").update(author=another)
        with wall.as_reader(officer):
            assert not Report.objects.filter(handling="sealed")
            shown = wall.with_relations(visibility.grants(officer).order_by("id"), "report__service")
        assert [grant.report.handling for grant in shown] == ["sealed"]
        transaction.set_rollback(True)


def test_a_reader_changes_no_row_outside_a_verb(busy) -> None:
    officer = makers.seat(busy["noord"], "desk")
    report = visibility.reports(officer).filter(service=officer.service).first()
    with wall.as_reader(officer), connection.cursor() as cursor:
        cursor.execute("UPDATE records_report SET territory = 'elsewhere' WHERE id = %s", [report.pk])
        assert cursor.rowcount == 0
        with pytest.raises(DatabaseError, match="row-level security"), transaction.atomic():
            Draft.objects.create(officer=officer, saved_at=NOON)


def test_who_asked_is_forgotten_with_the_transaction_on_a_connection_that_is_used_again(db) -> None:
    """On a connection of its own, without the transaction that stands around each test."""
    asked = "SELECT current_setting('passerelle.sees', true)"
    other = connection.copy()
    try:
        with other.cursor() as cursor:
            cursor.execute("BEGIN")
            cursor.execute(wall.TELL, wall.HOUSE)
            cursor.execute(asked)
            assert cursor.fetchone() == ("house",)
            cursor.execute("COMMIT")
            cursor.execute(asked)
            assert cursor.fetchone() in ((None,), ("",))
    finally:
        other.close()
