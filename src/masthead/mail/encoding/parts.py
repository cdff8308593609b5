"""Chooses a transfer encoding: the shorter of quoted-printable and base64, never 8bit.

A relay that has to convert 8bit breaks the DKIM signature; quoted-printable doubles a Persian text, base64 an English one by
a third (`reliability.md` section 7).
"""

from __future__ import annotations

from masthead.mail.encoding.base64_lines import Base64Part
from masthead.mail.encoding.quoted_printable import QuotedPrintablePart
from masthead.mail.encoding.slots import split


def encoded_part(text: str) -> QuotedPrintablePart | Base64Part:
    """`text` (CRLF line ends, slots) as a body that can be filled."""
    constants, marks = split(text)
    quoted = QuotedPrintablePart(constants, marks)
    base64 = Base64Part(constants, marks)
    return quoted if quoted.size <= base64.size else base64


def encoded_constant(text: str) -> tuple[bytes, bytes]:
    """`text` (CRLF line ends) in which `{{…}}` means nothing: the encoding's name and the body."""
    quoted = QuotedPrintablePart([text], [])
    base64 = Base64Part([text], [])
    part = quoted if quoted.size <= base64.size else base64
    out: list[bytes] = []
    part.fill({}, out, [])
    return part.name, b"".join(out)
