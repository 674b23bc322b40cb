"""A question is put to the index by a machine, for a purpose and a reason; the line comes before the answer."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest

from passerelle.api import answers
from passerelle.api.asking import Scope, language, now, officer, router
from passerelle.api.bodies import SearchIn
from passerelle.flow import search as searching


@router.post("/search", response=answers.FoundOut, auth=Scope("read"))
def search(request: HttpRequest, body: SearchIn) -> Any:
    """Reports, deliveries and dossiers that answer, among what this account may see: references, and which words of the
    question they have. What they say is read by itself."""
    found = searching.search(
        question=body.question, officer=officer(request), purpose=body.purpose, reason=body.reason, most=body.limit,
        now=now(request),
    )  # fmt: skip
    said = language(request)
    return {
        "search": found.ref,
        "waiting": found.waiting,
        "by_meaning": found.by_meaning,
        "meanings_left": found.meanings_left,
        "rows": [
            {
                "kind": hit.kind, "ref": hit.ref, "at": hit.at, "service": hit.service, "language": hit.language,
                "themes": list(hit.themes), "title": hit.title or None, "form": hit.form or None,
                "score": round(hit.score, 3), "because": [why.in_language(said) for why in hit.because],
            }
            for hit in found.hits
        ],
    }  # fmt: skip
