"""Ways round the doors: crossed references, offsets that are none, large bodies, what stays behind, unsafe settings."""

from __future__ import annotations

import json
import os
import stat
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from django.core import checks
from django.core.exceptions import ImproperlyConfigured
from django.test import Client

from passerelle.cli import main
from passerelle.flow import ledger_lines
from passerelle.records.models import Delivery, Duty, Interest, Match, RefusedRow, Register
from passerelle.server import checks as ours
from passerelle.testing import makers
from passerelle.testing.makers import NOON
from passerelle.web.subject_rows import spans_in

KNOWN = makers.person("p", "Ferdinand Oosterlynck", birthDate=["1971-05-03"])


@pytest.fixture
def told_two(exchange: dict[str, Any]) -> dict[str, Any]:
    """One report, delivered whole to two services."""
    for key in ("federal", "midi"):
        makers.dossier(exchange[key], KNOWN)
    makers.report(exchange["noord"], "Ferdinand Oosterlynck.", KNOWN)
    return exchange


@pytest.mark.django_db
def test_a_duty_is_not_acknowledged_by_way_of_another_service_s_delivery(told_two: dict[str, Any]) -> None:
    client = Client()
    client.force_login(makers.seat(told_two["federal"], "desk"))
    theirs = Delivery.objects.get(recipient=told_two["midi"])
    assert client.post(f"/delivery/{theirs.ref}/acknowledge", {"outcome": "noted"}).status_code == 404
    assert Duty.objects.get(kind="acknowledge", recipient=told_two["federal"]).live


@pytest.mark.parametrize("text", ["²-³", "1-" + "9" * 5000, "-", "5-2", "a-b", "1-2-3", "١-٢"])
def test_a_span_that_is_none_is_left_out_and_breaks_nothing(text: str) -> None:
    assert spans_in(text) == []


@pytest.mark.django_db
def test_a_body_larger_than_any_form_is_refused_and_only_the_box_takes_a_file(exchange: dict[str, Any]) -> None:
    client = Client()
    client.force_login(makers.seat(exchange["noord"], "desk"))
    assert client.post("/file", {"text": "a" * 1_100_000}).status_code == 400
    for address, field in (("/file", "file"), ("/file/subjects", "document"), ("/", "document")):
        with (Path(__file__)).open("rb") as file:
            assert not client.post(address, {"text": "iets", field: file}).wsgi_request.FILES


@pytest.mark.django_db
def test_no_sentence_about_people_stays_in_the_browser_after_it_was_shown_or_one_signed_out(
    exchange: dict[str, Any],
) -> None:
    client = Client()
    desk = makers.seat(exchange["noord"], "desk")
    client.force_login(desk)
    answer = client.post("/people/away", {"officer": desk.ref, "until": "2099-01-01T10:00"})
    assert answer.status_code == 302
    assert "messages" not in client.cookies
    client.post("/sign-out")
    assert not client.session.items()


@pytest.mark.django_db
def test_the_ledger_holds_no_words_of_a_legal_basis_and_no_digest_that_a_guess_could_meet(
    told_two: dict[str, Any],
) -> None:
    Interest.objects.get(service=told_two["midi"])
    told = "\n".join(ledger_lines.entries())
    assert "Police Function Act" not in told
    alike = Match.objects.filter(band="strong")
    assert alike.count() == 3 and len({str(match.because) for match in alike}) == 1, "the same reasons, word for word"
    assert len({match.evidence for match in alike}) == 3, "and yet no digest that could be computed from them"


@pytest.mark.django_db
def test_whoever_shows_refused_rows_on_the_command_line_leaves_a_line(tmp_path: Path) -> None:
    register = Register.objects.create(
        service=makers.service("noord"), name="list.csv", format="csv", taken_at=NOON
    )
    RefusedRow.objects.create(
        register=register, number=3, code="x", says=["It is broken.", {}], raw="Jan;Janssens", raw_digest="d",
        refused_at=NOON,
    )  # fmt: skip
    before, folder = ledger_lines.head()[0], os.environ["PASSERELLE_DIR"]
    mask = os.umask(0o022)
    try:
        shown = CliRunner().invoke(main, ["refused", "noord", "--dir", str(tmp_path)])
        assert os.umask(0o022) == 0o077, "whatever a command writes is for its owner's eyes only"
    finally:
        os.umask(mask)
        os.environ["PASSERELLE_DIR"] = folder
    assert "Janssens" in shown.output
    last = json.loads(list(ledger_lines.entries())[-1])
    assert ledger_lines.head()[0] == before + 1 and last["kind"] == "Read"


@pytest.mark.django_db
@pytest.mark.parametrize("key", ["short", "this-folder-has-no-key: run passerelle init, and it is long enough"])
def test_an_installation_without_a_key_of_its_own_is_refused_by_every_way_in(settings: Any, key: str) -> None:
    settings.SECRET_KEY = key
    assert "passerelle.E003" in {message.id for message in checks.run_checks()}
    with pytest.raises(ImproperlyConfigured, match="E003"):
        ours.refuse_unsafe()


def test_the_numbered_checks_are_there_whenever_the_program_starts(tmp_path: Path) -> None:
    (tmp_path / "passerelle.toml").write_text('secret_key = "short"\n', encoding="utf-8")
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PASSERELLE_")}
    run = [sys.executable, "-c", "from passerelle.cli import main; main()"]
    init = [*run, "init", "--dir", str(tmp_path)]
    subprocess.run(init, check=True, capture_output=True, env=environment, timeout=120)
    asked = subprocess.run(
        [*run, "check", "--json", "--dir", str(tmp_path)], check=False, capture_output=True, text=True, env=environment,
        timeout=120,
    )  # fmt: skip
    assert asked.returncode == 1 and "passerelle.E003" in asked.stdout, asked.stdout + asked.stderr
    assert stat.S_IMODE((tmp_path / "passerelle.sqlite3").stat().st_mode) == 0o600
