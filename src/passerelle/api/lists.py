"""The lists of a desk, page by page: what is owed, found, delivered, filed, watched for and told. No contents."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from django.db.models import Q
from django.http import HttpRequest
from ninja import Query
from pydantic import Field

from passerelle.api import answers, cursors
from passerelle.api.asking import Scope, language, now, officer, router, works_with_contents
from passerelle.api.bodies import NoticesIn
from passerelle.duty import LIVE
from passerelle.flow import consult, notices
from passerelle.policy.facts import DESK_ROLES
from passerelle.records import visibility
from passerelle.records.models import Interest

Cursor = Annotated[str, Query(max_length=cursors.CURSOR_CHARACTERS_MAX)]
Limit = Annotated[int, Query(ge=1, le=cursors.ROWS_MAX)]
Ref = Annotated[str, Field(max_length=40, pattern=r"^[a-z]+-[0-9a-z]{1,32}$")]


@router.get("/duties", response=answers.DutiesPage, auth=Scope("list"))
def list_duties(
    request: HttpRequest,
    part: Literal["to_do", "waiting", "all"] = "to_do",
    kind: Literal["", "pass_on", "judge", "acknowledge", "answer", "review", "correct"] = "",
    late: bool = False,
    cursor: Cursor = "",
    limit: Limit = cursors.ROWS_USUAL,
) -> Any:
    """Live duties, the shortest clock first: `to_do` is what this seat and its desk owe, `waiting` what others do."""
    who = officer(request)
    rows = visibility.duties(who).filter(state__in=LIVE)
    if part == "to_do":
        mine = Q(officer=who.pk)
        if who.role in DESK_ROLES:
            mine |= Q(holder=who.service_id, officer__isnull=True)
        rows = rows.exclude(state="withheld").filter(mine)
    elif part == "waiting":
        owed = Q(recipient=who.service_id) & ~Q(service=who.service_id)
        climbed = Q(service=who.service_id) & ~Q(holder=who.service_id)
        rows = rows.filter(owed | climbed | Q(service=who.service_id, state="withheld"))
    if kind:
        rows = rows.filter(kind=kind)
    if late:
        rows = rows.filter(state="open", due_at__lt=now(request))
    got = visibility.deliveries(who).filter(recipient=who.service_id).exclude(form="pointer")
    asked = rows.filter(kind="acknowledge").values("report")
    by_report = dict(got.filter(report__in=asked).order_by("delivered_at", "id").values_list("report_id", "ref"))
    return cursors.page(
        request.account, rows, lambda duty: answers.duty_line(duty, who, language(request), by_report),
        of="duties", by="due_at", asked=(part, kind, late), cursor=cursor, limit=limit,
        related=("service", "holder", "officer", "recipient", "match"),
    )  # fmt: skip


@router.get("/duties/{ref}", response=answers.DutyOut, auth=Scope("list"))
def show_duty(request: HttpRequest, ref: Ref) -> Any:
    """One duty: its clock, its reasons, and what this account may do with it. No text of a report."""
    view = consult.read_duty(ref=ref, officer=officer(request), now=now(request))
    return answers.duty_out(view, officer(request), language(request))


@router.get("/matches", response=answers.MatchesPage, auth=Scope("list"))
def list_matches(request: HttpRequest, cursor: Cursor = "", limit: Limit = cursors.ROWS_USUAL) -> Any:
    """Matches, the latest first."""
    who = officer(request)
    rows = visibility.matches(who)
    in_full = visibility.matches_in_full(who)

    def line(match: Any) -> dict[str, Any]:
        row = answers.match_line(match)
        if not in_full.filter(pk=match.pk).exists():
            row |= {"band": None, "verdict": None}
        return row

    return cursors.page(
        request.account, rows, line, of="matches", by="found_at", latest_first=True, cursor=cursor, limit=limit,
    )  # fmt: skip


@router.get("/deliveries", response=answers.DeliveriesPage, auth=Scope("list"))
def list_deliveries(
    request: HttpRequest,
    part: Literal["received", "sent", "unread"] = "received",
    cursor: Cursor = "",
    limit: Limit = cursors.ROWS_USUAL,
) -> Any:
    """Deliveries, the latest first: received, sent, or received and not opened yet."""
    who = officer(request)
    rows = visibility.deliveries(who)
    rows = rows.filter(sender=who.service_id) if part == "sent" else rows.filter(recipient=who.service_id)
    if part == "unread":
        rows = rows.filter(evidence="delivered")
    return cursors.page(
        request.account, rows, lambda one: answers.delivery_line(one, who), of="deliveries", by="delivered_at",
        latest_first=True, asked=(part,), cursor=cursor, limit=limit, related=("sender", "recipient", "duty"),
    )  # fmt: skip


@router.get("/reports", response=answers.ReportsPage, auth=Scope("list"))
def list_reports(request: HttpRequest, cursor: Cursor = "", limit: Limit = cursors.ROWS_USUAL) -> Any:
    """The reports that this service filed, the latest first."""
    rows = visibility.reports(officer(request)).filter(service=officer(request).service_id)
    return cursors.page(
        request.account, rows, answers.report_line, of="reports", by="filed_at", latest_first=True, cursor=cursor,
        limit=limit,
    )  # fmt: skip


@router.get("/dossiers", response=answers.DossiersPage, auth=Scope("list"))
def list_dossiers(request: HttpRequest, cursor: Cursor = "", limit: Limit = cursors.ROWS_USUAL) -> Any:
    """The dossiers of this service, the latest first."""
    rows = visibility.dossiers(officer(request))
    return cursors.page(
        request.account, rows, answers.dossier_line, of="dossiers", by="opened_at", latest_first=True, cursor=cursor,
        limit=limit,
    )  # fmt: skip


@router.get("/watches", response=answers.WatchesPage, auth=Scope("list"))
def list_watches(request: HttpRequest, cursor: Cursor = "", limit: Limit = cursors.ROWS_USUAL) -> Any:
    """The live watches and rules of this service, the latest first."""
    who = works_with_contents(request)
    rows = Interest.objects.filter(
        service=who.service_id, kind__in=("watch", "rule"), until__gt=now(request).date()
    )
    return cursors.page(
        request.account, rows, answers.watch_line, of="watches", by="stated_at", latest_first=True, cursor=cursor,
        limit=limit,
    )  # fmt: skip


@router.get("/notices", response=answers.NoticesPage, auth=Scope("list"))
def list_notices(request: HttpRequest, cursor: Cursor = "", limit: Limit = cursors.ROWS_USUAL) -> Any:
    """What was told to this seat or its desk and not marked as seen, the latest first: “your report was used”."""
    rows = visibility.notices(officer(request)).filter(seen_at__isnull=True)
    return cursors.page(
        request.account, rows, lambda one: answers.notice_line(one, language(request)), of="notices", by="told_at",
        latest_first=True, cursor=cursor, limit=limit, related=("duty",),
    )  # fmt: skip


@router.post("/notices/seen", response=answers.Seen, auth=Scope("list"))
def mark_notices(request: HttpRequest, body: NoticesIn) -> Any:
    """These were seen, and leave the list. Marking them again changes nothing."""
    return {"seen": notices.mark_seen(refs=body.refs, officer=officer(request), now=now(request))}
