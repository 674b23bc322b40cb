"""The page on equal errors that the public can read: what was measured, what it says, what it does not."""

from __future__ import annotations

import html
from collections.abc import Mapping, Sequence
from datetime import date

from passerelle import sheets
from passerelle.fairness import gaps
from passerelle.fairness.gaps import Verdict, wilson
from passerelle.fairness.operation import Road, by_group
from passerelle.fairness.operation import verdicts as road_verdicts
from passerelle.fairness.outcomes import Measured
from passerelle.fairness.probes import traditions
from passerelle.fairness.work import SMALL_NUMBER, Share
from passerelle.words import LANGUAGES, Sentence, noop

WAYS = {
    "spelling": noop("another spelling of the same name"),
    "script": noop("the name in its own script"),
    "slip": noop("a slip of the pen in the longest word"),
    "order": noop("first and last name exchanged"),
}
OUTCOMES = {
    "judged_same": noop("Matches judged to be the same, of those judged"),
    "withheld": noop("Tellings withheld, of those owed"),
    "late": noop("Acknowledgements that came late, of those due"),
}
BY = {
    "service": noop("service"),
    "language": noop("language of the report"),
    "script": noop("script of the record"),
    "reads_it": noop("the reader works in the language of the report"),
}


def verdicts(measured: Measured) -> dict[str, Verdict]:
    """For each way of writing, and for strangers with names alone and with birth dates: are the rates equal?"""
    found = {}
    for kind in WAYS:
        groups = {
            row.tradition: (float(row.missed), float(row.of)) for row in measured.tried if row.kind == kind and row.of
        }
        found[kind] = gaps.verdict(groups, seed=measured.seed)
    for born in (False, True):
        rows = [row for row in measured.strangers if row.born == born]
        groups = {row.tradition: (float(row.alarms), float(row.pairs)) for row in rows}
        sizes = [size for row in rows for size in row.sizes]
        found["strangers_born" if born else "strangers"] = gaps.verdict(groups, sizes, seed=measured.seed)
    return found


def sheet(
    measured: Measured, work: Sequence[Share] | None, road: Sequence[Road] | None = None, *, made: str, version: str,
    signed: str,
) -> str:  # fmt: skip
    """The HTML of the page. `work` and `road` (probes in operation) are None without an installation; `made` is the
    day, `signed` who answers for it."""
    bodies = {code: _Page(measured, work, road, made, version, signed, code).whole() for code in LANGUAGES}
    return sheets.page("Passerelle: are errors equal?", bodies, STYLE)


STYLE = """
.bars td,.bars th{padding:.2rem .5rem}.bars svg{width:16rem;height:1.2rem}
.bars th:nth-child(n+2){text-align:right}.bars th:nth-child(4){text-align:left}
@media print{.bars td,.bars th{padding:.4mm 2mm}.bars svg{width:60mm;height:4mm}section:has(.bars){break-inside:avoid}
.work{font-size:8.5pt}.work td:nth-child(n+4){white-space:nowrap}}
"""


