"""What others may ask about campaigns and deliveries. Nothing here writes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields

from django.db.models import QuerySet

from masthead.audience.models import MailingList, Subscriber
from masthead.delivery import trouble
from masthead.delivery.composing import web_links
from masthead.delivery.ledger import counting
from masthead.delivery.models import ENDED, Campaign, Delivery
from masthead.issues.models import Issue, Publication
from masthead.mail import sealing

State = Delivery.State

#: So many readers are listed by name where somebody wants to check them one by one; the counts are always whole.
MOST_NAMED = 1000


@dataclass(frozen=True, slots=True)
class Progress:
    """Where a campaign stands, in readers. Before it starts everything is 0."""

    state: str
    audience: int
    accepted: int
    rejected: int
    expired: int
    skipped: int
    cancelled: int
    uncertain: int
    queued: int
    sending: int
    deferred: int
    #: Accepted per second, as of the last seconds; 0 while nobody works on it.
    rate: int
    #: Finished ranges: an end time is worth showing only after two of them.
    ranges_done: int
    attention: str
    #: Why the ledger cannot be written at this moment, as far as this process knows.
    trouble: str = ""

    @property
    def open(self) -> int:
        """Readers who still may get it."""
        return self.queued + self.sending + self.deferred

    @property
    def answered(self) -> int:
        """Readers whose case is settled, one way or the other."""
        return self.audience - self.open

    @property
    def seconds_left(self) -> int | None:
        """A forecast, or None while there is not enough to go by."""
        if self.rate <= 0 or self.ranges_done < 2:
            return None
        return (self.queued + self.sending) // self.rate


@dataclass(frozen=True, slots=True)
class Verification:
    """The sum of rule P1: everybody in the audience is in exactly one state, counted row by row.

    `adds_up`: the rows are as many as the snapshot wrote. `repeats` is how many hand-overs were uncertain and were repeated:
    the most copies that can have been one too many.
    """

    adds_up: bool
    audience: int
    accepted: int
    rejected: int
    expired: int
    skipped: int
    cancelled: int
    uncertain: int
    open: int
    repeats: int


@dataclass(frozen=True, slots=True)
class IssueVerification:
    """The same over all campaigns of an issue that have an audience: `whole` is their sum.

    `readers`: different readers in it; one may be in two campaigns when the first did not reach them. `twice`: readers whom two
    campaigns have sent it or may send it, which must be nobody.
    """

    whole: Verification
    campaigns: list[tuple[Campaign, Verification]]
    readers: int
    twice: int


@dataclass(frozen=True, slots=True)
class Link:
    """A link of an edition, as the mails of a campaign have it. `delivery`: whose mail alone has it; 0: all have the same."""

    campaign: Campaign
    target: str
    delivery: int = 0

    @property
    def is_shared(self) -> bool:
        """Whether it says nothing about who follows it."""
        return self.delivery == 0


@dataclass(frozen=True, slots=True)
class LinkOwner:
    """Whose link a token is: a reader's delivery, or nobody's, when the link came from a test (`is_test`)."""

    delivery: Delivery | None

    @property
    def is_test(self) -> bool:
        """It came from a test mail: such a page shows what would happen and changes nothing."""
        return self.delivery is None


def progress(campaign: Campaign) -> Progress:
    """Cheap enough to be asked every two seconds: it counts the few rows that are not simply accepted or waiting."""
    campaign.refresh_from_db()
    counts = counting.answered(campaign)
    sending, rate = counting.in_hand(campaign)
    audience = campaign.audience or 0
    return Progress(
        state=campaign.state,
        audience=audience,
        **{name: counts.get(state, 0) for name, state in _ANSWERED.items()},
        queued=max(0, audience - sum(counts.values()) - sending),
        sending=sending,
        rate=rate if campaign.state == Campaign.State.SENDING else 0,
        ranges_done=campaign.ranges.filter(done=True).count(),
        attention=campaign.attention,
        trouble=trouble.words_for(campaign.pk),
    )


def verify(campaign: Campaign) -> Verification:
    """Count every row of `campaign`, in one statement, so that the sum is right also while it is being sent."""
    campaign.refresh_from_db()
    counts = counting.counted(campaign)
    audience = campaign.audience or 0
    adds_up = sum(counts.values()) == audience
    names = {name: counts.pop(state, 0) for name, state in _ANSWERED.items() if name != "deferred"}
    return Verification(
        adds_up=adds_up, audience=audience, **names, open=sum(counts.values()), repeats=counting.repeated(campaign)
    )


def verify_issue(campaigns: Sequence[Campaign]) -> IssueVerification:
    """Count every row of all `campaigns` of one issue, each in one statement."""
    found = [(campaign, verify(campaign)) for campaign in campaigns]
    names = [each.name for each in fields(Verification) if each.name != "adds_up"]
    sums = {name: sum(getattr(each, name) for _campaign, each in found) for name in names}
    readers, twice = counting.readers_of(campaigns)
    whole = Verification(adds_up=all(each.adds_up for _campaign, each in found) and not twice, **sums)
    return IssueVerification(whole, found, readers, twice)


def campaigns_of_number(publication: Publication, number: int) -> list[Campaign]:
    """All campaigns of number `number`, newest first; of rehearsals only the newest, and only when nothing else was sent."""
    named = Campaign.objects.filter(edition__publication=publication, edition__number=number).select_related("edition")
    found = list(named.filter(edition__is_test=False).order_by("-id"))
    return found or [each for each in [campaign_of(publication, number)] if each is not None]


def campaign_of(publication: Publication, number: int) -> Campaign | None:
    """The newest campaign that sent number `number`; a rehearsal counts only when nothing else did."""
    campaigns = Campaign.objects.filter(edition__publication=publication, edition__number=number).select_related("edition")
    return campaigns.order_by("edition__is_test", "-id").first()


def campaigns_of(issue: Issue) -> QuerySet[Campaign]:
    """All campaigns of an issue, newest first."""
    return Campaign.objects.filter(edition__issue=issue).select_related("edition").order_by("-id")


def main_campaign_of(issue: Issue) -> Campaign | None:
    """The campaign that says how it stands with the issue: one that has not ended, else the newest to everybody."""
    found = list(campaigns_of(issue))
    under_way = (each for each in found if each.state not in (*ENDED, Campaign.State.DRAFT))
    to_everybody = (each for each in found if each.reach == Campaign.Reach.ALL)
    return next(under_way, None) or next(to_everybody, None)


def in_state(campaign: Campaign, *states: int) -> QuerySet[Delivery]:
    """Deliveries of `campaign` in `states`, with their readers. An index answers for those in which few rows are."""
    deliveries = Delivery.objects.filter(campaign=campaign).select_related("subscriber").order_by("id")
    if not {State.QUEUED, State.SENDING, State.ACCEPTED}.intersection(states):
        return deliveries.filter(rare__in=states)
    span = (campaign.first_delivery or 0, campaign.last_delivery or -1)
    return deliveries.filter(pk__range=span, state__in=states)


def refusals(campaign: Campaign) -> QuerySet[Delivery]:
    """The readers the relay refused or who were given up, with its words."""
    return in_state(campaign, State.REJECTED, State.EXPIRED)


def uncertain(campaign: Campaign) -> QuerySet[Delivery]:
    """The readers of whom nobody can know whether they got it: held for a person's decision."""
    return in_state(campaign, State.UNCERTAIN)


