"""Every page and its address."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
