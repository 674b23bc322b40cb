"""No wait for PostgreSQL is without an end: who froze in a transaction is put out, with the locks they held."""

from __future__ import annotations

import os

import pytest

from passerelle.server import settings


def test_a_frozen_worker_is_put_out_before_whoever_waits_for_its_lock_gives_up() -> None:
    said = str(settings._database("postgres://somebody:word@nowhere:5432/house")["OPTIONS"])
    assert "idle_in_transaction_session_timeout=240s" in said and "lock_timeout=300s" in said
    assert settings.WAITS_END["connect_timeout"] == 10


@pytest.mark.postgres
def test_the_server_ends_a_frozen_transaction_and_its_lock_goes_to_the_one_who_waits() -> None:
    import psycopg

    server = os.environ["PASSERELLE_TEST_DATABASE_URL"]
    told = {**settings.WAITS_END, "autocommit": True}
    with psycopg.connect(server, **told) as waiting:  # type: ignore[arg-type]
        limits = [waiting.execute(f"SHOW {name}").fetchone() for name in
                  ("idle_in_transaction_session_timeout", "lock_timeout")]
        assert limits == [("4min",), ("5min",)]
        told["options"] = "-c idle_in_transaction_session_timeout=200ms"
        with psycopg.connect(server, **told) as frozen:  # type: ignore[arg-type]
            frozen.execute("BEGIN")
            frozen.execute("SELECT pg_advisory_xact_lock(20261123)")
            waiting.execute("SELECT pg_advisory_xact_lock(20261123)")
            with pytest.raises(psycopg.Error, match="idle-in-transaction"):
                frozen.execute("SELECT 1")
