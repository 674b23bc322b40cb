"""Collects every sentence a person may read, merges them into locale/*/LC_MESSAGES/django.po, and compiles these.

It needs no gettext. What is collected: `sentence("…")`, `noop("…")` and Django's gettext calls in Python; translate
tags in templates; and every `says:` of the YAML tables. The house tests demand that each stands in each catalogue.
"""

from __future__ import annotations

import ast
import json
import re
import struct
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import yaml

PACKAGE = Path(__file__).resolve().parents[1] / "src" / "passerelle"
PLURALS = {
    "nl": "nplurals=2; plural=(n != 1);",
    "fr": "nplurals=2; plural=(n > 1);",
    "de": "nplurals=2; plural=(n != 1);",
}
"""The languages with a catalogue (English is the text itself), and how each counts."""

CALLS = {
    "sentence": "s", "noop": "s", "_": "s", "gettext": "s", "gettext_lazy": "s", "gettext_noop": "s",
    "ngettext": "sp", "ngettext_lazy": "sp", "pgettext": "cs", "pgettext_lazy": "cs",
    "npgettext": "csp", "npgettext_lazy": "csp",
}
"""What marks a sentence, and which of its arguments are what: context, sentence, plural."""

SAYS = "says"
"""The key of a YAML table whose value is shown to people."""

PLACE = re.compile(r"%\((\w+)\)[sd]|(?<!\{)\{(\w+)[^{}]*\}(?!\})")


@dataclass(slots=True)
class Entry:
    """One sentence of a catalogue: its context, its text, its plural, its translations, and where it is said."""

    text: str
    plural: str = ""
    context: str = ""
    said: list[str] = field(default_factory=list)
    where: set[str] = field(default_factory=set)
    flags: set[str] = field(default_factory=set)

    @property
    def key(self) -> tuple[str, str]:
        return self.context, self.text


def places(text: str) -> set[str]:
    """The places of a sentence: `{name}` and `%(name)s`."""
    return {found[1] or found[2] for found in PLACE.finditer(text)}


# --- Collecting ------------------------------------------------------------------------------------------------------


def in_python(text: str) -> Iterator[Entry]:
    """The marked sentences of a Python file; a text that is not a literal is passed over."""
    for node in ast.walk(ast.parse(text)):
        if not isinstance(node, ast.Call):
            continue
        name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
        roles = CALLS.get(name, "")
        values = [getattr(argument, "value", None) for argument in node.args[: len(roles)]]
        if roles and len(values) == len(roles) and all(isinstance(value, str) and value for value in values):
            given = dict(zip(roles, values, strict=True))
            yield Entry(given["s"], given.get("p", ""), given.get("c", ""))


def in_template(text: str) -> Iterator[Entry]:
    """The sentences of a Django template, found by Django's own reader of templates."""
    from django.conf import settings
    from django.utils.translation.template import templatize

    if not settings.configured:
        settings.configure(USE_I18N=True)
    literal = r"u?(?:\"(?:[^\"\\]|\\.)*\"|'(?:[^'\\]|\\.)*')"
    call = re.compile(rf"\b(gettext|_|ngettext|pgettext|npgettext)\(\s*({literal}(?:\s*,\s*{literal})*)")
    for found in call.finditer(templatize(text)):
        values = [ast.literal_eval(value) for value in re.findall(literal, found[2])]
        roles = CALLS[found[1]]
        given = dict(zip(roles, values, strict=False))
        yield Entry(given["s"], given.get("p", ""), given.get("c", ""))


def in_table(data: object) -> Iterator[Entry]:
    """Every value under `says`, however deep it stands."""
    if isinstance(data, dict):
        for key, value in data.items():
            if key == SAYS and isinstance(value, str):
                yield Entry(value)
            else:
                yield from in_table(value)
    elif isinstance(data, list):
        for value in data:
            yield from in_table(value)


