"""What travels, waits, is judged or is told tells its reader no more than the law and the owner let them know."""

from __future__ import annotations

from datetime import timedelta

import pytest

from passerelle.flow import consult, consult_dossier, decide, hold, judge, work
from passerelle.flow.facts import NotThere
from passerelle.flow.receive import RelationDraft, SubjectDraft
from passerelle.policy import deadlines
from passerelle.records import extracts
from passerelle.records.models import Delivery, Duty, Match, Notice, Subject
from passerelle.testing import makers
from passerelle.testing.makers import NOON

pytestmark = pytest.mark.django_db

LATER = NOON + timedelta(minutes=5)
STRICT = {
    "handling_reason": "the source could be recognised",
    "handling_review_on": (NOON + timedelta(days=30)).date(),
}
KNOWN = makers.person("p", "Ferdinand Oosterlynck", birthDate=["1971-05-03"])


def as_category(category):
    return makers.person("p", "Ferdinand Oosterlynck", category=category, birthDate=["1971-05-03"])


def victim(**more):
    return Subject(ref="subject-v", schema="Person", category="victim", **more)


SPELLINGS = [
    ("Adriana Verhulst", "Gezien: ADRIANA VERHULST, thuis.", ("adriana", "verhulst")),
    ("Adriana Verhulst", "Verhulsts auto stond er; ook Adriana's fiets.", ("verhulst", "adriana")),
    ("Adriana Verhulst", "A. Verhulst deed open.", ("a.", "verhulst")),
    ("Adriana Verhulst", "A.V. deed open en zei niets. Verhulst ook niet.", ("a.v.", "verhulst")),
    ("Adriana Verhulst", "Volgens Adrianna Verhulzt was het laat.", ("adrianna", "verhulzt")),
    ("Rachid Choukri", "De heer Sjoekri was erbij, en شكري ook. Choukri zweeg.", ("sjoekri", "شكري", "choukri")),
    ("Müller, Jürgen", "Herr Mueller und Muller, Juergen.", ("mueller", "muller", "juergen")),
    ("Adriana Verhulst", "Zij heette Adriana\nVerhulst.", ("adriana", "verhulst")),
]


@pytest.mark.parametrize(("name", "text", "gone"), SPELLINGS, ids=[case[1][:25] for case in SPELLINGS])
def test_a_name_is_blacked_out_in_every_spelling_case_and_script(name, text, gone) -> None:
    blacked = extracts.blacked_text(text, [victim(properties={"name": [name]})])
    assert not [word for word in gone if word in blacked.casefold()], blacked
    assert len(blacked) == len(text)
    assert blacked.strip(f"{extracts.BLACK} \n.,;:'’"), "the rest of the text is still there"


@pytest.mark.parametrize(
    ("properties", "text", "gone"),
    [
        ({"phone": ["+32470123456"]}, "Bel 0470 12 34 56 voor haar.", "12 34 56"),
        ({"idNumber": ["85.07.30-033.28"]}, "Nummer 85073003328 op de kaart.", "85073003328"),
        ({"birthDate": ["1990-02-03"]}, "Geboren op 3/2/1990 te Gent.", "3/2/1990"),
        ({"birthDate": ["1990-02-03"]}, "Geboren op 3 februari 1990 te Gent.", "3 februari 1990"),
        ({"socialSecurityNumber": ["90020312345"]}, "RR 90.02.03-123.45 op de kaart.", "123.45"),
        ({"address": ["Zevensterrenstraat 41, 1000 Brussel"]}, "Thuis: Zevensterrenstraat 41.", "41"),
    ],
)
def test_a_number_a_date_and_an_address_are_blacked_out_however_they_are_written(properties, text, gone) -> None:
    one = victim(properties={"name": ["Adriana Verhulst"], **properties})
    blacked = extracts.blacked_text(f"Adriana Verhulst. {text}", [one])
    assert gone not in blacked and text.split()[0] in blacked, blacked


@pytest.mark.parametrize("spans", [[[500, 510]], [[5, 5]], [[8, 3]], [[-4, -1]], []])
def test_whoever_cannot_be_found_in_a_text_leaves_nothing_of_it(spans) -> None:
    text = "Het slachtoffer woont bij haar moeder."
    assert extracts.blacked_text(text, [victim(properties={"name": ["Adriana Verhulst"]}, spans=spans)]) == (
        extracts.BLACK * len(text)
    )


def test_captions_and_values_of_others_name_nobody_who_is_blacked_out_and_no_bar_tells_a_length(exchange) -> None:
    makers.dossier(exchange["federal"], KNOWN)
    makers.report(
        exchange["noord"],
        "Ferdinand Oosterlynck, zoon van Adriana Verhulst, sloeg haar.",
        SubjectDraft(
            "p", "Person", {**KNOWN.properties, "motherName": ["Adriana Verhulst"]}, category="suspect",
            caption="de zoon van Adriana Verhulst",
        ),
        makers.person("v", "Adriana Verhulst", category="victim"),
        handling_note="Bel Verhulst niet op.",
        now=LATER,
    )  # fmt: skip
    sent = Delivery.objects.get(form="whole")
    assert "Verhulst" not in str(sent.content) and "Adriana" not in str(sent.content)
    assert sent.content["text"] == f"Ferdinand Oosterlynck, zoon van {extracts.BAR}, sloeg haar."
    assert sent.content["subjects"][0]["caption"] == f"de zoon van {extracts.BAR}"


