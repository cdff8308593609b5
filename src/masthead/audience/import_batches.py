"""A batch of an import: who in it must not or need not be added, and the writing of the others."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from masthead.audience import bulk_rows, consent, import_words
from masthead.audience.import_report import Outcome
from masthead.audience.models import ImportRun, Subscription
from masthead.mail.models import Suppression

_PENDING, _ACTIVE, _LEFT = Subscription.State.PENDING, Subscription.State.ACTIVE, Subscription.State.LEFT


@dataclass(slots=True)
class Row:
    """One readable row: its line, the address as it stood there, and the reader to add."""

    line: int
    shown: str
    reader: bulk_rows.NewReader
    #: The id of the reader if there is one.
    pk: int | None = None


def judge(rows: dict[bytes, Row], run: ImportRun) -> list[Outcome]:
    """Take out of `rows` (by fingerprint) who is suppressed, left before or is known, and count them in `run`."""
    outcomes: list[Outcome] = []

    def take_out(mark: bytes, reason: str) -> None:
        row = rows.pop(mark)
        outcomes.append((row.line, row.shown, reason))

    suppressed = _suppressed(rows)
    for mark, reason in suppressed.items():
        take_out(mark, import_words.suppressed(reason))
    run.suppressed += len(suppressed)

    left: dict[int, bytes] = {}
    for mark, pk, state in bulk_rows.known(list(rows), mailing_list=run.list):
        if state == _LEFT:
            left[pk] = mark
        elif state == _ACTIVE:
            take_out(mark, import_words.known())
            run.known += 1
        else:
            rows[mark].pk = pk
    days = Subscription.objects.filter(list=run.list_id, subscriber__in=list(left)).values_list("subscriber_id", "since")
    for pk, since in days:
        take_out(left[pk], import_words.left_before(since))
    run.left_before += len(left)
    return outcomes


def add(rows: dict[bytes, Row], run: ImportRun, *, now: datetime) -> None:
    """Put the readers in `rows` on the list of `run`, new ones and those that are known from elsewhere."""
    if not rows:
        return
    how = f"import {run.pk}"
    everyone = [row.pk for row in rows.values() if row.pk is not None]
    if everyone:
        # Who waited for confirmation is confirmed by the statement of the import.
        waiting = Subscription.objects.filter(list=run.list_id, subscriber__in=everyone, state=_PENDING)
        waiting.update(state=_ACTIVE, since=now)
    everyone += bulk_rows.insert_readers([row.reader for row in rows.values() if row.pk is None], source=how, now=now)
    bulk_rows.activate(everyone, mailing_list=run.list, now=now)
    text = consent.text_of(run.statement)
    bulk_rows.write_imported_events(everyone, mailing_list=run.list, how=how, text=text, by=run.by, now=now)


def _suppressed(rows: dict[bytes, Row]) -> dict[bytes, str]:
    """Why, in words, for each fingerprint that gets no mail, by itself or with its whole domain."""
    domains = {row.reader[2] for row in rows.values()}
    blocked = set(Suppression.objects.filter(domain__in=domains).values_list("domain", flat=True))
    found = {mark: import_words.blocked_domain(row.reader[2]) for mark, row in rows.items() if row.reader[2] in blocked}
    return found | {mark: str(Suppression.Reason(reason).label) for mark, reason in bulk_rows.suppressed(list(rows))}
