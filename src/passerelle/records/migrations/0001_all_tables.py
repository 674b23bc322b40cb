"""All tables of the house, what keeps its ledger append-only, and its second wall: one step, in place of twenty-two.

An installation made by all of the twenty-two goes on: Django takes this one as done. One that stopped between them is
refused by name (`passerelle.cli.opening`), for what it lacks can no longer be told.
"""

from django.db import migrations

from passerelle.records.migrations import (
    _append_only,
    _at_once,
    _second_wall,
    _tables_of_duties,
    _tables_of_people,
    _tables_of_reports,
    _tables_of_the_ledger,
    _tables_of_what_follows,
)

REPLACED = (
    "0001_tables",
    "0002_ledger_is_append_only",
    "0003_owed_again",
    "0004_salts_of_matches_and_interests",
    "0005_exceptions_and_oversight",
    "0006_commonness_of_names",
    "0007_why_drafts_and_attempts",
    "0008_sealed_columns",
    "0009_watches_asked_for",
    "0010_recalled",
    "0011_sealed_subjects",
    "0012_row_level_security",
    "0013_second_factors",
    "0014_accounts",
    "0015_checkpoints_and_gaps",
    "0016_passkeys_and_identities",
    "0017_clock_of_the_ledger",
    "0018_corrections_reviews_requests",
    "0019_outbox",
    "0020_questions_and_overloads",
    "0021_extracts_cut_by_hand",
    "0022_commands_and_outbox_behind_the_wall",
)


class Migration(migrations.Migration):
    """Made from the state after the last of those it stands for; columns stand in the order in which they came."""

    initial = True
    dependencies = []
    replaces = [("records", name) for name in REPLACED]
    operations = [
        _at_once.CreateTables(
            [
                *_tables_of_people.TABLES,
                *_tables_of_the_ledger.TABLES,
                *_tables_of_reports.TABLES,
                *_tables_of_duties.TABLES,
                *_tables_of_what_follows.TABLES,
            ]
        ),
        migrations.RunPython(_append_only.forbid, migrations.RunPython.noop),
        migrations.RunPython(_second_wall.build, migrations.RunPython.noop),
    ]
