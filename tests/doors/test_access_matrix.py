"""access_matrix: every route × every seat, with the statuses of a table that is not the policy's code.

The routes are discovered from the addresses of the pages; one that the table does not have fails. Each cell is tried on
a thing of one service, by those who own it, those it was told to, and strangers; what one cell did is undone before the
next.
"""

from __future__ import annotations

import json
import os
import re
from collections import Counter
from collections.abc import Collection, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import transaction
from django.test import Client
from django.urls import get_resolver

from passerelle.flow import ask as ask_
from passerelle.flow import (
    consult,
    decide,
    exceptions,
    handover,
    onward,
    oversight,
    recall,
    receive,
    requests,
    rules,
    second_factor,
    watches,
    work,
)
from passerelle.policy.tables import DATA_FOLDER
from passerelle.records import visibility
from passerelle.records.models import Correction, Delivery, Dossier, Duty, Factor, Match, Notice, Officer, Report
from passerelle.testing import makers
from passerelle.web.pages.my_list import NOTICES_MAX
from tests import figures
from tests.doors.opening import asks

pytestmark = pytest.mark.django_db

counted: Counter[str] = Counter()


@pytest.fixture(scope="module", autouse=True)
def figures_are_kept() -> Iterator[None]:
    yield
    if counted:
        figures.keep("access_matrix", **counted)

SEATS = (
    "noord.officer", "noord.desk", "noord.supervisor", "noord.head", "noord.administrator",
    "federal.officer", "federal.desk", "federal.supervisor", "federal.head", "federal.administrator",
    "stad.officer", "stad.desk", "stad.supervisor", "stad.head", "stad.administrator",
    "neutral.desk", "neutral.administrator", "oversight.oversight", "nobody",
)  # fmt: skip
"""noord filed the reports; federal is the recipient; stad is a stranger to all of it. In each row of the table a space
stands between services: officer, desk, supervisor, head, administrator; then the neutral desk, oversight, nobody."""

SIGNS = {"+": 200, "?": 200, ".": 404, ">": 302, "!": 409, "s": 302, "m": 405}
"""+ answered; ? asks first what it is read for, and shows nothing;
. there is nothing here; > done; ! refused aloud, nothing changed; s asks to sign in; m no such act."""

EVERYBODY = "+++++ +++++ +++++ ++ + s"
CONTENTS = "++++. ++++. ++++. +. . s"
LEADERS = "..++. ..++. ..++. .. + s"

CASE = {"purpose": "my_case"}
GLASS = {"reason": "he was seen with a weapon at the school"}

ONWARD = {"to": "stad", "purpose": "public_safety", "reason": "they give him leave to hold a market"}

SAID = {"outcome": "nothing_held", "note": "looked by name and by day of birth"}

