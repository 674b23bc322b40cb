"""What names people stands sealed: it opens in no other row, under no other key, and for nobody without the keys."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.exceptions import FieldError
from django.db import connection, transaction

from passerelle import keyring
from passerelle.flow import consult, keys, work
from passerelle.records import sealed
from passerelle.records.models import Delivery, Match, ReportVersion, Subject
from passerelle.testing import makers
from passerelle.testing.makers import NOON

pytestmark = pytest.mark.django_db
CANARY = "Zwartkoper"


def _busy(exchange):
    makers.dossier(exchange["midi"], makers.person("p", f"Lambert {CANARY}", birthDate=["1980-05-06"]), title=CANARY)
    return makers.report(
        exchange["noord"], f"{CANARY} werd gezien.", makers.person("p", f"Lambert {CANARY}", birthDate=["1980-05-06"])
    )


def _dump(tables: list[str]) -> str:
    found = []
    with connection.cursor() as cursor:
        for table in tables:
            cursor.execute(f"SELECT * FROM {table}")
            found += [str(row) for row in cursor.fetchall()]
    return "\n".join(found)


def test_nothing_sealed_stands_open_in_any_table(own_keys, exchange) -> None:
    filed = _busy(exchange)
    tables = sorted({field.model._meta.db_table for field in keys.columns()})
    assert {"records_subject", "records_match", "records_delivery", "records_reportversion"} <= set(tables)
    dumped = _dump(tables)
    view = consult.read_report(ref=filed.ref, officer=makers.seat(exchange["noord"], "officer"), now=NOON)
    assert CANARY in view.said.text and Delivery.objects.get(report=filed).content["text"].startswith(CANARY)
    assert CANARY not in dumped


def test_a_value_put_into_another_row_does_not_open(own_keys, exchange) -> None:
    one = makers.report(exchange["noord"], "Een eerste tekst.", makers.person("p", "Iemand Anders"))
    two = makers.report(exchange["noord"], "Een tweede tekst.", makers.person("p", "Nog Iemand"))
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE records_reportversion SET text = (SELECT text FROM records_reportversion WHERE report_id = %s) "
            "WHERE report_id = %s",
            [one.pk, two.pk],
        )
    assert ReportVersion.objects.get(report=one).text == "Een eerste tekst."
    with pytest.raises(keyring.DoesNotOpen):
        _ = ReportVersion.objects.get(report=two).text


def test_a_sealed_column_cannot_be_looked_for_by_value_nor_written_without_its_row(own_keys, exchange) -> None:
    filed = _busy(exchange)
    with pytest.raises(FieldError):
        ReportVersion.objects.filter(text=f"{CANARY} werd gezien.").exists()
    with pytest.raises(TypeError, match="stands sealed"), transaction.atomic():
        ReportVersion.objects.filter(report=filed).update(text="something else")


def test_the_key_is_rotated_and_everything_opens_before_between_and_after(own_keys, exchange) -> None:
    filed = _busy(exchange)
    before = keys.standing()
    assert before.active == "1" and before.old == 0 and sum(before.sealed_with.values()) > 4
    count = keys.rotate_fields(now=NOON + timedelta(hours=1))
    assert count == sum(before.sealed_with.values())
    assert keys.standing().sealed_with == {"2": count}
    assert keys.reseal(now=NOON + timedelta(hours=2)) == 0, "a second run finds nothing to do"
    assert keys.retire_fields(now=NOON + timedelta(hours=3)) == ["1"]
    sealed.forget_keys()
    assert ReportVersion.objects.get(report=filed).text == f"{CANARY} werd gezien."


def test_a_rotation_that_is_broken_off_leaves_everything_readable_and_is_gone_on_with(own_keys, exchange) -> None:
    filed = _busy(exchange)
    ring = sealed.keys()
    ring.fresh("fields")
    ring.write(own_keys)
    makers.report(exchange["noord"], "Erna.", makers.person("p", "Iemand Anders"), now=NOON + timedelta(hours=1))
    assert keys.standing().old and keys.retire_fields(now=NOON + timedelta(hours=1)) == []
    assert ReportVersion.objects.get(report=filed).text == f"{CANARY} werd gezien."
    assert keys.reseal(now=NOON + timedelta(hours=1)) > 0 and keys.standing().old == 0


def test_without_the_file_of_keys_nothing_opens_and_with_it_back_nothing_is_lost(own_keys, exchange) -> None:
    filed = _busy(exchange)
    away = own_keys.with_name("elsewhere.json")
    own_keys.rename(away)
    sealed.forget_keys()
    with pytest.raises(keyring.KeysMissing, match="Put it back"):
        _ = ReportVersion.objects.get(report=filed).text
    keyring.make().write(own_keys)
    sealed.forget_keys()
    with pytest.raises(keyring.DoesNotOpen):
        _ = ReportVersion.objects.get(report=filed).text
    away.replace(own_keys)
    sealed.forget_keys()
    assert ReportVersion.objects.get(report=filed).text == f"{CANARY} werd gezien."


def test_a_fresh_key_for_the_index_loses_no_match_and_asks_nobody_again(own_keys, exchange) -> None:
    _busy(exchange)
    before = [(match.ref, match.evidence) for match in Match.objects.all()]
    assert before
    assert keys.rotate_index(now=NOON + timedelta(hours=1)) > 1
    work.work_until_done(now=NOON + timedelta(hours=1))
    assert [(match.ref, match.evidence) for match in Match.objects.all()] == before
    later = makers.report(
        exchange["federal"], "Opnieuw.", makers.person("q", f"Lambert {CANARY}", birthDate=["1980-05-06"]),
        now=NOON + timedelta(hours=2),
    )  # fmt: skip
    found = Match.objects.filter(right__report=later) | Match.objects.filter(left__report=later)
    assert found.count() == 2, "those filed before are found by their new keys"


def test_a_fresh_key_for_the_index_that_is_broken_off_leaves_every_subject_waiting(own_keys, exchange) -> None:
    _busy(exchange)
    before = own_keys.read_bytes()
    own_keys.with_name(own_keys.name + ".new").mkdir()  # so the file of keys cannot be written
    with pytest.raises(OSError, match="directory"):
        keys.rotate_index(now=NOON + timedelta(hours=1))
    assert own_keys.read_bytes() == before
    waiting = Subject.objects.filter(to_match_at__isnull=False)
    assert waiting.count() == Subject.objects.count(), "with the old key or the new, all come again"


def test_a_worker_that_runs_on_reads_the_keys_anew_when_their_file_changes(own_keys, exchange) -> None:
    here = sealed.keys()
    elsewhere = keyring.read(own_keys)
    number = elsewhere.fresh("fields")
    elsewhere.write(own_keys)
    assert here.rings["fields"].active != number == sealed.keys().rings["fields"].active
