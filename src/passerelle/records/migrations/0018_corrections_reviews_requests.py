"""What follows a telling: corrections with their receipts, days on which to look again, requests of persons."""

from importlib import import_module

import django.db.models.deletion
import passerelle.records.models.corrections
import passerelle.records.models.reports
import passerelle.records.models.requests
import passerelle.records.models.reviews
import passerelle.records.sealed
from django.conf import settings
from django.db import migrations, models


SECOND = import_module("passerelle.records.migrations.0012_row_level_security")
"""The second wall, in whose words the policies of these tables are said."""

SEEN = {
    "correction": f"""{SECOND.WATCHES} OR ({SECOND.WORKS} AND (recipient_id = {SECOND.MINE}
        OR report_id IN ({SECOND.OWN_REPORTS})))""",
    "periodicreview": f"{SECOND.WATCHES} OR ({SECOND.WORKS} AND report_id IN ({SECOND.OWN_REPORTS}))",
    "personrequest": f"""{SECOND.WATCHES} OR ({SECOND.DESK}
        AND ({SECOND.OWN} OR holder_id = {SECOND.MINE}))""",
    "requestpart": f"{SECOND.WATCHES} OR ({SECOND.DESK} AND {SECOND.OWN})",
}

IN_FULL = f"""SELECT m.id FROM records_match m
    JOIN records_subject l ON l.id = m.left_id JOIN records_subject r ON r.id = m.right_id
    JOIN records_duty d ON d.match_id = m.id AND d.kind = 'judge'
    WHERE {SECOND.DESK} AND ((d.service_id = {SECOND.MINE} AND {SECOND.MINE} IN (l.service_id, r.service_id))
      OR (passerelle_kind() = 'neutral_desk' AND ((d.holder_id = {SECOND.MINE} AND d.ended_at IS NULL)
        OR EXISTS (SELECT 1 FROM records_judgement j JOIN records_officer o ON o.id = j.officer_id
          WHERE j.match_id = m.id AND j.taken_back_at IS NULL AND o.service_id = {SECOND.MINE}))))"""  # noqa: S608 (words of ours)
"""The neutral desk keeps sight of what it judged as long as its judgement stands."""

FULL_BEFORE = SECOND.FUNCTIONS["passerelle_matches_in_full"][1]


def build(apps, schema_editor):
    if schema_editor.connection.vendor != "postgresql":
        return
    house = "passerelle_sees() = 'house'"
    for table, rows in SEEN.items():
        name = f'"records_{table}"'
        schema_editor.execute(f"CREATE POLICY house ON {name} USING ({house}) WITH CHECK ({house})", params=None)
        seen = f"{house} OR (passerelle_sees() = 'reader' AND ({rows}))"
        schema_editor.execute(f"CREATE POLICY reader ON {name} FOR SELECT USING ({seen})", params=None)
        schema_editor.execute(f"ALTER TABLE {name} ENABLE ROW LEVEL SECURITY", params=None)
        schema_editor.execute(f"ALTER TABLE {name} FORCE ROW LEVEL SECURITY", params=None)
    _matches_in_full(schema_editor, IN_FULL)


def take_down(apps, schema_editor):
    if schema_editor.connection.vendor != "postgresql":
        return
    for table in SEEN:
        name = f'"records_{table}"'
        schema_editor.execute(f"ALTER TABLE {name} NO FORCE ROW LEVEL SECURITY", params=None)
        schema_editor.execute(f"ALTER TABLE {name} DISABLE ROW LEVEL SECURITY", params=None)
        schema_editor.execute(f"DROP POLICY house ON {name}", params=None)
        schema_editor.execute(f"DROP POLICY reader ON {name}", params=None)
    _matches_in_full(schema_editor, FULL_BEFORE)


def _matches_in_full(schema_editor, query):
    made = SECOND.AS_THE_HOUSE.format(name="passerelle_matches_in_full", kind="bigint", query=query)
    schema_editor.execute(made.replace("CREATE FUNCTION", "CREATE OR REPLACE FUNCTION"), params=None)


