"""The first version of the API: its operations put together, its document in OpenAPI, and a page that shows it."""

from __future__ import annotations

import json
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from ninja import NinjaAPI, Status
from ninja.errors import HttpError, ValidationError
from ninja.parser import Parser

from passerelle.api import answers, correcting, deciding, filing, lists, problems, reading, searching
from passerelle.api.asking import now, router
from passerelle.errors import Refused
from passerelle.flow.ways import public_keys
from passerelle.flow.work import heartbeat_is_old
from passerelle.records.models import Heartbeat

DESCRIPTION = (
    "The same verbs as the pages, for machines of one service. Every request is signed (RFC 9421, Ed25519); refusals "
    "are application/problem+json in the language of Accept-Language (nl, fr, de, en); a command with an "
    "Idempotency-Key counts once; lists go on by `next`, and have no totals. What is denied and what is absent are one "
    "answer."
)
REFUSALS = {
    "400": "It cannot be read.", "401": "Nobody who is known signed it.",
    "403": "The scope or the seat does not let it.",
    "404": "Denied or absent.", "409": "Refused as things stand; nothing was changed.", "413": "Too much at once.",
    "415": "Another kind of content.", "422": "A field is missing or wrong; it is named, with its remedy.",
    "429": "Too many requests; Retry-After says when.",
}  # fmt: skip
PARTS = (lists, reading, searching, filing, deciding, correcting)
"""Loading them puts their operations on the one router."""

SCOPE_OF: dict[str, str] = {
    operation.view_func.__name__: str(getattr(operation.auth_param, "name", ""))
    for view in router.path_operations.values()
    for operation in view.operations
}
"""The scope of each operation by its name; every one of them has one."""

NUMBER_MAX = 2**53
DEPTH_MAX = 20


class Strict(Parser):
    """JSON as others read it too: no NaN, no numbers that are read differently elsewhere, no NUL and no half signs."""

    def parse_body(self, request: HttpRequest) -> Any:
        """The body. Raises ValueError, which is answered as a body that cannot be read."""
        found = json.loads(request.body.decode("utf-8"), parse_constant=_refuse)
        _check(found, 0)
        return found


def _refuse(word: str) -> Any:
    raise ValueError(word)


def _check(value: Any, depth: int) -> None:
    if depth > DEPTH_MAX:
        raise ValueError("too deep")
    if isinstance(value, str):
        if "\0" in value or any("\ud800" <= sign <= "\udfff" for sign in value):
            raise ValueError("no text")
    elif isinstance(value, dict):
        for name, one in value.items():
            _check(name, depth)
            _check(one, depth + 1)
    elif isinstance(value, list):
        for one in value:
            _check(one, depth + 1)
    elif isinstance(value, int | float) and not -NUMBER_MAX <= value <= NUMBER_MAX:
        raise ValueError("too large")


class Version1(NinjaAPI):
    """The operations, and what all of them share in the document."""

    def get_openapi_operation_id(self, operation: Any) -> str:
        """An operation is called as its function is."""
        return str(operation.view_func.__name__)

    def get_openapi_schema(self, **more: Any) -> Any:
        """The document: each operation with its refusals, its headers and its scope."""
        document = super().get_openapi_schema(**more)
        schemas = document["components"]["schemas"]
        problem = answers.Problem.model_json_schema(ref_template="#/components/schemas/{model}")
        schemas.setdefault("Problem", problem)
        for methods in document["paths"].values():
            for method, operation in methods.items():
                _complete(method, operation)
        return document


def _complete(method: str, operation: dict[str, Any]) -> None:
    content = {problems.CONTENT_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}}
    for status, says in REFUSALS.items() if operation.get("security") else ():
        operation["responses"].setdefault(status, {"description": says, "content": content})
    if operation["operationId"] in SCOPE_OF:
        operation["x-scope"] = SCOPE_OF[operation["operationId"]]
        operation["tags"] = [SCOPE_OF[operation["operationId"]]]
    lines = operation.pop("x-lines", None)
    if lines:
        operation["responses"]["200"] = {
            "description": "OK", "content": {lines: {"schema": {"type": "string"}}},
        }  # fmt: skip
    operation["responses"] = {str(status): said for status, said in operation["responses"].items()}
    headers = [("Accept-Language", "The language of the answer: nl, fr, de or en.")]
    if method == "post":
        headers.append(("Idempotency-Key", "The same key with each repetition of one command: it counts once."))
    kept = {"type": "string", "pattern": r"^[\x21-\x7e]{1,200}$"}
    operation["parameters"] = [
        *operation.get("parameters", ()),
        *(
            {
                "in": "header", "name": name, "required": False, "description": says,
                "schema": kept if name == "Idempotency-Key" else {"type": "string"},
            }
            for name, says in headers
        ),
    ]  # fmt: skip


