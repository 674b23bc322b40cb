"""What a service filed goes out as FollowTheMoney, with a line in the ledger, and comes in again the same."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from passerelle import intake
from passerelle.cli import main
from passerelle.flow import ledger_lines, take_in, take_out
from passerelle.flow.receive import RelationDraft, SubjectDraft
from passerelle.records.models import Relation, Subject
from passerelle.testing import makers
from passerelle.testing.makers import NOON

pytestmark = pytest.mark.django_db

SUBJECTS = [
    makers.person("p", "Ferdinand Oosterlynck", birthDate=["1971-05-03"]),
    makers.person("m", "Adriana Verhulst"),
    makers.address("a", "Stationsstraat 1, Mechelen"),
    SubjectDraft("c", "Company", {"name": ["Oosterlynck Transport bv"]}),
    SubjectDraft("t", "Phone", {"phone": ["+32470000000"]}),
]
TIES = [
    RelationDraft("p", "child_of", "m"), RelationDraft("p", "lives_at", "a"), RelationDraft("p", "works_for", "c"),
    RelationDraft("p", "uses", "t"), RelationDraft("p", "in_contact_with", "m"), RelationDraft("m", "owns", "c"),
]  # fmt: skip


def exported(exchange: dict[str, Any], folder: Path) -> Path:
    makers.report(exchange["noord"], "Ferdinand Oosterlynck was er.", *SUBJECTS, relations=TIES)
    makers.report(exchange["midi"], "Van een ander.", makers.person("x", "Anouk Terlinden"))
    file = folder / "own.json"
    done = CliRunner().invoke(
        main, ["export", "noord", str(file), "--reason", "for our own archive", "--json", "--dir", str(folder)]
    )
    assert done.exit_code == 0, done.output
    assert json.loads(done.output)["reports"] == 1
    return file


def test_an_export_holds_what_the_service_filed_and_nothing_of_others(exchange: dict[str, Any], tmp_path: Path) -> None:
    before = ledger_lines.head()[0]
    file = exported(exchange, tmp_path)
    last = json.loads(list(ledger_lines.entries())[-1])
    assert ledger_lines.head()[0] > before
    assert (last["kind"], last["facts"]["thing"]) == ("Read", "reports of noord")
    told = file.read_text("utf-8")
    assert "Terlinden" not in told and file.stat().st_mode & 0o077 == 0
    schemas = [json.loads(line)["schema"] for line in told.splitlines()]
    assert sorted(set(schemas)) == [
        "Address", "Company", "Documentation", "Employment", "Family", "Ownership", "Person", "PlainText", "UnknownLink"
    ]  # fmt: skip
    again = CliRunner().invoke(main, ["export", "noord", str(file), "--reason", "a b c", "--dir", str(tmp_path)])
    assert again.exit_code == 2 and "not written over" in again.output


def test_an_export_says_what_for(exchange: dict[str, Any]) -> None:
    before = ledger_lines.head()[0]
    with pytest.raises(take_out.ExportNeedsReason):
        take_out.own_reports(service=exchange["noord"], reason="backup", now=NOON)
    assert ledger_lines.head()[0] == before


def test_what_went_out_comes_in_again_with_the_same_subjects_and_ties(exchange: dict[str, Any], tmp_path: Path) -> None:
    file = exported(exchange, tmp_path)
    taken = take_in.take_in(
        service=exchange["stad"], officer=None, source=intake.open_source(file, format="ftm"), name="again", now=NOON
    )
    assert taken.refused == 0
    came = Subject.objects.filter(service=exchange["stad"])
    names = {name for one in came for name in one.properties.get("name", ())}
    assert {"Ferdinand Oosterlynck", "Adriana Verhulst", "Oosterlynck Transport bv"} <= names
    person = next(one for one in came if one.properties.get("birthDate") == ["1971-05-03"])
    assert "+32470000000" in str(person.properties)
    kinds = set(Relation.objects.filter(source__service=exchange["stad"]).values_list("kind", flat=True))
    assert {"child_of", "lives_at", "works_for", "owns"} <= kinds
