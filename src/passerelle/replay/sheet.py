"""One HTML file of a played chronicle: offline, printable, in the four languages, without a line of script."""

from __future__ import annotations

import bisect
import html
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime

from passerelle import sheets
from passerelle.replay import lessons
from passerelle.replay.chronicle import CAUSES, CERTAINTIES, Chronicle, Line, Said
from passerelle.replay.lessons import Gap, Played, Telling, Told, Tried
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
ROLE_WORDS = {
    "officer": noop("officer"),
    "desk": noop("desk"),
    "supervisor": noop("supervisor"),
    "head": noop("head of the service"),
    "oversight": noop("oversight"),
}
HOUSE_WORDS = {"legal_basis": noop("none is in the record; the play assumes that there was one")}
HOUSE_SERVICES = {"neutral-desk": noop("the neutral desk of the exchange"), "oversight": noop("the oversight body")}


def sheet(chronicle: Chronicle, played: Sequence[Played]) -> str:
    """The HTML of the file. `played` are the variants in the chronicle's order, the first as it was filed."""
    bodies = {code: _Page(chronicle, played, code).whole() for code in LANGUAGES}
    return sheets.page(chronicle.title.in_language("en"), bodies, STYLE)


class _Page:
    """The sheet in one language."""

    def __init__(self, chronicle: Chronicle, played: Sequence[Played], language: str) -> None:
        self.chronicle, self.played, self.language = chronicle, played, language
        self.names = {service.key: service.name.in_language(language) for service in chronicle.services}
        for key, text in HOUSE_SERVICES.items():
            self.names.setdefault(key, Sentence(text).in_language(language))

    def say(self, said: Sentence) -> str:
        """A sentence in this language, escaped, with the names each language has for the services."""
        return html.escape(PLACE.sub(self._name, said.in_language(self.language)))

    def _name(self, found: re.Match[str]) -> str:
        kind, _, word = found[1].partition(":")
        if kind == "role" and word:
            return Sentence(ROLE_WORDS[word]).in_language(self.language)
        if kind == "said" and word:
            return Sentence(HOUSE_WORDS[word]).in_language(self.language)
        return self.names.get(found[1], found[1])

    def text(self, text: str, **facts: str | int) -> str:
        """A sentence of the sheet's own; the caller marks it for the catalogue."""
        return self.say(Sentence(text, tuple(facts.items())))

    def when(self, at: datetime, precise: bool = True) -> str:
        """A moment at the place of the record."""
        there = at.astimezone(self.chronicle.zone)
        return there.strftime("%Y-%m-%d %H:%M" if precise else "%Y-%m-%d")

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
        why = "".join(f"<li>{self.say(one)}</li>" for one in (*found.because, found.deadline))
        body = f'<p class="first">{owed}</p><ul>{why}</ul>{self._differs()}'
        return f'<section class="short"><h2>{title}</h2>{body}</section>'

    def _differs(self) -> str:
        rows = []
        for gap in lessons.gaps(self.chronicle, self.played[0]):
            if gap.told is None or gap.days is None or gap.days < 1:
                continue
            rows.append(
                "<p>" + self.text(
                    noop("{to}: {form} on {told}; on the record {really}. Between them lie {days} days."),
                    to=self.names.get(gap.to, gap.to), form=self.text(FORMS[gap.form]), told=self.when(gap.told),
                    really=self.when(gap.really, False) if gap.really else self.text(noop("never")),
                    days=round(gap.days),
                ) + "</p>"
            )  # fmt: skip
        return "".join(rows)

    def _picture(self, played: Played) -> str:
        return _picture(
            self.chronicle, played, self.text(noop("What happened")), self.text(noop("What would have been owed")),
            self.when,
        )  # fmt: skip

    def _timeline(self, played: Played) -> str:
        heads = (noop("When"), noop("What happened"), noop("What would have been owed"))
        rows: list[tuple[datetime, int, str]] = [(line.at, 0, self._happened(line)) for line in self.chronicle.lines]
        tried = {(one.line, one.act): one for one in played.tried}
        rows += [(one.at, 1, self._tried(one)) for one in tried.values()]
        rows += [(told.at, 2, self._told(told)) for told in played.story if told.event in _SHOWN - _SILENCE]
        rows += [(those[0].at, 3, self._silence(those)) for those in silences(played.story, [row[0] for row in rows])]
        body = "".join(row for _, _, row in sorted(rows, key=lambda row: (row[0], row[1])))
        quiet = sum(told.event == "escalated" for told in played.story)
        note = self.text(
            noop(
                "Nobody acts in the right column but where the record says so: it shows what silence alone would "
                "do. Duties climbed {climbs} times; at the top they are told again every day."
            ),
            climbs=quiet,
        )
        return (
            f"<section><h2>{self.text(noop('What happened, and what would have been owed'))}</h2><p>{note}</p>"
            f'<table class="line"><thead><tr>{self._heads(heads)}</tr></thead><tbody>{body}</tbody></table></section>'
        )

    def _happened(self, line: Line) -> str:
        who = self.names.get(line.who, line.who)
        said = line.said_when.in_language(self.language) if line.said_when else self.when(line.at, line.precise)
        to = ""
        if line.to:
            whom = self.text(noop("nobody")) if line.to == "no" else html.escape(self.names.get(line.to, line.to))
            to = f'<p class="to">{self.text(noop("Passed on to"))}: <b>{whom}</b></p>'
        versions = "".join(
            f'<p class="version"><b>{self.text(noop("Another version"))}:</b> '
            f"{html.escape(one.says.in_language(self.language))} {self._cite(one.sources)}</p>"
            for one in line.versions
        )
        mark = f'<span class="{line.certainty}">{self.text(CERTAINTIES[line.certainty])}</span>'
        return (
            f'<tr><th scope="row">{html.escape(said)}</th><td class="was"><p><b>{html.escape(who)}</b> {mark} '
            f"{self._cite(line.sources)}</p><p>{html.escape(line.says.in_language(self.language))}</p>{to}{versions}</td><td></td></tr>"
        )

    def _told(self, told: Told) -> str:
        because = "".join(f"<li>{self.say(one)}</li>" for one in told.because[:4])
        return (
            f'<tr><th scope="row">{self.when(told.at)}</th><td></td><td class="would {told.event}">'
            f"<p><b>{self.say(told.says)}</b></p><ul>{because}</ul></td></tr>"
        )

    def _silence(self, those: Sequence[Told]) -> str:
        """What came late and climbed while nothing else happened, as one row: each step with its moment."""
        if len(those) == 1:
            return self._told(those[0])
        steps = "".join(
            f'<li><span class="quiet">{self.when(one.at)}</span> {self.say(one.says)}</li>' for one in those
        )
        says = self.text(noop("Silence: {count} steps up the ladder"), count=len(those))
        when = f"{self.when(those[0].at)} –<br>{self.when(those[-1].at)}"
        return (
            f'<tr><th scope="row">{when}</th><td></td><td class="would silence"><p><b>{says}</b></p>'
            f'<ul class="steps">{steps}</ul></td></tr>'
        )

    def _tried(self, tried: Tried) -> str:
        who, act = self.names.get(tried.who, tried.who), self.text(ACTS.get(tried.act, noop("to act")))
        if tried.refused:
            says = self.text(noop("{who} is refused {act}."), who=who, act=html.unescape(act))
        else:
            says = self.text(noop("{who} is allowed {act}."), who=who, act=html.unescape(act))
        because = "".join(f"<li>{self.say(one)}</li>" for one in tried.refused[:1])
        how = "not" if tried.refused else "done"
        return (
            f'<tr><th scope="row">{self.when(tried.at)}</th><td></td><td class="would tried {how}">'
            f"<p><b>{says}</b></p><ul>{because}</ul></td></tr>"
        )

    def _gaps(self, played: Played) -> str:
        heads = (
            noop("Report"), noop("Who needed it"), noop("Would have travelled"), noop("Really"), noop("Days between"),
            noop("Why it was owed"),
        )  # fmt: skip
        body = "".join(self._gap(gap) for gap in lessons.gaps(self.chronicle, played))
        return (
            f'<section><h2>{self.text(noop("Who needed it, and when they had it"))}</h2><div class="wide"><table>'
            f"<thead><tr>{self._heads(heads)}</tr></thead><tbody>{body}</tbody></table></div></section>"
        )

    def _gap(self, gap: Gap) -> str:
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
        why = "".join(f"<li>{self.say(one)}</li>" for one in gap.because)
        unsaid = self.text(noop("never") if gap.known else noop("the record does not say"))
        really = self.when(gap.really, False) if gap.really else unsaid
        days = str(round(gap.days)) if gap.days is not None else "–"
        return (
            f"<tr><td>{html.escape(gap.report)}</td><td>{html.escape(self.names.get(gap.to, gap.to))}{gulf}</td>"
            f"<td>{would}</td><td>{really}</td><td>{days}</td><td><ul>{why}</ul></td></tr>"
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
                f"<tr><td>{self.text(CAUSES[why])}</td><td>{round(days)}</td><td>{says}</td>"
                f"<td>{self.text(AGAINST[why])}</td></tr>"
            )
        total = round(sum(one.days for one in self.chronicle.lost))
        says = self.text(noop("{days} days were lost, on the record's own dates."), days=total)
        return (
            f'<section><h2>{self.text(noop("Days lost, and why"))}</h2><p>{says}</p><div class="wide"><table>'
            f"<thead><tr>{self._heads(heads)}</tr></thead><tbody>{body}</tbody></table></div></section>"
        )

    def _variants(self) -> str:
        heads = (
            noop("Rule"), noop("First duty owed"), noop("First thing that travels"), noop("Duties"),
            noop("Deliveries"), noop("Climbed in silence"), noop("Still live at the end"),
        )  # fmt: skip
        body = ""
        for variant, played in zip(self.chronicle.variants, self.played, strict=True):
            owed = lessons.first(played)
            went = min((told for one in played.tellings for told in one.told), default=None)
            counts = played.counts
            body += (
                f"<tr><td>{html.escape(variant.says.in_language(self.language))}</td>"
                f"<td>{self.when(owed.owed) if owed else '–'}</td>"
                f"<td>{self._went(went)}</td>"
                f"<td>{counts['duties']}</td><td>{counts['deliveries']}</td><td>{counts['climbs']}</td>"
                f"<td>{counts['live']}</td></tr>"
            )
        note = self.text(
            noop(
                "No rule here changes what is compared with what: the share of false and missed matches by origin"
                " of name stays what `passerelle fairness` measures. What changes is the load and what travels."
            )
        )  # fmt: skip
        return (
            f'<section><h2>{self.text(noop("The same case under a changed rule"))}</h2><div class="wide"><table>'
            f"<thead><tr>{self._heads(heads)}</tr></thead><tbody>{body}</tbody></table></div><p>{note}</p></section>"
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
        at=found.owed.astimezone(chronicle.zone).strftime("%Y-%m-%d %H:%M"),
        holder=names.get(found.holder, found.holder), to=names.get(found.to, found.to),
    )  # fmt: skip
