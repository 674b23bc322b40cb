"""A chronicle says where it is faulty, and what it teaches is counted from what was played."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import yaml

from passerelle import sheets
from passerelle.replay import chronicle, lessons, sheet
from passerelle.words import sentence

FOLDER = Path(__file__).resolve().parents[2] / "chronicles"
CASES = sorted(FOLDER.glob("*.yaml"))
SMALL = {
    "id": "small", "title": "A small case", "summary": "Two towns.", "ends": "2020-03-01", "zone": "Europe/Brussels",
    "services": [
        {"key": "north", "name": "Zone North", "kind": "police", "languages": ["nl"]},
        {"key": "south", "name": "Zone South", "kind": "police", "languages": ["fr"]},
    ],
    "lines": [
        {
            "at": "2020-01-10", "who": "north", "says": "A note is written.", "sources": ["X1"],
            "plays": [{"report": {"id": "r", "service": "north", "language": "nl", "text": "Een nota."}}],
        }
    ],
    "really": [{"report": "r", "to": "south", "told": "2020-02-10", "sources": ["X1"]}],
    "lost": [{"report": "r", "begins": "2020-01-10", "ends": "2020-02-10", "why": "hold", "says": "Held."}],
    "sources": {"X1": "an invented paper"},
}  # fmt: skip


def written(folder: Path, **changed: object) -> Path:
    path = folder / "small.yaml"
    path.write_text(yaml.safe_dump({**SMALL, **changed}, allow_unicode=True), encoding="utf-8")
    return path


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.stem)
def test_each_chronicle_reads_and_each_of_its_lines_has_a_source_or_is_marked_as_assumed(path: Path) -> None:
    case = chronicle.read(path)
    assert case.not_caught, "each says what would not have been caught"
    assert case.breaks and case.sources
    for line in case.lines:
        assert line.sources or line.certainty == "assumed", line
        assert line.certainty != "disputed" or line.versions, f"line {line.number} is disputed, and no version is given"
    cited = {one for line in case.lines for one in line.sources}
    cited |= {one for line in case.lines for other in line.versions for one in other.sources}
    cited |= {one for row in (*case.really, *case.lost) for one in row.sources}
    texts = " ".join(one.in_language("en") for one in (*case.not_caught, *case.fairness, *case.assumed))
    for key in case.sources:
        assert key in cited or key in texts, f"{key} is a source of nothing"


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.stem)
def test_each_chronicle_speaks_the_four_languages_throughout(path: Path) -> None:
    case = chronicle.read(path)
    said = [case.title, case.summary, *case.persons.values(), *case.breaks, *case.not_caught, *case.assumed]
    said += [*case.fairness, *(one.name for one in case.services), *(one.says for one in case.variants)]
    said += [line.says for line in case.lines] + [one.says for line in case.lines for one in line.versions]
    said += [one.says for one in case.lost] + [line.said_when for line in case.lines if line.said_when]
    for one in said:
        assert set(one.texts) == {"en", "nl", "fr", "de"}, one


@pytest.mark.parametrize(
    ("changed", "place"),
    [
        ({"lines": []}, "lines"),
        ({"lines": [{"at": "tomorrow", "who": "north", "says": "x", "sources": ["X1"]}]}, "lines, line 1"),
        ({"lines": [{"at": "2020-01-10", "who": "north", "says": "x"}]}, "assumed"),
        ({"lines": [{"at": "2020-01-10", "who": "north", "says": "x", "sources": ["X9"]}]}, "X9"),
        ({"lines": [{"at": "2020-01-10", "wo": "north", "says": "x", "sources": ["X1"]}]}, "wo"),
        ({"lost": [{"report": "r", "begins": "2020-01-10", "ends": "2020-02-10", "why": "fate", "says": "x"}]}, "hold"),
        ({"really": [{"report": "q", "to": "south", "told": "never"}]}, "really, line 1"),
        ({"ends": "2019-01-01"}, "ends"),
        ({"variants": [{"id": "v", "says": "x", "bar": 0.2}]}, "bar"),
        ({"variants": [{"id": "v", "says": "x", "handling": {"r": "ajar"}}]}, "open, consent or sealed"),
        ({"zone": "Mars/Olympus"}, "zone"),
        ({"strange": 1}, "strange"),
    ],
)
def test_what_cannot_be_read_is_told_with_its_place_and_the_remedy(tmp_path: Path, changed: dict, place: str) -> None:
    with pytest.raises(chronicle.ChronicleFaulty, match=place) as told:
        chronicle.read(written(tmp_path, **changed))
    assert "small.yaml" in str(told.value) and told.value.way_out is not None


def test_a_fault_names_the_line_of_the_file_on_which_its_place_begins(tmp_path: Path) -> None:
    path = written(tmp_path)
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("who: north", "wo: north"), encoding="utf-8")
    begins = next(n for n, line in enumerate(text.splitlines(), 1) if line.startswith("- at:"))
    with pytest.raises(chronicle.ChronicleFaulty, match=rf"small\.yaml:{begins}: lines, line 1 cannot be read"):
        chronicle.read(path)


def test_a_subject_that_does_not_stand_in_the_text_of_its_report_is_told(tmp_path: Path) -> None:
    subject = {"id": "p", "schema": "Person", "properties": {"name": ["Somebody Else"]}}
    report = {"id": "r", "service": "north", "language": "nl", "text": "Een nota.", "subjects": [subject]}
    row = {**SMALL["lines"][0], "plays": [{"report": report}]}
    with pytest.raises(chronicle.ChronicleFaulty, match="Somebody Else") as told:
        chronicle.read(written(tmp_path, lines=[row]))
    assert "mention" in str(told.value.way_out)


def test_a_kind_of_service_that_policy_does_not_know_is_told_with_those_it_does(tmp_path: Path) -> None:
    strange = [{**SMALL["services"][0], "kind": "polise"}, SMALL["services"][1]]
    with pytest.raises(chronicle.ChronicleFaulty, match="services, line 1") as told:
        chronicle.read(written(tmp_path, services=strange))
    assert "police" in str(told.value.way_out)


def test_a_file_that_is_no_yaml_is_told_with_its_line(tmp_path: Path) -> None:
    path = tmp_path / "bad.yaml"
    path.write_text("id: a\ntitle: [b\n", encoding="utf-8")
    with pytest.raises(chronicle.ChronicleFaulty, match=r"bad\.yaml:\d"):
        chronicle.read(path)


def _played(case: chronicle.Chronicle, told: bool) -> lessons.Played:
    owed = datetime(2020, 1, 10, 11, 0, 20, tzinfo=UTC)
    telling = lessons.Telling(
        kind="pass_on", report="r", to="south", holder="north", owed=owed, due=owed + timedelta(days=7),
        because=(sentence("A subject of this report is known to {service}.", service="⟦south⟧"),),
        deadline=sentence("Deadline."), told=((owed, "whole"),) if told else (), climbed=0, state="done",
    )  # fmt: skip
    counts = {"duties": 1, "deliveries": 1, "climbs": 0, "live": 0}
    return lessons.Played(case.variants[0].id, (telling,), (), (), counts)


def test_the_days_between_are_counted_from_what_would_have_travelled_to_what_did(tmp_path: Path) -> None:
    case = chronicle.read(written(tmp_path))
    (gap,) = lessons.gaps(case, _played(case, told=True))
    assert gap.days is not None and round(gap.days) == 31 and gap.other_language
    (waits,) = lessons.gaps(case, _played(case, told=False))
    assert waits.days is None and waits.owed is not None


def test_of_what_the_record_does_not_say_no_days_are_counted(tmp_path: Path) -> None:
    case = chronicle.read(written(tmp_path, really=[]))
    (gap,) = lessons.gaps(case, _played(case, told=True))
    assert gap.told is not None and not gap.known and gap.days is None
    assert "the record does not say" in sheet.sheet(case, [_played(case, told=True)])


def test_days_lost_are_added_by_cause_most_first(tmp_path: Path) -> None:
    spans = [
        {"report": "r", "begins": "2020-01-10", "ends": "2020-01-12", "why": "hold", "says": "Held."},
        {"report": "r", "begins": "2020-01-12", "ends": "2020-02-01", "why": "bounce", "says": "Back."},
        {"report": "r", "begins": "2020-02-01", "ends": "2020-02-03", "why": "hold", "says": "Held again."},
    ]
    found = lessons.lost_days(chronicle.read(written(tmp_path, lost=spans)).lost)
    assert [(why, round(days), len(those)) for why, days, those in found] == [("bounce", 20, 1), ("hold", 4, 2)]


def test_spans_of_several_reports_are_added_and_what_they_cover_in_the_calendar_is_told_beside_it(
    tmp_path: Path,
) -> None:
    spans = [
        {"report": "r", "begins": "2020-01-10", "ends": "2020-01-20", "why": "hold", "says": "Held."},
        {"report": "r", "begins": "2020-01-15", "ends": "2020-01-25", "why": "bounce", "says": "Back."},
    ]
    case = chronicle.read(written(tmp_path, lost=spans))
    assert sum(one.days for one in case.lost) == 20 and lessons.covered_days(case.lost) == 15
    assert "in the calendar they cover 15" in sheet.sheet(case, [_played(case, told=True)])


def test_who_is_neither_a_service_nor_a_letter_is_told_in_words(tmp_path: Path) -> None:
    row = {
        "at": "2020-01-09",
        "who": {"en": "a court", "nl": "een rechtbank"},
        "to": {"en": "a clerk"},
        "says": "A word.",
    }
    case = chronicle.read(written(tmp_path, lines=[{**row, "sources": ["X1"]}, *SMALL["lines"]]))
    page = sheet.sheet(case, [_played(case, told=True)])
    assert "<b>A court</b>" in page and "<b>Een rechtbank</b>" in page and "<b>a clerk</b>" in page


def test_what_a_bar_does_to_equal_errors_stands_beside_the_rules(tmp_path: Path) -> None:
    case = chronicle.read(written(tmp_path))
    errors = {0.7: lessons.Errors(4.5, (7.8, sentence("Chinese")), 3.0, (18.2, sentence("Vietnamese")))}
    page = sheet.sheet(case, [_played(case, told=True)], errors, 14)
    assert "Chinese: 7.8" in page and "Vietnamesisch: 18,2" in page and "14 groups" in page


def test_the_first_duty_says_that_it_rests_on_a_line_that_is_assumed(tmp_path: Path) -> None:
    wants = {"dossier": {"id": "d", "service": "south", "title": "A file", "subjects": []}}
    row = {"at": "2020-01-09", "who": "south", "says": "South looks for it.", "certainty": "assumed", "plays": [wants]}
    case = chronicle.read(written(tmp_path, lines=[row, *SMALL["lines"]]))
    (line,) = lessons.assumed_of(case, _played(case, told=True).tellings[0])
    assert line.says.in_language("en") == "South looks for it."
    known = chronicle.read(
        written(tmp_path, lines=[{**row, "certainty": "sourced", "sources": ["X1"]}, *SMALL["lines"]])
    )
    assert lessons.assumed_of(known, _played(known, told=True).tellings[0]) == []


@pytest.mark.parametrize(
    ("language", "said"),
    [("nl", "1 maart 2016, 09:05"), ("fr", "1er mars 2016, 09:05"), ("de", "1. März 2016, 09:05"),
     ("en", "1 March 2016, 09:05")],
)  # fmt: skip
def test_a_moment_is_written_as_each_language_writes_it(language: str, said: str) -> None:
    assert sheets.moment(datetime(2016, 3, 1, 9, 5, tzinfo=UTC), language) == said


def test_the_sheet_has_no_script_asks_for_nothing_and_escapes_what_a_chronicle_says(tmp_path: Path) -> None:
    case = chronicle.read(written(tmp_path, title="<script>alert(1)</script> & more"))
    page = sheet.sheet(case, [_played(case, told=True)])
    assert "<script" not in page and "&lt;script&gt;" in page
    assert "http://" not in page and "https://" not in page and "⟦" not in page
    for language in ("nl", "fr", "de", "en"):
        assert f'<main lang="{language}"' in page


def test_silence_is_one_row_until_something_else_happens() -> None:
    begun = datetime(2016, 3, 1, 20, tzinfo=UTC)

    def told(hours: int, event: str) -> lessons.Told:
        return lessons.Told(begun + timedelta(hours=hours), event, sentence("It climbs."), (), frozenset())

    story = [told(0, "late"), told(4, "escalated"), told(5, "delivered"), told(8, "escalated"), told(30, "escalated")]
    found = sheet.silences(story, [begun + timedelta(hours=5), begun + timedelta(hours=20)])
    assert [[one.event for one in those] for those in found] == [["late", "escalated"], ["escalated"], ["escalated"]]
