"""Stores received mails, many in one transaction: each is acknowledged only after the commit that holds it."""

from __future__ import annotations

import email.parser
import logging
import queue
from concurrent.futures import Future
from dataclasses import dataclass, field
from datetime import UTC, datetime
from threading import Thread

from django.db import DatabaseError, close_old_connections, connections, transaction

from masthead.mail.inbox.reading import decoded_header
from masthead.mail.models import InboxMessage

log = logging.getLogger(__name__)

_MOST_AT_ONCE = 200


@dataclass(frozen=True, slots=True)
class Received:
    """A mail as it came over the wire. `kept` gets True after the commit, False when the database failed."""

    envelope_from: str
    envelope_to: tuple[str, ...]
    raw: bytes
    at: datetime
    kept: Future[bool] = field(default_factory=Future)


class Keeper:
    """A thread that writes. Group commit: whatever has come in while one commit ran goes into the next."""

    def __init__(self) -> None:
        self._waiting: queue.SimpleQueue[Received | None] = queue.SimpleQueue()
        self._thread = Thread(target=self._run, name="inbox keeper", daemon=True)
        self._thread.start()

    def keep(self, *, envelope_from: str, envelope_to: tuple[str, ...], raw: bytes) -> Future[bool]:
        """Store a mail soon; the future says whether that worked."""
        received = Received(envelope_from, envelope_to, raw, datetime.now(UTC))
        self._waiting.put(received)
        return received.kept

    def stop(self) -> None:
        """Store what is waiting, then end."""
        self._waiting.put(None)
        self._thread.join(30)

    def _run(self) -> None:
        going_on = True
        while going_on:
            batch, going_on = self._next_batch()
            if batch:
                kept = _store(batch)
                for received in batch:
                    received.kept.set_result(kept)
        connections.close_all()

    def _next_batch(self) -> tuple[list[Received], bool]:
        """What waits now, at least one; and whether to go on after it."""
        batch: list[Received] = []
        received = self._waiting.get()
        while received is not None:
            batch.append(received)
            if len(batch) >= _MOST_AT_ONCE or self._waiting.empty():
                return batch, True
            received = self._waiting.get()
        return batch, False


def _store(batch: list[Received]) -> bool:
    rows = [row for received in batch for row in _rows(received)]
    close_old_connections()
    try:
        with transaction.atomic():
            InboxMessage.objects.bulk_create(rows)
    except DatabaseError:
        log.exception("the built-in inbox could not store %s mails; their sender is asked to try again", len(batch))
        return False
    return True


def _rows(received: Received) -> list[InboxMessage]:
    end = received.raw.find(b"\r\n\r\n")
    head = email.parser.BytesHeaderParser().parsebytes(received.raw[: end + 2 if end >= 0 else 64 * 1024])
    subject = decoded_header(head.get("Subject", "")).replace("\0", "")[:998]
    message_id = str(head.get("Message-ID", "")).replace("\0", "").strip()[:255]
    return [
        InboxMessage(
            received_at=received.at,
            envelope_from=received.envelope_from[:320],
            envelope_to=address[:320],
            subject=subject,
            message_id=message_id,
            size=len(received.raw),
            raw=received.raw,
        )
        for address in received.envelope_to
    ]
