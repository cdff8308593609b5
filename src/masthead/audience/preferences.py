"""What readers choose for themselves: words, format, lists, a pause, another address."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date, datetime, timedelta
from typing import TypedDict, Unpack

from django.db import transaction
from django.utils.translation import gettext as _

from masthead.audience import consent, messages, subscribers, tally, tokens
from masthead.audience.models import AddressChange, MailingList, Subscriber
from masthead.common.addresses import mask, normalise
from masthead.mail import suppressions
from masthead.mail.fingerprints import fingerprint
from masthead.mail.sender import Sender

LINK_DAYS = 7
LONGEST_PAUSE = timedelta(days=366)


class BadPause(ValueError):
    """The day is past or too far away."""

    def __init__(self) -> None:
        super().__init__(_("Choose a day within the next year."))


class Choices(TypedDict, total=False):
    """What a reader may change; what is not given stays."""

    name: str
    language: str
    mail_format: str
    mail_mode: str


@transaction.atomic
def change(
    *,
    subscriber: Subscriber,
    by: str,
    now: datetime,
    lists: Iterable[MailingList] | None = None,
    among: Iterable[MailingList] = (),
    paused_until: date | bool | None = False,
    notice: Sender | None = None,
    **choices: Unpack[Choices],
) -> Subscriber:
    """Change what is given. Of the lists `among` (what the page offered) the reader is then on exactly `lists`.

    With `notice` lists that were joined or left say so by mail, in that voice.
    `paused_until`: a day, None to go on at once, False to leave the pause as it is. Raises BadPause, ValueError for a bad choice.
    """
    if isinstance(paused_until, date) and not now.date() <= paused_until <= now.date() + LONGEST_PAUSE:
        raise BadPause
    subscribers.edit(subscriber=subscriber, by=by, now=now, **choices)
    if lists is not None:
        consent.choose(subscriber=subscriber, lists=lists, among=among, how="preferences", now=now, notice=notice)
    if not isinstance(paused_until, bool):
        consent.pause(subscriber=subscriber, until=paused_until)
    return subscriber


@transaction.atomic
def request_address(
    *, subscriber: Subscriber, address: str, sender: Sender, link_url: Callable[[str], str], now: datetime
) -> str:
    """Mail the new address a link that moves the reader there. Returns the new address, masked. Raises BadAddress.

    The answer is the same when the new address is taken, suppressed or was written to today: none of that is the asker's to know.
    """
    checked = normalise(address)
    mark = fingerprint(checked.key)
    may_mail = tally.may_mail_confirmation(fingerprint=mark, now=now)
    taken = Subscriber.objects.filter(address_key=checked.key).exclude(pk=subscriber.pk).exists()
    if may_mail and not taken and suppressions.find(mark, checked.domain) is None:
        token = tokens.new_token()
        AddressChange.objects.create(
            subscriber=subscriber,
            address=checked.address,
            token_hash=tokens.hash_token(token),
            created_at=now,
            expires_at=now + timedelta(days=LINK_DAYS),
        )
        messages.new_address(
            to=checked.address, link=link_url(token), days=LINK_DAYS, sender=sender, language=subscriber.language, now=now
        )
    return mask(checked.address)


def peek_address(*, token: str, now: datetime) -> AddressChange:
    """The change that `confirm_address` would make; changes nothing. Raises consent.UnknownLink and consent.LinkExpired."""
    change = AddressChange.objects.select_related("subscriber").filter(token_hash=tokens.hash_token(token)).first()
    if change is None:
        raise consent.UnknownLink
    if change.used_at is None and now >= change.expires_at:
        raise consent.LinkExpired
    return change


@transaction.atomic
def confirm_address(*, token: str, sender: Sender, now: datetime) -> Subscriber:
    """The button at the new address was pressed: move there, tell the old address. A second time changes nothing.

    Raises consent.UnknownLink, consent.LinkExpired, subscribers.AddressKnown.
    """
    change = peek_address(token=token, now=now)
    subscriber = change.subscriber
    if AddressChange.objects.filter(pk=change.pk, used_at=None).update(used_at=now) == 0:
        return subscriber
    old, old_mark = subscriber.address, bytes(subscriber.fingerprint)
    subscribers.edit(subscriber=subscriber, by="reader", now=now, address=change.address)
    # Whoever held the old mailbox keeps no way in, and no other change stays open.
    subscriber.sign_ins.all().delete()
    subscriber.address_changes.exclude(pk=change.pk).delete()
    tally.forget(fingerprint=bytes(subscriber.fingerprint), kind=tally.Kind.CONFIRMATION)
    if suppressions.find(old_mark, old.rpartition("@")[2]) is None:
        messages.old_address(to=old, new_masked=mask(subscriber.address), sender=sender, language=subscriber.language, now=now)
    return subscriber
