"""The registry of bounce readers: each knows one way in which recipients and reasons are told. The first that finds any wins."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

from masthead.bounces.reading import by_headers, by_notification, by_report, by_text
from masthead.bounces.reading.document import Document
from masthead.bounces.reading.finding import Failure

#: A reader: a pure function that names the recipients a mail is about, the most telling first, or none.
Reader = Callable[[Document], Sequence[Failure]]


class Registered(NamedTuple):
    """A reader and the name by which findings refer to it."""

    name: str
    read: Reader


_READERS: list[Registered] = []


def register(name: str, reader: Reader, *, before: str = "") -> None:
    """Add `reader`, at the end or `before` the named one. Raises ValueError for a name that is taken, or is not there."""
    if any(each.name == name for each in _READERS):
        raise ValueError(f"There is a bounce reader named {name!r} already.")
    names = [each.name for each in _READERS]
    if before and before not in names:
        raise ValueError(f"There is no bounce reader named {before!r}; there are {', '.join(names)}.")
    _READERS.insert(names.index(before) if before else len(names), Registered(name, reader))


def readers() -> tuple[Registered, ...]:
    """All readers in the order in which they are asked."""
    return tuple(_READERS)


register("report", by_report.read)
register("notification", by_notification.read)
register("headers", by_headers.read)
register("text", by_text.read)
