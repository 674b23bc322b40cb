"""House rules on words: every sentence a person may read can be said in Dutch, French, German and English."""

from __future__ import annotations

import ast
import gettext
import io
import re
from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest

from passerelle.words import LANGUAGES, LOCALE_FOLDER, Sentence
from tests.house.source import PACKAGE, Source, dotted, faults, planted, sources, told
from tools import messages
from tools.messages import Entry

CATALOGUES = [language for language in LANGUAGES if language != "en"]
NOT_TRANSLATED = {"Passerelle", "Nederlands", "Français", "Deutsch", "English", "NL", "FR", "DE", "EN"}
SPOKEN_ATTRIBUTES = ("title", "placeholder", "aria-label", "alt", "aria-description")
LETTERS = re.compile(r"[^\W\d_]{2,}")


def wrong_in(entries: dict[tuple[str, str], Entry], needed: Iterable[Entry]) -> list[str]:
    """What is wrong with a catalogue: sentences that are missing, empty, fuzzy, or that lost or made up a place."""
    found = []
    for entry in needed:
        kept = entries.get(entry.key)
        if kept is None:
            found.append(f"missing: {entry.text!r} ({min(entry.where, default='')})")
        elif not kept.said or not all(said.strip() for said in kept.said):
            found.append(f"empty: {entry.text!r}")
        elif "fuzzy" in kept.flags:
            found.append(f"fuzzy: {entry.text!r}")
        else:
            allowed = messages.places(entry.text) | messages.places(entry.plural)
            for number, said in enumerate(kept.said):
                places = messages.places(said)
                one_of_several = bool(entry.plural) and number == 0  # “one match” may leave the number out
                if not places <= allowed or (places != allowed and not one_of_several):
                    found.append(f"places {sorted(places)} where {sorted(allowed)} belong: {said!r}")
    return found


def test_every_sentence_is_in_every_catalogue_and_keeps_its_places() -> None:
    owed = Entry("Owed by {service} since %(day)s.")
    for wrong in (
        {}, {owed.key: Entry(owed.text, said=[""])},
        {owed.key: Entry(owed.text, said=["Dû par {service} depuis %(day)s."], flags={"fuzzy"})},
        {owed.key: Entry(owed.text, said=["Dû par {servise} depuis %(day)s."])},
        {owed.key: Entry(owed.text, said=["Dû par {service}."])},
    ):
        assert wrong_in(wrong, [owed]), f"the rule missed {wrong!r}"
    assert not wrong_in({owed.key: Entry(owed.text, said=["Depuis %(day)s, {service} le doit."])}, [owed])

    if not LOCALE_FOLDER.is_dir():
        pytest.skip("The catalogues are not made yet: make messages")
    needed = messages.collect().values()
    assert len(needed) > 100, "next to nothing was collected"
    for language in CATALOGUES:
        path = LOCALE_FOLDER / language / "LC_MESSAGES" / "django.po"
        assert path.is_file(), f"{language} has no catalogue. Instead: make messages, then translate."
        found = wrong_in(messages.read_catalogue(path.read_text(encoding="utf-8")), needed)
        assert not found, (
            f"\n{language}: {len(found)} wrong\n  " + "\n  ".join(found[:40])
            + "\n  Instead: make messages, fill what is empty in the .po files, and make messages again."
        )


def test_the_compiled_catalogues_say_what_the_catalogues_say() -> None:
    entries = [messages.header("fr"), Entry("Late", said=["En retard"])]
    assert messages.compiled(entries) != messages.compiled([entries[0], Entry("Late", said=["Tard"])])
    text = messages.written(entries)
    assert messages.written(messages.read_catalogue(text).values()) == text

    if not LOCALE_FOLDER.is_dir():
        pytest.skip("The catalogues are not made yet: make messages")
    for language in CATALOGUES:
        path = LOCALE_FOLDER / language / "LC_MESSAGES" / "django.po"
        expected = messages.compiled(messages.read_catalogue(path.read_text(encoding="utf-8")).values())
        assert path.with_suffix(".mo").read_bytes() == expected, f"{language}: django.mo is old. Instead: make messages"


