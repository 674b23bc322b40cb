"""The law this installation carries: deadlines, grounds, who may tell whom, handling, the ladder; with sources."""

from __future__ import annotations

from datetime import datetime

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from passerelle.duty import KINDS
from passerelle.flow import rules as verbs
from passerelle.flow import rules_in_force
from passerelle.policy import deadlines, disclosure, ladder
from passerelle.policy.facts import SERVICE_KINDS
from passerelle.policy.grounds import GROUNDS
from passerelle.records import visibility
from passerelle.records.models import RuleTable
from passerelle.web import rules_shown
from passerelle.web.asking import page

VERSIONS_MAX = 50


@require_safe
@page
def law(request: HttpRequest, *, now: datetime) -> HttpResponse:
    """Each table as it is applied, row by row."""
    rows = deadlines.in_force()
    context = {
        "deadlines": [(kind, [(row, row.says()) for row in rows if kind in row.duties]) for kind in KINDS],
        "grounds": GROUNDS.values(),
        "tellings": disclosure.table_in_force(),
        "handlings": disclosure.handlings().values(),
        "rungs": list(enumerate(ladder.RUNGS)),
        "service_kinds": SERVICE_KINDS,
        "versions": RuleTable.objects.select_related("proposed_by__service", "decided_by")[:VERSIONS_MAX],
    }
    return render(request, "law.html", context)


@require_safe
@page
def rules(request: HttpRequest, ref: str, *, now: datetime) -> HttpResponse:
    """One version of a table, row by row against the one before it."""
    found = get_object_or_404(
        RuleTable.objects.select_related("proposed_by__service", "decided_by__service"), ref=ref
    )
    after = rules_in_force.approved(found.table, found.text)
    before = RuleTable.objects.filter(table=found.table, version__gt=0, in_force_at__isnull=False)
    if found.version:
        before = before.filter(version__lt=found.version)
    last = before.order_by("-version").first()
    shipped = deadlines.shipped() if found.table == "deadlines" else disclosure.telling_table()
    rows = rules_in_force.approved(last.table, last.text) if last is not None else shipped
    changes = [(one, list(rules_shown.changed(one, rows, after))) for one in verbs.differences(rows, after)]
    may_decide = visibility.duties(request.user).filter(pk=found.review_id, ended_at__isnull=True).exists()
    context = {"rules": found, "changes": changes, "may_decide": may_decide, "last": last}
    return render(request, "rules.html", context)
