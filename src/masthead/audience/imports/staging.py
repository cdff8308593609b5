"""The rows of a batch on their way into the database: it takes them over by one statement, without the interpreter.

SQLite: a file of its own, written by the thread that reads the imported file and attached to the connection that imports. Other
databases get them through COPY, for which that thread writes them down.
"""

from __future__ import annotations

import os
import sqlite3
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from itertools import chain
from operator import itemgetter
from pathlib import Path

from django.db import connection

from masthead.audience.imports.report import folder
from masthead.audience.models import Subscriber

_HTML = Subscriber.Format.HTML.value

#: What differs between readers: address, key, domain, fingerprint, name, language, format, attributes as JSON. Then the line, and
#: the address as it stands there if that is another text.
StagedRow = tuple[str, str, str, bytes, str, str, str, str, int, str | None]

#: How the names of the files begin in which rows wait for their batch; only a process that was killed leaves one behind.
STAGED = "rows-"
#: The table of the rows, whose columns are called like those of the readers.
TABLE = "import_rows"
_NAMES = ("address", "address_key", "domain", "fingerprint", "name", "language", "mail_format", "attributes", "line", "shown")
_TYPES = ("text", "text", "text", "bytea", "text", "text", "text", "text", "int8", "text")
_COLUMNS = ", ".join(f"{name} {kind}" for name, kind in zip(_NAMES, _TYPES, strict=True))
_INSERT = f"INSERT INTO {TABLE} VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"  # noqa: S608 - our own name
_IN_KEY_ORDER = itemgetter(1)
_ATTACHED = "import_file"

#: What means something else in the text format of COPY.
_ESCAPED = str.maketrans({"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r"})
#: Bytes handed over at once.
_AT_ONCE = 1 << 20

#: SQLite's file: in it a row has what cannot be told from the rest of it, which for most is half of the columns. `TABLE` is a
#: view that tells it.
_CELLS = "import_cells"
_TELLING = f"""
CREATE TABLE {_CELLS} ({_COLUMNS});
CREATE VIEW {TABLE} AS SELECT
    COALESCE(address, address_key) AS address, address_key,
    COALESCE(domain, substr(address_key, instr(address_key, '@') + 1)) AS domain, fingerprint, name,
    COALESCE(language, '') AS language, COALESCE(mail_format, '{_HTML}') AS mail_format, attributes, line, shown
FROM {_CELLS};
"""  # noqa: S608 - our own names
#: The columns of a row that says no more than most do.
_SHORT_COLUMNS = ("address_key", "fingerprint", "name", "attributes", "line")
_SHORT = itemgetter(1, 3, 4, 7, 8)
#: Rows in one statement: what is done once for each takes as long as two of them.
_TOGETHER = 10


class Stage:
    """The rows of one batch. They are in the order of their keys: so the index of keys takes them page by page, and two imports
    that add the same readers take their locks in one order."""

    def __init__(self, rows: list[StagedRow]) -> None:
        """To be called by whichever thread; `rows` is sorted."""
        self.count = len(rows)
        rows.sort(key=_IN_KEY_ORDER)
        self._text = b""
        self._path: Path | None = None
        if connection.vendor == "sqlite":
            self._path = _write_file(rows)
        else:
            self._text = "".join(map(_line, rows)).encode()

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
        self._text = b""
        if self._path is not None:
            self._path.unlink(missing_ok=True)

    def _copy(self) -> None:
        _execute(f"CREATE TEMPORARY TABLE IF NOT EXISTS {TABLE} ({_COLUMNS}) ON COMMIT DELETE ROWS")
        with connection.cursor() as cursor:
            cursor.execute(f"TRUNCATE {TABLE}")
            with cursor.copy(f"COPY {TABLE} FROM STDIN") as copy:
                for at in range(0, len(self._text), _AT_ONCE):
                    copy.write(self._text[at : at + _AT_ONCE])

    def _take_over(self) -> None:
        """Row by row into a table of the connection."""
        _execute(f"CREATE TEMPORARY TABLE IF NOT EXISTS {TABLE} ({_COLUMNS})")
        _execute(f"DELETE FROM {TABLE}")  # noqa: S608 - our own name
        with closing(sqlite3.connect(str(self._path))) as file, connection.cursor() as cursor:
            rows = file.execute(f"SELECT * FROM {TABLE}")  # noqa: S608 - our own name
            cursor.executemany(_INSERT.replace("?", "%s"), rows.fetchall())


def _line(row: StagedRow) -> str:
    """In the text format of COPY."""
    address, key, domain, mark, name, language, mail_format, attributes, line, shown = row
    if shown is None and "\\" not in attributes and "\\" not in name and "\\" not in key:
        # Of all others the readers of rows take care: no control characters are in them.
        return f"{address}\t{key}\t{domain}\t\\\\x{mark.hex()}\t{name}\t{language}\t{mail_format}\t{attributes}\t{line}\t\\N\n"
    cells = (address, key, domain, f"\\x{mark.hex()}", name, language, mail_format, attributes, str(line), shown)
    return "\t".join(["\\N" if cell is None else cell.translate(_ESCAPED) for cell in cells]) + "\n"


def learn() -> None:
    """To be called before the rows in `TABLE` are asked for beside others: PostgreSQL knows nothing of them by itself."""
    if connection.vendor == "postgresql":
        _execute(f"ANALYZE {TABLE} (address_key, fingerprint)")


def _write_file(rows: Sequence[StagedRow]) -> Path:
    handle, name = tempfile.mkstemp(dir=folder(), prefix=STAGED)
    os.close(handle)
    with closing(sqlite3.connect(name, isolation_level=None)) as file:
        # It is of no use to anybody after a crash.
        file.execute("PRAGMA page_size = 65536")
        file.execute("PRAGMA journal_mode = OFF")
        file.execute("PRAGMA synchronous = OFF")
        file.executescript(_TELLING)
        file.execute("BEGIN")
        short: list[StagedRow] = []
        whole: list[StagedRow] = []
        for row in rows:
            (short if row[9] is None and row[0] == row[1] and row[6] == _HTML and not row[5] else whole).append(row)
        _insert(file, _SHORT_COLUMNS, list(map(_SHORT, short)))
        _insert(file, _NAMES, whole)
        file.execute("COMMIT")
    return Path(name)


def _insert(file: sqlite3.Connection, columns: Sequence[str], rows: Sequence[tuple[object, ...]]) -> None:
    """Many rows at a time, then those that are left."""
    values = f"({', '.join('?' * len(columns))})"
    insert = f"INSERT INTO {_CELLS} ({', '.join(columns)}) VALUES "  # noqa: S608 - our own names
    together = len(rows) // _TOGETHER * _TOGETHER
    flat = list(chain.from_iterable(rows[:together]))
    step = len(columns) * _TOGETHER
    file.executemany(insert + ", ".join([values] * _TOGETHER), (flat[at : at + step] for at in range(0, len(flat), step)))
    file.executemany(insert + values, rows[together:])


def _is_attached() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pragma_database_list WHERE name = %s", [_ATTACHED])
        return bool(cursor.fetchone()[0])


def _execute(statement: str, values: Sequence[str] = ()) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement, values or None)
