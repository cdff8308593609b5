"""A batch of an import: what becomes of each of its rows, and the writing of those that are to be added or changed."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from masthead.audience import consent
from masthead.audience.imports import statements, words
from masthead.audience.imports.report import Outcome, Result
from masthead.audience.imports.seen import Seen
from masthead.audience.imports.statements import Known
from masthead.audience.models import ImportChange, ImportRun, Subscriber, Subscription
from masthead.mail.models import Suppression

_PENDING, _ACTIVE, _LEFT = Subscription.State.PENDING, Subscription.State.ACTIVE, Subscription.State.LEFT


@dataclass(slots=True)
class Row:
    """One readable row: its line, the address as it stood there, and the reader to add."""

    line: int
    shown: str
    reader: statements.NewReader
    #: The reader if there is one.
    known: Known | None = None


@dataclass(slots=True)
class Judged:
    """What is to be done, and what became of every row."""

    #: The ids of readers that did not exist.
    new: Sequence[int] = ()
    #: Known from elsewhere, or waiting for confirmation: they join the list.
    joining: list[Row] = field(default_factory=list)
    #: Readers whose data changes, with the fields as they were and as they become.
    changes: list[tuple[Row, dict[str, Any], dict[str, Any]]] = field(default_factory=list)
    outcomes: list[Outcome] = field(default_factory=list)

    def counts(self) -> Counter[str]:
        """How many rows of each result."""
        return Counter(outcome[2] for outcome in self.outcomes)


def judge(rows: dict[bytes, Row], run: ImportRun, seen: Seen, *, now: datetime) -> Judged:
    """What becomes of `rows` (by fingerprint): who is suppressed, stood in the file before, left, is known, changes, or is new.

    Readers that do not exist are made at once, unless it is a dry run: whether one exists is asked of nobody but the index that
    must be written anyhow. What is to be done with all others is left to `write`.
    """
    judged = Judged()
    outcomes = judged.outcomes
    stopped = _suppressed(rows)
    if run.dry_run:
        others = [mark for mark in rows if mark not in stopped]
    else:
        asked = [row.reader for mark, row in rows.items() if mark not in stopped]
        judged.new, others = statements.insert_readers(asked, source=run.how, now=now)
    # Whoever was made just now cannot have stood in an earlier line: that one would have been made, or be known or suppressed.
    repeated = seen.earlier([*stopped, *others])
    for mark, line in repeated.items():
        row = rows.pop(mark)
        outcomes.append((row.line, row.shown, Result.REJECTED, words.duplicate(line)))
    for mark, reason in stopped.items():
        if mark not in repeated:
            row = rows.pop(mark)
            outcomes.append((row.line, row.shown, Result.SUPPRESSED, words.suppressed(reason)))
    asked_of = [mark for mark in others if mark not in repeated] if repeated else others
    for known in statements.known(asked_of, mailing_list=run.list):
        row = rows.pop(known.mark)
        row.known = known
        if known.state == _LEFT and known.since is not None:
            outcomes.append((row.line, row.shown, Result.LEFT, words.left_before(known.since)))
            continue
        before, after = _difference(row.reader, known)
        changes = run.update_known and bool(after)
        if changes:
            judged.changes.append((row, before, after))
        if known.state != _ACTIVE:
            judged.joining.append(row)
            outcomes.append((row.line, row.shown, Result.ADDED, words.joins(known.state == _PENDING)))
        elif changes:
            outcomes.append((row.line, row.shown, Result.CHANGED, words.changes(_names(after))))
        else:
            outcomes.append((row.line, row.shown, Result.KNOWN, words.known(_names(after))))
    outcomes += [(row.line, row.shown, Result.ADDED, "") for row in rows.values()]
    return judged


def write(judged: Judged, run: ImportRun, *, now: datetime) -> None:
    """Put the new and the joining readers on the list of `run`, and change what changes."""
    _change(judged, run)
    everyone = [row.known.pk for row in judged.joining if row.known is not None]
    if everyone:
        # Who waited for confirmation is confirmed by the statement of the import.
        waiting = Subscription.objects.filter(list=run.list_id, subscriber__in=everyone, state=_PENDING)
        waiting.update(state=_ACTIVE, since=now)
        # Whoever joins by an address that was merged into another is a reader of their own again.
        Subscriber.objects.filter(pk__in=everyone, merged_into__isnull=False).update(merged_into=None)
    everyone += judged.new
    if not everyone:
        return
    statements.activate(everyone, mailing_list=run.list, now=now)
    text = consent.text_of(run.statement)
    statements.write_imported_events(everyone, mailing_list=run.list, how=run.how, text=text, by=run.by, now=now)


def _change(judged: Judged, run: ImportRun) -> None:
    """Write the changes, and keep what was there before for an undo. Waiting for confirmation is one of these things."""
    kept = [
        ImportChange(run=run, subscriber_id=row.known.pk, before=before, after=after)
        for row, before, after in judged.changes
        if row.known is not None
    ]
    for row in judged.joining:
        if row.known is not None and row.known.state == _PENDING and row.known.since is not None:
            before = {"waiting_since": row.known.since.isoformat()}
            kept.append(ImportChange(run=run, subscriber_id=row.known.pk, before=before))
    ImportChange.objects.bulk_create(kept)
    if not judged.changes:
        return
    after_of = {row.known.pk: after for row, _before, after in judged.changes if row.known is not None}
    readers = list(Subscriber.objects.filter(pk__in=after_of).only("name", "language", "mail_format", "attributes"))
    for reader in readers:
        apply(reader, after_of[reader.pk])
    Subscriber.objects.bulk_update(readers, ["name", "language", "mail_format", "attributes"], batch_size=500)


def apply(reader: Subscriber, values: dict[str, Any]) -> None:
    """Set these fields; within the attributes None takes one away."""
    for name, value in values.items():
        if name == "attributes":
            merged = {**reader.attributes, **value}
            reader.attributes = {key: held for key, held in merged.items() if held is not None}
        elif name in {"name", "language", "mail_format"}:
            setattr(reader, name, value)


def _difference(reader: statements.NewReader, known: Known) -> tuple[dict[str, Any], dict[str, Any]]:
    """What the file says otherwise: the fields as they are and as they would become. An empty cell says nothing."""
    before: dict[str, Any] = {}
    after: dict[str, Any] = {}
    *_ids, name, language, mail_format, attributes = reader
    # HTML is what a file without a format column says, too: only "text" is said by somebody.
    said = {"name": name, "language": language, "mail_format": mail_format if mail_format == Subscriber.Format.TEXT else ""}
    for field_name, value in said.items():
        if value and value != getattr(known, field_name):
            before[field_name], after[field_name] = getattr(known, field_name), value
    if attributes != "{}":
        given: dict[str, Any] = json.loads(attributes)
        differing = {key: value for key, value in given.items() if str(known.attributes.get(key, "")) != str(value)}
        if differing:
            before["attributes"] = {key: known.attributes.get(key) for key in differing}
            after["attributes"] = differing
    return before, after


def _names(after: dict[str, Any]) -> list[str]:
    return [name for name in after if name != "attributes"] + list(after.get("attributes", {}))


def _suppressed(rows: dict[bytes, Row]) -> dict[bytes, str]:
    """Why, in words, for each fingerprint that gets no mail, by itself or with its whole domain."""
    blocked = statements.blocked({row.reader[2] for row in rows.values()})
    found: dict[bytes, str] = {}
    if blocked:
        found = {mark: words.blocked_domain(row.reader[2]) for mark, row in rows.items() if row.reader[2] in blocked}
    return found | {mark: str(Suppression.Reason(reason).label) for mark, reason in statements.suppressed(rows.keys())}
