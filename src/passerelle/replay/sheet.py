"""One HTML file of a played chronicle: offline, printable, in the four languages, without a line of script."""

from __future__ import annotations

import bisect
import html
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from passerelle import sheets
from passerelle.replay import lessons
from passerelle.replay.chronicle import CAUSES, CERTAINTIES, Chronicle, Line, Said
from passerelle.replay.lessons import Errors, Gap, Played, Telling, Told, Tried
from passerelle.replay.sheet_style import STYLE
from passerelle.words import LANGUAGES, Sentence, noop, sentence

FORMS = {"whole": noop("the whole report"), "extract": noop("an extract"), "pointer": noop("a pointer")}
ACTS = {
    "hold": noop("to put it on hold"),
    "withhold": noop("to withhold it"),
    "pass_on": noop("to pass it on"),
    "judge": noop("to judge the match"),
    "acknowledge": noop("to acknowledge it"),
    "review": noop("to review it"),
}
"""What somebody tried, as the sheet says it."""

PLACE = re.compile(r"⟦([^⟧]+)⟧")
SEATED = re.compile(r"^⟦role:[^⟧]+⟧, ")
ISO_DAY = re.compile(r"\d{4}-\d\d-\d\d")
SHORT_MOMENT = re.compile(r"(\d\d)/(\d\d) (\d\d):(\d\d)")
WHEN = "⟦when⟧"
STEPS_SHOWN = 6
ITEMS_TOGETHER = 4
"""A row with more than so many tellings may be parted over two pages; each telling stays together."""
ROLE_WORDS = {
    "officer": noop("officer"),
    "desk": noop("desk"),
    "supervisor": noop("supervisor"),
    "head": noop("head of the service"),
    "oversight": noop("oversight"),
}
HOUSE_WORDS = {"legal_basis": noop("none is in the record; the play assumes that there was one")}
HOUSE_SERVICES = {
    "neutral-desk": Said(
        {"en": "neutral desk", "nl": "neutrale permanentie", "fr": "permanence neutre", "de": "neutraler Kontaktstelle"}
    ),
    "oversight": Said({"en": "oversight", "nl": "toezichthouder", "fr": "organe de contrôle", "de": "Aufsichtsstelle"}),
}
"""The exchange's own two services, named without an article, as a chronicle names its own."""


def sheet(
    chronicle: Chronicle, played: Sequence[Played], errors: Mapping[float, Errors] | None = None, groups: int = 0
) -> str:
    """The HTML of the file. `played` are the variants in the chronicle's order, the first as it was filed; `errors`:
    how often each bar of matching is wrong, on invented persons of so many `groups` of names."""
    bodies = {code: _Page(chronicle, played, code, errors or {}, groups).whole() for code in LANGUAGES}
    return sheets.page(chronicle.title.in_language("en"), bodies, STYLE)


