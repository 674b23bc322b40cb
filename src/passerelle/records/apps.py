"""The one Django application: it holds all tables."""

from django.apps import AppConfig


class RecordsConfig(AppConfig):
    """All tables of Passerelle, under the label `records`."""

    name = "passerelle.records"
    label = "records"
    default_auto_field = "django.db.models.BigAutoField"
