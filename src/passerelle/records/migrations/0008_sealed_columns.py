"""What names people, numbers and free text stands sealed in the database from here on; what stood open is sealed."""

import json

import passerelle.records.sealed
from django.db import migrations, models

COLUMNS = (
    ("delivery", "because"),
    ("delivery", "content"),
    ("dossier", "note"),
    ("dossier", "title"),
    ("duty", "outcome_note"),
    ("duty", "pause_reason"),
    ("grant", "content"),
    ("grant", "reason"),
    ("interest", "legal_basis"),
    ("order", "reason"),
    ("reading", "reason"),
    ("refusedrow", "raw"),
    ("report", "handling_note"),
    ("report", "handling_reason"),
    ("reportversion", "text"),
    ("sampleitem", "note"),
    ("withholding", "reason"),
    ("withholding", "review_reason"),
)


def name_the_subjects(apps, schema_editor):
    """The references that a delivery speaks of stand in a column of their own, before its content is sealed."""
    delivery = apps.get_model("records", "Delivery")._meta.db_table
    with schema_editor.connection.cursor() as cursor:
        cursor.execute(f"SELECT id, content FROM {delivery}")
        for key, content in cursor.fetchall():
            plain = json.loads(content) if isinstance(content, str) else content
            names = {*plain.get("yours", ()), *(subject["ref"] for subject in plain.get("subjects", ()))}
            cursor.execute(f"UPDATE {delivery} SET names = %s WHERE id = %s", [json.dumps(sorted(names)), key])


class Migration(migrations.Migration):

    dependencies = [
        ('records', '0007_why_drafts_and_attempts'),
    ]

    operations = [
        migrations.AddField(
            model_name='delivery',
            name='names',
            field=models.JSONField(default=list),
        ),
        migrations.RunPython(name_the_subjects, migrations.RunPython.noop),
        migrations.AlterField(
            model_name='delivery',
            name='because',
            field=passerelle.records.sealed.SealedJson(default=list),
        ),
        migrations.AlterField(
            model_name='delivery',
            name='content',
            field=passerelle.records.sealed.SealedJson(default=dict),
        ),
        migrations.AlterField(
            model_name='dossier',
            name='note',
            field=passerelle.records.sealed.SealedText(blank=True),
        ),
        migrations.AlterField(
            model_name='dossier',
            name='title',
            field=passerelle.records.sealed.SealedText(),
        ),
        migrations.AlterField(
            model_name='duty',
            name='outcome_note',
            field=passerelle.records.sealed.SealedText(blank=True),
        ),
        migrations.AlterField(
            model_name='duty',
            name='pause_reason',
            field=passerelle.records.sealed.SealedText(blank=True),
        ),
        migrations.AlterField(
            model_name='grant',
            name='content',
            field=passerelle.records.sealed.SealedJson(default=dict),
        ),
        migrations.AlterField(
            model_name='grant',
            name='reason',
            field=passerelle.records.sealed.SealedText(),
        ),
        migrations.AlterField(
            model_name='interest',
            name='legal_basis',
            field=passerelle.records.sealed.SealedText(),
        ),
        migrations.AlterField(
            model_name='order',
            name='reason',
            field=passerelle.records.sealed.SealedText(),
        ),
        migrations.AlterField(
            model_name='reading',
            name='reason',
            field=passerelle.records.sealed.SealedText(blank=True, row='salt'),
        ),
        migrations.AlterField(
            model_name='refusedrow',
            name='raw',
            field=passerelle.records.sealed.SealedText(row='raw_digest'),
        ),
        migrations.AlterField(
            model_name='report',
            name='handling_note',
            field=passerelle.records.sealed.SealedText(blank=True),
        ),
        migrations.AlterField(
            model_name='report',
            name='handling_reason',
            field=passerelle.records.sealed.SealedText(blank=True),
        ),
        migrations.AlterField(
            model_name='reportversion',
            name='text',
            field=passerelle.records.sealed.SealedText(row='salt'),
        ),
        migrations.AlterField(
            model_name='sampleitem',
            name='note',
            field=passerelle.records.sealed.SealedText(blank=True, row='salt'),
        ),
        migrations.AlterField(
            model_name='withholding',
            name='reason',
            field=passerelle.records.sealed.SealedText(),
        ),
        migrations.AlterField(
            model_name='withholding',
            name='review_reason',
            field=passerelle.records.sealed.SealedText(blank=True),
        ),
        migrations.RunPython(passerelle.records.sealed.seal_what_stands(COLUMNS), migrations.RunPython.noop),
    ]
