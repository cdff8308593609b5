"""Addresses as people paste them: "Rosa Marin <rosa@example.org>, leo@example.net; ..." over any number of lines."""

from __future__ import annotations

import re
from collections.abc import Sequence

_NAMED = re.compile(r"(?P<name>[^<>]*)<\s*(?P<address>[^<>]*)>")
_REMARK = re.compile(r"(?P<address>\S+@\S+)\s+\((?P<name>[^()]*)\)")
_IN_ANGLES = re.compile(r"<\s*[^<>\s@]+@[^<>\s]+\s*>")


def split(line: str) -> list[tuple[str, str]]:
    """Address and name ("" for none) of each entry in a line. What is no address is an entry, too: nothing is dropped."""
    chunks = _chunks(line)
    entries: list[tuple[str, str]] = []
    waiting: list[str] = []
    for position, chunk in enumerate(chunks):
        named = _NAMED.fullmatch(chunk)
        # "Marin, Rosa <rosa@example.org>": a piece without an address belongs to the angle brackets behind it.
        if named is None and "@" not in chunk and any("<" in later for later in chunks[position + 1 : position + 2]):
            waiting.append(chunk)
            continue
        if named is not None:
            name = ", ".join([*waiting, named["name"].strip()]).strip(", ")
            entries.append((named["address"].strip(), name.strip("\"' ").replace('\\"', '"')))
        elif remark := _REMARK.fullmatch(chunk):
            entries.append((remark["address"], remark["name"].strip()))
        elif len(words := chunk.split()) > 1 and all("@" in word for word in words):
            entries += [(word, "") for word in words]
        else:
            entries.append((chunk, ""))
        waiting = []
    return entries


def looks_pasted(lines: Sequence[str]) -> bool:
    """Whether these lines are pasted addresses rather than a table: addresses in angle brackets, or several in each line."""
    lines = [line for line in lines if line.strip()]
    if not lines or not all("@" in line for line in lines):
        return False
    if any(_IN_ANGLES.search(line) for line in lines):
        return True
    return all("@" in address for line in lines for address, _name in split(line)) and any(len(split(line)) > 1 for line in lines)


def _chunks(line: str) -> list[str]:
    """The pieces between commas and semicolons that stand outside of quotation marks and angle brackets."""
    chunks, piece, quoted, angled = [], "", False, False
    for char in line:
        if char == '"' and not piece.endswith("\\"):
            quoted = not quoted
        elif char in "<>" and not quoted:
            angled = char == "<"
        if char in ",;" and not quoted and not angled:
            chunks.append(piece)
            piece = ""
        else:
            piece += char
    chunks.append(piece)
    return [chunk.strip() for chunk in chunks if chunk.strip()]
