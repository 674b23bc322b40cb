"""The page of a dossier: what hangs together, where, what is owed, who else is concerned; and what it never says."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from passerelle.flow import work
from passerelle.flow.receive import RelationDraft, SubjectDraft
from passerelle.records.models import Dossier, Reading
from passerelle.testing import makers
from passerelle.web import link_chart
from tests.doors.opening import opened

pytestmark = pytest.mark.django_db

FERDINAND = makers.person("p", "Ferdinand Oosterlynck", birthDate=["1971-05-03"])
STRICT = {
    "handling_reason": "the source could be recognised",
    "handling_review_on": (makers.NOON + timedelta(days=300)).date(),
}


@pytest.fixture
def case(exchange: dict[str, Any]) -> Dossier:
    """A dossier of noord with two persons, an address, and a report that federal has an interest in."""
    noord = exchange["noord"]
    of = makers.dossier(
        noord,
        FERDINAND,
        makers.person("q", "Griet Lammens"),
        makers.address("a", "Veemarkt 3, 2800 Mechelen"),
        makers.address("b", "Hoofdstraat 1, Narnia"),
        relations=[RelationDraft("p", "lives_at", "a"), RelationDraft("p", "spouse_of", "q")],
        title="Zaak Veemarkt",
    )
    makers.dossier(exchange["federal"], makers.person("x", "Anouk Terlinden", birthDate=["1990-01-01"]))
    makers.report(
        noord, "Anouk Terlinden was er, met Griet Lammens.",
        makers.person("x", "Anouk Terlinden", birthDate=["1990-01-01"]), makers.person("g", "Griet Lammens"),
        relations=[RelationDraft("x", "in_contact_with", "g")], dossier=of, now=makers.NOON + timedelta(hours=1),
    )  # fmt: skip
    return of


def page(of: Dossier, seat: Any, language: str = "en") -> str:
    client = Client()
    client.force_login(seat)
    client.post("/language", {"language": language, "next": "/"})
    answer = opened(client, f"/dossier/{of.ref}")
    assert answer.status_code == 200
    return str(answer.content.decode())


def test_the_chart_and_its_list_say_the_same_ties(exchange: dict[str, Any], case: Dossier) -> None:
    shown = page(case, makers.seat(exchange["noord"], "desk"))
    chart = shown[shown.index('class="link-chart"') : shown.index("</svg>")]
    listed = shown[shown.index("The same as a list") :]
    listed = listed[: listed.index("</details>")]
    for word in ("lives at", "partner of", "in contact with"):
        assert word in chart and word in listed
    assert listed.count("<li>") == chart.count('class="tie')
    assert "×2" in chart, "Griet stands in the dossier and in its report: one box, with how many"


def test_the_map_places_towns_and_names_what_it_cannot_place(exchange: dict[str, Any], case: Dossier) -> None:
    shown = page(case, makers.seat(exchange["noord"], "desk"))
    where = shown[shown.index('id="map"') :]
    assert "<strong>Mechelen</strong>" in where and "Not on the map: Hoofdstraat 1, Narnia" in " ".join(where.split())
    assert re.search(r'<path class="marked" d="M\d', where)


def test_nothing_on_the_page_needs_a_style_or_a_script_of_its_own(exchange: dict[str, Any], case: Dossier) -> None:
    shown = page(case, makers.seat(exchange["noord"], "desk"))
    assert " style=" not in shown and "<style" not in shown and " onclick" not in shown
    assert not re.search(r"<script(?! src=)", shown)


def test_every_report_whose_subjects_are_shown_is_a_reading_of_its_own(
    exchange: dict[str, Any], case: Dossier
) -> None:
    desk = makers.seat(exchange["noord"], "desk")
    page(case, desk)
    read = set(Reading.objects.filter(officer=desk).values_list("thing", flat=True))
    assert {case.ref, case.reports.get().ref} <= read


def test_who_else_is_concerned_is_named_unless_the_interest_is_discreet(
    exchange: dict[str, Any], case: Dossier
) -> None:
    makers.dossier(
        exchange["midi"], makers.person("x", "Anouk Terlinden", birthDate=["1990-01-01"]), discreet=True,
        now=makers.NOON + timedelta(hours=2),
    )  # fmt: skip
    work.work_until_done(now=makers.NOON + timedelta(hours=3))
    shown = page(case, makers.seat(exchange["noord"], "desk"))
    others = shown[shown.index('id="others"') :]
    assert "<strong>Federal</strong>" in others and "was told: the whole report" in others
    assert "Midi" not in shown
    assert "To a service with a lawful interest" in shown, "its own report did travel, and the page says so"


def test_a_sealed_report_of_the_dossier_is_not_there_for_an_officer(exchange: dict[str, Any], case: Dossier) -> None:
    noord = exchange["noord"]
    makers.report(
        noord, "Geheim: Ward Vermeulen.", makers.person("w", "Ward Vermeulen"), handling="sealed", dossier=case,
        author=makers.seat(noord, "desk"), now=makers.NOON + timedelta(hours=2), **STRICT,
    )  # fmt: skip
    assert "Ward Vermeulen" in page(case, makers.seat(noord, "desk"))
    assert "Ward Vermeulen" not in page(case, makers.seat(noord, "officer"))


def test_what_is_owed_stands_first_with_holder_and_clock(exchange: dict[str, Any], case: Dossier) -> None:
    noord = exchange["noord"]
    makers.dossier(exchange["midi"], makers.person("v", "Ward Vermeulen", birthDate=["1960-02-02"]))
    makers.report(
        noord, "Ward Vermeulen ook.", makers.person("v", "Ward Vermeulen", birthDate=["1960-02-02"]),
        handling="consent", dossier=case, now=makers.NOON + timedelta(hours=2), **STRICT,
    )  # fmt: skip
    shown = page(case, makers.seat(noord, "desk"))
    owed = shown[shown.index('id="tasks"') : shown.index('id="subjects"')]
    assert "pass on" in owed.lower() and 'class="clock' in owed and "Held by" in owed
    assert "waits for your decision" in shown[shown.index('id="others"') :]


def test_a_chart_of_too_many_leaves_out_those_with_the_fewest_ties_and_says_how_many(exchange: dict[str, Any]) -> None:
    many = [SubjectDraft(f"s{n}", "Person", {"name": [f"Persoon {n} {chr(97 + n % 26)}"]}) for n in range(70)]
    of = makers.dossier(
        exchange["noord"], *many, relations=[RelationDraft("s0", "in_contact_with", f"s{n}") for n in range(1, 70)]
    )
    shown = page(of, makers.seat(exchange["noord"], "desk"))
    assert shown.count("<rect") == link_chart.NODES_MAX
    assert "10 subjects with fewer ties are not drawn." in shown


def test_two_who_have_no_name_stay_two_boxes_of_a_chart_and_two_of_one_name_are_one(exchange: dict[str, Any]) -> None:
    sons = [SubjectDraft(one, "Person", {}, caption="zoon van de bakker") for one in ("s", "t")]
    fathers = [makers.person(one, "Ward Vermeulen") for one in ("f", "g")]
    of = makers.dossier(
        exchange["noord"], *sons, *fathers,
        relations=[RelationDraft("s", "child_of", "f"), RelationDraft("t", "child_of", "g")],
    )
    shown = page(of, makers.seat(exchange["noord"], "desk"))
    assert shown.count("<rect") == 3 and shown.count(">×2</text>") == 1, "nobody said that the two sons are one"


@pytest.mark.parametrize(
    ("caption", "lines"),
    [
        ("Youri", ("Youri",)),
        ("inconnu, fils de Mariette Dauwens", ("inconnu, fils de", "Mariette Dauwens")),
        ("rue des Sept-Étoiles 41, 1000 Bruxelles, Belgique, troisième étage",
         ("rue des Sept-Étoiles", "41, 1000 Bruxelles,…")),
        ("x" * 60, ("x" * 22 + "…",)),
    ],
)  # fmt: skip
def test_a_caption_stands_on_two_lines_at_most(caption: str, lines: tuple[str, ...]) -> None:
    assert link_chart.wrapped(caption) == lines
