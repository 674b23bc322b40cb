"""The one Django application: it holds all tables."""

from django.apps import AppConfig
from django.db.backends.signals import connection_created


class RecordsConfig(AppConfig):
    """All tables of Passerelle, under the label `records`."""

    name = "passerelle.records"
    label = "records"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Each connection tells the database who asks; what stands sealed opens within its label."""
        from passerelle.records import labels, sealed, wall

        sealed.ask_first(labels.check)
        connection_created.connect(wall.watch, dispatch_uid="passerelle.records.wall")
