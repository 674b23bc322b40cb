"""Makers of invented services, officers, reports and dossiers, through the real verbs."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any

from passerelle.flow import receive, seats, work
from passerelle.flow.receive import RelationDraft, ReportDraft, SubjectDraft
from passerelle.records.models import Dossier, Officer, Report, Service, Subject

NOON = datetime(2026, 3, 2, 11, 0, tzinfo=UTC)
"""A Monday, noon in Brussels: where a test's time begins unless it says otherwise."""


def service(
    key: str, kind: str = "police", *, languages: Sequence[str] = ("nl",), now: datetime = NOON, **more: Any
) -> Service:
    """A service without officers."""
    return seats.add_service(
        key=key, name=key.replace("-", " ").title(), kind=kind, languages=languages, now=now, **more
    )


def officer(of: Service, role: str = "desk", *, name: str = "", now: datetime = NOON, **more: Any) -> Officer:
    """An officer of a service, named for their seat, who reads its languages."""
    said = name or f"{role} of {of.key}"
    return seats.seat_officer(
        username=f"{of.key}.{role}.{Officer.objects.count()}",
        name=said,
        service=of,
        role=role,
        language=of.languages[0],
        languages_read=of.languages,
        now=now,
        **more,
    )


def exchange(*, now: datetime = NOON) -> dict[str, Service]:
    """Two police zones, a federal unit, a municipality, a youth-care board, the neutral desk and an oversight body:
    each with an officer, a desk, a supervisor and a head (oversight: one seat)."""
    made = {
        "noord": service("noord", languages=("nl",), now=now),
        "midi": service("midi", languages=("fr",), now=now),
        "federal": service("federal", "federal_police", languages=("fr", "nl"), now=now),
        "stad": service("stad", "municipality", languages=("nl", "fr"), now=now),
        "jeugd": service("jeugd", "youth_care", languages=("nl",), now=now),
        "neutral": service("neutral", "neutral_desk", languages=("en",), now=now),
        "oversight": service("oversight", "oversight", languages=("en",), now=now),
    }
    for key, place in made.items():
        if key == "oversight":
            officer(place, "oversight", now=now)
            continue
        for role in ("officer", "desk", "supervisor", "head"):
            officer(place, role, now=now)
    return made


def seat(of: Service, role: str) -> Officer:
    """The first officer of a service in a role."""
    return Officer.objects.filter(service=of, role=role).order_by("id")[0]


def called(caption: str) -> Subject:
    """The one subject with this caption, which stands sealed and cannot be looked for. Raises StopIteration."""
    return next(subject for subject in Subject.objects.order_by("id") if subject.caption == caption)


def person(local_id: str, *names: str, category: str = "suspect", **properties: Sequence[str]) -> SubjectDraft:
    """A person with these names; other properties as lists."""
    return SubjectDraft(
        local_id=local_id,
        schema="Person",
        category=category,
        properties={**({"name": list(names)} if names else {}), **{k: list(v) for k, v in properties.items()}},
    )


def address(local_id: str, full: str) -> SubjectDraft:
    """An address as a subject."""
    return SubjectDraft(local_id=local_id, schema="Address", properties={"full": [full]})


def report(
    of: Service,
    text: str = "Something was seen.",
    *subjects: SubjectDraft,
    relations: Sequence[RelationDraft] = (),
    now: datetime = NOON,
    author: Officer | None = None,
    dossier: Dossier | None = None,
    **more: Any,
) -> Report:
    """A report filed by the service's officer, and compared at once."""
    filed = receive.file_report(
        service=of,
        author=author or seat(of, "officer"),
        dossier=dossier,
        now=now,
        draft=ReportDraft(
            text=text, language=more.pop("language", of.languages[0]), subjects=subjects, relations=relations, **more
        ),
    )
    work.work_until_done(now=now)
    return filed


def dossier(
    of: Service,
    *subjects: SubjectDraft,
    relations: Sequence[RelationDraft] = (),
    now: datetime = NOON,
    purpose: str = "investigation",
    until: date | None = None,
    **more: Any,
) -> Dossier:
    """A dossier of the service with these subjects, compared at once."""
    opened = receive.open_dossier(
        service=of,
        officer=seat(of, "officer"),
        title=more.pop("title", "A dossier"),
        language=of.languages[0],
        purpose=purpose,
        legal_basis="Police Function Act, Art. 44/1",
        until=until or (now + timedelta(days=365)).date(),
        subjects=subjects,
        relations=relations,
        now=now,
        **more,
    )
    work.work_until_done(now=now)
    return opened