class _Page:
    """The page in one language."""

    def __init__(
        self, measured: Measured, work: Sequence[Share] | None, road: Sequence[Road] | None, made: str, version: str,
        signed: str, language: str,
    ) -> None:  # fmt: skip
        self.measured, self.work, self.road, self.made, self.version = measured, work, road, made, version
        self.signed, self.language = signed, language
        self.verdicts = verdicts(measured)
        self.names = {one.id: one.says.in_language(language) for one in traditions()}

    def text(self, text: str, **facts: str | int) -> str:
        """A sentence of the page's own; the caller marks it for the catalogue."""
        return html.escape(Sentence(text, tuple(facts.items())).in_language(self.language))

    def whole(self) -> str:
        """What it says first; then the figures; then how, and its limits."""
        parts = [
            f"<h1>{self.text(noop('Are errors equal, whatever the origin of a name?'))}</h1>",
            f'<p class="lead">{self.text(LEAD)}</p>',
            self._short(),
            *(self._missed(kind) for kind in WAYS),
            self._strangers(born=False),
            self._strangers(born=True),
            self._road(),
            self._work(),
            self._reading(),
            self._method(),
        ]
        return "".join(parts)

    def _short(self) -> str:
        rows = "".join(f"<li>{self._says(key)}</li>" for key in (*WAYS, "strangers", "strangers_born"))
        differ = sum(one.equality_rejected is True for one in self.verdicts.values())
        compared = sum(one.equality_rejected is not None for one in self.verdicts.values())
        answer = noop(
            "No: in {count} of the {of} measures that can be compared some names bear more errors than others."
        )
        if not differ:
            answer = noop("In none of the {of} measures that can be compared a difference is shown.")
        says = self.text(answer, count=differ, of=compared)
        return (
            f'<section class="short"><h2>{self.text(noop("In short"))}</h2><p class="first">{says}</p>'
            f"<ul>{rows}</ul></section>"
        )

    def _worst(self, key: str, per: int) -> str:
        """The worst group with its own figure."""
        worst = self.verdicts[key].worst
        if key in WAYS:
            rates = {row.tradition: row.missed / row.of for row in self.measured.tried if row.kind == key and row.of}
        else:
            rows = [row for row in self.measured.strangers if row.born == (key == "strangers_born")]
            rates = {row.tradition: row.alarms / row.pairs for row in rows}
        return f"{self.names.get(worst, worst)} ({self.count(per * rates[worst], 1)})"

    def count(self, value: float, places: int = 0) -> str:
        """A number as this language writes it."""
        return sheets.number(value, self.language, places)

    def _says(self, key: str) -> str:
        verdict = self.verdicts[key]
        what = self.text(_TITLES[key])
        per = 10_000 if key.startswith("strangers") else 100
        rate, of = self.count(per * verdict.rate, 1), self.count(per)
        if verdict.equality_rejected is None:
            end = self.text(noop("{rate} of {per}; too few cases to compare the groups."), rate=rate, per=of)
        elif verdict.equality_rejected:
            end = self.text(
                noop("{rate} of {per}; the groups differ more than chance would do. Worst: {worst}."),
                rate=rate, per=of, worst=self._worst(key, per),
            )  # fmt: skip
        else:
            end = self.text(
                noop(
                    "{rate} of {per}; no difference between the groups is shown. One of {seen} times would have been "
                    "seen."
                ),
                rate=rate, per=of, seen=f"{verdict.seen_from:g}" if verdict.seen_from else "20+",
            )  # fmt: skip
        return f"<b>{what}:</b> {end}"

    def _missed(self, kind: str) -> str:
        rows = [(row.tradition, row.missed, row.of) for row in self.measured.tried if row.kind == kind and row.of]
        note = self.text(
            noop(
                "Of 100 persons written in this way, so many are not found. The line is the range in which the "
                "true figure lies in 95 of 100 such measurements."
            )
        )  # fmt: skip
        return self._bars(self.text(_TITLES[kind]), note, rows, 100)

    def _strangers(self, *, born: bool) -> str:
        rows = [(row.tradition, row.alarms, row.pairs) for row in self.measured.strangers if row.born == born]
        note = self.text(
            noop(
                "Of 10,000 pairs of different persons of one group, so many are shown to somebody as a possible match."
            )
        )
        return self._bars(self.text(_TITLES["strangers_born" if born else "strangers"]), note, rows, 10_000)

    def _bars(self, title: str, note: str, rows: Sequence[tuple[str, int, int]], per: int) -> str:
        if not rows:
            return ""
        edges = [wilson(hits, of) for _, hits, of in rows]
        top = max(high for _, high in edges) or 1.0
        body = ""
        for (group, hits, of), (low, high) in zip(rows, edges, strict=True):
            rate, left, right = hits / of, 300 * low / top, 300 * high / top
            bar = (
                f'<svg viewBox="0 0 310 20" role="img" aria-label="{per * low:.1f} – {per * high:.1f}">'
                f'<rect class="gap" x="0" y="5" width="{300 * rate / top:.1f}" height="10"/>'
                f'<path class="reach" d="M{left:.1f} 10 H{max(right, left + 1):.1f}"/></svg>'
            )
            body += (
                f'<tr><th scope="row">{html.escape(self.names.get(group, group))}</th>'
                f'<td class="number">{self.count(per * rate, 1)}</td>'
                f'<td class="number">{self.count(per * low, 1)} – {self.count(per * high, 1)}</td><td>{bar}</td>'
                f'<td class="number quiet">{self.count(hits)} / {self.count(of)}</td></tr>'
            )
        heads = "".join(
            f'<th scope="col">{self.text(head, per=self.count(per))}</th>'
            for head in (noop("Group of names"), noop("Of {per}"), noop("Range"), noop("Picture"), noop("Counted"))
        )
        return (
            f'<section><h2>{title}</h2><p>{note}</p><div class="wide"><table class="bars">'
            f"<thead><tr>{heads}</tr></thead>"
            f"<tbody>{body}</tbody></table></div></section>"
        )

    def _road(self) -> str:
        """Probes on the live road: what was missed, and what met a real record, which is always wrong."""
        title = self.text(noop("In operation: invented probes on the live road"))
        if not self.road:
            none = self.text(noop("No probes were tried here in the last year (oversight signs for them)."))
            return f"<section><h2>{title}</h2><p>{none}</p></section>"
        sums = by_group(self.road)
        verdict = road_verdicts(self.road)["missed"]
        note = self.text(
            noop(
                "Invented pairs that should meet were filed in this exchange beside real records, in {rounds} rounds "
                "signed by oversight, compared as these are, counted and undone. No person ever saw one, and none was "
                "told to anybody. Of 100 pairs, so many did not meet."
            ),
            rounds=max(row.rounds for row in self.road),
        )  # fmt: skip
        equal = {
            None: noop("Too few cases to compare the groups."),
            True: noop("The groups differ more than chance would do."),
            False: noop("No difference between the groups is shown; that is not a proof of equality."),
        }[verdict.equality_rejected]
        rows = [(key, one[0], one[2]) for key, one in sums.items()]
        bars = self._bars(title, f"{note} {self.text(equal)}", rows, 100)
        alarms = self.text(
            noop(
                "Probes that met a real record as well, always wrongly: {count} of {tried}. It is told in sum alone: "
                "by group it would say something of whose names are in these records."
            ),
            count=sum(one[1] for one in sums.values()), tried=sum(one[2] for one in sums.values()),
        )  # fmt: skip
        return bars.removesuffix("</section>") + f"<p>{alarms}</p></section>"

    def _work(self) -> str:
        title = self.text(noop("In operation: outcomes of the work"))
        if self.work is None:
            none = self.text(noop("Not measured here: this page was made without an installation."))
            return f"<section><h2>{title}</h2><p>{none}</p></section>"
        body = ""
        for row in self.work:
            group = html.escape(
                sheets.NAMES_OF_LANGUAGES.get(row.group, row.group) if row.by == "language" else row.group
            )
            group = self.text(_YES_NO.get(row.group, "")) if row.by == "reads_it" else group
            if row.share is None or row.low is None or row.high is None:
                few = self.text(noop("fewer than {count}: not shown"), count=SMALL_NUMBER)
                figures = f'<td colspan="3" class="quiet">{few}</td>'
            else:
                hours = "–"
                if row.hours_median is not None:
                    edges = [row.hours_median, row.hours_low or 0, row.hours_high or 0, row.hours_p90 or 0]
                    median, low, high, most = (self.count(one, 1) for one in edges)
                    hours = f"{median} ({low} – {high}); {most}"
                figures = (
                    f'<td class="number">{100 * row.share:.0f} % ({100 * row.low:.0f} – {100 * row.high:.0f})</td>'
                    f'<td class="number">{row.cases}</td><td class="number">{hours}</td>'
                )
            what = f"<td>{self.text(OUTCOMES[row.kind])}</td><td>{self.text(BY[row.by])}</td>"
            body += f"<tr>{what}<td>{group}</td>{figures}</tr>"
        heads = "".join(
            f'<th scope="col">{self.text(head)}</th>'
            for head in (
                noop("Outcome"), noop("By"), noop("Group"), noop("Share (range)"), noop("Cases"),
                noop("Hours: median (range); nine in ten"),
            )
        )  # fmt: skip
        note = self.text(
            noop(
                "By service, and by the language and script of the record only. Nobody's origin is inferred, from"
                " a name or from anything else."
            )
        )  # fmt: skip
        return (
            f'<section><h2>{title}</h2><p>{note}</p><div class="wide"><table class="work">'
            f"<thead><tr>{heads}</tr></thead><tbody>{body}</tbody></table></div></section>"
        )

    def _reading(self) -> str:
        items = "".join(f"<li>{self.text(text)}</li>" for text in READ_WRONG)
        return f'<section class="caught"><h2>{self.text(noop("What could be misread"))}</h2><ul>{items}</ul></section>'

    def _method(self) -> str:
        persons, seed = self.measured.persons, self.measured.seed
        items = "".join(
            f"<li>{self.text(text, persons=persons, groups=len(self.names), seed=seed)}</li>" for text in METHOD
        )
        tried = "".join(f"<li>{self.text(text)}</li>" for text in DID_NOT_HELP)
        who = self.signed or self.text(noop("nobody yet"))
        end = self.text(
            noop("Made on {day} with Passerelle {version}. Answered for by: {who}."),
            day=sheets.day(date.fromisoformat(self.made), self.language), version=self.version, who=html.unescape(who),
        )  # fmt: skip
        return (
            f"<section><h2>{self.text(noop('How it was measured'))}</h2><ul>{items}</ul></section>"
            f"<section><h2>{self.text(noop('What was tried and did not help'))}</h2>"
            f"<ul>{tried}</ul><p>{end}</p></section>"
        )


