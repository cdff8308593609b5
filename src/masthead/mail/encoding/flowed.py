"""Plain text as format=flowed (RFC 3676): phones wrap it to their width, old readers see short lines."""

from __future__ import annotations

import re

_WIDTH = 72
_LONG = 78
_NEWLINE = re.compile(r"\r\n|\r|\n")


def crlf(text: str) -> str:
    """`text` with CRLF at the end of each line, the last one included."""
    return "\r\n".join(_NEWLINE.split(text.rstrip("\r\n"))) + "\r\n"


def flowed(text: str) -> str:
    """`text` with its long lines softly broken and its line starts protected; CRLF at every line's end."""
    out: list[str] = []
    for line in _NEWLINE.split(text.rstrip()):
        # A blank at the end would join two lines; "-- " is the one line that has it by convention (§4.3).
        bare = line if line == "-- " else line.rstrip(" ")
        out.extend(_stuffed(piece) for piece in _broken(bare))
    return "\r\n".join(out) + "\r\n"


def unflowed(text: str) -> str:
    """`text` as a mail program shows it: softly broken lines joined, protected line starts bare (RFC 3676 §4.1, §4.4)."""
    out: list[str] = []
    open_quote: str | None = None  # the quotation depth of a line that goes on
    for line in _NEWLINE.split(text):
        quote = line[: len(line) - len(line.lstrip(">"))]
        words = line[len(quote) :].removeprefix(" ")
        goes_on = words.endswith(" ") and words != "-- "
        if open_quote == quote:
            out[-1] += words
        else:
            out.append(f"{quote} {words}" if quote else words)
        open_quote = quote if goes_on else None
    return "\n".join(out)


def _broken(line: str) -> list[str]:
    """`line` in pieces that end in a blank, but for the last. A word longer than a line stays whole: it may be a link."""
    pieces = []
    while len(line) > _LONG:
        end = line.rfind(" ", 1, _WIDTH)
        if end < 0 and (end := line.find(" ", _WIDTH)) < 0:
            break
        pieces.append(line[: end + 1])
        line = line[end + 1 :]
    return [*pieces, line]


def _stuffed(line: str) -> str:
    """A line that begins like a quotation, a blank or a mailbox separator gets one blank in front (§4.4)."""
    return " " + line if line.startswith((" ", ">", "From ")) else line
