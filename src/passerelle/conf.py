"""The settings of an installation in one table: name, default, what it does."""

from __future__ import annotations

import os
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from passerelle.errors import Refused
from passerelle.words import sentence

FILE_NAME = "passerelle.toml"


@dataclass(frozen=True, slots=True)
class Setting:
    """One line of the table. A setting stands in `passerelle.toml` as `name`, or in the environment as
    `PASSERELLE_NAME`, which wins."""

    name: str
    default: str | int | bool
    does: str


SETTINGS: tuple[Setting, ...] = (
    Setting("database_url", "", "PostgreSQL: `postgres://user:password@host:port/name`; empty: SQLite in the folder."),
    Setting("secret_key", "", "Signs sessions and forms. `init` writes one into the folder; never commit it."),
    Setting(
        "keys_file",
        "keys.json",
        "The keys that seal what stands in the database; keep a copy elsewhere, never beside it.",
    ),
    Setting("allowed_hosts", "localhost,127.0.0.1", "Names under which the pages may be asked for, with commas."),
    Setting(
        "address",
        "",
        "Where people open the pages, as `https://passerelle.example`; passkeys and single sign-on are bound to it. "
        "Empty: neither is offered.",
    ),
    Setting("https", False, "The pages are served behind HTTPS: cookies are marked secure and HSTS is sent."),
    Setting("language", "en", "Language of commands and of pages before sign-in: nl, fr, de or en."),
    Setting("time_zone", "Europe/Brussels", "Zone in which times are shown and working days are counted."),
    Setting("threads", 6, "Threads of the page server."),
    Setting(
        "beat_seconds", 2, "Seconds between two turns of the worker, by the clock: what was filed is compared then."
    ),
    Setting("duty_hours_week", 30, "Hours a week that each of a desk gives to duties, where a plan is measured."),
    Setting("idle_minutes", 30, "A session that nobody used for so many minutes ends."),
    Setting(
        "second_factor",
        "roles",
        "Who must have a second factor: `all`; `roles` (supervisors, heads, oversight, administrators); `optional`.",
    ),
    Setting("api_skew_seconds", 60, "A signed request may be dated so many seconds before or after the clock here."),
    Setting("api_requests_per_minute", 600, "So many requests a minute are taken from one account."),
    Setting(
        "witnesses",
        "",
        "Witnesses of the ledger: `KEY URL, KEY URL`; a key alone is asked by files. See docs/how-to/witness.md.",
    ),
    Setting("oidc_issuer", "", "Single sign-on: the OpenID Connect provider's issuer, to the letter. Empty: none."),
    Setting("oidc_client_id", "", "Single sign-on: what this installation is called at the provider."),
    Setting(
        "oidc_client_secret",
        "",
        "Single sign-on: the secret that the provider gave; by the environment only, never in the file.",
    ),
    Setting("oidc_subject_claim", "sub", "Single sign-on: the claim of the token that officers are linked by."),
    Setting(
        "oidc_second_factor",
        "",
        "Single sign-on: what counts as a second factor, as `acr:value` or `amr:value`, with commas. "
        "Empty: ours is asked as well.",
    ),
    Setting("smtp_host", "", "The mail server by which desks are told that something waits; empty: none."),
    Setting("smtp_port", 587, "Port of the mail server."),
    Setting("smtp_security", "starttls", "How mail goes out: `starttls`, `tls`, or `none` (to this machine only)."),
    Setting("smtp_user", "", "Name for the mail server; empty: none is asked."),
    Setting("smtp_password", "", "Password for the mail server; better in the environment than in the file."),
    Setting("mail_from", "", "Address from which e-mail goes out: `passerelle@example.be`."),
    Setting("webhook_hosts", "", "Hosts to which webhooks may go, with commas; with a port where it is not 443."),
    Setting(
        "sentence_encoder",
        True,
        "Searches also ask what is meant, by a model that comes along and runs on this machine (200 MB of memory).",
    ),
    Setting(
        "translation_engine",
        "",
        "A translation engine on this machine: `http://127.0.0.1:PORT/translate`, or `command:/path/to/program`; see "
        "docs/how-to/translation-engine.md. Empty: none.",
    ),
    Setting("demonstration", False, "This is a demonstration: invented data, and the sign-in page shows its seats."),
)


