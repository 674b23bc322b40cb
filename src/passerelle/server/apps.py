"""The assembly as a Django application without tables, so that the numbered checks are there when they are run."""

from django.apps import AppConfig


class ServerConfig(AppConfig):
    """Loads the checks."""

    name = "passerelle.server"
    label = "server"

    def ready(self) -> None:
        """A check that no module loads is a check that never refuses anything."""
        from passerelle.server import checks

        assert checks.secret, "the checks are registered as they are loaded"