class _Page:
    """The sheet in one language."""

    def __init__(
        self, chronicle: Chronicle, played: Sequence[Played], language: str,
        errors: Mapping[float, Errors] | None = None, groups: int = 0,
    ) -> None:  # fmt: skip
        self.chronicle, self.played, self.language = chronicle, played, language
        self.errors, self.groups = errors or {}, groups
        self.names = {service.key: service.name.in_language(language) for service in chronicle.services}
        for key, text in HOUSE_SERVICES.items():
            self.names.setdefault(key, text.in_language(language))
        self.at_noon = {line.at for line in chronicle.lines if not line.precise}

    def say(self, said: Sentence, at: datetime | None = None) -> str:
        """A sentence in this language, escaped, with the names each language has for services, and days in its form.

        `at`: when it was said; a day that stands in it without a year is of the year that lies nearest.
        """
        return html.escape(_capital(self._said(said, at)))

    def _said(self, said: Sentence, at: datetime | None = None) -> str:
        return PLACE.sub(self._name, self._facts(said, at).in_language(self.language))

    def _facts(self, said: Sentence, at: datetime | None) -> Sentence:
        """The sentence with its days written as this language writes them, and no role told twice."""
        facts = dict(said.facts)
        for name, fact in facts.items():
            if isinstance(fact, Sentence):
                facts[name] = self._facts(fact, at)
            elif isinstance(fact, str) and ISO_DAY.fullmatch(fact):
                facts[name] = sheets.day(date.fromisoformat(fact), self.language)
            elif isinstance(fact, str) and at is not None and (short := SHORT_MOMENT.fullmatch(fact)):
                facts[name] = self.when(_nearest(short, at, self.chronicle.zone))
            elif isinstance(fact, str) and "role" in facts:
                facts[name] = SEATED.sub("", fact)
        return Sentence(said.text, tuple(facts.items()))

    def _name(self, found: re.Match[str]) -> str:
        kind, _, word = found[1].partition(":")
        if kind == "role" and word:
            return Sentence(ROLE_WORDS[word]).in_language(self.language)
        if kind == "said" and word:
            return Sentence(HOUSE_WORDS[word]).in_language(self.language)
        return self.names.get(found[1], found[1])

    def text(self, text: str, **facts: str | int) -> str:
        """A sentence of the sheet's own; the caller marks it for the catalogue."""
        return html.escape(self._said(Sentence(text, tuple(facts.items()))))

    def when(self, at: datetime, precise: bool = True) -> str:
        """A moment at the place of the record; a day alone where the record gives no hour, and noon is played."""
        there = at.astimezone(self.chronicle.zone)
        if not precise or (at.replace(second=0) in self.at_noon):
            return sheets.day(there.date(), self.language)
        return sheets.moment(there, self.language)

    def whole(self) -> str:
        """All parts, in the order in which one would ask."""
        first = self.played[0]
        parts = [
            f"<h1>{html.escape(self.chronicle.title.in_language(self.language))}</h1>",
            f'<p class="lead">{html.escape(self.chronicle.summary.in_language(self.language))}</p>',
            self._in_short(first),
            self._not_caught(),
            self._picture(first),
            self._timeline(first),
            self._gaps(first),
            self._lost(),
            self._variants(),
            self._list(noop("What this case breaks"), self.chronicle.breaks),
            self._list(noop("What is assumed here"), self.chronicle.assumed),
            self._persons(),
            self._list(noop("Fairness to the living"), self.chronicle.fairness),
            self._sources(),
        ]
        return "".join(parts)

    def _in_short(self, played: Played) -> str:
        found = lessons.first(played)
        title = self.text(noop("In short"))
        if found is None:
            nothing = self.text(
                noop("No duty to pass anything on would have been owed: nothing in the record calls for it.")
            )
            return f'<section class="short"><h2>{title}</h2><p>{nothing}</p></section>'
        owed = self.text(
            noop("The first duty would have been owed on {at}: {holder} to {to}."),
            at=self.when(found.owed), holder=self.names.get(found.holder, found.holder),
            to=self.names.get(found.to, found.to),
        )  # fmt: skip
        matched = (
            one
            for one in played.story
            if one.event == "matched"
            and found.report in one.reports
            and f"⟦{found.to}⟧" in dict(one.says.facts).values()
        )
        evidence = next((one for one in matched if abs(one.at - found.owed) < timedelta(minutes=1)), None)
        reasons = [*found.because, *((evidence.says, *evidence.because[:2]) if evidence else ()), found.deadline]
        why = "".join(f"<li>{self.say(one)}</li>" for one in reasons)
        why += "".join(f"<li>{self._assumes(line)}</li>" for line in lessons.assumed_of(self.chronicle, found))
        body = f'<p class="first">{owed}</p><ul>{why}</ul>{self._differs()}'
        return f'<section class="short"><h2>{title}</h2>{body}</section>'

    def _assumes(self, line: Line) -> str:
        says = html.escape(line.says.in_language(self.language))
        return f'<span class="assumed">{self.text(CERTAINTIES["assumed"])}</span> {says}'

    def _differs(self) -> str:
        rows = []
        for gap in lessons.gaps(self.chronicle, self.played[0]):
            if gap.told is None or gap.days is None or gap.days < 1:
                continue
            facts: dict[str, str | int] = {
                "to": self.names.get(gap.to, gap.to), "form": self.text(FORMS[gap.form]), "told": self.when(gap.told),
                "days": round(gap.days),
            }  # fmt: skip
            if gap.really is None:
                says = self.text(
                    noop("{to}: {form} on {told}; on the record never, to its end {days} days later."), **facts
                )
            else:
                says = self.text(
                    noop("{to}: {form} on {told}; on the record {really}. Between them lie {days} days."),
                    really=self.when(gap.really, False), **facts,
                )  # fmt: skip
            if (row := f"<p>{_capital(says)}</p>") not in rows:  # two reports told alike are said once
                rows.append(row)
        if self.chronicle.lost:
            rows.append(f"<p>{self._total()}</p>")
        return "".join(rows)

    def _total(self) -> str:
        """How many days were lost, and by which causes; spans of several reports are counted each for itself."""
        lost = self.chronicle.lost
        total, covered = round(sum(one.days for one in lost)), round(lessons.covered_days(lost))
        says = self.text(noop("{days} days were lost, on the record's own dates."), days=self.count(total))
        causes = "; ".join(
            f"{self.count(days)}: {html.unescape(self.text(CAUSES[why]))}" for why, days, _ in lessons.lost_days(lost)
        )
        if covered < total:
            says += " " + self.text(
                noop("They are those of several reports; in the calendar they cover {days}."),
                days=self.count(covered),
            )  # fmt: skip
        return f"{says} {html.escape(causes)}."

    def count(self, value: float, places: int = 0) -> str:
        """A number as this language writes it."""
        return sheets.number(value, self.language, places)

    def _picture(self, played: Played) -> str:
        return _picture(
            self.chronicle, played, self.text(noop("What happened")), self.text(noop("What would have been owed")),
            self.when,
        )  # fmt: skip

    def _timeline(self, played: Played) -> str:
        heads = (noop("When"), noop("What happened"), noop("What would have been owed"))
        lines = self.chronicle.lines
        told = [(one.at, 1, one) for one in played.story if one.event in _SHOWN - _SILENCE]
        tried = {(one.line, one.act): one for one in played.tried}
        all_told: list[tuple[datetime, int, Told | Tried | list[Told]]] = [*told]
        all_told += [(one.at, 0, one) for one in tried.values()]
        between = [*(line.at for line in lines), *(row[0] for row in all_told)]
        all_told += [(those[0].at, 2, those) for those in silences(played.story, between)]
        all_told.sort(key=lambda row: row[:2])
        body = ""
        for line, after in zip(lines, [*(line.at for line in lines[1:]), None], strict=True):
            said: set[str] = set()
            owed = [
                (at, self._item_of(one, said))
                for at, _, one in all_told
                if line.at <= at and (after is None or at < after)
            ]
            body += self._row(line, owed)
        quiet = sum(one.event == "escalated" for one in played.story)
        note = self.text(
            noop(
                "Nobody acts in the right column but where the record says so: it shows what silence alone would "
                "do. Duties climbed {climbs} times; at the top they are told again every day."
            ),
            climbs=quiet,
        )
        noon = self.text(noop("Where the record gives a day and no hour, noon is played."))
        return (
            f"<section><h2>{self.text(noop('What happened, and what would have been owed'))}</h2><p>{note} {noon}</p>"
            f'<table class="line"><thead><tr>{self._heads(heads)}</tr></thead><tbody>{body}</tbody></table></section>'
        )

    def _row(self, line: Line, owed: Sequence[tuple[datetime, str]]) -> str:
        """A line of the record, and beside it what it would have called for until the next."""
        said = line.said_when.in_language(self.language) if line.said_when else self.when(line.at, line.precise)
        to = ""
        if line.to:
            named = line.to_says.in_language(self.language) or self.names.get(line.to, line.to)
            whom = self.text(noop("nobody")) if line.to == "no" else html.escape(named)
            to = f'<p class="to">{self.text(noop("Passed on to"))}: <b>{whom}</b></p>'
        mark = f'<span class="{line.certainty}">{self.text(CERTAINTIES[line.certainty])}</span>'
        who = self.names.get(line.who, line.who_says.in_language(self.language) if line.who_says else line.who)
        happened = f"<p>{html.escape(line.says.in_language(self.language))} {self._cite(line.sources)}</p>"
        if line.versions:
            one = f"<b>{self.text(noop('One version'))}:</b> "
            happened = f'<div class="versions">{happened.replace("<p>", "<p>" + one, 1)}'
            for other in line.versions:
                happened += (
                    f"<p><b>{self.text(noop('Another version'))}:</b> "
                    f"{html.escape(other.says.in_language(self.language))} {self._cite(other.sources)}</p>"
                )
            happened += "</div>"
        would, last = "", self.when(line.at, line.precise)
        for at, item in owed:
            when = self.when(at)
            would += item.replace(WHEN, f'<p class="quiet">{when}</p>' if when != last else "")
            last = when if WHEN in item else last
        would = f'<td class="would">{would}</td>' if owed else "<td></td>"
        long = ' class="long"' if len(owed) > ITEMS_TOGETHER else ""
        return (
            f'<tr{long}><th scope="row">{html.escape(_capital(said))}</th><td class="was">'
            f"<p><b>{html.escape(_capital(who))}</b> {mark}</p>{happened}{to}</td>{would}</tr>"
        )

    def _item_of(self, one: Told | Tried | list[Told], said: set[str]) -> str:
        """One telling; `said` holds the reasons that its row has given already, which are not given again."""
        if isinstance(one, Tried):
            return self._tried(one)
        return self._silence(one, said) if isinstance(one, list) else self._told(one, said)

    def _told(self, told: Told, said: set[str]) -> str:
        reasons = [self.say(one, told.at) for one in told.because[:4]]
        because = "".join(f"<li>{one}</li>" for one in reasons if one not in said)
        said.update(reasons)
        return self._item(told.event, self.say(told.says, told.at), because)

    def _item(self, event: str, says: str, because: str) -> str:
        reasons = f"<ul>{because}</ul>" if because else ""
        return f'<div class="item {event}">{WHEN}<p><b>{says}</b></p>{reasons}</div>'

    def _silence(self, those: Sequence[Told], said: set[str]) -> str:
        """What came late and climbed while nothing else happened, as one: the first steps and the last, with when."""
        if len(those) == 1:
            return self._told(those[0], said)
        told = [f'<span class="quiet">{self.when(one.at)}</span> {self.say(one.says, one.at)}' for one in those]
        shown = told if len(told) <= STEPS_SHOWN else [*told[: STEPS_SHOWN - 1], "…", told[-1]]
        steps = "".join(f"<li>{one}</li>" for one in shown)
        says = self.text(noop("Silence: {count} steps up the ladder"), count=len(those))
        return f'<div class="item silence"><p><b>{says}</b></p><ul class="steps">{steps}</ul></div>'

    def _tried(self, tried: Tried) -> str:
        who, act = self.names.get(tried.who, tried.who), self.text(ACTS.get(tried.act, noop("to act")))
        if tried.refused:
            says = self.text(noop("{who} is refused {act}."), who=who, act=html.unescape(act))
        else:
            says = self.text(noop("{who} is allowed {act}."), who=who, act=html.unescape(act))
        because = "".join(f"<li>{self.say(one)}</li>" for one in tried.refused[:1])
        return self._item(f"tried {'not' if tried.refused else 'done'}", _capital(says), because)

    def _gaps(self, played: Played) -> str:
        heads = (
            noop("Report"), noop("Who needed it"), noop("Would have travelled"), noop("Really"), noop("Days between"),
            noop("Why it was owed"),
        )  # fmt: skip
        said: set[str] = set()
        body = "".join(self._gap(gap, said) for gap in lessons.gaps(self.chronicle, played))
        return (
            f"<section><h2>{self.text(noop('Who needed it, and when they had it'))}</h2>"
            '<div class="wide"><table class="gaps">'
            f"<thead><tr>{self._heads(heads)}</tr></thead><tbody>{body}</tbody></table></div></section>"
        )

    def _gap(self, gap: Gap, said: set[str]) -> str:
        if gap.told is not None:
            would = f"{self.when(gap.told)}, {self.text(FORMS[gap.form])}"
        elif gap.owed is not None:
            would = self.text(noop("a decision owed since {at}; nothing by itself"), at=self.when(gap.owed))
        else:
            would = self.text(noop("nothing: no evidence, interest or rule in the record calls for it"))
        gulf = (
            f"<p>{self.text(noop('Written in a language the recipient does not work in.'))}</p>"
            if gap.other_language
            else ""
        )
        reasons = [self.say(one) for one in gap.because]
        why = "".join(f"<li>{one}</li>" for place, one in enumerate(reasons) if not place or one not in said)
        said.update(reasons)
        unsaid = self.text(noop("never") if gap.known else noop("the record does not say"))
        really = self.when(gap.really, False) if gap.really else unsaid
        days = self.count(max(gap.days, 0)) if gap.days is not None else "–"
        return (
            f"<tr><td>{html.escape(gap.report)}</td><td>{html.escape(self.names.get(gap.to, gap.to))}{gulf}</td>"
            f'<td>{would}</td><td>{really}</td><td class="number">{days}</td><td>{why and f"<ul>{why}</ul>"}</td></tr>'
        )

    def _lost(self) -> str:
        if not self.chronicle.lost:
            return ""
        heads = (noop("Why"), noop("Days"), noop("What the record says"), noop("What stands against it here"))
        body = ""
        for why, days, spans in lessons.lost_days(self.chronicle.lost):
            says = "".join(
                f"<p>{self.when(one.begins, False)} – {self.when(one.ends, False)}: "
                f"{html.escape(one.says.in_language(self.language))} {self._cite(one.sources)}</p>"
                for one in spans
            )
            body += (
                f'<tr><th scope="row">{self.text(CAUSES[why])}</th><td class="number">{self.count(days)}</td>'
                f"<td>{says}</td><td>{self.text(AGAINST[why])}</td></tr>"
            )
        return (
            f'<section><h2>{self.text(noop("Days lost, and why"))}</h2><p>{self._total()}</p><div class="wide"><table>'
            f"<thead><tr>{self._heads(heads)}</tr></thead><tbody>{body}</tbody></table></div></section>"
        )

    def _variants(self) -> str:
        heads = (
            noop("Rule"), noop("First duty owed"), noop("First thing that travels"), noop("Duties"),
            noop("Deliveries"), noop("Climbed in silence"), noop("Oversight is told"), noop("Still live at the end"),
        )  # fmt: skip
        body = ""
        for variant, played in zip(self.chronicle.variants, self.played, strict=True):
            owed = lessons.first(played)
            went = min((told for one in played.tellings for told in one.told), default=None)
            numbers = [self.count(played.counts[one]) for one in ("duties", "deliveries", "climbs")]
            cells = "".join(f'<td class="number">{one}</td>' for one in numbers)
            body += (
                f'<tr><th scope="row">{html.escape(variant.says.in_language(self.language))}</th>'
                f"<td>{self.when(owed.owed) if owed else '–'}</td><td>{self._went(went)}</td>{cells}"
                f"<td>{self.when(played.overseen) if played.overseen else self.text(noop('never'))}</td>"
                f'<td class="number">{self.count(played.counts["live"])}</td></tr>'
            )
        title = self.text(noop("The same case under a changed rule"))
        return (
            f'<section><h2>{title}</h2><div class="wide"><table class="rules">'
            f"<thead><tr>{self._heads(heads)}</tr></thead><tbody>{body}</tbody></table></div></section>{self._equal()}"
        )

    def _equal(self) -> str:
        """What the rules would do to equal errors: the handling nothing, another bar of matching something."""
        if not self.errors:
            return ""
        heads = (
            noop("Bar of matching"), noop("Missed, of 100"), noop("Worst group"),
            noop("Strangers taken for a match, of 10,000 pairs"), noop("Worst group"),
        )  # fmt: skip
        body = ""
        for bar, found in sorted(self.errors.items()):
            cells = ""
            for share, (worst, name) in (
                (found.missed, found.missed_worst), (found.strangers, found.strangers_worst)
            ):  # fmt: skip
                cells += (
                    f'<td class="number">{self.count(share, 1)}</td><td>{self.say(name)}: {self.count(worst, 1)}</td>'
                )
            body += f'<tr><th scope="row">{self.count(bar, 2)}</th>{cells}</tr>'
        note = self.text(
            noop(
                "Handling changes the load and what travels; it changes nothing in what is compared, so errors fall "
                "on the same names as before. Another bar of matching would change that: measured on invented "
                "persons of {groups} groups of names, written in another way."
            ),
            groups=self.groups,
        )  # fmt: skip
        return (
            f"<section><h2>{self.text(noop('What a rule would do to equal errors'))}</h2><p>{note}</p>"
            f'<div class="wide"><table><thead><tr>{self._heads(heads)}</tr></thead><tbody>{body}</tbody></table></div>'
            "</section>"
        )

    def _went(self, went: tuple[datetime, str] | None) -> str:
        return self.text(noop("nothing")) if went is None else f"{self.when(went[0])}, {self.text(FORMS[went[1]])}"

    def _not_caught(self) -> str:
        if not self.chronicle.not_caught:
            return ""
        says = "".join(f"<p>{html.escape(one.in_language(self.language))}</p>" for one in self.chronicle.not_caught)
        title = self.text(noop("What Passerelle would not have caught"))
        return f'<section class="caught"><h2>{title}</h2>{says}</section>'

    def _list(self, title: str, texts: Iterable[Said]) -> str:
        items = "".join(f"<li>{html.escape(one.in_language(self.language))}</li>" for one in texts)
        return f"<section><h2>{self.text(title)}</h2><ul>{items}</ul></section>" if items else ""

    def _persons(self) -> str:
        rows = "".join(
            f"<dt>{html.escape(key)}</dt><dd>{html.escape(text.in_language(self.language))}</dd>"
            for key, text in self.chronicle.persons.items()
        )
        says = self.text(noop("Letters stand for private persons."))
        return (
            f"<section><h2>{self.text(noop('Who is who'))}</h2><p>{says}</p><dl>{rows}</dl></section>" if rows else ""
        )

    def _sources(self) -> str:
        rows = "".join(
            f'<dt id="{self.language}-{html.escape(key)}">{html.escape(key)}</dt><dd>{html.escape(text)}</dd>'
            for key, text in self.chronicle.sources.items()
        )
        return f"<section><h2>{self.text(noop('Sources'))}</h2><dl>{rows}</dl></section>" if rows else ""

    def _cite(self, sources: Sequence[str]) -> str:
        links = ", ".join(
            f'<a href="#{self.language}-{html.escape(one.split()[0])}">{html.escape(one)}</a>' for one in sources
        )
        return f'<span class="cite">[{links}]</span>' if links else ""

    def _heads(self, heads: Sequence[str]) -> str:
        return "".join(f'<th scope="col">{self.text(head)}</th>' for head in heads)


