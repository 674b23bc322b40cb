"""A judged pair returns on new evidence only, and then says what is new: which value, of which side, since when."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection

from passerelle import keyring
from passerelle.flow import consult, judge, match, receive, work
from passerelle.flow.ledger_lines import journal
from passerelle.flow.match import Findings, Weighed
from passerelle.flow.receive import RelationDraft, ReportDraft, SubjectDraft
from passerelle.records.models import Duty, Judgement, Match, Report
from passerelle.testing import makers
from passerelle.testing.makers import NOON

pytestmark = pytest.mark.django_db

PLAIN = makers.person("p", "Lambert Verkruisse")


def at(hours: float) -> Any:
    return NOON + timedelta(hours=hours)


@pytest.fixture
def judged(exchange: dict[str, Any]) -> Report:
    """A pair that the desk of midi ruled different an hour after it was found."""
    makers.dossier(exchange["midi"], makers.person("d", "Lambert Vercruysse"))
    report = makers.report(exchange["noord"], "Lambert Verkruisse was er.", PLAIN)
    ruled(exchange, "different", 1)
    return report


def ruled(exchange: dict[str, Any], verdict: str, hours: float) -> None:
    desk = makers.seat(exchange["midi"], "desk")
    judge.judge_match(ref=Match.objects.order_by("id")[0].ref, officer=desk, verdict=verdict, now=at(hours))


def revised(report: Report, hours: float, *subjects: SubjectDraft, relations: tuple[RelationDraft, ...] = ()) -> None:
    draft = ReportDraft(
        text=f"Lambert Verkruisse was er, om {hours}.", language="nl", subjects=subjects, relations=relations
    )
    receive.revise_report(ref=report.ref, officer=makers.seat(report.service, "desk"), draft=draft, now=at(hours))
    work.work_until_done(now=at(hours))


def asked() -> list[str]:
    return list(Duty.objects.filter(kind="judge", ended_at__isnull=True).values_list("match__ref", flat=True))


def news(exchange: dict[str, Any], hours: float) -> Any:
    desk = makers.seat(exchange["midi"], "desk")
    ref = Match.objects.order_by("id")[0].ref
    return consult.read_match(ref=ref, officer=desk, purpose="my_case", now=at(hours)).news


def test_an_edit_that_touches_no_evidence_brings_nothing_back(exchange: dict[str, Any], judged: Report) -> None:
    revised(judged, 2, PLAIN)
    revised(judged, 3, makers.person("p", "Lambert Verkruisse", appearance=["a scar"]))
    assert asked() == []


def test_a_value_that_weighs_brings_the_pair_back_and_is_named_with_its_side_and_its_day(
    exchange: dict[str, Any], judged: Report
) -> None:
    revised(judged, 2, makers.person("p", "Lambert Vercruijsse", "Lambert Verkruisse", birthDate=["1980-05-06"]))
    assert asked() == [Match.objects.get().ref]
    told = news(exchange, 3)
    assert told.judgement.verdict == "different" and told.since == at(2)
    assert told.sides() == {"right": ["birthDate", "name"]}
    assert ("right", "name", 1) not in told.added, "the name that stood there is not new"
    assert not told.gone and not told.reweighed


def test_evidence_that_comes_and_goes_again_leaves_no_question_behind(exchange: dict[str, Any], judged: Report) -> None:
    revised(judged, 2, makers.person("p", "Lambert Vercruijsse"))
    assert len(asked()) == 1
    revised(judged, 3, PLAIN)
    assert asked() == [], "what is judged stands, as it stood"
    assert news(exchange, 4) is None


def test_a_pair_nobody_judged_and_for_which_nothing_speaks_any_more_is_not_shown(exchange: dict[str, Any]) -> None:
    makers.dossier(exchange["midi"], makers.person("d", "Lambert Vercruysse"))
    report = makers.report(exchange["noord"], "Lambert Verkruisse was er.", PLAIN)
    assert len(asked()) == 1
    revised(report, 2, makers.person("p", "Mireille Dardenne", birthDate=["1971-11-30"]))
    assert Match.objects.get().band == "none" and asked() == []
    assert Duty.objects.get(kind="judge").outcome == "lapse"


def test_what_was_taken_away_is_told_too(exchange: dict[str, Any], judged: Report) -> None:
    revised(judged, 2, makers.person("p", "Lambert Vercruijsse"))
    told = news(exchange, 3)
    assert told.gone == {("right", "name")} and told.added == {("right", "name", 0)}


def test_a_judgement_that_is_taken_back_is_asked_again_with_nothing_new(
    exchange: dict[str, Any], judged: Report
) -> None:
    judge.take_back(ref=Match.objects.get().ref, officer=makers.seat(exchange["midi"], "desk"), now=at(2))
    assert len(asked()) == 1
    assert news(exchange, 3) is None


def test_the_same_filed_again_is_another_pair_that_says_how_the_first_was_judged(
    exchange: dict[str, Any], judged: Report
) -> None:
    desk = makers.seat(exchange["midi"], "desk")
    makers.report(exchange["noord"], "Lambert Verkruisse was er weer.", PLAIN, now=at(2))
    [again] = asked()
    [told] = consult.read_match(ref=again, officer=desk, now=at(3)).earlier
    assert (told.verdict, told.officer, told.judged_at) == ("different", desk.name, at(1))
    other = makers.person("p", "Lambert Vercruijsse")
    makers.report(exchange["noord"], "Lambert Vercruijsse, jarig.", other, now=at(4))
    newest = Match.objects.order_by("-id")[0]
    assert consult.read_match(ref=newest.ref, officer=desk, now=at(5)).earlier == [], "that is other evidence"


def test_reasons_that_are_only_said_otherwise_ask_nobody_again_and_another_weight_does(
    exchange: dict[str, Any], judged: Report
) -> None:
    pair = Match.objects.get()

    def weighed(score: float, hours: float) -> Match:
        because = [["A sentence that a later version words anew: {n}.", {"n": str(hours)}]]
        found = Weighed(pair.left_id, pair.right_id, score, pair.band, because)
        with journal(at(hours)) as lines:
            changed = match.keep(lines, Findings(subjects=[pair.right_id], pairs=[found]))
            match.oblige.by_matches(lines, match.with_rows(changed))
        return Match.objects.get()

    before = pair.evidence
    same = weighed(pair.score, 2)
    assert same.evidence != before and same.judged_evidence == same.evidence
    assert asked() == []
    weighed(pair.score + 0.2, 3)
    assert len(asked()) == 1
    told = news(exchange, 4)
    assert told.reweighed and told.since == at(3)


def test_a_judgement_keeps_no_value_of_what_was_seen(exchange: dict[str, Any], judged: Report) -> None:
    seen = str(Judgement.objects.get().seen)
    assert "birth" not in seen and "Verkruisse" not in seen and "name" in seen
    with connection.cursor() as cursor:
        cursor.execute("SELECT seen FROM records_judgement")
        assert cursor.fetchone()[0].startswith(f"{keyring.MARK}."), "and it stands sealed"
