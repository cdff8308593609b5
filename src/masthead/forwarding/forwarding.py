"""A reader forwards an issue to one friend, and a friend says no.

Nobody learns from it who is a reader or who refused: the caller answers the same whatever happens here.
"""

from __future__ import annotations

import logging
from datetime import datetime, timedelta

from django.db import transaction

from masthead.audience.models import Subscriber, Subscription
from masthead.common.addresses import Address, normalise
from masthead.forwarding import links, messages
from masthead.forwarding.models import Forward, Refusal
from masthead.issues.lookups import is_public
from masthead.issues.models import Edition, Issue
from masthead.mail.fingerprints import fingerprint
from masthead.mail.suppressions import is_suppressed

log = logging.getLogger(__name__)

#: The name in a publication's `share_web` by which forwarding is on.
CHANNEL = "forward"
A_DAY_FROM_ONE_READER = 5
TO_ONE_FRIEND = 2
KEPT = timedelta(days=30)


class NotForwardable(Exception):
    """The issue is not for everyone, or its publication does not offer forwarding."""


def may_be_forwarded(edition: Edition, *, now: datetime) -> bool:
    """Whether a form may be shown for it."""
    offered = CHANNEL in edition.publication.share_web
    return offered and edition.visibility == Issue.Visibility.PUBLIC and is_public(edition, now)


def forward(*, edition: Edition, reader: Subscriber, friend: str, now: datetime) -> bool:
    """Send the issue once to `friend`. False when a limit, a refusal or a subscription stands against it: not to be told.

    Raises BadAddress, NotForwardable.
    """
    address = normalise(friend)
    if not may_be_forwarded(edition, now=now):
        raise NotForwardable
    mark = fingerprint(address.key)
    with transaction.atomic():
        # One after the other for each reader, or two at once would both be the fifth.
        Subscriber.objects.select_for_update().get(pk=reader.pk)
        reason = _against(edition, reader, address, mark, now)
        if reason:
            log.info("an issue was not forwarded: %s", reason)
            return False
        Forward.objects.create(reader=reader, issue=edition.issue, friend=mark, at=now)
        messages.forwarded(edition=edition, by=reader.address, to=address.address, stop=links.token(mark), now=now)
    return True


def refuse(*, friend: bytes, now: datetime) -> None:
    """Nothing is forwarded to the address with this fingerprint any more. A second time changes nothing."""
    Refusal.objects.get_or_create(friend=friend, defaults={"at": now})


def forget(*, now: datetime) -> int:
    """Delete what the limits need no longer; how many."""
    return Forward.objects.filter(at__lt=now - KEPT).delete()[0]


def _against(edition: Edition, reader: Subscriber, address: Address, mark: bytes, now: datetime) -> str:
    """Why not, or nothing."""
    lately = Forward.objects.filter(at__gt=now - KEPT)
    if not reader.subscriptions.filter(state=Subscription.State.ACTIVE).exists():
        return "the reader is not subscribed"
    if lately.filter(reader=reader, at__gt=now - timedelta(days=1)).count() >= A_DAY_FROM_ONE_READER:
        return "the reader's limit"
    if lately.filter(friend=mark, issue=edition.issue).exists():
        return "the friend has the issue"
    if lately.filter(friend=mark).count() >= TO_ONE_FRIEND:
        return "the friend's limit"
    if Refusal.objects.filter(friend=mark).exists() or is_suppressed(mark, address.domain):
        return "the friend wants none"
    known = Subscription.objects.filter(subscriber__fingerprint=mark, state=Subscription.State.ACTIVE)
    return "the friend is a reader" if known.exists() else ""
