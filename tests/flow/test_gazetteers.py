"""A list of streets is put into an installation: two reports of one door in two languages meet, and part without it."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from passerelle.flow import gazetteers, work
from passerelle.names import gazetteers as streets
from passerelle.names.gazetteers import GazetteerUnreadable
from passerelle.records.models import Match
from passerelle.testing import makers
from passerelle.testing.makers import NOON

pytestmark = pytest.mark.django_db

LIST = "street_fr,street_nl,town\nrue de la Blague,Grapjasdreef,Mechelen\n"


@pytest.fixture
def folder(settings: Any, tmp_path: Path) -> Any:
    """An installation's folder of its own; afterwards this process knows no list."""
    settings.FOLDER = tmp_path
    gazetteers.take_up()
    yield tmp_path
    settings.FOLDER = tmp_path / "nothing"
    gazetteers.take_up()
    assert streets.at_hand() is None


@pytest.fixture
def two_doors(exchange: dict[str, Any]) -> None:
    makers.report(exchange["noord"], "Een.", makers.address("a", "Grapjasdreef 17, 2800 Mechelen"), territory="noord")
    makers.report(exchange["midi"], "Un.", makers.address("b", "17 rue de la Blague, 2800 Malines"), territory="midi")


def found() -> list[str]:
    return [match.band for match in Match.objects.all() if match.band != "none"]


def turns(at: Any) -> None:
    while work.turn(now=at).more:
        pass


def test_a_list_of_streets_joins_what_was_filed_before_and_parts_it_when_it_goes(folder: Path, two_doors: None) -> None:
    assert found() == []
    file = folder / "list.csv"
    file.write_text(LIST, encoding="utf-8")
    done = gazetteers.add(file, name="mechelen", now=NOON + timedelta(minutes=1))
    assert (done.pairs, done.waiting) == (1, 2)
    turns(NOON + timedelta(minutes=2))
    assert len(found()) == 1
    assert "two names of one street in the list of streets" in str(
        [reason for match in Match.objects.all() for reason in match.because]
    )
    assert [one.name for one in gazetteers.every()] == ["mechelen"]
    gazetteers.remove("mechelen", now=NOON + timedelta(minutes=3))
    turns(NOON + timedelta(minutes=4))
    assert found() == [] and gazetteers.every() == []


def test_a_list_that_cannot_be_read_is_refused_with_its_row_and_changes_nothing(folder: Path) -> None:
    file = folder / "list.csv"
    file.write_text(LIST + "rue du Pont,Brugstraat,Gent,too much\n", encoding="utf-8")
    with pytest.raises(GazetteerUnreadable, match="Row 3") as refused:
        gazetteers.add(file, name="gent", now=NOON)
    assert "list.csv" in str(refused.value) and "double quotes" in str(refused.value)
    assert gazetteers.every() == []


def test_a_name_that_leads_out_of_the_folder_is_no_name(folder: Path) -> None:
    for name in ("../keys", "", "a b", "Ü"):
        with pytest.raises(gazetteers.GazetteerNamedWrong):
            gazetteers.remove(name, now=NOON)
    with pytest.raises(gazetteers.GazetteerMissing, match="gent"):
        gazetteers.remove("gent", now=NOON)