def _capital(said: str) -> str:
    """A sentence may begin with the name of a service; its first letter is then a capital."""
    return said[:1].upper() + said[1:]


def _nearest(found: re.Match[str], at: datetime, zone: ZoneInfo) -> datetime:
    """The moment that a day and an hour without a year mean, said at `at`."""
    day, month, hour, minute = (int(part) for part in found.groups())
    here = at.astimezone(zone)
    years = (here.year - 1, here.year, here.year + 1)
    meant = [datetime(year, month, min(day, 28), hour, minute, tzinfo=zone) for year in years]
    nearest = min(meant, key=lambda one: abs(one - here))
    return nearest + timedelta(days=day - min(day, 28))


_SILENCE = frozenset({"late", "escalated"})
"""What happens by itself when nobody does anything."""


def silences(story: Sequence[Told], between: Sequence[datetime]) -> list[list[Told]]:
    """What came late or climbed, in runs that nothing else interrupts; `between` are the moments of all else."""
    moments = sorted(between)
    found: list[tuple[int, list[Told]]] = []
    for one in story:
        if one.event not in _SILENCE:
            continue
        place = bisect.bisect_right(moments, one.at)
        if found and found[-1][0] == place:
            found[-1][1].append(one)
        else:
            found.append((place, [one]))
    return [those for _, those in found]


