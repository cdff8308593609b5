"""Chooses a transfer encoding: the shorter of quoted-printable and base64, never 8bit.

Mails are filled in batches, slot by slot: a processor that does one thing for thirty mails takes less than two thirds of the
time of one that does thirty things for each, and much can be done for all of them in a single call. `fill` of a part gives two
tables, column by column: the pieces that `pieces` numbers, and what this mail says otherwise than others, for its digest.

A relay that has to convert 8bit breaks the DKIM signature; quoted-printable doubles a Persian text, base64 an English one by
a third (`reliability.md` section 7).
"""

from __future__ import annotations

from collections.abc import Mapping

from masthead.mail.encoding.base64_lines import Base64Part
from masthead.mail.encoding.layout import Layout
from masthead.mail.encoding.quoted_printable import QuotedPrintablePart
from masthead.mail.encoding.slots import Batch, split

Part = QuotedPrintablePart | Base64Part


def encoded_part(text: str, before_token: Mapping[str, str]) -> Part:
    """`text` (CRLF line ends, slots) as a body that can be filled.

    `before_token`: for each slot that is filled with a token, the text before it there. A token is of letters and digits.
    """
    constants, marks = split(text)
    quoted = QuotedPrintablePart(constants, marks, before_token)
    base64 = Base64Part(constants, marks, before_token)
    return quoted if quoted.size <= base64.size else base64


def encoded_constant(text: str) -> tuple[bytes, bytes]:
    """`text` (CRLF line ends) in which `{{…}}` means nothing: the encoding's name and the body."""
    quoted = QuotedPrintablePart([text], [], {})
    base64 = Base64Part([text], [], {})
    if quoted.size <= base64.size:
        return quoted.name, quoted.constants[0]
    own, _ = base64.fill(Batch(1, {}, {}))
    return base64.name, Layout(base64.pieces(0), base64.own).filled(own)[0]