api = Version1(
    title="Passerelle", version="1", description=DESCRIPTION, openapi_url="/openapi.json", docs_url=None,
    urls_namespace="api-v1", parser=Strict(),
)  # fmt: skip
api.add_router("", router)


@api.exception_handler(Refused)
def refused(request: HttpRequest, refusal: Refused) -> HttpResponse:
    """What a verb refused."""
    return problems.refused(request, refusal)


@api.exception_handler(ValidationError)
def wrong(request: HttpRequest, error: ValidationError) -> HttpResponse:
    """Fields that are missing or not of their kind. A reference that could be none is absent, like any other."""
    if any(fault.get("loc", ("",))[0] == "path" for fault in error.errors):
        return problems.not_there(request)
    return problems.wrong_fields(request, error.errors)


@api.exception_handler(HttpError)
def unreadable(request: HttpRequest, error: HttpError) -> HttpResponse:
    """What the framework refuses by itself."""
    return problems.problem(request, error.status_code)


@api.exception_handler(Http404)
def absent(request: HttpRequest, error: Http404) -> HttpResponse:
    """Denied and absent."""
    return problems.not_there(request)


@api.get("/health", response={200: answers.Health, 503: answers.Health}, auth=None, tags=["Open to all"])
def health(request: HttpRequest) -> Any:
    """Whether somebody watches the clocks; it says nothing else."""
    well = not heartbeat_is_old(now(request))
    beat = Heartbeat.objects.filter(name="worker").values_list("beat_at", flat=True).first()
    return Status(200 if well else 503, {"ok": well, "last_sweep": beat})


@api.get("/keys", response=answers.Keys, auth=None, tags=["Open to all"])
def keys(request: HttpRequest) -> Any:
    """The public keys by which our webhooks are known (RFC 9421, Ed25519): the one in use first."""
    return {"keys": public_keys()}


@api.get("/docs", auth=None, include_in_schema=False)
def docs(request: HttpRequest) -> HttpResponse:
    """The document as a page: one table, nothing from elsewhere."""
    document = api.get_openapi_schema()
    rows = [
        {
            "method": method.upper(), "path": path, "scope": operation.get("x-scope", ""),
            "says": operation.get("description", ""), "fields": _fields(document, operation),
            "id": operation["operationId"],
        }
        for path, methods in document["paths"].items()
        for method, operation in methods.items()
    ]  # fmt: skip
    return render(request, "api_docs.html", {"rows": rows, "description": DESCRIPTION})


def _fields(document: dict[str, Any], operation: dict[str, Any]) -> list[tuple[str, str, bool]]:
    """The fields of a body and of a query: name, kind, and whether it must be given."""
    found = [
        (one["name"], _kind(one["schema"]), one.get("required", False))
        for one in operation["parameters"]
        if one["in"] == "query"
    ]
    content = operation.get("requestBody", {}).get("content", {}).get("application/json", {}).get("schema", {})
    name = content.get("$ref", "").rpartition("/")[2]
    body = document["components"]["schemas"].get(name, {})
    return found + [
        (field, _kind(kind), field in body.get("required", ())) for field, kind in body.get("properties", {}).items()
    ]


def _kind(schema: dict[str, Any]) -> str:
    if "enum" in schema:
        return " | ".join(map(str, schema["enum"]))
    if "anyOf" in schema:
        return " | ".join(_kind(one) for one in schema["anyOf"])
    if "$ref" in schema:
        return str(schema["$ref"]).rpartition("/")[2]
    if schema.get("type") == "array":
        return f"[{_kind(schema.get('items', {}))}]"
    return str(schema.get("format") or schema.get("type", ""))

