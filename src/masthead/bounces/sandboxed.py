"""The process inside the sandbox: mails in on standard input, findings out on standard output, one JSON line each.

Started by `masthead.bounces.sandbox` only: `python -m masthead.bounces.sandboxed`.
"""

from __future__ import annotations

import json
import resource
import sys
from dataclasses import asdict

from masthead.bounces.reading.reading import read
from masthead.bounces.reading.second_opinion import with_second_opinion
from masthead.bounces.replies.letter import read_letter
from masthead.bounces.sandbox import CPU_SECONDS, LETTER, MEMORY_BYTES


def main() -> None:
    """Read mails until the input ends."""
    _limit()
    mails, findings = sys.stdin.buffer, sys.stdout.buffer
    while len(head := mails.read(5)) == 5:
        raw = mails.read(int.from_bytes(head[1:], "big"))
        _grant_time()
        findings.write(json.dumps(_read(head[:1], raw)).encode() + b"\n")
        findings.flush()


def _read(question: bytes, raw: bytes) -> dict[str, object]:
    try:
        if question == LETTER:
            return asdict(read_letter(raw))
        return asdict(with_second_opinion(read(raw), raw))
    except MemoryError:
        return {"unread": "it takes more memory to read than it may"}
    except Exception as error:  # noqa: BLE001  one mail must not cost the others; the fault is named and the mail kept
        return {"unread": f"a fault of the reader: {type(error).__name__}: {error}"[:300]}


def _limit() -> None:
    for what, most in ((resource.RLIMIT_AS, MEMORY_BYTES), (resource.RLIMIT_FSIZE, 0), (resource.RLIMIT_CORE, 0)):
        resource.setrlimit(what, (most, most))


def _grant_time() -> None:
    """Processor time is counted from the start of the process: move the limit on for the next mail."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    hard = resource.getrlimit(resource.RLIMIT_CPU)[1]
    resource.setrlimit(resource.RLIMIT_CPU, (int(used.ru_utime + used.ru_stime) + 1 + CPU_SECONDS, hard))


if __name__ == "__main__":
    main()
