"""Which page answers at which address."""

from django.urls import include, path

urlpatterns = [path("", include("passerelle.web.urls"))]

handler400 = "passerelle.web.refusals.bad_request"
handler403 = "passerelle.web.refusals.not_there"
handler404 = "passerelle.web.refusals.not_there"
handler500 = "passerelle.web.refusals.our_fault"
