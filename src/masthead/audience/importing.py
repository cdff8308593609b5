"""Readers come in by the thousand: a file, row by row, each of them added or named with the reason why not.

The file is streamed in parts and written in batches of some parts, one transaction each, together with the counts of the run
and the place it has come to: whatever happens, the run says exactly what was done, and it goes on from there. Who has left the
list is never put back.
"""

from __future__ import annotations

import gc
import secrets
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager, nullcontext
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from django.db import connection, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from masthead.audience.imports import batches, indexes, statements, turns, words
from masthead.audience.imports.columns import PASTED, BadMapping, Columns, NoAddressColumn, guessed, recognise
from masthead.audience.imports.logs import carried_over
from masthead.audience.imports.parts import SAMPLES, Part, PartReader, read_ahead
from masthead.audience.imports.plain_rows import plain_rows
from masthead.audience.imports.report import Outcome, Report, Result, report_rows
from masthead.audience.imports.rows import RowReader
from masthead.audience.imports.seen import Seen
from masthead.audience.imports.source import Kind, Source, examine
from masthead.audience.models import ImportRun, MailingList
from masthead.audience.subscribers import one_line
from masthead.audit.recording import record
from masthead.common.csv_rows import Record, Unreadable, Why
from masthead.common.stopping import STOP

#: The most rows in one transaction. A commit writes every page that was touched, and keys in no order touch nearly all pages that
#: there are, be they 20,000 or 100,000. On SQLite they are fewer where so many take long, since others wait: see `turns`.
BATCH = 100_000
#: The counts of a run; all but the first add up to the first.
COUNTS = ("rows", *(result.value for result in Result))
#: What each batch leaves in the run.
_KEPT = (
    *COUNTS,
    "records_done",
    "lines",
    "lines_done",
    "progressed_at",
    "report_path",
    "report_bytes",
    "samples",
    "layout",
)

Progress = Callable[[int, int], None]
State = ImportRun.State


class CannotImport(Exception):
    """The file as a whole cannot be imported; the message says why and what to do. Nothing was changed."""


class Stopped(Exception):
    """The process is asked to end, or a person cancelled. What was written stays, and the run can go on."""

    def __init__(self) -> None:
        super().__init__(_("The import was interrupted. It can go on from where it stopped, or be undone."))


def import_file(
    *,
    path: Path,
    mailing_list: MailingList,
    statement: str,
    dry_run: bool,
    by: str,
    now: datetime,
    mapping: Mapping[str, str] | None = None,
    encoding: str = "",
    update_known: bool = False,
    progress: Progress = lambda done, total: None,
) -> ImportRun:
    """Import the readers in `path` to a list. `progress` gets lines done and lines in all (0: not known), after each batch.

    A dry run reads and checks everything alike, writes the same report and counts, and changes nothing else.
    Raises CannotImport and Stopped.
    """
    run = open_run(
        file_name=path.name,
        stored_path=str(path.absolute()),
        mailing_list=mailing_list,
        statement=statement,
        dry_run=dry_run,
        by=by,
        now=now,
        mapping=mapping,
        encoding=encoding,
        update_known=update_known,
    )
    return execute(run=run, path=path, now=now, progress=progress)


def open_run(
    *,
    file_name: str,
    stored_path: str,
    mailing_list: MailingList,
    statement: str,
    dry_run: bool,
    by: str,
    now: datetime,
    mapping: Mapping[str, str] | None = None,
    encoding: str = "",
    update_known: bool = False,
) -> ImportRun:
    """A run that waits to be executed."""
    return ImportRun.objects.create(
        list=mailing_list,
        file_name=one_line(file_name)[:255],
        stored_path=stored_path,
        dry_run=dry_run,
        statement=statement.strip(),
        mapping=dict(mapping or {}),
        encoding=encoding.strip()[:30],
        update_known=update_known,
        by=by,
        created_at=now,
    )


