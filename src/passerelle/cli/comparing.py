"""How alike two names are, and why: without a database."""

from __future__ import annotations

import click

from passerelle.cli.opening import as_json, print_json
from passerelle.words import LANGUAGES

BAR = 0.7


@click.command()
@click.option(
    "--schema",
    default="Person",
    show_default=True,
    type=click.Choice(["Person", "Company", "Organization", "LegalEntity", "Vessel", "Vehicle", "Address"]),
)
@click.option(
    "--language", type=click.Choice(LANGUAGES), default="en", show_default=True, help="Language of the reasons."
)
@click.argument("name1")
@click.argument("name2")
@as_json
def compare(schema: str, language: str, name1: str, name2: str, as_json: bool) -> None:
    """How alike NAME1 and NAME2 are, from 0 to 1, and why. From 0.7 on they are possibly the same."""
    from passerelle import names

    found = names.compare(schema, name1, name2)
    reasons = [reason.in_language(language) for reason in found.reasons]
    if as_json:
        print_json(
            {"schema": schema, "score": round(found.score, 4), "possible": found.score >= BAR, "because": reasons}
        )
        return
    click.echo(f"{found.score:.2f}  {'possibly the same' if found.score >= BAR else 'below the bar of 0.7'}")
    for reason in reasons:
        click.echo(f"      {reason}")
