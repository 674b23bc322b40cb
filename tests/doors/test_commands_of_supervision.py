"""The commands of who leads and who connects: flow, rules and onboarding say what they found and what comes next."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from django.utils import timezone

from passerelle.cli import main
from passerelle.policy.tables import DATA_FOLDER
from passerelle.records.models import ReportVersion
from passerelle.testing import makers

pytestmark = pytest.mark.django_db

FERDINAND = makers.person("p", "Ferdinand Oosterlynck", birthDate=["1971-05-03"])
TABLE = "Dossiernr;Naam;Voornaam;Geb.datum;Rol\nZ-1;Peeters;An;12/03/1970;Verdachte\nZ-2;Claes;Jan;31/02/1980;Getuige\n"


def run(folder: Path, *words: str) -> Result:
    return CliRunner().invoke(main, [*words, "--dir", str(folder)])


def test_flow_is_told_to_who_leads_and_without_small_numbers_to_anybody(
    exchange: dict[str, Any], tmp_path: Path
) -> None:
    now = timezone.now() - timedelta(days=45)
    makers.dossier(exchange["federal"], FERDINAND, now=now, until=(now + timedelta(days=200)).date())
    makers.report(exchange["noord"], "Ferdinand Oosterlynck was er.", FERDINAND, now=now)
    month = f"{now.year}-{now.month:02}"
    lead = makers.seat(exchange["federal"], "supervisor").username
    own = json.loads(run(tmp_path, "flow", "--month", month, "--as", lead, "--json").output)
    assert [(row["sender"], row["recipient"], row["owed"]) for row in own["rows"]] == [("noord", "federal", 1)]
    plain = run(tmp_path, "flow", "--month", month)
    assert plain.exit_code == 0 and "fewer than five; not shown" in plain.output
    assert "noord,federal,nl" in run(tmp_path, "flow", "--month", month, "--as", lead, "--csv").output


def test_onboarding_says_which_seats_lack_what_columns_mean_and_which_row_fails_with_its_remedy(
    exchange: dict[str, Any], tmp_path: Path
) -> None:
    file, kept = tmp_path / "zone.csv", tmp_path / "columns.yaml"
    file.write_text(TABLE, encoding="utf-8")
    first = run(tmp_path, "onboard", "noord", str(file), "--write", str(kept))
    assert first.exit_code == 1
    assert "zone.csv, row 3: “Geb.datum” holds “31/02/1980”" in first.output
    assert "2 read, 1 would be refused" in first.output and "Nothing was filed." in first.output
    again = json.loads(run(tmp_path, "onboard", "noord", str(file), "--mapping", str(kept), "--json").output)
    assert (again["read"], again["refused"], again["missing_seats"]) == (2, 1, [])
    assert run(tmp_path, "onboard", "nobody", str(file)).exit_code == 2


def test_what_is_taken_in_with_a_mapping_is_in_the_language_of_its_service_and_mended_with_the_mapping(
    exchange: dict[str, Any], tmp_path: Path
) -> None:
    file, kept, mended = tmp_path / "zone.csv", tmp_path / "columns.yaml", tmp_path / "mended.csv"
    file.write_text(TABLE, encoding="utf-8")
    run(tmp_path, "onboard", "midi", str(file), "--write", str(kept))
    first = run(tmp_path, "import", "midi", str(file), "--mapping", str(kept), "--workers", "0")
    assert first.exit_code == 1 and "1 added" in first.output
    (waits,) = json.loads(run(tmp_path, "refused", "midi", "--json").output)
    mended.write_text(waits["raw"].replace("31/02/1980", "28/02/1980"), encoding="utf-8")
    without = run(tmp_path, "mend", str(waits["id"]), str(mended))
    assert without.exit_code == 1 and "--mapping" in without.output
    done = run(tmp_path, "mend", str(waits["id"]), str(mended), "--mapping", str(kept))
    assert done.exit_code == 0 and "1 added" in done.output
    assert set(ReportVersion.objects.values_list("language", flat=True)) == {"fr"}
    file.write_text(TABLE.replace("31/02/1980", "28/02/1980"), encoding="utf-8")
    again = json.loads(run(tmp_path, "import", "midi", str(file), "--mapping", str(kept), "--json").output)
    assert (again["added"], again["changed"], again["unchanged"]) == (0, 0, 2)


def test_the_officers_are_listed_and_who_is_not_one_of_them_is_pointed_there(
    exchange: dict[str, Any], tmp_path: Path
) -> None:
    clerk = makers.seat(exchange["noord"], "desk")
    rows = json.loads(run(tmp_path, "officer", "list", "--service", "noord", "--json").output)
    assert clerk.username in {row["username"] for row in rows} and {row["service"] for row in rows} == {"noord"}
    assert f"{clerk.username}: {clerk.name}, desk of noord" in run(tmp_path, "officer", "list").output
    wrong = run(tmp_path, "requests", "list", "--as", "nobody")
    assert wrong.exit_code == 2 and "passerelle officer list" in wrong.output


def test_rules_are_shown_tried_asked_for_and_approved_from_the_command_line(
    exchange: dict[str, Any], tmp_path: Path
) -> None:
    administrator = makers.officer(exchange["neutral"], "administrator").username
    shown = run(tmp_path, "rules", "show", "deadlines").output
    assert shown == (DATA_FOLDER / "deadlines.yaml").read_text(encoding="utf-8")
    file = tmp_path / "deadlines.yaml"
    file.write_text(shown.replace("period: {working_days: 1}", "period: {days: 5}"), encoding="utf-8")
    tried = json.loads(run(tmp_path, "rules", "try", str(file), "--month", "2026-03", "--json").output)
    assert (tried["table"], tried["duties"]) == ("deadlines", 0)
    asked = run(tmp_path, "rules", "propose", str(file), "--reason", "as the circular asks", "--as", administrator)
    assert asked.exit_code == 0 and "Nothing changed yet." in asked.output
    ref = asked.output.split()[0]
    head = makers.seat(exchange["neutral"], "head").username
    done = run(tmp_path, "rules", "approve", ref, "--reason", "as the circular says", "--as", head)
    assert done.exit_code == 0 and "version 2" in done.output
    (row,) = json.loads(run(tmp_path, "rules", "list", "--json").output)
    assert (row["version"], row["outcome"], row["decided_by"]) == (2, "approved", "head of neutral")
