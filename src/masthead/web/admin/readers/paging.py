"""A page of very many readers: found from where the last one ended, however far down, and counted up to a limit."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Q, QuerySet

from masthead.audience.models import Subscriber

#: To count a million takes longer than to show some of them, and nobody counts on it.
COUNTED = 10_000
#: Whoever searches for a part of a name that more have than this will say more of it, not count them.
COUNTED_OF_A_SEARCH = 1_000


@dataclass(frozen=True, slots=True)
class ReadersPage:
    """Some readers of all that are found."""

    object_list: Sequence[Subscriber]
    #: How many are found, up to what was to be counted.
    count: int
    is_more: bool
    #: The readers whom the page before ends before and the next one begins after; None where there is no such page.
    before: int | None
    after: int | None


@dataclass(frozen=True, slots=True)
class Stretch:
    """Some rows of a list that is read from its newest end, without a count of all."""

    object_list: Sequence[Any]
    #: The numbers of the pages beside it, from 1; None where there is none.
    newer: int | None
    older: int | None

    def __iter__(self) -> Iterator[Any]:
        return iter(self.object_list)


def stretch_of(found: QuerySet[Any], asked: str, *, size: int) -> Stretch:
    """Page `asked` of `found`, counted from 1; what is no number, or lies beyond the end, begins at the beginning."""
    number = int(asked) if asked.isascii() and asked.isdecimal() and len(asked) < 7 else 1
    begin = max(number - 1, 0) * size
    rows = list(found[begin : begin + size + 1])
    if not rows and begin:
        return stretch_of(found, "1", size=size)
    return Stretch(rows[:size], number - 1 if begin else None, begin // size + 2 if len(rows) > size else None)


def page_of(
    found: QuerySet[Subscriber], asked: Mapping[str, str], *, size: int, counted: int, searched: bool = False
) -> ReadersPage:
    """The page of `found`, whose order ends in a unique column, that `asked` says: "after" or "before" the id of a reader.

    They are counted up to `counted`. `searched`: to find them costs more than to fetch a few by their ids, so that it is done
    once where they are few. A reader who is not there any more, or anything that is no id, begins at the beginning.
    """
    known = list(found.order_by().values_list("pk", flat=True)[: counted + 1]) if searched else None
    if known is not None and len(known) <= counted:
        found = found.filter(pk__in=known)
    order = tuple(str(name) for name in found.query.order_by)
    back = not asked.get("after") and bool(asked.get("before"))
    rows, anchor = [], _anchor(asked.get("before" if back else "after", ""), order)
    if anchor is not None:
        there = found.order_by(*_turned(order)) if back else found
        rows = list(there.filter(_beyond(anchor, order, back=back))[: size + 1])
    if not rows:
        back, anchor, rows = False, None, list(found[: size + 1])
    further, rows = len(rows) > size, rows[:size]
    if back:
        rows.reverse()
    is_before, is_after = (further, True) if back else (anchor is not None, further)
    # What fits on one page is counted already.
    if known is not None:
        count = len(known)
    else:
        count = found.order_by().values("pk")[: counted + 1].count() if is_before or is_after else len(rows)
    return ReadersPage(
        object_list=rows,
        count=min(count, counted),
        is_more=count > counted,
        before=rows[0].pk if is_before else None,
        after=rows[-1].pk if is_after else None,
    )


def _anchor(said: str, order: Sequence[str]) -> tuple[object, ...] | None:
    """What the reader that was said has in the columns of the order."""
    if not (said.isascii() and said.isdecimal() and len(said) < 19):
        return None
    return Subscriber.objects.filter(pk=int(said)).values_list(*[name.removeprefix("-") for name in order]).first()


def _turned(order: Sequence[str]) -> list[str]:
    return [name.removeprefix("-") if name.startswith("-") else f"-{name}" for name in order]


def _beyond(anchor: Sequence[object], order: Sequence[str], *, back: bool) -> Q:
    """Further in the order than the anchor: by the first column, or where that is equal by the others."""
    name, value = order[0].removeprefix("-"), anchor[0]
    way = "lt" if order[0].startswith("-") is not back else "gt"
    if len(order) == 1:
        return Q(**{f"{name}__{way}": value})
    # The first condition is implied by the second, and says where an index begins.
    further = Q(**{f"{name}__{way}": value}) | (Q(**{name: value}) & _beyond(anchor[1:], order[1:], back=back))
    return Q(**{f"{name}__{way}e": value}) & further
