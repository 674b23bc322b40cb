"""The tables of what is held: dossiers, reports, registers, their subjects, and which of them may be one."""

from django.conf import settings
from django.db import migrations, models
import django.db.models.deletion
import passerelle.records.models.dossiers
import passerelle.records.models.matches
import passerelle.records.models.reports
import passerelle.records.models.subjects
import passerelle.records.sealed

TABLES = [
    migrations.CreateModel(
        name="NameCount",
        fields=[
            ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
            ("version", models.PositiveIntegerField(unique=True)),
            ("subjects", models.PositiveIntegerField()),
            ("words", models.JSONField(default=dict)),
            ("persons", models.PositiveIntegerField()),
            ("salt", models.BinaryField(default=passerelle.records.models.reports.new_salt)),
            ("counted_at", models.DateTimeField()),
        ],
        options={"ordering": ["version"], "indexes": [], "constraints": []},
    ),
    migrations.CreateModel(
        name="NameWord",
        fields=[
            ("value", models.BigIntegerField(primary_key=True, serialize=False)),
            ("bearers", models.BigIntegerField()),
        ],
        options={"indexes": [], "constraints": []},
    ),
    migrations.CreateModel(
        name="Register",
        fields=[
            ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
            ("name", models.CharField(max_length=200)),
            ("format", models.CharField(max_length=20)),
            ("taken_at", models.DateTimeField()),
            (
                "service",
                models.ForeignKey(
                    on_delete=django.db.models.deletion.PROTECT, related_name="registers", to="records.service"
                ),
            ),
        ],
        options={
            "indexes": [],
            "constraints": [models.UniqueConstraint(fields=("service", "name"), name="register_once")],
        },
    ),
    migrations.CreateModel(
        name="Dossier",
        fields=[
            ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
            (
                "ref",
                models.CharField(
                    default=passerelle.records.models.dossiers.new_dossier_ref, max_length=40, unique=True
                ),
            ),
            ("title", passerelle.records.sealed.SealedText()),
            ("language", models.CharField(max_length=2)),
            ("themes", models.JSONField(default=list)),
            ("note", passerelle.records.sealed.SealedText(blank=True)),
            ("salt", models.BinaryField(default=passerelle.records.models.reports.new_salt)),
            ("opened_at", models.DateTimeField()),
            (
                "opened_by",
                models.ForeignKey(
                    null=True,
                    on_delete=django.db.models.deletion.PROTECT,
                    related_name="+",
                    to=settings.AUTH_USER_MODEL,
                ),
            ),
            (
                "service",
                models.ForeignKey(
                    on_delete=django.db.models.deletion.PROTECT, related_name="dossiers", to="records.service"
                ),
            ),
        ],
        options={"ordering": ["-opened_at", "-id"], "indexes": [], "constraints": []},
    ),
    migrations.CreateModel(
        name="Reading",
        fields=[
            ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
            ("thing", models.CharField(max_length=40)),
            ("purpose", models.CharField(max_length=20)),
            ("reason", passerelle.records.sealed.SealedText(blank=True, row="salt")),
            ("ground", models.CharField(max_length=40)),
            ("salt", models.BinaryField(default=passerelle.records.models.reports.new_salt)),
            ("read_at", models.DateTimeField()),
            (
                "officer",
                models.ForeignKey(
                    on_delete=django.db.models.deletion.PROTECT, related_name="readings", to=settings.AUTH_USER_MODEL
                ),
            ),
        ],
        options={
            "ordering": ["-read_at", "-id"],
            "indexes": [
                models.Index(fields=["thing"], name="records_rea_thing_0e4647_idx"),
                models.Index(fields=["officer", "-read_at"], name="records_rea_officer_eeda5b_idx"),
            ],
            "constraints": [],
        },
    ),
    migrations.CreateModel(
        name="RefusedRow",
        fields=[
            ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
            ("number", models.PositiveIntegerField()),
            ("external_id", models.CharField(blank=True, max_length=200)),
            ("code", models.CharField(max_length=60)),
            ("says", models.JSONField()),
            ("raw", passerelle.records.sealed.SealedText(row="raw_digest")),
            ("raw_digest", models.CharField(max_length=64)),
            ("refused_at", models.DateTimeField()),
            ("mended_at", models.DateTimeField(blank=True, null=True)),
            (
                "register",
                models.ForeignKey(
                    on_delete=django.db.models.deletion.CASCADE, related_name="refused_rows", to="records.register"
                ),
            ),
        ],
        options={
            "ordering": ["number", "id"],
            "constraints": [models.UniqueConstraint(fields=("register", "raw_digest"), name="refused_row_once")],
            "indexes": [],
        },
    ),
    migrations.CreateModel(
        name="Draft",
        fields=[
            ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
            ("content", passerelle.records.sealed.SealedJson(default=dict, row="officer_id")),
            ("saved_at", models.DateTimeField()),
            (
                "officer",
                models.OneToOneField(
                    on_delete=django.db.models.deletion.CASCADE, related_name="draft", to=settings.AUTH_USER_MODEL
                ),
            ),
        ],
        options={"indexes": [], "constraints": []},
    ),
    migrations.CreateModel(
        name="Visit",
        fields=[
            ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
            ("thing", models.CharField(max_length=40)),
            ("purpose", models.CharField(max_length=20)),
            ("reason", passerelle.records.sealed.SealedText(blank=True, row="thing")),
            ("begun_at", models.DateTimeField()),
            ("until", models.DateTimeField()),
            (
                "officer",
                models.ForeignKey(
                    on_delete=django.db.models.deletion.CASCADE, related_name="visits", to=settings.AUTH_USER_MODEL
                ),
            ),
        ],
        options={
            "indexes": [models.Index(fields=["officer", "thing", "until"], name="records_vis_officer_6c4f91_idx")],
            "constraints": [],
        },
    ),
    migrations.CreateModel(
        name="Interest",
        fields=[
            ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
            (
                "ref",
                models.CharField(
                    default=passerelle.records.models.dossiers.new_interest_ref, max_length=40, unique=True
                ),
            ),
            ("kind", models.CharField(max_length=10)),
            ("theme", models.CharField(blank=True, max_length=40)),
            ("territory", models.CharField(blank=True, max_length=60)),
            ("purpose", models.CharField(max_length=40)),
            ("legal_basis", passerelle.records.sealed.SealedText()),
            ("until", models.DateField()),
            ("discreet", models.BooleanField(default=False)),
            ("stated_at", models.DateTimeField()),
            (
                "approved_by",
                models.ForeignKey(
                    blank=True,
                    null=True,
                    on_delete=django.db.models.deletion.PROTECT,
                    related_name="+",
                    to=settings.AUTH_USER_MODEL,
                ),
            ),
            (
                "dossier",
                models.OneToOneField(
                    blank=True,
                    null=True,
                    on_delete=django.db.models.deletion.PROTECT,
                    related_name="interest",
                    to="records.dossier",
                ),
            ),
            (
                "stated_by",
                models.ForeignKey(
                    null=True,
                    on_delete=django.db.models.deletion.PROTECT,
                    related_name="+",
                    to=settings.AUTH_USER_MODEL,
                ),
            ),
            (
                "service",
                models.ForeignKey(
                    on_delete=django.db.models.deletion.PROTECT, related_name="interests", to="records.service"
                ),
            ),
            ("salt", models.BinaryField(default=passerelle.records.models.reports.new_salt)),
        ],
        options={
            "indexes": [],
            "constraints": [
                models.CheckConstraint(
                    condition=models.Q(("kind__in", ("dossier", "watch", "rule"))), name="interest_kind"
                ),
                models.CheckConstraint(
                    condition=models.Q(
                        models.Q(("kind", "dossier"), _negated=True), ("dossier__isnull", False), _connector="OR"
                    ),
                    name="interest_of_a_dossier",
                ),
            ],
        },
    ),
    migrations.CreateModel(
        name="Report",
        fields=[
            ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
            (
                "ref",
                models.CharField(default=passerelle.records.models.reports.new_report_ref, max_length=40, unique=True),
            ),
            ("source_grade", models.CharField(default="X", max_length=1)),
            ("information_grade", models.CharField(default="4", max_length=1)),
            ("handling", models.CharField(default="open", max_length=10)),
            ("handling_reason", passerelle.records.sealed.SealedText(blank=True)),
            ("handling_review_on", models.DateField(blank=True, null=True)),
            ("handling_note", passerelle.records.sealed.SealedText(blank=True)),
            ("themes", models.JSONField(default=list)),
            ("territory", models.CharField(blank=True, max_length=60)),
            ("assessment", models.BooleanField(default=False)),
            ("danger_to_life", models.BooleanField(default=False)),
            ("learnt_on", models.DateField(blank=True, null=True)),
            ("version", models.PositiveIntegerField(default=1)),
            ("filed_at", models.DateTimeField()),
            (
                "author",
                models.ForeignKey(
                    null=True,
                    on_delete=django.db.models.deletion.PROTECT,
                    related_name="+",
                    to=settings.AUTH_USER_MODEL,
                ),
            ),
            (
                "dossier",
                models.ForeignKey(
                    blank=True,
                    null=True,
                    on_delete=django.db.models.deletion.PROTECT,
                    related_name="reports",
                    to="records.dossier",
                ),
            ),
            (
                "service",
                models.ForeignKey(
                    on_delete=django.db.models.deletion.PROTECT, related_name="reports", to="records.service"
                ),
            ),
            ("gone", models.CharField(blank=True, default="", max_length=10)),
            ("gone_at", models.DateTimeField(blank=True, null=True)),
            (
                "gone_by",
                models.ForeignKey(
                    blank=True,
                    null=True,
                    on_delete=django.db.models.deletion.PROTECT,
                    related_name="+",
                    to=settings.AUTH_USER_MODEL,
                ),
            ),
            ("gone_ground", models.CharField(blank=True, default="", max_length=30)),
            ("gone_reason", passerelle.records.sealed.SealedText(blank=True, default="")),
            ("restricted_until", models.DateField(blank=True, null=True)),
            ("restriction", models.CharField(blank=True, default="", max_length=30)),
            ("restriction_reason", passerelle.records.sealed.SealedText(blank=True, default="")),
            ("review_on", models.DateField(blank=True, db_index=True, null=True)),
        ],
        options={
            "ordering": ["-filed_at", "-id"],
            "indexes": [models.Index(fields=["service", "-filed_at"], name="records_rep_service_ded7ed_idx")],
            "constraints": [
                models.CheckConstraint(
                    condition=models.Q(("handling__in", ["open", "consent", "sealed"])), name="report_handling"
                ),
                models.CheckConstraint(
                    condition=models.Q(("source_grade__in", ["A", "B", "C", "X"])), name="report_source"
                ),
                models.CheckConstraint(
                    condition=models.Q(("information_grade__in", ["1", "2", "3", "4"])), name="report_information"
                ),
                models.CheckConstraint(
                    condition=models.Q(
                        models.Q(("gone", ""), ("gone_at__isnull", True)),
                        models.Q(("gone__in", ["withdrawn", "erased"]), ("gone_at__isnull", False)),
                        _connector="OR",
                    ),
                    name="report_gone",
                ),
                models.CheckConstraint(
                    condition=models.Q(
                        models.Q(("restricted_until__isnull", True), ("restriction", "")),
                        models.Q(models.Q(("restriction", ""), _negated=True), ("restricted_until__isnull", False)),
                        _connector="OR",
                    ),
                    name="report_restriction_ends",
                ),
            ],
        },
    ),
    migrations.CreateModel(
        name="Subject",
        fields=[
            ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
            (
                "ref",
                models.CharField(
                    default=passerelle.records.models.subjects.new_subject_ref, max_length=40, unique=True
                ),
            ),
            ("local_id", models.CharField(blank=True, max_length=200)),
            ("schema", models.CharField(max_length=30)),
            ("category", models.CharField(default="other", max_length=10)),
            ("caption", passerelle.records.sealed.SealedText()),
            ("properties", passerelle.records.sealed.SealedJson(default=dict)),
            ("spans", models.JSONField(default=list)),
            ("bounded", models.JSONField(default=list)),
            ("recorded_at", models.DateTimeField()),
            ("to_match_at", models.DateTimeField(blank=True, null=True)),
            (
                "dossier",
                models.ForeignKey(
                    blank=True,
                    null=True,
                    on_delete=django.db.models.deletion.CASCADE,
                    related_name="subjects",
                    to="records.dossier",
                ),
            ),
            (
                "report",
                models.ForeignKey(
                    blank=True,
                    null=True,
                    on_delete=django.db.models.deletion.CASCADE,
                    related_name="subjects",
                    to="records.report",
                ),
            ),
            (
                "service",
                models.ForeignKey(
                    on_delete=django.db.models.deletion.PROTECT, related_name="subjects", to="records.service"
                ),
            ),
            (
                "watch",
                models.ForeignKey(
                    blank=True,
                    null=True,
                    on_delete=django.db.models.deletion.CASCADE,
                    related_name="subjects",
                    to="records.interest",
                ),
            ),
            ("counted", models.PositiveIntegerField(default=0)),
            ("dropped_at", models.DateTimeField(blank=True, null=True)),
        ],
        options={
            "ordering": ["id"],
            "indexes": [
                models.Index(
                    condition=models.Q(("to_match_at__isnull", False)),
                    fields=["to_match_at", "id"],
                    name="subject_to_match",
                )
            ],
            "constraints": [
                models.CheckConstraint(
                    condition=models.Q(
                        ("category__in", ["suspect", "contact", "victim", "witness", "child", "other", "none"])
                    ),
                    name="subject_category",
                ),
                models.CheckConstraint(
                    condition=models.Q(
                        models.Q(("dossier__isnull", True), ("report__isnull", False), ("watch__isnull", True)),
                        models.Q(("dossier__isnull", False), ("report__isnull", True), ("watch__isnull", True)),
                        models.Q(("dossier__isnull", True), ("report__isnull", True), ("watch__isnull", False)),
                        _connector="OR",
                    ),
                    name="subject_of_one_thing",
                ),
            ],
        },
    ),
    migrations.CreateModel(
        name="RegisterRow",
        fields=[
            ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
            ("external_id", models.CharField(max_length=200)),
            ("digest", models.CharField(max_length=64)),
            (
                "register",
                models.ForeignKey(
                    db_index=False,
                    on_delete=django.db.models.deletion.CASCADE,
                    related_name="rows",
                    to="records.register",
                ),
            ),
            (
                "report",
                models.OneToOneField(
                    on_delete=django.db.models.deletion.CASCADE, related_name="register_row", to="records.report"
                ),
            ),
        ],
        options={
            "constraints": [models.UniqueConstraint(fields=("register", "external_id"), name="register_row_once")],
            "indexes": [],
        },
    ),
    migrations.CreateModel(
        name="ReportVersion",
        fields=[
            ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
            ("number", models.PositiveIntegerField()),
            ("text", passerelle.records.sealed.SealedText(row="salt")),
            ("language", models.CharField(max_length=2)),
            ("salt", models.BinaryField(default=passerelle.records.models.reports.new_salt)),
            ("said_at", models.DateTimeField()),
            (
                "report",
                models.ForeignKey(
                    on_delete=django.db.models.deletion.CASCADE, related_name="versions", to="records.report"
                ),
            ),
            (
                "said_by",
                models.ForeignKey(
                    null=True,
                    on_delete=django.db.models.deletion.PROTECT,
                    related_name="+",
                    to=settings.AUTH_USER_MODEL,
                ),
            ),
            ("tear_line", passerelle.records.sealed.SealedJson(default=dict, row="salt")),
        ],
        options={
            "constraints": [models.UniqueConstraint(fields=("report", "number"), name="report_version_once")],
            "indexes": [],
        },
    ),
    migrations.CreateModel(
        name="Match",
        fields=[
            ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
            (
                "ref",
                models.CharField(default=passerelle.records.models.matches.new_match_ref, max_length=40, unique=True),
            ),
            ("score", models.FloatField()),
            ("band", models.CharField(max_length=10)),
            ("because", passerelle.records.sealed.SealedJson(default=list)),
            ("evidence", models.CharField(max_length=64)),
            ("verdict", models.CharField(blank=True, max_length=10)),
            ("judged_evidence", models.CharField(blank=True, max_length=64)),
            ("found_at", models.DateTimeField()),
            (
                "left",
                models.ForeignKey(
                    on_delete=django.db.models.deletion.CASCADE, related_name="matches_left", to="records.subject"
                ),
            ),
            (
                "right",
                models.ForeignKey(
                    on_delete=django.db.models.deletion.CASCADE, related_name="matches_right", to="records.subject"
                ),
            ),
            ("salt", models.BinaryField(default=passerelle.records.models.reports.new_salt)),
            ("counted", models.PositiveIntegerField(default=0)),
        ],
        options={
            "ordering": ["-score", "id"],
            "indexes": [],
            "constraints": [
                models.UniqueConstraint(fields=("left", "right"), name="match_once"),
                models.CheckConstraint(condition=models.Q(("left__lt", models.F("right"))), name="match_left_first"),
                models.CheckConstraint(
                    condition=models.Q(("band__in", ["strong", "possible", "none"])), name="match_band"
                ),
                models.CheckConstraint(
                    condition=models.Q(("verdict__in", ["", "same", "different", "unsure"])), name="match_verdict"
                ),
            ],
        },
    ),
    migrations.CreateModel(
        name="Relation",
        fields=[
            ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
            ("kind", models.CharField(max_length=30)),
            (
                "source",
                models.ForeignKey(
                    on_delete=django.db.models.deletion.CASCADE, related_name="relations", to="records.subject"
                ),
            ),
            (
                "target",
                models.ForeignKey(
                    on_delete=django.db.models.deletion.CASCADE, related_name="related_from", to="records.subject"
                ),
            ),
        ],
        options={
            "indexes": [],
            "constraints": [models.UniqueConstraint(fields=("source", "kind", "target"), name="relation_once")],
        },
    ),
    migrations.CreateModel(
        name="Key",
        fields=[
            ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
            ("kind", models.CharField(max_length=20)),
            ("value", models.BigIntegerField()),
            (
                "service",
                models.ForeignKey(
                    db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name="+", to="records.service"
                ),
            ),
            (
                "subject",
                models.ForeignKey(
                    db_index=False,
                    on_delete=django.db.models.deletion.CASCADE,
                    related_name="keys",
                    to="records.subject",
                ),
            ),
        ],
        options={
            "indexes": [models.Index(fields=["value", "service", "subject"], name="key_value")],
            "constraints": [models.UniqueConstraint(fields=("subject", "value"), name="key_once")],
        },
    ),
    migrations.CreateModel(
        name="Judgement",
        fields=[
            ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
            ("verdict", models.CharField(max_length=10)),
            ("reason", passerelle.records.sealed.SealedText(blank=True, row="match_id")),
            ("evidence", models.CharField(max_length=64)),
            ("judged_at", models.DateTimeField()),
            ("taken_back_at", models.DateTimeField(blank=True, null=True)),
            (
                "officer",
                models.ForeignKey(
                    on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                ),
            ),
            (
                "match",
                models.ForeignKey(
                    on_delete=django.db.models.deletion.CASCADE, related_name="judgements", to="records.match"
                ),
            ),
        ],
        options={"ordering": ["judged_at", "id"], "indexes": [], "constraints": []},
    ),
]
