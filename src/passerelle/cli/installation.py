"""An installation: made, served, worked and checked."""

from __future__ import annotations

import importlib
import logging
import secrets  # bent: a key is never seeded
import signal
import sys
import threading
from pathlib import Path
from typing import Any

import click

from passerelle import conf, keyring
from passerelle.cli.opening import as_json, in_folder, memory_mb, now, open_installation, print_json, tell, tells
from passerelle.errors import Refused

RELAY_SECONDS = 5
"""So often the outbox is looked at."""

log = logging.getLogger("passerelle.worker")

PROXY_SAYS = "x-forwarded-proto x-forwarded-for"
"""What a proxy on this machine is believed: that it was HTTPS, and from which address, by which tries are counted."""


@click.command()
@in_folder
@tells
def init(folder: Path) -> None:
    """Make an installation in a folder, or bring an older one up to this version. Nothing is lost."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / conf.FILE_NAME
    fresh = not path.exists()
    if fresh:
        write_settings(path, demonstration=False)
    made_keys = make_keys(folder)
    open_installation(folder, migrate=True)
    from passerelle.flow import keys, seats
    from passerelle.records.models import Officer, Service

    lines = [f"{'Made' if fresh else 'Brought up to date'}: the installation in {folder.resolve()}"]
    facts: dict[str, Any] = {"folder": str(folder.resolve()), "made": fresh}
    if not Service.objects.filter(kind="neutral_desk").exists():
        neutral = seats.add_service(
            key="neutral-desk", name="Neutral desk", kind="neutral_desk", languages=["nl", "fr", "de", "en"], now=now()
        )
        password = secrets.token_urlsafe(12)
        seats.seat_officer(
            username="administrator",
            name="Administrator",
            service=neutral,
            role="administrator",
            language="en",
            password=password,
            now=now(),
        )
        facts |= {"username": "administrator", "password": password}
        lines += [
            "Added: the exchange's neutral desk, which holds what nobody else can.",
            f"Sign in once as “administrator” with the password {password} (it is shown only now).",
        ]
    facts["wait_to_be_compared"] = waiting = keys.follow_form(now=now())
    if waiting:
        lines.append(
            f"Names are read by newer rules: {waiting} subjects wait to be compared again; the worker does it."
        )
    if made_keys:
        lines.append(
            "Made: keys in keys.json, without which nothing that is sealed can be read. Keep a copy, elsewhere."
        )
    if Officer.objects.filter(role="oversight").count() == 0:
        lines.append(
            "Missing: an oversight body. `passerelle service add oversight Oversight --kind oversight`, an officer."
        )
    next_ = "Next: `passerelle service add KEY NAME --kind police`, `passerelle officer add …`, `passerelle serve`."
    tell(*lines, next_, **facts)


def write_settings(path: Path, *, demonstration: bool) -> None:
    """A settings file with a key of its own, readable by its owner only."""
    lines = [
        "# The settings of this installation; docs/settings.md lists them all.",
        f'secret_key = "{secrets.token_urlsafe(48)}"',
    ]
    if demonstration:
        lines += ["demonstration = true", 'second_factor = "optional"']
    path.touch(mode=0o600)
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")


def make_keys(folder: Path) -> bool:
    """The file of keys that seal what stands in the database; whether it was made, or got keys it lacked."""
    path = folder / str(conf.load(folder)["keys_file"])
    if path.exists():
        ring = keyring.read(path)
        if not ring.complete():
            return False
        ring.write(path)
        return True
    keyring.make().write(path)
    return True


@click.command()
@in_folder
@click.option("--port", type=click.IntRange(1, 65535), default=8000, show_default=True, help="Port of the pages.")
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
def serve(folder: Path, port: int, host: str) -> None:
    """Serve the pages; on SQLite the worker runs along."""
    open_installation(folder)
    refuse_unsafe()
    run_server(host, port)


def refuse_unsafe() -> None:
    """Say what is unsafe; end with status 1 when it must not run like this."""
    from django.core import checks

    found = checks.run_checks(include_deployment_checks=False)
    for message in found:
        if (message.id or "").startswith("passerelle."):
            click.echo(f"{message.id}: {message.msg} {message.hint or ''}", err=True)
    if any(message.level >= checks.ERROR for message in found):
        sys.exit(1)


def run_server(host: str, port: int) -> None:
    """The page server until it is interrupted, and the worker beside it on SQLite."""
    import waitress
    from django.conf import settings
    from django.core.wsgi import get_wsgi_application
    from django.db import connection

    from passerelle.intake.document import BYTES_MAX

    stop = threading.Event()
    if connection.vendor == "sqlite":
        threading.Thread(target=keep_working, args=(stop,), name="worker", daemon=True).start()
        threading.Thread(target=keep_relaying, args=(stop,), name="relay", daemon=True).start()
        threading.Thread(target=keep_reading, args=(stop,), name="reading", daemon=True).start()
    else:
        click.echo("On PostgreSQL the worker runs by itself: start `passerelle work` too.")
    threading.Thread(target=get_ready, name="tables", daemon=True).start()
    click.echo(f"Pages: http://{host}:{port}/  (stop with Ctrl-C)")
    try:
        waitress.serve(
            get_wsgi_application(),
            host=host,
            port=port,
            threads=settings.THREADS,
            ident=None,
            _quiet=True,
            max_request_body_size=settings.DATA_UPLOAD_MAX_MEMORY_SIZE * 2 + BYTES_MAX,
            # behind HTTPS a proxy on this machine says so; waitress takes that word from nobody else
            **({"trusted_proxy": "127.0.0.1", "trusted_proxy_headers": PROXY_SAYS} if settings.HTTPS else {}),
        )
    finally:
        stop.set()


def get_ready() -> None:
    """Read the tables of names and places now, for which the first report would else wait two seconds; and leave what
    was read out of the search for circles of dead objects, which held up a report or a page for a fifth of a second."""
    importlib.import_module("passerelle.linkers.tables")


def keep_working(stop: threading.Event) -> None:
    """Turns of the worker until told to stop, each at a beat of the clock: when one begins depends on nothing that was
    filed, and nobody who files waits for it. A turn that fails is written to the log and tried again: the heartbeat,
    which then grows old, is what raises the alarm."""
    from django.conf import settings
    from django.db import close_old_connections

    from passerelle.flow import work as worker
    from passerelle.flow.work import seconds_to_the_beat

    stop.wait(seconds_to_the_beat(now(), settings.BEAT_SECONDS))
    while not stop.is_set():
        try:
            close_old_connections()
            more = worker.turn(now=now()).more
            sign_proof()
        except Exception:
            log.exception("A turn of the worker failed; the next one comes.")
            more = False
        stop.wait(0 if more else seconds_to_the_beat(now(), settings.BEAT_SECONDS))


def sign_proof() -> None:
    """Sign a checkpoint of the ledger when one is due. A failure stops no clock."""
    from passerelle.flow import checkpoints

    try:
        checkpoints.sign(now=now())
    except Refused as refused:
        log.warning("No checkpoint was signed: %s", refused)


def show_proof() -> None:
    """Show the newest checkpoint to the witnesses that have not seen it: they are machines of others, and may be slow,
    so never between two turns of the worker."""
    from passerelle.cli.witness import asking
    from passerelle.flow import checkpoints

    for row in checkpoints.ask_witnesses(now=now(), send=asking.post):
        if row.trouble:
            log.warning("%s", row.trouble)


def keep_relaying(stop: threading.Event) -> None:
    """Turns of the relay until told to stop, beside the worker: the clocks never wait for somebody's mail server."""
    from django.db import close_old_connections

    from passerelle.flow import outbox
    from passerelle.flow.ways import ways

    while not stop.wait(RELAY_SECONDS):
        try:
            close_old_connections()
            while outbox.relay(now=now(), ways=ways()).more and not stop.is_set():
                pass
            show_proof()
        except Exception:
            log.exception("A turn of the relay failed; the next one comes.")


