"""How much faster several worker processes send than one, when the relay is far away and their connections are few.

`python benchmarks/far.py --database postgresql://… [--workers 4] [--connections 2] [--away 0.02] [--readers 1500]`

Two throw-away installs on PostgreSQL, one after the other: a campaign to `readers` readers by one worker, then one to as many
for each of `workers`. The relay is the recording sink, each answer of which is `away` seconds on its way. It writes its log
without syncing it, since it would sync one mail after the other and take no more of them than the disk does syncs. Time runs
from the first to the last mail that it took. Prints one JSON line; `ratio` is the rate of all workers to that of the one.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

SOURCE = str(Path(__file__).resolve().parent.parent / "src")
sys.path.insert(0, SOURCE)
os.environ["PYTHONPATH"] = SOURCE  # for the processes that are started

_PATIENCE_SECONDS = 900


def main() -> None:
    """Run both and compare."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--database", required=True, help="postgresql://…, where databases may be made")
    parser.add_argument("--workers", type=int, default=4)
    parser.add_argument("--connections", type=int, default=2)
    parser.add_argument("--away", type=float, default=0.02)
    parser.add_argument("--readers", type=int, default=1500)
    parser.add_argument("--alone", action="store_true", help="With --workers workers only, in this process")
    options = parser.parse_args()
    if options.alone:
        print(json.dumps(_measure(options)))
        return
    one, all_of_them = (_run(options, count) for count in (1, options.workers))
    found = {
        "workers": options.workers,
        "connections": options.connections,
        "away_seconds": options.away,
        "rate_of_one": one["rate"],
        "rate": all_of_them["rate"],
        "ratio": round(all_of_them["rate"] / one["rate"], 2),
    }
    print(json.dumps(found))


def _run(options: argparse.Namespace, workers: int) -> dict[str, float]:
    command = [sys.executable, __file__, "--alone", "--database", options.database, "--workers", str(workers)]
    command += ["--connections", str(options.connections), "--away", str(options.away), "--readers", str(options.readers)]
    found: dict[str, float] = json.loads(subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout)
    return found


def _measure(options: argparse.Namespace) -> dict[str, float]:
    from masthead.cli import scratch
    from masthead.cli.drill import install
    from masthead.cli.drill.processes import PROGRAM, Relay

    readers = options.readers * options.workers
    with contextlib.ExitStack() as stack:
        address = stack.enter_context(scratch.database(options.database, purpose="bench"))
        data = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="masthead-bench-")))
        relay = Relay(data / "sink.log", "--unsynced", "--away", str(options.away))
        stack.callback(relay.end)
        install.settle_in(
            data,
            {
                "DATABASE_URL": address,
                "SMTP_URL": f"smtp://127.0.0.1:{relay.port}",
                "SMTP_CONNECTIONS": str(options.connections),
                "BASE_URL": "https://bench.example.org",
                # Small enough that all of them have work to the end.
                "RANGE_SIZE": "50",
            },
        )
        log = stack.enter_context((data / "workers.log").open("ab"))
        processes = [
            stack.enter_context(subprocess.Popen([*PROGRAM, "worker"], stdout=log, stderr=log))
            for _number in range(options.workers)
        ]
        stack.callback(lambda: [process.terminate() for process in processes])
        _wait(lambda: (data / "workers.log").read_text().count("runs the tasks") >= options.workers, "the workers run", processes)
        install.fill(data, readers=readers, policy="resend", now=datetime.now(UTC), progress=lambda _done, _all: None)
        _wait(lambda: relay.dots() >= readers, "everybody is sent to", processes)
        moments = sorted(json.loads(line)["at"] for line in relay.log.read_text(encoding="utf-8").splitlines())
    return {"rate": round((len(moments) - 1) / (moments[-1] - moments[0]), 1)}


def _wait(true: Callable[[], bool], what: str, workers: list[subprocess.Popen[bytes]]) -> None:
    end = time.monotonic() + _PATIENCE_SECONDS
    while not true():
        if time.monotonic() > end:
            raise SystemExit(f"Not within {_PATIENCE_SECONDS} s: {what}.")
        if any(worker.poll() is not None for worker in workers):
            raise SystemExit("A worker has ended.")
        time.sleep(0.1)


if __name__ == "__main__":
    main()