def test_a_translators_file_fills_what_is_empty_and_nothing_that_lost_a_place(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(messages, "PACKAGE", tmp_path)  # tools/ is no part of the house's code
    path = messages.catalogue("fr")
    path.parent.mkdir(parents=True)
    entries = [messages.header("fr"), Entry("Late"), Entry("Owed by {who}."), Entry("{n} duty", "{n} duties")]
    path.write_text(messages.written(entries), encoding="utf-8")
    assert messages.empty("fr") == {"Late": "", "Owed by {who}.": "", "{n} duty": ["", ""]}

    wrong = messages.fill("fr", {
        "Late": "En retard", "Owed by {who}.": "Dû par {qui}.", "{n} duty": ["un devoir", "{n} devoirs"], "No": "Non",
    })
    assert wrong == ["Owed by {who}.", "No"]
    assert messages.empty("fr") == {"Owed by {who}.": ""}
    catalogue = gettext.GNUTranslations(io.BytesIO(path.with_suffix(".mo").read_bytes()))
    assert catalogue.gettext("Late") == "En retard"
    assert catalogue.ngettext("{n} duty", "{n} duties", 3) == "{n} devoirs"


def test_a_translated_sentence_keeps_its_facts_in_every_language() -> None:
    said = Sentence("Owed by {service}.", (("service", "Zone Nord"),))
    for language in LANGUAGES:
        assert "Zone Nord" in said.in_language(language)


def is_said_badly(file: Source) -> Iterator[tuple[int, str]]:
    """A marked text that is put together at run time, or whose places and facts are not the same."""
    for node in ast.walk(file.tree):
        if not isinstance(node, ast.Call):
            continue
        name = dotted(node.func).split(".")[-1]
        if name not in messages.CALLS or not node.args:
            continue
        text = node.args[0]
        if isinstance(text, (ast.JoinedStr, ast.BinOp)) or dotted(text).endswith(".format"):
            yield node.lineno, f"{name}(…) of a text put together at run time"
        elif name == "sentence" and isinstance(text, ast.Constant) and all(word.arg for word in node.keywords):
            wanted, given = messages.places(str(text.value)), {str(word.arg) for word in node.keywords}
            if wanted != given:
                yield node.lineno, f"{text.value!r} has places {sorted(wanted)} and is given {sorted(given)}"


def test_every_sentence_is_a_literal_and_is_given_the_facts_it_names() -> None:
    for wrong in (
        'sentence(f"Owed by {name}.")', 'sentence("Owed by " + name)', 'noop("Owed by %s" % name)',
        'sentence("Owed by {}".format(name))', 'sentence("Owed by {service}.")', 'sentence("Owed.", service=name)',
    ):
        assert faults(is_said_badly, [planted(wrong)]), f"the rule missed {wrong!r}"
    for right in ('sentence("Owed by {service}.", service=name)', "sentence(WORDS[key])", 'sentence("{a}", **facts)'):
        assert not faults(is_said_badly, [planted(right)])

    found = faults(is_said_badly, sources())
    assert not found, told(found, 'sentence("Owed by {service}.", service=name): a literal, with each place as a word.')


def without(pattern: str, text: str) -> str:
    """`text` with each match of `pattern` blanked, so that the lines keep their numbers."""
    return re.sub(pattern, lambda found: "\n" * found[0].count("\n") or " ", text, flags=re.S)


def bare_words(file: Source) -> Iterator[tuple[int, str]]:
    """Words of a template that no translate tag holds: between tags, or in an attribute that is read out."""
    text = file.text
    for pattern in (
        r"\{#.*?#\}", r"\{%\s*comment.*?endcomment\s*%\}",
        r"\{%\s*blocktrans(?:late)?\b.*?\{%\s*endblocktrans(?:late)?\s*%\}",
        r"\{%.*?%\}", r"\{\{.*?\}\}", r"<!--.*?-->", r"<(style|script|code|kbd)\b.*?</\1>",
    ):
        text = without(pattern, text)
    for attribute in SPOKEN_ATTRIBUTES:
        for found in re.finditer(rf'\s{attribute}="([^"]*)"', text):
            if set(LETTERS.findall(found[1])) - NOT_TRANSLATED:
                yield text.count("\n", 0, found.start()) + 1, f"{attribute}={found[1]!r}"
    text = without(r"<!DOCTYPE[^>]*>", text)
    text = without(r"<[^>]*>", text)
    text = without(r"&\w+;", text)
    for number, line in enumerate(text.splitlines(), start=1):
        if set(LETTERS.findall(line)) - NOT_TRANSLATED:
            yield number, line.strip()


def test_no_template_shows_words_that_cannot_be_translated() -> None:
    for wrong in ("<p>Late</p>", '<input placeholder="Search">', "{% if a %}Owed{% endif %}"):
        assert faults(bare_words, [planted(wrong)]), f"the rule missed {wrong!r}"
    for right in (
        '<p class="late">{% translate "Late" %}</p>', "<title>Passerelle</title>", "<p>{{ duty.holder }}: 3</p>&nbsp;",
        "{% blocktranslate %}Owed by {{ who }}{% endblocktranslate %}", "<style>p { color: red }</style>",
    ):
        assert not faults(bare_words, [planted(right)]), f"the rule took {right!r} for bare words"

    templates = [
        Source(str(path.relative_to(PACKAGE)), path.read_text(encoding="utf-8"))
        for path in sorted(PACKAGE.rglob("*.html"))
        if path.parts[-3] != "api"  # the page of operations is English, like the OpenAPI document it shows
    ]
    found = faults(bare_words, templates)
    assert not found, told(found, '{% translate "…" %} or {% blocktranslate %}…{% endblocktranslate %}.')
