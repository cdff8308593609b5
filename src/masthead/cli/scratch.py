"""A database for a while, for the commands that make an install of their own and throw it away."""

from __future__ import annotations

import contextlib
import secrets
import signal
import sys
from collections.abc import Iterator
from types import FrameType
from urllib.parse import urlsplit, urlunsplit

from masthead.cli.starting import CommandError


@contextlib.contextmanager
def database(server: str, *, purpose: str) -> Iterator[str]:
    """The address of a new database on the PostgreSQL that `server` names, dropped at the end; "" (SQLite) for "".

    `purpose` becomes a part of its name. Raises CommandError when it cannot be made there. Inside, SIGTERM ends the command as
    an error does, so that nothing of the throw-away install stays behind.
    """
    before = signal.signal(signal.SIGTERM, _leave)
    try:
        with _made(server, purpose) as address:
            yield address
    finally:
        signal.signal(signal.SIGTERM, before)
        _asked.clear()


@contextlib.contextmanager
def _made(server: str, purpose: str) -> Iterator[str]:
    if not server:
        yield ""
        return
    import psycopg
    from psycopg import sql

    name = f"masthead_{purpose}_{secrets.token_hex(6)}"
    try:
        with psycopg.connect(server, autocommit=True) as connection:
            connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
    except psycopg.Error as error:
        words = " ".join(str(error).split())
        raise CommandError(
            f"A {purpose} makes a database of its own and drops it afterwards. The server says: {words}."
            " The role must be allowed to make one: ALTER ROLE … CREATEDB."
        ) from error
    try:
        yield urlunsplit(urlsplit(server)._replace(path="/" + name))
    finally:
        with psycopg.connect(server, autocommit=True) as connection:
            connection.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


def go_on() -> None:
    """To be asked in long loops: leaves when SIGTERM came in a moment in which Python drops what a handler raises."""
    if _asked:
        sys.exit(128 + _asked[0])


_asked: list[int] = []


def _leave(number: int, _frame: FrameType | None) -> None:
    _asked.append(number)
    sys.exit(128 + number)
