"""Counts of bounces as bars: by reason, and by receiving domain with the kinds of blame in it. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.functional import Promise

from masthead.bounces.lookups import blame_of
from masthead.bounces.reasons import REASONS
from masthead.web.admin.returns.words import BLAMES

#: So many bars; the rest is one more bar. The table has them all.
MOST_BARS = 12


@dataclass(frozen=True, slots=True)
class Part:
    """A piece of a bar: where it begins and how long it is, in percent of the longest bar."""

    start: str
    width: str
    tone: str
    label: str
    count: int


@dataclass(frozen=True, slots=True)
class Bar:
    """One line of a plot. `key` is what a link filters by; empty for "all others"."""

    key: str
    label: str | Promise
    count: int
    parts: tuple[Part, ...]


def by_reason(counts: Iterable[tuple[str, str, int]]) -> list[Bar]:
    """One bar for each reason, from (reason, domain, readers)."""
    return _bars((reason, REASONS.get(reason, reason), blame_of(reason), count) for reason, _domain, count in counts)


def by_domain(counts: Iterable[tuple[str, str, int]]) -> list[Bar]:
    """One bar for each receiving domain, from (reason, domain, readers)."""
    return _bars((domain or "?", domain or "?", blame_of(reason), count) for reason, domain, count in counts)


def _bars(counts: Iterable[tuple[str, str | Promise, str, int]]) -> list[Bar]:
    sums: dict[str, dict[str, int]] = {}
    labels: dict[str, str | Promise] = {}
    for key, label, blame, count in counts:
        labels[key] = label
        by_blame = sums.setdefault(key, dict.fromkeys(BLAMES, 0))
        by_blame[blame] += count
    order = sorted(sums, key=lambda key: (-sum(sums[key].values()), key))
    shown = [(key, labels[key], sums[key]) for key in order[:MOST_BARS]]
    rest = order[MOST_BARS:]
    if rest:
        shown.append(("", f"… +{len(rest)}", {blame: sum(sums[key][blame] for key in rest) for blame in BLAMES}))
    longest = max((sum(each.values()) for _key, _label, each in shown), default=0)
    return [Bar(key, label, sum(each.values()), _parts(each, longest)) for key, label, each in shown]


def _parts(counts: dict[str, int], longest: int) -> tuple[Part, ...]:
    parts: list[Part] = []
    start = 0.0
    for blame, (label, tone) in BLAMES.items():
        count = counts[blame]
        if count:
            width = 100 * count / longest
            parts.append(Part(f"{start:.2f}", f"{width:.2f}", tone, str(label), count))
            start += width
    return tuple(parts)
