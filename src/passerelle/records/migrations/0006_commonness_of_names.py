"""Why a thing is opened, drafts out of the session, tries to sign in that failed."""

import django.db.models.deletion
import passerelle.records.models.reports
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('records', '0005_exceptions_and_oversight'),
    ]

    operations = [
        migrations.CreateModel(
            name='NameCount',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('version', models.PositiveIntegerField(unique=True)),
                ('subjects', models.PositiveIntegerField()),
                ('words', models.JSONField(default=dict)),
                ('persons', models.PositiveIntegerField()),
                ('salt', models.BinaryField(default=passerelle.records.models.reports.new_salt)),
                ('counted_at', models.DateTimeField()),
            ],
            options={
                'ordering': ['version'],
            },
        ),
        migrations.CreateModel(
            name='NameWord',
            fields=[
                ('value', models.BigIntegerField(primary_key=True, serialize=False)),
                ('bearers', models.BigIntegerField()),
            ],
        ),
        migrations.AddField(
            model_name='match',
            name='counted',
            field=models.PositiveIntegerField(default=0),
        ),
        migrations.AddField(
            model_name='subject',
            name='counted',
            field=models.PositiveIntegerField(default=0),
        ),
    ]
