"""The tables of services, of who works for them, and of how they and their programs sign in."""

from django.conf import settings
from django.db import migrations, models
import django.db.models.deletion
import passerelle.records.models.accounts
import passerelle.records.models.channels
import passerelle.records.models.factors
import passerelle.records.models.identities
import passerelle.records.models.reports
import passerelle.records.models.services
import passerelle.records.sealed

TABLES = [
    migrations.CreateModel(
        name="Service",
        fields=[
            ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
            ("key", models.SlugField(max_length=60, unique=True)),
            ("name", models.CharField(max_length=200)),
            ("kind", models.CharField(max_length=30)),
            ("languages", models.JSONField(default=list)),
            ("territories", models.JSONField(default=list)),
            ("themes", models.JSONField(default=list)),
            ("desk_address", models.CharField(blank=True, max_length=200)),
            ("joined_at", models.DateTimeField()),
            ("closed_at", models.DateTimeField(blank=True, null=True)),
            ("place", models.CharField(blank=True, max_length=20)),
            (
                "successor",
                models.ForeignKey(
                    blank=True,
                    null=True,
                    on_delete=django.db.models.deletion.PROTECT,
                    related_name="took_over",
                    to="records.service",
                ),
            ),
        ],
        options={"ordering": ["name"], "indexes": [], "constraints": []},
    ),
    migrations.CreateModel(
        name="Attempt",
        fields=[
            ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
            ("kind", models.CharField(max_length=10)),
            ("key", models.CharField(max_length=64)),
            ("tried_at", models.DateTimeField()),
        ],
        options={
            "indexes": [models.Index(fields=["key", "tried_at"], name="records_att_key_589824_idx")],
            "constraints": [
                models.CheckConstraint(condition=models.Q(("kind__in", ["account", "address"])), name="attempt_kind")
            ],
        },
    ),
    migrations.CreateModel(
        name="Officer",
        fields=[
            ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
            ("password", models.CharField(max_length=128, verbose_name="password")),
            ("last_login", models.DateTimeField(blank=True, null=True, verbose_name="last login")),
            (
                "ref",
                models.CharField(
                    default=passerelle.records.models.services.new_officer_ref, max_length=40, unique=True
                ),
            ),
            ("username", models.CharField(max_length=60, unique=True)),
            ("name", models.CharField(max_length=200)),
            (
                "role",
                models.CharField(
                    choices=[
                        ("officer", "officer"),
                        ("desk", "desk"),
                        ("supervisor", "supervisor"),
                        ("head", "head"),
                        ("oversight", "oversight"),
                        ("administrator", "administrator"),
                    ],
                    max_length=20,
                ),
            ),
            ("language", models.CharField(default="en", max_length=2)),
            ("languages_read", models.JSONField(default=list)),
            ("away_until", models.DateTimeField(blank=True, null=True)),
            ("is_active", models.BooleanField(default=True)),
            (
                "deputy",
                models.ForeignKey(
                    blank=True,
                    null=True,
                    on_delete=django.db.models.deletion.SET_NULL,
                    related_name="+",
                    to=settings.AUTH_USER_MODEL,
                ),
            ),
            (
                "service",
                models.ForeignKey(
                    on_delete=django.db.models.deletion.PROTECT, related_name="officers", to="records.service"
                ),
            ),
            ("second_since", models.DateTimeField(blank=True, null=True)),
        ],
        options={"ordering": ["name"], "indexes": [], "constraints": []},
    ),
    migrations.CreateModel(
        name="FactorReset",
        fields=[
            ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
            (
                "ref",
                models.CharField(default=passerelle.records.models.factors.new_reset_ref, max_length=40, unique=True),
            ),
            ("reason", passerelle.records.sealed.SealedText()),
            ("salt", models.BinaryField(default=passerelle.records.models.reports.new_salt)),
            ("reset_at", models.DateTimeField()),
            (
                "by",
                models.ForeignKey(
                    blank=True,
                    null=True,
                    on_delete=django.db.models.deletion.PROTECT,
                    related_name="+",
                    to=settings.AUTH_USER_MODEL,
                ),
            ),
            (
                "officer",
                models.ForeignKey(
                    on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                ),
            ),
        ],
        options={"indexes": [], "constraints": []},
    ),
    migrations.CreateModel(
        name="Factor",
        fields=[
            ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
            (
                "ref",
                models.CharField(default=passerelle.records.models.factors.new_factor_ref, max_length=40, unique=True),
            ),
            ("kind", models.CharField(max_length=10)),
            ("name", models.CharField(blank=True, max_length=60)),
            ("secret", passerelle.records.sealed.SealedText()),
            ("last_step", models.BigIntegerField(default=0)),
            ("added_at", models.DateTimeField()),
            ("used_at", models.DateTimeField(blank=True, null=True)),
            (
                "officer",
                models.ForeignKey(
                    on_delete=django.db.models.deletion.PROTECT, related_name="factors", to=settings.AUTH_USER_MODEL
                ),
            ),
            ("digest", models.CharField(blank=True, default="", max_length=64)),
        ],
        options={
            "ordering": ["added_at", "id"],
            "constraints": [
                models.CheckConstraint(condition=models.Q(("kind__in", ["app", "passkey"])), name="factor_kind"),
                models.UniqueConstraint(
                    condition=models.Q(("kind", "app")), fields=("officer",), name="factor_one_app"
                ),
                models.UniqueConstraint(
                    condition=models.Q(("digest", ""), _negated=True), fields=("digest",), name="factor_one_digest"
                ),
            ],
            "indexes": [],
        },
    ),
    migrations.CreateModel(
        name="RecoveryCode",
        fields=[
            ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
            ("digest", models.CharField(max_length=64)),
            ("used_at", models.DateTimeField(blank=True, null=True)),
            (
                "officer",
                models.ForeignKey(
                    on_delete=django.db.models.deletion.CASCADE,
                    related_name="recovery_codes",
                    to=settings.AUTH_USER_MODEL,
                ),
            ),
        ],
        options={
            "constraints": [models.UniqueConstraint(fields=("officer", "digest"), name="recovery_code_once")],
            "indexes": [],
        },
    ),
    migrations.CreateModel(
        name="Account",
        fields=[
            ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
            (
                "ref",
                models.CharField(
                    default=passerelle.records.models.accounts.new_account_ref, max_length=40, unique=True
                ),
            ),
            ("scopes", models.JSONField(default=list)),
            ("added_at", models.DateTimeField()),
            ("ended_at", models.DateTimeField(blank=True, null=True)),
            (
                "officer",
                models.OneToOneField(
                    on_delete=django.db.models.deletion.PROTECT, related_name="account", to=settings.AUTH_USER_MODEL
                ),
            ),
        ],
        options={"ordering": ["added_at", "id"], "indexes": [], "constraints": []},
    ),
    migrations.CreateModel(
        name="Identity",
        fields=[
            ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
            (
                "ref",
                models.CharField(
                    default=passerelle.records.models.identities.new_identity_ref, max_length=40, unique=True
                ),
            ),
            ("issuer", models.CharField(max_length=300)),
            ("subject", models.CharField(max_length=255)),
            ("salt", models.BinaryField(default=passerelle.records.models.reports.new_salt)),
            ("linked_at", models.DateTimeField()),
            ("used_at", models.DateTimeField(blank=True, null=True)),
            (
                "linked_by",
                models.ForeignKey(
                    blank=True,
                    null=True,
                    on_delete=django.db.models.deletion.PROTECT,
                    related_name="+",
                    to=settings.AUTH_USER_MODEL,
                ),
            ),
            (
                "officer",
                models.ForeignKey(
                    on_delete=django.db.models.deletion.PROTECT, related_name="identities", to=settings.AUTH_USER_MODEL
                ),
            ),
        ],
        options={
            "verbose_name_plural": "identities",
            "indexes": [],
            "constraints": [
                models.UniqueConstraint(fields=("issuer", "subject"), name="identity_one_officer"),
                models.UniqueConstraint(fields=("issuer", "officer"), name="identity_one_each"),
            ],
        },
    ),
    migrations.CreateModel(
        name="Channel",
        fields=[
            ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
            (
                "ref",
                models.CharField(
                    default=passerelle.records.models.channels.new_channel_ref, max_length=40, unique=True
                ),
            ),
            ("kind", models.CharField(max_length=10)),
            ("address", passerelle.records.sealed.SealedText()),
            ("language", models.CharField(max_length=2)),
            ("added_at", models.DateTimeField()),
            ("ended_at", models.DateTimeField(blank=True, null=True)),
            ("told_at", models.DateTimeField(blank=True, null=True)),
            (
                "officer",
                models.ForeignKey(
                    blank=True,
                    null=True,
                    on_delete=django.db.models.deletion.PROTECT,
                    related_name="channels",
                    to=settings.AUTH_USER_MODEL,
                ),
            ),
            (
                "service",
                models.ForeignKey(
                    on_delete=django.db.models.deletion.PROTECT, related_name="channels", to="records.service"
                ),
            ),
        ],
        options={
            "ordering": ["added_at", "id"],
            "indexes": [],
            "constraints": [
                models.CheckConstraint(condition=models.Q(("kind__in", ["email", "webhook"])), name="channel_kind")
            ],
        },
    ),
    migrations.CreateModel(
        name="AccountKey",
        fields=[
            ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
            (
                "ref",
                models.CharField(default=passerelle.records.models.accounts.new_key_ref, max_length=40, unique=True),
            ),
            ("public", models.CharField(max_length=44, unique=True)),
            ("added_at", models.DateTimeField()),
            ("until", models.DateTimeField(blank=True, null=True)),
            (
                "account",
                models.ForeignKey(
                    on_delete=django.db.models.deletion.PROTECT, related_name="keys", to="records.account"
                ),
            ),
        ],
        options={"ordering": ["added_at", "id"], "indexes": [], "constraints": []},
    ),
    migrations.CreateModel(
        name="Command",
        fields=[
            ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
            ("key", models.CharField(max_length=64)),
            ("request", models.CharField(max_length=64)),
            ("made", models.CharField(blank=True, max_length=40)),
            ("done_at", models.DateTimeField()),
            (
                "account",
                models.ForeignKey(
                    on_delete=django.db.models.deletion.CASCADE, related_name="commands", to="records.account"
                ),
            ),
        ],
        options={
            "indexes": [models.Index(fields=["done_at"], name="records_com_done_at_fdf79c_idx")],
            "constraints": [models.UniqueConstraint(fields=("account", "key"), name="command_once")],
        },
    ),
    migrations.CreateModel(
        name="Nonce",
        fields=[
            ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
            ("digest", models.CharField(max_length=64)),
            ("asked_at", models.DateTimeField()),
            ("until", models.DateTimeField()),
            (
                "key",
                models.ForeignKey(
                    on_delete=django.db.models.deletion.CASCADE, related_name="nonces", to="records.accountkey"
                ),
            ),
        ],
        options={
            "indexes": [models.Index(fields=["until"], name="records_non_until_3ccd70_idx")],
            "constraints": [models.UniqueConstraint(fields=("key", "digest"), name="nonce_once")],
        },
    ),
]
