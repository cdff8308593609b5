"""How fast a campaign is handed over, beside `smtp-source -d` against the same `smtp-sink` in the same run.

`python benchmarks/send.py [--readers 20000] [--connections 50] [--kilobytes 12] [--database URL] [--rounds 3]`

Each round is one `masthead bench send` (throw-away install, durable ledger, 12 personal links, 3 merge fields) and then as many
mails of the same size by smtp-source. Prints one JSON line; `ratio` is ours to theirs, of the best rounds.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import socket
import subprocess
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def main() -> None:
    """Run the rounds."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--readers", type=int, default=20_000)
    parser.add_argument("--connections", type=int, default=50)
    parser.add_argument("--kilobytes", type=int, default=12)
    parser.add_argument(
        "--database", default="", help="postgresql://…, where databases may be made; without it: SQLite"
    )
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    port = _free_port()
    user = ["-u", "nobody"] if os.geteuid() == 0 else []
    sink = subprocess.Popen([_tool("smtp-sink"), *user, "-c", f"127.0.0.1:{port}", "1000"], stdout=subprocess.DEVNULL)
    try:
        time.sleep(0.5)
        rounds = [(_ours(options, port), _theirs(options, port)) for _ in range(options.rounds)]
    finally:
        sink.terminate()
        sink.wait()
    best, theirs = max((ours for ours, _ in rounds), key=lambda each: each["rate"]), max(theirs for _, theirs in rounds)
    found = {
        **best,
        "ratio": round(best["rate"] / theirs, 3),
        "smtp_source_rate": round(theirs, 1),
        "rates": [ours["rate"] for ours, _ in rounds],
        "smtp_source_rates": [round(theirs, 1) for _, theirs in rounds],
        "cpu_microseconds": round(min(ours["cpu_seconds"] for ours, _ in rounds) / options.readers * 1e6, 1),
    }
    print(json.dumps(found))


def _ours(options: argparse.Namespace, port: int) -> dict[str, float]:
    command = [str(ROOT / "bin" / "masthead"), "bench", "send", "--readers", str(options.readers), "--json"]
    command += ["--connections", str(options.connections), "--smtp", f"127.0.0.1:{port}"]
    command += ["--message-kb", str(options.kilobytes), "--database", options.database]
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)
    found: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return found


def _theirs(options: argparse.Namespace, port: int) -> float:
    """Mails a second."""
    command = [_tool("smtp-source"), "-d", "-s", str(options.connections), "-m", str(options.readers)]
    command += ["-l", str(options.kilobytes * 1000), "-f", "a@example.org", "-t", "b@example.org", f"127.0.0.1:{port}"]
    began = time.perf_counter()
    subprocess.run(command, check=True)
    return options.readers / (time.perf_counter() - began)


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
