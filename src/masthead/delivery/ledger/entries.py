"""What the lanes ask of the ledger, and what it answers."""

from __future__ import annotations

from enum import IntEnum
from typing import NamedTuple


class Result(NamedTuple):
    """What became of one hand-over. `attempt` is the number the row has now, `next_attempt` the one it gets."""

    id: int
    range_id: int
    attempt: int
    next_attempt: int
    state: int
    at: int
    code: int | None
    reply: str
    retry_at: int | None
    #: 1 when the hand-over was uncertain and will be repeated.
    repeat: int


class Wish(NamedTuple):
    """A mail whose body is written and that wants its dot. `attempt` is the number this hand-over gets."""

    id: int
    range_id: int
    attempt: int
    dated: int
    digest: bytes


class Verdict(IntEnum):
    """What the gate says to a wish."""

    GO = 0
    #: This reader is not to get it any more; the row says why.
    LEFT = 1
    #: The campaign is paused, cancelled or finished.
    HALTED = 2
    #: The range was taken over by somebody else.
    FENCED = 3


#: Looking up a member of an enumeration is slow in Python 3.11, and this one is asked for several times a mail.
GO = Verdict.GO
