"""Lists in pages: by the last row that was seen, sealed, so that a cursor tells nothing and serves no other list."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

from django.db.models import Q, QuerySet

from passerelle.errors import Refused
from passerelle.records import sealed, wall
from passerelle.records.models import Account
from passerelle.words import sentence

ROWS_MAX = 200
ROWS_USUAL = 50
CURSOR_CHARACTERS_MAX = 1000


class UnknownCursor(Refused):
    """A cursor of another list, another account, another question, or none at all."""

    code = "cursor.unknown"


def page(
    account: Account,
    rows: QuerySet[Any],
    shown: Callable[[Any], dict[str, Any]],
    *,
    of: str,
    by: str,
    latest_first: bool = False,
    asked: Sequence[object] = (),
    cursor: str = "",
    limit: int = ROWS_USUAL,
    related: Sequence[str] = (),
) -> dict[str, Any]:
    """`{"rows": […], "next": …}`: up to `limit` rows in the order of the moment `by`, after those of the cursor.

    There is no total. `of` names the list and `asked` its filters: a cursor goes on with these only. Raises
    UnknownCursor.
    """
    place = f"cursor|{of}|{account.ref}|{json.dumps([str(one) for one in asked])}"
    if cursor:
        at, key = _opened(cursor, place)
        beyond = "lt" if latest_first else "gt"
        rows = rows.filter(Q(**{f"{by}__{beyond}": at}) | Q(**{by: at, f"pk__{beyond}": key}))
    sign = "-" if latest_first else ""
    found: list[Any] = wall.with_relations(rows.order_by(f"{sign}{by}", f"{sign}pk")[: limit + 1], *related)
    more = len(found) > limit
    found = found[:limit]
    following = _sealed(getattr(found[-1], by), found[-1].pk, place) if more else None
    return {"rows": [shown(row) for row in found], "next": following}


def _sealed(at: datetime, key: int, place: str) -> str:
    token = sealed.keys().seal(json.dumps([at.isoformat(), key]), place)
    return token.replace("+", "-").replace("/", "_").rstrip("=")


def _opened(cursor: str, place: str) -> tuple[datetime, int]:
    try:
        if len(cursor) > CURSOR_CHARACTERS_MAX or not cursor.isascii():
            raise ValueError(cursor)
        head, _, body = cursor.replace("-", "+").replace("_", "/").rpartition(".")
        at, key = json.loads(sealed.keys().open(f"{head}.{body}{'=' * (-len(body) % 4)}", place))
        return datetime.fromisoformat(at), int(key)
    except (Refused, ValueError) as error:
        raise UnknownCursor(
            sentence("This cursor does not go on with this list."),
            way_out=sentence("Ask for the list anew, without a cursor, and follow the `next` of each answer."),
        ) from error
