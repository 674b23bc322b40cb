"""How templates say sentences, words, clocks and languages in the reader's language."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from django import template
from django.conf import settings
from django.utils import formats, timezone
from django.utils.translation import get_language, gettext, ngettext

from passerelle import duty
from passerelle.channels import translation
from passerelle.errors import Refused
from passerelle.flow.acknowledge import OUTCOMES
from passerelle.flow.new_since_judged import RELATION
from passerelle.flow.oversight import WHY_DRAWN
from passerelle.flow.views import SideView
from passerelle.intake.text_words import colours_said
from passerelle.policy import citations, deadlines, facts, ladder, reading, requests
from passerelle.policy.grants import GRANT_KINDS
from passerelle.records.models import (
    corrections,
    deliveries,
    duties,
    factors,
    grants,
    matches,
    oversight,
    proposals,
    readings,
    reports,
    rules,
    services,
    subjects,
)
from passerelle.search.gist import Piece
from passerelle.search.gist import gist as read_gist
from passerelle.web import rules_shown, side_by_side, words_shown
from passerelle.words import LANGUAGES, Sentence

register = template.Library()

SOON = timedelta(hours=2)
STEPS = (200, 500, 1000, 2000, 5000, 10_000, 100_000)
"""So many records bear a value, said in steps."""

MOMENTS = {"en": "D j M, H:i", "nl": "D j b, H:i", "fr": "D j b, H:i", "de": "D, j. M, H:i"}
MOMENTS_IN_OTHER_YEARS = {"en": "j M Y, H:i", "nl": "j b Y, H:i", "fr": "j b Y, H:i", "de": "j. M Y, H:i"}
DAYS = {"en": "j F Y", "nl": "j F Y", "fr": "j F Y", "de": "j. F Y"}
"""How each language writes a moment and a day."""

WORDS: dict[str, Mapping[str, str]] = {
    "decision": proposals.DECISIONS,
    "drawn": WHY_DRAWN,
    "finding": oversight.FINDINGS,
    "glass": grants.OUTCOMES,
    "grant": GRANT_KINDS,
    "interest": proposals.PROPOSAL_KINDS,
    "sample": oversight.SAMPLE_KINDS,
    "became": corrections.CORRECTION_KINDS,
    "receipt": corrections.RECEIPTS,
    "gone": reports.GONE,
    "changed": {**words_shown.PROPERTY_WORDS, **words_shown.CHANGED_WORDS},
    "request": {key: one.says.text for key, one in requests.words("kinds").items()},
    "band": matches.BANDS,
    "category": subjects.CATEGORIES,
    "concerned": facts.CATEGORIES,
    "duty": duty.KINDS,
    "evidence": deliveries.EVIDENCE,
    "form": deliveries.FORMS,
    "telling": facts.FORM_WORDS,
    "handling": reports.HANDLINGS,
    "information": reports.INFORMATION_GRADES,
    "language": words_shown.LANGUAGE_WORDS,
    "mention": words_shown.MENTION_WORDS,
    "next": duties.NEXT_EVENTS,
    "outcome": {**OUTCOMES, **words_shown.OUTCOME_WORDS},
    "property": words_shown.PROPERTY_WORDS,
    "purpose": facts.PURPOSES,
    "reading": {**readings.READING_PURPOSES, **{key: one.says.text for key, one in reading.PURPOSES.items()}},
    "regime": facts.REGIMES,
    "relation": words_shown.RELATION_WORDS,
    "role": services.ROLES,
    "rules": rules.TABLES,
    "factor": factors.FACTOR_KINDS,
    "field": rules_shown.FIELD_WORDS,
    "rung": dict(enumerate(ladder.RUNG_WORDS.values())),  # type: ignore[arg-type]
    "schema": words_shown.SCHEMA_WORDS,
    "service_kind": facts.SERVICE_KINDS,
    "source": reports.SOURCE_GRADES,
    "standing": deadlines.STANDING_WORDS,
    "state": duty.STATES,
    "urgency": words_shown.URGENCY_WORDS,
    "verdict": matches.VERDICTS,
}
"""The closed lists whose words pages show, each under the name a template calls it by."""


def reading_language() -> str:
    """The language of this page."""
    return get_language() or "en"


@register.filter
def said(value: Any) -> str:
    """A sentence, or its JSON, or a refusal, in the reader's language."""
    if isinstance(value, Refused):
        return value.in_language(reading_language())
    if isinstance(value, Sentence):
        return value.in_language(reading_language())
    if isinstance(value, list) and value:
        return Sentence.from_json(value).in_language(reading_language())
    return str(value or "")


