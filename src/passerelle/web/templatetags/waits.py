"""How templates say how long something waited, and why."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import template
from django.utils.translation import gettext

from passerelle.replay import live, live_sheet
from passerelle.replay.waiting import CAUSES
from passerelle.web.templatetags.said import reading_language

register = template.Library()


@register.filter
def lasted(hours: float | None) -> str:
    """So many hours, in a size that is read at once."""
    return live_sheet.lasted(hours, reading_language())


@register.filter
def share(value: float | None) -> str:
    """A share in parts of a hundred."""
    return live_sheet.share(value)


@register.filter
def reason(cause: str) -> str:
    """Why something waited."""
    return gettext(CAUSES[cause])


@register.filter
def remedy(cause: str) -> str:
    """What can be done about it."""
    return gettext(live.REMEDIES[cause]) if cause in live.REMEDIES else ""


@register.filter
def change(one: live.Reason) -> str:
    """How its hours compare with the month before."""
    return "–" if one.hours is None else live_sheet.change(one.hours, one.hours_before)


@register.filter
def name_in(key: str, names: Mapping[str, Any]) -> str:
    """How a service is called."""
    return str(names.get(key, key)) or "–"
