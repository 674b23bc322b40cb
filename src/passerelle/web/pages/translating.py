"""What the engine on this machine makes of a foreign text: shown once, marked as a machine's, and kept nowhere."""

from __future__ import annotations

from datetime import datetime

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language
from django.views.decorators.http import require_POST

from passerelle.channels import translation
from passerelle.flow import consult
from passerelle.flow.facts import NotThere
from passerelle.records.models import Officer
from passerelle.web.asking import page
from passerelle.words import LANGUAGES


@require_POST
@page
def translate(request: HttpRequest, ref: str, *, now: datetime) -> HttpResponse:
    """A report or a delivery that this reader may read, read again with its line, and sent to the engine here. Where
    no engine is set there is no such page."""
    officer: Officer = request.user
    engine = translation.engine(settings.TRANSLATION_ENGINE)
    if engine is None:
        raise NotThere
    kind = ref.split("-")[0]
    if kind == "report":
        said = consult.read_report(ref=ref, officer=officer, now=now).said
        text, language = (str(said.text), said.language) if said is not None else ("", "")
    elif kind == "delivery":
        content = consult.read_delivery(ref=ref, officer=officer, now=now).delivery.content
        text, language = content.get("text", ""), content.get("language", "")
    else:
        raise NotThere
    into = get_language() or "en"
    if not text or language not in LANGUAGES or into not in LANGUAGES or language == into:
        raise NotThere
    context = {
        "kind": kind, "ref": ref, "engine": engine.name, "text": text, "language": language, "into": into,
        "translation": engine.translate(text, language, into),
    }  # fmt: skip
    return render(request, "translation.html", context)