@register.filter
def shown(value: Any, field: str) -> str:
    """A value of what changed, as its field is read."""
    if field == "themes":
        return ", ".join(called(one, "theme") for one in value)
    if field == "relations":
        return "; ".join(f"{source} {called(kind, 'relation')} {target}" for source, kind, target in value)
    if field in ("language", "schema", "category"):
        return called(value, field)
    if isinstance(value, bool):
        return gettext("yes") if value else gettext("no")
    return "; ".join(map(str, value)) if isinstance(value, list) else str(value)


@register.filter
def called(value: Any, table: str) -> str:
    """How a word of a closed list is called: `{{ duty.kind|called:"duty" }}`. An unknown word is shown as it is."""
    if table == "theme":
        theme = deadlines.themes().get(str(value))
        return theme.in_language(reading_language()) if theme is not None else str(value)
    word = WORDS[table].get(value)
    return gettext(word) if word else str(value)


@register.filter
def ruled(value: Any, field: str) -> str:
    """What stands in a field of a row of rules, in words."""
    if not isinstance(value, str):
        return said(value)
    if field in ("source", "legal_source"):
        return cited(value)
    if field == "says":
        return gettext(value) if value else ""
    if value == "True":
        return gettext("yes")
    keys = value.split(", ") if field in rules_shown.SAID_BY else []
    return ", ".join(keyed(key, field) for key in keys) if keys else value


@register.filter
def keyed(key: str, field: str) -> str:
    """What a key of a table of rules stands for; an unknown one is shown as it is."""
    return next((word for table in rules_shown.SAID_BY[field] if (word := called(key, table)) != key), key)