CHOICES: dict[str, tuple[str, ...]] = {
    "second_factor": ("optional", "roles", "all"), "smtp_security": ("starttls", "tls", "none"),
}  # fmt: skip
"""Settings that are one of a few words."""


BY_ENVIRONMENT_ONLY = frozenset({"oidc_client_secret"})
"""Secrets of others, which stand in no file of ours."""

NEVER_IDENTITY = frozenset({"email", "preferred_username", "name", "upn", "phone_number", "nickname"})
"""Claims that somebody else can come to have (OpenID Connect Core 1.0, 5.7): no officer is linked by one."""


class UnknownSetting(Refused):
    """A name in the file or the environment that the table does not have."""

    code = "conf.unknown_setting"


class WrongSetting(Refused):
    """A value of the wrong type."""

    code = "conf.wrong_setting"


def load(folder: Path, environment: Mapping[str, str] | None = None) -> dict[str, str | int | bool]:
    """All settings of the installation in `folder`: defaults, then `passerelle.toml`, then the environment.

    Raises UnknownSetting and WrongSetting, naming the file and the setting.
    """
    environment = os.environ if environment is None else environment
    values: dict[str, str | int | bool] = {setting.name: setting.default for setting in SETTINGS}
    path = folder / FILE_NAME
    if path.exists():
        for name, value in tomllib.loads(path.read_text(encoding="utf-8")).items():
            if name not in values:
                raise UnknownSetting(
                    sentence("{path} names a setting “{name}” that does not exist.", path=str(path), name=name),
                    way_out=sentence("The settings are listed in docs/settings.md."),
                )
            if name in BY_ENVIRONMENT_ONLY:
                raise WrongSetting(
                    sentence("{path} holds “{name}”, which is a secret of somebody else.", path=str(path), name=name),
                    way_out=sentence("Give it in the environment, as PASSERELLE_{name}.", name=name.upper()),
                )
            if type(value) is not type(values[name]):
                raise WrongSetting(
                    sentence(
                        "{path} gives “{name}” as {value}; it must be of the kind {kind}.",
                        path=str(path),
                        name=name,
                        value=repr(value),
                        kind=type(values[name]).__name__,
                    )
                )
            values[name] = value
    for setting in SETTINGS:
        given = environment.get(f"PASSERELLE_{setting.name.upper()}")
        if given is not None:
            values[setting.name] = _read(setting, given)
    for name, choices in CHOICES.items():
        if values[name] not in choices:
            raise WrongSetting(
                sentence(
                    "“{name}” is set to {value}; it must be one of {choices}.",
                    name=name, value=repr(values[name]), choices=", ".join(choices),
                )
            )
    if values["oidc_subject_claim"] in NEVER_IDENTITY:
        raise WrongSetting(
            sentence(
                "“{name}” is set to {value}, which may become somebody else's.",
                name="oidc_subject_claim", value=repr(values["oidc_subject_claim"]),
            ),
            way_out=sentence("Use `sub`, or another claim that the provider never gives to a second person."),
        )
    return values


def _read(setting: Setting, given: str) -> str | int | bool:
    if isinstance(setting.default, bool):
        if given.lower() in {"1", "true", "yes", "0", "false", "no", ""}:
            return given.lower() in {"1", "true", "yes"}
    elif isinstance(setting.default, int):
        if given.strip().isdigit():
            return int(given)
    else:
        return given
    raise WrongSetting(
        sentence(
            "The environment gives PASSERELLE_{name} as {value}; it must be of the kind {kind}.",
            name=setting.name.upper(),
            value=repr(given),
            kind=type(setting.default).__name__,
        )
    )
