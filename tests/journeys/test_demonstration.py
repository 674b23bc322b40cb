"""The demonstration's stories, asked of what it left in the tables and of what it told."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import transaction
from django.test import override_settings

from passerelle.cli.demonstration import Outcome, StoryLine, play, script
from passerelle.cli.demonstration.play import HalfPlayed
from passerelle.flow import ledger_lines, reconcile
from passerelle.policy.grounds import GROUNDS
from passerelle.records import checks, visibility
from passerelle.records.models import Delivery, Duty, Match, Officer, Report, ReportVersion, Service, Subject
from passerelle.replay import diff, fold
from passerelle.testing import makers

NOW = datetime(2026, 3, 18, 15, 30, tzinfo=UTC)
QUICK_PASSWORDS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
LINDEBEEK, VAL_TILLEUL = "Politiezone Lindebeek", "Zone de police Val-Tilleul"
FEDERAL, LE_SAULE = "Federale Onderzoekseenheid", "Conseil d'aide à la jeunesse Le Saule"


@dataclass(frozen=True, slots=True)
class Played:
    """One first run: its outcome, the lines it said, and where it was."""

    outcome: Outcome
    lines: list[StoryLine]
    folder: Path


@pytest.fixture(scope="module")
def played(django_db_setup: Any, django_db_blocker: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Played]:
    """The demonstration played once for all tests of this file, and rolled back after the last."""
    folder = tmp_path_factory.mktemp("demonstration")
    outside = transaction.atomic()
    outside._from_testcase = True  # verbs are durable transactions; Django's own test cases say so in this way
    with django_db_blocker.unblock(), override_settings(FOLDER=folder, PASSWORD_HASHERS=QUICK_PASSWORDS), outside:
        lines: list[StoryLine] = []
        yield Played(play(now=NOW, say=lines.append), lines, folder)
        transaction.set_rollback(True)


def _report(short: str) -> Report:
    """The report that the data call by this short name."""
    text = next(row["text"] for row in script._read("reports")["reports"] if row["id"] == short).strip()
    return next(said.report for said in ReportVersion.objects.select_related("report") if said.text == text)


def _forms(short: str, recipient: str) -> list[str]:
    found = Delivery.objects.filter(report=_report(short), recipient__key=recipient).order_by("delivered_at", "id")
    return list(found.values_list("form", flat=True))


def _told(played: Played, event: str, *words: str) -> list[StoryLine]:
    """The lines of one event in which each of these words stands."""
    said = ((line, " ".join(map(str, (line.says, line.to, *line.because)))) for line in played.lines)
    return [line for line, text in said if line.event == event and all(word in text for word in words)]


# --- The report that was not passed on ------------------------------------------------------------------------------


def test_every_step_of_the_story_goes_as_it_was_written(played: Played) -> None:
    assert played.outcome.left_out == ()


def test_the_dutch_report_reaches_the_french_speaking_investigators_whole_within_a_minute(played: Played) -> None:
    report = _report("r-son")
    assert (report.service.key, report.source_grade, report.information_grade) == ("zone-lindebeek", "X", "4")
    delivery = Delivery.objects.get(report=report)
    assert (delivery.recipient.key, delivery.form) == ("zone-val-tilleul", "whole")
    assert timedelta() < delivery.delivered_at - report.filed_at <= timedelta(seconds=60)
    assert "zoon van Mariëtte Dauwens" in delivery.content["text"]
    assert delivery.content["grade"] == "X4"


def test_it_was_matched_by_address_by_relation_and_by_mention(played: Played) -> None:
    duty = Duty.objects.get(report=_report("r-son"), kind="pass_on")
    reasons = [str(reason) for line in _told(played, "matched", LINDEBEEK, VAL_TILLEUL) for reason in line.because]
    assert any("“rue des Sept-Étoiles” is the French for “Zevensterrenstraat”" in reason for reason in reasons)
    assert "Both are a child of Mariëtte Dauwens." in reasons
    assert any(
        "“Tsjoemakov”, written the Dutch way, sounds like “Tchoumakov”, written the French way" in reason
        for reason in reasons
    )
    schemas = {match.left.schema for match in duty.matches.all()}
    assert schemas == {"Person", "Address"}
    nameless = Subject.objects.get(report=duty.report, local_id="zoon")
    assert not nameless.properties.get("name")
    assert duty.matches.filter(right=nameless).exists(), "the son without a name must be found by his relations"


def test_without_acknowledgement_it_climbs_to_a_named_supervisor_and_then_the_originator_hears(played: Played) -> None:
    duty = Duty.objects.get(report=_report("r-son"), kind="acknowledge")
    climbed = [line for line in _told(played, "escalated", "Claire Dubois", "Acknowledge") if line.at < duty.ended_at]
    assert [line.to for line in climbed] == [f"Claire Dubois, {VAL_TILLEUL}"]
    assert duty.due_at < climbed[0].at <= duty.due_at + timedelta(minutes=1)
    opened = Delivery.objects.get(report=duty.report).opened_at
    assert opened < duty.due_at, "it had been opened, and opening acknowledges nothing"
    assert (duty.state, duty.outcome, duty.level) == ("done", "acted_upon", 1)
    used = [line for line in played.lines if line.event == "used" and line.at == duty.ended_at]
    assert [line.to for line in used] == [f"Jana Peeters, {LINDEBEEK}"]
    assert Delivery.objects.get(report=duty.report).evidence == "acted_upon"


def test_a_doubtful_source_is_refused_as_a_ground_and_as_a_reason_to_hold_with_the_lawful_list(played: Played) -> None:
    refused = _told(played, "refused", "A doubtful source is no lawful ground")
    assert [line.to for line in refused] == [f"Bram Aerts, {LINDEBEEK}"] * 2
    for line in refused:
        assert all(str(ground.text) in str(line.because[1]) for ground in GROUNDS.values())
    report = _report("r-garage")
    assert report.handling == "consent"
    assert _forms("r-garage", "zone-val-tilleul") == ["pointer", "whole"]
    assert not Duty.objects.filter(report=report, kind="review").exists(), "a refusal leaves no trace"


# --- The youth-care report ------------------------------------------------------------------------------------------


def test_of_the_youth_care_report_a_pointer_travels_until_it_is_judged_and_its_desk_has_decided(played: Played) -> None:
    assert _forms("r-noe", "zone-lindebeek") == ["pointer", "extract"]
    pointer, extract = Delivery.objects.filter(report=_report("r-noe")).order_by("delivered_at", "id")
    assert "text" not in pointer.content
    assert "santé" not in extract.content["text"], "only the sentences about the matched travel"
    assert "bleus" not in pointer.content.values()
    refused = _told(played, "refused", "Amina Diallo", "A person must first judge")
    judged = _told(played, "judged", "Sara Novak", "Noé Wauters", "same")
    decided = _told(played, "passed_on", "Amina Diallo", LINDEBEEK)
    assert refused[0].at < judged[0].at < decided[0].at == extract.delivered_at
    assert pointer.delivered_at < refused[0].at


def test_in_danger_to_life_the_whole_reaches_youth_care_and_police_at_once(played: Played) -> None:
    report = _report("r-cris")
    for key in ("youth-care-le-saule", "zone-lindebeek"):
        delivery = Delivery.objects.get(report=report, recipient__key=key)
        assert delivery.form == "whole"
        assert delivery.delivered_at - report.filed_at <= timedelta(seconds=60)


# --- Deciding, judging, sealing --------------------------------------------------------------------------------------


def test_one_withholding_is_upheld_and_one_is_overturned_and_passed_on(played: Played) -> None:
    assert len(_told(played, "withheld", "on ground g")) == 2
    upheld = Duty.objects.get(report=_report("r-observatie"), kind="pass_on")
    assert (upheld.state, [d.form for d in upheld.deliveries.all()]) == ("upheld", ["pointer"])
    overturned = Duty.objects.get(report=_report("r-victime"), kind="pass_on")
    assert (overturned.state, _forms("r-victime", "federal-unit")) == ("done", ["pointer", "whole"])
    for duty in (upheld, overturned):
        withholding = duty.withholdings.get()
        assert withholding.reviewed_by != withholding.decided_by
    text = overturned.deliveries.get(form="whole").content["text"]
    assert "Hendrik Baert" in text
    assert "Mehmet" not in text, "a witness, of whom at most an extract is told, is blacked out of the whole"


def test_a_pair_judged_different_is_told_nothing_and_an_unsure_one_travels_as_a_pointer(played: Played) -> None:
    assert Match.objects.get(right__report=_report("r-getuige")).verdict == "different"
    assert not Delivery.objects.filter(report=_report("r-getuige")).exists()
    unsure = Delivery.objects.get(report=_report("r-novak"))
    assert (unsure.form, unsure.content["unsure"]) == ("pointer", True)


def test_the_day_a_dossier_is_opened_what_four_services_held_comes_out(played: Played) -> None:
    forms = {name: _forms(name, "federal-unit") for name in ("r-sporthal", "r-fugue", "r-opel", "r-berichten")}
    assert forms == {
        "r-sporthal": ["pointer", "whole"],
        "r-fugue": ["pointer", "extract"],
        "r-opel": ["whole"],
        "r-berichten": ["whole"],
    }
    opened = next(line.at for line in played.lines if line.event == "opened" and "minderjarigen" in str(line.says))
    assert all(_report(name).filed_at < opened for name in forms)
    assert len({_report(name).service_id for name in forms}) == 4


def test_a_rule_of_theme_delivers_without_any_match(played: Played) -> None:
    duty = Duty.objects.get(report=_report("r-menace"), kind="pass_on")
    assert (duty.matches.count(), duty.recipient.key, duty.outcome) == (0, "federal-unit", "whole")


def test_a_sealed_report_is_not_released_by_silence_and_climbs_to_oversight(played: Played) -> None:
    duty = Duty.objects.get(report=_report("r-lek"), kind="pass_on")
    assert (duty.state, duty.level, duty.officer.username) == ("open", 4, "helene.masson")
    assert not Delivery.objects.filter(report=duty.report).exists()


def test_an_address_that_very_many_share_is_shown_as_over_common(played: Played) -> None:
    told = _told(played, "over_common", "Kleine Vuurtorenstraat 3")
    assert len(told) == 1
    assert not Delivery.objects.filter(report=_report("r-haven")).exists(), "to live in a shelter is no reason"


# --- As a whole -------------------------------------------------------------------------------------------------------


def test_it_counts_six_services_and_some_thirty_reports_in_four_languages(played: Played) -> None:
    outcome = played.outcome
    assert (outcome.services, outcome.new) == (6, True)
    assert 30 <= outcome.reports <= 40
    languages = set(Report.objects.values_list("versions__language", flat=True))
    assert languages == {"nl", "fr", "de", "en"}
    assert 0 < outcome.acknowledged < outcome.deliveries <= outcome.duties
    assert outcome.escalated == len({d.pk for d in Duty.objects.all() if d.notices.filter(kind="late").exists()})


def test_the_story_runs_in_order_ends_now_and_each_line_says_why(played: Played) -> None:
    times = [line.at for line in played.lines]
    assert times == sorted(times)
    assert timedelta(days=8) < NOW - times[0] < timedelta(days=10)
    assert times[-1] <= NOW
    assert [json.loads(json.dumps(line)) for line in played.outcome.story] == played.outcome.story
    for event in ("matched", "owed", "delivered", "refused", "withheld", "upheld", "overturned", "escalated", "used"):
        found = [line for line in played.outcome.story if line["event"] == event]
        assert found, f"nothing of {event} is told"
        assert all(line["because"] for line in found), f"a line of {event} does not say why"


def test_a_line_is_printed_with_its_time_in_brussels_and_its_reasons_below_it(played: Played) -> None:
    line = next(line for line in _told(played, "delivered") if line.because)
    printed = line.line("en").splitlines()
    assert printed[0] == f"{line.at.astimezone(script.ZONE):%d/%m %H:%M}    {line.says}"
    assert [text.strip() for text in printed[1:]] == [str(reason) for reason in line.because]


def test_what_is_owed_computed_afresh_equals_what_stands(played: Played) -> None:
    assert not diff.differences(fold.fold(ledger_lines.entries()), checks.plain_rows())
    result = reconcile.reconcile(now=NOW)
    assert (result.missing, result.surplus) == ((), ())


def test_every_seat_that_acts_has_something_in_its_list(played: Played) -> None:
    for service in Service.objects.exclude(kind="oversight"):
        for role, level in (("desk", 0), ("supervisor", 1), ("head", 2)):
            held = Duty.objects.filter(holder=service, ended_at__isnull=True)
            mine = held.filter(level=level) if role != "desk" else held.filter(level__in=(0, 3))
            assert mine.exists(), f"the {role} of {service} holds nothing"
            officer = Officer.objects.filter(service=service, role=role).first()
            assert visibility.duties(officer).filter(pk__in=mine).exists()
    late = Duty.objects.filter(ended_at__isnull=True, due_at__lt=NOW)
    soon = Duty.objects.filter(ended_at__isnull=True, due_at__range=(NOW, NOW + timedelta(hours=8)))
    assert late.exists()
    assert soon.exists()


def test_the_away_supervisor_holds_nothing_and_their_deputy_does(played: Played) -> None:
    assert not Duty.objects.filter(officer__username="els.vandamme").exists()
    assert Duty.objects.filter(officer__username="nadia.haddad", level=1).exists()


def test_the_seats_can_sign_in_and_their_file_is_closed_to_others(played: Played) -> None:
    path = played.folder / "seats.json"
    assert path.stat().st_mode & 0o077 == 0
    seats = json.loads(path.read_text(encoding="utf-8"))
    assert seats == played.outcome.seats
    assert {seat["role"] for seat in seats} == {"officer", "desk", "supervisor", "head", "oversight", "administrator"}
    assert len({seat["password"] for seat in seats}) == len(seats) == Officer.objects.count()
    assert all(Officer.objects.get(username=seat["username"]).check_password(seat["password"]) for seat in seats[:3])


def test_a_second_run_adds_nothing_and_a_later_one_tells_only_what_is_new(played: Played) -> None:
    again = play(now=NOW)
    assert (again.new, again.story) == (False, [])
    first = played.outcome
    assert (again.reports, again.matches, again.duties, again.deliveries, again.escalated) == (
        first.reports, first.matches, first.duties, first.deliveries, first.escalated,
    )  # fmt: skip
    inside = transaction.atomic()
    inside._from_testcase = True
    with inside:
        later = play(now=NOW + timedelta(hours=5))
        assert {line["event"] for line in later.story} >= {"late", "escalated"}
        assert all(line["at"] > NOW.isoformat() for line in later.story)
        assert later.seats == first.seats
        transaction.set_rollback(True)


@pytest.mark.django_db
def test_data_that_no_finished_demonstration_left_are_refused_and_left_alone(tmp_path: Path) -> None:
    makers.exchange()
    with override_settings(FOLDER=tmp_path), pytest.raises(HalfPlayed) as refused:
        play(now=NOW)
    assert str(refused.value.sentence) == "This folder holds data that no finished demonstration left here."
    assert not Report.objects.exists()
    assert not list(tmp_path.iterdir())


@pytest.mark.long
@pytest.mark.django_db
@pytest.mark.parametrize(
    "now",
    [
        datetime(2026, 3, 30, 22, 5, tzinfo=UTC),  # the clock went forward two days before; just after midnight there
        datetime(2026, 10, 26, 3, 30, tzinfo=UTC),  # it went back the day before
        datetime(2027, 1, 2, 11, 0, tzinfo=UTC),  # Christmas, New Year and two weekends lie in between
    ],
)
def test_it_plays_over_changes_of_the_clock_and_holidays(now: datetime, tmp_path: Path) -> None:
    with override_settings(FOLDER=tmp_path, PASSWORD_HASHERS=QUICK_PASSWORDS):
        outcome = play(now=now)
    assert outcome.new
    climbed = [line for line in outcome.story if line["event"] == "escalated" and "Claire Dubois" in line["to"]]
    used = [line for line in outcome.story if line["event"] == "used" and "Jana Peeters" in line["to"]]
    assert climbed[0]["at"] < used[0]["at"]
