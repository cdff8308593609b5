"""A reader is erased: everything about them goes, a keyed fingerprint stays so that nothing brings them back."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.db.models import Q

from masthead.audience import tally
from masthead.audience.models import Subscriber
from masthead.audit.recording import record
from masthead.common.addresses import normalise
from masthead.mail import suppressions
from masthead.mail.models import InboxMessage, SingleMail, Suppression


@transaction.atomic
def erase(*, subscriber: Subscriber, by: str, now: datetime) -> None:
    """Delete the reader, their subscriptions, consent and mails. What was delivered keeps its state and loses the reader.

    The address is suppressed from then on: no import, form or API can write to it. An earlier suppression forgets the address
    in clear. Mail on its way to the address is not sent.
    """
    number = subscriber.pk
    forget(subscriber=subscriber, by=by, now=now)
    record(action="reader.erased", by=by, now=now, subject=f"reader:{number}")


def forget(*, subscriber: Subscriber, by: str, now: datetime) -> None:
    """What an erasure does, in the caller's transaction, who also records it. The addresses merged into this one go, too."""
    for other in subscriber.merged.all():
        forget(subscriber=other, by=by, now=now)
    address = normalise(subscriber.address)
    mark = bytes(subscriber.fingerprint)
    reason = Suppression.Reason.ERASED
    suppressions.suppress_all(addresses={mark: address.address}, reason=reason, keep_address=False, by=by, now=now)
    to_them = Q(envelope_to__iexact=address.ascii) | Q(envelope_to__iexact=address.address)
    SingleMail.objects.filter(to_them).delete()
    InboxMessage.objects.filter(to_them).delete()
    tally.forget(fingerprint=mark)
    subscriber.delete()
