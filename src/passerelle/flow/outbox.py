"""The outbox: a row in the transaction of what it is about, sent afterwards, tried again, parked, never forgotten."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import Q

from passerelle.channels.sending import NotSent, Outgoing, Way, refused, retries
from passerelle.duty import LIVE
from passerelle.errors import Refused
from passerelle.flow import duties
from passerelle.flow.ledger_lines import Journal, effective, journal
from passerelle.ledger.events_of_machines import ChannelAdded, ChannelEnded, MessageParked, MessageResent
from passerelle.records import wall
from passerelle.records.models import Channel, Message, Officer, Service
from passerelle.records.models.channels import CHANNEL_KINDS
from passerelle.words import LANGUAGES, Sentence, sentence

RELAYED_AT_ONCE = 20
"""So many messages are handed over in one turn of the relay; the rest waits for the next."""

KEPT = timedelta(days=90)
OLDEST_LOOKED_AT = 200
"""Messages that came to their end are kept for so long; so many of the oldest are looked at in a turn that sent one."""

OPERATORS = ("administrator", "supervisor", "head")
"""Who is told that messages are parked: the first of these roles that somebody of the service has."""

Ways = Mapping[str, Way]


class NoSuchChannel(Refused):
    """A kind of channel that this installation is not set up for, or one that has ended."""

    code = "channel.none"


@dataclass(slots=True)
class Relayed:
    """What one turn of the relay did. `more`: something that is due was left for the next one."""

    sent: int = 0
    failed: int = 0
    parked: int = 0
    dropped: int = 0
    more: bool = False
    faults: list[str] = field(default_factory=list)


def add_channel(
    *, service: Service, officer: Officer | None, kind: str, address: str, language: str, ways: Ways, now: datetime
) -> Channel:
    """A desk, or one officer of it, is told by this way too, from now on. Raises NoSuchChannel, AddressRefused."""
    way = _way(ways, kind)
    if language not in LANGUAGES or (officer is not None and officer.service_id != service.pk):
        raise refused(address)
    way.check(address)
    with journal(now) as lines:
        channel = Channel.objects.create(
            service=service, officer=officer, kind=kind, address=address, language=language, added_at=lines.now
        )
        lines.write(
            ChannelAdded(
                channel=channel.ref, service=service.key, officer=officer.ref if officer else "", kind=kind
            )
        )
    return channel


def end_channel(*, channel: Channel, now: datetime) -> int:
    """Nothing goes out by this way any more; what waited or was parked is dropped. How many messages that were."""
    with journal(now) as lines:
        return put_channel_away(lines, _live(channel))


def put_channel_away(lines: Journal, channel: Channel) -> int:
    """A channel ends within a verb's own transaction: also when its officer leaves, or its service closes, for then
    nobody is there whom it would tell, and nobody who would mend it."""
    channel.ended_at = lines.now
    channel.save(update_fields=["ended_at"])
    lines.write(ChannelEnded(channel=channel.ref))
    lines.channels.pop(channel.service_id, None)
    left = channel.messages.filter(state__in=("waiting", "parked"))
    dropped: int = left.update(state="dropped", next_at=None, ended_at=lines.now, fault="channel.ended")
    return dropped


def try_channel(*, channel: Channel, ways: Ways, now: datetime) -> None:
    """One message that says that it is a try. Raises NotSent, NoSuchChannel."""
    says = sentence("This is a try of a channel of Passerelle: it asks for nothing.")
    words = says.in_language(channel.language)
    message = Outgoing(
        id=f"try-{channel.ref}-{int(now.timestamp())}", to=str(channel.address), subject=words, text=f"{words}\n",
        facts={"what": "try", "channel": channel.ref, "at": duties.said_time(now)},
    )  # fmt: skip
    _way(ways, channel.kind).send(message, now=now)


def resend(*, channel: Channel, now: datetime) -> int:
    """What is parked on a channel is tried again from the beginning. How many messages that are."""
    with journal(now) as lines:
        channel = _live(channel)
        parked = list(Message.objects.select_for_update().filter(channel=channel, state="parked"))
        for message in parked:
            message.state, message.tries, message.next_at, message.ended_at = "waiting", 0, lines.now, None
            message.save(update_fields=["state", "tries", "next_at", "ended_at"])
            lines.write(MessageResent(message=message.ref, channel=channel.ref))
        channel.told_at = None
        channel.save(update_fields=["told_at"])
    return len(parked)


@wall.as_house()
def relay(*, now: datetime, ways: Ways, limit: int = RELAYED_AT_ONCE) -> Relayed:
    """Hand over up to `limit` messages that are due, each outside any transaction, and note what became of it.

    Any number of relays may run: one takes a message by writing down until when it is at it. One that dies in between
    leaves it to another afterwards, so that a message is sent at least once, always with the same id. A channel that
    failed is left alone until the next turn.
    """
    done, broken = Relayed(), set[int]()
    at = effective(now)
    _tell_again(now, at)
    for _ in range(limit):
        message = _claimed(at, broken)
        if message is None:
            break
        outgoing = outgoing_of(message)
        if outgoing is None:
            _end(message, "dropped", now, fault="nothing.left_to_say")
            done.dropped += 1
            continue
        try:
            _way(ways, message.channel.kind).send(outgoing, now=now)
        except Refused as fault:
            broken.add(message.channel_id)
            done.failed += 1
            done.faults.append(f"{message.ref}: {fault}")
            done.parked += _failed(message, fault, now)
        else:
            _end(message, "sent", now)
            done.sent += 1
    if done.sent:
        _old_ones_go(at)
    done.more = _due(at).exclude(channel__in=broken).exists()
    return done


def outgoing_of(message: Message) -> Outgoing | None:
    """What is to be said now: a pointer, in the channel's language. None where nothing is left to say: the duty has
    ended or went to somebody else, the notice was seen, the officer left."""
    channel, duty, notice = message.channel, message.duty, message.notice
    language = channel.language
    if notice is not None and notice.seen_at is not None:
        return None
    asked = notice is None or notice.kind == "asked"
    if asked and (duty is None or duty.state not in LIVE or duty.holder_id != channel.service_id):
        return None
    if asked and duty is not None and channel.officer_id not in (None, duty.officer_id):
        return None
    facts = {"what": "duty" if asked else "notice", "service": channel.service.key}
    if facts["what"] == "duty" and duty is not None:
        due = duties.said_moment(duty.due_at) if duty.due_at else ""
        subject = sentence("A duty waits for you until {moment}.", moment=due)
        facts |= {"duty": duty.ref, "kind": duty.kind, "due_at": duties.said_time(duty.due_at)}
        lines = [subject, sentence("Kind: {kind}.", kind=duties.kind_words(duty.kind))]
        page = f"/duty/{duty.ref}"
    else:
        assert notice is not None
        subject = sentence("Passerelle has news for you.")
        facts |= {"notice": notice.ref, "told_at": duties.said_time(notice.told_at)}
        lines, page = [subject], "/"
    facts |= {"path": page}
    lines.append(sentence("What it is about stands in Passerelle, and in no message."))
    told = [line.in_language(language) for line in lines] + ([settings.ADDRESS + page] if settings.ADDRESS else [])
    return Outgoing(
        id=message.ref, to=str(channel.address), subject=subject.in_language(language), text="\n\n".join(told) + "\n",
        facts=facts,
    )  # fmt: skip


def _way(ways: Ways, kind: str) -> Way:
    way = ways.get(kind)
    if way is None:
        raise NoSuchChannel(
            sentence("This installation sends nothing by “{kind}”.", kind=kind),
            way_out=sentence(
                "Set `smtp_host` and `mail_from` for e-mail, `webhook_hosts` for webhooks; the kinds are {known}.",
                known=", ".join(CHANNEL_KINDS),
            ),
        )
    return way


def _live(channel: Channel) -> Channel:
    channel = Channel.objects.select_for_update(of=("self",)).select_related("service").get(pk=channel.pk)
    if channel.ended_at is not None:
        raise NoSuchChannel(sentence("This channel has ended."), way_out=sentence("Add another one."))
    return channel


def _due(at: datetime):  # type: ignore[no-untyped-def]  # what Django gives is Any
    free = Q(claimed_until__isnull=True) | Q(claimed_until__lte=at)
    return Message.objects.filter(free, state="waiting", next_at__lte=at)


def _claimed(at: datetime, broken: set[int]) -> Message | None:
    with transaction.atomic():
        row = (
            _due(at).exclude(channel__in=broken).order_by("next_at", "id").select_for_update(skip_locked=True)
            .values_list("pk", flat=True).first()
        )  # fmt: skip
        if row is None:
            return None
        message: Message = Message.objects.select_related(
            "channel__service", "channel__officer", "duty", "notice"
        ).get(pk=row)
        message.claimed_until, message.tries = at + retries().lease, message.tries + 1
        message.save(update_fields=["claimed_until", "tries"])
        return message


def _end(message: Message, state: str, now: datetime, *, fault: str = "") -> None:
    at = effective(now)
    Message.objects.filter(pk=message.pk, state="waiting").update(
        state=state, ended_at=at, next_at=None, claimed_until=None, fault=fault
    )


def _failed(message: Message, error: Refused, now: datetime) -> bool:
    """It is tried again later; after the last try it is parked, and somebody is told. Whether it was parked."""
    fault = error.fault if isinstance(error, NotSent) else error.code
    waits = retries().waits
    for_good = not isinstance(error, NotSent) or error.for_good or message.tries > len(waits)
    with journal(now) as lines:
        standing = Message.objects.filter(pk=message.pk, state="waiting")
        if not for_good:
            standing.update(next_at=lines.now + waits[message.tries - 1], claimed_until=None, fault=fault)
            return False
        if not standing.update(state="parked", ended_at=lines.now, next_at=None, claimed_until=None, fault=fault):
            return False
        lines.write(MessageParked(message=message.ref, channel=message.channel.ref, fault=fault))
        channel = Channel.objects.select_for_update(of=("self",)).select_related("service").get(pk=message.channel_id)
        if channel.told_at is None:
            _tell_operator(lines, channel)
    return True


def _tell_again(now: datetime, at: datetime) -> None:
    """Once a day, as long as something is parked, its operator hears it again."""
    before = at - retries().told_again
    stuck = Channel.objects.filter(ended_at__isnull=True, told_at__lte=before, messages__state="parked").distinct()
    for pk in list(stuck.values_list("pk", flat=True)):
        with journal(now) as lines:
            channel = Channel.objects.select_for_update(of=("self",)).select_related("service").get(pk=pk)
            if channel.told_at is not None and channel.told_at <= lines.now - retries().told_again:
                _tell_operator(lines, channel)


def _tell_operator(lines: Journal, channel: Channel) -> None:
    """A named person of the service is told, with the remedy; where there is none, its desk."""
    seated = Officer.objects.filter(service=channel.service, is_active=True, account__isnull=True).order_by("id")
    people = {role: officer for role in OPERATORS if (officer := seated.filter(role=role).first()) is not None}
    says = sentence(
        "Messages by {kind} do not arrive ({channel}). Mend the address or the server, then: "
        "passerelle channel resend {channel}",
        kind=Sentence(CHANNEL_KINDS[channel.kind]), channel=channel.ref,
    )  # fmt: skip
    duties.tell(lines, channel.service, "parked", says, officer=next(iter(people.values()), None))
    channel.told_at = lines.now
    channel.save(update_fields=["told_at"])


def _old_ones_go(at: datetime) -> None:
    """Of the oldest messages, those that were sent or dropped long ago go; those parked stay until somebody decides."""
    oldest = Message.objects.order_by("pk").values_list("pk", flat=True)[:OLDEST_LOOKED_AT]
    Message.objects.filter(pk__in=list(oldest), state__in=("sent", "dropped"), ended_at__lt=at - KEPT).delete()