_SHOWN = frozenset(
    {
        "filed", "matched", "owed", "delivered", "withheld", "upheld", "overturned", "held", "resumed", "passed_on",
        "judged", "acknowledged", "used", "late", "escalated", "handling", "reviewed", "over_common", "away", "watch",
        "rule", "opened",
    }
)  # fmt: skip

AGAINST: Mapping[str, str] = {
    "spelling": noop("Names are compared by their sounds under the habits of each language and script."),
    "language": noop("Subjects are compared, not texts; streets and towns are known in each language."),
    "no_rule": noop("An open dossier, a watch or a rule is enough: whoever needs it need not be known to the sender."),
    "no_holder": noop("Each duty has one holder at each instant, and a next event that happens by itself."),
    "hold": noop(
        "A hold has a reason and an end within seven days, and whoever waits sees it; a doubtful source is no reason."
    ),
    "wrong_desk": noop("The match finds the service; nobody chooses a desk."),
    "bounce": noop("What would come back climbs instead, to somebody with a name."),
    "unanswered": noop("A question has a clock like any duty; unanswered, it climbs."),
    "absence": noop("A desk is never absent: whoever leaves gives the duty back in the same instant."),
    "overload": noop("Too few people is a signed deferral with an end, seen and reviewed; it is never silent."),
    "withheld": noop("To withhold needs a ground of the closed list, and a second person who reviews it."),
    "closed": noop("A report is not closed by who received it: what is owed stays owed until it is told or reviewed."),
}  # fmt: skip
"""For each cause, what of the protocol stands against it."""


