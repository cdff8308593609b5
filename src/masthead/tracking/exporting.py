"""What was counted of links, and what readers who agreed did, as rows of a table: for the desk and the command line alike."""

from __future__ import annotations

from collections.abc import Iterator

from masthead.tracking.lookups import Clicks
from masthead.tracking.readers import Readings

#: The names of the columns. They are for programs and stay as they are in every language.
HEADING = ("day", "link", "url", "text", "visitors", "programs")
#: The same of readers who agreed. `what` is agreed, opened, followed (any link), programs, link or day.
HEADING_OF_READERS = ("what", "link", "url", "text", "day", "readers")


def rows(clicks: Clicks) -> Iterator[list[str]]:
    """First any link and then each link over all days (no `day`), then any link on each day (no `programs`).

    A figure that is not shown is an empty cell. "2026-05-29+" stands for that day and all after it.
    """
    for each in (clicks.together, *clicks.links):
        yield ["", str(each.number), each.url, each.text, _cell(each.people), _cell(each.machines)]
    for day in clicks.days:
        yield [f"{day.first}+" if day.is_rest else str(day.first), "0", "", "", _cell(day.people), ""]


def rows_of_readers(readings: Readings) -> Iterator[list[str]]:
    """The sums, then each link, then how many opened it for the first time on each day; cells and days as in `rows`."""
    for what in ("agreed", "opened", "followed", "programs"):
        yield [what, "", "", "", "", _cell(getattr(readings, what))]
    for each in readings.links:
        yield ["link", str(each.number), each.url, each.text, "", _cell(each.readers)]
    for day in readings.days:
        yield ["day", "", "", "", f"{day.first}+" if day.is_rest else str(day.first), _cell(day.people)]


def _cell(figure: int | None) -> str:
    return "" if figure is None else str(figure)
