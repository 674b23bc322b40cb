"""Who asks, within which scope; and a command that is carried out once, however often it is sent."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

from django.http import HttpRequest
from ninja import Router
from ninja.security.base import AuthBase

from passerelle import signing
from passerelle.api.bodies import Subjects
from passerelle.api.problems import WrongField, language_of
from passerelle.errors import Refused
from passerelle.flow import once
from passerelle.flow.facts import NotThere
from passerelle.flow.receive import RelationDraft, SubjectDraft
from passerelle.intake import BadRow
from passerelle.intake.entities import entities_in
from passerelle.matching.subject import FAMILIES, RELATIONS
from passerelle.policy.facts import SERVICE_ROLES
from passerelle.records.models import Officer
from passerelle.words import sentence

router = Router()
"""One for all operations: two routers that have one address between them would hide each other's methods."""

_COMMAND_KEY = re.compile(r"[\x21-\x7e]{1,200}")


class ScopeMissing(Refused):
    """An account without the scope of this operation."""

    code = "scope.missing"


class Scope(AuthBase):
    """The scope that an operation asks. Who asks, the gate has found out before."""

    openapi_type = "http"
    openapi_scheme = "signature"
    openapi_description = "RFC 9421 with Ed25519; docs/how-to/api.md"

    def __init__(self, name: str) -> None:
        self.name = name
        super().__init__()

    def __call__(self, request: HttpRequest) -> Any:
        """The account; raises ScopeMissing."""
        asks: Any = request
        if self.name not in asks.account.scopes:
            raise ScopeMissing(
                sentence("This account does not have the scope “{scope}”.", scope=self.name),
                way_out=sentence(
                    "An operator can give it: passerelle account scopes {name} --scope {scope} …",
                    name=asks.officer.username, scope=self.name,
                ),
            )  # fmt: skip
        return asks.account


def now(request: Any) -> datetime:
    """When the request came in."""
    at: datetime = request.now
    return at


def officer(request: Any) -> Officer:
    """Whose seat it is."""
    found: Officer = request.officer
    return found


def works_with_contents(request: Any) -> Officer:
    """Whose seat it is, if it is one from which things are filed. Raises NotThere."""
    found = officer(request)
    if found.role not in SERVICE_ROLES:
        raise NotThere
    return found


def language(request: HttpRequest) -> str:
    """The language of the answer."""
    return language_of(request)


def act(
    request: Any, verb: Callable[[], Any], *, ref: str = "", known_at: datetime | None = None, made: bool = False
) -> dict[str, Any]:
    """Carry out a command, once for each Idempotency-Key; `made`: the verb returns what came into being.

    Raises whatever the verb raises, WrongField for a key that is none, OtherCommand.
    """
    key = request.headers.get("Idempotency-Key", "")
    if key and not _COMMAND_KEY.fullmatch(key):
        raise WrongField(
            "Idempotency-Key", sentence("This is no key of a command."),
            sentence("Send 1 to 200 letters, figures and signs, the same ones with each repetition of one command."),
        )  # fmt: skip
    asked = f"{request.method} {request.get_full_path()} {signing.digest(request.body)}".encode()
    try:
        with once.command(request.account, key, asked):
            done = verb()
    except once.CountedAlready as before:
        return {"ref": before.made or ref, "repeated": True, "known_at": known_at}
    return {"ref": str(done) if made else ref, "repeated": False, "known_at": known_at}


def drafts(given: Subjects) -> tuple[list[SubjectDraft], list[RelationDraft]]:
    """The subjects of a request, said in its fields or as FollowTheMoney entities. Raises WrongField."""
    if given.entities and (given.subjects or given.relations):
        raise WrongField(
            "entities", sentence("Subjects stand here in two ways at once."),
            sentence("Give either `subjects` and `relations`, or `entities`."),
        )  # fmt: skip
    if given.entities:
        return _from_entities(given.entities)
    for number, one in enumerate(given.subjects):
        if one.schema_ not in FAMILIES:
            raise WrongField(
                f"subjects.{number}.schema",
                sentence("There is no schema “{schema}” that can be compared.", schema=one.schema_),
                sentence("Use one of: {schemas}.", schemas=", ".join(FAMILIES)),
            )
    for number, tie in enumerate(given.relations):
        if tie.kind not in RELATIONS:
            raise WrongField(
                f"relations.{number}.kind", sentence("There is no relation “{kind}”.", kind=tie.kind),
                sentence("Use one of: {kinds}.", kinds=", ".join(sorted(RELATIONS))),
            )  # fmt: skip
    subjects = [
        SubjectDraft(
            local_id=one.id, schema=one.schema_, properties=one.properties, category=one.category,
            caption=one.caption, spans=[(start, end) for start, end in one.spans if start < end],
        )
        for one in given.subjects
    ]  # fmt: skip
    return subjects, [RelationDraft(tie.source, tie.kind, tie.target) for tie in given.relations]


def _from_entities(entities: Sequence[dict[str, Any]]) -> tuple[list[SubjectDraft], list[RelationDraft]]:
    found = entities_in(entities)
    if isinstance(found, BadRow):
        raise WrongField(f"entities.{found.number}", found.sentence)
    subjects, relations = found
    return (
        [SubjectDraft(local_id=one["id"], schema=one["schema"], properties=one["properties"]) for one in subjects],
        [RelationDraft(*tie) for tie in relations],
    )


