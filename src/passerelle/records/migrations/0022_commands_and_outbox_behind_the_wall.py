"""The second wall (0012) around what only verbs and the relay read: commands that counted, channels, messages.

Accounts, their keys and their nonces are read before anybody is known, like officers and their factors: they stay open.
"""

from django.db import migrations

HOUSE = "passerelle_sees() = 'house'"
HOUSE_ONLY = ("command", "channel", "message")


def build(apps, schema_editor):
    if schema_editor.connection.vendor != "postgresql":
        return
    for table in HOUSE_ONLY:
        name = f'"records_{table}"'
        schema_editor.execute(f"CREATE POLICY house ON {name} USING ({HOUSE}) WITH CHECK ({HOUSE})", params=None)
        schema_editor.execute(f"ALTER TABLE {name} ENABLE ROW LEVEL SECURITY", params=None)
        schema_editor.execute(f"ALTER TABLE {name} FORCE ROW LEVEL SECURITY", params=None)


def take_down(apps, schema_editor):
    if schema_editor.connection.vendor != "postgresql":
        return
    for table in HOUSE_ONLY:
        name = f'"records_{table}"'
        schema_editor.execute(f"ALTER TABLE {name} NO FORCE ROW LEVEL SECURITY", params=None)
        schema_editor.execute(f"ALTER TABLE {name} DISABLE ROW LEVEL SECURITY", params=None)
        schema_editor.execute(f"DROP POLICY house ON {name}", params=None)


class Migration(migrations.Migration):
    """Policies; on SQLite nothing."""

    dependencies = [("records", "0021_extracts_cut_by_hand")]
    operations = [migrations.RunPython(build, take_down)]
