"""The sheet for the monthly meeting: few numbers of where information waits, each with what can be done about it."""

from __future__ import annotations

import html
from collections.abc import Mapping, Sequence
from datetime import date

from passerelle import sheets
from passerelle.duty import KINDS
from passerelle.replay.live import PAIRS_SHOWN, REMEDIES, Lessons, Reason, Row, Tail
from passerelle.replay.waiting import CAUSES
from passerelle.words import LANGUAGES, MONTHS, Sentence, noop

LANGUAGE_NAMES = {
    "nl": noop("Dutch"), "fr": noop("French"), "de": noop("German"), "en": noop("English"), "ar": noop("Arabic"),
    "tr": noop("Turkish"),
}  # fmt: skip
REASONS_SHOWN = 8

STYLE = """.number{white-space:nowrap}svg .now{fill:none;stroke:var(--would);stroke-width:3}
svg .before{fill:none;stroke:var(--was);stroke-width:2.5;stroke-dasharray:7 5}
.four{display:grid;grid-template-columns:repeat(auto-fit,minmax(10rem,1fr));gap:.6rem;padding:0;list-style:none}
.four li{border:1px solid var(--rule);border-radius:.4rem;padding:.5rem .7rem}.four b{display:block;font-size:1.5rem}
.more{color:var(--was)}.less{color:var(--would)}
@media print{.four{grid-template-columns:repeat(5,1fr)}.four b{font-size:14pt}}"""


def sheet(found: Lessons, names: Mapping[str, str], *, why: Sentence, made: str, version: str) -> str:
    """The HTML of the sheet. `names`: how each service is called, by its key; `why`: who may read what is in it."""
    bodies = {code: _Page(found, names, why, made, version, code).whole() for code in LANGUAGES}
    return sheets.page(f"Passerelle: where information waited, {found.month}", bodies, STYLE)


def lasted(hours: float | None, language: str = "en") -> str:
    """So many hours in words of a size that is read at once: minutes, hours or days; a dash for nothing."""
    if hours is None:
        return "–"
    if hours < 1:
        said = Sentence(noop("{count} min"), (("count", round(hours * 60)),))
    elif hours < 48:
        places = 1 if hours < 10 and round(hours, 1) != round(hours) else 0
        said = Sentence(noop("{count} h"), (("count", sheets.number(hours, language, places)),))
    else:
        said = Sentence(noop("{count} days"), (("count", round(hours / 24)),))
    return said.in_language(language)


def share(value: float | None) -> str:
    """A share in whole parts of a hundred; a dash for nothing."""
    if value is None:
        return "–"
    return "< 1 %" if 0 < value < 0.01 else f"{100 * value:.0f} %"


