"""What of the tables a reader may see in lists: the policy said again as SQL, ground by ground.

Each function returns exactly the rows for which `policy.access.may(reader, "list", facts)` is true; a property test
demands the same set. Denied and absent are therefore the same answer, with the same query.
"""

from __future__ import annotations

from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery, TextField
from django.db.models.functions import Cast

from passerelle.policy.facts import DESK_ROLES, SERVICE_ROLES
from passerelle.records.models import (
    Delivery,
    Dossier,
    Duty,
    Findable,
    Grant,
    Judgement,
    Match,
    Notice,
    Officer,
    PersonRequest,
    Question,
    Reading,
    Report,
    RequestPart,
    Subject,
)

_NOTHING = Q(pk__in=())
_STANDING = Delivery.objects.exclude(evidence="recalled")
"""A recipient sees no more of what was recalled."""


def reports(officer: Officer) -> QuerySet[Report]:
    """Grounds own_service, own_filing, delivered, oversight."""
    if officer.role == "oversight":
        return Report.objects.all()
    if officer.role not in SERVICE_ROLES:
        return Report.objects.filter(_NOTHING)
    own = Q(service=officer.service_id)
    if officer.role == "officer":
        own &= ~Q(handling="sealed") | Q(author=officer.pk)
    delivered = Exists(_STANDING.filter(report=OuterRef("pk"), recipient=officer.service_id))
    return Report.objects.filter(own | delivered)


def findables(officer: Officer) -> QuerySet[Findable]:
    """What a search may find: one's own service's reports and dossiers, and what was delivered to it; for oversight,
    all. What is gone, restricted or recalled stands in no index, and is not listed here either."""
    standing = Findable.objects.exclude(report__gone__gt="").exclude(report__restriction__gt="")
    standing = standing.exclude(delivery__evidence="recalled")
    if officer.role == "oversight":
        return standing
    if officer.role not in SERVICE_ROLES:
        return standing.filter(_NOTHING)
    own = Q(service=officer.service_id)
    if officer.role == "officer":
        own &= Q(report__isnull=True) | ~Q(report__handling="sealed") | Q(report__author=officer.pk)
    return standing.filter(own)


def dossiers(officer: Officer) -> QuerySet[Dossier]:
    """Grounds own_service, oversight: a dossier is known to its own service only."""
    if officer.role == "oversight":
        return Dossier.objects.all()
    if officer.role not in SERVICE_ROLES:
        return Dossier.objects.filter(_NOTHING)
    return Dossier.objects.filter(service=officer.service_id)


def duties(officer: Officer) -> QuerySet[Duty]:
    """Grounds own_service, holder, neutral_desk, review, waiting, oversight."""
    if officer.role == "oversight":
        return Duty.objects.all()
    if officer.role not in SERVICE_ROLES:
        return Duty.objects.filter(_NOTHING)
    if officer.role == "officer":
        own = Q(service=officer.service_id) & (Q(report__isnull=True) | ~Q(report__handling="sealed"))
        return Duty.objects.filter(own | (Q(holder=officer.service_id, officer=officer.pk) & ~Q(kind="review")))
    got = Exists(_STANDING.filter(duty=OuterRef("pk"), recipient=officer.service_id))
    waiting = Q(recipient=officer.service_id) & Q(report__isnull=False) & ~Q(report__handling="sealed") & got
    return Duty.objects.filter(Q(service=officer.service_id) | Q(holder=officer.service_id) | waiting)


def deliveries(officer: Officer) -> QuerySet[Delivery]:
    """Grounds own_service, delivered, oversight."""
    if officer.role == "oversight":
        return Delivery.objects.all()
    if officer.role not in SERVICE_ROLES:
        return Delivery.objects.filter(_NOTHING)
    own = Q(sender=officer.service_id)
    if officer.role == "officer":
        own &= ~Q(report__handling="sealed")
    return Delivery.objects.filter(own | Q(recipient=officer.service_id) & ~Q(evidence="recalled"))


def matches(officer: Officer) -> QuerySet[Match]:
    """Grounds party_to_match, delivered, neutral_desk, oversight."""
    if officer.role == "oversight":
        return Match.objects.all()
    if officer.role not in SERVICE_ROLES:
        return Match.objects.filter(_NOTHING)
    return Match.objects.filter(_in_full(officer) | Q(_told(officer)))


def matches_in_full(officer: Officer) -> QuerySet[Match]:
    """Those of which the reader sees both sides and the reasons: grounds party_to_match, neutral_desk, oversight."""
    if officer.role == "oversight":
        return Match.objects.all()
    return Match.objects.filter(_in_full(officer))


