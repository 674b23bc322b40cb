"""The printable page of a plan: when the clocks break, what holds them, in how many of the lives it was tried in."""

from __future__ import annotations

import html
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import groupby

from passerelle import sheets
from passerelle.capacity.needed import Needed, modelled, needed
from passerelle.capacity.plan_file import Kind, Plan, Said
from passerelle.capacity.simulate import Lived, lived
from passerelle.capacity.staffing import Best, best, cheapest_that_holds
from passerelle.capacity.workload import (
    Changes,
    Floats,
    arrivals,
    breaks,
    day_of,
    expected,
    first_day,
    first_quarter,
    hours,
    quarters,
)
from passerelle.sheets import NARROW
from passerelle.words import LANGUAGES, Sentence, noop


@dataclass(frozen=True, slots=True)
class Answers:
    """What a plan file answers. `breaks`: for each kind the week its clock breaks, nothing changed (None: it holds).

    `deferral`: for each kind that may be deferred, the same weeks for all kinds when as much of it waits as may.
    `needed`: where the clocks cannot hold at once, what more would have to be allowed; else nothing."""

    plan: Plan
    breaks: tuple[int | None, ...]
    unchanged: Lived
    deferral: tuple[tuple[str, tuple[int | None, ...]], ...]
    best: Best
    needed: tuple[Needed, ...] = ()


def answer(plan: Plan, *, runs: int = 1000, hold: float | None = None) -> Answers:
    """All answers of a plan file; `runs` lives each for the unchanged course and for the best plan. `hold`: the share
    of lives that must hold, in place of the file's target, and the cheapest plan that reaches it is looked for."""
    plan = plan if hold is None else replace(plan, target=hold)
    counts = arrivals(plan)
    first = first_quarter(plan)
    waits = []
    for kind in plan.kinds:
        if kind.deferred_max:
            shares = tuple(kind.deferred_max if quarter >= first else 0.0 for quarter in range(quarters(plan)))
            late = expected(plan, Changes({}, {}, {kind.id: shares})).late
            waits.append((kind.id, tuple(breaks(plan, late, counts))))
    found = best(plan, runs=runs) if hold is None else cheapest_that_holds(plan, runs=runs)
    return Answers(
        plan, tuple(breaks(plan, expected(plan).late, counts)), lived(plan, runs=runs), tuple(waits), found,
        tuple(needed(plan, found.margin)) if found.since else (),
    )  # fmt: skip


def sheet(answers: Answers, *, made: str, version: str) -> str:
    """The HTML of the page, in four languages."""
    bodies = {code: _Page(answers, made, version, code).whole() for code in LANGUAGES}
    return sheets.page(answers.plan.title.in_language("en"), bodies, STYLE)


STYLE = """svg .band{fill:var(--would);opacity:.2}svg .middle{fill:none;stroke:var(--would);stroke-width:2.5}
svg .before{fill:none;stroke:var(--was);stroke-width:2.5;stroke-dasharray:6 4}
svg .there{fill:none;stroke:var(--quiet)}"""


