"""One thing is read, for a purpose and a reason: the line is written before the first byte of the answer."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.http import HttpRequest, HttpResponse

from passerelle.api import answers
from passerelle.api.asking import Scope, language, now, officer, router
from passerelle.api.bodies import ReadIn
from passerelle.api.lists import Ref
from passerelle.channels import followthemoney
from passerelle.flow import consult, consult_dossier

FOLLOWS = "follows"
LINES = "application/x-ndjson"


def asked(request: HttpRequest, ref: str, body: ReadIn) -> dict[str, Any]:
    """What a reading is asked with. What follows from a duty, a filing or an arrival, the house says by itself."""
    purpose = "" if body.purpose == FOLLOWS else body.purpose
    return {"ref": ref, "officer": officer(request), "purpose": purpose, "reason": body.reason, "now": now(request)}


@router.post("/reports/{ref}/read", response=dict[str, Any], auth=Scope("read"))
def read_report(request: HttpRequest, ref: Ref, body: ReadIn) -> Any:
    """A report of this service: its text, its subjects, what was owed and sent of it."""
    return answers.report_out(consult.read_report(**asked(request, ref, body)), officer(request), language(request))


@router.post("/deliveries/{ref}/read", response=dict[str, Any], auth=Scope("read"))
def read_delivery(request: HttpRequest, ref: Ref, body: ReadIn) -> Any:
    """Exactly what travelled. Read first by its recipient, its evidence climbs to `opened`."""
    return answers.delivery_out(consult.read_delivery(**asked(request, ref, body)), officer(request), language(request))


@router.post("/matches/{ref}/read", response=dict[str, Any], auth=Scope("read"))
def read_match(request: HttpRequest, ref: Ref, body: ReadIn) -> Any:
    """Two records side by side, each as far as this account may see it."""
    return answers.match_out(consult.read_match(**asked(request, ref, body)), language(request))


@router.post("/dossiers/{ref}/read", response=dict[str, Any], auth=Scope("read"))
def read_dossier(request: HttpRequest, ref: Ref, body: ReadIn) -> Any:
    """A dossier of this service, with what reached it."""
    return answers.dossier_out(consult_dossier.read_dossier(**asked(request, ref, body)), officer(request))


@router.post("/reports/{ref}/followthemoney", auth=Scope("read"), openapi_extra={"x-lines": LINES})
def report_as_entities(request: HttpRequest, ref: Ref, body: ReadIn) -> Any:
    """The same report as FollowTheMoney entities, one JSON object a line."""
    view = consult.read_report(**asked(request, ref, body))
    subjects = [answers.subject(one.subject) for one in view.subjects]
    ties = [(one.subject.ref, kind, other.ref) for one in view.subjects for kind, other in one.relations]
    learnt = view.report.learnt_on
    return _lines(
        followthemoney.entities(
            ref=ref, text=view.said.text if view.said else "", language=view.said.language if view.said else "",
            learnt_on=learnt.isoformat() if learnt else "", subjects=subjects, relations=ties,
        )
    )  # fmt: skip


@router.post("/deliveries/{ref}/followthemoney", auth=Scope("read"), openapi_extra={"x-lines": LINES})
def delivery_as_entities(request: HttpRequest, ref: Ref, body: ReadIn) -> Any:
    """What travelled as FollowTheMoney entities, one JSON object a line; a pointer has none."""
    content = consult.read_delivery(**asked(request, ref, body)).delivery.content
    return _lines(
        followthemoney.entities(
            ref=ref, text=content.get("text", ""), language=content.get("language", ""),
            learnt_on=content.get("learnt_on") or "", subjects=content.get("subjects", ()),
            relations=content.get("relations", ()),
        )
    )  # fmt: skip


def _lines(found: Iterable[dict[str, Any]]) -> HttpResponse:
    return HttpResponse("".join(followthemoney.lines(found)), content_type=LINES)
