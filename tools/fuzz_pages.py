"""Throws damaged forms at every page and says what broke: `python -m tools.fuzz_pages --minutes 4`.

An exchange is made in a temporary folder. Officers of several seats send to every route that the house has, one after
another: fields of all forms (found in the code, not listed here) with values that are good, damaged, huge, doubled, of
another type, of bytes that are no text; as forms, as parts, as JSON, as what they are not. A finding is an answer of
500 or more, or one that takes over two seconds of the processor. `--seed` repeats a run.
"""

from __future__ import annotations

import argparse
import json
import random
import re
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any
from urllib.parse import quote_from_bytes

from tools.fuzz import BITS, FINDINGS_MAX, HANG_SECONDS, Hung, damaged, within

WEB = Path(__file__).resolve().parents[1] / "src" / "passerelle" / "web"
FIELD = re.compile(
    r"""(?:typed\(request, |POST\.get\(|GET\.get\(|getlist\()["']([\w-]+)["']|\sname="([a-z][\w-]*)\"""",
)
GOOD = (
    "same", "different", "unsure", "noted", "acted_upon", "g", "yes", "my_case", "other", "reads", "glass", "open",
    "file", "an invented reason of some words", "2099-01-01T10:00", "2026-12-31", "nl", "X", "4", "consent",
    "sealed", "Person", "suspect", "1971-05-03", "0-9", "on", "/law", "000000", "2026-01", "investigation",
)  # fmt: skip
HOSTILE = (
    b"", b"\x00", b"\xff\xfe", b"\xed\xa0\x80", b"9" * 400, b"-1", b"1e999", b"NaN", b"true", b"null", b"[]", b"{}",
    b"9999-99-99T99:99", b"0000-00-00", b"10000-01-01T00:00", "٢٠٢٦-٠١-٠١".encode(), b"a" * 100_000,
    b"\r\nSet-Cookie: a=b", b"%00%ff", b"../../etc/passwd", b"{{ 7|add:7 }}", b"<script>", b"' OR 1=1 --",
    b"//evil.example", b"\xc0\xaf",
)  # fmt: skip
KINDS = (
    "application/x-www-form-urlencoded", "application/x-www-form-urlencoded; charset=utf-7",
    "application/x-www-form-urlencoded; charset=no-such", "multipart/form-data; boundary=b", "multipart/form-data",
    "application/json", "text/plain", "",
)  # fmt: skip
SEATS = (("noord", "desk"), ("noord", "head"), ("federal", "desk"), ("stad", "officer"), ("noord", "administrator"),
         ("oversight", "oversight"), ("nobody", ""))  # fmt: skip
BYTES_MAX = 1_200_000
SIGNED_IN_AGAIN_AFTER = 100
"""Among what is sent is signing out."""


def fields() -> list[str]:
    """Every name that a form or a page of ours speaks of, and those of subjects' rows."""
    found = set()
    for path in (*WEB.rglob("*.py"), *WEB.rglob("*.html")):
        found |= {name for names in FIELD.findall(path.read_text(encoding="utf-8")) for name in names if name}
    rows = ("id", "keep", "hand", "schema", "category", "main", "spans", "p-birthDate", "p-name", "relation", "to")
    return sorted({*found, *(f"s{number}-{row}" for number in (0, 1, 999) for row in rows)})


def addresses(refs: Sequence[str]) -> list[str]:
    """Every route, with each reference of its own kind, one of another kind, and one that is nobody's."""
    from django.urls import get_resolver

    found = []
    for name, (possibilities, *_) in get_resolver().reverse_dict.items():
        if not isinstance(name, str):
            continue
        address = "/" + possibilities[0][0]
        if "%(ref)s" not in address:
            found.append(address)
            continue
        kind = address.split("/")[1]
        own = [ref for ref in refs if ref.startswith(f"{kind}-") or kind in ("why", "watches", "oversight")]
        found += [address.replace("%(ref)s", ref) for ref in (*own[:6], *refs[:1], f"{kind}-0000000000000000")]
    return sorted(found)


def value(dice: random.Random, refs: Sequence[str]) -> bytes:
    """One value of one field."""
    kind = dice.randrange(10)
    if kind < 3:
        return dice.choice(GOOD).encode()
    if kind < 5:
        return dice.choice(refs).encode()
    if kind < 8:
        return dice.choice(HOSTILE)
    return damaged((dice.choice(GOOD).encode(), dice.choice(BITS) or b"x"), dice)


