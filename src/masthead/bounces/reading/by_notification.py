"""Bounce reader: a provider's notification in JSON."""

from __future__ import annotations

from collections.abc import Sequence

from masthead.bounces.reading.document import Document
from masthead.bounces.reading.finding import Failure


def read(document: Document) -> Sequence[Failure]:
    """The recipients of the notification, if there is one."""
    return document.notification.failures if document.notification is not None else ()