class _Page:
    """The sheet in one language."""

    def __init__(
        self, found: Lessons, names: Mapping[str, str], why: Sentence, made: str, version: str, language: str
    ) -> None:
        self.found, self.names, self.why, self.language = found, names, why, language
        self.made, self.version = made, version

    def text(self, text: str, **facts: str | int) -> str:
        """A sentence of the sheet's own; the caller marks it for the catalogue."""
        return html.escape(Sentence(text, tuple(facts.items())).in_language(self.language))

    def name(self, key: str) -> str:
        """How a service is called."""
        return html.escape(self.names.get(key, key)) if key else "–"

    def whole(self) -> str:
        """What is to be said first; then where, why, and how long; then what it does not say."""
        year, month = self.found.month.split("-")
        said = f"{MONTHS[self.language].split()[int(month) - 1]} {year}"
        title = self.text(noop("Where information waited, {month}"), month=said)
        if self.found.whole.tail is None:
            none = self.text(noop("Too few waits in this month to show anything that is not of single cases."))
            return f"<h1>{title}</h1>{self._read_by()}<p>{none}</p>{self._limits()}"
        return "".join([
            f"<h1>{title}</h1>", self._read_by(), self._short(self.found.whole.tail), self._reasons(), self._picture(),
            self._table(
                noop("By service"), noop("Who owes it"), self.found.services, lambda row: self.name(row.label[0])
            ),
            self._pairs(),
            self._table(
                noop("By kind of duty"), noop("Kind of duty"), self.found.kinds,
                lambda row: self.text(KINDS[row.label[0]]),
            ),
            self._lay(), self._limits(),
        ])  # fmt: skip

    def _read_by(self) -> str:
        far = " " + self.text(noop("The month is not over: counted until now.")) if self.found.so_far else ""
        return f'<p class="quiet">{html.escape(self.why.in_language(self.language))}{far}</p>'

    def _lasted(self, hours: float | None) -> str:
        return html.escape(lasted(hours, self.language))

    def _short(self, tail: Tail) -> str:
        before = self.found.whole.before
        rows = [
            (self.text(noop("waits, of which {live} go on"), live=tail.live), sheets.number(tail.count, self.language),
             self._past(sheets.number(before.count, self.language) if before else "–")),
            (self.text(noop("half of them lasted longer than this")), self._lasted(tail.median),
             self._past(self._lasted(before.median if before else None))),
            (self.text(noop("one in ten lasted longer than this")), self._lasted(tail.p90),
             self._past(self._lasted(before.p90 if before else None))),
            (self.text(noop("one in a hundred lasted longer; the longest {longest}"),
                       longest=html.unescape(self._lasted(tail.longest))), self._lasted(tail.p99),
             self._past(self._lasted(before.p99 if before else None))),
            (self.text(noop("were past their clock")), share(tail.late_share),
             self._past(share(before.late_share if before else None))),
        ]  # fmt: skip
        items = "".join(f"<li><b>{number}</b>{says}<br>{past}</li>" for says, number, past in rows)
        first = next((one for one in self.found.reasons if one.cause != "in_time" and one.hours), None)
        most = ""
        if first is not None:
            most = '<p class="first">' + self.text(
                noop("Beyond the ordinary most time went by here: {cause} ({share} of all hours)."),
                cause=html.unescape(self.text(CAUSES[first.cause])), share=share(first.share),
            ) + f"</p><p>{self.text(REMEDIES[first.cause])}</p>"  # fmt: skip
        title = self.text(noop("In short"))
        return f'<section class="short"><h2>{title}</h2><ul class="four">{items}</ul>{most}</section>'

    def _past(self, said: str) -> str:
        return f'<span class="quiet">{self.text(noop("the month before: {figure}"), figure=html.unescape(said))}</span>'

    def _reasons(self) -> str:
        shown = [one for one in self.found.reasons if one.hours is not None]
        rows = "".join(self._reason(one) for one in shown[:REASONS_SHOWN])
        if few := [self.text(CAUSES[one.cause]) for one in self.found.reasons if one.hours is None]:
            says = self.text(noop("too few to be shown"))
            rows += f'<tr class="quiet"><td colspan="6">{says}: {"; ".join(few)}</td></tr>'
        heads = (noop("Why it waited"), noop("Hours"), noop("Of all"), noop("Waits"), noop("Than before"),
                 noop("What can be done"))  # fmt: skip
        note = self.text(
            noop(
                "Each hour of the month is counted once, under what the ledger says was the matter in it. What is late "
                "and in a language that the desk does not work in is told under the language; that it was the cause is "
                "for the meeting to say."
            )
        )
        return (
            f"<section><h2>{self.text(noop('Why'))}</h2><p>{note}</p>"
            f'<div class="wide"><table><thead><tr>{self._heads(heads)}</tr></thead><tbody>{rows}</tbody></table></div>'
            "</section>"
        )

    def _reason(self, one: Reason) -> str:
        says = self.text(CAUSES[one.cause])
        assert one.hours is not None
        hours = sheets.number(one.hours, self.language) if one.hours >= 1 else "< 1"
        remedy = self.text(REMEDIES[one.cause]) if one.cause in REMEDIES else ""
        return (
            f'<tr><td>{says}</td><td class="number">{hours}</td><td class="number">{share(one.share)}</td>'
            f'<td class="number">{one.touched}</td><td class="number">{change(one.hours, one.hours_before)}</td>'
            f"<td>{remedy}</td></tr>"
        )

    def _picture(self) -> str:
        if not self.found.curve:
            return ""
        title = self.text(noop("The shape of the tail"))
        note = self.text(
            noop(
                "How many of a hundred waits lasted longer than so long. Full: this month; dashed: the month before. A "
                "mean would hide what stands at the right."
            )
        )
        return f"<section><h2>{title}</h2>{_curve(self.found, title, self._lasted)}<p>{note}</p></section>"

    def _pairs(self) -> str:
        rows = "".join(self._pair(row) for row in self.found.pairs[:PAIRS_SHOWN])
        if not rows:
            return ""
        heads = (noop("Who owes it"), noop("Who waits"), noop("Language of the report"), *HEADS)
        more = ""
        if self.found.hidden:
            more = "<p>" + self.text(
                noop("{count} more are too small to be shown."), count=self.found.hidden
            ) + "</p>"  # fmt: skip
        return (
            f"<section><h2>{self.text(noop('Between whom'))}</h2>"
            f'<div class="wide"><table><thead><tr>{self._heads(heads)}</tr></thead>'
            f"<tbody>{rows}</tbody></table></div>{more}</section>"
        )

    def _pair(self, row: Row) -> str:
        owner, to, language = row.label
        said = self.text(LANGUAGE_NAMES[language]) if language in LANGUAGE_NAMES else html.escape(language or "–")
        for party, note in ((owner, noop("not a language of who owes it")), (to, noop("not a language of who waits"))):
            if self.found.reads.get((party, language)) is False:
                said += f' <span class="more">{self.text(note)}</span>'
        return f"<tr><td>{self.name(owner)}</td><td>{self.name(to)}</td><td>{said}</td>{self._cells(row)}</tr>"

    def _table(self, title: str, head: str, rows: Sequence[Row], label: object) -> str:
        assert callable(label)
        body = "".join(f"<tr><td>{label(row)}</td>{self._cells(row)}</tr>" for row in rows)
        if not body:
            return ""
        return (
            f'<section><h2>{self.text(title)}</h2><div class="wide"><table><thead><tr>{self._heads((head, *HEADS))}'
            f"</tr></thead><tbody>{body}</tbody></table></div></section>"
        )

    def _cells(self, row: Row) -> str:
        tail, before = row.tail, row.before
        assert tail is not None
        return (
            f'<td class="number">{tail.count}</td><td class="number">{self._lasted(tail.median)}</td>'
            f'<td class="number">{self._lasted(tail.p90)}</td><td class="number">{self._lasted(tail.longest)}</td>'
            f'<td class="number">{share(tail.late_share)}</td>'
            f'<td class="number quiet">{share(before.late_share if before else None)}</td>'
        )

    def _lay(self) -> str:
        lay = self.found.lay
        if not lay.count:
            return ""
        says = self.text(
            noop(
                "{count} tellings became owed in this month although their report had been filed before: nobody who "
                "needed it had said so, or their own record came later. Half had lain longer than {median}, one in ten "
                "longer than {p90}. It is no delay of anybody; a watch or a rule of theme, stated earlier, would "
                "have met them sooner."
            ),
            count=lay.count, median=lasted(lay.median, self.language), p90=lasted(lay.p90, self.language),
        )  # fmt: skip
        return f"<section><h2>{self.text(noop('Before anybody needed it'))}</h2><p>{says}</p></section>"

    def _limits(self) -> str:
        items = "".join(f"<li>{self.text(text)}</li>" for text in LIMITS)
        end = self.text(
            noop("Made on {day} with Passerelle {version} from {lines} lines of the ledger."),
            day=sheets.day(date.fromisoformat(self.made), self.language), version=self.version,
            lines=sheets.number(self.found.lines, self.language),
        )  # fmt: skip
        title = self.text(noop("What this does not say"))
        return f'<section class="caught"><h2>{title}</h2><ul>{items}</ul><p>{end}</p></section>'

    def _heads(self, heads: Sequence[str]) -> str:
        return "".join(f'<th scope="col">{self.text(head)}</th>' for head in heads)


