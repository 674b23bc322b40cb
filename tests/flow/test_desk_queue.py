"""The desk's queue: by weight and time left, no pair to two clerks, groups together, and honest readings."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from passerelle.flow import consult, desk, judge
from passerelle.flow.desk import Wanted
from passerelle.flow.facts import NotThere
from passerelle.policy.desk import RESERVED
from passerelle.records.models import Duty, Match, Officer, Reading, Reservation
from passerelle.testing import makers
from passerelle.testing.makers import NOON

pytestmark = pytest.mark.django_db

ALL = Wanted()
PAIRS = (("Joesef Hadjeri", "Youssef Hadjeri"), ("Sjoekri Benhasjem", "Choukri Benhachem"))


def at(minutes: float) -> Any:
    return NOON + timedelta(minutes=minutes)


@pytest.fixture
def clerks(exchange: dict[str, Any]) -> tuple[Officer, Officer]:
    """Two clerks of one desk, with three pairs to judge: two of the first man, one of the second."""
    wanted = [makers.person(f"w{n}", theirs) for n, (theirs, _) in enumerate(PAIRS)]
    makers.dossier(exchange["midi"], *wanted, title="Vols")
    for minutes, (_, ours) in ((0, PAIRS[0]), (5, PAIRS[1]), (9, PAIRS[0])):
        makers.report(exchange["noord"], f"{ours} was er.", makers.person("p", ours), now=at(minutes))
    return makers.seat(exchange["midi"], "desk"), makers.officer(exchange["midi"], "desk")


def shown(officer: Officer, minutes: float, **more: Any) -> str:
    duty = desk.take_up(officer=officer, wanted=more.pop("wanted", ALL), now=at(minutes), **more)
    return duty.match.ref if duty is not None and duty.match is not None else ""


def refs() -> list[str]:
    """The three pairs, as they came."""
    return list(Match.objects.filter(duties__kind="judge").order_by("id").values_list("ref", flat=True))


def test_two_clerks_at_once_get_two_pairs_unless_one_asks_for_the_same(clerks: tuple[Officer, Officer]) -> None:
    one, other = clerks
    first, second, _ = refs()
    assert (shown(one, 10), shown(other, 10)) == (first, second)
    assert shown(one, 11) == first, "who asks again has it still"
    assert shown(other, 12, ref=first) == first, "named, it is shown"
    assert Reservation.objects.get(duty__match__ref=first).officer == one, "and stays the other's"


def test_what_a_clerk_left_before_them_comes_back_to_the_queue_by_itself(clerks: tuple[Officer, Officer]) -> None:
    one, other = clerks
    first = refs()[0]
    assert shown(one, 10) == first
    assert shown(other, 10) != first
    desk.put_back(officer=other, now=at(11))
    assert shown(other, 11 + RESERVED.total_seconds() / 60) == first
    desk.put_back(officer=other, now=at(40))
    assert shown(one, 40) == first


def test_what_hangs_together_is_judged_one_after_the_other_unless_something_presses(
    exchange: dict[str, Any], clerks: tuple[Officer, Officer]
) -> None:
    one, _ = clerks
    first, of_another, of_the_same = refs()
    assert shown(one, 10, after=first) == of_the_same
    its_end = 12 * 60 + 5
    assert shown(one, its_end - 30, after=first) == of_another, "it runs out within the hour"
    Duty.objects.filter(match__ref=of_the_same).update(urgency="danger")
    assert shown(one, 10) == of_the_same, "danger to life stands before everything else"
    Duty.objects.update(urgency="normal")


def test_a_pair_taken_is_ones_own_until_it_is_given_back(clerks: tuple[Officer, Officer]) -> None:
    one, other = clerks
    first = refs()[0]
    duty = desk.take(ref=first, officer=one, now=at(10))
    assert duty.officer == one and duty.due_at == Duty.objects.get(pk=duty.pk).due_at
    assert first not in {row.match.ref for row in desk.queue(other, ALL, at(11))}
    with pytest.raises(NotThere):
        desk.take(ref=first, officer=other, now=at(11))
    mine, nobodys = (Wanted(whose=whose) for whose in ("mine", "unassigned"))
    assert [row.match.ref for row in desk.queue(one, mine, at(11))] == [first]
    assert first not in {row.match.ref for row in desk.queue(one, nobodys, at(11))}
    assert desk.take(ref=first, officer=one, now=at(12)).officer is None


def test_the_queue_is_narrowed_by_time_and_urgency(clerks: tuple[Officer, Officer]) -> None:
    one, _ = clerks
    assert desk.queue(one, Wanted(when="late"), at(10)).count() == 0
    assert desk.queue(one, Wanted(when="late"), at(60 * 12 + 1)).count() == 1
    assert desk.queue(one, Wanted(when="today", today=at(60 * 12 + 7)), at(10)).count() == 2
    assert desk.queue(one, Wanted(urgency="danger"), at(10)).count() == 0


def test_what_is_loaded_beforehand_is_written_down_as_that_and_again_when_it_is_shown(
    clerks: tuple[Officer, Officer],
) -> None:
    one, other = clerks
    first, second, _ = refs()
    shown(one, 10)
    loaded = shown(one, 10, after=first, beforehand=True)
    view = consult.read_match(ref=loaded, officer=one, beforehand=True, now=at(10))
    assert [row.purpose for row in Reading.objects.filter(thing=loaded)] == ["beforehand"]
    assert shown(other, 10) == second, "neither what is shown nor what is loaded goes to another"
    judge.judge_match(ref=first, officer=one, verdict="different", now=at(11))
    assert desk.show_loaded(ref=loaded, officer=one, evidence=view.match.evidence, now=at(11))
    assert {row.purpose for row in Reading.objects.filter(thing=loaded)} == {"beforehand", "my_duty"}


def test_a_loaded_pair_that_changed_or_was_judged_meanwhile_is_not_shown(clerks: tuple[Officer, Officer]) -> None:
    one, other = clerks
    first = refs()[0]
    loaded = shown(one, 10, after=first, beforehand=True)
    assert not desk.show_loaded(ref=loaded, officer=one, evidence="another", now=at(10))
    judge.judge_match(ref=loaded, officer=other, verdict="same", now=at(11))
    evidence = Match.objects.get(ref=loaded).evidence
    assert not desk.show_loaded(ref=loaded, officer=one, evidence=evidence, now=at(11))
    assert not Reading.objects.filter(thing=loaded, officer=one).exists(), "nothing was shown, nothing was read"


def test_only_what_ones_desk_is_to_judge_is_loaded_beforehand(
    exchange: dict[str, Any], clerks: tuple[Officer, Officer]
) -> None:
    first = refs()[0]
    judge.judge_match(ref=first, officer=clerks[0], verdict="different", now=at(10))
    with pytest.raises(NotThere):
        consult.read_match(ref=first, officer=clerks[0], beforehand=True, now=at(11))
    assert not Reading.objects.filter(purpose="beforehand").exists()


def test_of_two_who_judge_one_pair_the_second_is_told_and_changes_nothing(clerks: tuple[Officer, Officer]) -> None:
    one, other = clerks
    first = refs()[0]
    duty = Duty.objects.get(match__ref=first, kind="judge")
    judge.judge_match(ref=first, officer=one, verdict="different", duty_ref=duty.ref, now=at(10))
    with pytest.raises(judge.JudgedMeanwhile, match="judged this pair meanwhile: different"):
        judge.judge_match(ref=first, officer=other, verdict="same", duty_ref=duty.ref, now=at(11))
    assert Match.objects.get(ref=first).verdict == "different"
    again = judge.judge_match(ref=first, officer=one, verdict="different", duty_ref=duty.ref, now=at(12))
    assert again.judgements.count() == 1, "sent twice it counts once"


def test_who_acts_for_no_desk_has_no_queue(exchange: dict[str, Any], clerks: tuple[Officer, Officer]) -> None:
    for officer in (makers.seat(exchange["midi"], "officer"), makers.seat(exchange["oversight"], "oversight")):
        assert shown(officer, 10) == ""
    assert shown(makers.seat(exchange["stad"], "desk"), 10) == ""
