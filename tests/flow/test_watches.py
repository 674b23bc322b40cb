"""Nothing is watched before a second person approved; a watch has a purpose, a quota and an end."""

from __future__ import annotations

from datetime import timedelta

import pytest

from passerelle.flow import decide, facts, work
from passerelle.flow import watches as watching
from passerelle.flow.interests import InterestIncomplete
from passerelle.policy.quotas import QuotaExceeded, quotas
from passerelle.records.models import Delivery, Duty, Interest, Match, Notice, Proposal
from passerelle.testing import makers
from passerelle.testing.makers import NOON

pytestmark = pytest.mark.django_db
THIEF = makers.person("p", "Lambert Vercruysse", birthDate=["1980-05-06"])
DAY = timedelta(days=1)


def _ask(exchange, **more) -> Proposal:
    asked = {
        "officer": makers.seat(exchange["midi"], "officer"), "kind": "watch", "purpose": "investigation",
        "legal_basis": "Police Function Act, Art. 44/1", "until": (NOON + 90 * DAY).date(), "subjects": [THIEF],
        "now": NOON,
    }  # fmt: skip
    return watching.ask(**{**asked, **more})


def _review(exchange, proposal: Proposal, *, approve: bool, role: str = "supervisor") -> None:
    decide.review(
        ref=proposal.review.ref, officer=makers.seat(exchange["midi"], role), uphold=approve,
        reason="the facts that were given", now=NOON + timedelta(hours=1),
    )  # fmt: skip


def test_what_was_asked_for_is_not_compared_before_a_second_person_approved(exchange) -> None:
    makers.report(exchange["noord"], "Lambert Vercruysse stal een fiets.", THIEF)
    proposal = _ask(exchange)
    work.work_until_done(now=NOON)
    assert not Match.objects.exists() and not Interest.objects.exists()
    assert proposal.review.officer == makers.seat(exchange["midi"], "supervisor") and proposal.review.due_at
    _review(exchange, proposal, approve=True)
    work.work_until_done(now=NOON + timedelta(hours=1))
    proposal.refresh_from_db()
    assert proposal.interest is not None and proposal.interest.approved_by == makers.seat(
        exchange["midi"], "supervisor"
    )
    assert Delivery.objects.get().recipient == exchange["midi"]


def test_what_was_refused_is_never_compared_and_the_asker_hears_it(exchange) -> None:
    makers.report(exchange["noord"], "Lambert Vercruysse stal een fiets.", THIEF)
    proposal = _ask(exchange)
    _review(exchange, proposal, approve=False)
    work.work_until_done(now=NOON + DAY)
    proposal.refresh_from_db()
    assert proposal.outcome == "refused" and not Match.objects.exists()
    assert Notice.objects.filter(officer=makers.seat(exchange["midi"], "officer"), kind="reviewed").count() == 1


def test_nobody_approves_what_they_asked_for_themselves(exchange) -> None:
    proposal = _ask(exchange, officer=makers.seat(exchange["midi"], "supervisor"))
    assert proposal.review.officer == makers.seat(exchange["midi"], "head")
    with pytest.raises((facts.NotThere, facts.NotAllowed)):
        _review(exchange, proposal, approve=True, role="supervisor")


def test_a_rule_that_is_approved_obliges_for_what_was_filed_before(exchange) -> None:
    makers.report(exchange["noord"], "Wapens in de loods.", makers.person("p", "Iemand Anders"), themes=["firearms"])
    proposal = _ask(exchange, kind="rule", subjects=(), theme="firearms", until=(NOON + 900 * DAY).date())
    assert not Duty.objects.filter(kind="pass_on").exists()
    _review(exchange, proposal, approve=True)
    assert Duty.objects.get(kind="pass_on").recipient == exchange["midi"]


def test_a_watch_without_an_end_a_basis_somebody_or_within_the_quota_is_refused(exchange) -> None:
    for wrong in ({"legal_basis": " "}, {"until": NOON.date()}, {"subjects": ()}, {"kind": "rule"}):
        with pytest.raises(InterestIncomplete):
            _ask(exchange, **wrong)
    with pytest.raises(QuotaExceeded, match="days that a watch lasts"):
        _ask(exchange, until=(NOON + 366 * DAY).date())
    with pytest.raises(QuotaExceeded, match="subjects in one watch"):
        _ask(exchange, subjects=[THIEF] * (quotas()["subjects_of_a_watch"].most + 1))
    for _ in range(quotas()["live_watches_of_an_officer"].most):
        _ask(exchange)
    with pytest.raises(QuotaExceeded, match="live watches"):
        _ask(exchange)
    with pytest.raises(facts.NotThere):
        _ask(exchange, officer=makers.seat(exchange["oversight"], "oversight"))


def test_a_watch_ends_by_who_asked_for_it_or_leads_and_by_nobody_else(exchange) -> None:
    proposal = _ask(exchange)
    _review(exchange, proposal, approve=True)
    proposal.refresh_from_db()
    assert proposal.interest is not None
    ref = proposal.interest.ref
    with pytest.raises(facts.NotAllowed):
        watching.end(ref=ref, officer=makers.seat(exchange["midi"], "desk"), now=NOON + DAY)
    with pytest.raises(facts.NotThere):
        watching.end(ref=ref, officer=makers.seat(exchange["noord"], "head"), now=NOON + DAY)
    ended = watching.end(ref=ref, officer=makers.seat(exchange["midi"], "head"), now=NOON + DAY)
    assert ended.until == (NOON + DAY).date()
    makers.report(exchange["noord"], "Lambert Vercruysse stal.", THIEF, now=NOON + 2 * DAY)
    assert not Delivery.objects.exists()