class Migration(migrations.Migration):
    dependencies = [
        ("records", "0017_clock_of_the_ledger"),
    ]

    operations = [
        migrations.CreateModel(
            name="Correction",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "ref",
                    models.CharField(
                        default=passerelle.records.models.corrections.new_correction_ref, max_length=40, unique=True
                    ),
                ),
                ("kind", models.CharField(max_length=12)),
                ("version", models.PositiveIntegerField()),
                ("changes", passerelle.records.sealed.SealedJson(default=list)),
                ("salt", models.BinaryField(default=passerelle.records.models.reports.new_salt)),
                ("asked_at", models.DateTimeField()),
                ("receipt", models.CharField(blank=True, max_length=12)),
                ("receipt_note", passerelle.records.sealed.SealedText(blank=True)),
                ("received_at", models.DateTimeField(blank=True, null=True)),
            ],
            options={
                "ordering": ["asked_at", "id"],
            },
        ),
        migrations.CreateModel(
            name="PeriodicReview",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "ref",
                    models.CharField(
                        default=passerelle.records.models.reviews.new_review_ref, max_length=40, unique=True
                    ),
                ),
                ("of", models.CharField(max_length=12)),
                ("due_on", models.DateField()),
                ("outcome", models.CharField(blank=True, max_length=8)),
                ("reason", passerelle.records.sealed.SealedText(blank=True)),
                ("salt", models.BinaryField(default=passerelle.records.models.reports.new_salt)),
                ("decided_at", models.DateTimeField(blank=True, null=True)),
                ("next_on", models.DateField(blank=True, null=True)),
            ],
            options={
                "ordering": ["due_on", "id"],
            },
        ),
        migrations.CreateModel(
            name="PersonRequest",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "ref",
                    models.CharField(
                        default=passerelle.records.models.requests.new_request_ref, max_length=40, unique=True
                    ),
                ),
                ("kind", models.CharField(max_length=15)),
                ("way", models.CharField(max_length=10)),
                ("identity", models.CharField(max_length=20)),
                ("person", passerelle.records.sealed.SealedJson(default=dict)),
                ("asks", passerelle.records.sealed.SealedText()),
                ("language", models.CharField(max_length=2)),
                ("salt", models.BinaryField(default=passerelle.records.models.reports.new_salt)),
                ("received_on", models.DateField()),
                ("recorded_at", models.DateTimeField()),
                ("outcome", models.CharField(blank=True, max_length=12)),
                ("ground", models.CharField(blank=True, max_length=2)),
                ("note", passerelle.records.sealed.SealedText(blank=True)),
                ("reports", models.JSONField(default=list)),
                ("letter", passerelle.records.sealed.SealedJson(default=list)),
                ("answered_at", models.DateTimeField(blank=True, null=True)),
            ],
            options={
                "ordering": ["-recorded_at", "-id"],
            },
        ),
        migrations.CreateModel(
            name="RequestPart",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "ref",
                    models.CharField(
                        default=passerelle.records.models.requests.new_part_ref, max_length=40, unique=True
                    ),
                ),
                ("kind", models.CharField(max_length=15)),
                ("person", passerelle.records.sealed.SealedJson(default=dict)),
                ("asks", passerelle.records.sealed.SealedText()),
                ("outcome", models.CharField(blank=True, max_length=12)),
                ("ground", models.CharField(blank=True, max_length=2)),
                ("note", passerelle.records.sealed.SealedText(blank=True)),
                ("reports", models.JSONField(default=list)),
                ("salt", models.BinaryField(default=passerelle.records.models.reports.new_salt)),
                ("answered_at", models.DateTimeField(blank=True, null=True)),
            ],
            options={
                "ordering": ["id"],
            },
        ),
        migrations.RemoveConstraint(
            model_name="duty",
            name="duty_kind",
        ),
        migrations.RemoveConstraint(
            model_name="duty",
            name="duty_once",
        ),
        migrations.AddField(
            model_name="delivery",
            name="decided",
            field=models.BooleanField(default=False),
        ),
        migrations.AddField(
            model_name="report",
            name="gone",
            field=models.CharField(blank=True, default="", max_length=10),
        ),
        migrations.AddField(
            model_name="report",
            name="gone_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="report",
            name="gone_by",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="report",
            name="gone_ground",
            field=models.CharField(blank=True, default="", max_length=30),
        ),
        migrations.AddField(
            model_name="report",
            name="gone_reason",
            field=passerelle.records.sealed.SealedText(blank=True, default=""),
        ),
        migrations.AddField(
            model_name="report",
            name="restricted_until",
            field=models.DateField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="report",
            name="restriction",
            field=models.CharField(blank=True, default="", max_length=30),
        ),
        migrations.AddField(
            model_name="report",
            name="restriction_reason",
            field=passerelle.records.sealed.SealedText(blank=True, default=""),
        ),
        migrations.AddField(
            model_name="report",
            name="review_on",
            field=models.DateField(blank=True, db_index=True, null=True),
        ),
        migrations.AddField(
            model_name="reportversion",
            name="tear_line",
            field=passerelle.records.sealed.SealedJson(default=dict, row="salt"),
        ),
        migrations.AddField(
            model_name="subject",
            name="dropped_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddConstraint(
            model_name="duty",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("kind__in", ["pass_on", "judge", "acknowledge", "answer", "review", "correct", "request"])
                ),
                name="duty_kind",
            ),
        ),
        migrations.AddConstraint(
            model_name="duty",
            constraint=models.UniqueConstraint(
                condition=models.Q(
                    ("kind", "pass_on"),
                    models.Q(("state", "void"), _negated=True),
                    models.Q(("outcome__in", ("recalled", "again")), _negated=True),
                ),
                fields=("report", "recipient", "kind"),
                name="duty_once",
            ),
        ),
        migrations.AddConstraint(
            model_name="report",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("gone", ""), ("gone_at__isnull", True)),
                    models.Q(("gone__in", ["withdrawn", "erased"]), ("gone_at__isnull", False)),
                    _connector="OR",
                ),
                name="report_gone",
            ),
        ),
        migrations.AddConstraint(
            model_name="report",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("restricted_until__isnull", True), ("restriction", "")),
                    models.Q(models.Q(("restriction", ""), _negated=True), ("restricted_until__isnull", False)),
                    _connector="OR",
                ),
                name="report_restriction_ends",
            ),
        ),
        migrations.AddField(
            model_name="correction",
            name="delivery",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="corrections", to="records.delivery"
            ),
        ),
        migrations.AddField(
            model_name="correction",
            name="duty",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="corrections",
                to="records.duty",
            ),
        ),
        migrations.AddField(
            model_name="correction",
            name="received_by",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="correction",
            name="recipient",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="corrections", to="records.service"
            ),
        ),
        migrations.AddField(
            model_name="correction",
            name="report",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="corrections", to="records.report"
            ),
        ),
        migrations.AddField(
            model_name="periodicreview",
            name="decided_by",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="periodicreview",
            name="duty",
            field=models.OneToOneField(
                on_delete=django.db.models.deletion.PROTECT, related_name="periodic", to="records.duty"
            ),
        ),
        migrations.AddField(
            model_name="periodicreview",
            name="report",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="reviews", to="records.report"
            ),
        ),
        migrations.AddField(
            model_name="personrequest",
            name="answered_by",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="personrequest",
            name="duty",
            field=models.OneToOneField(
                on_delete=django.db.models.deletion.PROTECT, related_name="person_request", to="records.duty"
            ),
        ),
        migrations.AddField(
            model_name="personrequest",
            name="holder",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="requests_to_answer", to="records.service"
            ),
        ),
        migrations.AddField(
            model_name="personrequest",
            name="recorded_by",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="personrequest",
            name="service",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="requests", to="records.service"
            ),
        ),
        migrations.AddField(
            model_name="requestpart",
            name="answered_by",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="requestpart",
            name="duty",
            field=models.OneToOneField(
                on_delete=django.db.models.deletion.PROTECT, related_name="request_part", to="records.duty"
            ),
        ),
        migrations.AddField(
            model_name="requestpart",
            name="request",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="parts", to="records.personrequest"
            ),
        ),
        migrations.AddField(
            model_name="requestpart",
            name="service",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="request_parts", to="records.service"
            ),
        ),
        migrations.AddConstraint(
            model_name="correction",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("kind__in", ["corrected", "withdrawn", "erased", "parted", "restricted", "lifted"])
                ),
                name="correction_kind",
            ),
        ),
        migrations.AddConstraint(
            model_name="correction",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("receipt", ""), ("received_at__isnull", True)),
                    models.Q(
                        ("duty__isnull", False),
                        ("receipt__in", ["corrected", "removed", "restricted", "not_found", "refused"]),
                        ("received_at__isnull", False),
                    ),
                    _connector="OR",
                ),
                name="correction_receipt",
            ),
        ),
        migrations.AddConstraint(
            model_name="periodicreview",
            constraint=models.CheckConstraint(
                condition=models.Q(("of__in", ["retention", "handling", "restriction"])), name="periodic_of"
            ),
        ),
        migrations.AddConstraint(
            model_name="periodicreview",
            constraint=models.UniqueConstraint(
                condition=models.Q(("outcome", "")), fields=("report", "of"), name="periodic_review_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="personrequest",
            constraint=models.CheckConstraint(
                condition=models.Q(("way__in", ("direct", "authority"))), name="request_way"
            ),
        ),
        migrations.AddConstraint(
            model_name="requestpart",
            constraint=models.UniqueConstraint(fields=("request", "service"), name="request_part_once"),
        ),
        migrations.RunPython(build, take_down),
    ]
