"""Tables made in one operation: Django draws all models anew after each one that a migration adds, fifty times here."""

from django.db.migrations.operations.base import Operation


class CreateTables(Operation):
    """What a list of CreateModel does, with the models drawn once, when the first table is made."""

    reversible = False

    def __init__(self, tables):
        self.tables = tables

    def state_forwards(self, app_label, state):
        state.__dict__.pop("apps", None)  # else each model added draws all of them again
        for table in self.tables:
            table.state_forwards(app_label, state)

    def database_forwards(self, app_label, schema_editor, from_state, to_state):
        for table in self.tables:
            table.database_forwards(app_label, schema_editor, from_state, to_state)

    def describe(self):
        return f"Create {len(self.tables)} tables"
