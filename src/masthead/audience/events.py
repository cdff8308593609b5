"""Writing the ledger of consent. For the acts of consent of this package alone."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from hashlib import sha256

from masthead.audience.models import ConsentEvent, ConsentText, MailingList, Subscriber


def write(
    subscriber: Subscriber,
    lists: Iterable[MailingList | None],
    kind: ConsentEvent.Kind,
    *,
    how: str,
    by: str,
    now: datetime,
    text: str = "",
    details: Mapping[str, object] | None = None,
) -> None:
    """Write the events of one act, one for each of `lists` (None: it is about no list)."""
    shown = text_of(text)
    ConsentEvent.objects.bulk_create(
        ConsentEvent(
            subscriber=subscriber, list=entry, kind=kind, at=now, how=how, text=shown, by=by, details=dict(details or {})
        )
        for entry in lists
    )


def text_of(text: str) -> ConsentText | None:
    """The text a reader was shown, kept once under its digest; None for no text."""
    if not text:
        return None
    digest = sha256(text.encode()).hexdigest()
    return ConsentText.objects.get_or_create(digest=digest, defaults={"text": text})[0]
