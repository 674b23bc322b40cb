"""How a refusal is answered: problem+json (RFC 9457) with its code, its sentence, its remedy, the field it is about."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.translation.trans_real import parse_accept_lang_header

from passerelle.errors import Refused
from passerelle.words import LANGUAGES, Sentence, noop, sentence

CONTENT_TYPE = "application/problem+json"

TITLES: dict[int, str] = {
    400: noop("This cannot be read."),
    401: noop("Nobody is known by this request."),
    403: noop("This may not be done."),
    404: noop("There is nothing here that you can see."),
    405: noop("There is no such act here."),
    409: noop("This was refused, and nothing was changed."),
    413: noop("This is too much at once."),
    415: noop("This kind of content is not taken here."),
    422: noop("Something in this request is missing or wrong."),
    429: noop("Too many requests."),
    500: noop("Something went wrong here, and it was written down."),
    503: noop("Nobody watches the clocks."),
}

STATUSES: Mapping[str, int] = {
    "not_there": 404,
    "not_allowed": 403,
    "scope.missing": 403,
    "signed.too_many": 429,
    "labels.above": 500,
    "keys.missing": 500,
    "keys.does_not_open": 500,
    **dict.fromkeys(
        ("signed.unreadable", "signed.not_admitted", "signed.wrong_clock", "signed.replayed"),
        401,
    ),
    **dict.fromkeys(
        (
            "acknowledge.unknown_outcome", "command.other", "ending.ground_unknown", "ending.reason_missing",
            "ending.receipt_unknown", "cursor.unknown", "field.wrong", "hold.incomplete",
            "interest.incomplete", "judge.unknown_verdict", "policy.unknown_word", "read.purpose_needed",
            "read.purpose_needs_text", "read.purpose_unknown", "recall.reason_missing", "report.incomplete",
            "review.reason_missing", "value.no_text", "value.too_long", "withhold.ground_not_lawful",
            "withhold.reason_missing", "matching.unknown_schema", "matching.unknown_relation",
        ),
        422,
    ),
}  # fmt: skip
"""What is not here is refused as things stand (409), except for what cannot be taken in (422)."""

FIELDS: Mapping[str, str] = {
    "acknowledge.unknown_outcome": "outcome",
    "command.other": "Idempotency-Key",
    "cursor.unknown": "cursor",
    "ending.ground_unknown": "ground",
    "ending.reason_missing": "reason",
    "ending.receipt_unknown": "receipt",
    "hold.incomplete": "until",
    "judge.unknown_verdict": "verdict",
    "read.purpose_needed": "purpose",
    "read.purpose_needs_text": "reason",
    "read.purpose_unknown": "purpose",
    "recall.reason_missing": "reason",
    "review.reason_missing": "reason",
    "withhold.ground_not_lawful": "ground",
    "withhold.reason_missing": "reason",
}
"""The field that a refusal is about, where its code says it."""

FIELDS_SAID: Mapping[str, str] = {
    "A report needs its text.": "text",
    "A hold needs a reason of a few words: what is being waited for, and from whom.": "reason",
    "Handling stricter than open needs a reason of a few words.": "handling_reason",
    "Handling stricter than open needs a date on which it is looked at again.": "handling_review_on",
    "Two subjects of one report bear the same id.": "subjects",
    "A relation “{kind}” names a subject that the report does not have.": "relations",
    "A subject has more than {limit} values.": "subjects",
    "An interest needs a legal basis: the article that entrusts the task.": "legal_basis",
    "An interest ends on a day that is still to come, not on {day}.": "until",
    "A rule needs a theme or a territory.": "theme",
    "theme": "themes",
    "text": "text",
    "territory": "territory",
    "reason or note": "handling_reason",
    "legal basis": "legal_basis",
    "title or note": "title",
    "value of a subject": "subjects",
    "category of person": "subjects",
    "language": "language",
}
"""The field that a refusal is about, by its sentence, or by what its sentence says is wrong."""


class WrongField(Refused):
    """A field of a request that is missing or not of its kind."""

    code = "field.wrong"

    def __init__(self, field: str, says: Sentence, way_out: Sentence | None = None) -> None:
        super().__init__(says, way_out=way_out)
        self.field = field


def language_of(request: HttpRequest) -> str:
    """The first language of Accept-Language that is one of ours, else the installation's."""
    for code, _ in parse_accept_lang_header(request.headers.get("Accept-Language", "")[:500]):
        if code.split("-")[0] in LANGUAGES:
            return str(code.split("-")[0])
    return str(settings.LANGUAGE_CODE)


