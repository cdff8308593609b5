"""How a mailbox of a hundred thousand bounces is emptied: how fast, in how much memory, and on from where a kill -9 left it.

`python benchmarks/mailbox.py [--mails 100000] [--kills 2]`

A real Dovecot holds the mails; `masthead bounces fetch` is killed so many times on its way and started again. The yardstick is a
client that fetches the same mails in batches of a hundred and keeps nothing. Prints one JSON line: `stored` and `copies` (more
than once in the database: must be 0), `peak_mb` of the largest fetching process, `peak_mb_few` of one with a thousand mails,
`seconds`, and `ratio` to the yardstick's seconds.
"""

from __future__ import annotations

import argparse
import imaplib
import json
import os
import secrets
import signal
import sqlite3
import ssl
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "src")]

from tests.servers.dovecot import PASSWORD, USER, Dovecot, dovecot  # noqa: E402  (it is found by the line above)

_FEW = 1000
_BOUNCE = """From: Mail Delivery System <mailer-daemon@relay.example.org>
To: b+token@bounces.example.org
Subject: Undelivered Mail Returned to Sender
Message-ID: <{number}@relay.example.org>
Content-Type: multipart/report; report-type=delivery-status; boundary="=_b"

--=_b

The mailbox of reader{number}@example.org does not exist.
{filling}
--=_b
Content-Type: message/delivery-status

Reporting-MTA: dns; relay.example.org

Final-Recipient: rfc822; reader{number}@example.org
Action: failed
Status: 5.1.1
Diagnostic-Code: smtp; 550 5.1.1 user unknown

--=_b--
"""


def main() -> None:
    """Run it and print what was found."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--mails", type=int, default=100_000)
    parser.add_argument("--kills", type=int, default=2)
    options = parser.parse_args()
    _some, few = _run(_FEW, kills=0)
    found, peak = _run(options.mails, kills=options.kills)
    print(json.dumps({"mails": options.mails, **found, "peak_mb": peak, "peak_mb_few": few}))


def _run(mails: int, *, kills: int) -> tuple[dict[str, object], float]:
    with dovecot() as server, tempfile.TemporaryDirectory(prefix="masthead-bench-") as folder:
        _fill(server, mails)
        plain = _yardstick(server)
        environment = {name: value for name, value in os.environ.items() if not name.startswith("MASTHEAD_")}
        environment |= {"MASTHEAD_DATA": folder, "SSL_CERT_FILE": str(server.certificate)}
        _masthead(environment, "init")
        add = ("bounces", "mailbox", "add", "returns", "--host", "127.0.0.1", "--port", str(server.port), "--security", "none")
        _masthead(environment, *add, "--user", USER, "--password-file", "-", given=f"{PASSWORD}\n")
        began = time.perf_counter()
        peak = 0.0
        for kill in range(kills, -1, -1):
            after = mails * (kills + 1 - kill) // (kills + 1) if kill else 0
            peak = max(peak, _fetch(environment, Path(folder), after))
        seconds = time.perf_counter() - began
        database = sqlite3.connect(Path(folder) / "masthead.sqlite3")
        stored, different = database.execute("SELECT count(*), count(DISTINCT digest) FROM bounces_rawreport").fetchone()
        found = {"stored": stored, "copies": stored - different, "kills": kills, "seconds": round(seconds, 1)}
        return {**found, "ratio": round(seconds / plain, 2)}, peak


def _fill(server: Dovecot, mails: int) -> None:
    owner = server.folder.stat()
    for number in range(mails):
        # As deliverers name them, unlike each other: Dovecot finds names of one pattern a thousand times slower.
        path = server.folder / "cur" / f"{1_790_000_000 + number}.M{secrets.token_hex(6)}P{number}.bench:2,"
        path.write_bytes(_BOUNCE.format(number=number, filling="It is gone.\n" * (number % 40)).replace("\n", "\r\n").encode())
        os.chown(path, owner.st_uid, owner.st_gid)


def _yardstick(server: Dovecot) -> float:
    """Seconds that it takes to fetch all mails and keep none."""
    began = time.perf_counter()
    with imaplib.IMAP4("127.0.0.1", server.port) as client:
        context = ssl.create_default_context(cafile=str(server.certificate))
        context.check_hostname = False
        client.starttls(context)
        client.login(USER, PASSWORD)
        count = int((client.select("INBOX", readonly=True)[1][0] or b"0").decode())
        for first in range(1, count + 1, 100):
            client.fetch(f"{first}:{min(first + 99, count)}", "(BODY.PEEK[])")
    return time.perf_counter() - began


def _fetch(environment: dict[str, str], folder: Path, after: int) -> float:
    """Run `masthead bounces fetch`, to its end or until so many mails are stored; its largest size in MB."""
    process = subprocess.Popen([str(ROOT / "bin" / "masthead"), "bounces", "fetch"], env=environment)
    peak = 0.0
    while process.poll() is None:
        peak = max(peak, _peak(process.pid))
        if after and _stored(folder) >= after:
            process.send_signal(signal.SIGKILL)
        time.sleep(0.2)
    if not after and process.returncode:
        raise SystemExit(f"fetch ended with {process.returncode}")
    return round(peak, 1)


def _peak(pid: int) -> float:
    try:
        lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    except (FileNotFoundError, ProcessLookupError):
        return 0.0
    return next((int(line.split()[1]) / 1024 for line in lines if line.startswith("VmHWM")), 0.0)


def _stored(folder: Path) -> int:
    with sqlite3.connect(f"file:{folder / 'masthead.sqlite3'}?mode=ro", uri=True) as database:
        return int(database.execute("SELECT count(*) FROM bounces_rawreport").fetchone()[0])


def _masthead(environment: dict[str, str], *words: str, given: str = "") -> None:
    subprocess.run(
        [str(ROOT / "bin" / "masthead"), *words], env=environment, input=given, text=True, check=True, stdout=subprocess.DEVNULL
    )


if __name__ == "__main__":
    main()
