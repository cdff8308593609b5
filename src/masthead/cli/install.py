"""Bringing the database up to date, and the link of the first run."""

from __future__ import annotations

import contextlib
import fcntl
from collections.abc import Iterator, Sequence

from django.conf import settings
from django.core.management.sql import emit_post_migrate_signal, emit_pre_migrate_signal
from django.db import DEFAULT_DB_ALIAS, connection
from django.db.migrations import Migration
from django.db.migrations.executor import MigrationExecutor
from django.urls import reverse

from masthead.cli import fresh

#: Any number that only this program uses: PostgreSQL's advisory lock for migrations.
_ADVISORY_LOCK = 0x6D617374


def migrate(*, show: bool) -> int:
    """Apply the migrations that are missing, with a progress bar if `show`; answer how many steps there were.

    Two processes that start together wait for one another.
    """
    with _alone():
        begun = _begin()
        executor = MigrationExecutor(connection)
        plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
        if plan:
            _apply(executor, plan, show=show)
        return len(plan) + begun


def pending() -> bool:
    """Whether migrations are missing."""
    executor = MigrationExecutor(connection)
    return bool(executor.migration_plan(executor.loader.graph.leaf_nodes()))


def set_up_link() -> str | None:
    """The one-time address that makes the first owner, or None when there is one already."""
    from masthead.cli.starting import now
    from masthead.team import setup

    if not setup.needs_owner():
        return None
    return settings.BASE_URL + reverse("desk_welcome", args=[setup.issue_first_link(now=now())])


def _begin() -> bool:
    """Give a database without tables those that it would have after the migrations, where they are kept ready (SQLite)."""
    if not settings.EMBEDDED:
        return False
    connection.ensure_connection()
    return fresh.begin(connection.connection)


def _apply(executor: MigrationExecutor, plan: Sequence[tuple[Migration, bool]], *, show: bool) -> None:
    from masthead.cli.progress import bar

    with bar("Preparing the database", total=len(plan), show=show) as advance:

        def follow(action: str, migration: Migration | None = None, fake: bool | None = False) -> None:
            if action == "apply_success":
                advance(1)

        executor.progress_callback = follow
        emit_pre_migrate_signal(verbosity=0, interactive=False, db=DEFAULT_DB_ALIAS)
        executor.migrate(executor.loader.graph.leaf_nodes(), plan)
    # Content types, permissions and what each role may do are written after the migrations.
    emit_post_migrate_signal(verbosity=0, interactive=False, db=DEFAULT_DB_ALIAS)


@contextlib.contextmanager
def _alone() -> Iterator[None]:
    if settings.EMBEDDED:
        with (settings.DATA / "migrate.lock").open("a") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            yield
        return
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(%s)", [_ADVISORY_LOCK])
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_unlock(%s)", [_ADVISORY_LOCK])
