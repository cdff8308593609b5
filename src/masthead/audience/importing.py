"""Readers come in by the thousand: a CSV file, row by row, each of them added or named with the reason why not.

The file is streamed and written in batches, one transaction each, together with the counts of the run: whatever happens, the run
says exactly what was done, and importing the file again does only the rest. Who has left the list is never put back.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from masthead.audience import import_batches, import_columns, import_rows, import_words
from masthead.audience.import_batches import Row
from masthead.audience.import_columns import Columns
from masthead.audience.import_report import Outcome, Report
from masthead.audience.import_seen import Seen
from masthead.audience.models import ImportRun, MailingList
from masthead.audience.subscribers import one_line
from masthead.audit.recording import record
from masthead.common import csv_rows
from masthead.common.addresses import BadAddress
from masthead.common.csv_rows import Layout, Record, Unreadable
from masthead.common.stopping import STOP

#: Rows in one transaction.
BATCH = 5000
#: The counts of a run; all but the first add up to the first.
COUNTS = ("rows", "added", "known", "left_before", "suppressed", "rejected")

Progress = Callable[[int, int], None]
State = ImportRun.State


class CannotImport(Exception):
    """The file as a whole cannot be imported; the message says why and what to do. Nothing was changed."""


class Stopped(Exception):
    """The process is asked to end. What was written stays; importing the file again does the rest."""

    def __init__(self) -> None:
        super().__init__(_("The import was interrupted. Import the file again: only the rest will be added."))


@dataclass(slots=True)
class _Batch:
    rows: dict[bytes, Row] = field(default_factory=dict)
    rejected: list[Outcome] = field(default_factory=list)
    last_line: int = 0

    def __len__(self) -> int:
        return len(self.rows) + len(self.rejected)


def import_csv(
    *,
    path: Path,
    mailing_list: MailingList,
    statement: str,
    dry_run: bool,
    by: str,
    now: datetime,
    progress: Progress = lambda done, total: None,
) -> ImportRun:
    """Import the readers in `path` to a list. `progress` gets lines done and lines in all, after each batch.

    A dry run reads and checks everything alike, writes the same report and counts, and changes nothing else.
    Raises CannotImport and Stopped.
    """
    run = open_run(
        file_name=path.name, stored_path="", mailing_list=mailing_list, statement=statement, dry_run=dry_run, by=by, now=now
    )
    return execute(run=run, path=path, now=now, progress=progress)


def open_run(
    *, file_name: str, stored_path: str, mailing_list: MailingList, statement: str, dry_run: bool, by: str, now: datetime
) -> ImportRun:
    """A run that waits to be executed."""
    return ImportRun.objects.create(
        list=mailing_list,
        file_name=one_line(file_name)[:255],
        stored_path=stored_path,
        dry_run=dry_run,
        statement=statement.strip(),
        by=by,
        created_at=now,
    )


def execute(
    *,
    run: ImportRun,
    path: Path,
    now: datetime,
    progress: Progress = lambda done, total: None,
    clock: Callable[[], datetime] = timezone.now,
) -> ImportRun:
    """Do what the run says, once: a run that somebody else has begun is left alone. Raises CannotImport and Stopped."""
    if not ImportRun.objects.filter(pk=run.pk, state=State.WAITING).update(state=State.RUNNING, progressed_at=clock()):
        run.refresh_from_db()
        return run
    run.state = State.RUNNING
    try:
        layout, columns = _examine(path)
        run.lines = layout.lines
        run.layout = import_words.layout_words(layout, columns)
        with Seen() as seen, Report(run.pk) as report:
            _Importer(run, layout, columns, seen, report, now, clock, progress).work(path)
    except BaseException as error:
        run.refresh_from_db(fields=[*COUNTS, "lines_done", "report_path"])  # what the last whole batch left
        _end(run, State.FAILED, clock(), str(error if isinstance(error, (CannotImport, Stopped)) else Stopped()))
        raise
    _end(run, State.FINISHED, clock())
    return run


def _examine(path: Path) -> tuple[Layout, Columns]:
    try:
        layout = csv_rows.survey(path)
        first = next(csv_rows.read(path, layout))
    except Unreadable as error:
        raise CannotImport(import_words.unreadable(error.why)) from error
    except StopIteration as error:
        raise CannotImport(import_words.unreadable(csv_rows.Why.EMPTY_FILE)) from error
    if not isinstance(first, Record):
        raise CannotImport(import_words.bad_heading(first.why, first.line))
    try:
        return layout, import_columns.recognise(first.cells)
    except import_columns.NoAddressColumn as error:
        raise CannotImport(import_words.no_address_column(error.headings)) from error


def _end(run: ImportRun, state: ImportRun.State, at: datetime, error: str = "") -> None:
    run.state, run.error, run.finished_at = state, error, at
    run.save()
    if not run.dry_run:
        details: dict[str, object] = {"run": run.pk, "state": state, **{name: getattr(run, name) for name in COUNTS}}
        record(action="readers.imported", by=run.by, now=at, subject=f"list:{run.list_id}", details=details)


@dataclass(slots=True)
class _Importer:
    run: ImportRun
    layout: Layout
    columns: Columns
    seen: Seen
    report: Report
    now: datetime
    clock: Callable[[], datetime]
    progress: Progress

    def work(self, path: Path) -> None:
        records = csv_rows.read(path, self.layout)
        if self.columns.has_heading:
            next(records)
        batch = _Batch()
        for entry in records:
            batch.last_line = entry.line
            if isinstance(entry, Record):
                self._take(entry, batch)
            else:
                batch.rejected.append((entry.line, "", import_words.broken(entry.why)))
            if len(batch) >= BATCH:
                self._write(batch)
                batch = _Batch()
                if STOP.is_set():
                    raise Stopped
        batch.last_line = self.layout.lines
        self._write(batch)

    def _take(self, record: Record, batch: _Batch) -> None:
        """Check one record and put it into the batch, as a row or as rejected; empty records are no rows."""
        cells, columns = record.cells, self.columns
        shown = cells[columns.address].strip() if columns.address < len(cells) else ""
        if not shown and not any(cell.strip() for cell in cells):
            return
        try:
            reader, mark = import_rows.read(cells, columns)
        except BadAddress as error:
            batch.rejected.append((record.line, shown, error.reason))
            return
        except import_rows.BadRow as error:
            batch.rejected.append((record.line, shown, str(error)))
            return
        first = batch.rows.get(mark)
        if first is not None:
            batch.rejected.append((record.line, shown, import_words.duplicate(first.line)))
            return
        batch.rows[mark] = Row(record.line, shown, reader)

    def _write(self, batch: _Batch) -> None:
        """Judge the batch against what is known and write it, with the counts of the run, in one transaction."""
        outcomes = batch.rejected
        earlier = self.seen.add({mark: row.line for mark, row in batch.rows.items()})
        for mark, line in earlier.items():
            row = batch.rows.pop(mark)
            outcomes.append((row.line, row.shown, import_words.duplicate(line)))
        with transaction.atomic():
            run = self.run
            run.rejected += len(outcomes)
            outcomes = outcomes + import_batches.judge(batch.rows, run)
            run.rows += len(outcomes) + len(batch.rows)
            run.added += len(batch.rows)
            if not run.dry_run:
                import_batches.add(batch.rows, run, now=self.now)
            self.report.write(outcomes)
            run.report_path, run.lines_done, run.progressed_at = self.report.path, batch.last_line, self.clock()
            run.save()
        self.progress(run.lines_done, run.lines)
