"""What may travel from whom to whom: the shipped table is complete and careful, and nothing lifts it but a decision."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from itertools import product
from pathlib import Path
from typing import Any, NamedTuple

import pytest
import yaml

from passerelle.policy import disclosure
from passerelle.policy.facts import CATEGORIES, FORMS, HANDLINGS, PURPOSES, SERVICE_KINDS, STANDINGS, ServiceFacts
from passerelle.policy.facts import UnknownWord as UnknownWordRefused
from passerelle.policy.tables import DATA_FOLDER, WrongTable

CAREFUL = {"youth_care", "school", "health", "municipality"}
VULNERABLE = {"victim", "witness", "child"}
ENFORCERS = {"police", "federal_police", "prosecutor"}


class Case(NamedTuple):
    sender: str
    recipient: str
    purpose: str
    category: str
    danger: bool


CASES = [Case(*case) for case in product(SERVICE_KINDS, SERVICE_KINDS, PURPOSES, CATEGORIES, (False, True))]


@cache
def service(kind: str) -> ServiceFacts:
    return ServiceFacts(key=kind, kind=kind, regime=disclosure.regime_of(kind))


@cache
def decided(
    case: Case, handling: str = "open", standing: str = "same", sender_decided: bool = False
) -> disclosure.Disclosure:
    return disclosure.decide(
        sender=service(case.sender),
        recipient=service(case.recipient),
        purpose=case.purpose,
        category=case.category,
        handling=handling,
        standing=standing,
        danger_to_life=case.danger,
        sender_decided=sender_decided,
    )


def tell(
    sender: str, recipient: str, category: str, purpose: str = "investigation", **more: Any
) -> disclosure.Disclosure:
    given = {"handling": "open", "standing": "same", **more}
    return disclosure.decide(
        sender=service(sender), recipient=service(recipient), purpose=purpose, category=category, **given
    )


def every() -> Iterator[tuple[Case, str, str, bool]]:
    return product(CASES, HANDLINGS, STANDINGS, (False, True))


def level(form: str) -> int:
    return FORMS.index(form)


# --- The table as a whole --------------------------------------------------------------------------------------------


def test_every_kind_purpose_and_category_has_a_row_and_it_is_the_first_that_fits() -> None:
    table = disclosure.telling_table()
    for case in CASES:
        fitting = [
            row
            for row in table
            if row.fits(service(case.sender), service(case.recipient), case.purpose, case.category, case.danger)
        ]
        assert fitting, case
        assert decided(case).row == fitting[0].id, case


def test_every_row_decides_something_so_that_none_stands_behind_one_that_covers_it() -> None:
    deciding = {decided(case).row for case in CASES}
    assert deciding == {row.id for row in disclosure.telling_table()}


def test_no_wider_row_stands_before_a_narrower_one_of_another_mind() -> None:
    """Most specific first: where an earlier row fits all that a later one fits, the later one would never be read."""
    reach = {
        row.id: {
            case
            for case in CASES
            if row.fits(service(case.sender), service(case.recipient), case.purpose, case.category, case.danger)
        }
        for row in disclosure.telling_table()
    }
    ids = list(reach)
    for at, earlier in enumerate(ids):
        for later in ids[at + 1 :]:
            assert not reach[later] <= reach[earlier], f"{later} stands behind {earlier}"


def test_a_table_without_a_row_lets_nothing_travel_and_says_so() -> None:
    told = tell("police", "federal_police", "suspect", table=())
    assert (told.form, told.row, told.owner_owes_decision) == ("nothing", "", False)
    assert str(told.because[0]) == (
        "No row of the table lets a police zone tell the federal police about a suspect for the investigation of "
        "offences."
    )


# --- How careful the shipped table is (the words of the design, not of the table) ------------------------------------


def test_from_youth_care_schools_health_and_municipalities_nothing_beyond_a_pointer_travels_by_itself() -> None:
    cases = [case for case in CASES if case.sender in CAREFUL and not case.danger]
    assert cases
    assert {decided(case).form for case in cases} == {"nothing", "pointer"}
    for case in cases:
        if case.recipient in ENFORCERS and case.purpose != "administrative_enforcement":
            assert decided(case).form == "pointer", case


def test_about_victims_witnesses_and_children_nothing_beyond_a_pointer_travels_by_itself() -> None:
    cases = [case for case in CASES if case.category in VULNERABLE and not case.danger]
    assert {decided(case).form for case in cases} == {"nothing", "pointer"}


def test_the_whole_travels_at_once_only_within_one_regime_about_suspects_and_contacts_or_in_danger_to_life() -> None:
    whole = [case for case in CASES if decided(case).form == "whole"]
    assert whole
    for case in whole:
        same_regime = service(case.sender).regime == service(case.recipient).regime
        assert case.danger or (same_regime and case.category in {"suspect", "contact", "none"}), case


@pytest.mark.parametrize("category", ["suspect", "contact", "none"])
@pytest.mark.parametrize("recipient", sorted(ENFORCERS))
def test_between_services_of_law_enforcement_a_suspect_or_a_contact_travels_whole_and_at_once(
    recipient: str, category: str
) -> None:
    told = tell("police", recipient, category, standing="strong")
    assert told.form == "whole"
    assert told.recipient_owes_acknowledgement
    assert not told.owner_owes_decision
    assert not told.needs_judgement


@pytest.mark.parametrize("kind", sorted(set(SERVICE_KINDS) - {"neutral_desk", "oversight"}))
def test_in_danger_to_life_those_who_can_act_are_told_the_whole_at_once_about_anybody(kind: str) -> None:
    for category, purpose in product(CATEGORIES, PURPOSES):
        told = tell(kind, "police", category, purpose, danger_to_life=True, standing="strong")
        assert told.form == "whole", (category, purpose)
        assert "A life is in danger" in str(told.because[0])


@pytest.mark.parametrize("kind", ["neutral_desk", "oversight"])
def test_the_neutral_desk_and_oversight_are_told_nothing_not_even_in_danger_to_life(kind: str) -> None:
    for case in CASES:
        if kind in (case.sender, case.recipient):
            told = decided(case, "open", "same", True)
            assert (told.form, told.ceiling, told.owner_owes_decision) == ("nothing", "nothing", False)


def test_no_service_outside_law_enforcement_is_told_for_the_investigation_of_offences() -> None:
    for case in CASES:
        if case.purpose in ("investigation", "prosecution") and case.recipient not in ENFORCERS and not case.danger:
            assert decided(case, "open", "same", True).form == "nothing", case


# --- Handling, standing, decision ------------------------------------------------------------------------------------


def test_what_travels_is_never_more_than_the_row_or_the_handling_allows() -> None:
    rows = {row.id: row for row in disclosure.telling_table()}
    for case, handling, standing, sender_decided in every():
        told, rule = decided(case, handling, standing, sender_decided), disclosure.handlings()[handling]
        row = rows[told.row]
        limit = (row.after_decision, rule.after_decision) if sender_decided else (row.at_once, rule.at_once)
        assert level(told.form) <= min(level(form) for form in limit), (case, handling, standing, sender_decided)
        assert level(told.form) <= level(told.ceiling)


def test_stricter_handling_never_lets_more_travel() -> None:
    for case, standing, sender_decided in product(CASES, STANDINGS, (False, True)):
        forms = [level(decided(case, handling, standing, sender_decided).form) for handling in HANDLINGS]
        assert forms == sorted(forms, reverse=True), (case, standing, sender_decided)


def test_a_decision_or_danger_to_life_never_lets_less_travel_and_doubt_never_more() -> None:
    for case, handling, standing in product(CASES, HANDLINGS, STANDINGS):
        silent, passed_on = decided(case, handling, standing), decided(case, handling, standing, True)
        assert level(silent.form) <= level(passed_on.form)
        assert level(decided(case._replace(danger=False), handling, standing).form) <= level(
            decided(case._replace(danger=True), handling, standing).form
        )
        assert level(decided(case, handling, "unsure", True).form) <= level(passed_on.form)


def test_sealed_is_never_released_by_silence_and_consent_gives_no_more_than_a_pointer() -> None:
    for case, standing in product(CASES, STANDINGS):
        assert decided(case, "sealed", standing).form == "nothing"
        assert level(decided(case, "consent", standing).form) <= level("pointer")


def test_an_unsure_match_travels_as_a_pointer_that_says_so() -> None:
    for case, handling, sender_decided in product(CASES, HANDLINGS, (False, True)):
        told = decided(case, handling, "unsure", sender_decided)
        assert told.form in ("nothing", "pointer")
        says_so = any("judged the match unsure" in str(reason) for reason in told.because)
        assert says_so == (told.form == "pointer"), (case, handling, sender_decided)


def test_whoever_gets_content_owes_an_acknowledgement_and_nobody_else_does() -> None:
    for case, handling, standing, sender_decided in every():
        told = decided(case, handling, standing, sender_decided)
        assert told.recipient_owes_acknowledgement == (told.form in ("extract", "whole"))


def test_whatever_more_may_travel_after_a_decision_is_a_decision_that_the_owner_owes() -> None:
    """Nothing is forgotten: silence never ends with less than the law allows and nobody owing anything."""
    for case, handling, standing in product(CASES, HANDLINGS, STANDINGS):
        told = decided(case, handling, standing)
        if told.form != told.ceiling:
            assert told.owner_owes_decision, (case, handling, standing)
        if told.owner_owes_decision:
            assert told.ceiling != "nothing", (case, handling, standing)


def test_open_handling_owes_a_decision_where_the_table_gives_only_a_pointer() -> None:
    told = tell("youth_care", "police", "child", "child_protection")
    assert (told.form, told.ceiling, told.owner_owes_decision) == ("pointer", "extract", True)
    assert told.regime == "professional_secrecy"
    assert "Art. 458bis" in told.legal_source
    assert told.legal_standing == "binding"


def test_consent_gives_a_pointer_and_the_owner_owes_a_decision() -> None:
    told = tell("police", "federal_police", "suspect", handling="consent")
    assert (told.form, told.owner_owes_decision, told.recipient_owes_acknowledgement) == ("pointer", True, False)
    assert "asks to be asked first" in str(told.because[1])
    passed_on = tell("police", "federal_police", "suspect", handling="consent", sender_decided=True)
    assert (passed_on.form, passed_on.owner_owes_decision) == ("whole", False)
    assert str(passed_on.because[-1]) == "The sender's desk decided to pass it on: the whole report travels."


def test_sealed_gives_nothing_until_the_desk_decides() -> None:
    told = tell("police", "federal_police", "suspect", handling="sealed")
    assert (told.form, told.owner_owes_decision, told.ceiling) == ("nothing", True, "whole")
    assert tell("police", "federal_police", "suspect", handling="sealed", sender_decided=True).form == "whole"


def test_where_a_person_must_judge_first_a_decision_alone_lifts_nothing() -> None:
    unjudged = tell("youth_care", "police", "child", "child_protection", standing="strong", sender_decided=True)
    assert (unjudged.form, unjudged.needs_judgement, unjudged.owner_owes_decision) == ("pointer", True, True)
    assert str(unjudged.because[-1]) == "The match must be judged by a person before more than a pointer may travel."
    judged = tell("youth_care", "police", "child", "child_protection", standing="same", sender_decided=True)
    assert (judged.form, judged.needs_judgement, judged.owner_owes_decision) == ("extract", False, False)
    by_rule = tell("youth_care", "police", "child", "child_protection", standing="rule", sender_decided=True)
    assert by_rule.form == "extract"


def test_a_judgement_is_asked_for_only_where_it_would_change_what_may_travel() -> None:
    for case, handling, standing, sender_decided in every():
        told = decided(case, handling, standing, sender_decided)
        if told.needs_judgement:
            assert standing == "strong"
            assert level(decided(case, handling, "same", True).form) > level(decided(case, handling, "same").form)


def test_every_disclosure_gives_its_reasons_and_names_its_law() -> None:
    for case, handling, standing, sender_decided in every():
        told = decided(case, handling, standing, sender_decided)
        assert told.because
        assert told.legal_source
        assert told.legal_standing in ("binding", "borrowed")


@pytest.mark.parametrize(
    ("wrong", "why"),
    [
        ({"purpose": "curiosity"}, "“curiosity” is no purpose"),
        ({"category": "friend"}, "“friend” is no category"),
        ({"handling": "secret"}, "“secret” is no handling"),
        ({"standing": "weak"}, "“weak” is no standing"),
        ({"sender": ServiceFacts(key="a", kind="army", regime="law_enforcement")}, "“army” is no kind of service"),
        ({"recipient": ServiceFacts(key="a", kind="police", regime="martial")}, "“martial” is no regime"),
    ],
)
def test_a_word_outside_its_closed_list_is_refused_and_the_list_is_named(wrong: dict[str, Any], why: str) -> None:
    right: dict[str, Any] = {
        "sender": service("police"), "recipient": service("police"), "purpose": "investigation", "category": "suspect",
        "handling": "open", "standing": "same",
    }  # fmt: skip
    with pytest.raises(UnknownWordRefused, match=why) as refused:
        disclosure.decide(**{**right, **wrong})
    assert refused.value.code == "policy.unknown_word"
    assert refused.value.way_out is not None


# --- Who else is in the report ---------------------------------------------------------------------------------------


def hidden(form: str, others: dict[str, str], **more: Any) -> frozenset[str]:
    given = {"purpose": "investigation", "sender": service("police"), "recipient": service("federal_police"), **more}
    return disclosure.blacked_out(form=form, others=others, **given)


def test_whoever_else_has_a_row_that_says_less_is_blacked_out() -> None:
    others = {
        "s1": "suspect",
        "s2": "contact",
        "v": "victim",
        "w": "witness",
        "c": "child",
        "o": "other",
        "car": "none",
    }
    assert hidden("whole", others) == {"v", "w", "c", "o"}
    assert hidden("whole", others, sender_decided=True) == {"w"}
    assert hidden("extract", others, sender_decided=True) == frozenset()
    assert hidden("whole", others, danger_to_life=True) == frozenset()
    assert hidden("pointer", others) == frozenset()


def test_a_form_that_is_none_blacks_out_nobody_and_is_refused_also_where_nobody_else_is_named() -> None:
    with pytest.raises(UnknownWordRefused, match="everything"):
        hidden("everything", {})


def test_nobody_is_shown_in_more_than_their_own_row_allows() -> None:
    for case in CASES:
        for form in FORMS:
            out = disclosure.blacked_out(
                sender=service(case.sender), recipient=service(case.recipient), purpose=case.purpose, form=form,
                others={"them": case.category}, danger_to_life=case.danger,
            )  # fmt: skip
            assert (out == {"them"}) == (level(decided(case).form) < level(form)), (case, form)


def test_a_desk_sees_the_other_side_where_content_would_travel_to_it_at_once() -> None:
    def sees(reader: str, other: str, category: str, handling: str = "open", **more: Any) -> bool:
        return disclosure.sees_other_side(
            reader=service(reader), other=service(other), purpose="child_protection", category=category,
            handling=handling, **more,
        )  # fmt: skip

    assert sees("police", "federal_police", "suspect")
    assert not sees("police", "federal_police", "suspect", "consent")
    assert not sees("police", "federal_police", "suspect", "sealed")
    assert not sees("police", "federal_police", "child")
    assert not sees("police", "youth_care", "suspect")
    assert not sees("youth_care", "police", "suspect")
    assert sees("police", "youth_care", "child", danger_to_life=True)
    assert not sees("police", "youth_care", "child", "sealed", danger_to_life=True)


# --- An installation's own table -------------------------------------------------------------------------------------

ROW = {"at_once": "pointer", "after_decision": "extract", "regime": "law_enforcement", "standing": "binding"}


def own_table(folder: Path, **more: Any) -> Path:
    lines = {**ROW, "says": "“Because.”", "source": "a law", **more}
    said = "".join(f"    {key}: {value}\n" for key, value in lines.items())
    path = folder / "own.yaml"
    path.write_text(f"rows:\n  - id: only\n{said}", encoding="utf-8")
    return path


def test_an_installation_sets_its_own_rows(tmp_path: Path) -> None:
    table = disclosure.telling_table(own_table(tmp_path, sender="[police]", judged_first="true"))
    told = tell("police", "school", "child", table=table)
    assert (told.row, told.form, told.ceiling) == ("only", "pointer", "extract")
    assert tell("health", "school", "child", table=table).row == ""


def test_a_judgement_is_needed_only_by_a_row_that_says_so_and_where_it_would_let_more_travel(tmp_path: Path) -> None:
    def told(standing: str = "strong", **row: str) -> tuple[str, bool]:
        table = disclosure.telling_table(own_table(tmp_path, **row))
        disclosure.telling_table.cache_clear()
        found = tell("police", "school", "child", standing=standing, sender_decided=True, table=table)
        return found.form, found.needs_judgement

    assert told(judged_first="true") == ("pointer", True)
    assert told("same", judged_first="true") == ("extract", False)
    assert told(judged_first="false") == ("extract", False)
    assert told(judged_first="true", after_decision="pointer") == ("pointer", False)


def test_who_filed_for_consent_owes_a_decision_also_where_it_can_let_no_more_travel(tmp_path: Path) -> None:
    table = disclosure.telling_table(own_table(tmp_path, after_decision="pointer"))
    told = [tell("police", "school", "child", handling=handling, table=table) for handling in HANDLINGS]
    assert [one.owner_owes_decision for one in told] == [False, True, True]


@pytest.mark.parametrize(
    ("wrong", "why"),
    [
        ({"sender": "[army]"}, "a word under “sender”"),
        ({"sender": "{police: 1}"}, "a word under “sender”"),
        ({"recipient": "police"}, "a word under “recipient”"),
        ({"purposes": "[]"}, "a word under “purposes”"),
        ({"categories": "[friend]"}, "a word under “categories”"),
        ({"regime": "martial"}, "a regime or a form"),
        ({"at_once": "everything"}, "a regime or a form"),
        ({"after_decision": "all"}, "a regime or a form"),
        ({"at_once": "whole"}, "less after a decision than at once"),
        ({"judged_first": "perhaps"}, "neither true nor false"),
        ({"danger_to_life": "1"}, "neither true nor false"),
        ({"says": "''"}, "lacks “says”"),
    ],
)
def test_a_row_that_nobody_could_apply_is_refused(tmp_path: Path, wrong: dict[str, str], why: str) -> None:
    with pytest.raises(WrongTable, match=f"row only .*{why}"):
        disclosure.telling_table(own_table(tmp_path, **wrong))


def test_a_sealed_report_passed_on_before_the_match_is_judged_travels_as_the_pointer_that_the_row_allows() -> None:
    told = tell("police", "federal_police", "victim", handling="sealed", standing="strong", sender_decided=True)
    assert (told.form, told.needs_judgement, told.ceiling) == ("pointer", True, "whole")
    reasons = " ".join(map(str, told.because))
    assert "must be judged by a person" in reasons and "decided to pass it on" not in reasons


def test_handlings_that_are_not_each_stricter_than_the_one_before_are_refused(tmp_path: Path) -> None:
    shipped = yaml.safe_load((DATA_FOLDER / "handling.yaml").read_text(encoding="utf-8"))["handling"]

    def refused(rows: list[dict[str, Any]], why: str) -> None:
        path = tmp_path / "handling.yaml"
        path.write_text(yaml.safe_dump({"handling": rows}), encoding="utf-8")
        with pytest.raises(WrongTable, match=why):
            disclosure.handlings(path)
        disclosure.handlings.cache_clear()

    opened, consent, sealed = shipped
    refused([opened, sealed, consent], "in this order")
    refused([opened, consent], "in this order")
    refused([opened, consent, {**sealed, "at_once": "extract"}], "a stricter handling lets more travel")
    refused([opened, {**consent, "after_decision": "extract"}, sealed], "a stricter handling lets more travel")
    refused([opened, consent, {key: value for key, value in sealed.items() if key != "silence"}], "lacks “silence”")


def test_anything_stricter_than_open_asks_for_a_reason_and_a_review_date_and_sealed_for_a_second_person() -> None:
    asks = {
        name: (row.needs_reason, row.needs_review_date, row.needs_second_person, row.silence)
        for name, row in disclosure.handlings().items()
    }
    assert asks == {
        "open": (False, False, False, "passes_on"),
        "consent": (True, True, False, "climbs"),
        "sealed": (True, True, True, "climbs_to_oversight"),
    }
