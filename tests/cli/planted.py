"""A Masthead with a fault built in, for testing that a drill notices: `python -m tests.cli.planted FAULT worker …`."""

from __future__ import annotations

import sys
from typing import Any

from django.db.backends.sqlite3.base import DatabaseWrapper

from masthead.cli.main import main


def unsynced() -> None:
    """Says that a commit is durable when it is not: the sync is left out, and eleven of twelve are gone with the process."""
    from masthead.delivery.ledger import committing
    from masthead.delivery.sender import rounds

    real, begin = committing._raw, DatabaseWrapper._start_transaction_under_autocommit
    calls = [0]

    class Raw:
        def __init__(self, database: Any) -> None:
            self._real = real(database)

        def __getattr__(self, name: str) -> Any:
            return getattr(self._real, name)

        @property
        def in_transaction(self) -> bool:
            return False

        def execute(self, sql: str, *values: Any) -> Any:
            if sql == "BEGIN IMMEDIATE" and self._real.in_transaction:
                return None
            if sql == "COMMIT":
                calls[0] += 1
                if calls[0] % 12:
                    return None
            return self._real.execute(sql, *values)

    def settled_begin(self: Any) -> None:
        if self.connection.in_transaction:
            self.connection.execute("COMMIT")
        begin(self)

    # All on the thread's one connection: a second one would wait for ever for the transaction that is left open here.
    rounds.connect = lambda campaign_id, lists: None
    committing._raw = Raw  # type: ignore[assignment]
    DatabaseWrapper._start_transaction_under_autocommit = settled_begin  # type: ignore[method-assign]


def dot_before_commit() -> None:
    """Lets the dot go at once and writes the ledger afterwards."""
    from masthead.delivery.ledger import committing

    commit = committing.Book.commit
    waiting: list[Any] = []

    def late(self: Any, results: Any, wishes: Any, claims: Any, **more: Any) -> Any:
        waiting.append((list(results), list(wishes), dict(claims), more))
        while len(waiting) > (0 if not wishes else 8):
            before = waiting.pop(0)
            commit(self, *before[:3], **before[3])
        return {each.id: committing.Verdict.GO for each in wishes}

    committing.Book.commit = late  # type: ignore[method-assign]


def accepted_before_reply() -> None:
    """Calls a mail accepted as soon as its dot may be written."""
    from masthead.delivery.ledger import committing

    grant = committing.Book._grant

    def hasty(self: Any, raw: Any, wishes: Any, verdicts: Any, at: int, today: Any) -> None:
        grant(self, raw, wishes, verdicts, at, today)
        for each in wishes:
            raw.execute("UPDATE delivery_delivery SET state = 3 WHERE id = ? AND state = 1", [each.id])

    committing.Book._grant = hasty  # type: ignore[method-assign]


def no_gate() -> None:
    """Does not look whether the reader has left."""
    from masthead.delivery.ledger import committing, rows

    for module in (committing, rows):
        module.reason_sql = lambda lists, row: "CASE WHEN %s IS NULL THEN 'never' ELSE '' END"


FAULTS = {each.__name__: each for each in (unsynced, dot_before_commit, accepted_before_reply, no_gate)}

if __name__ == "__main__":
    import os

    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "masthead.config.settings")
    django.setup()
    FAULTS[sys.argv.pop(1)]()
    main()
