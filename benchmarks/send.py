"""How fast a campaign is handed over, beside `smtp-source -d` against the same `smtp-sink` in the same run.

`python benchmarks/send.py [--readers 20000] [--connections 50] [--kilobytes 10] [--database URL] [--rounds 3]`

Each round sends one throw-away campaign (durable ledger, 12 links, a merge field) and then as many mails of the same size by
smtp-source. Time runs from the claim of the first range to the last commit. Prints one JSON line; `ratio` is ours to theirs.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--readers", type=int, default=20_000)
    parser.add_argument("--connections", type=int, default=50)
    parser.add_argument("--kilobytes", type=int, default=10)
    parser.add_argument("--database", default="", help="postgresql://…, an empty one; without it: SQLite")
    parser.add_argument("--rounds", type=int, default=2)
    parser.add_argument("--profile", default="", help="write a cProfile of the sender's thread here")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        print(json.dumps(measure(options, Path(folder))))


def measure(options: argparse.Namespace, folder: Path) -> dict[str, object]:
    """Everything in one install; one campaign a round."""
    port = _free_port()
    environment = {
        "MASTHEAD_DATA": str(folder),
        "MASTHEAD_SMTP_URL": f"smtp://127.0.0.1:{port}",
        "MASTHEAD_SMTP_CONNECTIONS": str(options.connections),
        "MASTHEAD_DATABASE_URL": options.database,
        "DJANGO_SETTINGS_MODULE": "masthead.config.settings",
    }
    os.environ.update(environment)
    sys.path[:0] = [str(ROOT / "src"), str(ROOT)]
    import django

    django.setup()
    from django.core.management import call_command

    call_command("migrate", verbosity=0)
    started = time.perf_counter()
    campaign_id = _campaign(options)
    prepare = time.perf_counter() - started
    user = ["-u", "nobody"] if os.geteuid() == 0 else []
    sink = subprocess.Popen([_tool("smtp-sink"), *user, "-c", f"127.0.0.1:{port}", "1000"], stdout=subprocess.DEVNULL)
    ours, theirs, cpu = [], [], []
    try:
        time.sleep(0.5)
        for round_number in range(options.rounds):
            if round_number:
                campaign_id = _again(campaign_id)
            seconds, processor = _send(campaign_id, options.profile)
            ours.append(options.readers / seconds)
            cpu.append(processor / options.readers * 1e6)
            theirs.append(options.readers / _smtp_source(options, port))
    finally:
        sink.terminate()
        sink.wait()
    return {
        "messages": options.readers,
        "rate": round(max(ours)),
        "smtp_source_rate": round(max(theirs)),
        "ratio": round(max(ours) / max(theirs), 3),
        "rates": [round(each) for each in ours],
        "smtp_source_rates": [round(each) for each in theirs],
        "cpu_microseconds": round(min(cpu), 1),
        "peak_rss_mb": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024),
        "prepare_seconds": round(prepare, 2),
        "database": "postgresql" if options.database else "sqlite",
    }


def _campaign(options: argparse.Namespace) -> int:
    from tests.delivery.install import build

    return build(options.readers, kilobytes=options.kilobytes, links=12)


def _again(campaign_id: int) -> int:
    """A new campaign of the same edition, as if the first had never been."""
    from masthead.delivery.models import Campaign, Delivery, Range

    Delivery.objects.all()._raw_delete("default")
    Range.objects.all().delete()
    campaign = Campaign.objects.get(pk=campaign_id)
    campaign.state, campaign.audience = "scheduled", None
    campaign.save()
    return campaign_id


def _send(campaign_id: int, profile: str) -> tuple[float, float]:
    """(seconds, processor seconds) of handing everything over."""
    from django.utils import timezone

    from masthead.delivery import lookups, starting, waking
    from masthead.delivery.ledger import ranges
    from masthead.delivery.models import Campaign
    from masthead.delivery.sender import working

    waking.ranges_of = lambda campaign_id: None
    starting.start(campaign_id=campaign_id, now=timezone.now())
    work = working.work
    if profile:
        import cProfile

        profiler = cProfile.Profile()
        work = lambda **arguments: profiler.runcall(working.work, **arguments)  # noqa: E731
    began, processor = time.perf_counter(), time.process_time()
    while open_ranges := ranges.without_worker(campaign_id):
        work(range_id=open_ranges[0])
    took = time.perf_counter() - began, time.process_time() - processor
    if profile:
        profiler.dump_stats(profile)
    found = lookups.verify(Campaign.objects.get(pk=campaign_id))
    if found.accepted != found.audience:
        raise SystemExit(f"not everybody was sent to: {found}")
    return took


def _smtp_source(options: argparse.Namespace, port: int) -> float:
    command = [_tool("smtp-source"), "-d", "-s", str(options.connections), "-m", str(options.readers)]
    command += ["-l", str(options.kilobytes * 1000), "-f", "a@example.org", "-t", "b@example.org", f"127.0.0.1:{port}"]
    began = time.perf_counter()
    subprocess.run(command, check=True)
    return time.perf_counter() - began


def _tool(name: str) -> str:
    found = shutil.which(name) or shutil.which(name, path="/usr/sbin:/usr/lib/postfix/sbin")
    if found is None:
        raise SystemExit(f"{name} is not installed; it comes with Postfix.")
    return found


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


if __name__ == "__main__":
    main()