def _picture(
    chronicle: Chronicle, played: Played, upper: str, lower: str, when: Callable[[datetime, bool], str]
) -> str:
    """Two lanes over the time of the record: what happened above, what would have been owed below."""
    begins = chronicle.begins
    span = max((chronicle.ends - begins).total_seconds(), 1.0)

    def across(at: datetime) -> float:
        return round(20 + 960 * min(max((at - begins).total_seconds() / span, 0.0), 1.0), 1)

    lost = "".join(
        f'<rect x="{across(one.begins)}" y="34" width="{max(across(one.ends) - across(one.begins), 1):.1f}" '
        f'height="12" class="gap"/>'
        for one in chronicle.lost
    )
    above = "".join(f'<circle cx="{across(line.at)}" cy="40" r="5" class="was"/>' for line in chronicle.lines)
    shown: list[Telling] = [one for one in played.tellings if one.kind == "pass_on"]
    below = "".join(
        f'<circle cx="{across(one.owed)}" cy="100" r="6" class="owed"/>'
        + "".join(f'<path d="M{across(at)} 94 v12" class="sent"/>' for at, _ in one.told)
        for one in shown
    )
    return (
        '<figure><svg viewBox="0 0 1000 140" role="img" aria-label="'
        f'{upper} / {lower}"><text x="20" y="20">{upper}</text><path d="M20 40 H980" class="axis"/>{lost}{above}'
        f'<text x="20" y="80">{lower}</text><path d="M20 100 H980" class="axis"/>{below}'
        f'<text x="20" y="132">{when(begins, False)}</text>'
        f'<text x="980" y="132" text-anchor="end">{when(chronicle.ends, False)}</text></svg></figure>'
    )


def named(chronicle: Chronicle, said: Sentence) -> str:
    """A played sentence in English, with the names of the services in their places."""
    return html.unescape(_Page(chronicle, (), "en").say(said))


def told(chronicle: Chronicle, played: Sequence[Played]) -> Sentence:
    """One sentence for the command line: the first duty, or that there is none."""
    found = lessons.first(played[0])
    if found is None:
        return sentence("No duty to pass anything on would have been owed.")
    names = {service.key: service.name.in_language("en") for service in chronicle.services}
    return sentence(
        "The first duty would have been owed on {at}: {holder} to {to}.",
        at=_Page(chronicle, played, "en").when(found.owed),
        holder=names.get(found.holder, found.holder), to=names.get(found.to, found.to),
    )  # fmt: skip
