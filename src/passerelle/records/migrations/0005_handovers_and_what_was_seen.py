"""What one shift leaves to the next, the pair a clerk has before them, and what stood in a pair when it was judged."""

import django.db.models.deletion
import passerelle.records.models.handovers
import passerelle.records.models.reports
import passerelle.records.sealed
from django.conf import settings
from django.db import migrations, models


HOUSE = "passerelle_sees() = 'house'"
WATCHES = "passerelle_role() = 'oversight'"
DESK = "passerelle_role() IN ('desk', 'supervisor', 'head')"
MINE = "passerelle_service()"
SEEN = {
    "handover": f"service_id = {MINE}",
    "reservation": f"officer_id IN (SELECT id FROM records_officer WHERE service_id = {MINE})",
}


def build(apps, schema_editor):
    """The second wall (0012) around the new tables."""
    if schema_editor.connection.vendor != "postgresql":
        return
    for table, rows in SEEN.items():
        name = f"records_{table}"
        reader = f"{HOUSE} OR (passerelle_sees() = 'reader' AND ({WATCHES} OR ({DESK} AND ({rows}))))"
        schema_editor.execute(f"CREATE POLICY house ON {name} USING ({HOUSE}) WITH CHECK ({HOUSE})", params=None)
        schema_editor.execute(f"CREATE POLICY reader ON {name} FOR SELECT USING ({reader})", params=None)
        schema_editor.execute(f"ALTER TABLE {name} ENABLE ROW LEVEL SECURITY", params=None)
        schema_editor.execute(f"ALTER TABLE {name} FORCE ROW LEVEL SECURITY", params=None)


class Migration(migrations.Migration):

    dependencies = [
        ('records', '0004_questions_of_a_dossier'),
    ]

    operations = [
        migrations.AddField(
            model_name='judgement',
            name='seen',
            field=passerelle.records.sealed.SealedJson(default=dict, row='match_id'),
        ),
        migrations.AddField(
            model_name='match',
            name='weighed_at',
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.CreateModel(
            name='Handover',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('ref', models.CharField(default=passerelle.records.models.handovers.new_handover_ref, max_length=40, unique=True)),
                ('note', passerelle.records.sealed.SealedText()),
                ('salt', models.BinaryField(default=passerelle.records.models.reports.new_salt)),
                ('open_count', models.PositiveIntegerField(default=0)),
                ('late_count', models.PositiveIntegerField(default=0)),
                ('signed_at', models.DateTimeField()),
                ('until', models.DateTimeField()),
                ('taken_at', models.DateTimeField(blank=True, null=True)),
                ('level', models.PositiveSmallIntegerField(default=0)),
                ('next_event_at', models.DateTimeField(blank=True, null=True)),
                ('service', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='handovers', to='records.service')),
                ('signed_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('taken_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'ordering': ['-signed_at', '-id'],
                'indexes': [models.Index(condition=models.Q(('next_event_at__isnull', False)), fields=['next_event_at'], name='handover_next_event')],
                'constraints': [models.CheckConstraint(condition=models.Q(('until__gt', models.F('signed_at'))), name='handover_ends'), models.CheckConstraint(condition=models.Q(models.Q(('taken_at__isnull', True), ('taken_by__isnull', True)), models.Q(('next_event_at__isnull', True), ('taken_at__isnull', False), ('taken_by__isnull', False)), _connector='OR'), name='handover_taken_by_somebody')],
            },
        ),
        migrations.CreateModel(
            name='Reservation',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('since', models.DateTimeField()),
                ('until', models.DateTimeField()),
                ('beforehand', models.BooleanField(default=False)),
                ('duty', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='reservation', to='records.duty')),
                ('officer', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='reservations', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'indexes': [models.Index(fields=['officer', 'until'], name='records_res_officer_1a11c9_idx')],
            },
        ),
        migrations.RunPython(build, migrations.RunPython.noop),
    ]