def body(dice: random.Random, names: Sequence[str], refs: Sequence[str], kind: str) -> bytes:
    """The bytes of one request: a form, parts, JSON, or what claims to be one."""
    some = [(dice.choice(names), value(dice, refs)) for _ in range(dice.choice((0, 1, 3, 8, 40)))]
    if "json" in kind and dice.random() < 0.7:
        return json.dumps({name: said.decode("latin-1") for name, said in some}).encode()
    if "multipart" in kind and dice.random() < 0.8:
        head = b'--b\r\nContent-Disposition: form-data; name="%s"%s\r\n\r\n%s\r\n'
        file = dice.choice((b"", b"", b'; filename="../a.svg"\r\nContent-Type: image/svg+xml', b'; filename*=x'))
        parts = b"".join(head % (name.encode(), file, said) for name, said in some)
        return (parts + dice.choice((b"--b--\r\n", b"--b", b"")))[:BYTES_MAX]
    pairs = [f"{name}={quote_from_bytes(said)}".encode() for name, said in some]
    sent = b"&".join(pairs)
    return (damaged((sent or b"&",), dice) if dice.random() < 0.2 else sent)[:BYTES_MAX]


def broken_by(client: Any, method: str, address: str, sent: bytes, kind: str) -> str:
    """What this request broke: empty, `hang`, or the status it was answered with."""
    try:
        with within():
            answer = client.generic(method, address, sent, content_type=kind)
    except Hung:
        return f"hang over {HANG_SECONDS:g} s"
    rightly = answer.status_code == 503 and address.startswith("/health")  # nobody watches these clocks
    return f"status {answer.status_code}" if answer.status_code >= 500 and not rightly else ""


def throw(
    clients: Sequence[tuple[Any, Any]], refs: Sequence[str], *, seed: int, executions: int = 0, seconds: float = 0.0
) -> tuple[int, Counter[str], dict[str, str]]:
    """So many requests, or for so long: the executions, the findings by route, an example of each."""
    dice, names, routes = random.Random(seed), fields(), addresses(refs)  # noqa: S311 (repeats by its seed)
    found, examples, done, started = Counter[str](), {}, 0, time.monotonic()
    while (done < executions if executions else time.monotonic() - started < seconds) and len(found) < FINDINGS_MAX:
        if done % SIGNED_IN_AGAIN_AFTER == 0:
            for client, officer in clients:
                if officer is not None:
                    client.force_login(officer)
        address, kind, (client, _) = routes[done % len(routes)], dice.choice(KINDS), dice.choice(clients)
        method = dice.choice(("POST", "POST", "POST", "GET"))
        sent = body(dice, names, refs, kind)
        asked = f"{address}?{sent[:2000].decode('latin-1')}" if method == "GET" else address
        done += 1
        if what := broken_by(client, method, asked, b"" if method == "GET" else sent, kind):
            where = f"{what} {method} {re.sub(r'-[0-9a-z]{16}', '', address)}"
            found[where] += 1
            examples.setdefault(where, f"{kind} {sent[:300]!r}")
    return done, found, examples


def world() -> tuple[list[tuple[Any, Any]], list[str]]:
    """Browsers of several seats with the officer who sits there, and references of all kinds."""
    from django.apps import apps
    from django.test import Client

    from passerelle.records import wall
    from passerelle.testing import makers
    from tools import timing

    with wall.as_house():
        timing.world(6)
        noord = timing.service("noord")
        makers.officer(noord, "administrator")
        clients = []
        for service, role in SEATS:
            officer = makers.seat(timing.service(service), role) if role else None
            clients.append((Client(raise_request_exception=False), officer))
        tables = [model for model in apps.get_app_config("records").get_models() if hasattr(model, "ref")]
        refs = [ref for model in tables for ref in model.objects.values_list("ref", flat=True)[:8]]
    return clients, refs


def main(arguments: list[str] | None = None) -> int:
    """Runs, and prints executions and findings; 1 where anything was found."""
    said = argparse.ArgumentParser(description="Throw damaged forms at every page.")
    said.add_argument("--minutes", type=float, default=1.0)
    said.add_argument("--seed", type=int, default=random.SystemRandom().randrange(10**6))
    given = said.parse_args(arguments)
    from tools import timing

    with tempfile.TemporaryDirectory() as folder:
        timing.new_house(Path(folder))
        import logging

        from django.conf import settings

        logging.disable(logging.ERROR)
        settings.ALLOWED_HOSTS = ["testserver"]
        clients, refs = world()
        print(f"seed {given.seed}; {len(fields())} fields, {len(addresses(refs))} addresses, {len(clients)} seats")
        done, found, examples = throw(clients, refs, seed=given.seed, seconds=given.minutes * 60)
    print(f"{done} executions, {len(found)} findings")
    for where, count in found.most_common():
        print(f"  {count} times {where}: {examples[where]}")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
