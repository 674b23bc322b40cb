"""What one match lets travel carries nobody along of whom their own row lets no more than a pointer be told."""

from __future__ import annotations

from datetime import timedelta

import pytest

from passerelle.flow import receive, work
from passerelle.flow.receive import RelationDraft, ReportDraft, SubjectDraft
from passerelle.records import extracts
from passerelle.records.models import Delivery, Duty, Subject
from passerelle.testing import makers
from passerelle.testing.makers import NOON

pytestmark = pytest.mark.django_db

HOUSE = {"full": ["Zevensterrenstraat 41, 1000 Brussel"]}
VICTIM = {"name": ["Adriana Verhulst"], "birthDate": ["1990-02-03"]}


def test_an_address_that_matches_does_not_carry_a_victim_along_whom_nobody_judged(exchange) -> None:
    north, federal = exchange["noord"], exchange["federal"]
    receive.open_dossier(
        service=federal, officer=makers.seat(federal, "desk"), title="Huis", language="nl",
        purpose="investigation", legal_basis="an article", until=(NOON + timedelta(days=90)).date(),
        subjects=[SubjectDraft("v", "Person", VICTIM, category="victim"), SubjectDraft("h", "Address", HOUSE)],
        relations=[RelationDraft("v", "lives_at", "h")], now=NOON,
    )
    text = "Adriana Verhulst werd geslagen in de Zevensterrenstraat 41."
    report = receive.file_report(
        service=north, author=makers.seat(north, "officer"), now=NOON + timedelta(minutes=1),
        draft=ReportDraft(
            text=text, language="nl",
            subjects=[
                SubjectDraft("v", "Person", VICTIM, category="victim", spans=[(0, 16)]),
                SubjectDraft("h", "Address", HOUSE, spans=[(36, len(text) - 1)]),
            ],
            relations=[RelationDraft("v", "lives_at", "h")],
        ),
    )
    work.work_until_done(now=NOON + timedelta(minutes=2))
    duty = Duty.objects.get(report=report, kind="pass_on")
    assert duty.matches.count() == 2, "both the house and the victim are matched"
    whole = Delivery.objects.get(report=report, form="whole")
    assert "Adriana" not in whole.content["text"]
    assert "Zevensterrenstraat" in whole.content["text"]
    assert [subject["schema"] for subject in whole.content["subjects"]] == ["Address"]


def test_a_text_with_too_many_unseen_persons_is_covered_whole_and_not_weighed_word_by_word() -> None:
    unseen = Subject(schema="Person", properties={"name": ["Adriana Verhulst"]}, spans=[[0, 16]])
    text = "Adriana Verhulst was er; " + "ook niemand zag haar. " * 500
    assert "niemand" in extracts.blacked_text(text, [unseen])
    assert set(extracts.blacked_text(text, iter([unseen] * 1000))) == {extracts.BLACK}
