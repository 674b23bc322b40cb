"""What is put right afterwards: a report withdrawn or erased by its service, and what became of a copy of one."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest

from passerelle.api import answers
from passerelle.api.asking import Scope, act, language, now, officer, router
from passerelle.api.bodies import EndingIn, ErasureIn, ReceiptIn
from passerelle.api.lists import Ref
from passerelle.flow import consult, correct, end_report


@router.post("/reports/{ref}/withdraw", response=answers.Done, auth=Scope("correct"))
def withdraw(request: HttpRequest, ref: Ref, body: EndingIn) -> Any:
    """Take a report back as a whole: nobody is told of it any more, every holder of a copy owes its removal."""
    return act(
        request,
        lambda: end_report.withdraw(
            ref=ref, officer=officer(request), ground=body.ground, reason=body.reason, now=now(request)
        ),
        ref=ref,
    )


@router.post("/reports/{ref}/erase", response=answers.Done, auth=Scope("correct"))
def erase(request: HttpRequest, ref: Ref, body: ErasureIn) -> Any:
    """Destroy what a report said, by who leads the service; every holder of a copy owes its removal."""
    return act(
        request,
        lambda: end_report.erase(ref=ref, officer=officer(request), ground=body.ground, now=now(request)),
        ref=ref,
    )


@router.post("/duties/{ref}/changes", response=dict[str, Any], auth=Scope("read"))
def read_changes(request: HttpRequest, ref: Ref) -> Any:
    """What changed in the copy that this service holds, field by field; the reading follows from the duty."""
    view = consult.read_changes(ref=ref, officer=officer(request), now=now(request))
    return {
        **answers.duty_line(view.duty, officer(request), language(request)),
        "receipts": list(view.receipts),
        "may_answer": view.may_answer,
        "corrections": [
            {
                "ref": one.ref, "kind": one.kind, "asked_at": one.asked_at, "changes": one.changes,
                "receipt": one.receipt or None, "received_at": one.received_at,
            }
            for one in view.corrections
        ],
    }  # fmt: skip


@router.post("/duties/{ref}/receipt", response=answers.Done, auth=Scope("acknowledge"))
def receipt(request: HttpRequest, ref: Ref, body: ReceiptIn) -> Any:
    """Say what was done with our copy; the service whose report it is sees it."""
    return act(
        request,
        lambda: correct.give_receipt(
            ref=ref, officer=officer(request), receipt=body.receipt, note=body.note, now=now(request)
        ),
        ref=ref,
    )
