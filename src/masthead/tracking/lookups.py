"""What others may ask about followed links. Nothing here writes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Sum

from masthead.delivery.composing import web_links
from masthead.delivery.models import Campaign
from masthead.tracking.models import LinkCount
from masthead.tracking.models.link_count import ANY

#: A smaller figure could point at somebody: it is not shown.
SHOWN_FROM = 10


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
class Clicks:
    """What was counted of an edition: `together`, then each link in the order of the mail."""

    together: Figure
    links: list[Figure]


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
    )


def _figure(number: int, url: str, text: str, sums: tuple[int, int], most: int) -> Figure:
    people, machines = (each if each >= SHOWN_FROM else None for each in sums)
    share = 100 * people // most if people is not None and most else 0
    return Figure(number, url, text, people, machines, share)