TABLE: dict[str, list[tuple[str, str, dict[str, str], str]]] = {
    # route: thing, method, what is sent, who gets what
    "my-list": [("", "GET", {}, EVERYBODY)],
    "seen": [("", "POST", {"ref": "notice-0000000000000000"}, ">>>>> >>>>> >>>>> >> > s")],  # only one's own: see below
    "sign-in": [("", "GET", {}, "+++++ +++++ +++++ ++ + +"), ("", "POST", {}, "")],  # tried in test_pages_sign_in
    "second-step": [
        ("", "GET", {}, "sssss sssss sssss ss s s"), ("", "POST", {"code": "000000"}, "sssss sssss sssss ss s s"),
    ],  # nobody of these gave a right password a moment ago: see test_second_factor
    "passkey-sign-in": [("", "GET", {}, "+++++ +++++ +++++ ++ + +"), ("", "POST", {}, "")],  # tried in test_passkeys
    "to-provider": [("", "GET", {}, "..... ..... ..... .. . .")],  # no provider is set: see test_single_sign_on
    "from-provider": [("", "GET", {}, "..... ..... ..... .. . .")],
    "add-passkey": [("", "GET", {}, EVERYBODY), ("", "POST", {"name": "x"}, "!!!!! !!!!! !!!!! !! ! s")],
    "second-factor": [("", "GET", {}, EVERYBODY)],
    "add-app": [("", "GET", {}, EVERYBODY), ("", "POST", {"code": ""}, "!!!!! !!!!! !!!!! !! ! s")],
    "recovery-codes": [("", "POST", {"code": ""}, "!!!!! !!!!! !!!!! !! ! s")],
    "remove-factor": [("noord.colleague", "POST", {"code": ""}, "..... ..... ..... .. . s")],  # only one's own
    "reset-factor": [
        ("noord.colleague", "POST", {"reason": "the telephone fell into the river"}, "....> ..... ..... .. . s"),
        ("noord.colleague", "POST", {"reason": "lost"}, "....! ..... ..... .. . s"),
        ("noord.officer", "POST", {"reason": "the telephone fell into the river"}, "....! ..... ..... .. . s"),
        ("noord.administrator", "POST", {"reason": "the telephone fell into the river"}, "..... ..... ..... .. . s"),
        ("second administrator", "POST", {"reason": "it fell into the river"}, "....! ..... ..... .. . s"),
    ],
    "sign-out": [("", "POST", {}, "sssss sssss sssss ss s s")],
    "language": [("", "POST", {"language": "fr", "next": "/law"}, ">>>>> >>>>> >>>>> >> > >")],
    "health": [("", "GET", {}, "+++++ +++++ +++++ ++ + +")],
    "who-is-here": [("", "GET", {}, "+++++ +++++ +++++ ++ + +")],  # one's own reference, or none
    "file-report": [("", "GET", {}, CONTENTS), ("", "POST", {"text": ""}, "!!!!. !!!!. !!!!. !. . s")],
    "keep-draft": [("", "GET", {}, "mmmmm mmmmm mmmmm mm m m"), ("", "POST", {}, "++++. ++++. ++++. +. . s")],
    "confirm-subjects": [("", "GET", {}, ">>>>. >>>>. >>>>. >. . s"), ("", "POST", {}, ">>>>. >>>>. >>>>. >. . s")],
    "reports": [("", "GET", {}, EVERYBODY)],
    "dossiers": [("", "GET", {}, EVERYBODY)],
    "new-dossier": [("", "GET", {}, CONTENTS), ("", "POST", {"title": ""}, "!!!!. !!!!. !!!!. !. . s")],
    "today": [("", "GET", {}, ".+++. .+++. .+++. +. . s")],
    "lessons": [("", "GET", {}, LEADERS), ("", "GET", {"month": "9999-01"}, "..!!. ..!!. ..!!. .. ! s")],
    "late": [("", "GET", {}, ".+++. .+++. .+++. +. + s")],
    "give": [
        ("", "POST", {"to": "desk"}, ".!!!. .!!!. .!!!. !. ! s"),  # nothing was chosen
        ("", "POST", {"to": "officer-0000000000000000"}, "..... ..... ..... .. . s"),
    ],
    "absences": [("", "GET", {}, ".+++. .+++. .+++. +. + s")],
    "between": [("", "GET", {}, "..++. ..++. ..++. .. + s"), ("", "GET", {"month": "x"}, "!!!!! !!!!! !!!!! !! ! s")],
    "between-csv": [("", "GET", {"month": "2026-03"}, "..++. ..++. ..++. .. + s")],
    "people": [("", "GET", {}, EVERYBODY)],
    "away": [
        ("noord.officer", "POST", {"until": "2099-01-01T10:00"}, ">.>>> ..... ..... .. . s"),
        ("noord.officer", "POST", {"until": "2020-01-01T10:00"}, "!.!!! ..... ..... .. . s"),
    ],
    "search": [
        ("", "GET", {}, "++++. ++++. ++++. +. + s"),
        ("", "POST", {"question": "Oosterlynck"}, "!!!!. !!!!. !!!!. !. ! s"),  # what for?
        ("", "POST", {"question": "Oosterlynck", **CASE}, "++++. ++++. ++++. +. ! s"),
        ("", "POST", {"question": "Oosterlynck", "purpose": "oversight_sample"}, "!!!!. !!!!. !!!!. !. + s"),
        ("", "POST", {"question": "", **CASE}, "!!!!. !!!!. !!!!. !. ! s"),
    ],
    "translate": [("open report", "POST", {}, "..... ..... ..... .. . s")],  # no engine is set: see test_translation
    "readings": [("", "GET", {}, EVERYBODY)],
    "readings-of-others": [("", "GET", {}, LEADERS)],
    "why": [
        ("open report", "POST", CASE, ">>>>. ..... ..... .. ! s"),  # oversight has no case of its own
        ("open report", "POST", {"purpose": "oversight_sample"}, "!!!!. ..... ..... .. > s"),
        ("open report", "POST", {"purpose": "other", "reason": "why not"}, "!!!!. ..... ..... .. ! s"),
        ("open report", "POST", {"purpose": "my_duty"}, "!!!!. ..... ..... .. ! s"),  # only the house says that
        ("consent report", "POST", CASE, ">>>>. ..... ..... .. ! s"),
        ("sealed report", "POST", CASE, ".>>>. ..... ..... .. ! s"),
        ("dossier", "POST", CASE, "..... >>>>. ..... .. ! s"),
        ("whole delivery", "POST", CASE, ">>>>. >>>>. ..... .. ! s"),
        ("pointer", "POST", CASE, ">>>>. >>>>. ..... .. ! s"),
        ("strong match", "POST", CASE, "..... >>>>. ..... .. ! s"),
        ("asked match", "POST", CASE, "..... .>>>. ..... .. ! s"),
        ("to pass on", "POST", CASE, "..... ..... ..... .. . s"),
    ],
    "administration": [("", "GET", {}, "....+ ....+ ....+ .+ . s")],
    "new-rules": [
        ("deadlines", "GET", {}, "...++ ...++ ...++ .+ . s"),
        ("deadlines", "POST", {"do": "ask", "text": "rows: []"}, "...!! ...!! ...!! .! . s"),
    ],
    "law": [("", "GET", {}, EVERYBODY)],
    "rules": [("rules", "GET", {}, EVERYBODY)],
    "figures": [("", "GET", {}, EVERYBODY), ("", "GET", {"month": "9999-01"}, "!!!!! !!!!! !!!!! !! ! s")],
    "exceptions": [("", "GET", {}, EVERYBODY)],
    "exception": [("exception", "GET", {}, ".+++. +.++. ..... .. + s")],  # the officer of federal broke it
    "end-exception": [("exception", "POST", {}, ".!>>. !.!!. ..... .. ! s")],
    "break-glass": [
        ("pointer", "POST", GLASS, "..... >>>>. ..... .. . s"),
        ("pointer", "POST", {"reason": "now"}, "!!!!. !!!!. ..... .. ! s"),
        ("whole delivery", "POST", GLASS, "..... !!!!. ..... .. . s"),
    ],
    "give-reading": [
        ("open report", "POST", {**GLASS, "until": "soon"}, "!!>>. ..... ..... .. . s"),
        ("sealed report", "POST", {**GLASS, "until": "soon"}, ".!>>. ..... ..... .. . s"),
    ],
    "oversight": [("", "GET", {}, "..... ..... ..... .. + s")],
    "outcomes": [("", "GET", {}, "..... ..... ..... .. + s")],
    "draw": [
        ("", "POST", {"kind": "reads", "size": "3"}, "..... ..... ..... .. > s"),
        ("", "POST", {"kind": "reads", "size": "many"}, "..... ..... ..... .. ! s"),
    ],
    "sample": [("sample", "GET", {}, "..... ..... ..... .. + s")],
    "examine": [("sample", "POST", {"outcome": "in_order"}, "..... ..... ..... .. > s")],
    "order": [
        ("to pass on", "POST", {"reason": "three weeks of silence"}, "!!!!. .!!!. ..... .. > s"),
        ("to pass on, sealed", "POST", {"reason": "three weeks of silence"}, ".!!!. ..... ..... .. > s"),
    ],
    "watches": [("", "GET", {}, CONTENTS)],
    "new-watch": [("", "GET", {}, CONTENTS), ("", "POST", {"legal_basis": ""}, "!!!!. !!!!. !!!!. !. . s")],
    "asked": [("asked watch", "GET", {}, "..... ++++. ..... .. + s")],
    "end-watch": [("watch", "POST", {}, "..... >!>>. ..... .. . s")],
    "report": [
        ("open report", "GET", {}, "?+++. ..... ..... .. ? s"),  # the desk filed it, and is asked about it
        ("consent report", "GET", {}, "?+++. ..... ..... .. ? s"),  # and holds the duty to decide
        ("sealed report", "GET", {}, ".+++. ..... ..... .. ? s"),
    ],
    "correct-report": [
        ("open report", "GET", {}, "?+++. ..... ..... .. ? s"),  # a question on it is owed an answer
        ("open report", "POST", {"text": ""}, "?!!!. ..... ..... .. ? s"),
        ("sealed report", "GET", {}, ".+++. ..... ..... .. ? s"),
    ],
    "withdraw": [
        ("open report", "POST", {"ground": "not_accurate", "reason": "it was misread"}, "!>>>. !!!!. ..... .. ! s"),
        ("open report", "POST", {"ground": "not_accurate", "reason": "oops"}, "!!!!. !!!!. ..... .. ! s"),
        ("consent report", "POST", {"ground": "not_accurate", "reason": "it was misread"}, "!!!!. !!!!. ..... .. ! s"),
        ("sealed report", "POST", {"ground": "not_accurate", "reason": "it was misread"}, ".!!!. ..... ..... .. ! s"),
    ],
    "erase": [
        ("open report", "POST", {"ground": "unlawful"}, "!!>>. !!!!. ..... .. ! s"),
        ("open report", "POST", {"ground": "a whim"}, "!!!!. !!!!. ..... .. ! s"),
        ("sealed report", "POST", {"ground": "unlawful"}, ".!!!. ..... ..... .. ! s"),
    ],
    "mark-extract": [
        ("open report", "GET", {}, "?+++. ..... ..... .. ? s"),
        ("open report", "POST", {"part": "0-4"}, "?>>>. ..... ..... .. ? s"),
        ("open report", "POST", {"part": "0-99999"}, "?!!!. ..... ..... .. ? s"),
    ],
    "cut-extract": [
        ("to pass on", "GET", {}, "!+++. .!!!. ..... .. ! s"),
        ("to pass on", "POST", {"part": "0-4", "do": "look"}, "!+++. .!!!. ..... .. ! s"),
        ("to pass on", "POST", {"part": "0-4", "do": "pass", "seen": "stale"}, "!!!!. .!!!. ..... .. ! s"),
        ("to judge", "GET", {}, "..... !!!!. ..... .. ! s"),
    ],
    "restrict": [
        (
            "open report", "POST", {"why": "accuracy", "until": "soon", "reason": "he contests that it was him"},
            "!>>>. !!!!. ..... .. ! s",
        ),
        ("open report", "POST", {"why": "accuracy", "reason": "no"}, "!!!!. !!!!. ..... .. ! s"),
    ],
    "lift": [("open report", "POST", {"reason": "it was ascertained, he knows"}, "!!!!. !!!!. ..... .. ! s")],
    "requests": [("", "GET", {}, ".+++. .+++. .+++. .. + s")],
    "new-request": [
        ("", "GET", {}, ".+++. .+++. .+++. .. + s"),
        ("", "POST", {"kind": "access"}, ".!!!. .!!!. .!!!. .. ! s"),
    ],
    "request": [
        ("request", "GET", {}, ".+++. ..... ..... .. + s"),
        ("request, authority", "GET", {}, ".+++. ..... ..... .. + s"),  # who recorded it sees that it was sent
        ("part", "GET", {}, "..... .+++. ..... .. + s"),
    ],
    "answer-request": [
        ("request", "POST", SAID, ".>>>. ..... ..... .. ! s"),
        ("request", "POST", {"outcome": "lost"}, ".!!!. ..... ..... .. ! s"),
        ("request, authority", "POST", SAID, ".!!!. ..... ..... .. ! s"),  # nobody has looked yet
        ("part", "POST", SAID, "..... .>>>. ..... .. ! s"),
    ],
    "changes": [
        ("to correct", "GET", {}, "..... ++++. ..... .. + s"),
        ("to destroy", "GET", {}, "..... ++++. ..... .. + s"),
        ("to pass on", "GET", {}, "..... ..... ..... .. . s"),
    ],
    "receipt": [
        ("to correct", "POST", {"receipt": "corrected"}, "..... !>>>. ..... .. ! s"),
        ("to correct", "POST", {"receipt": "lost"}, "..... !!!!. ..... .. ! s"),
        ("to destroy", "POST", {"receipt": "removed"}, "..... !!!!. ..... .. ! s"),
    ],
    "dossier": [("dossier", "GET", {}, "..... ++++. ..... .. ? s")],
    "ask-colleague": [
        ("dossier", "POST", {"text": "Where does he work now?"}, "..... >>>>. ..... .. . s"),
        ("dossier", "POST", {"text": "Where?"}, "..... !!!!. ..... .. . s"),
        ("dossier", "POST", {"text": "Where is he?", "to": "officer-0000000000000000"}, "..... ..... ..... .. . s"),
    ],
    "add-subjects": [
        ("dossier", "GET", {}, "..... ++++. ..... .. . s"),
        ("dossier", "POST", {}, "..... !!!!. ..... .. . s"),
    ],
    "delivery": [
        ("whole delivery", "GET", {}, "?+++. ++++. ..... .. ? s"), ("pointer", "GET", {}, "?+++. ++++. ..... .. ? s"),
    ],
    "acknowledge": [
        ("whole delivery", "POST", {"outcome": "noted"}, "..... !>>>. ..... .. . s"),
        ("pointer", "POST", {"outcome": "noted"}, "..... ..... ..... .. . s"),
    ],
    "ask-onward": [
        ("whole delivery", "POST", ONWARD, "..... >>>>. ..... .. . s"),
        ("whole delivery", "POST", {**ONWARD, "reason": "hm"}, "..... !!!!. ..... .. . s"),
        ("pointer", "POST", ONWARD, "..... !!!!. ..... .. . s"),
    ],
    "consent": [
        ("asked onward", "POST", {"form": "extract"}, ".>>>. ..... ..... .. ! s"),
        ("question", "POST", {}, "..... ..... ..... .. . s"),  # it asks no such thing
    ],
    "recall": [
        ("whole delivery", "POST", {"reason": "the wrong service altogether"}, "!>>>. !!!!. ..... .. ! s"),
        ("pointer", "POST", {"reason": "the wrong service altogether"}, "!>>>. !!!!. ..... .. ! s"),
        ("whole delivery", "POST", {"reason": "oops"}, "!!!!. !!!!. ..... .. ! s"),
    ],
    "destroyed": [
        ("to destroy", "POST", {}, "..... !>>>. ..... .. ! s"),
        ("to pass on", "POST", {}, "!!!!. .!!!. ..... .. ! s"),
    ],
    "match": [
        ("strong match", "GET", {}, "..... ????. ..... .. ? s"),
        ("asked match", "GET", {}, "..... .+++. ..... .. ? s"),
    ],
    "judge": [
        ("asked match", "POST", {"verdict": "same"}, "..... .>>>. ..... .. ! s"),
        ("strong match", "POST", {"verdict": "same"}, "..... !!!!. ..... .. ! s"),
    ],
    "take-back": [
        ("asked match", "POST", {}, "..... .!!!. ..... .. ! s"),
        ("strong match", "POST", {}, "..... !!!!. ..... .. ! s"),
    ],
    "desk": [
        ("", "GET", {}, ".+++. .+++. .+++. +. . s"),
        ("", "GET", {"whose": "mine", "page": "9"}, ".+++. .+++. .+++. +. . s"),
    ],
    "desk-begin": [("", "POST", {}, ".>>>. .>>>. .>>>. >. . s")],
    "desk-leave": [("", "POST", {}, ".>>>. .>>>. .>>>. >. . s")],
    "desk-beforehand": [("", "POST", {}, ".+++. .+++. .+++. +. . s")],  # empty for whose desk has nothing to judge
    "desk-pair": [
        ("asked match", "GET", {}, "..... .+++. ..... .. . s"),
        ("strong match", "GET", {}, "..... .???. ..... .. . s"),
    ],
    "desk-judge": [
        ("asked match", "POST", {"verdict": "same"}, "..... .>>>. ..... .. . s"),
        ("asked match", "POST", {"verdict": "perhaps"}, "..... .!!!. ..... .. . s"),
        ("strong match", "POST", {"verdict": "same"}, "..... .!!!. ..... .. . s"),
    ],
    "desk-take-back": [("asked match", "POST", {}, "..... .!!!. ..... .. . s")],
    "desk-take": [
        ("asked match", "POST", {}, "..... .>>>. ..... .. . s"),
        ("strong match", "POST", {}, "..... ..... ..... .. . s"),
    ],
    "handover": [
        ("", "GET", {}, ".+++. .+++. .+++. +. . s"),
        ("", "POST", {"note": "the informant calls at six", "hours": "12"}, ".>>>. .>>>. .>>>. >. . s"),
        ("", "POST", {"note": "", "hours": "12"}, ".!!!. .!!!. .!!!. !. . s"),
    ],
    "take-over": [("handover", "POST", {}, "..... .!>>. ..... .. . s")],  # the desk signed it
    "duty": [
        ("to pass on", "GET", {}, "++++. .+++. ..... .. + s"),
        ("to pass on, sealed", "GET", {}, ".+++. ..... ..... .. + s"),
        ("to acknowledge", "GET", {}, "..... ++++. ..... .. + s"),
        ("to judge", "GET", {}, "..... ++++. ..... .. + s"),
        ("to review", "GET", {}, "++++. ..... ..... .. + s"),
        ("withheld", "GET", {}, "++++. .+++. ..... .. + s"),
        ("to destroy", "GET", {}, "..... ++++. ..... .. + s"),
        ("to correct", "GET", {}, "..... ++++. ..... .. + s"),
    ],
    "pass-on": [
        ("to pass on", "POST", {}, "!>>>. .!!!. ..... .. ! s"),
        ("to pass on, sealed", "POST", {}, ".>>>. ..... ..... .. ! s"),
        ("to acknowledge", "POST", {}, "..... !!!!. ..... .. ! s"),
    ],
    "withhold": [
        ("to pass on", "POST", {"ground": "g", "reason": "a life would be in danger"}, "!>>>. .!!!. ..... .. ! s"),
        ("to pass on, sealed", "POST", {"ground": "g", "reason": "a life is in danger"}, ".>>>. ..... ..... .. ! s"),
    ],
    "review": [
        ("to review", "POST", {"uphold": "yes", "reason": "the danger is real"}, "!!>>. ..... ..... .. ! s"),
        ("withheld", "POST", {"uphold": "yes", "reason": "the danger is real"}, "!!!!. .!!!. ..... .. ! s"),
    ],
    "defer": [
        ("to pass on", "POST", {"until": "soon", "reason": "four of seven are ill"}, "!!!>. .!!!. ..... .. ! s"),
    ],
    "hand-back": [("to pass on", "POST", {"reason": "only they can know"}, "!!!!. .!!!. ..... .. ! s")],
    "overloads": [
        ("", "GET", {}, "++++. ++++. ++++. +. + s"),
        ("", "POST", {"kind": "judge", "until": "soon", "reason": "four of seven are ill"}, "...>. ...>. ...>. .. . s"),
    ],
    "questions": [("", "GET", {}, EVERYBODY)],
    "ask": [
        ("open report", "GET", {}, "++++. ..... ..... .. . s"),
        ("whole delivery", "GET", {}, "..... ++++. ..... .. . s"),
        ("whole delivery", "POST", {"text": "Where?"}, "..... !!!!. ..... .. . s"),
        ("whole delivery", "POST", {"text": "Where does he live now?"}, "..... >>>>. ..... .. . s"),
    ],
    "question": [("question", "GET", {}, ".+++. ++++. ..... .. + s")],
    "answer": [
        ("question", "POST", {"text": ""}, ".!!!. !!!!. ..... .. ! s"),
        ("question", "POST", {"text": "In a street by the church."}, ".>>>. ..... ..... .. ! s"),
    ],
    "ask-back": [("question", "POST", {"text": "Which of the two brothers?"}, ".>>>. ..... ..... .. ! s")],
    "bounce": [
        ("question", "POST", {"to": "neutral", "reason": "they will find who knows"}, ".>>>. ..... ..... .. ! s"),
    ],
    "hold": [
        ("to pass on", "POST", {"until": "soon", "reason": "we wait for the magistrate"}, "!>>>. .!!!. ..... .. ! s"),
        ("to acknowledge", "POST", {"until": "soon", "reason": "we wait for a reader"}, "..... !>>>. ..... .. ! s"),
    ],
    "assign": [
        ("to pass on", "POST", {"to": ""}, "!!>>. .!!!. ..... .. ! s"),
        ("to judge", "POST", {"to": ""}, "..... !!>>. ..... .. ! s"),
    ],
}  # fmt: skip

