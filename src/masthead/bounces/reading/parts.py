"""Taking a mail apart within limits: at most 200 parts, 20 levels deep, of the first megabyte.

The standard library's parser builds the whole tree before anything can be limited: it takes ten seconds for 50,000 parts in
350 KB and ends in a RecursionError at 1,000 nested ones. So the splitting (RFC 2046 §5.1) is our own, without recursion, and
forgives what servers get wrong: boundaries that are not declared, never closed, or never there.
"""

from __future__ import annotations

import binascii
import quopri
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from masthead.bounces.reading.headers import Headers, is_field, parse, text_of

MOST_BYTES = 1_000_000
MOST_PARTS = 200
MOST_LEVELS = 20
#: Of one part's text so much is looked at, and of one line so much: no report says anything later than that.
MOST_TEXT = 120_000
MOST_LINE = 2_000

_BREAKS = re.compile(rb"\r\n?")
#: What some programs that save mails as text write before them.
_BYTE_ORDER_MARK = b"\xef\xbb\xbf"
_GUESS = re.compile(rb"(?:^|\n)--([^\s-][^\n]{3,90})\n[Cc]ontent-")


@dataclass(frozen=True)
class Part:
    """One part that has no parts of its own. `within` names the types around it, the outermost first."""

    type: str
    headers: Headers
    body: bytes
    within: tuple[str, ...]

    @cached_property
    def text(self) -> str:
        """The body without its transfer encoding, as text with short lines."""
        encoding = self.headers.get("content-transfer-encoding").strip().lower()
        data = self.body[: MOST_TEXT * 2]
        if encoding.startswith("base64"):
            data = _base64(data)
        elif encoding.startswith("quoted"):
            data = quopri.decodestring(data)
        text = text_of(data[:MOST_TEXT], self.headers.param("content-type", "charset"))
        return "\n".join(line[:MOST_LINE] for line in text.replace("\r\n", "\n").replace("\0", "").split("\n"))


def split(raw: bytes) -> tuple[Headers, list[Part]]:
    """The headers of the mail and its parts, in their order. A mail without any structure is one part."""
    data = _BREAKS.sub(b"\n", raw[:MOST_BYTES].removeprefix(_BYTE_ORDER_MARK).replace(b"\0", b"")).lstrip(b"\n")
    headers, body = head_and_body(data)
    parts: list[Part] = []
    waiting: list[tuple[Headers, bytes, tuple[str, ...]]] = [(headers, body, ())]
    while waiting and len(parts) < MOST_PARTS:
        own, content, within = waiting.pop()
        kind = _type(own)
        pieces = _pieces(own, content, kind) if len(within) < MOST_LEVELS else None
        if pieces is None:
            parts.append(Part(kind if not kind.startswith("multipart/") else "text/plain", own, content, within))
            continue
        waiting.extend((*head_and_body(piece, strict=True), (*within, kind)) for piece in reversed(pieces))
    return headers, parts


def head_and_body(data: bytes, *, strict: bool = False) -> tuple[Headers, bytes]:
    """`data` cut after its headers. `strict`: the first line must be a header, else all of it is body (RFC 2046 §5.1)."""
    lines: list[str] = []
    start = 0
    for start, end in _lines(data):
        line = data[start:end].decode("utf-8", "replace")
        if not line.strip():
            return parse(lines), data[end + 1 :]
        begins = is_field(line)
        if not begins and line[:1] not in (" ", "\t") and not line.startswith(("From ", ">From ")):
            return parse(lines), data[start:]
        if strict and not lines and not begins:
            return Headers([]), data[start:]
        lines.append(line[:MOST_LINE])
    return parse(lines), b""


def _lines(data: bytes) -> Iterator[tuple[int, int]]:
    start = 0
    while start < len(data):
        end = data.find(b"\n", start)
        end = len(data) if end < 0 else end
        yield start, end
        start = end + 1


def _type(headers: Headers) -> str:
    return headers.get("content-type").partition(";")[0].strip().lower() or "text/plain"


def _pieces(headers: Headers, content: bytes, kind: str) -> list[bytes] | None:
    """What stands between the boundaries, or None when `content` is no multipart."""
    if not kind.startswith("multipart/"):
        return None
    boundary = headers.param("content-type", "boundary").encode("utf-8", "replace").rstrip()
    if not boundary or b"--" + boundary not in content:
        guess = _GUESS.search(content)
        if guess is None:
            return None
        boundary = guess.group(1).rstrip()
    mark = b"\n--" + boundary
    pieces: list[bytes] = []
    data = b"\n" + content
    start = data.find(mark)
    preamble = data[:start].strip()
    while start >= 0 and len(pieces) < MOST_PARTS:
        begin = start + len(mark)
        line_end = data.find(b"\n", begin)
        if data.startswith(b"--", begin) or line_end < 0:
            break
        start = data.find(mark, begin)
        pieces.append(data[line_end + 1 : start if start >= 0 else len(data)])
    # A preamble that says more than "this is a MIME message" is how some gateways wrap a report.
    return [b"\n" + preamble, *pieces] if len(preamble) > 300 else pieces


def _base64(data: bytes) -> bytes:
    clean = re.sub(rb"[^A-Za-z0-9+/]", b"", data)
    spare = len(clean) % 4
    # One letter more than whole groups is no byte (cut off or broken); two and three lack their padding.
    return binascii.a2b_base64(clean[: len(clean) - 1] if spare == 1 else clean + b"==="[: 4 - spare] if spare else clean)
