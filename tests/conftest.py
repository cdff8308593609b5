"""What every test may ask for: a time, a publication with its list, and the cast.

The cast: a *reader* gets the bulletin, a *leaver* had it and left, an *editor* makes it, a *stranger* is an address nobody knows.
"""

from __future__ import annotations

import contextlib
import os
import sqlite3
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from django.conf import settings
from django.db import connection
from hypothesis import HealthCheck
from hypothesis import settings as hypothesis_settings

from masthead.cli import fresh
from masthead.common.stopping import STOP

# How long an example takes says how busy the machine is, nothing else.
hypothesis_settings.register_profile("masthead", deadline=None, suppress_health_check=[HealthCheck.too_slow])
hypothesis_settings.load_profile("masthead")


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings: None) -> None:
    """On SQLite the tests use a file, as the product does: a database in memory has no WAL and one connection for all threads."""
    if settings.EMBEDDED:
        worker = os.environ.get("PYTEST_XDIST_WORKER", "main")
        connection.settings_dict["TEST"]["NAME"] = settings.DATA / f"test-{worker}-{os.getpid()}.sqlite3"


@pytest.fixture(scope="session", autouse=True)
def begun_as_new_installs_are(django_db_modify_db_settings: None) -> Iterator[None]:
    """The tests' database begins with the tables of a new install; that these are right, tests/house/test_fresh.py finds out."""
    make = type(connection.creation)._create_test_db

    def made(self: Any, *arguments: Any, **options: Any) -> Any:
        path = make(self, *arguments, **options)
        with contextlib.closing(sqlite3.connect(path)) as database:
            fresh.begin(database)
        return path

    with pytest.MonkeyPatch.context() as patch:
        if settings.EMBEDDED:
            patch.setattr(type(connection.creation), "_create_test_db", made)
        yield


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """What only the other database can do is left out of this run, and on PostgreSQL what asks no database."""
    other = "postgresql" if settings.EMBEDDED else "sqlite"
    left_out = [item for item in items if item.get_closest_marker(other) or not (settings.EMBEDDED or _asks(item))]
    if left_out:
        config.hook.pytest_deselected(items=left_out)
        items[:] = [item for item in items if item not in left_out]


def _asks(item: pytest.Item) -> bool:
    """Whether a test asks the database that this run is about."""
    fixtures = {"db", "transactional_db"} & set(getattr(item, "fixturenames", ()))
    return bool(fixtures or item.get_closest_marker("django_db") or item.get_closest_marker("postgresql"))


@pytest.fixture(autouse=True)
def nobody_stops() -> Iterator[None]:
    """No test inherits the stop flag of the one before."""
    STOP.clear()
    yield
    STOP.clear()


@pytest.fixture(scope="session", autouse=True)
def tables_can_be_emptied() -> Iterator[None]:
    """Tests with transactions of their own empty all tables afterwards. SQLite does it by DELETE, which our triggers refuse."""
    operations = type(connection.ops)
    flush = operations.execute_sql_flush

    def without_triggers(self: Any, sql_list: list[str]) -> None:
        with self.connection.cursor() as cursor:
            cursor.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND name LIKE 'append_only_%'")
            triggers = cursor.fetchall()
        with self.connection.cursor() as cursor:
            for name, _sql in triggers:
                cursor.execute(f"DROP TRIGGER {name}")
            flush(self, sql_list)
            for _name, sql in triggers:
                cursor.execute(sql)

    with pytest.MonkeyPatch.context() as patch:
        if connection.vendor == "sqlite":
            patch.setattr(operations, "execute_sql_flush", without_triggers)
        yield


@pytest.fixture
def tampering(db: None) -> None:
    """Somebody with the database's own password got past its triggers."""
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("SELECT name FROM sqlite_master WHERE type = 'trigger' AND name LIKE 'append_only_%'")
            for (name,) in cursor.fetchall():
                cursor.execute(f"DROP TRIGGER {name}")
        else:
            cursor.execute("SELECT DISTINCT tgrelid::regclass::text FROM pg_trigger WHERE tgname LIKE 'append_only_%'")
            for (table,) in cursor.fetchall():
                cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")


@pytest.fixture
def now() -> datetime:
    """The time of day in the tests."""
    return datetime(2026, 11, 22, 9, 0, tzinfo=UTC)


@pytest.fixture
def mailing_list(db: None) -> Any:
    """The list of the publication."""
    from masthead.audience.models import MailingList

    return MailingList.objects.create(name="The Courier", slug="courier")


@pytest.fixture
def publication(mailing_list: Any) -> Any:
    """A live bulletin about to publish No. 1971. (`publication.is_live` may be set to False in a test of test mode.)"""
    from masthead.issues.models import Publication

    made = Publication.objects.create(
        name="The Courier",
        slug="courier",
        tagline="News of the estuary",
        language="en",
        next_number=1971,
        from_name="The Courier",
        from_address="courier@example.org",
        imprint="The Courier, 7 Quay Street, Porthaven",
        base_url="http://127.0.0.1:8000",
        tag_authority="example.org,2026",
        share_mail=["facebook", "email"],
        share_web=["facebook", "email"],
        is_live=True,
    )
    made.lists.add(mailing_list)
    return made


@pytest.fixture
def make_subscriber(db: None, now: datetime) -> Any:
    """A function: address, list → a subscriber whose subscription is active (or in the state given)."""
    from masthead.audience.models import Subscriber, Subscription
    from masthead.common.addresses import normalise
    from masthead.mail.fingerprints import fingerprint

    def make(text: str, mailing_list: Any = None, *, state: str = "active", **fields: Any) -> Any:
        address = normalise(text)
        subscriber = Subscriber.objects.create(
            address=address.address,
            address_key=address.key,
            domain=address.domain,
            fingerprint=fingerprint(address.key),
            created_at=now,
            **fields,
        )
        if mailing_list is not None:
            Subscription.objects.create(subscriber=subscriber, list=mailing_list, state=state, since=now)
        return subscriber

    return make


@pytest.fixture
def reader(make_subscriber: Any, mailing_list: Any) -> Any:
    """Gets the bulletin."""
    return make_subscriber("rosa@example.org", mailing_list, name="Rosa Marin")


@pytest.fixture
def leaver(make_subscriber: Any, mailing_list: Any) -> Any:
    """Had the bulletin, and left."""
    return make_subscriber("leo@example.net", mailing_list, state="left", name="Leo Vance")


@pytest.fixture
def stranger() -> str:
    """An address that nobody here knows."""
    return "stranger@example.com"


@pytest.fixture
def editor(db: None, now: datetime) -> Any:
    """Makes the bulletin."""
    from masthead.team import people
    from masthead.team.models import Role

    return people.create(
        email="edith@example.org", name="Edith Lane", role=Role.EDITOR, password="a quiet morning tide", by="system", now=now
    )


@pytest.fixture
def owner(db: None, now: datetime) -> Any:
    """Looks after people and the install."""
    from masthead.team import people
    from masthead.team.models import Role

    return people.create(
        email="owen@example.org", name="Owen Brook", role=Role.OWNER, password="a quiet evening tide", by="system", now=now
    )
