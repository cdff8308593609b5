"""Read-only questions about readers: who is on which list, how many, who is suppressed, what happened when."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from masthead.audience import searching
from masthead.audience.models import ConsentEvent, MailingList, Subscriber, Subscription
from masthead.common.addresses import BadAddress, normalise
from masthead.mail.models import Suppression

State = Subscription.State


@dataclass(frozen=True, slots=True)
class ListCounts:
    """How many readers a list has in each state.

    `suppressed` are among the active ones, and get no mail; `bounced` are those of them whose address is dead.
    """

    pending: int = 0
    active: int = 0
    left: int = 0
    suppressed: int = 0
    bounced: int = 0


def is_suppressed(prefix: str = "") -> Exists:
    """A condition on querysets: the reader (at `prefix`, say "subscriber__") is suppressed."""
    return Exists(
        Suppression.objects.filter(Q(fingerprint=OuterRef(f"{prefix}fingerprint")) | Q(domain=OuterRef(f"{prefix}domain")))
    )


def active_in(lists: Iterable[MailingList], *, today: date) -> QuerySet[Subscriber]:
    """The readers that a mail to `lists` goes to: each once, active, not paused, not suppressed."""
    on = Subscription.objects.filter(
        Q(paused_until=None) | Q(paused_until__lte=today), subscriber=OuterRef("pk"), list__in=list(lists), state=State.ACTIVE
    )
    return Subscriber.objects.filter(Exists(on), ~is_suppressed())


def resting_in(lists: Iterable[MailingList], *, today: date) -> int:
    """How many subscriptions to `lists` are active and paused by their readers until later than `today`."""
    return Subscription.objects.filter(list__in=list(lists), state=State.ACTIVE, paused_until__gt=today).count()


def counts(lists: Iterable[MailingList] | None = None) -> dict[int, ListCounts]:
    """The counts of each list, by its id. A list without readers is in it, too."""
    found = MailingList.objects.all() if lists is None else MailingList.objects.filter(pk__in=[entry.pk for entry in lists])
    subscriptions = Subscription.objects.filter(list__in=found).order_by()
    numbers: dict[int, dict[str, int]] = {pk: {} for pk in found.order_by().values_list("pk", flat=True)}
    for list_id, state, count in subscriptions.values_list("list_id", "state").annotate(n=Count("pk")):
        numbers[list_id][state] = count
    silent = subscriptions.filter(is_suppressed("subscriber__"), state=State.ACTIVE)
    # An address that was merged into another has left each list, but nobody went.
    merged = Subscription.objects.filter(subscriber__merged_into__isnull=False, state=State.LEFT, list__in=found).order_by()
    for list_id, count in merged.values_list("list_id").annotate(n=Count("pk")):
        numbers[list_id][State.LEFT] = numbers[list_id].get(State.LEFT, 0) - count
    for list_id, count in silent.values_list("list_id").annotate(n=Count("pk")):
        numbers[list_id]["suppressed"] = count
    dead = Suppression.objects.filter(reason=Suppression.Reason.BOUNCED).values("fingerprint")
    bounced = subscriptions.filter(state=State.ACTIVE, subscriber__fingerprint__in=dead)
    for list_id, count in bounced.values_list("list_id").annotate(n=Count("pk")):
        numbers[list_id]["bounced"] = count
    return {pk: ListCounts(**of_list) for pk, of_list in numbers.items()}


def timeline(subscriber: Subscriber) -> QuerySet[ConsentEvent]:
    """What the reader consented to and left, with each address that is merged, oldest first, with lists and texts."""
    found = ConsentEvent.objects.filter(Q(subscriber=subscriber) | Q(subscriber__merged_into=subscriber))
    return found.select_related("list", "text", "subscriber").order_by("at", "id")


def newest_events(readers: Iterable[int]) -> dict[tuple[int, int | None], str]:
    """By reader and list, how the newest consent event of the two came about: an undo asks whether it is still its own."""
    events = ConsentEvent.objects.filter(subscriber__in=list(readers)).order_by("pk")
    return {(pk, list_id): how for pk, list_id, how in events.values_list("subscriber_id", "list_id", "how")}


def matching(found: QuerySet[Subscriber], text: str) -> QuerySet[Subscriber]:
    """Of `found`, those with `text` in address or name. A whole address finds its reader by the index."""
    if "@" in text:
        try:
            own = Subscriber.objects.filter(address_key=normalise(text).key).values_list("pk", "merged_into").first()
            # Asked beforehand: with "or whom it was merged into" in one condition PostgreSQL looks at every row.
            exact = found.filter(pk__in=[pk for pk in own or () if pk is not None])
        except BadAddress:
            exact = found.none()
        if exact.exists():
            return exact
    return searching.containing(found, text)
