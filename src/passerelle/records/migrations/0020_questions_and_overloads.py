"""Questions and answers, overloads that were signed, a service's place, and who took over from a closed one."""

import django.db.models.deletion
import passerelle.records.models.overloads
import passerelle.records.models.questions
import passerelle.records.models.reports
import passerelle.records.sealed
from django.conf import settings
from django.db import migrations, models


HOUSE = "passerelle_sees() = 'house'"
WATCHES = "passerelle_role() = 'oversight'"
WORKS = "passerelle_role() IN ('officer', 'desk', 'supervisor', 'head')"
DESK = "passerelle_role() IN ('desk', 'supervisor', 'head')"
MINE, ME = "passerelle_service()", "passerelle_officer()"
SEEN = {
    "question": f"""service_id = {MINE} OR duty_id IN (SELECT id FROM records_duty WHERE kind = 'answer' AND (
        ({DESK} AND (service_id = {MINE} OR holder_id = {MINE}))
        OR (passerelle_role() = 'officer' AND holder_id = {MINE} AND officer_id = {ME})))""",
    "overload": f"service_id = {MINE}",
}


def build(apps, schema_editor):
    """The second wall (0012) around the new tables."""
    if schema_editor.connection.vendor != "postgresql":
        return
    for table, rows in SEEN.items():
        name = f"records_{table}"
        reader = f"{HOUSE} OR (passerelle_sees() = 'reader' AND ({WATCHES} OR ({WORKS} AND ({rows}))))"
        schema_editor.execute(f"CREATE POLICY house ON {name} USING ({HOUSE}) WITH CHECK ({HOUSE})", params=None)
        schema_editor.execute(f"CREATE POLICY reader ON {name} FOR SELECT USING ({reader})", params=None)
        schema_editor.execute(f"ALTER TABLE {name} ENABLE ROW LEVEL SECURITY", params=None)
        schema_editor.execute(f"ALTER TABLE {name} FORCE ROW LEVEL SECURITY", params=None)


class Migration(migrations.Migration):

    dependencies = [
        ('records', '0019_outbox'),
    ]

    operations = [
        migrations.AddField(
            model_name='duty',
            name='came_through',
            field=models.JSONField(default=list),
        ),
        migrations.AddField(
            model_name='service',
            name='closed_at',
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name='service',
            name='place',
            field=models.CharField(blank=True, max_length=20),
        ),
        migrations.AddField(
            model_name='service',
            name='successor',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='took_over', to='records.service'),
        ),
        migrations.CreateModel(
            name='Overload',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('ref', models.CharField(default=passerelle.records.models.overloads.new_overload_ref, max_length=40, unique=True)),
                ('kind', models.CharField(max_length=12)),
                ('reason', passerelle.records.sealed.SealedText()),
                ('salt', models.BinaryField(default=passerelle.records.models.reports.new_salt)),
                ('signed_at', models.DateTimeField()),
                ('until', models.DateTimeField()),
                ('outcome', models.CharField(blank=True, max_length=10)),
                ('ended_at', models.DateTimeField(blank=True, null=True)),
                ('review', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='overload', to='records.duty')),
                ('service', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='overloads', to='records.service')),
                ('signed_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'ordering': ['-signed_at', '-id'],
                'constraints': [models.UniqueConstraint(condition=models.Q(('ended_at__isnull', True)), fields=('service', 'kind'), name='overload_once'), models.CheckConstraint(condition=models.Q(('until__gt', models.F('signed_at'))), name='overload_ends'), models.CheckConstraint(condition=models.Q(('outcome__in', ['', 'upheld', 'overturned'])), name='overload_outcome')],
            },
        ),
        migrations.CreateModel(
            name='Question',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('ref', models.CharField(default=passerelle.records.models.questions.new_question_ref, max_length=40, unique=True)),
                ('purpose', models.CharField(max_length=40)),
                ('language', models.CharField(max_length=2)),
                ('themes', models.JSONField(default=list)),
                ('territory', models.CharField(blank=True, max_length=60)),
                ('discreet', models.BooleanField(default=False)),
                ('text', passerelle.records.sealed.SealedText()),
                ('salt', models.BinaryField(default=passerelle.records.models.reports.new_salt)),
                ('asked_at', models.DateTimeField()),
                ('answer', passerelle.records.sealed.SealedText(blank=True, default='')),
                ('answer_salt', models.BinaryField(default=passerelle.records.models.reports.new_salt)),
                ('answered_at', models.DateTimeField(blank=True, null=True)),
                ('answered_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('asked_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('delivery', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='questions', to='records.delivery')),
                ('duty', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='question', to='records.duty')),
                ('match', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='questions', to='records.match')),
                ('parent', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='asked_back', to='records.question')),
                ('report', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='questions', to='records.report')),
                ('service', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='questions', to='records.service')),
            ],
            options={
                'ordering': ['-asked_at', '-id'],
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('answered_at__isnull', True), ('answered_by__isnull', True)), models.Q(('answered_at__isnull', False), ('answered_by__isnull', False)), _connector='OR'), name='question_answered')],
            },
        ),
        migrations.RunPython(build, migrations.RunPython.noop),
    ]
