"""A real worker, killed again and again in the middle of a campaign, against a relay that remembers everything."""

from __future__ import annotations

import contextlib
import os
import random
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from masthead.cli.drill import oracle
from masthead.cli.drill.oracle import Finding, LedgerRow
from tests.servers.install import Install
from tests.servers.postgres import cluster

pytestmark = pytest.mark.journey

HERE = Path(__file__).resolve().parent.parent
LANES = 4
#: Four in the short form; `MASTHEAD_TEST_KILLS=50 pytest tests/journeys/test_crash.py` for a long night.
KILLS = int(os.environ.get("MASTHEAD_TEST_KILLS", "4"))
RUNS = [
    ("sqlite", "resend", 3),
    ("sqlite", "hold", 0),
    ("postgresql", "hold", 3),
    *([("sqlite", "resend", 0), ("sqlite", "hold", 3), ("postgresql", "resend", 3)] if KILLS > 4 else []),
]
SEED = int(os.environ.get("MASTHEAD_TEST_SEED", "0")) or random.randrange(1, 10**6)


@pytest.fixture(scope="module")
def empty_install(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The data folder of an install without readers: migrated once, then copied."""
    folder = tmp_path_factory.mktemp("install")
    _python("-m", "django", "migrate", "-v", "0", data=folder)
    return folder


class Stage:
    """One install, one sink, and a worker that can be killed."""

    def __init__(self, folder: Path) -> None:
        self.data = folder
        self.database = folder / "masthead.sqlite3"
        self.log = folder / "sink.log"
        self.log.touch()
        self.processes: list[subprocess.Popen[bytes]] = []
        self.port = 0

    def fill(self, readers: int, policy: str = "resend") -> None:
        _python(str(HERE / "delivery" / "install.py"), str(readers), policy, data=self.data)

    def sink(self, *options: str) -> None:
        command = [sys.executable, "-m", "masthead.mail.sink", str(self.log), "--seed", str(SEED), *options]
        process = subprocess.Popen(command, stdout=subprocess.PIPE, env=_environment(self.data))
        self.processes.append(process)
        assert process.stdout is not None
        self.port = int(process.stdout.readline())

    def worker(self, **more: str) -> subprocess.Popen[bytes]:
        environment = _environment(self.data) | {
            "MASTHEAD_SMTP_URL": f"smtp://127.0.0.1:{self.port}",
            "MASTHEAD_SMTP_CONNECTIONS": str(LANES),
            "MASTHEAD_RETRY_SECONDS": "1",
            "MASTHEAD_RANGE_SIZE": "150",
            **more,
        }
        log = (self.data / "worker.log").open("ab")
        process = subprocess.Popen([sys.executable, "-m", "masthead", "worker"], env=environment, stdout=log, stderr=log)
        self.processes.append(process)
        return process

    def dots(self) -> int:
        return self.log.read_bytes().count(b"\n")

    def wait_for_dots(self, count: int, worker: subprocess.Popen[bytes], seconds: float = 40) -> None:
        end = time.monotonic() + seconds
        while self.dots() < count and worker.poll() is None and not self.finished():
            assert time.monotonic() < end, f"no more dots; {(self.data / 'worker.log').read_text()[-2000:]}"
            time.sleep(0.01)

    def finished(self) -> bool:
        return self.ask("SELECT count(*) FROM delivery_campaign WHERE state = 'finished'") == 1

    def ask(self, sql: str) -> int:
        with sqlite3.connect(f"file:{self.database}?mode=ro", uri=True) as connection:
            return int(connection.execute(sql).fetchone()[0])

    def execute(self, sql: str) -> None:
        with sqlite3.connect(self.database, timeout=20) as connection:
            connection.execute(sql)

    def wait_until_finished(self, seconds: float = 60) -> None:
        end = time.monotonic() + seconds
        while not self.finished():
            assert time.monotonic() < end, f"not finished; {(self.data / 'worker.log').read_text()[-3000:]}"
            time.sleep(0.1)

    def compared(self) -> Finding:
        sql = "SELECT s.address, d.state, d.repeats FROM delivery_delivery d JOIN audience_subscriber s ON s.id = d.subscriber_id"
        with sqlite3.connect(f"file:{self.database}?mode=ro", uri=True) as connection:
            rows = connection.execute(sql).fetchall()
        return oracle.compare(oracle.read_log(self.log), [LedgerRow(*row) for row in rows])

    def end(self) -> None:
        for process in self.processes:
            if process.poll() is None:
                process.kill()
            process.wait()
            if process.stdout is not None:
                process.stdout.close()


@pytest.fixture
def stage(empty_install: Path, tmp_path: Path) -> Iterator[Stage]:
    folder = tmp_path / "data"
    shutil.copytree(empty_install, folder)
    made = Stage(folder)
    yield made
    made.end()


@pytest.mark.parametrize(("database", "policy", "faults"), RUNS)
def test_nobody_is_lost_however_often_it_is_killed(tmp_path: Path, database: str, policy: str, faults: int) -> None:
    with contextlib.ExitStack() as stack:
        more = []
        if database == "postgresql":
            folder = Path(tempfile.mkdtemp(prefix="masthead-pg-"))
            stack.callback(shutil.rmtree, folder)
            folder.chmod(0o755)
            more = ["--database", stack.enter_context(cluster(folder))]
        found = Install(tmp_path).json(
            *("drill", "crash", "--readers", str(40 * (KILLS + 1)), "--kills", str(KILLS), "--connections", str(LANES)),
            *("--policy", policy, "--faults", str(faults), "--seed", str(SEED), *more),
        )
    print(found)
    assert (found["broken"], found["lost"], found["accepted_not_in_sink"], found["unexplained"]) == ([], 0, 0, 0)
    assert found["kills"] == KILLS
    assert found["message_ids_per_reader"] == 1
    assert found["duplicates"] <= (found["bound"] if policy == "resend" else 0)


@pytest.mark.parametrize("point", ["committed", "dot_written", "reply_read", "range_done"])
def test_a_crash_at_a_named_point_loses_nobody(stage: Stage, point: str) -> None:
    stage.fill(60)
    stage.sink()
    few = {"range_done": 1}
    worker = stage.worker(MASTHEAD_CRASH_AT=f"{point}:{few.get(point, 11)}", MASTHEAD_RANGE_SIZE="20")
    worker.wait(40)
    assert worker.returncode == 137
    stage.worker()
    stage.wait_until_finished()
    found = stage.compared()
    assert found.breaches(crashed_lanes=LANES) == []


def test_a_worker_asked_to_end_leaves_nothing_uncertain(stage: Stage) -> None:
    stage.fill(300)
    stage.sink("--delay", "0.01")
    for share in (60, 160):
        worker = stage.worker()
        stage.wait_for_dots(share, worker)
        worker.send_signal(signal.SIGTERM)
        assert worker.wait(35) == 0
        assert stage.ask("SELECT count(*) FROM delivery_delivery WHERE state IN (1, 8)") == 0
    stage.worker()
    stage.wait_until_finished()
    found = stage.compared()
    assert found.breaches(crashed_lanes=0) == []
    assert (found.duplicates, found.repeats) == (0, 0)


def _environment(data: Path) -> dict[str, str]:
    kept = {key: value for key, value in os.environ.items() if not key.startswith("MASTHEAD_")}
    paths = f"{HERE.parent / 'src'}:{HERE.parent}"
    return kept | {"PYTHONPATH": paths, "DJANGO_SETTINGS_MODULE": "masthead.config.settings", "MASTHEAD_DATA": str(data)}


def _python(*arguments: str, data: Path) -> None:
    subprocess.run([sys.executable, *arguments], env=_environment(data), check=True, stdout=subprocess.DEVNULL)
