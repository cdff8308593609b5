"""A batch of an import: what becomes of each of its rows, and the writing of those that are to be added or changed."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from masthead.audience import events
from masthead.audience.imports import staging, statements, words
from masthead.audience.imports.report import Outcome, Result
from masthead.audience.imports.seen import Seen
from masthead.audience.imports.statements import Known, Made, Row
from masthead.audience.models import ImportChange, ImportRun, Subscriber, Subscription
from masthead.mail.models import Suppression

_PENDING, _ACTIVE, _LEFT = Subscription.State.PENDING, Subscription.State.ACTIVE, Subscription.State.LEFT


class Vanished(Exception):
    """A reader was there and is not any more. Another try of the batch finds all in order."""


@dataclass(slots=True)
class Judged:
    """What is to be done, and what became of every row."""

    #: The readers that did not exist; None in a dry run.
    made: Made | None
    #: Whether that is all the rows there were. Then `outcomes` names none of them.
    only_new: bool = False
    #: Known from elsewhere, or waiting for confirmation: they join the list.
    joining: list[Known] = field(default_factory=list)
    #: Readers whose data changes, with the fields as they were and as they become.
    changes: list[tuple[Known, dict[str, Any], dict[str, Any]]] = field(default_factory=list)
    outcomes: list[Outcome] = field(default_factory=list)


def judge(count: int, run: ImportRun, seen: Seen, *, now: datetime) -> Judged:
    """What becomes of the `count` staged rows: who is suppressed, stood in the file before, left, is known, changes, or is new.

    Readers that do not exist are made at once, unless it is a dry run: whether one exists is asked of nobody but the index that
    must be written anyhow. What is to be done with all others is left to `write`.
    """
    made = None if run.dry_run else statements.insert_readers(count, source=run.how, now=now, likely_new=not seen.was_asked)
    judged = Judged(made)
    if made is not None and made.count == count:
        judged.only_new = True
        return judged
    staging.learn()
    if made is not None:
        judged.outcomes = [(line, shown, Result.ADDED, "") for line, shown in statements.made_rows(made)]
    for rows in statements.other_rows(made, mailing_list=run.list):
        _judge_others(rows, run, seen, judged)
    return judged


def _judge_others(rows: dict[bytes, Row], run: ImportRun, seen: Seen, judged: Judged) -> None:
    outcomes, stopped, repeated = judged.outcomes, _suppressed(rows), seen.earlier(rows)
    for mark, row in rows.items():
        known = row.known
        if mark in repeated:
            outcomes.append((row.line, row.shown, Result.REJECTED, words.duplicate(repeated[mark])))
        elif mark in stopped:
            outcomes.append((row.line, row.shown, Result.SUPPRESSED, words.suppressed(stopped[mark])))
        elif known is None:
            if not run.dry_run:
                # Somebody else made this reader and took it away again while this batch was under way.
                raise Vanished
            outcomes.append((row.line, row.shown, Result.ADDED, ""))
        elif known.state == _LEFT and known.since is not None:
            outcomes.append((row.line, row.shown, Result.LEFT, words.left_before(known.since)))
        else:
            _judge_known(row, known, run, judged)


def _judge_known(row: Row, known: Known, run: ImportRun, judged: Judged) -> None:
    before, after = _difference(row, known)
    changes = run.update_known and bool(after)
    if changes:
        judged.changes.append((known, before, after))
    if known.state != _ACTIVE:
        judged.joining.append(known)
        outcome = Result.ADDED, words.joins(known.state == _PENDING)
    elif changes:
        outcome = Result.CHANGED, words.changes(_names(after))
    else:
        outcome = Result.KNOWN, words.known(_names(after))
    judged.outcomes.append((row.line, row.shown, *outcome))


def write(judged: Judged, run: ImportRun, *, now: datetime) -> None:
    """Put the new and the joining readers on the list of `run`, and change what changes."""
    _change(judged, run)
    joining = [known.pk for known in judged.joining]
    if joining:
        # Who waited for confirmation is confirmed by the statement of the import.
        waiting = Subscription.objects.filter(list=run.list_id, subscriber__in=joining, state=_PENDING)
        waiting.update(state=_ACTIVE, since=now)
        # Whoever joins by an address that was merged into another is a reader of their own again.
        Subscriber.objects.filter(pk__in=joining, merged_into__isnull=False).update(merged_into=None)
    if judged.made is None or not (joining or judged.made.count):
        return
    statements.activate(judged.made, joining, mailing_list=run.list, now=now)
    text = events.text_of(run.statement)
    statements.write_imported_events(judged.made, joining, mailing_list=run.list, how=run.how, text=text, by=run.by, now=now)


def _change(judged: Judged, run: ImportRun) -> None:
    """Write the changes, and keep what was there before for an undo. Waiting for confirmation is one of these things."""
    kept = [ImportChange(run=run, subscriber_id=known.pk, before=before, after=after) for known, before, after in judged.changes]
    for known in judged.joining:
        if known.state == _PENDING and known.since is not None:
            before = {"waiting_since": known.since.isoformat()}
            kept.append(ImportChange(run=run, subscriber_id=known.pk, before=before))
    ImportChange.objects.bulk_create(kept)
    if not judged.changes:
        return
    after_of = {known.pk: after for known, _before, after in judged.changes}
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


def _difference(row: Row, known: Known) -> tuple[dict[str, Any], dict[str, Any]]:
    """What the file says otherwise: the fields as they are and as they would become. An empty cell says nothing."""
    before: dict[str, Any] = {}
    after: dict[str, Any] = {}
    # HTML is what a file without a format column says, too: only "text" is said by somebody.
    mail_format = row.mail_format if row.mail_format == Subscriber.Format.TEXT else ""
    said = {"name": row.name, "language": row.language, "mail_format": mail_format}
    for field_name, value in said.items():
        if value and value != getattr(known, field_name):
            before[field_name], after[field_name] = getattr(known, field_name), value
    if row.attributes != "{}":
        given: dict[str, Any] = json.loads(row.attributes)
        differing = {key: value for key, value in given.items() if str(known.attributes.get(key, "")) != str(value)}
        if differing:
            before["attributes"] = {key: known.attributes.get(key) for key in differing}
            after["attributes"] = differing
    return before, after


def _names(after: dict[str, Any]) -> list[str]:
    return [name for name in after if name != "attributes"] + list(after.get("attributes", {}))


def _suppressed(rows: dict[bytes, Row]) -> dict[bytes, str]:
    """Why, in words, for each fingerprint that gets no mail, by itself or with its whole domain."""
    blocked = statements.blocked({row.domain for row in rows.values()})
    found: dict[bytes, str] = {}
    if blocked:
        found = {mark: words.blocked_domain(row.domain) for mark, row in rows.items() if row.domain in blocked}
    return found | {mark: str(Suppression.Reason(reason).label) for mark, reason in statements.suppressed(rows.keys())}
