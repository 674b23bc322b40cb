"""How much may be watched and how long an exception lasts: the tables as they stand, their edges, and wrong ones."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from passerelle.policy import grants, quotas
from passerelle.policy.tables import WrongTable
from passerelle.words import Sentence

SHIPPED = {"live_watches_of_an_officer": 20, "subjects_of_a_watch": 25, "days_of_a_watch": 365}


@pytest.mark.parametrize(("name", "most"), SHIPPED.items())
def test_as_much_as_the_table_says_is_allowed_and_one_more_is_not(name: str, most: int) -> None:
    quotas.within(name, most)
    quotas.within(name, 0)
    with pytest.raises(quotas.QuotaExceeded) as refused:
        quotas.within(name, most + 1)
    said = str(refused.value)
    assert str(most + 1) in said and str(most) in said and str(quotas.quotas()[name].says) in said
    assert refused.value.code == "quota.exceeded" and "ask for less" in str(refused.value.way_out)


def test_each_quota_says_what_it_counts_and_by_which_source() -> None:
    found = quotas.quotas()
    assert set(SHIPPED) <= set(found)
    assert found["days_of_a_watch"].says == Sentence("days that a watch lasts")
    assert "2018/1862" in found["days_of_a_watch"].source
    assert all(quota.most > 0 and quota.source for quota in found.values())


def test_the_glass_is_broken_for_hours_and_a_grant_lasts_for_days() -> None:
    found = grants.limits()
    assert set(found) == set(grants.GRANT_KINDS)
    assert found["glass"].longest == timedelta(hours=4) and found["given"].longest == timedelta(days=30)
    assert found["glass"].says == Sentence("The glass was broken: a life is in danger.")
    assert "2023/977" in found["glass"].source and found["given"].standing == "borrowed"


ROW = '{id: one, %s, says: "so many", standing: borrowed, source: "Article 1"}'


@pytest.mark.parametrize(
    ("block", "number", "read"), [("quotas", "most: 3", quotas.quotas), ("limits", "longest: 3", grants.limits)]
)
def test_a_table_that_lacks_a_number_a_word_or_its_rows_is_refused(
    tmp_path: Path, block: str, number: str, read: object
) -> None:
    assert callable(read)
    whole = ROW % number
    good = tmp_path / "good.yaml"
    good.write_text(f"{block}:\n  - {whole}\n", encoding="utf-8")
    assert set(read(good)) == {"one"}
    figure = number.split(": ")[1]
    wrong = [
        f"{block}:\n  - {whole.replace(number, 'nothing: 3')}\n",
        f"{block}:\n  - {whole.replace(figure, 'three', 1)}\n",
        f"{block}:\n  - {whole.replace('says', 'tells')}\n", f"others:\n  - {whole}\n", f"{block}: []\n",
        f"{block}:\n  - {whole.replace('borrowed', 'invented')}\n",
    ]  # fmt: skip
    for place, text in enumerate(wrong):
        path = tmp_path / f"{place}.yaml"
        path.write_text(text, encoding="utf-8")
        with pytest.raises(WrongTable):
            read(path)
