"""What others may ask about followed links. Nothing here writes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Sum

from masthead.delivery.composing import web_links
from masthead.delivery.models import Campaign
from masthead.tracking.models import LinkCount
from masthead.tracking.models.link_count import ANY

#: A smaller figure could point at somebody: it is not shown.
SHOWN_FROM = 10
#: So many days from the first counted one on stand for themselves; what comes after is one figure.
DAYS = 28


@dataclass(frozen=True, slots=True)
class Figure:
    """One link, or all of a mail together (`number` 0, no `url`). A figure of None is below SHOWN_FROM.

    `people`: different visitors, each once a day; `machines`: requests of programs; `share`: percent of the most
    followed link.
    """

    number: int
    url: str
    text: str
    people: int | None
    machines: int | None
    share: int = 0


@dataclass(frozen=True, slots=True)
class Day:
    """The visitors of any link on the day `first` (UTC), or with `is_rest` on it and all days after it.

    `people` is None below SHOWN_FROM, and where what the others leave of the whole would tell such a figure.
    """

    first: date
    people: int | None
    is_rest: bool = False


@dataclass(frozen=True, slots=True)
class Clicks:
    """What was counted of an edition: `together`, then each link in the order of the mail, and any link over time.

    `days` has no gaps: a day without a visitor is there with 0.
    """

    together: Figure
    links: list[Figure]
    days: list[Day]


def clicks(campaigns: Sequence[Campaign]) -> Clicks | None:
    """Of `campaigns`, all of one edition. None: none of them had links that are counted."""
    counted = [each for each in campaigns if each.shared_links]
    if not counted:
        return None
    rows = LinkCount.objects.filter(campaign__in=counted).values("number").annotate(p=Sum("people"), m=Sum("machines"))
    sums = {row["number"]: (row["p"], row["m"]) for row in rows.order_by("number")}
    edition = counted[0].edition
    web = set(web_links(edition.links).values())
    links = [link for link in edition.links if link["number"] in web]
    most = max((sums.get(link["number"], (0, 0))[0] for link in links), default=0)
    return Clicks(
        together=_figure(ANY, "", "", sums.get(ANY, (0, 0)), 0),
        links=[
            _figure(link["number"], link["url"], link.get("text", ""), sums.get(link["number"], (0, 0)), most) for link in links
        ],
        days=_days(counted),
    )


def _days(campaigns: Sequence[Campaign]) -> list[Day]:
    rows = LinkCount.objects.filter(campaign__in=campaigns, number=ANY).values("day").annotate(p=Sum("people")).order_by("day")
    found = spread({row["day"]: row["p"] for row in rows})
    shown = hidden([people for _first, people, _is_rest in found])
    return [Day(first, people, is_rest) for (first, _people, is_rest), people in zip(found, shown, strict=True)]


def spread(counted: Mapping[date, int]) -> list[tuple[date, int, bool]]:
    """The figures of days without gaps, as `Day` has them: DAYS of them, then all others as one."""
    if not counted:
        return []
    first, last = min(counted), max(counted)
    end = first + timedelta(days=DAYS)
    days = [first + timedelta(days=n) for n in range(min((last - first).days + 1, DAYS))]
    sums = [counted.get(day, 0) for day in days]
    if last >= end:
        days.append(end)
        sums.append(sum(people for day, people in counted.items() if day >= end))
    return [(day, people, day == end) for day, people in zip(days, sums, strict=True)]


def hidden(sums: Sequence[int]) -> list[int | None]:
    """`sums` without those from 1 to below SHOWN_FROM.

    Their total is known: where the hidden ones come to less than SHOWN_FROM together, the smallest shown is hidden, too
    (secondary suppression: Hundepool and others, Statistical Disclosure Control, 2012, chapter 4).
    """
    places = {place for place, people in enumerate(sums) if 0 < people < SHOWN_FROM}
    if places and sum(sums[place] for place in places) < SHOWN_FROM:
        shown = [place for place, people in enumerate(sums) if people >= SHOWN_FROM]
        places |= {min(shown, key=lambda place: sums[place])} if shown else set()
    return [None if place in places else people for place, people in enumerate(sums)]


def _figure(number: int, url: str, text: str, sums: tuple[int, int], most: int) -> Figure:
    people, machines = (each if each >= SHOWN_FROM else None for each in sums)
    share = 100 * people // most if people is not None and most else 0
    return Figure(number, url, text, people, machines, share)
