"""A register is taken in: nothing lost, nothing doubled, and what was refused can be mended."""

from __future__ import annotations

from pathlib import Path

import pytest

from passerelle import intake
from passerelle.flow import take_in
from passerelle.records.models import Key, Match, RefusedRow, Register, Report, ReportVersion, Subject
from passerelle.testing import makers
from passerelle.testing.makers import NOON

pytestmark = pytest.mark.django_db

HEADER = "id,schema,name,alias,birthDate,nationality,address\n"
ROWS = [
    "p1,Person,Ferdinand Oosterlynck,Ferre Oosterlynck,1971-05-03,be,Kerkstraat 4;2800 Mechelen\n",
    "p2,Person,Małgorzata Wójcikiewicz,,1984-11-30,pl,\n",
    "p3,Company,Transports Delhougne SPRL,,,be,\n",
]


def _file(folder: Path, *rows: str) -> Path:
    path = folder / "register.csv"
    path.write_text(HEADER + "".join(rows), encoding="utf-8")
    return path


def _take(service, path: Path, **more) -> take_in.Taken:
    return take_in.take_in(
        service=service, officer=None, source=intake.open_source(path, format=None, mapping=None), name="register.csv",
        now=NOON, **more,
    )


def test_rows_land_as_reports_with_subjects_and_keys(exchange, tmp_path) -> None:
    taken = _take(exchange["noord"], _file(tmp_path, *ROWS))
    assert (taken.read, taken.added, taken.refused) == (3, 3, 0)
    assert Report.objects.filter(service=exchange["noord"]).count() == 3
    person = makers.called("Ferdinand Oosterlynck")
    assert person.properties["birthDate"] == ["1971-05-03"] and Key.objects.filter(subject=person).exists()


def test_a_second_run_adds_nothing(exchange, tmp_path) -> None:
    path = _file(tmp_path, *ROWS)
    _take(exchange["noord"], path)
    counts = (Report.objects.count(), Subject.objects.count(), Key.objects.count(), ReportVersion.objects.count())
    again = _take(exchange["noord"], path)
    assert (again.added, again.changed, again.unchanged) == (0, 0, 3)
    assert counts == (
        Report.objects.count(), Subject.objects.count(), Key.objects.count(), ReportVersion.objects.count()
    )


def test_a_changed_row_becomes_a_new_version_beside_the_old_one(exchange, tmp_path) -> None:
    _take(exchange["noord"], _file(tmp_path, *ROWS))
    changed = ROWS[1].replace("1984-11-30", "1984-11-03")
    again = _take(exchange["noord"], _file(tmp_path, ROWS[0], changed, ROWS[2]))
    assert (again.added, again.changed, again.unchanged) == (0, 1, 2)
    report = Report.objects.get(register_row__external_id="p2")
    assert report.version == 2 and list(report.versions.values_list("number", flat=True)) == [1, 2]
    assert report.subjects.get(schema="Person").properties["birthDate"] == ["1984-11-03"]


def test_a_bad_row_waits_with_its_reason_while_the_good_ones_land(exchange, tmp_path) -> None:
    taken = _take(exchange["noord"], _file(tmp_path, ROWS[0], ",Person,Nobody Noid,,,,\n", ROWS[2]))
    assert (taken.added, taken.refused) == (2, 1)
    row = RefusedRow.objects.get()
    assert "row 3" in str(take_in.Sentence.from_json(row.says)) and "register.csv" in str(
        take_in.Sentence.from_json(row.says)
    )
    assert row.mended_at is None


def test_a_refused_row_is_mended_in_the_file_and_no_longer_waits(exchange, tmp_path) -> None:
    _take(exchange["noord"], _file(tmp_path, ROWS[0], ",Person,Nobody Noid,,,,\n"))
    taken = _take(exchange["noord"], _file(tmp_path, ROWS[0], "p9,Person,Nobody Noid,,,,\n"))
    assert (taken.added, taken.unchanged, taken.refused) == (1, 1, 0)
    assert not RefusedRow.objects.filter(mended_at__isnull=True).exists()


def test_a_refused_row_is_mended_by_itself(exchange, tmp_path) -> None:
    _take(exchange["noord"], _file(tmp_path, ROWS[0], ",Person,Nobody Noid,,,,\n"))
    row = RefusedRow.objects.select_related("register__service").get()
    with pytest.raises(take_in.NotMended):
        take_in.mend(row=row, raw=row.raw, officer=None, now=NOON)

    mended = row.raw.replace("\n,Person", "\np9,Person")
    assert mended != row.raw, "the raw row shows the field that is to be mended"
    assert take_in.mend(row=row, raw=mended, officer=None, now=NOON).added == 1
    row.refresh_from_db()
    assert row.mended_at is not None


def test_two_registers_of_two_services_are_compared_as_they_land(exchange, tmp_path) -> None:
    _take(exchange["noord"], _file(tmp_path, *ROWS))
    taken = _take(exchange["midi"], _file(tmp_path, "x1,Person,Malgorzata Wojcikiewicz,,1984-11-30,pl,\n"))
    assert taken.matches == 1
    match = Match.objects.get()
    assert match.band == "strong" and {match.left.service.key, match.right.service.key} == {"noord", "midi"}


def test_rows_of_one_service_are_not_matched_with_each_other(exchange, tmp_path) -> None:
    _take(exchange["noord"], _file(tmp_path, ROWS[0], ROWS[0].replace("p1", "p7")))
    assert not Match.objects.exists()


def test_a_register_has_one_name_per_service(exchange, tmp_path) -> None:
    _take(exchange["noord"], _file(tmp_path, ROWS[0]))
    _take(exchange["midi"], _file(tmp_path, ROWS[0]))
    assert Register.objects.count() == 2 and Report.objects.count() == 2
