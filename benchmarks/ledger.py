"""What the ledger of a large campaign takes: seconds and memory of its snapshot, bytes of database a delivery.

`python benchmarks/ledger.py [--readers 50000] [--database URL]`

In a throw-away install: readers, the snapshot, then every delivery is moved to SENDING and to ACCEPTED by the commits that a
worker makes, thirty at a time. Prints one JSON line. `bytes_a_delivery` is what the database grew by from before the snapshot to
after the last answer, its indices and what updates leave behind included. `snapshot_memory_mb` is how far the highest memory of
the process rose while the snapshot was taken: it must not grow with the readers.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "src"))

_TOGETHER = 30
_BATCH = 5000
_REPLY = "2.0.0 Ok: queued as 4cXy7z0Qk9zJ"


def main() -> None:
    """Make the install, measure, remove it."""
    from masthead.cli import scratch

    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--readers", type=int, default=50_000)
    parser.add_argument("--database", default="", help="postgresql://…, where databases may be made; without it: SQLite")
    options = parser.parse_args()
    with (
        tempfile.TemporaryDirectory(prefix="masthead-bench-") as folder,
        scratch.database(options.database, purpose="bench") as url,
    ):
        os.environ["DJANGO_SETTINGS_MODULE"] = "masthead.config.settings"
        os.environ |= {"MASTHEAD_DATA": folder, "MASTHEAD_DATABASE_URL": url, "MASTHEAD_LOG_LEVEL": "WARNING"}
        print(json.dumps(_measure(options.readers)))


def _measure(readers: int) -> dict[str, object]:
    from masthead.cli.starting import start

    start()
    from django.db import connection

    from masthead.cli import install
    from masthead.delivery import lookups, starting
    from masthead.delivery.models import Campaign

    install.migrate(show=False)
    campaign_id = _campaign(readers)
    _settle()
    _forget_memory()
    before, memory, began = _size(), _memory(), time.perf_counter()
    starting.start(campaign_id=campaign_id, now=datetime.now(UTC))
    seconds, memory = time.perf_counter() - began, _memory() - memory
    snapshot = _size()
    _send(campaign_id)
    _settle()
    campaign = Campaign.objects.get(pk=campaign_id)
    assert lookups.verify(campaign).accepted == readers
    return {
        "readers": readers,
        "database": connection.vendor,
        "snapshot_seconds": round(seconds, 2),
        "snapshot_memory_mb": round(memory, 1),
        "bytes_a_delivery_at_the_snapshot": round((snapshot - before) / readers, 1),
        "bytes_a_delivery": round((_size() - before) / readers, 1),
    }


def _campaign(readers: int) -> int:
    """A campaign that is to start now, to `readers` readers."""
    from masthead.audience import lists
    from masthead.audience.models import Subscriber, Subscription
    from masthead.cli.starting import BY, now
    from masthead.delivery import campaigns
    from masthead.issues import drafting, publications
    from masthead.mail.fingerprints import fingerprint

    readership = lists.create(name="Readers", by=BY, now=now())
    publication = publications.create(
        name="The Courier",
        from_name="The Courier",
        from_address="courier@example.org",
        imprint="The Courier, 7 Quay Street, Porthaven",
        base_url="http://127.0.0.1:8000",
        language="en",
        next_number=1971,
        lists=[readership],
        live=True,
        by=BY,
        now=now(),
    )
    for first in range(0, readers, _BATCH):
        names = [f"reader{number}@example.org" for number in range(first, min(readers, first + _BATCH))]
        made = Subscriber.objects.bulk_create(
            [
                Subscriber(address=each, address_key=each, domain="example.org", fingerprint=fingerprint(each), created_at=now())
                for each in names
            ]
        )
        Subscription.objects.bulk_create(
            [Subscription(subscriber=each, list=readership, state="active", since=now()) for each in made]
        )
    manuscript = Path(os.environ["MASTHEAD_DATA"]) / "issue.html"
    manuscript.write_text("<h1>The ferry runs again</h1><p>From Monday.</p>", encoding="utf-8")
    issue = drafting.create_from_file(
        publication=publication, path=manuscript, title="", byline="", excerpt="", by=BY, now=now(), told=print
    )
    campaign = campaigns.publish_and_send(issue=issue, lists=[readership], starts_at=None, by=BY, now=now(), mail_mode="full")
    return int(campaign.pk)


def _send(campaign_id: int) -> None:
    """Every delivery by the commits of a worker: the answers to the last ones together with the next ones' gate."""
    from masthead.delivery.ledger import ranges
    from masthead.delivery.ledger.committing import Book
    from masthead.delivery.ledger.entries import Result, Wish
    from masthead.delivery.models import Campaign

    at, today = int(time.time()), datetime.now(UTC).date()
    book = Book(campaign_id=campaign_id, lists=list(Campaign.objects.get(pk=campaign_id).lists.values_list("pk", flat=True)))
    while claim := ranges.claim_next(campaign_id):
        results: list[Result] = []
        for first in range(claim.first, claim.last + 1, _TOGETHER):
            ids = range(first, min(claim.last + 1, first + _TOGETHER))
            wishes = [Wish(each, claim.range_id, 1, at, os.urandom(16)) for each in ids]
            book.commit(results, wishes, {claim.range_id: claim}, at=at, today=today)
            results = [Result(each, claim.range_id, 1, 1, 3, at, 250, _REPLY, None, 0) for each in ids]
        book.commit(results, [], {claim.range_id: claim}, at=at, today=today)
        ranges.release(claim)


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
