"""A register for a service whose key was misspelt makes no service of that name."""

from __future__ import annotations

import pytest
from click.testing import CliRunner

from passerelle.cli import main
from passerelle.cli.taking_in import misspelt
from passerelle.records.models import Service

pytestmark = pytest.mark.django_db

KNOWN = ["zone-south", "zone-north", "s1", "register-2024"]


@pytest.mark.parametrize("key", ["zone-nroth", "zone-nort", "zone-northh", "zone-nirth", "zona-north"])
def test_a_slip_in_a_key_finds_the_key_that_was_meant(key: str) -> None:
    assert misspelt(key, KNOWN) == "zone-north"


@pytest.mark.parametrize("key", ["zone-a", "s2", "un", "zone-west", "north", "zone-north-2"])
def test_another_key_is_no_slip(key: str) -> None:
    assert misspelt(key, [*KNOWN, "zone-b"]) is None


def test_a_misspelt_service_is_refused_with_the_way_out(exchange, tmp_path) -> None:
    rows = tmp_path / "rows.csv"
    rows.write_text("id,schema,name\n1,Person,Lambert Vercruysse\n")
    done = CliRunner().invoke(main, ["import", "noodr", str(rows), "--workers", "0", "--json", "--dir", str(tmp_path)])
    assert done.exit_code == 2
    assert "did you mean noord?" in done.output and "passerelle service add noodr" in done.output
    assert not Service.objects.filter(key="noodr").exists()
