"""Mails out of files, folders (Maildir too), mbox files and streams, one after the other and never all in memory."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO, NamedTuple

from masthead.bounces.reading.parts import MOST_BYTES


class Mail(NamedTuple):
    """One mail and the name it goes by; `raw` is None, and `why` says why, when it could not be opened."""

    name: str
    raw: bytes | None
    why: str = ""


def find(path: Path) -> Iterator[Mail]:
    """The mails in `path`: a mail, an mbox, or a folder with any of them (hidden files are passed over)."""
    if path.is_dir():
        try:
            inside = sorted(each for each in path.iterdir() if not each.name.startswith("."))
        except OSError as error:
            yield Mail(str(path), None, error.strerror or str(error))
            return
        for each in inside:
            yield from find(each)
        return
    try:
        with path.open("rb") as file:
            yield from stream(file, str(path))
    except OSError as error:
        yield Mail(str(path), None, error.strerror or str(error))


def stream(file: BinaryIO, name: str) -> Iterator[Mail]:
    """The mails in `file`: one, or those of an mbox, numbered from 1. Of each at most what is ever looked at is kept."""
    first = file.readline(MOST_BYTES)
    if not first.startswith(b"From "):
        kept = first + file.read(MOST_BYTES)
        while file.read(MOST_BYTES):
            pass
        yield Mail(name, kept[:MOST_BYTES])
        return
    number = 0
    lines: list[bytes] = []
    size = 0
    blank = False
    while line := file.readline(MOST_BYTES):
        if blank and line.startswith(b"From ") and _is_separator(line):
            number += 1
            yield Mail(f"{name}#{number}", b"".join(lines))
            lines, size, blank = [], 0, False
            continue
        if size < MOST_BYTES:
            lines.append(line[1:] if line.startswith(b">From ") else line)
            size += len(line)
        blank = line in (b"\n", b"\r\n")
    yield Mail(f"{name}#{number + 1}" if number else name, b"".join(lines))


def _is_separator(line: bytes) -> bool:
    """`From sender date`: a sentence that begins with the word has no time of day in it (RFC 4155)."""
    words = line.split()
    return len(words) >= 5 and any(word.count(b":") == 2 for word in words[2:])
