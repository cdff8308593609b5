"""The governor: slows down what a provider says is too fast, and speeds up again when it goes well.

It stands beside the limits, one for each relay and provider. As long as nobody complains it is free and costs nothing. A
complaint that is no accident stops the provider's mail for a short while and then lets it go on at half the pace; each further
one halves again and stops longer. Every quiet spell makes it half as fast again, until it is above the pace at which all began.
"""

from __future__ import annotations

import re
from collections import deque
from dataclasses import dataclass, field

#: Mails per second. One in a minute is the slowest; after the first complaint it is at least one and at most ten a second,
#: since what was observed in the beginning of a campaign says little.
SLOWEST = 1 / 60
SLOWEST_AT_FIRST = 1.0
FASTEST_AT_FIRST = 10.0
#: Seconds. Answers to what was on its way at the first complaint say nothing new.
SAME_COMPLAINT = 5.0
FIRST_STOP = 5.0
LONGEST_STOP = 600.0
#: Seconds without a complaint that make it faster.
SPELL = 20.0
FASTER = 1.5

_RATE_WORDS = re.compile(
    r"rate.?limit|too (many|fast|much)|throttl|slow(er)? down|unusual rate|exceeded .{0,40}(rate|limit|quota)|deferred due to"
    r"|temporarily (rate|limited)|connection limit|try again later",
    re.IGNORECASE,
)
_GREYLIST_WORDS = re.compile(r"gr[ae]y.?list", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Pace:
    """What the governor allows: `rate` mails per second (None: free), and nothing before `not_before`.

    `since` is when that last changed, `top` the pace at which the first complaint came, `strikes` how many complaints count
    against it, `words` the provider's own. Times in seconds since 1970.
    """

    rate: float | None = None
    not_before: float = 0.0
    since: float = 0.0
    top: float = 0.0
    strikes: int = 0
    words: str = ""

    @property
    def interval(self) -> float:
        """Seconds from one mail to the next; 0.0 while it is free."""
        return 1 / self.rate if self.rate else 0.0


FREE = Pace()

#: A relay that shuts down or a server that is restarted says 421, too: one complaint is an accident. So many of so many last
#: answers are not, if they are at least that part of them.
LAST_ANSWERS = 50
MANY = 3
PART = 0.1


@dataclass(slots=True)
class Ear:
    """Hears the answers of one provider and tells accidents from complaints."""

    _complaints: deque[bool] = field(default_factory=lambda: deque(maxlen=LAST_ANSWERS))

    def hear(self, *, complaint: bool) -> bool:
        """Take one answer; whether it is a complaint to be heeded."""
        self._complaints.append(complaint)
        count = sum(self._complaints)
        return complaint and count >= MANY and count >= PART * len(self._complaints)

    @property
    def calm(self) -> bool:
        """None of the last answers was a complaint."""
        return not any(self._complaints)


def is_complaint(code: int, enhanced: str, text: str) -> bool:
    """Whether a temporary refusal says "too fast": 421, 4.7.x, or 450/451/452 in such words. Greylisting does not."""
    if not 400 <= code < 500 or _GREYLIST_WORDS.search(text):
        return False
    return code == 421 or enhanced.startswith("4.7.") or bool(_RATE_WORDS.search(text))


def slower(pace: Pace, *, now: float, observed: float, words: str, jitter: float) -> Pace:
    """After a complaint. `observed`: mails per second of late; `jitter`, 0 to 1, keeps workers from coming back together."""
    if pace.rate is not None and now < max(pace.since, pace.not_before) + SAME_COMPLAINT:
        return pace
    before = pace.rate if pace.rate is not None else 2 * min(max(observed / 2, SLOWEST_AT_FIRST), FASTEST_AT_FIRST)
    stop = min(LONGEST_STOP, FIRST_STOP * 2.0 ** min(pace.strikes, 10)) * (1 + jitter / 4)
    return Pace(
        rate=max(SLOWEST, before / 2),
        not_before=now + stop,
        since=now,
        top=pace.top if pace.rate is not None else max(observed, before),
        strikes=pace.strikes + 1,
        words=words,
    )


def after_success(pace: Pace, *, now: float) -> Pace:
    """After mail was taken: faster when nobody has complained for a spell, free above the pace of the beginning."""
    if pace.rate is None or now < max(pace.since, pace.not_before) + SPELL:
        return pace
    rate = pace.rate * FASTER
    if rate > pace.top:
        return FREE
    return Pace(
        rate=rate, not_before=pace.not_before, since=now, top=pace.top, strikes=max(0, pace.strikes - 1), words=pace.words
    )
