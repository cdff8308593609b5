"""What others may ask about what came back. Nothing here writes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, Literal

from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Value

from masthead.audience.models import Subscriber
from masthead.bounces.models import Alarm, Finding, RawReport, Reply
from masthead.bounces.reading.finding import DEAD
from masthead.bounces.rules import OURS
from masthead.delivery.models import Campaign, Delivery
from masthead.issues.models import Publication
from masthead.mail import sealing

Outcome = Finding.Outcome
#: Identified by what only a mail that was handed over can have brought back.
_CAME_BACK = (Finding.Identity.TOKEN, Finding.Identity.MESSAGE_ID)


#: What a reason says about whom: the address is dead, we or a policy are to blame, or neither.
Blame = Literal["dead", "ours", "other"]


#: So long after a mail was accepted a server may still send it back; then silence means that it arrived.
_SILENCE = timedelta(days=5)


def proves_accepted(delivery_ids: Iterable[int]) -> set[int]:
    """Of these deliveries, those of which something came back by token or Message-ID: the relay must have taken them.

    Nobody but a server that had the mail, or its reader, can know either.
    """
    found = Finding.objects.filter(delivery__in=list(delivery_ids), identity__in=_CAME_BACK)
    return set(found.values_list("delivery_id", flat=True))


def by_message_id(message_id: str) -> Finding | None:
    """The newest finding about the mail with this Message-ID (with or without angle brackets), or None."""
    number = sealing.unseal(sealing.MESSAGE_ID, message_id.strip("<> ").partition("@")[0])
    if number:
        return Finding.objects.filter(delivery=number, identity__in=_CAME_BACK).order_by("-id").first()
    return None


def of_campaign(campaign: Campaign) -> QuerySet[Finding]:
    """All findings of `campaign`, newest first."""
    return campaign.findings.select_related("subscriber").order_by("-id")


def of_reader(subscriber: Subscriber) -> QuerySet[Finding]:
    """All findings about one reader, at any address that is merged, newest first."""
    theirs = [subscriber.pk, *(each.pk for each in subscriber.merged.all())]
    return Finding.objects.filter(subscriber__in=theirs).select_related("campaign__edition").order_by("-id")


def search(
    *,
    text: str = "",
    kind: str = "",
    outcome: str = "",
    reason: str = "",
    domain: str = "",
    campaign: Campaign | None = None,
) -> QuerySet[Finding]:
    """Findings, newest first. `text` is a part of a reader's address, or of one that the report names; the others are exact."""
    exact = {"kind": kind, "outcome": outcome, "reason": reason, "domain": domain.strip().lower()}
    found = Finding.objects.filter(**{name: value for name, value in exact.items() if value})
    if campaign is not None:
        found = found.filter(campaign=campaign)
    if text:
        found = found.filter(Q(subscriber__address__icontains=text) | Q(address__icontains=text))
    return found.select_related("subscriber", "campaign__edition").order_by("-id")


def blame_of(reason: str) -> Blame:
    """Whom a bounce with this reason speaks about."""
    return "dead" if reason in DEAD else "ours" if reason in OURS else "other"


def campaigns_with_findings() -> QuerySet[Campaign]:
    """The campaigns of which anything came back, newest first, each with how many findings are held."""
    waiting = Count("findings", filter=Q(findings__outcome=Outcome.HELD))
    found = Campaign.objects.filter(findings__isnull=False).select_related("edition__publication")
    return found.annotate(held=waiting).order_by("-id")


def held_campaigns() -> QuerySet[Campaign]:
    """The campaigns of which findings wait for a person, the oldest first."""
    held = Finding.objects.filter(outcome=Outcome.HELD).values("campaign")
    return Campaign.objects.filter(pk__in=held).select_related("edition__publication").order_by("id")


def reasons_of(campaign: Campaign) -> list[tuple[str, str, int]]:
    """(reason, receiving domain, readers) of the bounces of `campaign`, the most frequent first; the erased count, too."""
    bounces = campaign.findings.filter(kind="bounce").values_list("reason", "domain")
    counted = bounces.annotate(readers=Count("delivery", distinct=True)).order_by("-readers", "reason", "domain")
    return [(reason, domain, readers) for reason, domain, readers in counted]


