"""What the printable sheets share: one HTML file in four languages, without script, that asks nobody for anything."""

from __future__ import annotations

import html
from collections.abc import Mapping
from datetime import date, datetime

from passerelle.words import LANGUAGES, Day

NAMES_OF_LANGUAGES = {"nl": "Nederlands", "fr": "Français", "de": "Deutsch", "en": "English"}

NARROW = "\u202f"
"""The space that stands between thousands in each of the four languages."""


def day(on: date, language: str) -> str:
    """A day as each language writes it: 7 december 2015, 1er mars 2016, 7. Dezember 2015, 7 December 2015."""
    return Day(on).in_language(language)


def moment(at: datetime, language: str) -> str:
    """A day with its hour, at the place of `at`: 7 December 2015, 12:05."""
    return Day(at).in_language(language)


def number(value: float, language: str, places: int = 0) -> str:
    """A number with a narrow space between thousands and the decimal sign of the language."""
    said = f"{value:,.{places}f}".replace(",", NARROW)
    return said if language == "en" else said.replace(".", ",")


STYLE = """
:root{color-scheme:light dark;--ink:#1b1f24;--paper:#fff;--quiet:#5a6572;--rule:#d5dbe1;--was:#8a5a00;--would:#005f73;
--lost:#e9c46a;--tint:#f3f6f8}
@media screen and (prefers-color-scheme:dark){:root{--ink:#e8ebee;--paper:#14181c;--quiet:#a3adb8;--rule:#39424c;
--was:#f0b95b;--would:#6fd0e3;--lost:#8a6d1d;--tint:#1d2329}}
*{box-sizing:border-box}body{margin:0;background:var(--paper);color:var(--ink);font:1rem/1.5 system-ui,sans-serif}
.languages{max-width:70rem;margin:0 auto;padding:1rem}
.languages>input{position:absolute;opacity:0}
.languages>label{display:inline-block;padding:.4rem .8rem;margin:0 .3rem .5rem 0;border:1px solid var(--rule);
border-radius:.4rem;cursor:pointer}
.languages>input:checked+label{background:var(--would);color:var(--paper)}
.languages>input:focus-visible+label{outline:3px solid var(--was)}
main{display:none}#in-nl:checked~.in-nl,#in-fr:checked~.in-fr,#in-de:checked~.in-de,#in-en:checked~.in-en{display:block}
h1{font-size:1.8rem;line-height:1.2}h2{font-size:1.25rem;margin-top:2rem}.lead{font-size:1.1rem}
.short,.caught{background:var(--tint);border-left:.4rem solid var(--would);padding:.2rem 1rem 1rem;margin:1rem 0}
.caught{border-color:var(--was)}.first{font-weight:600;font-size:1.1rem}
table{border-collapse:collapse;width:100%}th,td{border-top:1px solid var(--rule);padding:.5rem;text-align:left;
vertical-align:top}th[scope=row]{font-weight:400;color:var(--quiet)}
td p{margin:0 0 .3rem}td ul{margin:.2rem 0 0;padding-left:1.1rem}.wide{overflow-x:auto}.number{text-align:right}
.day{white-space:nowrap}.cite,.to,.quiet{color:var(--quiet);font-size:.9em}
figure{margin:1rem 0}svg{width:100%;height:auto}svg text{fill:var(--ink);font-size:16px}
svg .axis{stroke:var(--rule);stroke-width:2}svg .was{fill:var(--was)}svg .owed,svg .bar{fill:var(--would)}
svg .sent,svg .reach{stroke:var(--would);stroke-width:4}svg .gap{fill:var(--lost)}
dl{display:grid;grid-template-columns:auto 1fr;gap:.2rem 1rem}dt{font-weight:600}dd{margin:0;overflow-wrap:anywhere}
a{color:inherit}
section>:first-child{margin-top:0}section{margin-top:2rem}section.short>:first-child,.caught>:first-child{margin-top:1rem}
@page{size:A4;margin:15mm 14mm}
@media print{:root{color-scheme:light}*{print-color-adjust:exact;-webkit-print-color-adjust:exact}
.languages>label{display:none}.languages{max-width:none;padding:0}body{font-size:9.5pt;line-height:1.4}
h1{font-size:17pt}h2{font-size:12.5pt;margin-top:0}.lead,.first{font-size:10.5pt}section{margin-top:5mm}
h1,h2,tr,li,p,dt,dd,.short,.caught,figure,.item{break-inside:avoid}tr.long{break-inside:auto}
table:not(:has(tbody tr:nth-child(8))):not(.line){break-inside:avoid}
h1,h2,h2+p,thead,dt{break-after:avoid}tbody>tr:first-child{break-before:avoid}p,li{orphans:3;widows:3}
.wide{overflow:visible}th,td{padding:1.5mm 2mm}a{text-decoration:none}}
"""
"""How a sheet looks on a screen, on a phone and on paper."""


def page(title: str, bodies: Mapping[str, str], style: str = "") -> str:
    """The HTML of a sheet. `bodies`: escaped HTML by language; one shows at a time, English first, by style alone."""
    tabs = "".join(
        f'<input type="radio" name="language" id="in-{code}"{" checked" if code == "en" else ""}>'
        f'<label for="in-{code}" lang="{code}">{NAMES_OF_LANGUAGES[code]}</label>'
        for code in LANGUAGES
    )
    mains = "".join(f'<main lang="{code}" class="in-{code}">{_reachable(bodies[code])}</main>' for code in LANGUAGES)
    return (
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">"
        f"<title>{html.escape(title)}</title><style>{STYLE}{style}</style></head>"
        f'<body><div class="languages">{tabs}{mains}</div></body></html>\n'
    )


def _reachable(body: str) -> str:
    """What is wider than a phone can be moved by keyboard too."""
    return body.replace('<div class="wide">', '<div class="wide" tabindex="0">').replace(
        "<figure>", '<figure tabindex="0">'
    )
