"""What the ledger of a large campaign takes: seconds of its snapshot, memory of all that reads it, bytes of database a delivery.

`python benchmarks/ledger.py [--readers 50000] [--sent 50000] [--database URL]`

In a throw-away install: readers, the snapshot, a worker that hands over to a relay for some seconds, and then `sent` deliveries
(all unless said) are moved to SENDING and to ACCEPTED by the commits that a worker makes, thirty at a time; at last the whole is
added up. Prints one JSON line. `peak_mb` is the most memory that the process had in each of those: it may not grow with the
readers. `bytes_a_delivery` is what the database grew by from before the snapshot to after the last answer, its indices and what
updates leave behind included.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

SOURCE = str(Path(__file__).resolve().parent.parent / "src")
sys.path.insert(0, SOURCE)
os.environ["PYTHONPATH"] = SOURCE  # for the processes that are started

if TYPE_CHECKING:
    from masthead.audience.models import MailingList
    from masthead.cli.drill.processes import Relay

_TOGETHER = 30
_WORK_SECONDS = 10.0
_REPLY = "2.0.0 Ok: queued as 4cXy7z0Qk9zJ"


def main() -> None:
    """Make the install, measure, remove it."""
    from masthead.cli import scratch
    from masthead.cli.drill.processes import Relay

    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--readers", type=int, default=50_000)
    parser.add_argument("--database", default="", help="postgresql://…, where databases may be made; without it: SQLite")
    parser.add_argument("--sent", type=int, default=0, help="How many of them are sent to; without it: all")
    options = parser.parse_args()
    with (
        tempfile.TemporaryDirectory(prefix="masthead-bench-") as folder,
        scratch.database(options.database, purpose="bench") as url,
    ):
        os.environ["DJANGO_SETTINGS_MODULE"] = "masthead.config.settings"
        os.environ |= {"MASTHEAD_DATA": folder, "MASTHEAD_DATABASE_URL": url, "MASTHEAD_LOG_LEVEL": "WARNING"}
        relay = Relay(Path(folder) / "sink.log")
        try:
            os.environ["MASTHEAD_SMTP_URL"] = f"smtp://127.0.0.1:{relay.port}"
            print(json.dumps(_measure(options, relay)))
        finally:
            relay.end()


def _measure(options: argparse.Namespace, relay: Relay) -> dict[str, object]:
    from masthead.cli.starting import start

    start()
    from django.db import connection

    from masthead.cli import install
    from masthead.delivery import lookups, starting
    from masthead.delivery.models import Campaign

    install.migrate(show=False)
    campaign_id = _campaign(options.readers)
    _settle()
    before = _size()
    peaks: dict[str, float] = {}
    with _watched("snapshot", peaks):
        began = time.perf_counter()
        starting.start(campaign_id=campaign_id, now=datetime.now(UTC))
        seconds = time.perf_counter() - began
    snapshot = _size()
    with _watched("worker", peaks):
        _work(campaign_id)
    sent = min(options.sent or options.readers, options.readers)
    _send(campaign_id, sent)
    _settle()
    campaign = Campaign.objects.get(pk=campaign_id)
    with _watched("verify", peaks):
        began = time.perf_counter()
        found = lookups.verify(campaign)
        verify_seconds = time.perf_counter() - began
    with _watched("progress", peaks):
        lookups.progress(campaign)
    assert found.adds_up
    assert found.accepted >= sent
    return {
        "readers": options.readers,
        "database": connection.vendor,
        "snapshot_seconds": round(seconds, 2),
        "verify_seconds": round(verify_seconds, 2),
        "worker_handed_over": relay.dots(),
        "peak_mb": peaks,
        "bytes_a_delivery_at_the_snapshot": round((snapshot - before) / options.readers, 1),
        "bytes_a_delivery": round((_size() - before) / options.readers, 1) if sent == options.readers else None,
    }


@contextlib.contextmanager
def _watched(name: str, peaks: dict[str, float]) -> Iterator[None]:
    _forget_memory()
    yield
    peaks[name] = round(_memory(), 1)


def _campaign(readers: int) -> int:
    """A campaign that is to start now, to `readers` readers."""
    from masthead.audience import lists
    from masthead.cli.starting import BY, now
    from masthead.delivery import campaigns
    from masthead.issues import drafting, publications

    readership = lists.create(name="Readers", by=BY, now=now())
    publication = publications.create(
        name="The Courier",
        from_name="The Courier",
        from_address="courier@example.org",
        imprint="The Courier, 7 Quay Street, Porthaven",
        base_url="https://bench.example.org",
        language="en",
        next_number=1971,
        lists=[readership],
        live=True,
        by=BY,
        now=now(),
    )
    _readers(readers, readership)
    manuscript = Path(os.environ["MASTHEAD_DATA"]) / "issue.html"
    manuscript.write_text("<h1>The ferry runs again</h1><p>From Monday.</p>", encoding="utf-8")
    issue = drafting.create_from_file(
        publication=publication, path=manuscript, title="", byline="", excerpt="", by=BY, now=now(), told=print
    )
    campaign = campaigns.publish_and_send(issue=issue, lists=[readership], starts_at=None, by=BY, now=now(), mail_mode="full")
    return int(campaign.pk)


def _readers(count: int, readership: MailingList) -> None:
    """So many readers by one statement, each with a subscription."""
    from django.db import connection

    from masthead.audience.models import Subscriber, Subscription
    from masthead.cli.starting import now

    model = Subscriber.objects.create(address="m@example.org", address_key="m@example.org", fingerprint=b"", created_at=now())
    sqlite = connection.vendor == "sqlite"
    own = {
        "address": "'reader' || n || '@example.org'",
        "address_key": "'reader' || n || '@example.org'",
        "domain": "'example.org'",
        "fingerprint": "randomblob(16)" if sqlite else "decode(md5(n::text), 'hex')",
    }
    columns = [field.column for field in Subscriber._meta.concrete_fields if not field.primary_key]
    values = ", ".join(own.get(each, f"m.{each}") for each in columns)
    series = "WITH RECURSIVE numbers(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < %s)"
    with connection.cursor() as cursor:
        cursor.execute(
            f"{series} INSERT INTO audience_subscriber ({', '.join(columns)})"
            f" SELECT {values} FROM numbers, audience_subscriber m WHERE m.id = %s",
            [count, model.pk],
        )
        model.delete()
        cursor.execute(
            "INSERT INTO audience_subscription (subscriber_id, list_id, state, since)"
            " SELECT id, %s, 'active', created_at FROM audience_subscriber",
            [readership.pk],
        )
        cursor.execute("ANALYZE")
    assert Subscription.objects.count() == count


def _work(campaign_id: int) -> None:
    """What a worker does in its first seconds with the campaign."""
    from masthead.delivery.ledger import ranges
    from masthead.delivery.sender import working

    working.TASK_SECONDS = _WORK_SECONDS
    working.work(range_id=ranges.without_worker(campaign_id)[0])


def _send(campaign_id: int, count: int) -> None:
    """So many deliveries by the commits of a worker: the answers to the last ones together with the next ones' gate."""
    from masthead.delivery.ledger import ranges
    from masthead.delivery.ledger.committing import Book
    from masthead.delivery.ledger.entries import Result, Wish
    from masthead.delivery.models import Campaign, Delivery

    at, today = int(time.time()), datetime.now(UTC).date()
    book = Book(campaign_id=campaign_id, lists=list(Campaign.objects.get(pk=campaign_id).lists.values_list("pk", flat=True)))
    while claim := ranges.claim_next(campaign_id):
        results: list[Result] = []
        todo = list(
            Delivery.objects.filter(pk__range=(claim.first, claim.last), state=0).order_by("pk").values_list("pk", flat=True)
        )
        for first in range(0, len(todo), _TOGETHER):
            ids = todo[first : first + _TOGETHER]
            wishes = [Wish(each, claim.range_id, 1, at, os.urandom(16)) for each in ids]
            book.commit(results, wishes, {claim.range_id: claim}, at=at, today=today)
            results = [Result(each, claim.range_id, 1, 1, 3, at, 250, _REPLY, None, 0) for each in ids]
        book.commit(results, [], {claim.range_id: claim}, at=at, today=today)
        ranges.release(claim)
        count -= len(todo)
        if count <= 0:
            break


def _settle() -> None:
    """Have nothing pending in a log of the database."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)" if connection.vendor == "sqlite" else "CHECKPOINT")


def _size() -> int:
    """Bytes of the database."""
    from django.db import connection

    sql = "SELECT page_count * page_size FROM pragma_page_count(), pragma_page_size()"
    with connection.cursor() as cursor:
        cursor.execute(sql if connection.vendor == "sqlite" else "SELECT pg_database_size(current_database())")
        return int(cursor.fetchone()[0])


def _memory() -> float:
    """The most megabytes this process has had since `_forget_memory`."""
    lines = Path("/proc/self/status").read_text(encoding="ascii").splitlines()
    return int(next(line for line in lines if line.startswith("VmHWM:")).split()[1]) / 1024


def _forget_memory() -> None:
    """Let Linux count the highest memory from now on: that of making the readers is not the snapshot's."""
    Path("/proc/self/clear_refs").write_text("5", encoding="ascii")


if __name__ == "__main__":
    main()
