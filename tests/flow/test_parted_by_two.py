"""Two subjects on whom a telling rests are parted by two persons; the first never holds the question for the second."""

from __future__ import annotations

from datetime import timedelta

import pytest

from passerelle.flow import judge, work
from passerelle.records.models import Duty, Match
from passerelle.testing import makers
from passerelle.testing.makers import NOON

pytestmark = pytest.mark.django_db

NAMESAKE = makers.person("p", "Lambert Vercruysse")


def _judged(exchange, role: str, verdict: str, hours: int) -> Match:
    match, officer = Match.objects.get(), makers.seat(exchange["noord"], role)
    return judge.judge_match(ref=match.ref, officer=officer, verdict=verdict, now=NOON + timedelta(hours=hours))


def _told(exchange) -> None:
    makers.dossier(exchange["midi"], NAMESAKE)
    makers.report(
        exchange["noord"], "Gezien in de stad.", NAMESAKE, handling="consent",
        handling_reason="the source could be recognised", handling_review_on=(NOON + timedelta(days=30)).date(),
    )  # fmt: skip


def _asked() -> Duty:
    return Duty.objects.get(kind="judge", ended_at__isnull=True)


def test_taking_back_the_second_word_asks_for_one_again_and_not_the_first_speaker(exchange) -> None:
    _told(exchange)
    supervisor, desk = (makers.seat(exchange["noord"], role) for role in ("supervisor", "desk"))
    _judged(exchange, "supervisor", "different", 1)
    assert not Duty.objects.filter(kind="judge", ended_at__isnull=True).exists(), "nothing rested on it yet"
    _judged(exchange, "desk", "same", 2)
    judge.take_back(ref=Match.objects.get().ref, officer=desk, now=NOON + timedelta(hours=3))
    assert Match.objects.get().verdict == "different"
    assert Duty.objects.get(kind="pass_on").live, "one person alone parts nothing that is owed"
    asked = _asked()
    assert asked.officer not in (None, supervisor)
    _judged(exchange, "desk", "different", 4)
    assert Duty.objects.get(kind="pass_on").state == "void"


def test_a_question_that_climbed_may_come_to_one_who_judged_earlier_evidence(exchange) -> None:
    _told(exchange)
    _judged(exchange, "supervisor", "unsure", 1)
    judge.take_back(
        ref=Match.objects.get().ref, officer=makers.seat(exchange["noord"], "supervisor"), now=NOON + timedelta(hours=2)
    )
    asked = _asked()
    for day in range(1, 20):
        work.work_until_done(now=NOON + timedelta(days=day))
        asked.refresh_from_db()
        if asked.level == 1:
            break
    assert asked.officer == makers.seat(exchange["noord"], "supervisor")