def test_a_hold_of_a_sealed_telling_tells_the_other_side_nothing(exchange) -> None:
    makers.dossier(exchange["federal"], KNOWN)
    makers.report(exchange["noord"], "Ferdinand Oosterlynck.", KNOWN, handling="sealed", **STRICT)
    duty = Duty.objects.get(kind="pass_on", recipient=exchange["federal"])
    hold.hold_duty(
        ref=duty.ref, officer=makers.seat(exchange["noord"], "desk"), reason="we wait for the magistrate",
        until=LATER + timedelta(days=2), now=LATER,
    )  # fmt: skip
    assert not Notice.objects.filter(service=exchange["federal"]).exists()


def test_whoever_waits_for_a_witness_reads_nowhere_that_it_is_one(exchange) -> None:
    makers.dossier(exchange["federal"], KNOWN)
    makers.report(exchange["noord"], "Ferdinand Oosterlynck zag het.", as_category("witness"), themes=["terrorism"])
    desk = makers.seat(exchange["federal"], "desk")
    pointer = Delivery.objects.get(form="pointer", recipient=exchange["federal"])
    assert [said[0] for said in pointer.because] == ["It concerns a subject of {interest} of yours."]
    view = consult.read_duty(ref=pointer.duty.ref, officer=desk, now=LATER)
    assert not view.in_full and len(view.because) == 1
    owner = consult.read_duty(ref=pointer.duty.ref, officer=makers.seat(exchange["noord"], "desk"), now=LATER)
    assert owner.in_full and any("witness" in said[0] for said in owner.because)


def test_a_pointer_names_no_subject_of_whom_nothing_may_be_known(exchange) -> None:
    asked = makers.person("k", "Lotte Verhaeghe", birthDate=["2011-04-02"])
    makers.dossier(exchange["stad"], KNOWN, asked, purpose="public_safety")
    child = makers.person("k", "Lotte Verhaeghe", category="child", birthDate=["2011-04-02"])
    makers.report(exchange["noord"], "Ferdinand Oosterlynck en Lotte Verhaeghe.", KNOWN, child, now=LATER)
    pointer = Delivery.objects.get(recipient=exchange["stad"])
    assert pointer.duty.matches.count() == 2
    yours = Subject.objects.filter(ref__in=pointer.content["yours"])
    assert [subject.caption for subject in yours] == ["Ferdinand Oosterlynck"]
    desk = makers.seat(exchange["stad"], "desk")
    of_the_child = Match.objects.get(left=makers.called("Lotte Verhaeghe"))
    with pytest.raises(NotThere):
        consult.read_match(ref=of_the_child.ref, officer=desk, now=LATER)
    view = consult.read_duty(ref=pointer.duty.ref, officer=desk, now=LATER)
    assert of_the_child.ref not in [line.ref for line in view.matches]
    assert [(line.band, line.verdict) for line in view.matches] == [("", "")], "that it is, and no more"


def test_the_owner_reads_neither_the_kind_of_a_discreet_interest_nor_of_its_service(exchange) -> None:
    makers.dossier(exchange["jeugd"], KNOWN, discreet=True, purpose="child_protection")
    makers.report(exchange["noord"], "Ferdinand Oosterlynck.", KNOWN, now=LATER)
    duty = Duty.objects.get(kind="pass_on", recipient=exchange["jeugd"])
    assert duty.discreet and len(duty.because) == 1
    assert "interest" not in str(duty.because[0][1].get("interest", ""))
    desk = makers.seat(exchange["noord"], "desk")
    sent = consult.read_delivery(ref=duty.deliveries.get().ref, officer=desk, now=LATER)
    assert sent.because == duty.because and "dossier" not in str(sent.because)
    shortest = {
        deadlines.due(
            kind="pass_on", urgency="normal", themes=frozenset(), recipient_kind=kind, raised_at=duty.raised_at
        ).due_at
        for kind in ("police", "youth_care", "school")
    }
    assert duty.due_at == min(shortest), "the clock does not say what kind of service waits"