LEAD = noop(
    "Passerelle says when two records may concern the same person. It can be wrong in two ways: it can miss somebody "
    "whose name is written otherwise, and it can show somebody two strangers as a possible match. A person always "
    "looks before anything is done. This page says whether such errors fall on some names more than on others."
)
_TITLES: Mapping[str, str] = {
    "spelling": noop("Missed when the name is spelt otherwise"),
    "script": noop("Missed when the name stands in its own script"),
    "slip": noop("Missed after a slip of the pen"),
    "order": noop("Missed when first and last name are exchanged"),
    "strangers": noop("Strangers taken for a possible match, by names alone"),
    "strangers_born": noop("Strangers taken for a possible match, when birth dates are known"),
}
_YES_NO = {"yes": noop("yes"), "no": noop("no")}
READ_WRONG = (
    noop(
        "A group is a set of invented names in a test file. It is no group of people, and nothing in "
        "Passerelle sorts anybody into one."
    ),
    noop("“No difference is shown” is not a proof of equality: small differences need more cases to be seen."),
    noop(
        "A rate is not your chance of being confused with somebody: that depends on how many people bear "
        "your name where you live, and here every name is equally common."
    ),
    noop("“Judged to be the same” is a person's decision about a pair, not a finding about a person."),
)  # fmt: skip
METHOD = (
    noop(
        "{persons} invented persons in each of {groups} groups, put together by chance (seed {seed}: who "
        "repeats it gets the same figures). Each group has as many first as last names, so that two "
        "strangers share one as often in each."
    ),
    noop(
        "Each is written otherwise in up to four ways and compared with the usual writing, through the "
        "same steps as a real record: shared keys first, then the evidence, at the one bar of 0.7."
    ),
    noop(
        "Whether groups differ is tested by simulation: 4,000 worlds in which errors fall on all alike. "
        "Alarms that share a person are dealt out together."
    ),
    noop(
        "The invented names were written by the authors and are in the program "
        "(fairness/data/probes.yaml). They were used for no rule and no threshold. Larger measurements on"
        " public lists are in docs/fairness.md."
    ),
    noop(
        "Not measured: names of many other traditions, names as they are heard, and what people do with a"
        " possible match outside Passerelle."
    ),
)  # fmt: skip
DID_NOT_HELP = (
    noop(
        "Weighing more heavily how common a name is in the registers at hand: a third fewer false alarms "
        "on public lists, but fewest fell away in the groups that had most, so the groups came to differ "
        "more."
    ),
    noop(
        "Letting a name word say no more than its commonness where it is most usual: fewer false alarms "
        "in every script, at the price of one name in a hundred missed in another spelling. It was kept."
    ),
    noop(
        "A bar or a setting for one group was never made: it would treat people by the origin of their "
        "names, and hide the cause."
    ),
)  # fmt: skip
