"""Local times of a time zone, as people write them, and the moments they mean."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo


class BadLocalTime(ValueError):
    """The clock never shows this time in that zone, or shows it twice. `doubled` says which."""

    def __init__(self, local: datetime, zone: str, *, doubled: bool) -> None:
        self.local, self.zone, self.doubled = local, zone, doubled
        what = "comes twice" if doubled else "does not exist"
        super().__init__(
            f"{local:%H:%M} on {local:%Y-%m-%d} {what} in {zone}: the clocks change that night. Choose another time."
        )


def moment_of(local: datetime, zone: str) -> datetime:
    """The moment (UTC) that the naive `local` time means in `zone`, an IANA name.

    Raises BadLocalTime for a time skipped or repeated when clocks change (PEP 495), and ZoneInfoNotFoundError for no zone.
    """
    tz = ZoneInfo(zone)
    first = local.replace(tzinfo=tz, fold=0)
    second = local.replace(tzinfo=tz, fold=1)
    moment = first.astimezone(UTC)
    if first.utcoffset() != second.utcoffset():
        # In a gap neither reading comes back as it was written; in a fold both do.
        raise BadLocalTime(local, zone, doubled=moment.astimezone(tz).replace(tzinfo=None) == local)
    return moment
