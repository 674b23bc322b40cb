"""The pages as a Django application, so that their templates, words and styles are found."""

from django.apps import AppConfig


class WebConfig(AppConfig):
    """Pages: no tables."""

    name = "passerelle.web"
    label = "web"