STRICT = {
    "handling_reason": "the source could be recognised",
    "handling_review_on": (makers.NOON + timedelta(days=300)).date(),
}


def routes() -> dict[str, str]:
    """Every named address of the pages, with the place of its reference."""
    found = {}
    for name, (possibilities, *_) in get_resolver().reverse_dict.items():
        if isinstance(name, str):
            found[name] = "/" + possibilities[0][0]
    return found


@pytest.fixture
def things(exchange: dict[str, Any]) -> dict[str, str]:
    """One thing of each kind, by the name the table calls it by, as its reference."""
    now = datetime.now(tz=UTC) - timedelta(minutes=10)
    noord, federal = exchange["noord"], exchange["federal"]
    desk = makers.seat(noord, "desk")
    person = makers.person("p", "Ferdinand Oosterlynck", birthDate=["1971-05-03"])
    opened = makers.dossier(
        federal, person, makers.person("q", "Joesef Hadjeri"), now=now, until=(now + timedelta(days=90)).date()
    )
    filed = {
        handling: makers.report(
            noord, f"{number} Ferdinand Oosterlynck.", person, handling=handling, author=desk, now=now,
            **(STRICT if handling != "open" else {}),
        )
        for number, handling in enumerate(("open", "consent", "sealed"))
    }  # fmt: skip
    kept = makers.report(
        noord, "Nog eens Ferdinand Oosterlynck.", person, handling="consent", author=desk, now=now, **STRICT
    )
    withheld = Duty.objects.get(report=kept, kind="pass_on")
    decide.withhold(ref=withheld.ref, officer=desk, ground="g", reason="an informant would be in danger", now=now)
    makers.report(noord, "Youssef Hadjeri.", makers.person("q", "Youssef Hadjeri"), author=desk, now=now)
    for key in ("noord", "federal", "stad", "neutral"):
        makers.officer(exchange[key], "administrator")
    mistake = makers.report(noord, "Per vergissing: Ferdinand Oosterlynck.", person, author=desk, now=now)
    told = Delivery.objects.get(report=mistake)
    consult.read_delivery(ref=told.ref, officer=makers.seat(federal, "desk"), now=now)
    recall.recall(ref=told.ref, officer=desk, reason="more than was allowed", now=now)
    righted = makers.report(noord, "Rechtgezet: Ferdinand Oosterlynck.", person, author=desk, now=now)
    had = Delivery.objects.get(report=righted)
    consult.read_delivery(ref=had.ref, officer=makers.seat(federal, "desk"), now=now)
    revised = receive.ReportDraft(text="Hij was het: Ferdinand Oosterlynck.", language="nl", subjects=[person])
    receive.revise_report(ref=righted.ref, officer=desk, draft=revised, now=now)
    to_judge = Duty.objects.get(kind="judge")
    work.turn(now=datetime.now(tz=UTC))
    pointer = Delivery.objects.get(report=filed["consent"])
    officer = makers.seat(exchange["federal"], "officer")
    glass = exceptions.break_glass(ref=pointer.ref, officer=officer, reason=GLASS["reason"], now=now)
    ask = {
        "officer": officer, "kind": "watch", "purpose": "investigation", "legal_basis": "an article", "now": now,
        "until": (now + timedelta(days=30)).date(), "subjects": [makers.person("w", "Wendelien Kapitein")],
    }  # fmt: skip
    asked, approved = watches.ask(**ask), watches.ask(**ask)
    decide.review(
        ref=approved.review.ref, officer=makers.seat(exchange["federal"], "head"), uphold=True,
        reason="the facts that were given", now=now,
    )  # fmt: skip
    approved.refresh_from_db()
    asks = {
        "kind": "access", "identity": "in_person", "person": {"name": ["Ferdinand Oosterlynck"]}, "language": "nl",
        "asks": "wat is over mij bekend", "received_on": now.date(), "officer": desk, "now": now,
    }  # fmt: skip
    direct, by_authority = requests.record(way="direct", **asks), requests.record(way="authority", **asks)
    sample = oversight.draw_sample(
        kind="glass", size=1, officer=makers.seat(exchange["oversight"], "oversight"), now=now
    )
    colleague, second = (makers.officer(noord, role, now=now) for role in ("officer", "administrator"))
    question = ask_.ask(
        about=Delivery.objects.get(report=filed["open"]).ref, officer=makers.seat(federal, "desk"),
        text="Where does he live now?", now=now,
    )  # fmt: skip
    onwards = onward.ask_originator(
        delivery=Delivery.objects.get(report=filed["open"]).ref, officer=makers.seat(federal, "desk"),
        to=exchange["midi"], purpose="investigation", reason="they follow his brother", now=now,
    )  # fmt: skip
    table = (DATA_FOLDER / "deadlines.yaml").read_text(encoding="utf-8").replace("{days: 7}", "{days: 6}", 1)
    set_rules = rules.propose(
        table="deadlines", text=table, reason="as the circular asks", now=now,
        officer=makers.seat(exchange["neutral"], "administrator"),
    )  # fmt: skip
    secret = second_factor.new_secret()
    second_factor.add_app(officer=colleague, secret=secret, code=second_factor.code_at(secret, now), now=now)
    shift = handover.hand_over(officer=makers.seat(federal, "desk"), note="he calls at six", hours=12, now=now)
    return {
        "handover": shift.ref,
        "noord.colleague": colleague.ref,
        "noord.administrator": makers.seat(noord, "administrator").ref,
        "second administrator": second.ref,
        "exception": glass.ref,
        "rules": set_rules.ref,
        "deadlines": "deadlines",
        "question": question.ref,
        "asked onward": onwards.ref,
        "to consent": onwards.duty.ref,
        "request": direct.ref,
        "request, authority": by_authority.ref,
        "part": by_authority.parts.get(service=federal).ref,
        "sample": sample.ref,
        "asked watch": asked.ref,
        "watch": approved.interest.ref,
        "open report": filed["open"].ref,
        "consent report": filed["consent"].ref,
        "sealed report": filed["sealed"].ref,
        "dossier": opened.ref,
        "whole delivery": Delivery.objects.get(report=filed["open"]).ref,
        "pointer": Delivery.objects.get(report=filed["consent"]).ref,
        "strong match": Match.objects.filter(called_for__report=filed["open"]).get().ref,
        "asked match": to_judge.match.ref,
        "to judge": to_judge.ref,
        "to pass on": Duty.objects.get(report=filed["consent"], kind="pass_on").ref,
        "to pass on, sealed": Duty.objects.get(report=filed["sealed"], kind="pass_on").ref,
        "to acknowledge": Duty.objects.get(report=filed["open"], kind="acknowledge").ref,
        "to review": Duty.objects.get(kind="review", about=withheld).ref,
        "withheld": withheld.ref,
        "to destroy": Duty.objects.get(kind="correct", report=mistake).ref,
        "to correct": Duty.objects.get(kind="correct", report=righted).ref,
        "noord.officer": makers.seat(noord, "officer").ref,
    }


