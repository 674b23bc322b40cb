"""The database itself refuses to change or remove a line of the ledger: the triggers, and how a test lifts them."""

SQLITE = (
    "CREATE TRIGGER ledger_line_stays BEFORE UPDATE ON records_ledgerline "
    "BEGIN SELECT RAISE(ABORT, 'a line of the ledger is never changed'); END",
    "CREATE TRIGGER ledger_line_remains BEFORE DELETE ON records_ledgerline "
    "BEGIN SELECT RAISE(ABORT, 'a line of the ledger is never removed'); END",
)
POSTGRESQL = (
    "CREATE FUNCTION ledger_line_stays() RETURNS trigger LANGUAGE plpgsql AS "
    "$$ BEGIN RAISE EXCEPTION 'a line of the ledger is never changed or removed'; END $$",
    "CREATE TRIGGER ledger_line_stays BEFORE UPDATE OR DELETE ON records_ledgerline "
    "FOR EACH ROW EXECUTE FUNCTION ledger_line_stays()",
    "CREATE TRIGGER ledger_line_remains BEFORE TRUNCATE ON records_ledgerline "
    "FOR EACH STATEMENT EXECUTE FUNCTION ledger_line_stays()",
)
UNDO_SQLITE = ("DROP TRIGGER ledger_line_stays", "DROP TRIGGER ledger_line_remains")
UNDO_POSTGRESQL = (
    "DROP TRIGGER ledger_line_stays ON records_ledgerline",
    "DROP TRIGGER ledger_line_remains ON records_ledgerline",
    "DROP FUNCTION ledger_line_stays()",
)


def forbid(apps, schema_editor):
    for command in SQLITE if schema_editor.connection.vendor == "sqlite" else POSTGRESQL:
        schema_editor.execute(command, params=None)
