"""How fast a million readers are imported, beside what `sqlite3`'s own .import needs for the same file in the same run.

`python benchmarks/imports.py [--rows 1000000] [--database URL] [--profile FILE]`

The file has an address, a name and three merge fields. Ours validates each address, finds duplicates and readers who are known,
left or suppressed, writes reader, subscription, consent event and the result file, each batch durably. Prints one line: `ratio`
is our time to theirs; `seconds_after` is what a task takes afterwards for PostgreSQL's index of the parts of addresses;
`server_processor` is what the processes of PostgreSQL took of the processor until then, if they run here; `grown_mb` is what our
own memory grew by from a tenth of the file to the most it had later, SQLite's cache of 64 MB with it. Pages of the database that
the system keeps in memory while nobody else wants it (mmap) are not counted.
"""

from __future__ import annotations

import argparse
import cProfile
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--database", default="", help="postgresql://…, an empty one; without it: SQLite")
    parser.add_argument("--profile", default="", help="write a cProfile of the import here")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        print(json.dumps(measure(options, Path(folder))))


def measure(options: argparse.Namespace, folder: Path) -> dict[str, object]:
    """Theirs, then ours."""
    file = folder / "readers.csv"
    _write(file, options.rows)
    theirs, their_cpu = _timed(lambda: _sqlite_import(file, folder))
    os.environ.update(
        {
            "MASTHEAD_DATA": str(folder),
            "MASTHEAD_DATABASE_URL": options.database,
            "DJANGO_SETTINGS_MODULE": "masthead.config.settings",
        }
    )
    sys.path[:0] = [str(ROOT / "src")]
    import django

    django.setup()
    from django.core.management import call_command

    call_command("migrate", verbosity=0)
    peaks: list[int] = []

    def progress(done: int, total: int) -> None:
        if done > total / 10:
            peaks.append(_own_memory())

    server_before = _server_processor()
    ours, our_cpu = _timed(lambda: _import(file, progress, options.profile))
    server = _server_processor() - server_before
    from masthead.audience.imports import indexes

    after, _cpu = _timed(indexes.restore)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return {
        "rows": options.rows,
        "seconds": round(ours, 1),
        "seconds_after": round(after, 1),
        "rows_a_second": round(options.rows / ours),
        "sqlite_import_seconds": round(theirs, 2),
        "ratio": round(ours / theirs, 2),
        "ratio_processor": round(our_cpu / their_cpu, 2),
        "server_processor": round(server, 1),
        "grown_mb": round((max(peaks) - peaks[0]) / 1024, 1) if peaks else None,
        "peak_mb": round(peak / 1024),
    }


def _server_processor() -> float:
    """Seconds that all processes of a PostgreSQL on this machine took so far; 0 where there is none (Linux, proc(5))."""
    from django.db import connection

    if connection.vendor != "postgresql":
        return 0
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        backend = Path(f"/proc/{cursor.fetchone()[0]}/stat")
    if not backend.exists():
        return 0
    postmaster = _stat(backend)[1]
    own = [stat[11:13] for path in Path("/proc").glob("[0-9]*/stat") if (stat := _stat(path))[1] == postmaster]
    # With those it has waited for: processes that have ended.
    own.append(_stat(Path(f"/proc/{postmaster}/stat"))[11:15])
    return sum(int(ticks) for each in own for ticks in each) / os.sysconf("SC_CLK_TCK")


def _stat(path: Path) -> list[str]:
    """From the state of the process on; its name may hold blanks."""
    try:
        return path.read_text().rpartition(")")[2].split()
    except OSError:
        return ["", ""]


def _own_memory() -> int:
    """In kilobytes, what is in memory and in no file (Linux, proc(5))."""
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("RssAnon:"))


def _import(file: Path, progress: object, profile: str) -> None:
    from datetime import UTC, datetime

    from masthead.audience import importing
    from masthead.audience.models import MailingList

    target = MailingList.objects.create(name="Benchmark", slug="benchmark")
    profiler = cProfile.Profile() if profile else None
    if profiler:
        profiler.enable()
    run = importing.import_file(
        path=file,
        mailing_list=target,
        statement="Made up.",
        dry_run=False,
        by="benchmark",
        now=datetime.now(UTC),
        progress=progress,  # type: ignore[arg-type]
    )
    if profiler:
        profiler.disable()
        profiler.dump_stats(profile)
    if run.added != run.rows - run.rejected:
        raise SystemExit(f"wrong counts: {run.added} of {run.rows}")


def _write(file: Path, rows: int) -> None:
    with file.open("w") as out:
        out.write("email,name,city,member,colour\n")
        for number in range(rows):
            name = f"reader{number * 7919 % 1_000_003}.{number % 97}"
            out.write(f"{name}@domain{number % 5000}.example,Name {number} Surname,City {number % 1000},{number},blue\n")


def _sqlite_import(file: Path, folder: Path) -> None:
    commands = [".mode csv", f".import {file} readers"]
    subprocess.run(["sqlite3", str(folder / "theirs.sqlite3"), *commands], check=True)


def _timed(job: object) -> tuple[float, float]:
    before = resource.getrusage(resource.RUSAGE_SELF), resource.getrusage(resource.RUSAGE_CHILDREN)
    started = time.perf_counter()
    job()  # type: ignore[operator]
    seconds = time.perf_counter() - started
    after = resource.getrusage(resource.RUSAGE_SELF), resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = sum(b.ru_utime + b.ru_stime - a.ru_utime - a.ru_stime for a, b in zip(before, after, strict=True))
    return seconds, cpu


if __name__ == "__main__":
    main()
