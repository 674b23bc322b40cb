"""A chronicle says where it is faulty, and what it teaches is counted from what was played."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import yaml

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
        ({"zone": "Mars/Olympus"}, "zone"),
        ({"strange": 1}, "strange"),
    ],
)
def test_what_cannot_be_read_is_told_with_its_place_and_the_remedy(tmp_path: Path, changed: dict, place: str) -> None:
    with pytest.raises(chronicle.ChronicleFaulty, match=place) as told:
        chronicle.read(written(tmp_path, **changed))
    assert "small.yaml" in str(told.value) and told.value.way_out is not None


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
