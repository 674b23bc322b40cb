"""What can be found by searching: findables with their keyed words, searches, and which things wait to be read for it.

The columns come by ALTER TABLE: Django would copy each table of SQLite whole. On SQLite the two tables of digests have
no row number of their own, which halves them. Digests of words tell nobody anything, but the house alone needs them.
"""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import passerelle.records.models.findables
import passerelle.records.models.reports
import passerelle.records.sealed
from passerelle.records.migrations._second_wall import LEADS, ME, MINE, OWN, ROLE, WATCHES, WORKS

WAITING = ("report", "delivery", "dossier")
SMALL = {
    "sqlite": "smallint unsigned NOT NULL DEFAULT 0 CHECK (\"index_form\" >= 0)",
    "postgresql": "smallint NOT NULL DEFAULT 0 CHECK (index_form >= 0)",
}
WITHOUT_ROW_NUMBER = {
    "records_posting": "value bigint NOT NULL, findable_id bigint NOT NULL, PRIMARY KEY (value, findable_id)",
    "records_spelling": "near bigint NOT NULL, word bigint NOT NULL, PRIMARY KEY (near, word)",
}
HOUSE = "passerelle_sees() = 'house'"
SEEN = {
    "findable": f"""{WATCHES} OR ({WORKS} AND {OWN} AND ({ROLE} <> 'officer' OR report_id IS NULL
        OR report_id IN (SELECT id FROM records_report WHERE handling <> 'sealed' OR author_id = {ME})))""",
    "search": f"""{WATCHES} OR officer_id = {ME}
        OR ({LEADS} AND officer_id IN (SELECT id FROM records_officer WHERE service_id = {MINE}))""",
}
HOUSE_ONLY = ("posting", "spelling")


def add_columns(apps, schema_editor):
    for table in WAITING:
        kind = SMALL[schema_editor.connection.vendor]
        schema_editor.execute(f'ALTER TABLE "records_{table}" ADD COLUMN "index_form" {kind}')


def without_row_number(apps, schema_editor):
    if schema_editor.connection.vendor != "sqlite":
        return
    for table, columns in WITHOUT_ROW_NUMBER.items():
        schema_editor.execute(f'DROP TABLE "{table}"')
        schema_editor.execute(f'CREATE TABLE "{table}" ({columns}) WITHOUT ROWID')


def build_wall(apps, schema_editor):
    if schema_editor.connection.vendor != "postgresql":
        return
    for table in (*SEEN, *HOUSE_ONLY):
        name = f'"records_{table}"'
        schema_editor.execute(f"CREATE POLICY house ON {name} USING ({HOUSE}) WITH CHECK ({HOUSE})", params=None)
        if table in SEEN:
            rows = f"{HOUSE} OR (passerelle_sees() = 'reader' AND ({SEEN[table]}))"
            schema_editor.execute(f"CREATE POLICY reader ON {name} FOR SELECT USING ({rows})", params=None)
        schema_editor.execute(f"ALTER TABLE {name} ENABLE ROW LEVEL SECURITY", params=None)
        schema_editor.execute(f"ALTER TABLE {name} FORCE ROW LEVEL SECURITY", params=None)


def one_of(name):
    return models.OneToOneField(
        null=True, on_delete=django.db.models.deletion.CASCADE, related_name="findable", to=f"records.{name}"
    )


def is_null(**which):
    return models.Q(**{f"{name}__isnull": empty for name, empty in which.items()})


class Migration(migrations.Migration):
    dependencies = [("records", "0001_all_tables")]
    operations = [
        migrations.SeparateDatabaseAndState(
            database_operations=[migrations.RunPython(add_columns, migrations.RunPython.noop)],
            state_operations=[
                migrations.AddField(table, "index_form", models.PositiveSmallIntegerField(default=0))
                for table in WAITING
            ],
        ),
        *(
            migrations.AddIndex(
                table, models.Index(condition=models.Q(index_form=0), fields=["id"], name=f"{table}_to_index")
            )
            for table in WAITING
        ),
        migrations.CreateModel(
            name="Findable",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("service", models.ForeignKey(
                    on_delete=django.db.models.deletion.PROTECT, related_name="+", to="records.service")),
                ("report", one_of("report")),
                ("delivery", one_of("delivery")),
                ("dossier", one_of("dossier")),
                ("space", models.CharField(max_length=40)),
                ("language", models.CharField(max_length=2)),
                ("form", models.PositiveSmallIntegerField()),
                ("salt", models.BinaryField(default=passerelle.records.models.reports.new_salt)),
                ("entries", models.BinaryField(default=bytes)),
                ("encoder", models.CharField(blank=True, default="", max_length=20)),
                ("meaning", passerelle.records.sealed.SealedText(blank=True, default="", row="salt")),
                ("sentences", passerelle.records.sealed.SealedText(blank=True, default="", row="salt")),
            ],
            options={
                "indexes": [models.Index(fields=["space", "language"], name="findable_of")],
                "constraints": [
                    models.CheckConstraint(
                        condition=is_null(report=False, delivery=True, dossier=True)
                        | is_null(report=True, delivery=False, dossier=True)
                        | is_null(report=True, delivery=True, dossier=False),
                        name="findable_one_thing",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Posting",
            fields=[
                ("pk", models.CompositePrimaryKey(
                    "value", "findable_id", blank=True, editable=False, primary_key=True, serialize=False)),
                ("value", models.BigIntegerField()),
                ("findable_id", models.BigIntegerField()),
            ],
        ),
        migrations.CreateModel(
            name="Spelling",
            fields=[
                ("pk", models.CompositePrimaryKey(
                    "near", "word", blank=True, editable=False, primary_key=True, serialize=False)),
                ("near", models.BigIntegerField()),
                ("word", models.BigIntegerField()),
            ],
            options={"indexes": [models.Index(fields=["word"], name="spelling_of")]},
        ),
        migrations.CreateModel(
            name="Search",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("ref", models.CharField(
                    default=passerelle.records.models.findables.new_search_ref, max_length=40, unique=True)),
                ("officer", models.ForeignKey(
                    on_delete=django.db.models.deletion.PROTECT, related_name="searches",
                    to=settings.AUTH_USER_MODEL)),
                ("question", passerelle.records.sealed.SealedText()),
                ("purpose", models.CharField(max_length=20)),
                ("reason", passerelle.records.sealed.SealedText(blank=True)),
                ("salt", models.BinaryField(default=passerelle.records.models.reports.new_salt)),
                ("asked_at", models.DateTimeField()),
            ],
            options={
                "verbose_name_plural": "searches",
                "ordering": ["-asked_at", "-id"],
                "indexes": [models.Index(fields=["officer", "-asked_at"], name="search_of")],
            },
        ),
        migrations.RunPython(without_row_number, migrations.RunPython.noop),
        migrations.RunPython(build_wall, migrations.RunPython.noop),
    ]