def signed_in(exchange: dict[str, Any], seat: str) -> Client:
    client = Client()
    if seat != "nobody":
        service, role = seat.split(".")
        client.force_login(makers.seat(exchange[service], role))
    return client


def state() -> list[Any]:
    """What an act could have changed, and a reading does not."""
    return [
        list(Delivery.objects.order_by("id").values_list("ref", "recalled_at")),
        list(Duty.objects.order_by("id").values_list("ref", "version", "state", "officer")),
        list(Match.objects.order_by("id").values_list("ref", "verdict")),
        list(Report.objects.order_by("id").values_list("ref", "version", "gone", "restriction")),
        list(Correction.objects.order_by("id").values_list("ref", "receipt")),
        [model.objects.count() for model in (Report, Dossier, Delivery)],
        list(Officer.objects.order_by("id").values_list("ref", "away_until", "second_since")),
        list(Factor.objects.order_by("id").values_list("ref", "last_step")),
    ]


def sent_for(name: str, thing: str, sent: dict[str, str], things: dict[str, str]) -> dict[str, str]:
    """What a row sends, with the references and moments that it means."""
    soon = (datetime.now(tz=UTC) + timedelta(days=2)).strftime("%Y-%m-%dT%H:%M")
    typed = {key: soon if value == "soon" else value for key, value in sent.items()}
    if name in ("away", "reset-factor"):
        typed["officer"] = things[thing]
    if name == "remove-factor":
        typed["factor"] = Factor.objects.get(officer__ref=things[thing]).ref
    if name == "give-reading":
        typed["to"] = things["noord.officer"]
    if name == "examine":
        typed["thing"] = things["exception"]
    return typed


