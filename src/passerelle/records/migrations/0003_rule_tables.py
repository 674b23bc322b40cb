"""Versions of the tables of rules as an installation sets them, and which of them count."""

import django.db.models.deletion
import passerelle.records.models.reports
import passerelle.records.models.rules
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('records', '0002_searching'),
    ]

    operations = [
        migrations.AddField(
            model_name='ledgerhead',
            name='rules',
            field=models.JSONField(default=dict),
        ),
        migrations.CreateModel(
            name='RuleTable',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('ref', models.CharField(default=passerelle.records.models.rules.new_rules_ref, max_length=40, unique=True)),
                ('table', models.CharField(max_length=40)),
                ('version', models.PositiveIntegerField(default=0)),
                ('text', models.TextField()),
                ('digest', models.CharField(max_length=64)),
                ('reason', models.TextField()),
                ('salt', models.BinaryField(default=passerelle.records.models.reports.new_salt)),
                ('proposed_at', models.DateTimeField()),
                ('starts_at', models.DateTimeField()),
                ('outcome', models.CharField(blank=True, max_length=10)),
                ('decided_at', models.DateTimeField(blank=True, null=True)),
                ('in_force_at', models.DateTimeField(blank=True, null=True)),
                ('swept', models.BigIntegerField(blank=True, null=True)),
                ('decided_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('proposed_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('review', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='rules', to='records.duty')),
            ],
            options={
                'ordering': ['-proposed_at', '-id'],
                'constraints': [models.CheckConstraint(condition=models.Q(('table__in', ['deadlines', 'who_may_tell_whom'])), name='rules_table'), models.CheckConstraint(condition=models.Q(models.Q(('decided_by__isnull', True), ('outcome', ''), ('version', 0)), models.Q(('decided_by__isnull', False), ('outcome', 'refused'), ('version', 0)), models.Q(('decided_by__isnull', False), ('outcome', 'approved'), ('version__gt', 0)), _connector='OR'), name='rules_decided'), models.CheckConstraint(condition=models.Q(('decided_by__isnull', True), models.Q(('decided_by', models.F('proposed_by')), _negated=True), _connector='OR'), name='rules_four_eyes'), models.UniqueConstraint(condition=models.Q(('version__gt', 0)), fields=('table', 'version'), name='rules_version_once'), models.UniqueConstraint(condition=models.Q(('outcome', '')), fields=('table',), name='rules_one_at_a_time')],
            },
        ),
    ]