class _Page:
    """The page in one language."""

    def __init__(self, answers: Answers, made: str, version: str, language: str) -> None:
        self.answers, self.plan, self.best = answers, answers.plan, answers.best
        self.made, self.version, self.language = made, version, language

    def text(self, text: str, **facts: str | int) -> str:
        """A sentence of the page's own; the caller marks it for the catalogue."""
        return html.escape(Sentence(text, tuple(facts.items())).in_language(self.language))

    def said(self, said: Said) -> str:
        """A text of the file, escaped."""
        return html.escape(said.in_language(self.language))

    def whole(self) -> str:
        """What breaks and when; pictures; the plan; what hangs on what."""
        return "".join(
            [
                f"<h1>{self.said(self.plan.title)}</h1>",
                f'<p class="lead">{self.said(self.plan.says)}</p>',
                self._short(),
                self._picture(),
                self._plan(),
                self._needed(),
                self._prices(),
                self._deferral(),
                self._kinds(),
                self._told(),
                self._assumed(),
            ]
        )

    def _day(self, week: int | None) -> str:
        if week is None:
            return self.text(noop("it holds"))
        return f'<span class="day">{self._on(day_of(self.plan, week))}</span>'

    def _on(self, day: date) -> str:
        return sheets.day(day, self.language)

    def _count(self, value: float, places: int = 0) -> str:
        return sheets.number(value, self.language, places)

    def _short(self) -> str:
        rows = ""
        for kind, week, (low, middle, high), share in zip(
            self.plan.kinds, self.answers.breaks, self.answers.unchanged.first, self.answers.unchanged.late_share,
            strict=True,
        ):  # fmt: skip
            rows += (
                f"<tr><td>{self.said(kind.says)}</td><td><b>{self._day(week)}</b></td><td>{self._day(low)}</td>"
                f"<td>{self._day(middle)}</td><td>{self._day(high)}</td>"
                f'<td class="number">{100 * share:.0f} %</td></tr>'
            )
        heads = (
            noop("Kind of duty"), noop("Its clock breaks on"), noop("Early (5 of 100 runs)"), noop("Half of the runs"),
            noop("Late (95 of 100)"), noop("Late in all"),
        )  # fmt: skip
        held = self.text(
            noop("With the plan below the clocks hold in {share} % of {runs} simulated lives, from {day} on."),
            share=round(100 * self.best.lived.holds), runs=self._count(self.best.lived.runs),
            day=self._on(day_of(self.plan, max(0, self.best.since - 1))) if self.best.since else
            self._on(self.plan.begins),
        )  # fmt: skip
        return (
            f'<section class="short"><h2>{self.text(noop("If nothing is changed"))}</h2>'
            f'<div class="wide"><table><thead><tr>{self._heads(heads)}</tr></thead><tbody>{rows}</tbody></table></div>'
            f'<p class="first">{held}{self._holds_from()}</p></section>'
        )

    def _holds_from(self) -> str:
        week = self.best.lived.holds_from
        share = round(100 * self.plan.target)
        if week is None:
            return " " + self.text(noop("In {share} % of them they do not hold by the end."), share=share)
        day = self._on(first_day(self.plan, week))
        return " " + self.text(noop("In {share} % of them they hold from {day} on."), share=share, day=day)

    def _picture(self) -> str:
        before, after = self.answers.unchanged.waiting, self.best.lived.waiting
        there = hours(self.plan, self.best.changes).sum(axis=0)
        title = self.text(noop("Hours of work that wait"))
        note = self.text(
            noop(
                "Dashed: if nothing is changed. Full: with the plan, and the band in which 90 of 100 lives lie. "
                "Thin: the hours that people could give in a week with the plan."
            )
        )  # fmt: skip
        return f"<section><h2>{title}</h2>{_lines(before[1], after, there, self.plan, title)}<p>{note}</p></section>"

    def _plan(self) -> str:
        rows = "".join(
            f"<tr><td>{self._on(first_day(self.plan, first * 13))}</td>"
            f"<td>{self._on(first_day(self.plan, last * 13)) if last else '–'}</td><td>{says}</td></tr>"
            for first, last, says in sorted(self._steps(), key=lambda step: step[0])
        )
        if not rows:
            rows = f'<tr><td colspan="3">{self.text(noop("Nothing needs to be changed."))}</td></tr>'
        says = self.text(
            noop(
                "The cheapest plan found, made for {margin} % more work than expected. It costs {cost} "
                "person-years beyond those who are there. Decided on {day}; nothing before that day can be "
                "changed."
            ),
            margin=round(100 * self.best.margin), cost=self._count(self.best.cost), day=self._on(self.plan.decided),
        )  # fmt: skip
        short = ""
        if self.best.unserved_hours > 1:
            short = "<p><b>" + self.text(
                noop(
                    "{hours} hours of work cannot be done in time by anything that this file allows, until {day}: "
                    "whoever is hired is trained too late for them."
                ),
                hours=self._count(self.best.unserved_hours), day=self._on(day_of(self.plan, self.best.since - 1)),
            ) + "</b></p>"  # fmt: skip
        heads = (noop("From"), noop("Until"), noop("What to do"))
        return (
            f"<section><h2>{self.text(noop('The plan'))}</h2><p>{says}</p>{short}"
            '<div class="wide"><table><thead>'
            f"<tr>{self._heads(heads)}</tr></thead><tbody>{rows}</tbody></table></div></section>"
        )

    def _steps(self) -> Iterator[tuple[int, int, str]]:
        """What the plan does: the quarter from which, the quarter until which (0: once), and what it is."""
        changes, spans = self.best.changes, quarters(self.plan)
        for group in self.plan.groups:
            says = html.unescape(self.said(group.says))
            for first, last, count in _spans(changes.hired.get(group.id, (0,) * spans)):
                for quarter in range(first, last):
                    day = self._on(first_day(self.plan, round(quarter * 13 + group.training_months * 4.345)))
                    yield (
                        quarter,
                        0,
                        self.text(
                            noop("hire {count} {group}; they work from {day}"), count=round(count), group=says, day=day
                        ),
                    )
            for first, last, count in _spans(changes.borrowed.get(group.id, (0,) * spans)):
                yield first, last, self.text(
                    noop("borrow {count} for {group} from {source}"), count=round(count), group=says,
                    source=html.unescape(self.said(group.loan_from)),
                )  # fmt: skip
        for kind in self.plan.kinds:
            shares = [round(100 * share) for share in changes.deferred.get(kind.id, (0.0,) * spans)]
            for first, last, share in _spans(shares):
                yield first, last, self.text(
                    noop("defer {share} % by a signed deferral: {kind}"), share=round(share),
                    kind=html.unescape(self.said(kind.says)),
                )  # fmt: skip

    def _needed(self) -> str:
        """Where the clocks cannot hold at once: what more would have to be allowed."""
        if not self.answers.needed:
            return ""
        heads = (noop("If this were allowed"), noop("The clocks can hold from"), noop("Person-years"))
        rows = ""
        for one in self.answers.needed:
            if one.since in (0, self.plan.weeks):
                day = self.text(noop("never") if one.since else noop("it holds"))
            else:
                day = self._on(first_day(self.plan, one.since))
            rows += (
                f'<tr><th scope="row">{self.text(one.says)}</th><td>{day}</td>'
                f'<td class="number">{self._count(one.cost)}</td></tr>'
            )
        months = max((group.training_months for group in self.plan.groups if group.hires_year_max), default=0)
        note = self.text(
            noop(
                "The clocks are broken before anything that is decided on {day} can help: whoever is hired is of use "
                "after {months} months, and until then only borrowing and deferring do. On the expected course, each "
                "line by itself:"
            ),
            day=self._on(self.plan.decided), months=round(months),
        )  # fmt: skip
        return (
            f"<section><h2>{self.text(noop('Why not sooner, and what would be needed'))}</h2><p>{note}</p>"
            '<div class="wide"><table><thead>'
            f"<tr>{self._heads(heads)}</tr></thead><tbody>{rows}</tbody></table></div></section>"
        )

    def _told(self) -> str:
        """What was told of what happened, beside what this file gives."""
        if not self.plan.told:
            return ""
        rows = "".join(
            f'<tr><th scope="row">{self.said(one.says)}</th><td class="number">{self._count(one.figure)}</td>'
            f'<td class="number">{self._count(modelled(self.plan, one))}</td></tr>'
            for one in self.plan.told
        )
        heads = (noop("Figure"), noop("Told"), noop("In this file"))
        return (
            f"<section><h2>{self.text(noop('What was told, and what this file gives'))}</h2>"
            '<div class="wide"><table><thead>'
            f"<tr>{self._heads(heads)}</tr></thead><tbody>{rows}</tbody></table></div></section>"
        )

    def _prices(self) -> str:
        """What more certainty costs, where a share was asked for."""
        if not self.best.prices:
            return ""
        rows = "".join(
            f'<tr><td class="number">{100 * holds:.1f} %</td><td class="number">{cost:.0f}</td>'
            f'<td class="number">{100 * margin:.0f} %</td></tr>'
            for margin, cost, holds in self.best.prices
        )
        heads = (noop("Share of lives that hold"), noop("Person-years"), noop("Made for so much more work"))
        asked = round(100 * self.best.asked, 1)
        if self.best.reached:
            says = self.text(
                noop(
                    "Asked for: {asked} %. The cheapest plan found that holds in so many lives, checked in {runs} that "
                    "it was not chosen by, costs {cost} person-years."
                ),
                asked=f"{asked:g}", runs=self._count(self.best.lived.runs), cost=self._count(self.best.cost),
            )  # fmt: skip
        else:
            says = self.text(
                noop(
                    "Asked for: {asked} %. Nothing that this file allows holds in so many lives from {day} on; the "
                    "plan above does so from the earliest day there is. Where more is paid for no more, hiring or "
                    "borrowing is at its most."
                ),
                asked=f"{asked:g}", day=self._on(first_day(self.plan, self.best.since)),
            )  # fmt: skip
        return (
            f"<section><h2>{self.text(noop('What more certainty costs'))}</h2><p>{says}</p>"
            '<div class="wide"><table><thead>'
            f"<tr>{self._heads(heads)}</tr></thead><tbody>{rows}</tbody></table></div></section>"
        )

    def _deferral(self) -> str:
        if not self.answers.deferral:
            return ""
        kinds = {kind.id: kind for kind in self.plan.kinds}
        rows = ""
        for name, weeks in self.answers.deferral:
            share = round(100 * kinds[name].deferred_max)
            for other, before, after in zip(self.plan.kinds, self.answers.breaks, weeks, strict=True):
                rows += (
                    f"<tr><td>{self.said(kinds[name].says)} ({share} %)</td><td>{self.said(other.says)}</td>"
                    f"<td>{self._day(before)}</td><td>{self._day(after)}</td></tr>"
                )
        heads = (noop("What waits"), noop("Clock of"), noop("Breaks without"), noop("Breaks with"))
        note = self.text(
            noop("A deferral is signed, has an end, and is seen by whoever waits. It moves work; it does not do it.")
        )
        return (
            f"<section><h2>{self.text(noop('What a deferral would buy'))}</h2><p>{note}</p>"
            f'<div class="wide"><table><thead><tr>{self._heads(heads)}</tr></thead><tbody>{rows}</tbody></table></div>'
            "</section>"
        )

    def _kinds(self) -> str:
        counts = arrivals(self.plan).sum(axis=1)
        rows = "".join(self._kind(kind, float(count)) for kind, count in zip(self.plan.kinds, counts, strict=True))
        heads = (noop("Kind of duty"), noop("Arrive in all"), noop("Hours each"), noop("Clock, days"), noop("Who can"))
        return (
            f"<section><h2>{self.text(noop('What arrives'))}</h2>"
            f'<div class="wide"><table><thead><tr>{self._heads(heads)}</tr></thead>'
            f"<tbody>{rows}</tbody></table></div></section>"
        )

    def _kind(self, kind: Kind, count: float) -> str:
        able = ", ".join(self.said(group.says) for group in self.plan.groups if self.plan.can(group, kind))
        return (
            f'<tr><td>{self.said(kind.says)}</td><td class="number">{self._count(count)}</td>'
            f'<td class="number">{self._count(kind.hours, 0 if kind.hours == round(kind.hours) else 2)}</td>'
            f'<td class="number">{self._count(kind.clock_days)}</td><td>{able}</td></tr>'
        )

    def _assumed(self) -> str:
        items = "".join(f"<li>{self.said(one)}</li>" for one in self.plan.assumed)
        items += "".join(f"<li>{html.escape(key)}: {html.escape(text)}</li>" for key, text in self.plan.sources.items())
        limits = "".join(f"<li>{self.text(text)}</li>" for text in LIMITS)
        made = self._on(date.fromisoformat(self.made))
        end = self.text(noop("Made on {day} with Passerelle {version}."), day=made, version=self.version)
        return (
            f'<section class="caught"><h2>{self.text(noop("What this rests on"))}</h2><ul>{items}{limits}</ul>'
            f"<p>{end}</p></section>"
        )

    def _heads(self, heads: Sequence[str]) -> str:
        return "".join(f'<th scope="col">{self.text(head)}</th>' for head in heads)


