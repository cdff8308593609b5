"""What Postfix's log says about mails: Message-ID → queue id → that it was taken, and what became of it.

cleanup(8) logs the Message-ID while the body still comes in: no proof. qmgr(8) names a queue id only once the mail is whole and
on its disk, and so do the delivery agents with their `status=`. A queue id is used again by later mails, hence the order.
"""

from __future__ import annotations

import gzip
import re
from collections.abc import Callable, Container, Iterable, Iterator
from pathlib import Path

_MOST_LINE = 64 * 1024
_GZIP = b"\x1f\x8b"
# "Nov 25 13:15:04 host postfix-out/relay/smtp[71]: 4F1D2A: to=<…>, …": whatever the time looks like.
_LINE = re.compile(rb" \S*?(\w+)\[\d+\]: ([0-9A-Za-z]{5,40}): (.*)")
_MESSAGE_ID = re.compile(rb"message-id=<([^\s<>@]{1,250})@")
_STATUS = re.compile(rb"status=(\w+)(?: \((.{0,200}))?")
_TAKEN = re.compile(rb"from=<[^>]*>, size=\d+")


class UnreadableLog(Exception):
    """A log that cannot be read; the text says which and why."""


def with_rotated(path: Path) -> list[Path]:
    """`path` and what was rotated away from it (`.1`, `.2.gz`, `-20261124.gz`), the oldest first."""
    others = [
        each for each in path.parent.glob(f"{path.name}[.-]*") if re.fullmatch(r"[.-]\d+(\.gz)?", each.name[len(path.name) :])
    ]
    return [*sorted(others, key=lambda each: (each.stat().st_mtime, each.name)), path]


def proofs(paths: Iterable[Path], wanted: Container[str], told: Callable[[int], None] = lambda size: None) -> dict[str, str]:
    """For each of the `wanted` (parts of Message-IDs before the @) that was taken: the proof in words.

    `told` gets the bytes read, for a progress bar. Raises UnreadableLog.
    """
    queued: dict[bytes, str] = {}
    found: dict[str, str] = {}
    for line in _lines(paths, told):
        match = _LINE.search(line)
        if match is None:
            continue
        program, queue_id, words = match.groups()
        if program == b"cleanup" and (named := _MESSAGE_ID.match(words)):
            token = named[1].decode("ascii", "replace")
            if token in wanted:
                queued[queue_id] = token
            else:
                queued.pop(queue_id, None)
        elif (token_of := queued.get(queue_id)) is not None:
            status = _STATUS.search(words)
            if status:
                said = (status[2] or b"").decode("utf-8", "replace").rstrip(")")
                found[token_of] = f"Postfix {queue_id.decode()}: {status[1].decode()} {said}".strip()
            elif program == b"qmgr" and _TAKEN.match(words):
                found.setdefault(token_of, f"Postfix {queue_id.decode()}: in its queue")
            elif program == b"qmgr" and words == b"removed":
                queued.pop(queue_id)
    return found


def _lines(paths: Iterable[Path], told: Callable[[int], None]) -> Iterator[bytes]:
    for path in paths:
        try:
            with path.open("rb") as probe:
                packed = probe.read(2) == _GZIP
            with gzip.open(path, "rb") if packed else path.open("rb") as file:
                while line := file.readline(_MOST_LINE):
                    yield line.rstrip(b"\r\n")
            told(path.stat().st_size)
        except (OSError, EOFError) as error:
            said = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
            raise UnreadableLog(f"{path}: {said}.") from error
