"""How the desk and segments stand a million readers: times beside the best SQL by hand, and beside ten thousand readers.

    .venv/bin/python benchmarks/readers.py
    .venv/bin/python benchmarks/readers.py --database postgresql://…

An install gets 10,000 readers, then grows to --readers. Segments are counted as the desk does it and by SQL that a
person would write for the same question, in turns; the list of readers, searches and one reader's page are asked for through the
whole of Django. Medians of the rounds, in milliseconds. The ratios are what must not grow: a segment at most 3 × the SQL by hand,
a screen at most 3 × its time at 10,000 readers, with fewer than 20 queries.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT / "src"), str(ROOT)]
FEW = 10_000


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--readers", type=int, default=1_000_000)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--database", default="", help="postgresql://…, an empty one; without it: SQLite")
    options = parser.parse_args()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "masthead.config.settings")
    os.environ.setdefault("MASTHEAD_LOG_LEVEL", "ERROR")
    with tempfile.TemporaryDirectory() as folder:
        os.environ.update(MASTHEAD_DATA=folder, MASTHEAD_DATABASE_URL=options.database)
        client = install()
        make(1, FEW)
        few = screens(client, options.rounds)
        make(FEW + 1, options.readers)
        many = screens(client, options.rounds)
        counted = segments(options.rounds)
    report = {
        "readers": options.readers,
        "segments": counted,
        "screens": {
            name: {**many[name], "few_ms": few[name]["ms"], "ratio": round(many[name]["ms"] / few[name]["ms"], 2)}
            for name in many
        },
    }
    print(json.dumps(report, ensure_ascii=False, indent=1))


def install() -> Any:
    """An empty install, with an owner's browser."""
    import django

    django.setup()
    from django.core.management import call_command
    from django.test import Client
    from django.utils import timezone

    from masthead.audience import defining, lists, tagging
    from masthead.team import people
    from masthead.team.models import Role

    call_command("migrate", verbosity=0)
    now = timezone.now()
    lists.create(name="Readers", by="benchmark", now=now)
    lists.create(name="Others", by="benchmark", now=now)
    defining.create(kind="text", label="City", by="benchmark", now=now)
    defining.create(kind="number", label="Age", by="benchmark", now=now)
    tagging.get_or_create(name="press", by="benchmark", now=now)
    owner = people.create(
        email="owner@example.org", name="Owner", role=Role.OWNER, password="a quiet morning tide", by="benchmark", now=now
    )
    client = Client(SERVER_NAME="127.0.0.1", SERVER_PORT="8000")
    client.force_login(owner)
    return client


def make(first: int, last: int) -> None:
    """Readers `first` to `last`: all on one list (a fifth has left), a third on another, a tenth with a tag."""
    from django.db import connection

    postgresql = connection.vendor == "postgresql"
    mark = "decode(md5(i::text), 'hex')" if postgresql else "randomblob(16)"
    at = "timestamp '2026-01-01' - i * interval '1 minute'" if postgresql else "datetime('2026-01-01', '-' || i || ' minutes')"
    cast = "::jsonb" if postgresql else ""
    number = f"WITH RECURSIVE n(i) AS (SELECT CAST({first} AS bigint) UNION ALL SELECT i + 1 FROM n WHERE i < {last})"
    city = "CASE i % 50 WHEN 0 THEN 'Lyon' WHEN 1 THEN 'Nice' ELSE 'Town ' || (i % 997) END"
    held = f"('{{\"city\": \"' || {city} || '\", \"age\": ' || (i % 90) || '}}'){cast}"
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO audience_subscriber (id, address, address_key, domain, fingerprint, name, language, mail_format, "
            f"mail_mode, attributes, source, note, created_at) {number} SELECT i, 'reader' || i || '@d' || (i % 500) || "
            f"'.example', 'reader' || i || '@d' || (i % 500) || '.example', 'd' || (i % 500) || '.example', {mark}, "
            f"'Reader ' || (i * 7919 % 1000003), CASE i % 3 WHEN 0 THEN 'fr' ELSE 'en' END, 'html', '', {held}, "
            f"'import ' || (i % 20), '', {at} FROM n"
        )
        for list_id, divisor in ((1, 1), (2, 3)):
            cursor.execute(
                f"INSERT INTO audience_subscription (subscriber_id, list_id, state, since) {number} "
                f"SELECT i, {list_id}, CASE WHEN i % 5 = 0 THEN 'left' ELSE 'active' END, {at} FROM n WHERE i % {divisor} = 0"
            )
        cursor.execute(f"INSERT INTO audience_tagging (subscriber_id, tag_id) {number} SELECT i, 1 FROM n WHERE i % 10 = 0")
        cursor.execute("ANALYZE")