LIMITS = (
    noop("People take what is due first. Nobody is ranked by danger, and nothing here concerns any one person."),
    noop("Time is counted in weeks: a clock shorter than a week must be met within the week of arrival."),
    noop(
        "The lives differ in arrivals, in how long work takes, and in who is away or leaves; not in the "
        "figures assumed above."
    ),
)


def _spans(counts: Sequence[float]) -> Iterator[tuple[int, int, float]]:
    """Quarters in a row with the same count above nothing: the first, the one after the last, and the count."""
    for count, those in groupby(range(len(counts)), key=lambda quarter: counts[quarter]):
        run = list(those)
        if count:
            yield run[0], run[-1] + 1, count


def _lines(before: Floats, after: Floats, there: Floats, plan: Plan, title: str) -> str:
    """Waiting hours over the weeks: unchanged (dashed), with the plan (a line in its band), and hours there are."""
    top = max(float(before.max()), float(after.max()), float(there.max()), 1.0)
    weeks = max(len(before) - 1, 1)

    def points(values: Floats) -> str:
        return " ".join(
            f"{90 + 890 * week / weeks:.1f},{230 - 200 * float(v) / top:.1f}" for week, v in enumerate(values)
        )

    back = " ".join(reversed(points(after[0]).split(" ")))
    ticks = "".join(
        f'<text x="{90 + 890 * week / weeks:.0f}" y="252" text-anchor="middle">{day_of(plan, week).year}</text>'
        for week in range(len(before))
        if day_of(plan, week).timetuple().tm_yday <= 7
    )
    return (
        f'<figure><svg viewBox="0 0 1000 260" role="img" aria-label="{title}"><path d="M90 30 V230 H980" class="axis" '
        f'fill="none"/><text x="84" y="36" text-anchor="end">{f"{top:,.0f}".replace(",", NARROW)}</text>'
        '<text x="84" y="234" text-anchor="end">0</text>'
        f'<polygon class="band" points="{points(after[2])} {back}"/><polyline class="there" points="{points(there)}"/>'
        f'<polyline class="before" points="{points(before)}"/><polyline class="middle" points="{points(after[1])}"/>'
        f"{ticks}</svg></figure>"
    )
