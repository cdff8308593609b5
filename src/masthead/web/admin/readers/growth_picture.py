"""The plot of a list's growth as numbers for SVG: joined above the line, left and bounced out below."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from masthead.audience.growth import Period

#: Units of the plot: one period is ten wide, all of it a hundred high.
_WIDE, _HIGH = 10, 100


@dataclass(frozen=True, slots=True)
class Bar:
    """One period: where its bars begin, and how high they are."""

    period: Period
    left_edge: int
    joined_top: float
    joined_high: float
    left_high: float
    bounced_top: float
    bounced_high: float


@dataclass(frozen=True, slots=True)
class Picture:
    """All of it. `line` is where nothing is above or below."""

    bars: list[Bar]
    wide: int
    line: float
    joined: int
    left: int
    bounced: int


def picture(periods: Sequence[Period]) -> Picture:
    """How `periods` are drawn. Both directions have one scale, so that heights can be compared."""
    above = max((each.joined for each in periods), default=0)
    below = max((each.left + each.bounced for each in periods), default=0)
    unit = _HIGH / max(1, above + below)
    line = round(above * unit, 2) if above + below else _HIGH / 2
    bars = [
        Bar(
            period=each,
            left_edge=place * _WIDE,
            joined_top=round(line - each.joined * unit, 2),
            joined_high=round(each.joined * unit, 2),
            left_high=round(each.left * unit, 2),
            bounced_top=round(line + each.left * unit, 2),
            bounced_high=round(each.bounced * unit, 2),
        )
        for place, each in enumerate(periods)
    ]
    return Picture(
        bars,
        _WIDE * len(periods),
        line,
        sum(each.joined for each in periods),
        sum(each.left for each in periods),
        sum(each.bounced for each in periods),
    )
