"""Reading mails in a process of its own with hard limits, many in a row; a mail that breaks a limit costs the process, not us.

The process has no database, no settings and no secrets, and imports only `bounces.reading` and `bounces.replies.letter`. It is
given 5 seconds of processor time for each mail, 256 MB in all, and sees the first megabyte of a mail. After a killed read the
next mail gets a fresh process.
"""

from __future__ import annotations

import json
import os
import select
import subprocess
import sys
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any

from masthead.bounces.reading.finding import Finding
from masthead.bounces.reading.parts import MOST_BYTES
from masthead.bounces.replies.letter import Letter

CPU_SECONDS = 5
MEMORY_BYTES = 256 * 2**20
#: The machine may be busy: so long the answer may take by the clock, a multiple of the processor time.
WALL_SECONDS = 60
#: What is asked about a mail, one byte each.
FINDING = b"F"
LETTER = b"L"
_ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True, slots=True)
class Unread:
    """A mail that could not be read within the limits, and why."""

    why: str


class Sandbox:
    """Reads mails one after the other. Use it as a context manager; the process starts with the first mail."""

    def __init__(self, module: str = "masthead.bounces.sandboxed") -> None:
        self._module = module
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Sandbox:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()

    def read(self, raw: bytes) -> Finding | Unread:
        """What `raw` tells, or why it could not be read."""
        answer = self._ask(FINDING, raw)
        return answer if isinstance(answer, Unread) else Finding(**answer)

    def read_letter(self, raw: bytes) -> Letter | Unread:
        """`raw` as a letter of a person, or why it could not be read."""
        answer = self._ask(LETTER, raw)
        return answer if isinstance(answer, Unread) else Letter(**answer)

    def close(self) -> None:
        """End the process. Another `read` starts a new one."""
        process, self._process = self._process, None
        if process is not None:
            process.kill()
            process.wait()
            for pipe in (process.stdin, process.stdout):
                if pipe is not None:
                    _close(pipe)

    def _ask(self, question: bytes, raw: bytes) -> dict[str, Any] | Unread:
        process = self._running()
        data = raw[:MOST_BYTES]
        try:
            if process.stdin is None:
                raise BrokenPipeError
            process.stdin.write(question + len(data).to_bytes(4, "big") + data)
            process.stdin.flush()
            answer = _answer(process)
        except BrokenPipeError:
            answer = b""
        if not answer:
            return Unread(self._died())
        fields: dict[str, Any] = json.loads(answer)
        if "unread" in fields:
            return Unread(str(fields["unread"]))
        return {name: tuple(each) if isinstance(each, list) else each for name, each in fields.items()}

    def _running(self) -> subprocess.Popen[bytes]:
        if self._process is None or self._process.poll() is not None:
            self.close()
            self._process = subprocess.Popen(  # noqa: S603  our own program, by its name
                [sys.executable, "-m", self._module],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                # Nothing of ours: the environment of a server holds its keys.
                env={"PYTHONPATH": os.pathsep.join([str(_ROOT), *filter(None, sys.path)]), "PATH": "", "LANG": "C.UTF-8"},
                cwd="/",
            )
        return self._process

    def _died(self) -> str:
        process = self._process
        self.close()
        code = process.returncode if process is not None else 0
        if code == -24:  # SIGXCPU
            return f"it takes more than {CPU_SECONDS} seconds to read"
        return f"reading it broke a limit (status {code})"


def read_all(mails: Iterable[bytes]) -> Iterator[Finding | Unread]:
    """What each of `mails` tells, in their order, all in one sandbox."""
    with Sandbox() as sandbox:
        for raw in mails:
            yield sandbox.read(raw)


def _answer(process: subprocess.Popen[bytes]) -> bytes:
    """One line from `process`; nothing when it ended or was silent for too long."""
    if process.stdout is None:
        return b""
    descriptor = process.stdout.fileno()
    deadline = time.monotonic() + WALL_SECONDS
    received = b""
    while not received.endswith(b"\n"):
        ready, _, _ = select.select([descriptor], [], [], max(0.0, deadline - time.monotonic()))
        chunk = os.read(descriptor, 65536) if ready else b""
        if not chunk:
            if not ready:
                process.kill()
            process.wait()
            return b""
        received += chunk
    return received


def _close(pipe: object) -> None:
    try:
        pipe.close()  # type: ignore[attr-defined]
    except BrokenPipeError:
        return  # what was still buffered was for a process that is gone
