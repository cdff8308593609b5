"""What was counted of links as rows of a table: for the desk and the command line alike."""

from __future__ import annotations

from collections.abc import Iterator

from masthead.tracking.lookups import Clicks

#: The names of the columns. They are for programs and stay as they are in every language.
HEADING = ("day", "link", "url", "text", "visitors", "programs")


def rows(clicks: Clicks) -> Iterator[list[str]]:
    """First any link and then each link over all days (no `day`), then any link on each day (no `programs`).

    A figure that is not shown is an empty cell. "2026-05-29+" stands for that day and all after it.
    """
    for each in (clicks.together, *clicks.links):
        yield ["", str(each.number), each.url, each.text, _cell(each.people), _cell(each.machines)]
    for day in clicks.days:
        yield [f"{day.first}+" if day.is_rest else str(day.first), "0", "", "", _cell(day.people), ""]


def _cell(figure: int | None) -> str:
    return "" if figure is None else str(figure)