def test_access_matrix_every_route_answers_every_seat_as_the_table_says(
    exchange: dict[str, Any], things: dict[str, str]
) -> None:
    assert set(routes()) == set(TABLE), "a route that the table does not have, or a row without a route"
    only = {name for name in os.environ.get("PASSERELLE_ROUTES", "").split(",") if name}
    cells, wrong = tried(exchange, things, SEATS, only)
    counted["routes"], counted["cells"], counted["unexpected"] = len(routes()), cells, len(wrong)
    assert not wrong, "\n".join(wrong)
    assert cells > 800 or (only and cells)


def tried(
    exchange: dict[str, Any], things: dict[str, str], seats: tuple[str, ...], only: Collection[str] = ()
) -> tuple[int, list[str]]:
    """How many cells of these seats were tried, and which did not answer as the table says; of `only` these routes,
    where some are named (`tools/planted_flaws.py` names them)."""
    found = routes()
    seated = {seat: signed_in(exchange, seat) for seat in seats}
    columns = [SEATS.index(seat) for seat in seats]
    before, wrong, cells = state(), [], 0
    for name, rows in TABLE.items():
        for thing, method, sent, expected in rows:
            if not expected or (only and name not in only):
                continue
            signs = expected.replace(" ", "")
            assert len(signs) == len(SEATS), f"{name} {thing}: {len(signs)} cells"
            address = found[name].replace("%(ref)s", things[thing] if thing else "")
            typed = sent_for(name, thing, sent, things)
            signs, got = "".join(signs[column] for column in columns), ""
            for seat, sign in zip(seats, signs, strict=True):
                cells += 1
                undo = transaction.savepoint()
                client = signed_in(exchange, seat) if name == "sign-out" else seated[seat]
                answer = getattr(client, method.lower())(address, typed)
                to_sign_in = answer.get("Location", "").startswith("/sign-in")
                said = next(
                    (
                        known
                        for known, status in SIGNS.items()
                        if status == answer.status_code
                        and (known == "s") == (to_sign_in and status == 302)
                        and (known == "?") == asks(answer)
                    ),
                    str(answer.status_code),
                )
                if name == "sign-out":
                    said = "s" if to_sign_in else said
                got += said
                if sign != ">" and state() != before:
                    wrong.append(f"{name} {thing} {method}: {seat} changed something")
                transaction.savepoint_rollback(undo)
            if got != signs:
                told = re.sub(r"(.{5})(.{5})(.{5})(..)(.)(.)", r"\1 \2 \3 \4 \5 \6", got)
                wrong.append(f"{name} {thing} {method}: expected {expected} of {seats}, got {told}")
    return cells, wrong


