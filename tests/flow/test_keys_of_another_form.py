"""Where a newer version reads names otherwise, an installation from before makes its keys anew, once."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db.models import F

from passerelle.flow import keys, work
from passerelle.records.models import Key, Match, Subject
from passerelle.testing import makers
from passerelle.testing.makers import NOON

pytestmark = pytest.mark.django_db

LATER = NOON + timedelta(hours=1)


def test_subjects_whose_keys_an_older_version_made_meet_again_after_one_round(exchange: dict[str, Any]) -> None:
    thief = makers.person("p", "Lambert Vercruysse", birthDate=["1980-05-06"])
    makers.report(exchange["noord"], "Hij stal een fiets.", thief)
    Key.objects.update(value=F("id"))  # as another version would have made them: they meet nothing
    assert keys.follow_form(now=LATER) == Subject.objects.count() > 0
    makers.dossier(exchange["midi"], thief, now=LATER)
    work.work_until_done(now=LATER + timedelta(minutes=5))
    assert Match.objects.count() == 1
    assert keys.follow_form(now=LATER) is None and not Subject.objects.filter(to_match_at__isnull=False).exists()


def test_a_new_house_says_once_by_which_rules_its_keys_are_made() -> None:
    assert keys.follow_form(now=NOON) == 0
    assert keys.follow_form(now=LATER) is None
