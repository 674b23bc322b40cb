"""An officer may have a second factor at sign-in: what it is, codes for the day it is lost, and who reset it."""

import django.db.models.deletion
import passerelle.records.models.factors
import passerelle.records.models.reports
import passerelle.records.sealed
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('records', '0012_row_level_security'),
    ]

    operations = [
        migrations.AddField(
            model_name='officer',
            name='second_since',
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.CreateModel(
            name='FactorReset',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('ref', models.CharField(default=passerelle.records.models.factors.new_reset_ref, max_length=40, unique=True)),
                ('reason', passerelle.records.sealed.SealedText()),
                ('salt', models.BinaryField(default=passerelle.records.models.reports.new_salt)),
                ('reset_at', models.DateTimeField()),
                ('by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('officer', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
        ),
        migrations.CreateModel(
            name='Factor',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('ref', models.CharField(default=passerelle.records.models.factors.new_factor_ref, max_length=40, unique=True)),
                ('kind', models.CharField(max_length=10)),
                ('name', models.CharField(blank=True, max_length=60)),
                ('secret', passerelle.records.sealed.SealedText()),
                ('last_step', models.BigIntegerField(default=0)),
                ('added_at', models.DateTimeField()),
                ('used_at', models.DateTimeField(blank=True, null=True)),
                ('officer', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='factors', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'ordering': ['added_at', 'id'],
                'constraints': [models.CheckConstraint(condition=models.Q(('kind__in', ['app', 'passkey'])), name='factor_kind'), models.UniqueConstraint(condition=models.Q(('kind', 'app')), fields=('officer',), name='factor_one_app')],
            },
        ),
        migrations.CreateModel(
            name='RecoveryCode',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('digest', models.CharField(max_length=64)),
                ('used_at', models.DateTimeField(blank=True, null=True)),
                ('officer', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='recovery_codes', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('officer', 'digest'), name='recovery_code_once')],
            },
        ),
    ]
