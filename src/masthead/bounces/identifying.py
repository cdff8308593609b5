"""Whose mail came back: the candidates of a finding, verified."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from masthead.audience import subscribers
from masthead.audience.models import Subscriber
from masthead.bounces.models import Finding
from masthead.bounces.models.raw_report import NULL_SENDER
from masthead.bounces.reading import leaving
from masthead.bounces.reading.finding import OTHER
from masthead.bounces.reading.finding import Finding as Reading
from masthead.common.addresses import BadAddress, normalise
from masthead.delivery import lookups
from masthead.delivery.models import Delivery
from masthead.mail import sealing

Identity = Finding.Identity


@dataclass(frozen=True, slots=True)
class Owner:
    """Whose mail it was, and how that is known. `names_another`: the report speaks of an address that is not the reader's."""

    identity: Finding.Identity
    delivery: Delivery | None = None
    subscriber: Subscriber | None = None
    names_another: bool = False


def owner_of(reading: Reading, *, envelope_to: str = "") -> Owner:
    """Token, then Message-ID, then address (RFC 3464 §2.3.1 before §2.3.2), the first that leads to somebody."""
    for identity, purpose, tokens in (
        (Identity.TOKEN, sealing.BOUNCE, [*_tokens_of(envelope_to), *reading.tokens]),
        (Identity.MESSAGE_ID, sealing.MESSAGE_ID, [each.partition("@")[0] for each in reading.message_ids]),
    ):
        for token in tokens:
            found = lookups.delivery_for(purpose, token)
            if found is None:
                continue
            if found.delivery is None:
                return Owner(Identity.TEST)
            subscriber = found.delivery.subscriber
            return Owner(identity, found.delivery, subscriber, _names_another(reading, subscriber))
    for address in filter(None, (reading.original_recipient, reading.address)):
        subscriber = subscribers.find(address)
        if subscriber is not None:
            return Owner(Identity.ADDRESS, None, subscriber)
    return Owner(Identity.NONE)


def leaver_of(reading: Reading, *, envelope_from: str, envelope_to: str) -> Owner | None:
    """Whose subscription a mail to `unsub+TOKEN@` is to end; None when it is no such mail, or a program's.

    The token is the proof, as it is of the link beside it (RFC 8058): whoever has the mail may leave, from whatever address.
    """
    if reading.kind != OTHER or reading.automatic or envelope_from == NULL_SENDER:
        return None
    for token in filter(None, (leaving.of_address(envelope_to), *reading.leave_tokens)):
        found = lookups.delivery_for(sealing.UNSUBSCRIBE, token)
        if found is not None and found.delivery is None:
            return Owner(Identity.TEST)
        if found is not None and found.delivery is not None:
            return Owner(Identity.TOKEN, found.delivery, found.delivery.subscriber)
    return None


def _tokens_of(envelope_to: str) -> list[str]:
    """The token of the address that the report was sent to: `b+TOKEN@bounce-domain`."""
    local = envelope_to.partition("@")[0].lower()
    return [local[2:]] if local.startswith("b+") else []


def _names_another(reading: Reading, subscriber: Subscriber | None) -> bool:
    """Whether the report names addresses, and the reader's is not among them. A complaint often redacts it: that is none."""
    if subscriber is None or reading.kind == "complaint":
        return False
    named = [each for each in (reading.address, reading.original_recipient, *reading.others) if each]
    return bool(named) and subscriber.address_key not in _keys(named)


def _keys(named: Iterable[str]) -> set[str]:
    keys = set()
    for each in named:
        try:
            keys.add(normalise(each).key)
        except BadAddress:
            keys.add(each.lower())
    return keys