def repeated(campaign: Campaign) -> QuerySet[Delivery]:
    """The readers who may have got it twice, because an uncertain hand-over was repeated."""
    span = Delivery.objects.filter(pk__range=(campaign.first_delivery or 0, campaign.last_delivery or -1))
    return span.filter(campaign=campaign, repeats__gt=0).select_related("subscriber").order_by("id")


def named(deliveries: QuerySet[Delivery]) -> list[str]:
    """The addresses of the first MOST_NAMED readers of `deliveries`; who was erased since has none."""
    some = deliveries.filter(subscriber__isnull=False)
    return list(some.values_list("subscriber__address", flat=True)[:MOST_NAMED])


def refusals_by_reason(campaign: Campaign) -> list[tuple[int, str, int]]:
    """(code, words, readers), the most frequent first. The words are cut where they begin to name one reader."""
    counts: dict[tuple[int, str], int] = {}
    for code, reply in refusals(campaign).values_list("code", "reply").iterator():
        key = (code or 0, reply.partition("<")[0].strip()[:120])
        counts[key] = counts.get(key, 0) + 1
    return sorted(((code, words, count) for (code, words), count in counts.items()), key=lambda each: -each[2])


def reader_history(subscriber: Subscriber) -> QuerySet[Delivery]:
    """Each mail of a campaign to this reader, at any address that is merged, and what became of it, newest first."""
    theirs = [subscriber.pk, *(each.pk for each in subscriber.merged.all())]
    found = Delivery.objects.filter(subscriber__in=theirs)
    return found.select_related("campaign__edition__publication", "subscriber").order_by("-id")


def delivery_for(purpose: str, token: str) -> LinkOwner | None:
    """Whose link it is, from the token in it. None: forged, swapped between purposes, or of a delivery that is no more."""
    number = sealing.unseal(purpose, token)
    if number is None:
        return None
    if number == 0:
        return LinkOwner(None)
    found = Delivery.objects.filter(pk=number).select_related("subscriber", "campaign__edition__publication").first()
    return LinkOwner(found) if found is not None else None


def lists_of(delivery: Delivery) -> list[MailingList]:
    """The lists that the mail went to, deleted ones, too: what its reader leaves."""
    return list(delivery.campaign.lists(manager="every").all())


def link(token: str, number: int) -> Link | None:
    """Link `number` of the mails with this token. None: forged, or no link of that edition."""
    shared, own = sealing.unseal(sealing.CAMPAIGN_LINK, token), 0
    if shared is not None:
        found = Campaign.objects.filter(pk=shared, shared_links=True).select_related("edition__publication").first()
    else:
        owner = delivery_for(sealing.LINK, token)
        found = owner.delivery.campaign if owner is not None and owner.delivery is not None else None
        own = owner.delivery.pk if owner is not None and owner.delivery is not None else 0
    links = web_links(found.edition.links) if found is not None else {}
    target = next((url for url, its_number in links.items() if its_number == number), None)
    return Link(found, target, own) if found is not None and target is not None else None


_ANSWERED = {
    "accepted": State.ACCEPTED,
    "rejected": State.REJECTED,
    "expired": State.EXPIRED,
    "skipped": State.SKIPPED,
    "cancelled": State.CANCELLED,
    "uncertain": State.UNCERTAIN,
    "deferred": State.DEFERRED,
}
