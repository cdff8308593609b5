"""Quiet hours: no issue arrives at night, by the clock of the publication's time zone."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo


@dataclass(frozen=True, slots=True)
class QuietHours:
    """From `begins` until `ends`, each day, over midnight where `ends` is the earlier one; `zone` is an IANA name.

    Both at the same time of day means no quiet hours.
    """

    begins: time
    ends: time
    zone: str

    def covers(self, moment: datetime) -> bool:
        """Whether it is quiet at `moment`."""
        local = moment.astimezone(ZoneInfo(self.zone)).time()
        if self.begins <= self.ends:
            return self.begins <= local < self.ends
        return local >= self.begins or local < self.ends

    def until(self, moment: datetime) -> datetime | None:
        """When the quiet of `moment` is over, UTC; None when it is not quiet then."""
        return self._next(self.ends, moment) if self.covers(moment) else None

    def next_begin(self, moment: datetime) -> datetime | None:
        """When it gets quiet next after `moment`, UTC; None for never."""
        return None if self.begins == self.ends else self._next(self.begins, moment)

    def _next(self, at: time, moment: datetime) -> datetime:
        """The first moment after `moment` at which the clock shows `at`; in a skipped hour, when it would have."""
        zone = ZoneInfo(self.zone)
        today = moment.astimezone(zone).date()
        shown = (
            datetime.combine(today + timedelta(days=days), at, zone).replace(fold=fold).astimezone(UTC)
            for days in (-1, 0, 1, 2)
            for fold in (0, 1)
        )
        return min(each for each in shown if each > moment)
