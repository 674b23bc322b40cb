"""A foreign text bears glosses that a screen reader reads, and an engine is asked on this machine or nowhere."""

from __future__ import annotations

import stat
import sys
from pathlib import Path

import pytest
from django.test import Client

from passerelle.channels import translation
from passerelle.flow import consult
from passerelle.records.models import Reading, Report
from passerelle.search.gist import gist
from passerelle.testing import engine, makers
from passerelle.web.templatetags.said import marked

pytestmark = pytest.mark.django_db

TEXT = "Deux hommes cagoulés ont commis un cambriolage; <b>la victime</b> a porté plainte."


@pytest.fixture
def filed(exchange) -> tuple[Client, Report]:
    """A French report, and a reader who reads Dutch alone."""
    author = makers.officer(exchange["midi"], "officer", name="Nele")
    author.language, author.languages_read = "nl", ["nl"]
    author.save()
    report = makers.report(exchange["midi"], TEXT, author=author, language="fr")
    client = Client(headers={"Accept-Language": "nl"})
    client.force_login(author)
    client.post("/language", {"language": "nl", "next": "/"})
    return client, report


def page_of(client: Client, report: Report) -> str:
    return client.get(f"/report/{report.ref}").content.decode()


def test_a_foreign_text_is_glossed_in_place_and_says_how_far(filed) -> None:
    client, report = filed
    page = page_of(client, report)
    assert '<ruby>cambriolage<rp> (</rp><rt lang="nl">inbraak</rt><rp>)</rp></ruby>' in page
    assert "&lt;b&gt;la" in page and "<b>la" not in page, "what a text says is never markup"
    assert 'data-key="o"' in page and 'type="checkbox"' in page, "the original is one key away, without a script too"
    read = gist(TEXT, "fr", "nl")
    assert 0 < read.known < read.words
    assert f"{read.known} van {read.words} woorden zijn bekend" in page


def test_who_reads_the_language_sees_the_text_alone(filed) -> None:
    client, report = filed
    client.post("/language", {"language": "fr", "next": "/"})
    page = page_of(client, report)
    assert "<ruby>" not in page and "Deux hommes cagoulés" in page


def test_without_an_engine_there_is_no_button_and_no_page(filed) -> None:
    client, report = filed
    assert "/translate/" not in page_of(client, report)
    assert client.post(f"/translate/{report.ref}").status_code == 404


def test_the_engine_on_this_machine_is_asked_and_its_word_is_marked_and_kept_nowhere(filed, settings) -> None:
    client, report = filed
    with engine.listening() as address:
        settings.TRANSLATION_ENGINE = address
        assert f"/translate/{report.ref}" in page_of(client, report)
        before = Reading.objects.count()
        page = client.post(f"/translate/{report.ref}").content.decode()
    assert "[fr → nl] Deux hommes" in page and address.partition("//")[2].partition("/")[0] in page
    assert Reading.objects.count() == before + 1, "it is a reading like any other"
    stranger = makers.officer(report.service, "administrator")
    client.force_login(stranger)
    with engine.listening() as address:
        settings.TRANSLATION_ENGINE = address
        assert client.post(f"/translate/{report.ref}").status_code == 404


def test_a_program_gets_the_text_on_its_input_and_nothing_of_our_surroundings(tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setenv("PASSERELLE_SECRET_KEY", "a secret that no engine sees")
    program = tmp_path / "engine"
    lines = ("import os, sys", "print(sys.argv[1:], sys.stdin.read(), dict(os.environ))")
    program.write_text("\n".join((f"#!{sys.executable} -I", *lines, "")))
    program.chmod(0o700)
    found = translation.engine(f"command:{program}")
    assert found is not None and found.name == "engine"
    said = found.translate("Bonjour", "fr", "nl")
    assert "['fr', 'nl'] Bonjour" in said and "secret" not in said
    program.write_text("#!/bin/sh\nexit 3\n")
    with pytest.raises(translation.NotTranslated):
        found.translate("Bonjour", "fr", "nl")


@pytest.mark.parametrize("setting", [
    "http://translate.example.org/x", "https://127.0.0.1:5000/x", "http://10.0.0.1:5000/", "http://127.0.0.1/x",
    "http://user:word@127.0.0.1:5000/", "http://127.0.0.1.example.org:80/", "http://[2001:db8::1]:80/", "ftp://127.0.0.1:21/",
    "http://127.0.0.1:5000/x?to=elsewhere", "command:translate", "command:/no/such/program", "command:/etc/passwd",
])  # fmt: skip
def test_whatever_is_not_on_this_machine_is_refused(setting: str) -> None:
    with pytest.raises(translation.EngineRefused):
        translation.engine(setting)


def test_a_program_that_others_may_write_is_refused(tmp_path: Path) -> None:
    program = tmp_path / "engine"
    program.write_text("#!/bin/sh\ncat\n")
    program.chmod(stat.S_IRWXU | stat.S_IWOTH)
    with pytest.raises(translation.EngineRefused):
        translation.engine(f"command:{program}")


def test_an_engine_that_does_not_answer_is_told_and_the_original_stays(filed, settings) -> None:
    client, report = filed
    settings.TRANSLATION_ENGINE = "http://127.0.0.1:9/translate"
    answer = client.post(f"/translate/{report.ref}")
    assert answer.status_code == 409
    assert consult.read_report(ref=report.ref, officer=report.author, now=makers.NOON).said.text == TEXT


def test_what_is_marked_stays_marked_under_the_glosses() -> None:
    text = "Zélie Vandamme a vu la victime hier soir."
    stretches = [("Zélie Vandamme", True), (" a vu la ", False), ("victime hier", True), (" soir.", False)]
    found = marked(gist(text, "fr", "nl").pieces, stretches)
    assert "".join(piece.text for piece, _ in found) == text
    shown = {piece.text: is_it for piece, is_it in found}
    assert shown["Zélie Vandamme"] and shown["victime"] and shown[" hier"]
    assert not shown["vu"] and not shown["soir"]