def test_a_discreet_telling_stays_discreet_and_adds_no_reason_to_an_open_one(exchange) -> None:
    makers.dossier(exchange["federal"], KNOWN, discreet=True)
    makers.report(exchange["noord"], "Ferdinand Oosterlynck.", KNOWN, handling="consent", now=LATER, **STRICT)
    makers.dossier(exchange["federal"], KNOWN, now=LATER)
    duty = Duty.objects.get(kind="pass_on", recipient=exchange["federal"])
    assert duty.interests.count() == 2 and duty.discreet
    assert "Federal" not in str(duty.because)
    makers.dossier(exchange["midi"], KNOWN, now=LATER)
    named = Duty.objects.get(kind="pass_on", recipient=exchange["midi"])
    before = list(named.because)
    makers.dossier(exchange["midi"], KNOWN, discreet=True, now=LATER + timedelta(minutes=1))
    named.refresh_from_db()
    assert named.interests.count() == 2 and not named.discreet and named.because == before


def test_the_neutral_desk_is_not_told_whose_report_stands_in_a_discreet_dossier(exchange) -> None:
    mine = makers.person("p", "Youssef Hadjeri")
    opened = makers.dossier(exchange["midi"], discreet=True)
    makers.report(exchange["midi"], "Youssef Hadjeri, ici.", mine, dossier=opened)
    makers.report(exchange["jeugd"], "Joesef Hadjeri verblijft hier.", makers.person("p", "Joesef Hadjeri"), now=LATER)
    duty = Duty.objects.get(kind="judge")
    assert duty.holder == exchange["neutral"] and duty.discreet
    view = consult.read_match(ref=duty.match.ref, officer=makers.seat(exchange["neutral"], "desk"), now=LATER)
    assert [side.service and side.service.key for side in (view.left, view.right)] == [None, "jeugd"]


def test_the_desk_that_judges_reads_nothing_of_whom_it_would_not_be_told(exchange) -> None:
    makers.dossier(exchange["midi"], makers.person("p", "Joesef Hadjeri"))
    makers.report(
        exchange["noord"],
        "Youssef Hadjeri sloeg Adriana Verhulst.",
        SubjectDraft("p", "Person", {"name": ["Youssef Hadjeri"], "notes": ["man van Verhulst"]}, category="suspect"),
        makers.person("v", "Adriana Verhulst", category="victim"),
        relations=[RelationDraft("p", "spouse_of", "v")],
        now=LATER,
    )
    duty = Duty.objects.get(kind="judge")
    assert duty.service == exchange["midi"]
    view = consult.read_match(ref=duty.match.ref, officer=makers.seat(exchange["midi"], "desk"), now=LATER)
    side = view.right
    assert side.service == exchange["noord"] and side.subject is not None and side.said is not None
    assert "Youssef Hadjeri sloeg" in side.said.text
    shown = f"{side.said.text} {side.subject.properties} {[other.caption for _, other in side.relations]}"
    assert "Verhulst" not in shown and "Adriana" not in shown


def test_an_officer_reads_no_sealed_report_of_their_own_service_by_way_of_a_match_or_a_dossier(exchange) -> None:
    opened = makers.dossier(exchange["noord"])
    makers.report(
        exchange["noord"], "Geheim: Ferdinand Oosterlynck.", KNOWN, handling="sealed", dossier=opened,
        author=makers.seat(exchange["noord"], "desk"), **STRICT,
    )  # fmt: skip
    other = makers.person("q", "Griet Lammens", birthDate=["1966-01-09"])
    makers.report(exchange["noord"], "Griet Lammens.", other, dossier=opened)
    makers.report(exchange["midi"], "Ferdinand Oosterlynck.", KNOWN, now=LATER)
    assert Delivery.objects.filter(recipient=exchange["noord"]).exists()
    officer, desk = makers.seat(exchange["noord"], "officer"), makers.seat(exchange["noord"], "desk")
    seen = {
        who: consult_dossier.read_dossier(
            ref=opened.ref, officer=officer if who == "officer" else desk, purpose="my_case", now=LATER
        )
        for who in ("officer", "desk")
    }
    assert [len(seen["officer"].reports), len(seen["desk"].reports)] == [1, 2]
    assert not seen["officer"].matches and seen["desk"].matches
    view = consult.read_match(ref=Match.objects.get().ref, officer=officer, purpose="my_case", now=LATER)
    assert view.left.said is None and view.left.subject is None, "its own side is sealed"


def test_what_was_passed_on_after_a_decision_says_no_row_of_law_in_a_pointer(exchange) -> None:
    makers.dossier(exchange["federal"], KNOWN)
    witness = as_category("witness")
    makers.report(exchange["noord"], "Ferdinand Oosterlynck zag het.", witness, handling="sealed", **STRICT)
    duty = Duty.objects.get(kind="pass_on", recipient=exchange["federal"])
    for judging in Duty.objects.filter(kind="judge", ended_at__isnull=True):
        judge.judge_match(
            ref=judging.match.ref, officer=makers.seat(judging.service, "desk"), verdict="unsure", now=LATER
        )
    decide.pass_on(ref=duty.ref, officer=makers.seat(exchange["noord"], "desk"), now=LATER)
    pointer = Delivery.objects.get(recipient=exchange["federal"])
    assert pointer.form == "pointer"
    assert "witness" not in str(pointer.because) and "sealed" not in str(pointer.because)
    work.work_until_done(now=LATER)