@register.filter
def until(moment: datetime | None, now: datetime) -> str:
    """How much time is left, or how late it is: “6 h left”, “2 days late”."""
    if moment is None:
        return ""
    late = moment < now
    minutes = int(abs(moment - now).total_seconds() // 60)
    hours, days = minutes // 60, minutes // 1440
    if minutes < 60:
        text = gettext("%(minutes)d min late") if late else gettext("%(minutes)d min left")
        return text % {"minutes": minutes}
    if hours < 48:
        text = gettext("%(hours)d h late") if late else gettext("%(hours)d h left")
        return text % {"hours": hours}
    if late:
        return ngettext("%(days)d day late", "%(days)d days late", days) % {"days": days}
    return ngettext("%(days)d day left", "%(days)d days left", days) % {"days": days}


@register.filter
def since(moment: datetime | None, now: datetime) -> str:
    """How long ago something happened: “12 min ago”."""
    if moment is None:
        return ""
    minutes = max(0, int((now - moment).total_seconds() // 60))
    hours, days = minutes // 60, minutes // 1440
    if minutes < 1:
        return gettext("just now")
    if minutes < 60:
        return gettext("%(minutes)d min ago") % {"minutes": minutes}
    if hours < 48:
        return gettext("%(hours)d h ago") % {"hours": hours}
    return ngettext("%(days)d day ago", "%(days)d days ago", days) % {"days": days}


@register.filter
def hurry(moment: datetime | None, now: datetime) -> str:
    """The class of a clock: late, soon or calm."""
    if moment is None:
        return "calm"
    if moment < now:
        return "late"
    return "soon" if moment - now <= SOON else "calm"


@register.filter
def moment(value: datetime | str | None, now: datetime | None = None) -> str:
    """A moment in the installation's zone: “Sun 22 Nov, 17:19”, with its year where it is not this one."""
    if not value:
        return ""
    if isinstance(value, str):
        value = datetime.fromisoformat(value)
    local = timezone.localtime(value)
    this_year = now is not None and timezone.localtime(now).year == local.year
    pattern = (MOMENTS if this_year else MOMENTS_IN_OTHER_YEARS)[reading_language()]
    return str(formats.date_format(local, pattern))


@register.filter
def clock_time(value: datetime) -> str:
    """A time of today to the second, in the installation's zone: “17:19:06”."""
    return timezone.localtime(value).strftime("%H:%M:%S")


@register.filter
def machine(value: datetime | str | None) -> str:
    """A moment for a `datetime` attribute."""
    if not value:
        return ""
    return value if isinstance(value, str) else value.isoformat(timespec="minutes")


@register.filter
def day(value: date | str | None) -> str:
    """A day in words; also from ISO text."""
    if not value:
        return ""
    given = date.fromisoformat(value) if isinstance(value, str) else value
    return str(formats.date_format(given, DAYS[reading_language()]))


@register.filter
def valued(values: Sequence[Any], name: str) -> str:
    """The values of one property; a date in words (“11 February 1963”, “February 1963”, “1963”), and a colour."""
    if name == "notes":
        colours = colours_said(reading_language()) if reading_language() in LANGUAGES else {}
        return "; ".join(colours.get(str(value), str(value)) for value in values)
    return "; ".join(_dated(str(value)) if name.endswith("Date") else str(value) for value in values)


def _dated(text: str) -> str:
    try:
        if len(text) == len("1963-02"):
            return str(formats.date_format(date.fromisoformat(f"{text}-01"), "F Y"))
        return day(text)
    except ValueError:
        return text


@register.filter
def entry(table: Mapping[Any, Any], key: Any) -> Any:
    """`table[key]`, or nothing."""
    return table.get(key, "") if hasattr(table, "get") else ""


@register.filter
def add_number(value: float, more: float) -> float:
    """A place in a drawing, moved by so much; one decimal."""
    return round(float(value) + float(more), 1)


@register.filter
def roughly(bounded: list[list[Any]]) -> list[tuple[str, str]]:
    """Over-common values with how many records bear them, as “200+”: the exact number would tell of each new record
    of another service that one more was filed."""
    return [(kind, f"{max(step for step in STEPS if step <= max(count, STEPS[0]))}+") for kind, count in bounded]


@register.filter
def cited(source: str) -> str:
    """A source of the law as the reader's language cites it."""
    return citations.cited(str(source)).in_language(reading_language())


@register.filter
def mark_of(how: str) -> str:
    """The sign beside the colour: how two values compare."""
    return side_by_side.MARKS[how]


@register.filter
def told(side: SideView) -> list[tuple[str, bool]]:
    """The text of one side of a match in stretches, each with whether it speaks of the subject."""
    return side_by_side.marked(str(side.said.text), side.mentions) if side.said is not None else []


@register.filter
def news_word(name: str) -> str:
    """What is new in a pair: a property, or how a subject hangs together with others."""
    if name.startswith(RELATION):
        return gettext("how it hangs together with others")
    return called(name, "property")


@register.filter
def wish(word: str, of: str) -> str:
    """What one may want to see of the desk's queue."""
    return gettext(words_shown.WISHES[of][word]) if word in words_shown.WISHES[of] else called(word, "urgency")


@register.filter
def known_in_full(row: Any, officer: Any) -> bool:
    """Whether a duty is the reader's own, or stands with their desk; who only waits for it sees its state and clock."""
    return officer.role == "oversight" or officer.service_id in (row.service_id, row.holder_id)


def marked(pieces: Sequence[Piece], stretches: Sequence[tuple[str, bool]]) -> list[tuple[Piece, bool]]:
    """The pieces of a gist, each with whether it stands in a marked stretch of the same text; what has no gloss is cut
    where a mark begins or ends."""
    edges, signs, at = [0], [False], 0
    for stretch, is_it in stretches:
        at += len(stretch)
        edges.append(at)
        signs.append(is_it)
    found: list[tuple[Piece, bool]] = []
    at = 0
    for piece in pieces:
        end = at + len(piece.text)
        cuts = [] if piece.gloss else [edge for edge in edges if at < edge < end]
        for start, stop in zip([at, *cuts], [*cuts, end], strict=True):
            inside = next((sign for edge, sign in zip(edges, signs, strict=True) if start < edge), False)
            found.append((Piece(piece.text[start - at : stop - at], piece.gloss), inside))
        at = end
    return found


@register.inclusion_tag("parts/gist.html", takes_context=True)
def gist(
    context: Any, text: str, language: str, ref: str = "", stretches: Any = ()
) -> dict[str, Any]:  # fmt: skip
    """A text as it stands; for who does not read its language, with the glosses of the list over the words that are
    in it. `ref`: what an engine on this machine may be asked to translate; `stretches`: the same text in parts, each
    with whether it is marked."""
    into, reader = reading_language(), context.get("officer")
    reads = {into, getattr(reader, "language", ""), *getattr(reader, "languages_read", ())}
    foreign = text and language in LANGUAGES and into in LANGUAGES and language not in reads
    context.render_context["gists"] = number = context.render_context.get("gists", 0) + 1
    engine = translation.engine(settings.TRANSLATION_ENGINE) if foreign and ref else None
    return {
        "text": text, "language": language, "into": into, "number": number, "ref": ref,
        "gist": (found := read_gist(text, language, into) if foreign else None),
        "pieces": marked(found.pieces if found is not None else (), stretches), "stretches": stretches,
        "engine": engine.name if engine is not None else "", "csrf_token": context.get("csrf_token"),
    }  # fmt: skip


@register.inclusion_tag("parts/clock.html")
def clock(moment: datetime | None, now: datetime) -> dict[str, Any]:
    """A due time, both ways: how much is left, and when."""
    return {"moment": moment, "now": now}


@register.inclusion_tag("parts/when.html")
def when(moment: datetime | str | None, now: datetime) -> dict[str, Any]:
    """When something happened, both ways: how long ago, and when."""
    return {"moment": datetime.fromisoformat(moment) if isinstance(moment, str) and moment else moment, "now": now}
