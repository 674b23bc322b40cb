"""What for: asked before protected content that is no duty of the reader's, once for each visit."""

from __future__ import annotations

from datetime import datetime

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from passerelle.errors import Refused
from passerelle.flow import visits
from passerelle.web.asking import beside_the_form, page, what_for


@require_POST
@page
def why(request: HttpRequest, ref: str, *, now: datetime) -> HttpResponse:
    """The purpose is kept for the visit, and the thing is opened."""
    reason = request.POST.get("reason", "").strip()
    try:
        visits.begin(ref=ref, officer=request.user, purpose=request.POST.get("purpose", ""), reason=reason, now=now)
    except Refused as refusal:
        return what_for(request, ref, beside_the_form(refusal))
    return redirect(ref.split("-")[0], ref=ref)
