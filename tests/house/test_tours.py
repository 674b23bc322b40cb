"""The tours in docs/tours name pages that exist, as these pages are called in each language."""

from __future__ import annotations

import re

import pytest

from passerelle.web.urls import urlpatterns
from passerelle.words import LANGUAGES, Sentence
from tests.house.source import ROOT
from tools.walks import TOURS

FOLDER = ROOT / "docs" / "tours"
ROW = re.compile(r"^\| \d+ \| `(/[^`]*)` \| (.*) \|$", re.MULTILINE)
ADDRESSES = [re.sub(r"<slug:\w+>", r"(…|[-\\w]+)", f"/{route.pattern}") for route in urlpatterns]
BYTES_MAX = 1_500_000


def wrong_rows(text: str) -> list[str]:
    """The rows of a tour that name a page that is not there, or call it otherwise than it is called."""
    found = []
    for place, titles in ROW.findall(text):
        said = dict(zip(LANGUAGES, titles.split(" | "), strict=True))
        if not any(re.fullmatch(address, place) for address in ADDRESSES):
            found.append(f"{place}: no such page")
        found += [
            f"{place} in {language}: {said[language]}" for language in LANGUAGES
            if Sentence(said["en"]).in_language(language) != said[language]
        ]  # fmt: skip
    return found


@pytest.mark.parametrize("tour", [tour.name for tour in TOURS])
def test_a_tour_names_pages_as_they_are_called(tour: str) -> None:
    path = FOLDER / f"{tour}.md"
    assert path.is_file(), "Instead: python -m tools.tours build/tours --write"
    text = path.read_text(encoding="utf-8")
    assert len(ROW.findall(text)) >= 3
    assert not wrong_rows(text), "Instead: python -m tools.tours build/tours --write"
    for picture in re.findall(r"!\[.*?\]\((.*?)\)", text):
        assert (FOLDER / picture).is_file()


def test_a_page_that_is_gone_or_called_otherwise_is_found() -> None:
    row = "| 1 | `/late` | Wat te laat is | Ce qui est en retard | Was verspätet ist | What is late |"
    assert not wrong_rows(row)
    assert wrong_rows(row.replace("/late", "/laat")) == ["/laat: no such page"]
    assert wrong_rows(row.replace("Wat te laat is", "Vroeg")) == ["/late in nl: Vroeg"]


def test_the_pictures_of_the_tours_stay_small() -> None:
    assert sum(path.stat().st_size for path in (FOLDER / "pictures").glob("*.png")) < BYTES_MAX
