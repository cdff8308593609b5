"""Bounce reader: the header X-Failed-Recipients, as Exim, Gmail and Google Groups write it."""

from __future__ import annotations

from collections.abc import Sequence

from masthead.bounces.reading import addresses
from masthead.bounces.reading.candidates import weigh
from masthead.bounces.reading.document import Document
from masthead.bounces.reading.finding import FROM_HEADER, FROM_TEXT, Failure

_SURE = 10


def read(document: Document) -> Sequence[Failure]:
    """The recipients in the header, each with the words that the notice has around its address."""
    named = addresses.all_in(document.headers.all("x-failed-recipients"))
    if not named:
        return ()
    likely = weigh(document)
    seen = document.notice.lower()
    if likely and likely[0].weight >= _SURE and not any(each.lower() in seen for each in named):
        # The header was written for another hop: the notice names who failed in the end.
        return [Failure(likely[0].address, FROM_TEXT, likely[0].around), *(Failure(each, FROM_HEADER) for each in named)]
    words = {each.address.lower(): each.around for each in likely}
    return [Failure(each, FROM_HEADER, words.get(each.lower(), "")) for each in named]