def status_of(refusal: Refused) -> int:
    """The status that a refusal is answered with."""
    code = refusal.code
    return STATUSES.get(code, 422 if code.startswith("intake.") else 409)


def field_of(refusal: Refused) -> str:
    """The field that a refusal is about; empty where it is about none."""
    if isinstance(refusal, WrongField):
        return refusal.field
    said = FIELDS_SAID.get(refusal.sentence.text)
    if said is None:
        what = dict(refusal.sentence.facts).get("what")
        said = FIELDS_SAID.get(what.text) if isinstance(what, Sentence) else None
    return said or FIELDS.get(refusal.code, "")


def problem(
    request: HttpRequest,
    status: int,
    *,
    code: str = "",
    detail: str = "",
    remedy: str = "",
    fields: Sequence[Mapping[str, str]] = (),
) -> HttpResponse:
    """One problem. `title` depends on the status alone; the rest says what is known."""
    language = language_of(request)
    known = status if status in TITLES else 400 if status < 500 else 500
    body: dict[str, Any] = {
        "type": "about:blank", "title": Sentence(TITLES[known]).in_language(language), "status": status,
        "code": code or f"http.{status}",
    }  # fmt: skip
    body |= {name: value for name, value in (("detail", detail), ("remedy", remedy)) if value}
    if fields:
        body["fields"] = list(fields)
    answer = JsonResponse(body, status=status, content_type=CONTENT_TYPE)
    answer["Content-Language"] = language
    return answer


def refused(request: HttpRequest, refusal: Refused) -> HttpResponse:
    """What a verb refused, in its own words. What is ours to mend tells nothing."""
    status, language = status_of(refusal), language_of(request)
    if status >= 500:
        return problem(request, status, code="http.500")
    if status == 404:
        return not_there(request)
    says = refusal.sentence.in_language(language)
    remedy = refusal.way_out.in_language(language) if refusal.way_out is not None else ""
    field = field_of(refusal)
    fields = [{"field": field, "says": says, "remedy": remedy}] if field else []
    answer = problem(request, status, code=refusal.code, detail=says, remedy=remedy, fields=fields)
    if status == 429:
        answer["Retry-After"] = str(getattr(refusal, "seconds", 60))
    return answer


def not_there(request: HttpRequest) -> HttpResponse:
    """Denied and absent: one answer."""
    return problem(request, 404, code="not_there")


def wrong_fields(request: HttpRequest, faults: Sequence[Mapping[str, Any]]) -> HttpResponse:
    """What a request lacks, or has in another shape than it must: each field, with what it must be."""
    language = language_of(request)
    fields = []
    for fault in faults[:50]:
        place = [str(part)[:60] for part in fault.get("loc", ())]
        name = ".".join(place[2:] if place[:1] == ["body"] else place[1:]) or ".".join(place)
        says, remedy = _fault(str(fault.get("type", "")), fault.get("ctx") or {})
        fields.append({"field": name, "says": says.in_language(language), "remedy": remedy.in_language(language)})
    return problem(request, 422, code="field.wrong", detail=fields[0]["says"] if fields else "", fields=fields)


def _fault(kind: str, about: Mapping[str, Any]) -> tuple[Sentence, Sentence]:
    if kind == "missing":
        return sentence("This field is missing."), sentence("Give it; /api/v1/docs says what it holds.")
    if kind == "extra_forbidden":
        return sentence("There is no such field."), sentence("Leave it out, or look how it is called.")
    if kind in ("literal_error", "enum"):
        return sentence("This is none of the words that this field takes."), sentence(
            "Use one of: {known}.", known=str(about.get("expected", ""))
        )
    if kind in ("string_too_long", "too_long", "less_than_equal", "less_than"):
        return sentence("This is more than this field takes."), sentence(
            "At most {most}.", most=str(about.get("max_length", about.get("le", about.get("lt", ""))))
        )
    if kind in ("string_too_short", "too_short", "greater_than_equal", "greater_than"):
        return sentence("This is less than this field takes."), sentence(
            "At least {least}.", least=str(about.get("min_length", about.get("ge", about.get("gt", ""))))
        )
    if kind.startswith(("date", "time")):
        return sentence("This is no date and time as this field takes it."), sentence(
            "Write a day as 2026-12-31, a moment as 2026-12-31T17:00:00+01:00."
        )
    return sentence("This is not of the kind that this field takes."), sentence("/api/v1/docs says what it holds.")
