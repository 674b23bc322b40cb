"""A demonstration of its own, served by the real command, and a real browser to open it with."""

from __future__ import annotations

import fcntl
import json
import os
import shutil
import socket  # bent: asks this machine for a free port
import subprocess
import sys
import time
import urllib.error
import urllib.request  # bent: asks the house served here whether it is up
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

COMMAND = (sys.executable, "-c", "from passerelle.cli import main; main()")
SERVED_WITHIN_SECONDS = 60
BROWSER_SWITCHES = (
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync", "--disable-dev-shm-usage",
)


@dataclass(frozen=True)
class House:
    """Where the pages are served, and the password of each seat by its name."""

    address: str
    passwords: dict[str, str]


@pytest.fixture(scope="session")
def played(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a demonstration that was played once, whichever process came to it first; take a copy of it."""
    mine = tmp_path_factory.getbasetemp()
    folder = (mine.parent if "PYTEST_XDIST_WORKER" in os.environ else mine) / "played" / "demo"
    folder.parent.mkdir(exist_ok=True)
    with (folder.parent / "turn").open("w") as turn:
        fcntl.flock(turn, fcntl.LOCK_EX)
        if not (folder.parent / "done").exists():
            shutil.rmtree(folder, ignore_errors=True)
            done = subprocess.run(
                [*COMMAND, "demo", "--dir", str(folder), "--no-serve"],
                env=surroundings(), capture_output=True, text=True, check=False, timeout=600,
            )  # fmt: skip
            assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-2000:]
            (folder.parent / "done").touch()
    return folder


def surroundings() -> dict[str, str]:
    """What a command of a user's own finds around it: nothing of what the tests set."""
    ours = ("PASSERELLE_", "DJANGO_")
    return {name: value for name, value in os.environ.items() if not name.startswith(ours)}


@pytest.fixture(scope="module")
def house(played: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """A demonstration of the module's own, served by `passerelle`, with its worker."""
    folder = tmp_path_factory.mktemp("house") / "demo"
    shutil.copytree(played, folder)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    address = f"http://localhost:{port}"
    served_as = surroundings() | {"PASSERELLE_ADDRESS": address}  # browsers bind a passkey to a name
    with (folder / "served.log").open("w", encoding="utf-8") as log:
        served = subprocess.Popen(
            [*COMMAND, "serve", "--dir", str(folder), "--port", str(port)], env=served_as, stdout=log, stderr=log
        )
        try:
            wait_for(f"{address}/sign-in", served, folder / "served.log")
            seats = json.loads((folder / "seats.json").read_text(encoding="utf-8"))
            yield House(address, {seat["username"]: seat["password"] for seat in seats})
        finally:
            served.terminate()
            served.wait(timeout=30)


def wait_for(address: str, served: subprocess.Popen[Any], log: Path) -> None:
    """Until the pages answer; fails with what the server said if it ends or takes too long."""
    until = time.monotonic() + SERVED_WITHIN_SECONDS
    while time.monotonic() < until:
        assert served.poll() is None, log.read_text(encoding="utf-8")[-2000:]
        try:
            with urllib.request.urlopen(address, timeout=5) as answer:
                assert answer.status == 200
                return
        except (urllib.error.URLError, ConnectionError):
            time.sleep(0.2)
    pytest.fail(f"{address} did not answer. {log.read_text(encoding='utf-8')[-2000:]}")


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    """Debian's Chromium, without a window."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=list(BROWSER_SWITCHES))
        yield opened
        opened.close()


def is_anger(said: Any) -> bool:
    """Whether the console complains of something other than a page that is rightly not there."""
    return said.type == "error" and "404" not in said.text


@pytest.fixture
def sit(house: House, browser: Any) -> Iterator[Callable[..., Any]]:
    """Take a seat: a page of its own, signed in. What it asks of any other address, or says in anger, is a failure."""
    contexts: list[Any] = []
    wrong: list[str] = []

    def take(username: str, **more: Any) -> Any:
        context = browser.new_context(**{"viewport": {"width": 1280, "height": 800}, **more})
        contexts.append(context)
        page = context.new_page()
        page.on("request", lambda asked: None if asked.url.startswith(house.address) else wrong.append(asked.url))
        page.on("pageerror", lambda error: wrong.append(str(error)))
        page.on("console", lambda said: wrong.append(said.text) if is_anger(said) else None)
        page.goto(f"{house.address}/sign-in")
        page.fill("#username", username)
        page.fill("#password", house.passwords[username])
        page.press("#password", "Enter")
        page.wait_for_url(f"{house.address}/")
        return page

    yield take
    for context in contexts:
        context.close()
    assert not wrong, wrong
