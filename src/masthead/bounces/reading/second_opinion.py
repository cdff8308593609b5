"""A second opinion on the address, by flufl.bounce; asked only inside the sandbox, and only for a bounce that names nobody.

It takes living addresses for dead ones, fails on mails without a From and needs ten seconds for 50,000 parts. So it says
neither kind nor class, and large mails are not shown to it.
"""

from __future__ import annotations

from dataclasses import replace

from masthead.bounces.reading import addresses
from masthead.bounces.reading.finding import BOUNCE, DELAYED, FROM_TEXT, Finding

_MOST_BYTES = 100_000
_MOST_PARTS = 50


def with_second_opinion(finding: Finding, raw: bytes) -> Finding:
    """`finding`, with an address by flufl.bounce where it has none."""
    if finding.kind not in (BOUNCE, DELAYED) or finding.address or len(raw) > _MOST_BYTES:
        return finding
    if raw.lower().count(b"\ncontent-type:") > _MOST_PARTS:
        return finding
    found = _ask(raw)
    return replace(finding, address=found, address_from=FROM_TEXT, reader="flufl.bounce") if found else finding


def _ask(raw: bytes) -> str:
    from email import message_from_bytes

    try:
        from flufl.bounce import all_failures

        temporary, permanent = all_failures(message_from_bytes(raw))
    except Exception:  # noqa: BLE001  somebody else's parser on a stranger's mail: whatever it raises, it has no opinion
        return ""
    texts = sorted(each.decode("utf-8", "replace") if isinstance(each, bytes) else str(each) for each in temporary | permanent)
    return next(filter(None, map(addresses.first, texts)), "")