def collect(package: Path = PACKAGE) -> dict[tuple[str, str], Entry]:
    """Every sentence of the package by context and text, in the order of the files that say them."""
    found: dict[tuple[str, str], Entry] = {}
    for path in sorted(package.rglob("*")):
        if path.suffix == ".py" and "migrations" not in path.parts:
            entries: Iterable[Entry] = in_python(path.read_text(encoding="utf-8"))
        elif path.suffix in {".html", ".txt"} and "templates" in path.parts:
            entries = in_template(path.read_text(encoding="utf-8"))
        elif path.suffix == ".yaml" and f"{SAYS}:" in (text := path.read_text(encoding="utf-8")):
            entries = in_table(yaml.load(text, getattr(yaml, "CSafeLoader", yaml.SafeLoader)))  # noqa: S506 (a safe one)
        else:
            continue
        for entry in entries:
            kept = found.setdefault(entry.key, entry)
            kept.plural = kept.plural or entry.plural
            kept.where.add(str(path.relative_to(package)))
    return found


# --- The catalogue's file --------------------------------------------------------------------------------------------


def read_catalogue(text: str) -> dict[tuple[str, str], Entry]:
    """A .po file by context and text; its header stands under `("", "")`. Obsolete entries are left out."""
    entries: dict[tuple[str, str], Entry] = {}
    for block in re.split(r"\n\s*\n", text):
        entry, parts, current = Entry(""), {}, ""
        for line in block.splitlines():
            if line.startswith("#,"):
                entry.flags |= {flag.strip() for flag in line[2:].split(",")}
            elif line.startswith("#:"):
                entry.where |= set(line[2:].split())
            elif found := re.match(r'(msgctxt|msgid_plural|msgid|msgstr(?:\[\d\])?) (".*")$', line):
                current = found[1]
                parts[current] = ast.literal_eval(found[2])
            elif line.startswith('"') and current:
                parts[current] += ast.literal_eval(line)
        if "msgid" in parts:
            entry.text, entry.plural, entry.context = (
                parts["msgid"], parts.get("msgid_plural", ""), parts.get("msgctxt", ""),
            )
            entry.said = [parts[name] for name in sorted(parts) if name.startswith("msgstr")]
            entries[entry.key] = entry
    return entries


def quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("\t", "\\t")
    lines = escaped.split("\n")
    if len(lines) == 1:
        return f'"{escaped}"'
    pieces = [line + "\\n" for line in lines[:-1]] + ([lines[-1]] if lines[-1] else [])
    return '""\n' + "\n".join(f'"{piece}"' for piece in pieces)


def written(entries: Iterable[Entry]) -> str:
    """The text of a .po file."""
    blocks = []
    for entry in entries:
        lines = [f"#: {where}" for where in sorted(entry.where)]
        if entry.flags:
            lines.append("#, " + ", ".join(sorted(entry.flags)))
        if entry.context:
            lines.append(f"msgctxt {quoted(entry.context)}")
        lines.append(f"msgid {quoted(entry.text)}")
        if entry.plural:
            lines.append(f"msgid_plural {quoted(entry.plural)}")
            said = entry.said if len(entry.said) == 2 else ["", ""]
            lines += [f"msgstr[{number}] {quoted(form)}" for number, form in enumerate(said)]
        else:
            lines.append(f"msgstr {quoted(entry.said[0] if entry.said else '')}")
        blocks.append("\n".join(lines))
    return "\n\n".join(blocks) + "\n"


def header(language: str) -> Entry:
    return Entry("", said=[
        f"Project-Id-Version: passerelle\nLanguage: {language}\nMIME-Version: 1.0\n"
        f"Content-Type: text/plain; charset=UTF-8\nContent-Transfer-Encoding: 8bit\nPlural-Forms: {PLURALS[language]}\n"
    ])


def merged(language: str, old: dict[tuple[str, str], Entry], new: dict[tuple[str, str], Entry]) -> list[Entry]:
    """The new catalogue: the old translations of the sentences that are still said, and the new ones empty."""
    entries = [header(language)]
    for key, entry in sorted(new.items(), key=lambda item: (min(item[1].where), item[0])):
        kept = old.get(key)
        said = kept.said if kept and bool(kept.plural) == bool(entry.plural) else []
        flags = kept.flags & {"fuzzy"} if kept else set()
        entries.append(Entry(entry.text, entry.plural, entry.context, said, entry.where, flags))
    return entries