def screens(client: Any, rounds: int) -> dict[str, dict[str, float]]:
    """The time and the queries of each screen."""
    paths = {
        "list": "/desk/readers/",
        "list of a list": "/desk/readers/?list=2&state=active",
        "search, whole address": "/desk/readers/?q=reader777@d277.example",
        "search, part of an address": "/desk/readers/?q=der7773",
        "search, part that nobody has": "/desk/readers/?q=zzzyzx",
        # All names here begin alike, so that most threes of letters in it are in every name; one in eight thousand has them all.
        "search, part of a name": "/desk/readers/?q=Reader 4242",
        # Too many to look at each, too few to meet them soon.
        "search, part that one in ninety has": "/desk/readers/?q=eader 77",
        "search, part that everybody has": "/desk/readers/?q=reader",
        "search, two letters": "/desk/readers/?q=42",
        "one reader": "/desk/readers/4242/",
    }
    found = {}
    for name, path in paths.items():
        with counted_queries() as queries:
            answer = client.get(path)
        assert answer.status_code == 200, (path, answer.status_code)
        found[name] = {"ms": timed(lambda path=path: client.get(path), rounds), "queries": queries[0]}
    return found


@contextmanager
def counted_queries() -> Iterator[list[int]]:
    """How many statements run meanwhile, in whatever thread: a page is made in another one than this."""
    from django.db.backends.utils import CursorWrapper

    counter, execute = [0], CursorWrapper.execute

    def counting(self: Any, *given: Any, **more: Any) -> Any:
        counter[0] += 1
        return execute(self, *given, **more)

    CursorWrapper.execute = counting  # type: ignore[method-assign]
    try:
        yield counter
    finally:
        CursorWrapper.execute = execute  # type: ignore[method-assign]


def segments(rounds: int) -> dict[str, dict[str, float]]:
    """Counting a segment against counting by hand, in turns."""
    from django.db import connection
    from django.utils import timezone

    from masthead.audience.segments import tree
    from masthead.audience.segments.compiling import Compiler

    postgresql = connection.vendor == "postgresql"
    city, age = (
        ("attributes ->> 'city'", "(attributes ->> 'age')::float")
        if postgresql
        else (
            "json_extract(attributes, '$.city')",
            "json_extract(attributes, '$.age')",
        )
    )
    lyon = {"if": "attribute", "of": "city", "is": "equal", "to": "Lyon"}
    on_list = {"if": "list", "of": "1", "is": "active"}
    exists = "EXISTS (SELECT 1 FROM {} x WHERE x.subscriber_id = s.id AND {})"
    questions: dict[str, tuple[dict[str, Any], str]] = {
        "on a list": (on_list, "SELECT count(*) FROM audience_subscription WHERE list_id = 1 AND state = 'active'"),
        "attribute": (lyon, f"SELECT count(*) FROM audience_subscriber WHERE {city} = 'Lyon'"),
        "number": (
            {"if": "attribute", "of": "age", "is": "above", "to": 80},
            f"SELECT count(*) FROM audience_subscriber WHERE {age} > 80",
        ),
        "on a list and attribute": (
            {"all": [on_list, lyon]},
            "SELECT count(*) FROM audience_subscriber s JOIN audience_subscription x ON x.subscriber_id = s.id "
            f"WHERE x.list_id = 1 AND x.state = 'active' AND {city} = 'Lyon'",
        ),
        "on one list, not on another": (
            {"all": [on_list, {"if": "list", "of": "2", "is": "off"}]},
            "SELECT count(*) FROM audience_subscription s WHERE list_id = 1 AND state = 'active' AND NOT EXISTS (SELECT 1 FROM "
            "audience_subscription x WHERE x.subscriber_id = s.subscriber_id AND x.list_id = 2 AND x.state = 'active')",
        ),
        "tag or domain": (
            {"any": [{"if": "tag", "of": "1", "is": "has"}, {"if": "domain", "is": "equal", "to": "d7.example"}]},
            "SELECT count(*) FROM audience_subscriber s WHERE domain = 'd7.example' OR "
            + exists.format("audience_tagging", "x.tag_id = 1"),
        ),
        "sample of ten percent": (
            {"if": "sample", "is": "any", "to": 10},
            "SELECT count(*) / 10 FROM audience_subscriber",
        ),
    }
    counted = {}
    for name, (rule, sql) in questions.items():

        def by_hand(sql: str = sql) -> int:
            with connection.cursor() as cursor:
                cursor.execute(sql)
                return int(cursor.fetchone()[0])

        def ours(rule: dict[str, Any] = rule) -> int:
            return Compiler(now=timezone.now()).count(tree.read(rule))

        if name != "sample of ten percent":
            assert ours() == by_hand(), name
        pairs = [(timed(ours, 1), timed(by_hand, 1)) for _round in range(rounds)]
        mine, hand = (statistics.median(side) for side in zip(*pairs, strict=True))
        counted[name] = {"ms": mine, "by_hand_ms": hand, "ratio": round(mine / hand, 2)}
    return counted


def timed(act: Callable[[], object], rounds: int) -> float:
    """The median, in milliseconds."""
    times = []
    for _round in range(rounds):
        began = time.perf_counter()
        act()
        times.append(time.perf_counter() - began)
    return round(statistics.median(times) * 1000, 1)


if __name__ == "__main__":
    main()