def test_access_matrix_no_other_method_goes_round_the_check(exchange: dict[str, Any], things: dict[str, str]) -> None:
    head = signed_in(exchange, "noord.head")
    for name, address in routes().items():
        methods = {method for _, method, _, _ in TABLE[name]}
        if "GET" in methods:
            methods |= {"HEAD"}
        for method in ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "PROPFIND"):
            if method in methods:
                continue
            answer = head.generic(method, address.replace("%(ref)s", things["to pass on"]))
            counted["other_methods"] += 1
            assert answer.status_code == 405, f"{method} {name}: {answer.status_code}"


@pytest.mark.parametrize("seat", ["stad.desk", "federal.officer", "noord.administrator"])
def test_access_matrix_a_reference_of_another_kind_or_another_thing_opens_nothing(
    exchange: dict[str, Any], things: dict[str, str], seat: str
) -> None:
    client = signed_in(exchange, seat)
    for name, address in routes().items():
        if "%(ref)s" not in address:
            continue
        for thing, ref in things.items():
            if any(thing == row[0] for row in TABLE[name]):
                continue
            send = client.post if any(row[1] == "POST" for row in TABLE[name]) else client.get
            answer = send(address.replace("%(ref)s", ref), {"outcome": "noted", "verdict": "same", "reason": "a b c"})
            kind = address.split("/")[1]
            takes = ("match-", "report-", "delivery-") if kind == "ask" else (f"{kind}-",)
            counted["crossed_references"] += 1
            if ref.startswith(takes):
                assert answer.status_code in (200, 404, 409), f"{name} {thing}: {answer.status_code}"
            else:
                assert answer.status_code == 404, f"{name} opens {thing}"