def outcomes_of(campaign: Campaign) -> dict[str, int]:
    """How many findings of `campaign` had each outcome."""
    return dict(campaign.findings.values_list("outcome").annotate(count=Count("pk")).order_by("outcome"))


def attention() -> int:
    """How many things of what came back ask for a person: campaigns with held findings, alarms, reports that could not
    be read.
    """
    return _counted({"attention": (held_campaigns(), unread(), open_alarms())})["attention"]


def waiting_for(publications: QuerySet[Publication]) -> tuple[int, int]:
    """`attention` and `new_replies` by one question: every screen of the desk asks it for its menu."""
    counts = _counted({"attention": (held_campaigns(), unread(), open_alarms()), "replies": (_unseen(publications),)})
    return counts["attention"], counts["replies"]


def held(campaign: Campaign) -> int:
    """How many findings of `campaign` wait for a person's decision."""
    return campaign.findings.filter(outcome=Outcome.HELD).count()


def open_alarms() -> QuerySet[Alarm]:
    """The alarms that nobody has settled, newest first."""
    return Alarm.objects.filter(settled_at=None).select_related("campaign__edition__publication").order_by("-id")


def last_success(subscriber: Subscriber, *, before: datetime) -> datetime | None:
    """When the last mail to `subscriber` was accepted that did not come back within five days, as seen at `before`."""
    until = int((before - _SILENCE).timestamp())
    bounced = Finding.objects.filter(delivery=OuterRef("pk"), kind="bounce")
    arrived = subscriber.deliveries.filter(~Exists(bounced), state=Delivery.State.ACCEPTED, at__lte=until)
    at = arrived.order_by("-at").values_list("at", flat=True).first()
    return datetime.fromtimestamp(at, UTC) if at else None


def soft_since_success(subscriber: Subscriber, *, now: datetime, among: Iterable[Finding] | None = None) -> int:
    """How many mails to `subscriber` came back though the address may be alive, since one last arrived, which forgives all.

    `among` are all findings about the reader, where the caller has them.
    """
    if among is None:
        among = subscriber.findings.filter(kind="bounce", outcome=Outcome.COUNTED)
    theirs = [each for each in among if each.subscriber_id == subscriber.pk]
    soft = [each.found_at for each in theirs if each.kind == "bounce" and each.outcome == Outcome.COUNTED]
    success = last_success(subscriber, before=now) if soft else None
    return sum(success is None or found_at > success for found_at in soft)


def unread() -> QuerySet[RawReport]:
    """The reports that could not be read, newest first."""
    return RawReport.objects.filter(state=RawReport.State.UNREAD).order_by("-id")


def replies(publications: QuerySet[Publication]) -> QuerySet[Reply]:
    """What readers answered to one of `publications`, newest first."""
    related = ("publication", "campaign__edition", "report__subscriber")
    return Reply.objects.filter(publication__in=publications).select_related(*related).order_by("-id")


def replies_to(campaign: Campaign) -> int:
    """How many replies to `campaign` are kept."""
    return Reply.objects.filter(campaign=campaign).count()


def replies_of_reader(subscriber: Subscriber) -> QuerySet[Reply]:
    """What one reader answered, as far as it is still kept, newest first."""
    return Reply.objects.filter(report__subscriber=subscriber).order_by("-id")


def new_replies(publications: QuerySet[Publication]) -> int:
    """How many replies to `publications` nobody has read."""
    return _unseen(publications).count()


def _unseen(publications: QuerySet[Publication]) -> QuerySet[Reply]:
    return Reply.objects.filter(publication__in=publications, read_at=None)


def _counted(asked: Mapping[str, Iterable[QuerySet[Any]]]) -> dict[str, int]:
    """How many rows stand behind each word, all of them together counted by one statement."""
    parts: list[QuerySet[Any, Any]] = []
    for word, several in asked.items():
        for found in several:
            each = found.order_by().annotate(counted_as=Value(word)).values("counted_as")
            parts.append(each.annotate(counted=Count("pk")).values_list("counted_as", "counted"))
    sums = dict.fromkeys(asked, 0)
    for word, count in parts[0].union(*parts[1:], all=True):
        sums[word] += count
    return sums
