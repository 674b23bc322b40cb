"""Commands for operators: read the clock, call one verb, say what was done and what to do next."""

from __future__ import annotations

import sys
from importlib import import_module

import click

from passerelle.errors import Refused

CONTEXT = {"help_option_names": ["-h", "--help"], "max_content_width": 110}

WRITTEN_IN = {
    "account": "accounts", "flow": "between_services", "channel": "channels", "compare": "comparing",
    "corrections": "correcting", "receipt": "correcting", "report": "correcting", "demo": "demo",
    "fairness": "equal_errors", "probes": "equal_errors", "gazetteer": "gazetteers", "check": "installation",
    "init": "installation", "serve": "installation", "work": "installation", "keys": "keeping",
    "lessons": "learning", "ledger": "ledgers", "reconcile": "ledgers", "link": "linking", "deliveries": "lists",
    "duties": "lists", "matches": "lists", "onboard": "onboarding", "explain": "overseeing",
    "oversight": "overseeing", "officer": "people", "service": "people", "plan": "planning", "replay": "replaying",
    "requests": "requests", "rules": "rules", "backup": "saving", "restore": "saving", "search": "searching",
    "today": "sharing_out", "replay-seed": "simulation", "simulate": "simulation", "import": "taking_in",
    "mend": "taking_in", "refused": "taking_in", "export": "taking_out", "alarm": "watching", "clock": "watching",
    "witness": "witness",
}
"""The module of each command. Only the one that is asked for is read: to read all takes longer than most of them."""


class Commands(click.Group):
    """A group in which a refusal ends as one clear sentence on standard error, and status 1."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return sorted(WRITTEN_IN)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        module = WRITTEN_IN.get(cmd_name)
        if module is None:
            return None
        written = import_module(f"passerelle.cli.{module}")
        found = getattr(written, cmd_name.replace("-", "_"), None) or getattr(written, f"{cmd_name}_")
        assert isinstance(found, click.Command), cmd_name
        return found

    def invoke(self, ctx: click.Context) -> object:
        try:
            return super().invoke(ctx)
        except Refused as refused:
            click.echo(f"passerelle: {refused}", err=True)
            sys.exit(1)


@click.group(cls=Commands, context_settings=CONTEXT)
@click.version_option(package_name="passerelle")
def main() -> None:
    """Passerelle: what one service knows and another needs becomes a duty with a holder, a deadline and an end.

    New here? `passerelle demo` plays a story between six invented services and opens its pages.
    """
