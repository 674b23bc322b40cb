"""The tables of what follows a telling: orders, grants, corrections, reviews, requests, samples, proposals."""

from django.conf import settings
from django.db import migrations, models
import django.db.models.deletion
import passerelle.records.models.corrections
import passerelle.records.models.grants
import passerelle.records.models.oversight
import passerelle.records.models.proposals
import passerelle.records.models.reports
import passerelle.records.models.requests
import passerelle.records.models.reviews
import passerelle.records.sealed

TABLES = [
    migrations.CreateModel(
        name="Sample",
        fields=[
            ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
            (
                "ref",
                models.CharField(
                    default=passerelle.records.models.oversight.new_sample_ref, max_length=40, unique=True
                ),
            ),
            ("kind", models.CharField(max_length=15)),
            ("drawn_at", models.DateTimeField()),
            ("since", models.DateTimeField(blank=True, null=True)),
            ("ledger_size", models.PositiveBigIntegerField()),
            ("ledger_root", models.CharField(max_length=64)),
            ("population", models.PositiveIntegerField()),
            (
                "drawn_by",
                models.ForeignKey(
                    on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                ),
            ),
        ],
        options={
            "ordering": ["-drawn_at", "-id"],
            "indexes": [],
            "constraints": [
                models.CheckConstraint(
                    condition=models.Q(("kind__in", ["reads", "withholdings", "glass"])), name="sample_kind"
                )
            ],
        },
    ),
    migrations.CreateModel(
        name="SampleItem",
        fields=[
            ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
            ("thing", models.CharField(max_length=60)),
            ("why", models.CharField(max_length=20)),
            ("outcome", models.CharField(blank=True, max_length=12)),
            ("note", passerelle.records.sealed.SealedText(blank=True, row="salt")),
            ("salt", models.BinaryField(default=passerelle.records.models.reports.new_salt)),
            ("examined_at", models.DateTimeField(blank=True, null=True)),
            (
                "examined_by",
                models.ForeignKey(
                    blank=True,
                    null=True,
                    on_delete=django.db.models.deletion.PROTECT,
                    related_name="+",
                    to=settings.AUTH_USER_MODEL,
                ),
            ),
            (
                "sample",
                models.ForeignKey(
                    on_delete=django.db.models.deletion.CASCADE, related_name="items", to="records.sample"
                ),
            ),
        ],
        options={
            "ordering": ["id"],
            "indexes": [],
            "constraints": [
                models.UniqueConstraint(fields=("sample", "thing"), name="sample_item_once"),
                models.CheckConstraint(
                    condition=models.Q(("outcome__in", ["", "in_order", "follow_up"])), name="sample_outcome"
                ),
            ],
        },
    ),
    migrations.CreateModel(
        name="Order",
        fields=[
            ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
            (
                "ref",
                models.CharField(default=passerelle.records.models.oversight.new_order_ref, max_length=40, unique=True),
            ),
            ("reason", passerelle.records.sealed.SealedText()),
            ("salt", models.BinaryField(default=passerelle.records.models.reports.new_salt)),
            ("ordered_at", models.DateTimeField()),
            (
                "duty",
                models.ForeignKey(
                    on_delete=django.db.models.deletion.PROTECT, related_name="orders", to="records.duty"
                ),
            ),
            (
                "ordered_by",
                models.ForeignKey(
                    on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                ),
            ),
        ],
        options={"indexes": [], "constraints": []},
    ),
    migrations.CreateModel(
        name="Proposal",
        fields=[
            ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
            (
                "ref",
                models.CharField(
                    default=passerelle.records.models.proposals.new_proposal_ref, max_length=40, unique=True
                ),
            ),
            ("kind", models.CharField(max_length=10)),
            ("content", passerelle.records.sealed.SealedJson(default=dict)),
            ("salt", models.BinaryField(default=passerelle.records.models.reports.new_salt)),
            ("asked_at", models.DateTimeField()),
            ("outcome", models.CharField(blank=True, max_length=10)),
            (
                "asked_by",
                models.ForeignKey(
                    on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                ),
            ),
            (
                "interest",
                models.OneToOneField(
                    blank=True,
                    null=True,
                    on_delete=django.db.models.deletion.PROTECT,
                    related_name="proposal",
                    to="records.interest",
                ),
            ),
            (
                "review",
                models.OneToOneField(
                    on_delete=django.db.models.deletion.PROTECT, related_name="proposal", to="records.duty"
                ),
            ),
            (
                "service",
                models.ForeignKey(
                    on_delete=django.db.models.deletion.PROTECT, related_name="proposals", to="records.service"
                ),
            ),
        ],
        options={
            "ordering": ["-asked_at", "-id"],
            "constraints": [
                models.CheckConstraint(condition=models.Q(("kind__in", ["watch", "rule"])), name="proposal_kind"),
                models.CheckConstraint(
                    condition=models.Q(
                        models.Q(("interest__isnull", True), ("outcome__in", ["", "refused"])),
                        models.Q(("interest__isnull", False), ("outcome", "approved")),
                        _connector="OR",
                    ),
                    name="proposal_outcome",
                ),
            ],
            "indexes": [],
        },
    ),
    migrations.CreateModel(
        name="PeriodicReview",
        fields=[
            ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
            (
                "ref",
                models.CharField(default=passerelle.records.models.reviews.new_review_ref, max_length=40, unique=True),
            ),
            ("of", models.CharField(max_length=12)),
            ("due_on", models.DateField()),
            ("outcome", models.CharField(blank=True, max_length=8)),
            ("reason", passerelle.records.sealed.SealedText(blank=True)),
            ("salt", models.BinaryField(default=passerelle.records.models.reports.new_salt)),
            ("decided_at", models.DateTimeField(blank=True, null=True)),
            ("next_on", models.DateField(blank=True, null=True)),
            (
                "decided_by",
                models.ForeignKey(
                    blank=True,
                    null=True,
                    on_delete=django.db.models.deletion.PROTECT,
                    related_name="+",
                    to=settings.AUTH_USER_MODEL,
                ),
            ),
            (
                "duty",
                models.OneToOneField(
                    on_delete=django.db.models.deletion.PROTECT, related_name="periodic", to="records.duty"
                ),
            ),
            (
                "report",
                models.ForeignKey(
                    on_delete=django.db.models.deletion.PROTECT, related_name="reviews", to="records.report"
                ),
            ),
        ],
        options={
            "ordering": ["due_on", "id"],
            "indexes": [],
            "constraints": [
                models.CheckConstraint(
                    condition=models.Q(("of__in", ["retention", "handling", "restriction"])), name="periodic_of"
                ),
                models.UniqueConstraint(
                    condition=models.Q(("outcome", "")), fields=("report", "of"), name="periodic_review_once"
                ),
            ],
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
            (
                "answered_by",
                models.ForeignKey(
                    blank=True,
                    null=True,
                    on_delete=django.db.models.deletion.PROTECT,
                    related_name="+",
                    to=settings.AUTH_USER_MODEL,
                ),
            ),
            (
                "duty",
                models.OneToOneField(
                    on_delete=django.db.models.deletion.PROTECT, related_name="person_request", to="records.duty"
                ),
            ),
            (
                "holder",
                models.ForeignKey(
                    on_delete=django.db.models.deletion.PROTECT, related_name="requests_to_answer", to="records.service"
                ),
            ),
            (
                "recorded_by",
                models.ForeignKey(
                    on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                ),
            ),
            (
                "service",
                models.ForeignKey(
                    on_delete=django.db.models.deletion.PROTECT, related_name="requests", to="records.service"
                ),
            ),
        ],
        options={
            "ordering": ["-recorded_at", "-id"],
            "indexes": [],
            "constraints": [
                models.CheckConstraint(condition=models.Q(("way__in", ("direct", "authority"))), name="request_way")
            ],
        },
    ),
    migrations.CreateModel(
        name="Grant",
        fields=[
            ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
            (
                "ref",
                models.CharField(default=passerelle.records.models.grants.new_grant_ref, max_length=40, unique=True),
            ),
            ("kind", models.CharField(max_length=10)),
            ("report_version", models.PositiveIntegerField()),
            ("form", models.CharField(max_length=10)),
            ("content", passerelle.records.sealed.SealedJson(default=dict)),
            ("reason", passerelle.records.sealed.SealedText()),
            ("salt", models.BinaryField(default=passerelle.records.models.reports.new_salt)),
            ("given_at", models.DateTimeField()),
            ("until", models.DateTimeField()),
            ("ended_at", models.DateTimeField(blank=True, null=True)),
            ("outcome", models.CharField(blank=True, max_length=12)),
            (
                "delivery",
                models.ForeignKey(
                    blank=True,
                    null=True,
                    on_delete=django.db.models.deletion.PROTECT,
                    related_name="grants",
                    to="records.delivery",
                ),
            ),
            (
                "ended_by",
                models.ForeignKey(
                    blank=True,
                    null=True,
                    on_delete=django.db.models.deletion.PROTECT,
                    related_name="+",
                    to=settings.AUTH_USER_MODEL,
                ),
            ),
            (
                "given_by",
                models.ForeignKey(
                    on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                ),
            ),
            (
                "officer",
                models.ForeignKey(
                    on_delete=django.db.models.deletion.PROTECT, related_name="grants", to=settings.AUTH_USER_MODEL
                ),
            ),
            (
                "report",
                models.ForeignKey(
                    on_delete=django.db.models.deletion.PROTECT, related_name="grants", to="records.report"
                ),
            ),
            (
                "review",
                models.OneToOneField(
                    blank=True,
                    null=True,
                    on_delete=django.db.models.deletion.PROTECT,
                    related_name="grant",
                    to="records.duty",
                ),
            ),
        ],
        options={
            "ordering": ["-given_at", "-id"],
            "constraints": [
                models.CheckConstraint(condition=models.Q(("kind__in", ["glass", "given"])), name="grant_kind"),
                models.CheckConstraint(
                    condition=models.Q(("form__in", ["whole", "extract", "pointer"])), name="grant_form"
                ),
                models.CheckConstraint(condition=models.Q(("until__gt", models.F("given_at"))), name="grant_ends"),
                models.CheckConstraint(
                    condition=models.Q(("outcome__in", ["", "justified", "unjustified"])), name="grant_outcome"
                ),
                models.CheckConstraint(
                    condition=models.Q(
                        models.Q(("kind", "glass"), _negated=True), ("review__isnull", False), _connector="OR"
                    ),
                    name="grant_glass_is_reviewed",
                ),
            ],
            "indexes": [],
        },
    ),
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
            (
                "delivery",
                models.ForeignKey(
                    on_delete=django.db.models.deletion.PROTECT, related_name="corrections", to="records.delivery"
                ),
            ),
            (
                "duty",
                models.ForeignKey(
                    blank=True,
                    null=True,
                    on_delete=django.db.models.deletion.PROTECT,
                    related_name="corrections",
                    to="records.duty",
                ),
            ),
            (
                "received_by",
                models.ForeignKey(
                    blank=True,
                    null=True,
                    on_delete=django.db.models.deletion.PROTECT,
                    related_name="+",
                    to=settings.AUTH_USER_MODEL,
                ),
            ),
            (
                "recipient",
                models.ForeignKey(
                    on_delete=django.db.models.deletion.PROTECT, related_name="corrections", to="records.service"
                ),
            ),
            (
                "report",
                models.ForeignKey(
                    on_delete=django.db.models.deletion.PROTECT, related_name="corrections", to="records.report"
                ),
            ),
        ],
        options={
            "ordering": ["asked_at", "id"],
            "indexes": [],
            "constraints": [
                models.CheckConstraint(
                    condition=models.Q(
                        ("kind__in", ["corrected", "withdrawn", "erased", "parted", "restricted", "lifted"])
                    ),
                    name="correction_kind",
                ),
                models.CheckConstraint(
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
            ],
        },
    ),
    migrations.CreateModel(
        name="RequestPart",
        fields=[
            ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
            (
                "ref",
                models.CharField(default=passerelle.records.models.requests.new_part_ref, max_length=40, unique=True),
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
            (
                "answered_by",
                models.ForeignKey(
                    blank=True,
                    null=True,
                    on_delete=django.db.models.deletion.PROTECT,
                    related_name="+",
                    to=settings.AUTH_USER_MODEL,
                ),
            ),
            (
                "duty",
                models.OneToOneField(
                    on_delete=django.db.models.deletion.PROTECT, related_name="request_part", to="records.duty"
                ),
            ),
            (
                "request",
                models.ForeignKey(
                    on_delete=django.db.models.deletion.PROTECT, related_name="parts", to="records.personrequest"
                ),
            ),
            (
                "service",
                models.ForeignKey(
                    on_delete=django.db.models.deletion.PROTECT, related_name="request_parts", to="records.service"
                ),
            ),
        ],
        options={
            "ordering": ["id"],
            "indexes": [],
            "constraints": [models.UniqueConstraint(fields=("request", "service"), name="request_part_once")],
        },
    ),
]
