"""The rows of a batch on their way into the database: it takes them over by one statement, without the interpreter.

SQLite: a file of its own, written by the thread that reads the imported file and attached to the connection that imports. Other
databases get them through COPY.
"""

from __future__ import annotations

import os
import sqlite3
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from operator import itemgetter
from pathlib import Path

from django.db import connection

from masthead.audience.imports.report import folder

#: What differs between readers: address, key, domain, fingerprint, name, language, format, attributes as JSON. Then the line, and
#: the address as it stands there if that is another text.
StagedRow = tuple[str, str, str, bytes, str, str, str, str, int, str | None]

#: How the names of the files begin in which rows wait for their batch; only a process that was killed leaves one behind.
STAGED = "rows-"
#: The table of the rows, whose columns are called like those of the readers.
TABLE = "import_rows"
_COLUMNS = (
    "address text, address_key text, domain text, fingerprint bytea, name text, language text, mail_format text, "
    "attributes text, line bigint, shown text"
)
_TYPES = ("text", "text", "text", "bytea", "text", "text", "text", "text", "int8", "text")
_INSERT = f"INSERT INTO {TABLE} VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"  # noqa: S608 - our own name
_IN_KEY_ORDER = itemgetter(1)
_ATTACHED = "import_file"


class Stage:
    """The rows of one batch. They are in the order of their keys: so the index of keys takes them page by page, and two imports
    that add the same readers take their locks in one order."""

    def __init__(self, rows: list[StagedRow]) -> None:
        """To be called by whichever thread; `rows` is sorted and may be kept."""
        self.count = len(rows)
        rows.sort(key=_IN_KEY_ORDER)
        self._rows: list[StagedRow] = []
        self._path: Path | None = None
        if connection.vendor == "sqlite":
            self._path = _write_file(rows)
        else:
            self._rows = rows

    @contextmanager
    def at_hand(self) -> Iterator[None]:
        """To be used around the transaction of the batch. Afterwards the rows are gone."""
        # Within a transaction a file can be attached and not detached.
        attached = self._path is not None and not connection.in_atomic_block
        try:
            if attached:
                _execute(f"ATTACH DATABASE %s AS {_ATTACHED}", [str(self._path)])
            yield
        finally:
            if attached and connection.connection is not None:
                _execute(f"DETACH DATABASE {_ATTACHED}")
            self.discard()

    def fill(self) -> None:
        """To be called in the transaction of the batch: from then on `TABLE` holds the rows."""
        if self._path is None:
            self._copy()
        elif not _is_attached():
            self._take_over()

    def discard(self) -> None:
        """Forget the rows."""
        self._rows = []
        if self._path is not None:
            self._path.unlink(missing_ok=True)

    def _copy(self) -> None:
        _execute(f"CREATE TEMPORARY TABLE IF NOT EXISTS {TABLE} ({_COLUMNS}) ON COMMIT DELETE ROWS")
        with connection.cursor() as cursor:
            cursor.execute(f"TRUNCATE {TABLE}")
            with cursor.copy(f"COPY {TABLE} FROM STDIN (FORMAT BINARY)") as copy:
                copy.set_types(_TYPES)
                for row in self._rows:
                    copy.write_row(row)
            cursor.execute(f"ANALYZE {TABLE}")

    def _take_over(self) -> None:
        """Row by row into a table of the connection."""
        _execute(f"CREATE TEMPORARY TABLE IF NOT EXISTS {TABLE} ({_COLUMNS})")
        _execute(f"DELETE FROM {TABLE}")  # noqa: S608 - our own name
        with closing(sqlite3.connect(str(self._path))) as file, connection.cursor() as cursor:
            rows = file.execute(f"SELECT * FROM {TABLE}")  # noqa: S608 - our own name
            cursor.executemany(_INSERT.replace("?", "%s"), rows.fetchall())


def _write_file(rows: Sequence[StagedRow]) -> Path:
    handle, name = tempfile.mkstemp(dir=folder(), prefix=STAGED)
    os.close(handle)
    with closing(sqlite3.connect(name, isolation_level=None)) as file:
        # It is of no use to anybody after a crash.
        file.execute("PRAGMA journal_mode = OFF")
        file.execute("PRAGMA synchronous = OFF")
        file.execute(f"CREATE TABLE {TABLE} ({_COLUMNS})")
        file.execute("BEGIN")
        file.executemany(_INSERT, rows)
        file.execute("COMMIT")
    return Path(name)


def _is_attached() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pragma_database_list WHERE name = %s", [_ATTACHED])
        return bool(cursor.fetchone()[0])


def _execute(statement: str, values: Sequence[str] = ()) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement, values or None)
