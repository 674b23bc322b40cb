"""The outbox: written with what it tells, sent at least once with one id, tried again, parked, told, sent again."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from django.db import transaction

from passerelle.channels.sending import Outgoing, retries
from passerelle.cli import main
from passerelle.flow import acknowledge, close, hold, notices, outbox, seats
from passerelle.flow.ways import public_keys, ways
from passerelle.records.models import Channel, Duty, Message, Notice
from passerelle.testing import makers
from passerelle.testing.makers import NOON
from passerelle.testing.recording import Recording

pytestmark = pytest.mark.django_db

KNOWN = makers.person("p", "Ferdinand Oosterlynck", birthDate=["1971-05-03"])
SECRETS = ("Oosterlynck", "Ferdinand", "Noord", "1971")
HOUR = timedelta(hours=1)


@pytest.fixture
def way() -> Recording:
    return Recording()


@pytest.fixture
def told(exchange: dict[str, Any], way: Recording) -> dict[str, Any]:
    """The desk of federal is told by e-mail; then a report reaches it, and it owes an acknowledgement."""
    makers.dossier(exchange["federal"], KNOWN)
    channel(exchange, way)
    makers.report(exchange["noord"], "Ferdinand Oosterlynck was er.", KNOWN, now=NOON + HOUR)
    return exchange


def channel(exchange: dict[str, Any], way: Recording, officer: Any = None, service: str = "federal") -> Channel:
    return outbox.add_channel(
        service=exchange[service], officer=officer, kind="email", address="desk@federal.example", language="fr",
        ways={"email": way}, now=NOON,
    )  # fmt: skip


def relay(way: Recording, at: Any = NOON + 2 * HOUR, **more: Any) -> outbox.Relayed:
    return outbox.relay(now=at, ways={"email": way}, **more)


def test_the_row_stands_with_its_duty_and_holds_no_words_and_what_is_sent_is_a_pointer(
    told: dict[str, Any], way: Recording, settings: Any
) -> None:
    settings.ADDRESS = "https://passerelle.example"
    duty = Duty.objects.get(kind="acknowledge")
    message = Message.objects.get(duty=duty)
    assert (message.state, message.notice, message.made_at) == ("waiting", None, duty.raised_at)
    assert relay(way).sent == 1
    (sent,) = way.taken
    assert sent.id == message.ref and sent.to == "desk@federal.example"
    assert f"https://passerelle.example/duty/{duty.ref}" in sent.text
    assert set(sent.facts) == {"what", "service", "duty", "kind", "due_at", "path"}
    assert not [secret for secret in SECRETS if secret in str(sent)]
    assert relay(way, NOON + 3 * HOUR).sent == 0, "once is enough"


def test_a_transaction_that_fails_leaves_neither_the_duty_nor_its_message(told: dict[str, Any], way: Recording) -> None:
    before = Message.objects.count(), Duty.objects.count()

    @transaction.atomic
    def breaks_off() -> None:
        makers.report(told["noord"], "Nog eens Ferdinand Oosterlynck.", KNOWN, now=NOON + HOUR)
        assert Message.objects.count() == before[0] + 1
        raise RuntimeError

    with pytest.raises(RuntimeError):
        breaks_off()
    assert (Message.objects.count(), Duty.objects.count()) == before


def test_a_relay_that_dies_between_sending_and_noting_sends_again_with_the_same_id(
    told: dict[str, Any], way: Recording
) -> None:
    class Dies(Recording):
        def send(self, message: Outgoing, *, now: Any) -> None:
            super().send(message, now=now)
            raise KeyboardInterrupt

    dying = Dies()
    with pytest.raises(KeyboardInterrupt):
        relay(dying)
    assert len(dying.tries) == 1 and Message.objects.get().state == "waiting"
    assert relay(way).sent == 0, "another relay leaves it alone as long as it may still be at it"
    assert relay(way, NOON + 2 * HOUR + retries().lease).sent == 1
    assert way.tries[0][1] == dying.tries[0][1], "its recipient knows it for the same"
    assert Message.objects.get().state == "sent"


def test_what_ended_or_was_seen_meanwhile_is_not_told_any_more(told: dict[str, Any], way: Recording) -> None:
    desk = makers.seat(told["federal"], "desk")
    acknowledge.acknowledge_duty(
        ref=Duty.objects.get(kind="acknowledge").ref, officer=desk, outcome="noted", now=NOON + HOUR
    )
    noord = channel(told, way, service="noord")
    makers.report(told["midi"], "Ferdinand Oosterlynck hier.", KNOWN, now=NOON + HOUR)
    done = relay(way)
    assert (done.dropped, done.sent) == (1, 1), "the first duty is done, the second is told"
    assert not noord.messages.exists()


def test_what_is_told_to_an_officer_goes_by_their_own_channel_and_else_by_their_desk_s(
    exchange: dict[str, Any], way: Recording
) -> None:
    channel(exchange, way)
    officer = makers.seat(exchange["federal"], "officer")
    makers.dossier(exchange["federal"], KNOWN)
    makers.report(exchange["noord"], "Ferdinand Oosterlynck was er.", KNOWN, now=NOON + HOUR)
    own = outbox.add_channel(
        service=exchange["federal"], officer=officer, kind="email", address="officer@federal.example", language="nl",
        ways={"email": way}, now=NOON + HOUR,
    )  # fmt: skip
    filed = makers.report(exchange["federal"], "Iets.", KNOWN, author=officer, now=NOON + HOUR)
    makers.dossier(exchange["midi"], KNOWN, now=NOON + HOUR)
    acknowledge.acknowledge_duty(
        ref=Duty.objects.get(kind="acknowledge", report=filed, recipient=exchange["midi"]).ref,
        officer=makers.seat(exchange["midi"], "desk"), outcome="acted_upon", now=NOON + HOUR,
    )  # fmt: skip
    assert Message.objects.get(channel=own).notice.kind == "used"
    relay(way)
    news = [one for one in way.taken if one.to == "officer@federal.example"]
    assert len(news) == 1 and news[0].facts["what"] == "notice" and "Midi" not in str(news[0])
    notice = Notice.objects.get(kind="used")
    notices.mark_seen(refs=[notice.ref], officer=officer, now=NOON + 2 * HOUR)
    again = Message.objects.create(channel=own, notice=notice, made_at=NOON, next_at=NOON)
    notice.refresh_from_db()
    again.notice = notice
    assert notice.seen_at is not None and outbox.outgoing_of(again) is None


def test_a_message_is_tried_by_the_table_and_then_parked_and_somebody_named_hears_of_it_daily(
    told: dict[str, Any], way: Recording
) -> None:
    way.failing = 1000
    administrator = makers.officer(told["federal"], "administrator")
    at, waits = NOON + 2 * HOUR, retries().waits
    for number, wait in enumerate(waits, start=1):
        assert relay(way, at).failed == 1
        assert len(way.tries) == number
        assert relay(way, at + wait - timedelta(seconds=1)).failed == 0, "not before its time"
        at += wait
    done = relay(way, at)
    assert done.parked == 1 and Message.objects.get(duty__kind="acknowledge").state == "parked"
    (said,) = Notice.objects.filter(kind="parked")
    assert said.officer == administrator and "channel resend" in json.dumps(said.says)
    relay(way, at + timedelta(hours=23))
    assert Notice.objects.filter(kind="parked").count() == 1
    relay(way, at + timedelta(hours=25))
    assert Notice.objects.filter(kind="parked").count() == 2, "told again each day as long as it is parked"
    assert len(way.tries) == len(waits) + 1 and not Message.objects.filter(notice__kind="parked").exists()
    way.failing = 0
    assert outbox.resend(channel=Channel.objects.get(), now=at + timedelta(hours=26)) == 1
    assert relay(way, at + timedelta(hours=26)).sent + Message.objects.filter(state="dropped").count() == 1
    assert not Message.objects.filter(state="parked").exists()


def test_what_is_refused_for_good_is_parked_at_once_and_other_channels_go_on(
    told: dict[str, Any], way: Recording
) -> None:
    class ByAddress(Recording):
        def send(self, message: Outgoing, *, now: Any) -> None:
            self.failing, self.for_good = int(message.to == "desk@federal.example"), True
            super().send(message, now=now)

    makers.dossier(told["midi"], KNOWN, now=NOON + HOUR)
    channel(told, way, service="jeugd")
    outbox.add_channel(
        service=told["midi"], officer=None, kind="email", address="desk@midi.example", language="fr",
        ways={"email": way}, now=NOON + HOUR,
    )  # fmt: skip
    makers.report(told["noord"], "Nog eens Ferdinand Oosterlynck.", KNOWN, now=NOON + HOUR)
    both = ByAddress()
    done = relay(both)
    assert done.parked == 1 and done.sent == 1 and both.taken[0].to == "desk@midi.example"
    assert done.more is False, "a channel that failed is left alone until the next turn"


def test_a_turn_is_bounded_and_says_that_more_waits(told: dict[str, Any], way: Recording) -> None:
    makers.report(told["noord"], "Nog eens Ferdinand Oosterlynck.", KNOWN, now=NOON + HOUR)
    first = relay(way, limit=1)
    assert (first.sent, first.more) == (1, True)
    second = relay(way, limit=1)
    assert (second.sent, second.more) == (1, False)


def test_what_was_sent_long_ago_goes_and_what_is_parked_stays(told: dict[str, Any], way: Recording) -> None:
    relay(way)
    (sent,) = Message.objects.all()
    parked = Message.objects.create(
        channel=sent.channel, duty=sent.duty, state="waiting", made_at=NOON, next_at=NOON + 3 * HOUR
    )
    way.failing, way.for_good = 1, True
    relay(way, NOON + 3 * HOUR)
    later = NOON + outbox.KEPT + 4 * HOUR
    fresh = Message.objects.create(channel=sent.channel, duty=sent.duty, made_at=later, next_at=later)
    relay(way, later)
    assert set(Message.objects.filter(duty=sent.duty, notice=None)) == {parked, fresh}


def test_a_channel_that_ends_drops_what_waits_and_gets_nothing_more(told: dict[str, Any], way: Recording) -> None:
    only = Channel.objects.get()
    assert outbox.end_channel(channel=only, now=NOON + HOUR) == 1
    makers.report(told["noord"], "Nog eens Ferdinand Oosterlynck.", KNOWN, now=NOON + HOUR)
    assert relay(way).sent == 0 and not Message.objects.exclude(state="dropped").exists()
    with pytest.raises(outbox.NoSuchChannel):
        outbox.resend(channel=only, now=NOON + HOUR)


def test_where_nobody_leads_the_desk_itself_hears_of_what_is_parked(exchange: dict[str, Any], way: Recording) -> None:
    exchange["klein"] = makers.service("klein", kind="federal_police")
    makers.officer(exchange["klein"], "officer")
    channel(exchange, way, service="klein")
    makers.dossier(exchange["klein"], KNOWN)
    makers.report(exchange["noord"], "Ferdinand Oosterlynck was er.", KNOWN, now=NOON + HOUR)
    way.failing, way.for_good = 1, True
    assert relay(way).parked == 1
    assert Notice.objects.get(kind="parked").officer is None


def test_a_kind_that_is_not_set_up_is_refused_with_the_settings_it_needs(
    exchange: dict[str, Any], settings: Any
) -> None:
    with pytest.raises(outbox.NoSuchChannel, match="smtp_host"):
        outbox.add_channel(
            service=exchange["noord"], officer=None, kind="webhook", address="https://x.example/", language="nl",
            ways={}, now=NOON,
        )  # fmt: skip
    assert ways() == {}
    settings.SMTP_HOST, settings.MAIL_FROM, settings.WEBHOOK_HOSTS = "mail.example", "x@example.be", ["x.example"]
    assert set(ways()) == {"email", "webhook"} and public_keys()[0]["key"] == "webhooks-1"


def test_the_commands_add_list_try_resend_and_end_a_channel(
    own_keys: Path, exchange: dict[str, Any], settings: Any, tmp_path: Path
) -> None:
    settings.SMTP_HOST, settings.SMTP_PORT, settings.MAIL_FROM = "127.0.0.1", 1, "passerelle@example.be"
    settings.SMTP_SECURITY = "none"

    def run(*words: str, fails: bool = False) -> str:
        done = CliRunner().invoke(main, ["channel", *words, "--dir", str(tmp_path)])
        assert (done.exit_code != 0) == fails, done.output
        return done.output

    address = ("--address", "desk@noord.example")
    ref = json.loads(run("add", "noord", "--kind", "email", *address, "--json"))["channel"]
    assert "desk@noord.example" not in run("list")
    assert "could not be reached" in run("try", ref, fails=True)
    assert "0 messages are tried again" in run("resend", ref)
    run("list", "--parked")
    assert "webhook_hosts" in run("add", "noord", "--kind", "webhook", "--address", "https://x.example/", fails=True)
    run("end", ref)
    assert json.loads(run("list", "--json"))[0]["ended"]
    assert "webhooks-1" in run("key")
    keys = json.loads(run("key", "--fresh", "--json"))
    assert [one["key"] for one in keys] == ["webhooks-2", "webhooks-1"], "receivers know the old one by it too"
    assert "There is no channel" in run("end", "channel-0", fails=True)


def test_leaving_changes_nothing_for_the_desk_s_channel(told: dict[str, Any], way: Recording) -> None:
    seats.close_seat(officer=makers.seat(told["federal"], "desk"), now=NOON + HOUR)
    assert relay(way).sent == 1


def _officer_who_holds_it(told: dict[str, Any], way: Recording) -> tuple[Any, Channel, Duty]:
    """An officer of federal with a channel of their own is given the duty; its message waits."""
    officer, duty = makers.seat(told["federal"], "officer"), Duty.objects.get(kind="acknowledge")
    own = outbox.add_channel(
        service=told["federal"], officer=officer, kind="email", address="officer@federal.example", language="nl",
        ways={"email": way}, now=NOON + HOUR,
    )  # fmt: skip
    hold.assign(ref=duty.ref, officer=makers.seat(told["federal"], "supervisor"), to=officer, now=NOON + HOUR)
    assert own.messages.filter(state="waiting").count() == 1
    return officer, own, duty


def test_who_left_is_told_of_no_duty_any_more_and_their_channel_ends(told: dict[str, Any], way: Recording) -> None:
    officer, own, duty = _officer_who_holds_it(told, way)
    relay(way, NOON + HOUR, limit=1)
    way.taken.clear()
    seats.close_seat(officer=officer, now=NOON + HOUR)
    own.refresh_from_db()
    assert own.ended_at is not None
    relay(way)
    assert [one.to for one in way.taken] == ["desk@federal.example"], "the desk that holds it again hears of it, alone"
    assert duty.ref in str(way.taken[0].facts)


def test_who_handed_a_duty_on_before_the_message_went_out_is_not_told_that_it_waits(
    told: dict[str, Any], way: Recording
) -> None:
    officer, _, duty = _officer_who_holds_it(told, way)
    seats.go_away(officer=officer, until=NOON + 90 * HOUR, by=None, now=NOON + HOUR)
    relay(way)
    assert [one.to for one in way.taken if duty.ref in str(one.facts)] == ["desk@federal.example"] * len(way.taken)
    assert "officer@federal.example" not in [one.to for one in way.taken]


def test_a_service_that_closes_has_no_channel_left_that_nobody_would_mend(told: dict[str, Any], way: Recording) -> None:
    way.failing, way.for_good = 1000, True
    relay(way)
    assert Message.objects.filter(state="parked").exists()
    after = makers.service("federal-two", kind=told["federal"].kind, languages=("fr",))
    makers.officer(after, "desk")
    close.close_service(service=told["federal"], successor=after, now=NOON + 3 * HOUR)
    assert not Message.objects.filter(state__in=("parked", "waiting"), channel__service=told["federal"]).exists()
    before = Notice.objects.filter(kind="parked").count()
    relay(way, NOON + 72 * HOUR)
    assert Notice.objects.filter(kind="parked").count() == before, "nobody is there who would read it"