HEADS = (
    noop("Waits"), noop("Half longer than"), noop("One in ten longer than"), noop("Longest"), noop("Past the clock"),
    noop("Before"),
)  # fmt: skip
"""What each table tells of its rows."""

LIMITS = (
    noop("A wait is a duty, from when it arose to its end; one that goes on counts as long as it has lasted so far."),
    noop("It says where and under what sign time went by. It says nothing of any person, and ranks nobody."),
    noop("What was never filed waits nowhere that this can see."),
)


def change(now: float, before: float | None) -> str:
    """How hours compare with the month before: `+ 40 %`, `− 12 %`, or what they were where that was nothing."""
    if before is None:
        return "–"
    if before < 1:
        return "+" if now >= 1 else "="
    grown = (now - before) / before
    return f"{'+' if grown >= 0 else '−'} {abs(100 * grown):.0f} %"


def _curve(found: Lessons, title: str, said: object) -> str:
    """The share that lasted longer, over hours on a scale of equal factors."""
    assert callable(said)
    last = max(len(found.hours) - 1, 1)

    def points(values: Sequence[float]) -> str:
        return " ".join(f"{70 + 900 * place / last:.1f},{220 - 190 * v:.1f}" for place, v in enumerate(values))

    ticks = "".join(
        f'<text x="{70 + 900 * place / last:.0f}" y="246" text-anchor="middle">{said(found.hours[place])}</text>'
        for place in range(0, len(found.hours), max(1, len(found.hours) // 6))
    )
    levels = "".join(
        f'<text x="62" y="{226 - 190 * level:.0f}" text-anchor="end">{100 * level:.0f}</text>' for level in (0, 0.5, 1)
    )
    before = f'<polyline class="before" points="{points(found.curve_before)}"/>' if found.curve_before else ""
    return (
        f'<figure><svg viewBox="0 0 1000 256" role="img" aria-label="{title}">'
        f'<path d="M70 30 V220 H970" class="axis" fill="none"/>{levels}{before}'
        f'<polyline class="now" points="{points(found.curve)}"/>{ticks}</svg></figure>'
    )
