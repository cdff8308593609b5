"""The processes of a drill: the relay that remembers, and the Mastheads that are killed."""

from __future__ import annotations

import contextlib
import ctypes
import random
import signal
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from masthead.cli.drill.install import free_port
from masthead.cli.starting import CommandError

#: What is run; a test of the drill itself puts a Masthead with a fault in its place.
PROGRAM = (sys.executable, "-m", "masthead")
#: Half a minute is promised from when it listens to signals; one that is still starting on a busy machine gets there first.
_ASKED_SECONDS = 240
#: A process that ends by itself is started again, as a service manager would; more of them are no accident.
_MOST_ENDED = 10
_PR_SET_PDEATHSIG = 1


class Relay:
    """The recording sink. `dots` counts what it has seen."""

    def __init__(self, log: Path, *options: str) -> None:
        self.log = log
        log.touch()
        self._read = 0
        self._dots = 0
        command = [sys.executable, "-m", "masthead.mail.sink", str(log), *options]
        self._process = subprocess.Popen(command, stdout=subprocess.PIPE, preexec_fn=_end_with_parent)  # noqa: S603 (our own module)
        said = self._process.stdout.readline() if self._process.stdout else b""
        if not said:
            raise CommandError("The relay of the drill did not start.")
        self.port = int(said)

    def dots(self) -> int:
        """Final dots so far."""
        with self.log.open("rb") as file:
            file.seek(self._read)
            new = file.read()
        self._read += len(new)
        self._dots += new.count(b"\n")
        return self._dots

    def end(self) -> None:
        """Stop it. What it was told is on the disk."""
        self._process.kill()
        self._process.wait()
        if self._process.stdout is not None:
            self._process.stdout.close()


class Troupe:
    """The Masthead processes of the drill: on SQLite the one that holds the lock sends, and the others wait for its end."""

    def __init__(self, program: Sequence[str], data: Path, chance: random.Random) -> None:
        self._program = tuple(program)
        self._log = data / "masthead.log"
        self._lock = data / "masthead.lock"
        self._chance = chance
        self._processes: list[subprocess.Popen[bytes]] = []
        self._started = 0
        self._struck = 0

    def fill_up(self, count: int) -> None:
        """Start processes until there are `count`: a whole `serve` one time in three, else a `worker`.

        Raises CommandError when they end by themselves, again and again.
        """
        by_itself = self._started - self._struck - len(self._processes)
        if by_itself > _MOST_ENDED:
            raise CommandError(f"The processes end by themselves. The end of their log:\n{self.last_words()}")
        self._processes = [each for each in self._processes if each.poll() is None]
        while len(self._processes) < count:
            serve = self._chance.random() < 1 / 3
            arguments = ("serve", "--port", str(free_port())) if serve else ("worker",)
            with self._log.open("ab") as output:
                process = subprocess.Popen(  # noqa: S603 (our own program)
                    [*self._program, *arguments], stdout=output, stderr=output, preexec_fn=_end_with_parent
                )
            self._processes.append(process)
            self._started += 1

    def strike(self, number: int, *, everybody: bool, embedded: bool) -> int:
        """Send signal `number` to the one who sends, or to all; wait for the end; answer how many of them could be sending."""
        alive = [each for each in self._processes if each.poll() is None]
        if not alive:
            return 0
        hit = alive if everybody else [self._sender(alive) if embedded else self._chance.choice(alive)]
        for process in hit:
            process.send_signal(number)
        for process in hit:
            self._wait(process)
        self._struck += len(hit)
        return 1 if embedded else len(hit)

    def end(self) -> None:
        """Ask all of them to end."""
        self.strike(signal.SIGTERM, everybody=True, embedded=False)

    def last_words(self) -> str:
        """The end of their log."""
        return self._log.read_text(errors="replace")[-2000:] if self._log.exists() else ""

    def _sender(self, alive: list[subprocess.Popen[bytes]]) -> subprocess.Popen[bytes]:
        """Who holds the lock, as the kernel says; the oldest when nobody does at this moment."""
        holder = f"{self._lock.stat().st_ino}" if self._lock.exists() else ""
        with contextlib.suppress(OSError):
            for line in Path("/proc/locks").read_text(encoding="ascii").splitlines():
                fields = line.split()
                if "FLOCK" in fields and "->" not in fields and fields[-3].rpartition(":")[2] == holder:
                    return next((each for each in alive if each.pid == int(fields[-4])), alive[0])
        return alive[0]

    def _wait(self, process: subprocess.Popen[bytes]) -> None:
        try:
            process.wait(_ASKED_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
            raise CommandError(f"A process did not end within {_ASKED_SECONDS} s of being asked to.") from None


def _end_with_parent() -> None:
    """A drill that is killed itself leaves nobody behind (Linux; elsewhere they stay)."""
    with contextlib.suppress(OSError, AttributeError):
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