def _in_full(officer: Officer) -> Q:
    if officer.role not in DESK_ROLES:
        return _NOTHING
    # No join: the other side may be hidden. And asked of each match: a service may hold a million subjects.
    own = Subject.objects.filter(service=officer.service_id)
    party = Q(Exists(own.filter(pk=OuterRef("left")))) | Q(Exists(own.filter(pk=OuterRef("right"))))
    judged = Duty.objects.filter(match=OuterRef("pk"), kind="judge")
    found = party & Exists(judged.filter(service=officer.service_id))
    if officer.service.kind == "neutral_desk":
        found |= Q(Exists(judged.filter(holder=officer.service_id, ended_at__isnull=True)))
        ours = Judgement.objects.filter(match=OuterRef("pk"), officer__service=officer.service_id)
        found |= Q(Exists(ours.filter(taken_back_at__isnull=True)))  # so that it can be taken back
    return found


def _told(officer: Officer) -> Exists:
    """A delivery speaks of this match when it names the recipient's side, or shows the sender's. Another match that
    only called for the same telling is not told by it."""
    calls = Duty.matches.through.objects.filter(duty=OuterRef("duty"), match=OuterRef(OuterRef("pk")))
    got = _STANDING.filter(Exists(calls), recipient=officer.service_id).annotate(said=Cast("names", TextField()))
    left, right = (
        Subquery(Subject.objects.filter(pk=OuterRef(OuterRef(side))).values("ref")) for side in ("left", "right")
    )
    return Exists(got.filter(Q(said__contains=left) | Q(said__contains=right)))


def grants(officer: Officer) -> QuerySet[Grant]:
    """Grounds granted, oversight."""
    if officer.role == "oversight":
        return Grant.objects.all()
    if officer.role not in SERVICE_ROLES:
        return Grant.objects.filter(_NOTHING)
    found = Q(officer=officer.pk)
    if officer.role in DESK_ROLES:
        own = Report.objects.filter(pk=OuterRef("report"), service=officer.service_id)
        found |= Exists(own) & ~Exists(Duty.objects.filter(pk=OuterRef("review"), discreet=True))
    if officer.role in ("supervisor", "head"):
        found |= Q(officer__service=officer.service_id)
    return Grant.objects.filter(found)


def questions(officer: Officer) -> QuerySet[Question]:
    """Grounds asked, oversight."""
    if officer.role == "oversight":
        return Question.objects.all()
    if officer.role not in SERVICE_ROLES:
        return Question.objects.filter(_NOTHING)
    found = Q(service=officer.service_id)
    if officer.role in DESK_ROLES:
        owed = Duty.objects.filter(Q(service=officer.service_id) | Q(holder=officer.service_id), kind="answer")
    else:
        owed = Duty.objects.filter(holder=officer.service_id, officer=officer.pk, kind="answer")
    return Question.objects.filter(found | Q(duty__in=owed.values("pk")))


def requests(officer: Officer) -> QuerySet[PersonRequest]:
    """Ground persons, oversight: those that this desk's service recorded, or answers."""
    if officer.role == "oversight":
        return PersonRequest.objects.all()
    if officer.role not in DESK_ROLES:
        return PersonRequest.objects.filter(_NOTHING)
    return PersonRequest.objects.filter(Q(service=officer.service_id) | Q(holder=officer.service_id))


def request_parts(officer: Officer) -> QuerySet[RequestPart]:
    """Ground persons, oversight: this desk's service's own parts."""
    if officer.role == "oversight":
        return RequestPart.objects.all()
    if officer.role not in DESK_ROLES:
        return RequestPart.objects.filter(_NOTHING)
    return RequestPart.objects.filter(service=officer.service_id)


def notices(officer: Officer) -> QuerySet[Notice]:
    """What was told to this officer, or to the desk they act for."""
    mine = Q(officer=officer.pk)
    if officer.role in DESK_ROLES:
        mine |= Q(service=officer.service_id, officer__isnull=True)
    return Notice.objects.filter(mine)


def answers_for_readings(officer: Officer) -> bool:
    """Whether this seat sees what others read: who leads a service, and oversight."""
    return officer.role in ("supervisor", "head", "oversight")


def readings(officer: Officer) -> QuerySet[Reading]:
    """What was read by the officers this seat answers for, oneself among them; for oversight, by all."""
    return Reading.objects.filter(officer__in=read_by(officer))


def read_by(officer: Officer) -> QuerySet[Officer]:
    """The officers whose readings this seat sees."""
    if officer.role == "oversight":
        return Officer.objects.all()
    if answers_for_readings(officer):
        return Officer.objects.filter(service=officer.service_id)
    return Officer.objects.filter(pk=officer.pk)
