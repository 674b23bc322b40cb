"""How a report ends: grounds by act, what becomes of each live duty about it, and which receipts a correction takes."""

from __future__ import annotations

from pathlib import Path

import pytest

from passerelle.policy import ending
from passerelle.policy.facts import DUTY_KINDS
from passerelle.policy.tables import WrongTable

BOTH = {"withdraw", "erase"}
GROUNDS = {
    "not_accurate": {"withdraw"}, "another_person": BOTH, "not_needed": BOTH, "unlawful": BOTH, "legal_duty": {"erase"},
    "request": {"erase"}, "retention": {"erase"},
}  # fmt: skip


@pytest.mark.parametrize("act", sorted(BOTH))
@pytest.mark.parametrize("key", [*GROUNDS, "a whim"])
def test_a_report_ends_on_a_ground_of_the_closed_list_for_this_act(key: str, act: str) -> None:
    if act in GROUNDS.get(key, ()):
        found = ending.lawful(key, act)
        assert found.key == key and found.acts == GROUNDS[key] and found.standing == "binding"
        assert "2016/680" in found.source and str(found.says).endswith(".")
        return
    with pytest.raises(ending.EndingGroundUnknown) as refused:
        ending.lawful(key, act)
    offered = str(refused.value.way_out).split(": ")[1].rstrip(".").split(", ")
    assert key in str(refused.value) and offered == [one for one, acts in GROUNDS.items() if act in acts]


@pytest.mark.parametrize(
    ("kind", "reviews", "act", "fate"),
    [
        ("pass_on", "", "withdraw", "refuses"), ("pass_on", "", "erase", "refuses"),
        ("review", "withholding", "withdraw", "refuses"), ("review", "withholding", "erase", "refuses"),
        ("review", "glass", "erase", "refuses"), ("review", "glass", "withdraw", "stays"),
        ("review", "periodic", "erase", "ends"), ("review", "sealing", "withdraw", "ends"),
        ("judge", "", "erase", "ends"),
        ("acknowledge", "", "withdraw", "ends"), ("correct", "", "erase", "stays"), ("answer", "", "withdraw", "stays"),
        ("request", "", "erase", "stays"),
    ],
)  # fmt: skip
def test_what_becomes_of_a_live_duty_when_its_report_goes(kind: str, reviews: str, act: str, fate: str) -> None:
    found = ending.fate_of(kind, reviews, act)
    assert found.fate == fate and str(found.says).endswith(".")


def test_there_is_a_fate_for_every_kind_of_duty_and_none_for_what_is_no_duty() -> None:
    for kind in DUTY_KINDS:
        for act in BOTH:
            for reviews in ending.REVIEWS if kind == "review" else ("",):
                assert ending.fate_of(kind, reviews, act).fate in ending.FATES
    with pytest.raises(AssertionError, match="no row for dance"):
        ending.fate_of("dance", "", "erase")


RECEIPTS = {
    "corrected": ("corrected", "removed", "not_found", "refused"), "withdrawn": ("removed", "not_found", "refused"),
    "restricted": ("restricted", "removed", "not_found", "refused"), "lifted": ("corrected", "removed", "not_found"),
}  # fmt: skip


@pytest.mark.parametrize("kind", RECEIPTS)
def test_a_correction_takes_the_receipts_that_say_what_was_done(kind: str) -> None:
    assert ending.receipts_for(kind) == RECEIPTS[kind]
    for receipt in RECEIPTS[kind]:
        ending.check_receipt(receipt, kind, "Article 12 orders it")
    for receipt in {"corrected", "restricted", "refused", "thrown away"} - set(RECEIPTS[kind]):
        with pytest.raises(ending.ReceiptUnknown) as refused:
            ending.check_receipt(receipt, kind, "Article 12 orders it")
        assert receipt in str(refused.value) and ", ".join(RECEIPTS[kind]) in str(refused.value.way_out)


def test_a_refusal_names_the_law_and_any_other_receipt_needs_no_words() -> None:
    ending.check_receipt("removed", "erased", "")
    ending.check_receipt("refused", "erased", "Article 12 GDPR")
    for few in ("", "the law"):
        with pytest.raises(ending.ReceiptUnknown) as refused:
            ending.check_receipt("refused", "erased", few)
        assert "law" in str(refused.value)


ROW = "source: Article 1, standing: borrowed, says: So it is."


@pytest.mark.parametrize("wrong", ["acts: [burn]", "acts: erase", "actions: [erase]", "acts: [withdraw, burn]"])
def test_a_ground_for_an_act_that_nobody_knows_is_refused(tmp_path: Path, wrong: str) -> None:
    path = tmp_path / "ending.yaml"
    path.write_text(f"grounds:\n  - {{id: one, {wrong}, {ROW}}}\n", encoding="utf-8")
    with pytest.raises(WrongTable):
        ending.grounds(path)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("fate: ends", "fate: lingers"), ("duties: [judge]", "duties: [dance]"), ("acts: [erase]", "acts: [burn]"),
        ("reviews: [glass]", "reviews: [mirror]"), ("reviews: [glass]", "reviews: glass"), ("fate: ends", "fate: 3"),
        ("duties: [judge]", "duties: judge"), ("says", "tells"), ("reviews: [glass]", "reviews: {glass: 1}"),
    ],
)  # fmt: skip
def test_a_table_of_fates_with_a_word_that_nobody_knows_is_refused(tmp_path: Path, before: str, after: str) -> None:
    good = f"duties:\n  - {{id: one, duties: [judge], reviews: [glass], acts: [erase], fate: ends, {ROW}}}\n"
    path = tmp_path / "good.yaml"
    path.write_text(good, encoding="utf-8")
    (row,) = ending.fates(path)
    assert (row.duties, row.reviews, row.acts, row.fate) == ({"judge"}, {"glass"}, {"erase"}, "ends")
    assert before in good
    (tmp_path / "wrong.yaml").write_text(good.replace(before, after, 1), encoding="utf-8")
    with pytest.raises(WrongTable):
        ending.fates(tmp_path / "wrong.yaml")


@pytest.mark.parametrize("reviews", ["withholding", "glass", "sealing", "periodic", "watch"])
def test_a_fate_may_be_written_for_each_thing_that_is_reviewed(tmp_path: Path, reviews: str) -> None:
    path = tmp_path / f"{reviews}.yaml"
    said = f"id: one, duties: [review], reviews: [{reviews}], acts: [erase], fate: stays, {ROW}"
    path.write_text(f"duties:\n  - {{{said}}}\n", encoding="utf-8")
    assert ending.fates(path)[0].reviews == {reviews}
