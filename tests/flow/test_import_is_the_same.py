"""A register taken in, in batches and by helpers, gives the matches that filing its rows one by one gives."""

from __future__ import annotations

import os
import random
import signal
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from django.db import transaction

from benchmarks import registers_invented
from passerelle import intake
from passerelle.flow import candidates, commonness, crew, keys, match, receive, take_in, work
from passerelle.flow.ledger_lines import journal
from passerelle.flow.receive import ReportDraft
from passerelle.records.models import Key, Match, NameWord, Register, Service, Subject
from passerelle.testing import makers
from passerelle.testing.makers import NOON

pytestmark = pytest.mark.django_db

Said = dict[frozenset[tuple[str, str, str]], tuple[str, float]]


def _registers(folder: Path) -> dict[str, Path]:
    """Two registers that overlap."""
    dice = random.Random(3)
    paths = {}
    rows = list(registers_invented.rows(110, seed=5, doubles=0.35))
    for key in ("noord", "midi"):
        mine = [row for row in rows if row["id"].endswith("-2") == (key == "midi") or dice.random() < 0.1]
        path = folder / f"{key}.csv"
        lines = [",".join(registers_invented.COLUMNS)]
        lines += [",".join(f'"{row[column]}"' for column in registers_invented.COLUMNS) for row in mine]
        path.write_text("\n".join(lines) + "\n", encoding="utf-8")
        paths[key] = path
    return paths


def _matches() -> Said:
    """The matches by what the two sides are called in their registers, so that two houses can be compared."""
    return {
        frozenset(
            (side.service.key, side.local_id, side.schema) for side in (found.left, found.right)
        ): (found.band, round(found.score, 9))
        for found in Match.objects.select_related("left__service", "right__service")
    }  # fmt: skip


def _import(service: Service, path: Path, on_rows: Callable[[take_in.Taken], None] | None = None) -> None:
    """In several transactions and several searches, though the register is small."""
    source = intake.open_source(path, format=None, mapping=None)
    take_in.take_in(
        service=service, officer=None, source=source, name=path.name, now=NOON, on_rows=on_rows,
        rows_at_once=20, subjects_at_once=70,
    )  # fmt: skip


def _one_by_one(service: Service, path: Path) -> None:
    for row in intake.open_source(path, format=None, mapping=None).read():
        draft = take_in.draft_of(row, take_in.Filing())
        report = receive.file_report(service=service, author=None, draft=draft, now=NOON)
        match.match_waiting(list(report.subjects.values_list("pk", flat=True)), now=NOON)


def _world(order: tuple[str, ...], file: Callable[[Service, Path], None], paths: dict[str, Path]) -> Said:
    """The matches of a house in which these services file their registers in this order; afterwards it is gone."""
    undo = transaction.savepoint()
    for key in order:
        file(makers.service(key), paths[key])
    found = _matches()
    transaction.savepoint_rollback(undo)
    return found


@pytest.mark.parametrize("counted", [False, True])
def test_an_import_finds_what_filing_one_by_one_finds_in_either_order(counted, tmp_path) -> None:
    paths = _registers(tmp_path)
    if counted:  # one version of the counts for all: what is known before, not who came first, decides
        common = commonness.words_of(match.matching.Subject("x", "Person", ("Jan Marie Mohamed",)))
        commonness.add({commonness.ALL: 500, **dict.fromkeys(common, 40)})
        with journal(NOON) as lines:
            assert commonness.count_again(lines, persons_min=500) is not None
    one_by_one = _world(("noord", "midi"), _one_by_one, paths)
    assert _world(("noord", "midi"), _import, paths) == one_by_one
    assert _world(("midi", "noord"), _import, paths) == one_by_one
    assert len(one_by_one) > 20 and len({score for _, score in one_by_one.values()}) > 10


def test_keys_that_helpers_make_are_those_that_filing_makes(tmp_path) -> None:
    paths = _registers(tmp_path)
    service = makers.service("noord")
    _import(service, paths["noord"])
    by_import = match.keys_of(Subject.objects.values_list("pk", flat=True))
    Subject.objects.update(to_match_at=NOON)
    match.match_waiting(list(Subject.objects.values_list("pk", flat=True)), now=NOON)
    assert match.keys_of(by_import) == by_import and Key.objects.count() == sum(map(len, by_import.values()))


