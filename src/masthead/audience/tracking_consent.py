"""Consent to tracking: given and withdrawn apart from any subscription, for one publication at a time.

Here is only whether a reader agreed. What is kept of those who did is in `masthead.tracking`, which forgets it with the consent.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet

from masthead.audience import events
from masthead.audience.models import ConsentEvent, MailingList, Subscriber, Subscription, TrackingConsent

Kind = ConsentEvent.Kind


@dataclass(frozen=True, slots=True)
class Agreed:
    """What a reader agreed to: the id and the name of the publication, the text shown, and where ("form", "account")."""

    publication: int
    called: str
    text: str
    how: str

    def as_json(self) -> dict[str, object]:
        """For keeping it until a mailed link confirms it."""
        return asdict(self)


@transaction.atomic
def give(*, subscriber: Subscriber, agreed: Agreed, now: datetime) -> bool:
    """The reader agrees. False: they had before; then nothing changes, and the older text stands.

    Only the readers themselves can: by an act that shows they read the mailbox, or are signed in. No import and no staff can.
    """
    subscriber = subscriber.person
    row, is_new = TrackingConsent.objects.get_or_create(
        subscriber=subscriber, publication=agreed.publication, defaults={"since": now}
    )
    if is_new:
        about = {"publication": agreed.publication, "called": agreed.called}
        events.write(
            subscriber, [None], Kind.TRACKED, how=agreed.how, by="reader", now=row.since, text=agreed.text, details=about
        )
    return is_new


def give_waiting(*, subscriber: Subscriber, waiting: Mapping[str, object], now: datetime) -> None:
    """The same for what waited as `Agreed.as_json` for a mailed link; nothing waits in an empty mapping."""
    if waiting:
        give(subscriber=subscriber, agreed=Agreed(**waiting), now=now)  # type: ignore[arg-type]


@transaction.atomic
def withdraw(*, subscriber: Subscriber, publication: int, called: str, how: str, by: str, now: datetime) -> bool:
    """The reader agrees no more, at any address that is merged. False: there was no consent.

    Call `masthead.tracking.forgetting.withdraw`, which forgets what was kept, too.
    """
    return bool(_end(of_person(subscriber).filter(publication=publication), called=called, how=how, by=by, now=now))


def is_given(subscriber: Subscriber, publication: int) -> bool:
    """Whether the reader agreed."""
    return of_person(subscriber).filter(publication=publication).exists()


def of_person(subscriber: Subscriber) -> QuerySet[TrackingConsent]:
    """The consents of a reader at any address that is merged."""
    person = subscriber.merged_into_id or subscriber.pk
    return TrackingConsent.objects.filter(Q(subscriber=person) | Q(subscriber__merged_into=person))


def end_of_leavers(*, publication: int, called: str, lists: Iterable[MailingList], before: datetime, now: datetime) -> list[int]:
    """Whoever is on none of `lists`, and left before `before`, agrees no more. Returns the ids of these readers."""
    theirs = Subscription.objects.filter(subscriber=OuterRef("subscriber"), list__in=list(lists))
    standing = theirs.filter(Q(state=Subscription.State.ACTIVE) | Q(since__gte=before))
    gone = TrackingConsent.objects.filter(~Exists(standing), publication=publication)
    return _end(gone, called=called, how="left", by="system", now=now)


@transaction.atomic
def _end(found: QuerySet[TrackingConsent], *, called: str, how: str, by: str, now: datetime) -> list[int]:
    rows = list(found.select_for_update(of=("self",)).select_related("subscriber"))
    for row in rows:
        about = {"publication": row.publication, "called": called}
        events.write(row.subscriber, [None], Kind.UNTRACKED, how=how, by=by, now=now, details=about)
    TrackingConsent.objects.filter(pk__in=[row.pk for row in rows]).delete()
    return [row.subscriber_id for row in rows]
