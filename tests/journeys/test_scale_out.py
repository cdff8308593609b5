"""Three worker machines on one PostgreSQL and one relay: one worker is cut off, one killed, one stopped for a while."""

from __future__ import annotations

import contextlib
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from masthead.cli.drill import oracle
from masthead.cli.drill.oracle import LedgerRow
from tests.servers.install import ROOT, Install
from tests.servers.networks import Network, NotAllowed, network
from tests.servers.postgres import cluster
from tests.servers.processes import running, until
from tests.servers.sinks import RecordingSink, recording_sink

pytestmark = pytest.mark.journey

LANES = 3
#: The relay takes two seconds over each mail until it is told to hurry, so twelve lanes need 300 s for them: more than all that
#: is waited for before that.
READERS = 1800
PER_SECOND = 150
_FILL = f"""
import django; django.setup()
from datetime import UTC, datetime
from masthead.delivery import starting
from tests.delivery.install import build
starting.start(campaign_id=build({READERS}), now=datetime.now(UTC))
"""
_ROWS = "SELECT s.address, d.state, d.repeats FROM delivery_delivery d JOIN audience_subscriber s ON s.id = d.subscriber_id"
_ON_THE_WIRE = (
    "SELECT count(*) FROM delivery_delivery d JOIN delivery_range r ON d.id BETWEEN r.first AND r.last"
    " WHERE d.state = 1 AND r.owner LIKE '{}-%'"
)


@dataclass
class Machines:
    """The network, with the database and the relay in its middle."""

    net: Network
    database: str
    relay: RecordingSink
    folder: Path

    def worker(self, machine: str, number: int = 1) -> contextlib.AbstractContextManager[subprocess.Popen[bytes]]:
        """A worker process on `machine`."""
        install = self._install(f"{machine}{number}")
        command = [*self.net.at(machine), *install.command("worker")]
        log = self.folder / f"worker-{machine}{number}.log"
        return running(command, log=log, environment=self._environment(install))

    def fill(self) -> None:
        """The tables, the readers, and a campaign that is being sent."""
        install = self._install("desk")
        paths = {"DJANGO_SETTINGS_MODULE": "masthead.config.settings", "PYTHONPATH": f"{ROOT / 'src'}:{ROOT}"}
        environment = self._environment(install) | paths
        for arguments in (["-m", "django", "migrate", "-v", "0"], ["-c", _FILL]):
            subprocess.run([*self.net.at_the_hub, sys.executable, *arguments], env=environment, check=True)

    def ask(self, sql: str) -> list[list[str]]:
        """Rows of the database, all of it text."""
        command = [*self.net.at_the_hub, "psql", self.database, "-AtX", "-F", "\t", "-c", sql]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        return [line.split("\t") for line in done.stdout.splitlines()]

    def has_work(self, worker: subprocess.Popen[bytes]) -> bool:
        """Whether `worker` has any open range."""
        sql = f"SELECT count(*) FROM delivery_range WHERE NOT done AND owner LIKE '{worker.pid}-%'"
        return self.ask(sql) != [["0"]]

    def finished(self) -> bool:
        """Whether the campaign is."""
        return self.ask("SELECT state FROM delivery_campaign") == [["finished"]]

    def words(self) -> str:
        """The ends of the logs."""
        return "\n".join(f"--- {path.name}\n{path.read_text()[-1500:]}" for path in sorted(self.folder.glob("*.log")))

    def _environment(self, install: Install) -> dict[str, str]:
        found = install.environment
        if found.pop("PYTHONDONTWRITEBYTECODE", ""):
            # Six processes are started; compiling everything in each would take longer than all the rest.
            found["PYTHONPYCACHEPREFIX"] = str(self.folder / "bytecode")
        return found

    def _install(self, name: str) -> Install:
        own = self.folder / name
        own.mkdir()
        settings = {
            "DATABASE_URL": self.database,
            # Each machine has a folder of its own; the key behind the links in a mail is the same on all of them.
            "TOKEN_KEY": "one-key-for-all-machines-of-this-install-of-masthead",
            "SMTP_URL": f"smtp://{self.net.address}:{self.relay.port}",
            "SMTP_CONNECTIONS": str(LANES),
            "SMTP_PER_SECOND": str(PER_SECOND),
            "WORKER_LOST_SECONDS": "8",
            "RETRY_SECONDS": "1",
            "RANGE_SIZE": "50",
            "BASE_URL": "https://courier.example.org",
        }
        return Install(own, settings)


@pytest.fixture
def machines() -> Iterator[Machines]:
    with contextlib.ExitStack() as stack:
        try:
            net = stack.enter_context(network("north", "east", "south"))
        except NotAllowed as why:
            pytest.skip(f"no worker machines here: {why}")
        # Not in a folder of pytest's, which lets nobody through: PostgreSQL works as a user of its own.
        folder = Path(tempfile.mkdtemp(prefix="masthead-machines-"))
        stack.callback(shutil.rmtree, folder)
        folder.chmod(0o755)
        database = stack.enter_context(cluster(folder, "-c", "max_connections=100", inside=net.at_the_hub, host=net.address))
        relay = stack.enter_context(recording_sink(folder, "--host", net.address, "--delay", "2", inside=net.at_the_hub))
        made = Machines(net, database, relay, folder)
        made.fill()
        yield made


def test_the_work_of_lost_machines_goes_on_elsewhere_and_who_comes_back_sends_nothing_on(machines: Machines) -> None:
    net = machines.net
    with (
        machines.worker("north") as cut_off,
        machines.worker("east") as killed,
        machines.worker("south") as stopped,
        machines.worker("south", 2) as survivor,
    ):
        everybody = [cut_off, killed, stopped, survivor]
        try:
            until(lambda: all(machines.has_work(each) for each in everybody), seconds=90, what="all four have work")
            net.cut_off("north")
            killed.send_signal(signal.SIGKILL)
            stopped.send_signal(signal.SIGSTOP)
            lost = [cut_off, killed, stopped]
            assert all(int(machines.ask(_ON_THE_WIRE.format(each.pid))[0][0]) <= LANES for each in lost)
            until(lambda: not any(map(machines.has_work, lost)), seconds=60, what="their ranges are taken over", every=0.5)
            net.put_back("north")
            stopped.send_signal(signal.SIGCONT)
            hurried_at = time.time()
            machines.relay.hurry()
            until(machines.finished, seconds=150, what="the campaign is finished", every=0.5)
        except AssertionError as error:
            raise AssertionError(f"{error}\n{machines.words()}") from None
        finally:
            stopped.send_signal(signal.SIGCONT)
    found = oracle.compare(
        machines.relay.dots(), [LedgerRow(address, int(state), int(repeats)) for address, state, repeats in machines.ask(_ROWS)]
    )
    assert (found.readers, found.lost, found.accepted_not_taken, found.open) == (READERS, [], [], 0)
    # Whoever got it twice was named before: nothing was sent, or written, by a right that had been lost.
    assert (found.unexplained, found.message_ids, found.many_digests, found.changed) == ([], 1, [], [])
    assert found.duplicates <= found.repeats
    _limit_held(machines.relay, hurried_at)


def _limit_held(relay: RecordingSink, since: float) -> None:
    """All workers together were never ahead of the limit; what was under way when the relay began to hurry is no matter of it."""
    moments = sorted(line["at"] for line in relay.dots() if line["at"] > since)
    ahead = [number - PER_SECOND * (moment - since) for number, moment in enumerate(moments, 1)]
    assert max(ahead, default=0.0) <= 4 * LANES + PER_SECOND * 0.5