def test_whoever_was_compared_in_between_is_left_as_it_is(exchange, tmp_path) -> None:
    paths = _registers(tmp_path)
    _import(exchange["noord"], paths["noord"])
    report = makers.report(exchange["midi"], "Iemand.", makers.person("p", "Ferdinand Oosterlynck"))
    mine = list(report.subjects.values_list("pk", flat=True))
    found = match.find(mine, match.Known())
    assert match.keep_waiting(found, now=NOON + timedelta(hours=1)) == [] and found.subjects == []


def test_what_was_found_by_keys_that_are_no_longer_the_index_s_is_not_kept_and_waits_on(exchange, own_keys) -> None:
    makers.dossier(exchange["midi"], makers.person("p", "Ferdinand Oosterlynck"))
    by = candidates.made_with()
    draft = ReportDraft(text="Iemand.", language="nl", subjects=[makers.person("p", "Ferdinand Oosterlynck")])
    report = receive.file_report(service=exchange["noord"], author=None, draft=draft, now=NOON)
    mine = list(report.subjects.values_list("pk", flat=True))
    found = match.find(mine, match.Known())
    keys.rotate_index(now=NOON)
    assert match.keep_waiting(found, now=NOON, found_by=by) == []
    assert report.subjects.get().to_match_at is not None, "by whom nobody is compared any more, nobody is found"
    work.work_until_done(now=NOON)
    assert Match.objects.count() == 1


def test_rows_whose_keys_were_made_before_the_index_got_another_land_with_those_of_now(tmp_path, own_keys) -> None:
    source = intake.open_source(_registers(tmp_path)["noord"], format=None, mapping=None)
    batch = list(source.read())
    drafts = [take_in.draft_of(row, take_in.Filing()) for row in batch]
    register = Register.objects.create(service=makers.service("noord"), name="x", format="csv", taken_at=NOON)
    before = crew.keys_of_rows([take_in._said(draft) for draft in drafts])
    keys.rotate_index(now=NOON)
    run = take_in._Run(register, None, take_in.Filing(), take_in.Taken(register="x", format="csv", notes=[]))
    asked = frozenset(range(len(batch))), crew.Soon(lambda: before)
    take_in._take(run, crew.Crew(0), batch, drafts, asked, now=NOON)
    landed = match.keys_of(run.landed)
    assert landed and not {value for found in landed.values() for value in found} & {
        value for found in before.keys for value in found
    }
    work.work_until_done(now=NOON)
    assert match.keys_of(run.landed) == landed, "what the worker makes is the same"


def test_a_killed_import_leaves_subjects_that_wait_and_the_next_run_compares_them(tmp_path) -> None:
    paths = _registers(tmp_path)
    unbroken = _world(("noord", "midi"), _import, paths)
    _import(makers.service("noord"), paths["noord"])
    midi = makers.service("midi")

    def killed(taken: take_in.Taken) -> None:
        if taken.added:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        _import(midi, paths["midi"], on_rows=killed)
    assert Subject.objects.filter(service=midi, to_match_at__isnull=False).exists() and not _matches()
    _import(midi, paths["midi"])
    assert not Subject.objects.filter(to_match_at__isnull=False).exists()
    after_a_kill = _matches()
    assert after_a_kill == unbroken and len(unbroken) > 20


def test_a_helper_that_was_ended_is_told_with_the_way_out(tmp_path) -> None:
    with crew.Crew(1) as one:
        rows = [([("Person", {"name": ["Jan Maes"]})], [])]
        assert len(one.keys(rows).get().keys) == 1 and one._pool is not None
        for process in one._pool.ids():
            os.kill(process, signal.SIGKILL)
        asked = one.keys(rows * 4_000)
        with pytest.raises(crew.HelperLost, match="ended from outside"):
            asked.get()


def test_what_few_share_counted_for_all_at_once_is_what_is_counted_one_by_one(exchange) -> None:
    doors = {"Kerkstraat 12, 9000 Gent": 3, "Groenlaan 7, 2000 Antwerpen": 12, "Rue du Puits 5, 4000 Liège": 1}
    for door, many in doors.items():
        for number in range(many):
            person = makers.person("p", f"Jan Maes {number}", address=[door])
            makers.report(exchange["noord" if number % 2 else "midi"], "Iemand.", person)
    keys = match.keys_of(Subject.objects.values_list("pk", flat=True))
    few = candidates.seldom(keys.values())
    said = {door: candidates.SharedValues(few)[door] for door in doors}
    assert said == {door: candidates.SharedValues()[door] for door in doors}
    assert list(said.values()) == [0, 10, 0] and set(few.values()) == {1, 3}


