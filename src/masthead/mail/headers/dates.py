"""The Date header (RFC 5322 §3.3), in UTC: it tells nobody's time zone."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import lru_cache

_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


@lru_cache(maxsize=4096)
def date_header(seconds: int) -> bytes:
    """The line for `seconds` since 1970, CRLF included. English names whatever the locale, as the RFC wants."""
    at = datetime.fromtimestamp(seconds, UTC)
    day = f"{_DAYS[at.weekday()]}, {at.day:02d} {_MONTHS[at.month - 1]} {at.year:04d}"
    return f"Date: {day} {at:%H:%M:%S} +0000\r\n".encode("ascii")
