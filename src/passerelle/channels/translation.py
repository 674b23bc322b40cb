"""A translation engine on this machine: a text goes to a program or a loopback address, and to nothing else."""

from __future__ import annotations

import http.client
import ipaddress
import json
import os
import stat
import subprocess  # bent: the program is named by the installation's own settings, and gets no shell
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol
from urllib.parse import urlsplit

from passerelle.errors import Refused
from passerelle.words import LANGUAGES, sentence

COMMAND = "command:"
TIMEOUT_SECONDS = 30
ANSWER_BYTES_MAX = 400_000


class EngineRefused(Refused):
    """The setting names something that is not on this machine, or that anybody could put another in the place of."""

    code = "translation.engine_refused"


class NotTranslated(Refused):
    """The engine gave no translation. Nothing was kept."""

    code = "translation.failed"


class Engine(Protocol):
    """Translates a text."""

    @property
    def name(self) -> str:
        """What is shown with a translation."""
        ...

    def translate(self, text: str, source: str, target: str) -> str:
        """The text in `target`. Raises NotTranslated."""
        ...


def engine(setting: str) -> Engine | None:
    """The engine that a setting names; None for an empty one. Raises EngineRefused for whatever is not on this
    machine."""
    if not setting:
        return None
    return _program(setting[len(COMMAND) :]) if setting.startswith(COMMAND) else _address(setting)


@dataclass(frozen=True, slots=True)
class LocalAddress:
    """A program that listens on this machine, asked in the manner of LibreTranslate."""

    name: str
    host: str
    port: int
    path: str

    def translate(self, text: str, source: str, target: str) -> str:
        """Asked directly: no proxy, no redirect, and no name that is looked up elsewhere."""
        _check_languages(source, target)
        asked = json.dumps({"q": text, "source": source, "target": target, "format": "text"}).encode()
        connection = http.client.HTTPConnection(self.host, self.port, timeout=TIMEOUT_SECONDS)
        try:
            connection.request("POST", self.path, asked, {"Content-Type": "application/json"})
            answer = connection.getresponse()
            body = answer.read(ANSWER_BYTES_MAX + 1)
            said = json.loads(body) if answer.status == 200 and len(body) <= ANSWER_BYTES_MAX else {}
        except (OSError, http.client.HTTPException, ValueError) as error:
            raise _failed(self.name) from error
        finally:
            connection.close()
        return _checked(said.get("translatedText") if isinstance(said, dict) else None, self.name)


@dataclass(frozen=True, slots=True)
class LocalProgram:
    """A program of this machine, started for each text."""

    name: str
    program: Path

    def translate(self, text: str, source: str, target: str) -> str:
        """The text on standard input, the two languages as arguments, the translation on standard output."""
        _check_languages(source, target)
        try:
            done = subprocess.run(  # noqa: S603 (a program of this machine, checked, without a shell)
                [str(self.program), source, target], input=text.encode(), capture_output=True, check=False,
                timeout=TIMEOUT_SECONDS, env={"LANG": "C.UTF-8", "PATH": "/usr/bin:/bin"}, cwd="/",
            )  # fmt: skip
        except (OSError, subprocess.TimeoutExpired) as error:
            raise _failed(self.name) from error
        if done.returncode or len(done.stdout) > ANSWER_BYTES_MAX:
            raise _failed(self.name)
        return _checked(done.stdout.decode("utf-8", "replace"), self.name)


def _address(setting: str) -> LocalAddress:
    parts = urlsplit(setting)
    try:
        host, port = parts.hostname or "", parts.port
        address = ipaddress.ip_address("127.0.0.1" if host == "localhost" else host)
    except ValueError:
        raise _refused(setting) from None
    plain = parts.scheme == "http" and not parts.username and not parts.password and not parts.query
    if not plain or not address.is_loopback or not port:
        raise _refused(setting)
    return LocalAddress(f"{host}:{port}", str(address), port, parts.path or "/translate")


def _program(named: str) -> LocalProgram:
    path = Path(named)
    if not path.is_absolute() or not path.is_file() or not os.access(path, os.X_OK):
        raise _refused(named)
    real = path.resolve()
    about = real.stat()
    if about.st_mode & (stat.S_IWGRP | stat.S_IWOTH) or about.st_uid not in (0, os.geteuid()):
        raise EngineRefused(
            sentence("Others could put another program in the place of {path}.", path=named),
            way_out=sentence("Let it belong to root or to the account that serves, writable by nobody else."),
        )
    return LocalProgram(path.name, real)


def _refused(setting: str) -> EngineRefused:
    return EngineRefused(
        sentence("“{setting}” is no translation engine on this machine.", setting=setting),
        way_out=sentence("Name a loopback address with its port, or `command:` and the full path of a program."),
    )


def _failed(name: str) -> NotTranslated:
    return NotTranslated(
        sentence("The engine {name} gave no translation.", name=name),
        way_out=sentence("Read the original with its glosses, or ask whoever runs the engine."),
    )


def _check_languages(source: str, target: str) -> None:
    assert source in LANGUAGES and target in LANGUAGES, "the languages come from closed lists"


def _checked(said: object, name: str) -> str:
    if not isinstance(said, str) or not said.strip():
        raise _failed(name)
    return said.replace("\0", "")
