"""The machine's part of a complaint report (RFC 5965 §3), also where it is not declared as one."""

from __future__ import annotations

import re

from masthead.bounces.reading.headers import Headers, parse
from masthead.bounces.reading.parts import Part

_FIRST_FIELDS = re.compile(r"^feedback-type[ \t]*:[ \t]*[a-z-]{3,30}\s*$", re.I | re.M)


def find(parts: list[Part]) -> Headers | None:
    """The fields of the report in `parts`, or None."""
    for part in parts:
        if part.type == "message/feedback-report":
            return parse([line for line in part.text.split("\n") if line.strip()])
    for part in parts:
        if part.type in ("text/plain", "application/octet-stream", "text/rfc822-headers"):
            text = part.text
            found = _FIRST_FIELDS.search(text)
            if found and re.search(r"^(?:user-agent|version|source-ip|original-mail-from)[ \t]*:", text, re.I | re.M):
                return parse(text[found.start() :].strip().split("\n\n")[0].split("\n"))
    return None
