"""Bounce reader: the header X-Failed-Recipients, as Exim, Gmail and Google Groups write it."""

from __future__ import annotations

from collections.abc import Sequence

from masthead.bounces.reading import addresses
from masthead.bounces.reading.candidates import weigh
from masthead.bounces.reading.document import Document
from masthead.bounces.reading.finding import FROM_HEADER, Failure


def read(document: Document) -> Sequence[Failure]:
    """The recipients in the header, each with the words that the notice has around its address."""
    named = addresses.all_in(document.headers.all("x-failed-recipients"))
    if not named:
        return ()
    words = {each.address.lower(): each.around for each in weigh(document)}
    return [Failure(each, FROM_HEADER, words.get(each.lower(), "")) for each in named]
