"""What a desk decides: judge, acknowledge, pass on, withhold, review, hold, assign, recall, confirm destruction."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from ninja import Status

from passerelle.api import answers
from passerelle.api.asking import Scope, act, now, officer, router
from passerelle.api.bodies import (
    AcknowledgementIn,
    AssignmentIn,
    ConsentIn,
    HoldIn,
    JudgementIn,
    NoteIn,
    OnwardIn,
    ReasonIn,
    ReviewIn,
    WithholdingIn,
)
from passerelle.api.lists import Ref
from passerelle.flow import acknowledge as acknowledging
from passerelle.flow import decide, onward, recall
from passerelle.flow import hold as holding
from passerelle.flow import judge as judging
from passerelle.flow.facts import NotThere
from passerelle.records.models import Officer, Service


@router.post("/matches/{ref}/judge", response=answers.Done, auth=Scope("judge"))
def judge(request: HttpRequest, ref: Ref, body: JudgementIn) -> Any:
    """Say whether two records are the same subject: the word of the person who sits at the machine."""
    return act(
        request,
        lambda: judging.judge_match(
            ref=ref, officer=officer(request), verdict=body.verdict, reason=body.reason, now=now(request)
        ),
        ref=ref,
    )


@router.post("/matches/{ref}/take-back", response=answers.Done, auth=Scope("judge"))
def take_back(request: HttpRequest, ref: Ref) -> Any:
    """Take this account's own last judgement back; the pair is asked again."""
    return act(request, lambda: judging.take_back(ref=ref, officer=officer(request), now=now(request)), ref=ref)


@router.post("/duties/{ref}/acknowledge", response=answers.Done, auth=Scope("acknowledge"))
def acknowledge(request: HttpRequest, ref: Ref, body: AcknowledgementIn) -> Any:
    """Say that it was got, and what was done with it; the originator hears it."""
    return act(
        request,
        lambda: acknowledging.acknowledge_duty(
            ref=ref, officer=officer(request), outcome=body.outcome, note=body.note, now=now(request)
        ),
        ref=ref,
    )


@router.post("/duties/{ref}/destroyed", response=answers.Done, auth=Scope("acknowledge"))
def destroyed(request: HttpRequest, ref: Ref, body: NoteIn) -> Any:
    """Say that no copy is left of what its sender recalled."""
    return act(
        request,
        lambda: recall.confirm_destroyed(ref=ref, officer=officer(request), note=body.note, now=now(request)),
        ref=ref,
    )


@router.post("/duties/{ref}/pass-on", response=answers.Done, auth=Scope("decide"))
def pass_on(request: HttpRequest, ref: Ref, body: NoteIn) -> Any:
    """Pass on as much as law and handling let: the whole, or an extract with the others blacked out."""
    return act(
        request, lambda: decide.pass_on(ref=ref, officer=officer(request), note=body.note, now=now(request)), ref=ref
    )


@router.post("/deliveries/{ref}/onward", response={201: answers.Done, 200: answers.Done}, auth=Scope("decide"))
def ask_onward(request: HttpRequest, ref: Ref, body: OnwardIn) -> Any:
    """Ask whoever filed what was delivered to pass it on to a further service; the answer is a duty with a clock."""
    to = Service.objects.filter(key=body.to).first()
    if to is None:
        raise NotThere
    done = act(
        request,
        lambda: onward.ask_originator(
            delivery=ref, officer=officer(request), to=to, purpose=body.purpose, reason=body.reason, now=now(request)
        ).ref,
        made=True,
    )
    return Status(200 if done["repeated"] else 201, done)


@router.post("/duties/{ref}/consent", response=answers.Done, auth=Scope("decide"))
def consent(request: HttpRequest, ref: Ref, body: ConsentIn) -> Any:
    """Say yes to a recipient who asks that a report be passed on; to say no is to withhold, on a ground."""
    return act(
        request,
        lambda: onward.consent(
            ref=ref, officer=officer(request), note=body.note, extract=body.extract, now=now(request)
        ),
        ref=ref,
    )


@router.post("/duties/{ref}/withhold", response={201: answers.Done, 200: answers.Done}, auth=Scope("decide"))
def withhold(request: HttpRequest, ref: Ref, body: WithholdingIn) -> Any:
    """Do not pass on, on one ground of the closed list; a second person reviews, by a clock."""
    done = act(
        request,
        lambda: decide.withhold(
            ref=ref, officer=officer(request), ground=body.ground, reason=body.reason, now=now(request)
        ).ref,
        made=True,
    )
    return Status(200 if done["repeated"] else 201, done)


@router.post("/duties/{ref}/review", response=answers.Done, auth=Scope("review"))
def review(request: HttpRequest, ref: Ref, body: ReviewIn) -> Any:
    """Uphold a decision of somebody else, or overturn it; what was withheld then travels at once."""
    return act(
        request,
        lambda: decide.review(
            ref=ref, officer=officer(request), uphold=body.uphold, reason=body.reason, now=now(request)
        ),
        ref=ref,
    )


@router.post("/duties/{ref}/hold", response=answers.Done, auth=Scope("decide"))
def hold(request: HttpRequest, ref: Ref, body: HoldIn) -> Any:
    """Pause a duty, with a reason and an end at most seven days away."""
    return act(
        request,
        lambda: holding.hold_duty(
            ref=ref, officer=officer(request), reason=body.reason, until=body.until, now=now(request)
        ),
        ref=ref,
    )


@router.post("/duties/{ref}/assign", response=answers.Done, auth=Scope("decide"))
def assign(request: HttpRequest, ref: Ref, body: AssignmentIn) -> Any:
    """Give a duty of this desk to an officer of its service, or back to the desk."""
    to = None
    if body.officer is not None:
        to = Officer.objects.filter(ref=body.officer, service=officer(request).service_id).first()
        if to is None:
            raise NotThere
    return act(
        request, lambda: holding.assign(ref=ref, officer=officer(request), to=to, now=now(request)), ref=ref
    )


@router.post("/deliveries/{ref}/recall", response=answers.Done, auth=Scope("decide"))
def recall_delivery(request: HttpRequest, ref: Ref, body: ReasonIn) -> Any:
    """Take back what was passed on by mistake: its recipient sees it no more."""
    return act(
        request, lambda: recall.recall(ref=ref, officer=officer(request), reason=body.reason, now=now(request)),
        ref=ref,
    )  # fmt: skip