TYPES = ("application/json", "text/plain", "application/x-www-form-urlencoded; charset=utf-7")


@pytest.mark.parametrize("seat", ["stad.head", "noord.administrator"])
def test_access_matrix_no_content_type_and_no_field_said_twice_opens_a_closed_cell(
    exchange: dict[str, Any], things: dict[str, str], seat: str
) -> None:
    client, found, before, cells = signed_in(exchange, seat), routes(), state(), 0
    for name, rows in TABLE.items():
        for thing, method, sent, expected in rows:
            if method != "POST" or not expected or expected.replace(" ", "")[SEATS.index(seat)] != ".":
                continue
            address = found[name].replace("%(ref)s", things[thing] if thing else "")
            typed = sent_for(name, thing, sent, things)
            own = makers.seat(exchange[seat.split(".")[0]], "officer").ref
            twice = {key: [own, value] if key in ("officer", "to") else [value] * 2 for key, value in typed.items()}
            answers = [client.post(address, json.dumps(typed), content_type=kind) for kind in TYPES]
            answers.append(client.post(address, twice))
            cells += len(answers)
            said = [answer.status_code for answer in answers]
            assert set(said) <= {400, 404} and 404 in said, f"{name} {thing}: {said}"
    counted["other_types_and_doubled_fields"] += cells
    assert cells > 100 and state() == before


def test_access_matrix_notices_marked_in_bulk_are_one_s_own_and_no_others(
    exchange: dict[str, Any], things: dict[str, str]
) -> None:
    desk = makers.seat(exchange["federal"], "desk")
    mine = visibility.notices(desk).filter(seen_at=None)
    refs = list(Notice.objects.values_list("ref", flat=True))
    marked, left = mine.count(), Notice.objects.filter(seen_at=None).count()
    assert 0 < marked < NOTICES_MAX, "a test of nothing, or more than a page marks at once"
    own = list(mine.values_list("ref", flat=True))
    others = [ref for ref in refs if ref not in own]
    client = signed_in(exchange, "federal.desk")
    assert client.post("/seen", {"ref": [*others[: NOTICES_MAX - marked], *own]}).status_code == 302
    assert client.post("/seen", {"ref": others}).status_code == 302
    assert Notice.objects.filter(seen_at=None).count() == left - marked
