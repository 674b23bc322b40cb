"""Who was let read a report for a time reads its new version after a correction, and hears that there is one."""

from __future__ import annotations

from datetime import timedelta

import pytest

from passerelle.flow import consult, exceptions, receive
from passerelle.flow.receive import ReportDraft
from passerelle.records.models import Grant, Notice
from passerelle.testing import makers
from passerelle.testing.makers import NOON, seat

pytestmark = pytest.mark.django_db

STRICT = {"handling_reason": "the source could be recognised", "handling_review_on": (NOON + timedelta(days=30)).date()}
THIEF = makers.person("p", "Lambert Vercruysse")


def _given(exchange, days: int = 2) -> Grant:
    desk = seat(exchange["noord"], "desk")
    filed = makers.report(exchange["noord"], "Hij stal een fiets.", THIEF, handling="sealed", author=desk, **STRICT)
    return exceptions.give(
        ref=filed.ref, officer=seat(exchange["noord"], "head"), to=seat(exchange["noord"], "officer"),
        until=NOON + timedelta(days=days), reason="he helps with this one case alone", now=NOON,
    )  # fmt: skip


def _corrected(exchange, grant: Grant, hours: int) -> None:
    draft = ReportDraft(text="Hij stal niets.", language="nl", subjects=(THIEF,), handling="sealed", **STRICT)
    receive.revise_report(
        ref=grant.report.ref, officer=seat(exchange["noord"], "desk"), draft=draft, now=NOON + timedelta(hours=hours)
    )


def _told(grant: Grant) -> bool:
    return any("corrected" in str(notice.says) for notice in Notice.objects.filter(officer=grant.officer))


def test_a_live_grant_shows_the_new_version_and_its_holder_is_told(exchange) -> None:
    grant = _given(exchange)
    _corrected(exchange, grant, hours=1)
    view = consult.read_grant(ref=grant.ref, officer=grant.officer, now=NOON + timedelta(hours=2))
    assert view.content is not None and "niets" in str(view.content) and view.grant.report_version == 2
    assert _told(grant)


def test_a_grant_that_is_over_is_left_as_it_was(exchange) -> None:
    grant = _given(exchange, days=1)
    _corrected(exchange, grant, hours=30)
    grant.refresh_from_db()
    assert grant.report_version == 1 and "niets" not in str(grant.content)
    assert not _told(grant)
