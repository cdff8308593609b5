"""How a million readers go out as CSV, XLSX and JSON: the first bytes, the whole, memory, beside `sqlite3 -csv` in the same run.

`python benchmarks/exports.py [--readers 1000000] [--database URL]`

The readers are those of `benchmarks/readers.py`: two lists, two merge fields, a tag. Each kind is written by a process of its
own, which looks at its memory (resident, without what is mapped from files) early, and then at the most it takes.
`ratio` is its time to that of `sqlite3 -csv`, which writes the same columns of the same readers by one statement, on SQLite.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
KINDS = ("csv", "xlsx", "json")
#: What the export says of each reader.
SQL = """
SELECT s.address, s.name, s.language, s.mail_format, s.mail_mode, date(s.created_at),
  CASE WHEN EXISTS (SELECT 1 FROM mail_suppression x WHERE x.fingerprint = s.fingerprint) THEN 'yes' ELSE 'no' END,
  (SELECT group_concat(l.name || ': ' || x.state, '; ') FROM audience_subscription x
    JOIN audience_mailinglist l ON l.id = x.list_id WHERE x.subscriber_id = s.id),
  (SELECT group_concat(t.name, '; ') FROM audience_tagging x JOIN audience_tag t ON t.id = x.tag_id WHERE x.subscriber_id = s.id),
  json_extract(s.attributes, '$.age'), json_extract(s.attributes, '$.city')
FROM audience_subscriber s ORDER BY s.id
"""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--readers", type=int, default=1_000_000)
    parser.add_argument("--database", default="", help="postgresql://…, an empty one; without it: SQLite")
    parser.add_argument("--write", choices=KINDS, help=argparse.SUPPRESS)
    options = parser.parse_args()
    sys.path[:0] = [str(ROOT / "src"), str(ROOT), str(ROOT / "benchmarks")]
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "masthead.config.settings")
    os.environ.setdefault("MASTHEAD_LOG_LEVEL", "ERROR")
    if options.write:
        print(json.dumps(write(options.write, options.readers)))
        return
    with tempfile.TemporaryDirectory() as folder:
        os.environ.update(MASTHEAD_DATA=folder, MASTHEAD_DATABASE_URL=options.database)
        from benchmarks import readers

        readers.install()
        readers.make(1, options.readers)
        report: dict[str, Any] = {"readers": options.readers}
        yardstick = 0.0 if options.database else with_sqlite3(Path(folder))
        if yardstick:
            report["sqlite3 -csv"] = {"seconds": round(yardstick, 1)}
        for kind in KINDS:
            command = [sys.executable, __file__, "--readers", str(options.readers), "--write", kind]
            report[kind] = json.loads(subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout)
            if yardstick:
                report[kind]["ratio"] = round(report[kind]["seconds"] / yardstick, 1)
    print(json.dumps(report, indent=1))


def write(kind: str, readers: int) -> dict[str, float]:
    """One export to a file that is thrown away."""
    import django

    django.setup()
    from django.utils import timezone

    from masthead.audience import exporting
    from masthead.audience.export_formats import Kind

    size, first, early, most, looked = 0, 0.0, 0, 0, 0
    with tempfile.TemporaryFile() as file:
        began = time.perf_counter()
        for piece in exporting.export(kind=Kind(kind), by="benchmark", now=timezone.now()):
            first = first or time.perf_counter() - began
            size += file.write(piece)
            if size - looked > 1 << 20:
                looked = size
                most = max(most, own_memory())
                # The smallest of the kinds takes 20 bytes for a reader: a tenth, or less.
                early = early or (most if size > readers * 2 else 0)
        seconds = time.perf_counter() - began
    return {
        "first_byte_ms": round(first * 1000, 1),
        "seconds": round(seconds, 1),
        "mb": round(size / 1e6, 1),
        "grown_mb": round((most - early) / 1024, 1),
        "most_mb": round(most / 1024, 1),
    }


def own_memory() -> int:
    """KiB of this process that no file stands for."""
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith("RssAnon:"):
            return int(line.split()[1])
    raise OSError("this system does not say how much memory a process takes")


def with_sqlite3(folder: Path) -> float:
    """Seconds that `sqlite3` takes to write the same."""
    with tempfile.TemporaryFile() as file:
        began = time.perf_counter()
        subprocess.run(["sqlite3", "-csv", str(folder / "masthead.sqlite3"), SQL], check=True, stdout=file)
        return time.perf_counter() - began


if __name__ == "__main__":
    main()
