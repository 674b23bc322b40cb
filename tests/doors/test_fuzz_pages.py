"""Damaged forms at every page: none is answered with a fault of ours, and a planted fault is found."""

from __future__ import annotations

import random
from typing import Any

import pytest

from tools import fuzz_pages

pytestmark = pytest.mark.django_db


def test_damaged_forms_are_answered_or_refused_and_nothing_else() -> None:
    clients, refs = fuzz_pages.world()
    routes = fuzz_pages.addresses(refs)
    assert len(routes) > 60 and len(fuzz_pages.fields()) > 50
    done, found, examples = fuzz_pages.throw(clients, refs, seed=1, executions=len(routes))
    assert not found, examples
    assert done == len(routes)


def test_a_page_that_takes_a_field_for_a_number_is_found(settings: Any) -> None:
    settings.ROOT_URLCONF = "tools.planted"
    (client, officer), dice = fuzz_pages.world()[0][0], random.Random(1)
    client.force_login(officer)
    kind = fuzz_pages.KINDS[0]
    said = {
        fuzz_pages.broken_by(client, "POST", "/planted", fuzz_pages.body(dice, ["until"], ["duty-0"], kind), kind)
        for _ in range(20)
    }
    assert said == {"", "status 500"}