def cancel(*, run: ImportRun, by: str, now: datetime) -> bool:
    """Stop a run that waits or runs; the batch in hand is not written. False when it had come to its end."""
    open_ones = ImportRun.objects.filter(pk=run.pk, state__in=[State.WAITING, State.RUNNING])
    with transaction.atomic():
        stopped = open_ones.update(state=State.CANCELLED, finished_at=now, claim="")
        if stopped:
            record(action="import.cancelled", by=by, now=now, subject=f"import:{run.pk}")
    run.refresh_from_db()
    return bool(stopped)


def reopen(*, run: ImportRun) -> bool:
    """Let a run that was interrupted or cancelled wait for its turn again. False when it is in no such state."""
    if not run.can_go_on:
        return False
    again = ImportRun.objects.filter(pk=run.pk, state=run.state).update(state=State.WAITING, error="", finished_at=None)
    run.refresh_from_db()
    return bool(again)


def execute(
    *,
    run: ImportRun,
    path: Path,
    now: datetime,
    progress: Progress = lambda done, total: None,
    clock: Callable[[], datetime] = timezone.now,
) -> ImportRun:
    """Do what the run says, from where it stands: a run that was killed goes on after its last whole batch.

    Whoever takes a run has it: another process that still works on it finds its next batch refused, and ends.
    Raises CannotImport and Stopped.
    """
    claim = secrets.token_hex(16)
    takable = ImportRun.objects.filter(pk=run.pk, state__in=[State.WAITING, State.RUNNING])
    if not takable.update(state=State.RUNNING, claim=claim, progressed_at=clock()):
        run.refresh_from_db()
        return run
    run.refresh_from_db()
    try:
        source, columns = _examine(run, path)
        run.lines = source.lines
        run.layout = words.layout_words(source, columns)
        with (
            statements.roomy(),
            carried_over() as after_commit,
            nullcontext() if run.dry_run else indexes.deferred(run.lines),
            Seen() as seen,
            Report(run.pk, kept=(run.report_path, run.report_bytes)) as report,
        ):
            _Importer(run, claim, source, columns, seen, report, now, clock, progress, after_commit).work()
    except BaseException as error:
        known = isinstance(error, (CannotImport, Stopped))
        _end(run, claim, State.FAILED, clock(), str(error if known else Stopped()))
        raise
    _end(run, claim, State.FINISHED, clock())
    return run


def _examine(run: ImportRun, path: Path) -> tuple[Source, Columns]:
    if run.list.deleted_at is not None:
        raise CannotImport(words.list_deleted(run.list.name))
    try:
        source = examine(path, encoding=run.encoding)
        if run.records_done and source.lines != run.lines:
            raise CannotImport(words.changed_file())
        first = next(source.records())
    except FileNotFoundError as error:
        raise CannotImport(words.changed_file()) from error
    except Unreadable as error:
        raise CannotImport(words.unreadable(error.why)) from error
    except StopIteration as error:
        raise CannotImport(words.unreadable(Why.EMPTY_FILE)) from error
    if source.kind is Kind.PASTED:
        return source, PASTED
    if not isinstance(first, Record):
        raise CannotImport(words.bad_heading(first.why, first.line))
    try:
        return source, recognise(first.cells, run.mapping)
    except BadMapping as error:
        raise CannotImport(words.bad_mapping(error.column, error.field, error.headings)) from error
    except NoAddressColumn as error:
        # A person can look at the columns, say which it is, and have the same file checked again.
        run.layout = words.layout_words(source, guessed(first.cells))
        raise CannotImport(words.no_address_column(error.headings)) from error


