"""Whether the house stands: the pages answer, and somebody watches the clocks."""

from __future__ import annotations

from django.http import HttpRequest, JsonResponse
from django.utils import timezone
from django.views.decorators.http import require_safe

from passerelle.flow.work import heartbeat_is_old
from passerelle.records.models import Heartbeat

UNWELL_STATUS = 503


@require_safe
def health(request: HttpRequest) -> JsonResponse:
    """`{"ok": …, "last_sweep": …}`; 503 when no worker has taken a turn for too long. It says nothing else."""
    well = not heartbeat_is_old(timezone.now())
    beat = Heartbeat.objects.filter(name="worker").values_list("beat_at", flat=True).first()
    answer = {"ok": well, "last_sweep": beat.isoformat() if beat is not None else None}
    return JsonResponse(answer, status=200 if well else UNWELL_STATUS)
