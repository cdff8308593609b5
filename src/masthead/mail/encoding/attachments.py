"""A file that goes along with every mail of an issue, as a finished MIME part."""

from __future__ import annotations

import base64
import re
from typing import NamedTuple
from urllib.parse import quote

#: Characters of a file's name: percent-encoded they still fit a header line.
MOST_NAME = 80
_PLAIN_NAME = re.compile(r"[A-Za-z0-9 ._-]+", re.ASCII)
_UNWANTED = re.compile(r"[\x00-\x1f\x7f/\\:\u202a-\u202e\u2066-\u2069]")


class Attachment(NamedTuple):
    """`name` as people see it, `content_type` a media type, `data` the bytes of the file."""

    name: str
    content_type: str
    data: bytes


def attachment_part(attachment: Attachment) -> bytes:
    """The part from its first header to the end of its body (RFC 2183; the name by RFC 2231 where it is not plain ASCII)."""
    stem, dot, ending = _UNWANTED.sub("", attachment.name).strip().rpartition(".")
    name = f"{(stem or 'file')[:MOST_NAME]}{dot}{ending[:10]}"
    said = f'filename="{name}"' if _PLAIN_NAME.fullmatch(name) else f"\r\n filename*=UTF-8''{quote(name, safe='')}"
    head = (
        f"Content-Type: {attachment.content_type}\r\n"
        "Content-Transfer-Encoding: base64\r\n"
        f"Content-Disposition: attachment; {said}\r\n\r\n"
    )
    return head.encode("ascii") + base64.encodebytes(attachment.data).replace(b"\n", b"\r\n")
