"""In a real browser with an authenticator of its own: a passkey is made, signs in alone, is a second step, and goes."""

from __future__ import annotations

import os
import re
import socket  # bent: asks this machine for a free port
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest

from tests.journeys.conftest import COMMAND, is_anger, wait_for

pytestmark = [pytest.mark.browser]

ALONE = {
    "protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True,
    "isUserVerified": True, "automaticPresenceSimulation": True,
}  # fmt: skip


@dataclass(frozen=True)
class Place:
    """An installation of its own, at an address that browsers bind a passkey to."""

    address: str
    password: str


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    """Made by the commands an operator types, with one officer, and served."""
    folder = tmp_path_factory.mktemp("place")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    address = f"http://localhost:{port}"
    ours = ("PASSERELLE_", "DJANGO_")
    surroundings = {name: value for name, value in os.environ.items() if not name.startswith(ours)}
    surroundings["PASSERELLE_ADDRESS"] = address

    def run(*words: str) -> str:
        done = subprocess.run(
            [*COMMAND, *words, "--dir", str(folder)], env=surroundings, capture_output=True, text=True, check=False,
            timeout=120,
        )  # fmt: skip
        assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-2000:]
        return done.stdout

    run("init")
    run("service", "add", "zone", "Zone", "--kind", "police")
    said = run("officer", "add", "ann", "Ann Peeters", "--service", "zone", "--role", "desk")
    password = re.findall(r"the password (\S+)", said)[0]
    with (folder / "served.log").open("w", encoding="utf-8") as log:
        serve = [*COMMAND, "serve", "--dir", str(folder), "--port", str(port)]
        served = subprocess.Popen(serve, env=surroundings, stdout=log, stderr=log)
        try:
            wait_for(f"{address}/sign-in", served, folder / "served.log")
            yield Place(address, password)
        finally:
            served.terminate()
            served.wait(timeout=30)


@pytest.fixture
def page(place: Place, browser: Any) -> Iterator[Any]:
    """A page whose browser holds an authenticator; what it asks of another address, or says in anger, is a failure."""
    context = browser.new_context(locale="en-GB")
    page, wrong = context.new_page(), []
    page.on("request", lambda asked: None if asked.url.startswith(place.address) else wrong.append(asked.url))
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.on("console", lambda said: wrong.append(said.text) if is_anger(said) and "401" not in said.text else None)
    yield page
    context.close()
    assert not wrong, wrong


def with_password(page: Any, place: Place) -> None:
    page.goto(f"{place.address}/sign-in")
    page.fill("#username", "ann")
    page.fill("#password", place.password)
    page.press("#password", "Enter")


def test_a_passkey_is_made_signs_in_alone_is_a_second_step_and_is_removed(page: Any, place: Place) -> None:
    talk = page.context.new_cdp_session(page)
    talk.send("WebAuthn.enable")
    held = talk.send("WebAuthn.addVirtualAuthenticator", {"options": ALONE})["authenticatorId"]
    with_password(page, place)
    page.wait_for_url(f"{place.address}/")
    page.goto(f"{place.address}/second-factor")
    page.click("text=Add a passkey")
    page.fill("#name", "this computer")
    page.fill("#password", place.password)
    page.click("button[data-passkey-start]")
    page.wait_for_selector("code")
    codes = page.locator("code").all_inner_texts()
    assert len(codes) == 8
    assert len(talk.send("WebAuthn.getCredentials", {"authenticatorId": held})["credentials"]) == 1

    page.context.clear_cookies()
    page.goto(f"{place.address}/sign-in?next=/law")
    page.click("text=Sign in with a passkey")
    page.click("button[data-passkey-start]")
    page.wait_for_url(f"{place.address}/law")

    page.context.clear_cookies()
    talk.send("WebAuthn.setUserVerified", {"authenticatorId": held, "isUserVerified": False})
    page.goto(f"{place.address}/sign-in/passkey")
    page.click("button[data-passkey-start]")
    page.wait_for_selector("[data-passkey-failed]:not([hidden])")
    assert page.url.endswith("/sign-in/passkey"), "nobody verified: the browser itself gives nothing"

    talk.send("WebAuthn.setUserVerified", {"authenticatorId": held, "isUserVerified": True})
    with_password(page, place)
    page.wait_for_url("**/sign-in/second")
    page.click("button[data-passkey-start]")
    page.wait_for_url(f"{place.address}/")
    assert "You added a second factor: a passkey “this computer”" in page.inner_text("main")

    page.goto(f"{place.address}/second-factor")
    page.locator("summary", has_text="Remove").click()
    page.click("text=Show a passkey and remove")
    page.wait_for_load_state()
    assert "The second factor was removed." in page.inner_text(".message")


def test_without_scripts_the_pages_say_so_and_the_other_ways_stay(place: Place, browser: Any) -> None:
    context = browser.new_context(java_script_enabled=False, locale="en-GB")
    page = context.new_page()
    page.goto(f"{place.address}/sign-in/passkey")
    assert "A passkey needs a browser that runs the script" in page.inner_text("main")
    assert not page.locator("button[data-passkey-start]").is_visible()
    page.click("text=Sign in with a password")
    with_password(page, place)
    page.wait_for_url(f"{place.address}/")
    context.close()
