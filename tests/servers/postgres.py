"""A PostgreSQL of the tests' own.

`with cluster(folder) as url`, or `python -m tests.servers.postgres COMMAND …` to run a command with MASTHEAD_DATABASE_URL set.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path

from tests.servers.processes import free_port, running, until


@contextlib.contextmanager
def cluster(folder: Path, *options: str, inside: Sequence[str] = (), host: str = "127.0.0.1") -> Iterator[str]:
    """Make a cluster in `folder`, start it on a free port of `host`, yield its address, stop it. As root: by postgres.

    `inside`: what runs it in a network of its own, of which `host` is an address. It trusts everybody who gets there.
    """
    bin_folder = sorted(Path("/usr/lib/postgresql").glob("*/bin"))[-1]
    as_owner = ["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups", "--"] if os.geteuid() == 0 else []
    data = folder / "cluster"
    data.mkdir()
    if as_owner:
        shutil.chown(data, "postgres", "postgres")
    initdb = [str(bin_folder / "initdb"), "-D", str(data), "-U", "masthead", "--auth=trust", "-E", "UTF8", "--locale=C.UTF-8"]
    subprocess.run([*as_owner, *initdb], check=True, capture_output=True, cwd="/")
    with (data / "pg_hba.conf").open("a") as access:
        access.write("host all all all trust\n")
    port = free_port()
    server = [str(bin_folder / "postgres"), "-D", str(data), "-p", str(port), "-c", f"listen_addresses={host}"]
    settings = ["-c", "unix_socket_directories=", "-c", "max_connections=60", *options]
    # SIGINT is PostgreSQL's fast shutdown.
    with running([*inside, *as_owner, *server, *settings], log=folder / "postgres.log", stop=signal.SIGINT):
        ready = [*inside, str(bin_folder / "pg_isready"), "-q", "-h", host, "-p", str(port)]
        until(lambda: subprocess.run(ready, check=False).returncode == 0, seconds=30, what="PostgreSQL answers")
        address = f"masthead@{host}:{port}"
        create = [*inside, str(bin_folder / "createdb"), "-h", host, "-p", str(port), "-U", "masthead", "masthead"]
        subprocess.run(create, check=True)
        yield f"postgresql://{address}/masthead"


def main() -> int:
    """Run the command that was given, on a PostgreSQL that ends with it, also when SIGTERM ends this (as `timeout` does)."""
    signal.signal(signal.SIGTERM, lambda number, _frame: sys.exit(128 + number))
    with tempfile.TemporaryDirectory(prefix="masthead-pg-") as name:
        folder = Path(name)
        folder.chmod(0o755)
        with cluster(folder) as url:
            return subprocess.run(sys.argv[1:], env={**os.environ, "MASTHEAD_DATABASE_URL": url}, check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
