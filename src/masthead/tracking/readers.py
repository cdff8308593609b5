"""What others may ask about readers who agreed to tracking: of one sending, and of one reader. Nothing here writes."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

from django.conf import settings
from django.db.models import Count, Exists, OuterRef, Sum
from django.db.models.functions import TruncDate

from masthead.audience.models import Subscriber, TrackingConsent
from masthead.audience.tracking_consent import of_person
from masthead.delivery.composing import web_links
from masthead.delivery.models import Campaign, Delivery
from masthead.issues.models import Edition, Publication
from masthead.tracking.lookups import SHOWN_FROM, Day, hidden, spread
from masthead.tracking.machines import OPENED
from masthead.tracking.models import Reading, ReadingSum


@dataclass(frozen=True, slots=True)
class LinkReaders:
    """How many readers followed one link; `share`: percent of the most followed one."""

    number: int
    url: str
    text: str
    readers: int | None
    share: int = 0


@dataclass(frozen=True, slots=True)
class Readings:
    """What readers who agreed did with the mails of one sending. A figure of None is not shown.

    `agreed`: had agreed when it started, still do, and a mail server took their mail with layout; `opened`: of them, those who
    opened it or followed a link; `programs`: requests that look like those of programs. `summed_at`: since then only these
    figures are left, those below `SHOWN_FROM` without a value; before, they are of `kept_until` at the longest.
    """

    agreed: int | None
    opened: int | None
    followed: int | None
    programs: int | None
    links: list[LinkReaders]
    days: list[Day]
    kept_until: datetime | None = None
    summed_at: datetime | None = None

    @property
    def opened_share(self) -> int | None:
        """Percent of those who agreed."""
        return 100 * self.opened // self.agreed if self.opened is not None and self.agreed else None

    def as_figures(self) -> dict[str, object]:
        """What is kept when it is no longer kept who they were: `_of_sum` reads it again."""
        shown = hidden([each.people or 0 for each in self.days])
        return {
            "agreed": _shown(self.agreed),
            "opened": _shown(self.opened),
            "followed": _shown(self.followed),
            "programs": _shown(self.programs),
            "links": {str(each.number): _shown(each.readers) for each in self.links},
            "days": [
                {"first": str(each.first), "people": people, "is_rest": each.is_rest}
                for each, people in zip(self.days, shown, strict=True)
            ],
        }


@dataclass(frozen=True, slots=True)
class Followed:
    """One link that a reader followed, or that only programs asked for: then it has no moments."""

    url: str
    text: str
    times: int
    programs: int
    first_at: datetime | None
    last_at: datetime | None


@dataclass(frozen=True, slots=True)
class Read:
    """What one reader did with one mail: `opened_at` for the first time, `times` in all. None: only programs loaded it."""

    edition: Edition
    opened_at: datetime | None
    times: int
    programs: int
    links: tuple[Followed, ...]

    @property
    def followed(self) -> tuple[Followed, ...]:
        """The links that a person followed."""
        return tuple(each for each in self.links if each.times)


def of_campaign(campaign: Campaign) -> Readings | None:
    """Of one sending. None: its mails have nothing by which readers can be told apart."""
    if not campaign.tracks_readers or campaign.started_at is None:
        return None
    summed = ReadingSum.objects.filter(campaign=campaign).first()
    if summed is not None:
        return _of_sum(campaign, summed)
    rows = Reading.objects.filter(campaign=campaign)
    by_person = rows.filter(times__gt=0)
    numbers = dict(by_person.order_by().values_list("number").annotate(n=Count("pk")))
    opened_on = by_person.filter(number=OPENED).annotate(day=TruncDate("first_at", tzinfo=UTC)).order_by("day")
    days = dict(opened_on.values_list("day").annotate(n=Count("pk")))
    return Readings(
        agreed=_agreed(campaign),
        opened=numbers.get(OPENED, 0),
        followed=by_person.filter(number__gt=OPENED).aggregate(n=Count("subscriber", distinct=True))["n"],
        programs=rows.aggregate(n=Sum("programs"))["n"] or 0,
        links=_links(campaign.edition, numbers),
        days=[Day(first, people, is_rest) for first, people, is_rest in spread(days)],
        kept_until=campaign.started_at + timedelta(days=settings.TRACKING_DAYS),
    )


def of_reader(subscriber: Subscriber, campaigns: Iterable[int] | None = None) -> dict[int, Read]:
    """What a reader did with the mails of `campaigns` (None: all), by campaign, at any address that is merged."""
    theirs = [subscriber.pk, *(each.pk for each in subscriber.merged.all())]
    rows = Reading.objects.filter(subscriber__in=theirs)
    if campaigns is not None:
        rows = rows.filter(campaign__in=list(campaigns))
    by_campaign: dict[int, list[Reading]] = {}
    for row in rows.select_related("campaign__edition__publication").order_by("campaign", "number"):
        by_campaign.setdefault(row.campaign_id, []).append(row)
    return {campaign: _read(found) for campaign, found in by_campaign.items()}


def consents_of(subscriber: Subscriber) -> list[tuple[Publication, datetime]]:
    """The publications that the reader agreed to be tracked by, and since when."""
    since = dict(of_person(subscriber).values_list("publication", "since"))
    return [(each, since[each.pk]) for each in Publication.objects.filter(pk__in=since)]


def data_of(subscriber: Subscriber) -> dict[str, object]:
    """All of it as JSON values, for the file of what is held about a reader; times in ISO 8601, UTC."""
    return {
        "agreed": [{"publication": each.name, "since": _iso(since)} for each, since in consents_of(subscriber)],
        "mails": [
            {
                "publication": read.edition.publication.name,
                "issue": read.edition.label,
                "opened_at": _iso(read.opened_at),
                "times": read.times,
                "requests_of_programs": read.programs,
                "links": [
                    {
                        "url": each.url,
                        "times": each.times,
                        "requests_of_programs": each.programs,
                        "first_at": _iso(each.first_at),
                        "last_at": _iso(each.last_at),
                    }
                    for each in read.links
                ],
            }
            for read in of_reader(subscriber).values()
        ],
    }


def agreed_before(campaign: Campaign) -> Any:
    """The consents that a campaign of a publication that tracks took into account, and that still stand."""
    return TrackingConsent.objects.filter(
        publication=campaign.edition.publication_id,
        since__lte=campaign.started_at,
        subscriber__mail_format=Subscriber.Format.HTML,
    )


def _agreed(campaign: Campaign) -> int:
    taken = Delivery.objects.filter(campaign=campaign, subscriber=OuterRef("subscriber"), state=Delivery.State.ACCEPTED)
    return int(agreed_before(campaign).filter(Exists(taken)).count())


def _links(edition: Edition, numbers: dict[int, int | None]) -> list[LinkReaders]:
    web = set(web_links(edition.links).values())
    links = [link for link in edition.links if link["number"] in web]
    most = max((numbers.get(link["number"]) or 0 for link in links), default=0)
    found = []
    for link in links:
        count = numbers.get(link["number"], 0)
        share = 100 * count // most if count and most else 0
        found.append(LinkReaders(link["number"], link["url"], link.get("text", ""), count, share))
    return found


def _of_sum(campaign: Campaign, summed: ReadingSum) -> Readings:
    figures = summed.figures
    return Readings(
        agreed=figures["agreed"],
        opened=figures["opened"],
        followed=figures["followed"],
        programs=figures["programs"],
        links=_links(campaign.edition, {int(number): count for number, count in figures["links"].items()}),
        days=[Day(date.fromisoformat(each["first"]), each["people"], each["is_rest"]) for each in figures["days"]],
        summed_at=summed.at,
    )


def _shown(figure: int | None) -> int | None:
    return figure if figure is not None and (figure == 0 or figure >= SHOWN_FROM) else None


def _read(rows: list[Reading]) -> Read:
    edition = rows[0].campaign.edition
    links = {link["number"]: link for link in edition.links}
    opened = next((row for row in rows if row.number == OPENED), Reading(number=OPENED))
    followed = []
    for row in rows:
        if row.number in links:
            link = links[row.number]
            said = (link["url"], link.get("text", ""))
            followed.append(Followed(*said, row.times, row.programs, row.first_at, row.last_at))
    return Read(edition, opened.first_at, opened.times, opened.programs, tuple(followed))


def _iso(at: datetime | None) -> str | None:
    return at.isoformat(timespec="seconds") if at is not None else None
