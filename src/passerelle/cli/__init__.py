"""Commands for operators: read the clock, call one verb, say what was done and what to do next."""

from __future__ import annotations

import sys

import click

from passerelle.cli import (
    accounts,
    between_services,
    channels,
    comparing,
    correcting,
    demo,
    equal_errors,
    gazetteers,
    installation,
    keeping,
    learning,
    ledgers,
    linking,
    lists,
    onboarding,
    overseeing,
    people,
    planning,
    replaying,
    requests,
    rules,
    saving,
    searching,
    sharing_out,
    simulation,
    taking_in,
    taking_out,
    watching,
    witness,
)
from passerelle.errors import Refused

CONTEXT = {"help_option_names": ["-h", "--help"], "max_content_width": 110}


class Commands(click.Group):
    """A group in which a refusal ends as one clear sentence on standard error, and status 1."""

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


for command in (
    demo.demo,
    installation.init, installation.serve, installation.work, installation.check,
    people.service, people.officer, onboarding.onboard, accounts.account, channels.channel,
    taking_in.import_, taking_out.export, taking_in.refused, taking_in.mend,
    lists.matches, lists.duties, lists.deliveries, searching.search,
    correcting.report, correcting.corrections, correcting.receipt,
    requests.requests,
    ledgers.reconcile, ledgers.ledger,
    keeping.keys, gazetteers.gazetteer, saving.backup, saving.restore,
    simulation.simulate, simulation.replay_seed,
    witness.witness,
    sharing_out.today, equal_errors.probes,
    watching.alarm, watching.clock,
    overseeing.explain, overseeing.oversight, between_services.flow, rules.rules,
    comparing.compare, linking.link,
    replaying.replay, learning.lessons, equal_errors.fairness, planning.plan,
):  # fmt: skip
    main.add_command(command)
