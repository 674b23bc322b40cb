"""Which page answers at which address."""

from django.urls import include, path

from passerelle.api.v1 import api

urlpatterns = [path("", include("passerelle.web.urls")), path("api/v1/", api.urls)]

handler400 = "passerelle.web.refusals.bad_request"
handler403 = "passerelle.web.refusals.not_there"
handler404 = "passerelle.web.refusals.not_there"
handler500 = "passerelle.web.refusals.our_fault"
