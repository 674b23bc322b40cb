"""The API as a Django application, so that the template of its page is found."""

from django.apps import AppConfig


class ApiConfig(AppConfig):
    """For systems: no tables."""

    name = "passerelle.api"
    label = "api"