def compiled(entries: Iterable[Entry]) -> bytes:
    """The .mo file of these entries (GNU, little endian, no hash table); untranslated and fuzzy ones are left out."""
    pairs = []
    for entry in entries:
        if entry.said and all(entry.said) and "fuzzy" not in entry.flags:
            name = (f"{entry.context}\x04" if entry.context else "") + entry.text
            name += f"\0{entry.plural}" if entry.plural else ""
            pairs.append((name.encode(), "\0".join(entry.said).encode()))
    pairs.sort()
    count, start = len(pairs), 28 + 16 * len(pairs)
    names = b"".join(name + b"\0" for name, _ in pairs)
    tables: list[int] = []
    for column, offset in ((0, start), (1, start + len(names))):
        for pair in pairs:
            tables += [len(pair[column]), offset]
            offset += len(pair[column]) + 1
    texts = names + b"".join(said + b"\0" for _, said in pairs)
    return struct.pack("<7I", 0x950412DE, 0, count, 28, 28 + 8 * count, 0, start) + struct.pack(
        f"<{len(tables)}I", *tables
    ) + texts


def catalogue(language: str) -> Path:
    return PACKAGE / "locale" / language / "LC_MESSAGES" / "django.po"


def in_json(key: tuple[str, str]) -> str:
    """How a sentence is named in the translators' file: its text, after its context where it has one."""
    context, text = key
    return f"{context}\x04{text}" if context else text


def empty(language: str) -> dict[str, str | list[str]]:
    """What is still to be translated: each sentence with an empty translation, or two where it has a plural."""
    entries = read_catalogue(catalogue(language).read_text(encoding="utf-8"))
    return {
        in_json(key): ["", ""] if entry.plural else ""
        for key, entry in entries.items()
        if key[1] and (not all(entry.said) or "fuzzy" in entry.flags)
    }


def fill(language: str, given: dict[str, str | list[str]]) -> list[str]:
    """Put translations into the catalogue. Returns the sentences it does not have, or whose places were lost."""
    path, wrong = catalogue(language), []
    entries = read_catalogue(path.read_text(encoding="utf-8"))
    by_name = {in_json(key): entry for key, entry in entries.items()}
    for name, said in given.items():
        entry, forms = by_name.get(name), [said] if isinstance(said, str) else said
        allowed = places(entry.text) | places(entry.plural) if entry else set()
        if entry is None or len(forms) != (2 if entry.plural else 1) or places(forms[-1]) != allowed:
            wrong.append(name)
        elif all(forms):
            entry.said = forms
            entry.flags.discard("fuzzy")
    path.write_text(written(entries.values()), encoding="utf-8")
    path.with_suffix(".mo").write_bytes(compiled(entries.values()))
    return wrong


def main(arguments: list[str]) -> int:
    """Without arguments: collect, merge, compile. `empty LANGUAGE`: print what is to be translated, as JSON.
    `fill LANGUAGE FILE`: put such a file, filled in, into the catalogue."""
    if arguments[:1] == ["empty"] and len(arguments) == 2:
        print(json.dumps(empty(arguments[1]), ensure_ascii=False, indent=1))
        return 0
    if arguments[:1] == ["fill"] and len(arguments) == 3:
        wrong = fill(arguments[1], json.loads(Path(arguments[2]).read_text(encoding="utf-8")))
        for name in wrong:
            print(f"not taken (unknown, or its places differ): {name!r}")
        return 1 if wrong else 0
    if arguments:
        print("Usage: messages.py [empty LANGUAGE | fill LANGUAGE FILE]")
        return 2
    new = collect()
    for language in PLURALS:
        path = catalogue(language)
        old = read_catalogue(path.read_text(encoding="utf-8")) if path.exists() else {}
        entries = merged(language, old, new)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(written(entries), encoding="utf-8")
        path.with_suffix(".mo").write_bytes(compiled(entries))
        count = sum(1 for entry in entries if not entry.said or not all(entry.said))
        gone = len([key for key in old if key[1] and key not in new])
        print(f"{language}: {len(new)} sentences, {count} to translate, {gone} no longer said and left out")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