def _end(run: ImportRun, claim: str, state: ImportRun.State, at: datetime, error: str = "") -> None:
    """Close the run, unless somebody else has taken or cancelled it. The counts are what the last whole batch left."""
    ours = ImportRun.objects.filter(pk=run.pk, claim=claim, state=State.RUNNING)
    with transaction.atomic():
        closed = ours.update(state=state, error=error, finished_at=at, lines=run.lines, layout=run.layout)
        run.refresh_from_db()
        if closed and not run.dry_run:
            details: dict[str, object] = {"run": run.pk, "state": state, **{name: getattr(run, name) for name in COUNTS}}
            record(action="readers.imported", by=run.by, now=at, subject=f"list:{run.list_id}", details=details)
    if not run.dry_run and indexes.are_missing():
        # The readers are there and get their mail; until then it takes longer to search among them.
        from masthead.audience.tasks import make_indexes

        make_indexes.enqueue()


@dataclass(slots=True)
class _Importer:
    run: ImportRun
    claim: str
    source: Source
    columns: Columns
    seen: Seen
    report: Report
    now: datetime
    clock: Callable[[], datetime]
    progress: Progress
    after_commit: Callable[[], None]

    def work(self) -> None:
        run, rows = self.run, RowReader(self.columns)
        reader = PartReader(self.columns, rows, plain_rows(rows, self.source.layout), BATCH)
        records = self.source.entries()
        if self.columns.has_heading:
            next(records)
        for marks in reader.skip(records, run.records_done, at_once=BATCH):
            self.seen.note(marks)
        with _uncollected(), closing(read_ahead(reader.parts(records, lines=run.lines))) as parts:
            for part in parts:
                took = self._write(part)
                reader.most = turns.fitting(part.records, took=took, most=BATCH)
                # What came and went with the batch; the rows of the next one are looked at once.
                gc.collect(1)
                if STOP.is_set() and not part.is_last:
                    raise Stopped

    def _write(self, part: Part) -> float:
        """Write a part, with the counts of the run, in one transaction. Returns the seconds that it took."""
        run = self.run
        # Whom a row refers to was read or written in the same transaction, and that the run is still there is asked at its end.
        with connection.constraint_checks_disabled(), part.stage.at_hand(), turns.turn():
            with transaction.atomic():
                began = time.perf_counter()
                self._write_rows(part)
                run.records_done += part.records
                run.lines_done = part.last_line
                run.report_path = self.report.path
                run.progressed_at, run.report_bytes = self.clock(), self.report.flush()
                ours = ImportRun.objects.filter(pk=run.pk, claim=self.claim, state=State.RUNNING)
                if not ours.update(**{name: getattr(run, name) for name in _KEPT}):
                    raise Stopped
            took = time.perf_counter() - began
        self.after_commit()
        self.report.keep(run.report_bytes)
        self.progress(run.lines_done, run.lines)
        return took

    def _write_rows(self, part: Part) -> None:
        """Judge the rows against what is known, and write them."""
        run = self.run
        part.stage.fill()
        judged = batches.judge(part.stage.count, run, self.seen, now=self.now)
        if not run.dry_run:
            batches.write(judged, run, now=self.now)
        if judged.only_new:
            outcomes, text, counts = part.first_if_new, part.if_new, Counter({Result.ADDED: part.stage.count})
            counts[Result.REJECTED] = len(part.rejected)
        else:
            outcomes = sorted(judged.outcomes + part.rejected)
            text, counts = report_rows(outcomes), Counter(outcome[2] for outcome in outcomes)
        self.report.write(text)
        for result, count in counts.items():
            setattr(run, result, getattr(run, result) + count)
        run.rows += counts.total()
        _sample(run.samples, outcomes)
        self.seen.note(part.marks)


@contextmanager
def _uncollected() -> Iterator[None]:
    """The rows of a file make no cycles; to look for some among so many, again and again, takes a fifth of the time."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def _sample(samples: dict[str, list[list[object]]], outcomes: list[Outcome]) -> None:
    """Keep the first rows of each result, for the screen."""
    for line, shown, result, why in outcomes:
        of_result = samples.setdefault(result, [])
        if len(of_result) < SAMPLES:
            of_result.append([line, shown[:320], why])
