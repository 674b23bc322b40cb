"""labels: what a page opens beyond the label of its row is an error and an alarm, never output."""

from __future__ import annotations

import logging

import pytest
from django.apps import apps
from django.http import HttpRequest, HttpResponse
from django.test import Client, RequestFactory

from passerelle.flow import consult
from passerelle.records import labels, sealed, wall
from passerelle.records.models import Delivery, Match, ReportVersion, Subject
from passerelle.testing import makers
from passerelle.testing.makers import NOON
from passerelle.web.asking import page

pytestmark = pytest.mark.django_db
THIEF = makers.person("p", "Lambert Vercruysse", birthDate=["1980-05-06"])


def test_every_table_with_sealed_columns_has_its_label() -> None:
    with_sealed = {
        model.__name__
        for model in apps.get_app_config("records").get_models()
        if any(isinstance(field, sealed.SealedText) for field in model._meta.local_concrete_fields)
    }
    assert with_sealed <= set(labels.LABELS)


def test_a_page_that_forgot_to_ask_the_policy_shows_nothing_and_raises_the_alarm(exchange, caplog) -> None:
    filed = makers.report(exchange["noord"], "Lambert Vercruysse stal een fiets.", THIEF)

    @page
    def leaks(request: HttpRequest, *, now: object) -> HttpResponse:
        return HttpResponse(ReportVersion.objects.get(report=filed).text)

    request = RequestFactory().get("/leak")
    for key, shown in (("noord", True), ("midi", False), ("stad", False)):
        request.user = makers.seat(exchange[key], "desk")
        with caplog.at_level(logging.CRITICAL, logger="passerelle.alarm"):
            caplog.clear()
            answer = leaks(request)
        assert (b"fiets" in answer.content) == shown
        assert bool(caplog.records) != shown
        assert "fiets" not in caplog.text


def test_a_page_reads_what_was_delivered_to_its_service_and_no_other(exchange) -> None:
    makers.dossier(exchange["midi"], THIEF)
    makers.report(exchange["noord"], "Lambert Vercruysse stal een fiets.", THIEF)
    for key, may in (("noord", True), ("midi", True), ("stad", False)):
        with wall.as_reader(makers.seat(exchange[key], "desk")):
            delivery = Delivery.objects.get()
            if may:
                assert "fiets" in delivery.content["text"]
            else:
                with pytest.raises(labels.AboveTheLabel):
                    _ = delivery.content


def test_the_other_side_of_a_match_is_opened_by_the_verb_that_wrote_the_reading_and_by_nothing_else(exchange) -> None:
    makers.dossier(exchange["midi"], THIEF)
    makers.report(exchange["noord"], "Lambert Vercruysse stal een fiets.", makers.person("p", "Lambert Vercruyse"))
    match = Match.objects.get()
    desk = makers.seat(exchange["midi"], "desk")
    with wall.as_reader(desk):
        theirs = Subject.objects.get(service=exchange["noord"])
        with pytest.raises(labels.AboveTheLabel):
            _ = theirs.caption
        view = consult.read_match(ref=match.ref, officer=desk, purpose="my_case", now=NOON)
        seen = view.left.subject if view.left.service == exchange["noord"] else view.right.subject
        assert seen is not None and seen.caption == "Lambert Vercruyse"


def test_the_pages_of_every_seat_open_nothing_beyond_their_labels(exchange, caplog) -> None:
    makers.dossier(exchange["midi"], THIEF)
    filed = makers.report(exchange["noord"], "Lambert Vercruysse stal een fiets.", THIEF)
    match = Match.objects.get()
    addresses = ["/", "/reports", "/dossiers", f"/report/{filed.ref}", f"/match/{match.ref}"]
    addresses += [f"/delivery/{delivery.ref}" for delivery in Delivery.objects.all()]
    with caplog.at_level(logging.CRITICAL, logger="passerelle.alarm"):
        for key in ("noord", "midi", "neutral", "oversight"):
            for role in ("desk", "head", "officer", "oversight"):
                client = Client()
                try:
                    client.force_login(makers.seat(exchange[key], role))
                except IndexError:
                    continue
                for address in addresses:
                    client.post(f"/why/{address.rpartition('/')[2]}", {"purpose": "my_case"})
                    assert client.get(address).status_code in (200, 404)
    assert not caplog.records
