"""How urgent something is follows from what it says and is about; the sentence that said so is named."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from passerelle.policy import deadlines, urgency
from passerelle.policy.facts import CATEGORIES, URGENCIES
from passerelle.policy.tables import DATA_FOLDER, WrongTable

SAYS_SO = {
    "nl": "Gisteren was het rustig. Vandaag kreeg zij opnieuw doodsbedreigingen! Hij rijdt met een grijze auto.",
    "fr": "Il vit seul. Elle dit qu'il l'a menacée de mort devant l'école. La voiture est grise.",
    "de": "Er wohnt allein. Sie sagt, er will sie umbringen; die Nachbarn haben es gehört.",
    "en": "He lives alone. He threatened to kill her in front of the school. The car is grey.",
}
DENIES = (
    "Er is geen levensgevaar.", "Niemand verkeert in levensgevaar, zegt de arts: hij is buiten levensgevaar.",
    "Le pronostic vital n'est pas engagé.", "Il est hors de danger de mort.", "Es besteht keine Lebensgefahr.",
    "There is no danger to life.", "The wound is not life-threatening.", "Zij werd nooit ontvoerd.",
    "Aanslagbiljet van de belastingen.", "He paints still lives.", "",
)  # fmt: skip


@pytest.mark.parametrize("language", SAYS_SO)
def test_danger_to_life_is_found_in_each_language_and_its_sentence_is_named(language: str) -> None:
    found = urgency.of_text(SAYS_SO[language])
    assert found.level == "danger" and len(found.found) == 1
    assert found.found[0].row == f"danger-{language}"
    assert found.found[0].sentence in SAYS_SO[language] and found.found[0].sentence != SAYS_SO[language]
    assert found.found[0].words in found.found[0].sentence.casefold()
    assert [str(why) for why in found.because] == ["A sentence of its text speaks of danger to life."]


@pytest.mark.parametrize("text", [text for text in DENIES if "Niemand" not in text and "Le pronostic" not in text])
def test_what_denies_a_danger_or_speaks_of_something_else_is_none(text: str) -> None:
    assert urgency.of_text(text) == urgency.Urgency("normal", (), ())


def test_a_denial_reaches_three_words_and_not_into_the_next_sentence() -> None:
    assert urgency.dangers("Hij is niet meer thuis en verkeert nu in levensgevaar.")
    assert urgency.dangers("Dat is het niet. Levensgevaar is er wel.")
    assert not urgency.dangers("niet in direct levensgevaar")
    assert urgency.dangers("niet in een heel direct levensgevaar")


def test_every_phrase_of_the_table_is_found_by_itself_in_the_middle_of_a_sentence() -> None:
    for row in yaml.safe_load((DATA_FOLDER / "danger_words.yaml").read_text(encoding="utf-8"))["danger"]:
        for words in row["words"]:
            said = words.replace("*", "")
            assert [hit.row for hit in urgency.dangers(f"Vandaag, {said.upper()}, gezegd.")] == [row["id"]], words
            ending = urgency.dangers(f"aan {said}xyz")
            assert bool(ending) == words.endswith("*"), words


def test_each_sentence_is_named_once_in_its_order() -> None:
    assert len(urgency.dangers("Levensgevaar, danger to life, danger de mort, Lebensgefahr.")) == 1, "in four languages"
    found = urgency.dangers("Levensgevaar en doodsbedreiging! Rust. Danger to life, and a death threat?")
    assert [hit.words for hit in found] == ["levensgevaar", "danger to life"]


@pytest.mark.parametrize(
    ("more", "level", "because"),
    [
        ({}, "normal", []),
        ({"danger_to_life": True}, "danger", ["It is stated that a life is in danger."]),
        ({"themes": frozenset({"missing_persons"})}, "urgent", ["It is about: Missing persons."]),
        ({"themes": frozenset({"drugs"})}, "normal", []),
        ({"categories": frozenset({"child", "suspect"})}, "urgent", ["It concerns a child."]),
        ({"categories": frozenset({"suspect", "victim", "witness"})}, "normal", []),
        ({"categories": frozenset({"child"}), "directly_accessible": True}, "urgent_direct", ["It concerns a child."]),
        ({"directly_accessible": True}, "normal", []),
    ],
)
def test_themes_and_children_set_the_clock_and_say_so(more: dict[str, object], level: str, because: list[str]) -> None:
    found = urgency.of_text("Een fiets werd gestolen.", **more)  # type: ignore[arg-type]
    assert (found.level, [str(why) for why in found.because]) == (level, because)


@given(
    st.sampled_from([*SAYS_SO.values(), *DENIES]), st.sampled_from(list(SAYS_SO.values())), st.booleans(),
    st.sets(st.sampled_from(sorted(deadlines.themes()))), st.sets(st.sampled_from(sorted(CATEGORIES))),
)  # fmt: skip
def test_more_that_is_said_never_makes_it_less_urgent(
    text: str, more: str, stated: bool, themes: set[str], categories: set[str]
) -> None:
    def rank(said: str, **also: object) -> int:
        return URGENCIES.index(urgency.of_text(said, **also).level)  # type: ignore[arg-type]

    alone = rank(text)
    assert rank(f"{text}\n{more}") <= alone
    assert rank(text, danger_to_life=stated) <= alone
    assert rank(text, themes=frozenset(themes), categories=frozenset(categories)) <= alone


def test_a_row_without_words_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "danger_words.yaml"
    row = "{id: a, language: nl, standing: borrowed, source: a law, words: ['*']}"
    path.write_text(f"danger:\n  - {row}\n", encoding="utf-8")
    with pytest.raises(WrongTable, match="row a has words that are no text"):
        urgency.patterns(path)
