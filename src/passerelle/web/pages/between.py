"""What flowed between services in a month, as a page and as CSV: for who leads a service its own, for oversight all."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from passerelle.errors import Refused
from passerelle.flow import between_services as counts
from passerelle.web.asking import REFUSED_STATUS, beside_the_form, page

GRID_MAX = 14
"""A grid of more services than this is not drawn: the table below it has every pair."""


@require_safe
@page
def between(request: HttpRequest, *, now: datetime) -> HttpResponse:
    """The month, as a grid of services and as a table with languages."""
    asked = request.GET.get("month", f"{now.year}-{now.month:02}")[:7]
    flow: counts.Flow | None = None
    refusal: Refused | None = None
    try:
        flow = counts.between(month=counts.month_in(asked), officer=request.user, now=now)
    except Refused as refused:
        refusal = beside_the_form(refused)
    context = {"flow": flow, "month": asked, "refusal": refusal, "grid": _grid(flow) if flow else None}
    return render(request, "between.html", context, status=REFUSED_STATUS if refusal else 200)


@require_safe
@page
def between_csv(request: HttpRequest, *, now: datetime) -> HttpResponse:
    """The same as a file."""
    flow = counts.between(month=counts.month_in(request.GET.get("month", "")), officer=request.user, now=now)
    answer = HttpResponse(counts.as_csv(flow), content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="flow-{flow.month}.csv"'
    return answer


def _grid(flow: counts.Flow) -> dict[str, Any] | None:
    """Senders down, recipients across; None where there are too many to be seen at once."""
    senders = {cell.sender.pk: cell.sender for cell in flow.cells}
    recipients = {cell.recipient.pk if cell.recipient else 0: cell.recipient for cell in flow.cells}
    names = {key: one.name if one else "" for key, one in recipients.items()}
    if not flow.cells or max(len(senders), len(recipients)) > GRID_MAX:
        return None
    sums: dict[tuple[int, int], dict[str, Any]] = {}
    for cell in flow.cells:
        key = (cell.sender.pk, cell.recipient.pk if cell.recipient else 0)
        into = sums.setdefault(key, {"owed": 0, "late": 0, "told": 0, "gap": False})
        into["owed"] += cell.counts.owed
        into["late"] += cell.counts.late
        into["told"] += cell.counts.told
        into["gap"] = into["gap"] or cell.gap
    across = sorted(recipients, key=lambda key: (key == 0, names[key]))
    rows = [
        (senders[key], [sums.get((key, to)) for to in across]) for key in sorted(senders, key=lambda k: senders[k].name)
    ]
    return {"across": [recipients[key] for key in across], "rows": rows}
