"""What outsiders hold of the ledger: checkpoints, witnesses, and gaps that a named person answered for."""

import passerelle.records.models.reports
import passerelle.records.models.witnesses
import passerelle.records.sealed
from django.db import migrations, models


POLICY = (
    "CREATE POLICY house ON records_gap USING (passerelle_sees() = 'house') WITH CHECK (passerelle_sees() = 'house')",
    "ALTER TABLE records_gap ENABLE ROW LEVEL SECURITY",
    "ALTER TABLE records_gap FORCE ROW LEVEL SECURITY",
)


def build(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        for command in POLICY:
            schema_editor.execute(command, params=None)


class Migration(migrations.Migration):

    dependencies = [
        ('records', '0014_accounts'),
    ]

    operations = [
        migrations.CreateModel(
            name='Checkpoint',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('size', models.BigIntegerField(unique=True)),
                ('root', models.CharField(max_length=64)),
                ('frontier', models.BinaryField()),
                ('note', models.TextField()),
                ('made_at', models.DateTimeField()),
            ],
            options={
                'ordering': ['size'],
            },
        ),
        migrations.CreateModel(
            name='Gap',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('ref', models.CharField(default=passerelle.records.models.witnesses.new_gap_ref, max_length=40, unique=True)),
                ('size', models.BigIntegerField()),
                ('known', models.BigIntegerField()),
                ('signed_by', passerelle.records.sealed.SealedText()),
                ('reason', passerelle.records.sealed.SealedText()),
                ('salt', models.BinaryField(default=passerelle.records.models.reports.new_salt)),
                ('signed_at', models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name='Witness',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=120, unique=True)),
                ('seen_size', models.BigIntegerField(default=0)),
                ('vouched_at', models.DateTimeField(blank=True, null=True)),
                ('asked_at', models.DateTimeField(blank=True, null=True)),
                ('trouble', models.TextField(blank=True)),
                ('alarm', models.BooleanField(default=False)),
            ],
        ),
        migrations.RunPython(build, migrations.RunPython.noop),
    ]