def keep_reading(stop: threading.Event) -> None:
    """What was filed is read for searching, at each beat until told to stop, beside the worker: the clocks never wait
    for an index."""
    from django.conf import settings
    from django.db import close_old_connections

    from passerelle.flow import index
    from passerelle.flow.work import seconds_to_the_beat

    more = False
    while not stop.wait(0.1 if more else seconds_to_the_beat(now(), settings.BEAT_SECONDS)):
        try:
            close_old_connections()
            more = index.follow(now=now()) >= index.AT_ONCE
        except Exception:
            log.exception("Reading for the index failed; it is tried again.")
            more = False


@click.command()
@in_folder
@click.option("--once", is_flag=True, help="Take turns until nothing is left to do now, then end.")
@as_json
def work(folder: Path, once: bool, as_json: bool) -> None:
    """The worker: compare what waits, let happen what is due, escalate what is late."""
    open_installation(folder)
    refuse_unsafe()
    if once:
        from passerelle.flow import index, outbox
        from passerelle.flow import work as worker
        from passerelle.flow.ways import ways

        turns = worker.work_until_done(now=now())
        relayed = outbox.relay(now=now(), ways=ways())
        read = 0
        while count := index.follow(now=now()):
            read += count
        sign_proof()
        show_proof()
        done: dict[str, Any] = {
            "matched": sum(t.matched for t in turns),
            "happened": sum(len(t.happened) for t in turns),
            "turns": len(turns),
            "failed": sorted({failure for t in turns for failure in t.failed}),
            "read": read,
            "messages": relayed.sent,
            "messages_failed": relayed.failed,
            "memory_mb": memory_mb(),
        }
        if as_json:
            print_json(done)
        else:
            click.echo(f"{done['matched']} matches found or weighed again, {done['happened']} due events happened.")
            for failure in done["failed"]:
                click.echo(f"Broke off, and is tried again: {failure}", err=True)
        if done["failed"]:
            raise SystemExit(1)
        return
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    click.echo("Working; stop with Ctrl-C.")
    threading.Thread(target=keep_relaying, args=(stop,), name="relay", daemon=True).start()
    threading.Thread(target=keep_reading, args=(stop,), name="reading", daemon=True).start()
    get_ready()
    keep_working(stop)


