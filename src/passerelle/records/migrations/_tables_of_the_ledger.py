"""The tables of the ledger, of who vouches for it, and of the heartbeat."""

import datetime
from django.db import migrations, models
import passerelle.records.models.reports
import passerelle.records.models.witnesses
import passerelle.records.sealed

TABLES = [
    migrations.CreateModel(
        name="Heartbeat",
        fields=[
            ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
            ("name", models.CharField(max_length=20, unique=True)),
            ("beat_at", models.DateTimeField()),
        ],
        options={"indexes": [], "constraints": []},
    ),
    migrations.CreateModel(
        name="LedgerHead",
        fields=[
            ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
            ("name", models.CharField(default="ledger", max_length=10, unique=True)),
            ("size", models.BigIntegerField(default=0)),
            ("frontier", models.BinaryField(default=bytes)),
            ("last_at", models.DateTimeField(blank=True, null=True)),
            ("ahead", models.DurationField(default=datetime.timedelta)),
            ("back_at", models.DateTimeField(blank=True, null=True)),
            ("seen_at", models.DateTimeField(blank=True, null=True)),
        ],
        options={"indexes": [], "constraints": []},
    ),
    migrations.CreateModel(
        name="LedgerLine",
        fields=[
            ("index", models.BigIntegerField(primary_key=True, serialize=False)),
            ("kind", models.CharField(max_length=30)),
            ("entry", models.TextField()),
            ("leaf", models.CharField(max_length=64)),
        ],
        options={"ordering": ["index"], "indexes": [], "constraints": []},
    ),
    migrations.CreateModel(
        name="Checkpoint",
        fields=[
            ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
            ("size", models.BigIntegerField(unique=True)),
            ("root", models.CharField(max_length=64)),
            ("frontier", models.BinaryField()),
            ("note", models.TextField()),
            ("made_at", models.DateTimeField()),
        ],
        options={"ordering": ["size"], "indexes": [], "constraints": []},
    ),
    migrations.CreateModel(
        name="Gap",
        fields=[
            ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
            (
                "ref",
                models.CharField(default=passerelle.records.models.witnesses.new_gap_ref, max_length=40, unique=True),
            ),
            ("size", models.BigIntegerField()),
            ("known", models.BigIntegerField()),
            ("signed_by", passerelle.records.sealed.SealedText()),
            ("reason", passerelle.records.sealed.SealedText()),
            ("salt", models.BinaryField(default=passerelle.records.models.reports.new_salt)),
            ("signed_at", models.DateTimeField()),
        ],
        options={"indexes": [], "constraints": []},
    ),
    migrations.CreateModel(
        name="Witness",
        fields=[
            ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
            ("name", models.CharField(max_length=120, unique=True)),
            ("seen_size", models.BigIntegerField(default=0)),
            ("vouched_at", models.DateTimeField(blank=True, null=True)),
            ("asked_at", models.DateTimeField(blank=True, null=True)),
            ("trouble", models.TextField(blank=True)),
            ("alarm", models.BooleanField(default=False)),
        ],
        options={"indexes": [], "constraints": []},
    ),
]