def test_names_are_counted_in_bands_and_only_those_of_open_reports(exchange) -> None:
    def file(name: str, **more: object) -> None:
        makers.report(exchange["noord"], "Iemand.", makers.person("p", name), **more)

    strict = {"handling_reason": "the source could be recognised", "handling_review_on": (NOON + timedelta(30)).date()}
    file("Ferdinand Oosterlynck")
    before = dict(NameWord.objects.values_list("value", "bearers"))
    file("Zéphyrin Vandenabeele", handling="sealed", author=makers.seat(exchange["noord"], "desk"), **strict)
    file("Zéphyrin Vandenabeele", handling="consent", **strict)
    makers.dossier(exchange["midi"], makers.person("p", "Zéphyrin Vandenabeele"), discreet=True)
    assert dict(NameWord.objects.values_list("value", "bearers")) == before and len(before) == 3


def test_a_new_version_of_a_report_moves_its_names_in_the_counts(exchange) -> None:
    report = makers.report(exchange["noord"], "Iemand.", makers.person("p", "Ferdinand Oosterlynck"))
    draft = receive.ReportDraft(text="Iemand.", language="nl", subjects=[makers.person("p", "Fernand Oosterlynck")])
    receive.revise_report(
        ref=report.ref, officer=makers.seat(exchange["noord"], "officer"), draft=draft, now=NOON + timedelta(hours=1)
    )
    assert sorted(NameWord.objects.values_list("bearers", flat=True)) == [0, 1, 1, 1]


def test_a_version_of_the_counts_says_no_more_than_bands(exchange) -> None:
    words = {"Jan": 9, "Piet": 8, "Joris": 7}
    for name, many in words.items():
        commonness.add(commonness.counted_of(
            match.matching.Subject(str(n), "Person", (f"{name} Abc{n}",)) for n in range(many)
        ))  # fmt: skip
    with journal(NOON) as lines:
        made = commonness.count_again(lines, persons_min=10)
    assert made is not None and (made.version, made.subjects, made.persons) == (1, 20, 24)
    _, known = commonness.known({})
    assert (known.counts.get("jan"), known.counts.get("piet"), known.counts.get("joris", 0)) == (8, 8, 0)
    with journal(NOON) as lines:
        assert commonness.count_again(lines, persons_min=10) is None, "not a fifth more than the last"


def test_a_common_name_alone_says_little_and_a_rare_one_more_and_the_match_says_by_which_count(exchange) -> None:
    common = commonness.words_of(match.matching.Subject("x", "Person", ("Mohamed Ali",)))
    commonness.add({commonness.ALL: 5000, **dict.fromkeys(common, 400)})
    with journal(NOON) as lines:
        commonness.count_again(lines)
    for name in ("Mohamed Ali", "Zéphyrin Vandenabeele"):
        makers.report(exchange["noord"], "Iemand.", makers.person("p", name))
        makers.report(exchange["midi"], "Quelqu'un.", makers.person("p", name))
    found = {match.left.caption: match for match in Match.objects.select_related("left")}
    assert set(found) == {"Zéphyrin Vandenabeele"}, "two people called Mohamed Ali are no news here"
    rare = found["Zéphyrin Vandenabeele"]
    assert (rare.band, rare.counted) == ("strong", 1)
    assert "rare here" in str(match.matching.score.Sentence.from_json(rare.because[0]))


def test_how_common_a_name_is_does_not_ask_a_judged_pair_again() -> None:
    said = ["“{left}” and “{right}”:", {"left": "Jan Maes", "right": "Jan Maes"}]
    rare = ["{before} The name is rare here.", {"before": said}]
    common = ["{before} About {count} of the {subjects} subjects …", {"before": said, "count": 3, "subjects": 5000}]
    assert match.digest_of([said]) == match.digest_of([rare]) == match.digest_of([common])
    assert match.digest_of([said]) != match.digest_of([["“{left}” and “{right}”:", {"left": "Jan", "right": "Jan"}]])