def proofs_missing() -> list[dict[str, str]]:
    """What the witnesses say against this ledger, or that there is none."""
    from passerelle.flow import checkpoints

    if not checkpoints.configured():
        remedy = "Ask another service to run one: docs/how-to/witness.md."
        says = "The ledger has no witness: a restored old backup would not be noticed."
        return [{"id": "passerelle.W010", "level": "warning", "says": says, "remedy": remedy}]
    return [
        {
            "id": "passerelle.E010" if alarm else "passerelle.W011",
            "level": "error" if alarm else "warning",
            "says": says,
            "remedy": "Stop, and call that witness: docs/how-to/witness.md." if alarm else "Call whoever runs it.",
        }
        for alarm, says in checkpoints.troubles()
    ]


def index_missing() -> list[dict[str, str]]:
    """Where the index of searching does not follow the tables; the newest are read again and compared."""
    from passerelle.flow import index

    faults = index.faults(read_again=20)
    if not faults.any():
        return []
    parts = {"surplus": faults.surplus, "missing": faults.missing, "misplaced": faults.misplaced,
             "not as read": faults.stale, "not readable": faults.broken}  # fmt: skip
    said = ", ".join(f"{count} {what}" for what, count in parts.items() if count)
    remedy = "`passerelle search --reindex` reads everything again."
    return [{"id": "passerelle.W013", "level": "warning", "says": f"The index does not follow: {said}.",
             "remedy": remedy}]  # fmt: skip


@click.command()
@in_folder
@as_json
def check(folder: Path, as_json: bool) -> None:
    """What is unsafe or missing in this installation; status 1 when it must not run like this."""
    open_installation(folder)
    from django.core import checks

    from passerelle.flow import work as worker
    from passerelle.records.models import Message, Officer, Service

    found = [
        {"id": m.id, "level": "error" if m.level >= checks.ERROR else "warning", "says": m.msg, "remedy": m.hint or ""}
        for m in checks.run_checks()
    ]
    if not Service.objects.filter(kind="neutral_desk").exists():
        found.append(
            {
                "id": "passerelle.E007",
                "level": "error",
                "says": "There is no neutral desk.",
                "remedy": "Run `passerelle init`, or `passerelle service add … --kind neutral_desk`.",
            }
        )
    if not Officer.objects.filter(role="oversight", is_active=True).exists():
        found.append(
            {
                "id": "passerelle.W012",
                "level": "warning",
                "says": "Nobody has the oversight seat.",
                "remedy": "`passerelle service add … --kind oversight`, `passerelle officer add … --role oversight`.",
            }
        )
    for service in Service.objects.exclude(kind__in=("neutral_desk", "oversight")):
        for role in ("supervisor", "head"):
            if not Officer.objects.filter(service=service, role=role, is_active=True).exists():
                found.append(
                    {
                        "id": "passerelle.W004",
                        "level": "warning",
                        "says": f"{service.name} has no {role}: what is late there climbs past that rung.",
                        "remedy": f"`passerelle officer add … --service {service.key} --role {role}`.",
                    }
                )
    if worker.heartbeat_is_old(now()):
        found.append(
            {
                "id": "passerelle.W005",
                "level": "warning",
                "says": "The worker has not taken a turn for five minutes.",
                "remedy": "Start `passerelle serve` (SQLite) or `passerelle work`.",
            }
        )
    found += proofs_missing()
    found += index_missing()
    parked = Message.objects.filter(state="parked").count()
    if parked:
        found.append(
            {
                "id": "passerelle.W009",
                "level": "warning",
                "says": f"{parked} messages are parked: what they tell stands on the pages only.",
                "remedy": "`passerelle channel list --parked` says why; mend it, then `passerelle channel resend`.",
            }
        )
    errors = [line for line in found if line["level"] == "error"]
    if as_json:
        print_json({"errors": len(errors), "warnings": len(found) - len(errors), "found": found})
    else:
        for line in found:
            click.echo(f"{line['level']} {line['id']}: {line['says']} {line['remedy']}")
        click.echo("Nothing unsafe." if not errors else f"{len(errors)} to mend before this may run.")
    if errors:
        sys.exit(1)
