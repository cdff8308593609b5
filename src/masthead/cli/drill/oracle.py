"""Compares a sink's log with a ledger: the sink's log is the truth. Pure; where the rows come from is the caller's matter."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

from masthead.mail.sink import UNKNOWN

_OPEN = (0, 1, 2)
_ACCEPTED, _UNCERTAIN = 3, 8
#: Who left is promised that no dot comes later than this.
LEAVING_SECONDS = 1.0


class LedgerRow(NamedTuple):
    """What the ledger says of one reader."""

    address: str
    state: int
    repeats: int
    #: Held, since the mail made again was not the one that was uncertain.
    changed: bool = False


@dataclass
class Finding:
    """What the comparison found. Empty lists are what we want; `duplicates` are copies beyond the first."""

    readers: int = 0
    #: Nobody has it and the ledger does not say why.
    lost: list[str] = field(default_factory=list)
    #: Marked as accepted, and the relay never took it.
    accepted_not_taken: list[str] = field(default_factory=list)
    duplicates: int = 0
    #: More copies than the ledger named as uncertain.
    unexplained: list[str] = field(default_factory=list)
    #: Answers to dots that the sender was not given, or that may have got lost with their connection.
    lost_replies: int = 0
    #: Dots after which the sender could not know, taken or not.
    unanswered: int = 0
    many_ids: list[str] = field(default_factory=list)
    many_digests: list[str] = field(default_factory=list)
    #: The most Message-IDs that any reader's copies had.
    message_ids: int = 0
    #: Dots more than LEAVING_SECONDS after their reader had left.
    late: list[str] = field(default_factory=list)
    #: In the log and not in the ledger.
    strangers: list[str] = field(default_factory=list)
    open: int = 0
    #: Not repeated, since the mail made again was another: the same program with the same settings makes the same bytes.
    changed: list[str] = field(default_factory=list)
    #: Rows that wait for a person, and hand-overs that were uncertain and repeated.
    held: int = 0
    repeats: int = 0

    @property
    def uncertain(self) -> int:
        """Hand-overs that the ledger named as uncertain, one way or the other."""
        return self.held + self.repeats

    def breaches(self, *, crashed_lanes: int, hold: bool = False) -> list[str]:
        """Each promise that was broken, in words. `crashed_lanes`: kills times lanes."""
        found = [
            f"{what}: {', '.join(who[:5])}{' …' if len(who) > 5 else ''}"
            for what, who in (
                ("lost", self.lost),
                ("accepted, but the relay never took it", self.accepted_not_taken),
                ("more copies than the ledger named as uncertain", self.unexplained),
                ("more than one Message-ID", self.many_ids),
                ("copies that differ", self.many_digests),
                ("not the same mail when it was made again", self.changed),
                ("a mail later than a second after they had left", self.late),
                ("a mail to somebody who is not in the ledger", self.strangers),
            )
            if who
        ]
        bound = self.bound(crashed_lanes=crashed_lanes, hold=hold)
        if self.duplicates > bound:
            found.append(f"{self.duplicates} duplicates, allowed were {bound}")
        if self.uncertain > crashed_lanes + self.unanswered:
            found.append(f"{self.uncertain} uncertain, at most {crashed_lanes + self.unanswered} can have been")
        if self.open:
            found.append(f"{self.open} still open")
        return found

    def bound(self, *, crashed_lanes: int, hold: bool = False) -> int:
        """So many duplicates are allowed."""
        return 0 if hold else crashed_lanes + self.lost_replies


def compare(log: Iterable[Mapping[str, Any]], rows: Iterable[LedgerRow], left_at: Mapping[str, float] | None = None) -> Finding:
    """Say what does not agree. `left_at`: when those who left had been promised to get no mail, in seconds since 1970."""
    copies: dict[str, list[Mapping[str, Any]]] = {}
    found = Finding()
    for line in log:
        if line.get("cut"):
            found.lost_replies += line["cut"] == "answer"
            found.unanswered += 1
        else:
            copies.setdefault(str(line["to"]), []).append(line)
    known = set()
    for row in rows:
        known.add(row.address)
        _look_at(found, row, copies.get(row.address, []))
    found.strangers = sorted(set(copies) - known)
    for lines in copies.values():
        found.lost_replies += sum(1 for line in lines if line["taken"] and not line["told"])
        found.unanswered += sum(1 for line in lines if line["fault"] in UNKNOWN)
    for address, moment in (left_at or {}).items():
        if any(line["at"] > moment + LEAVING_SECONDS for line in copies.get(address, [])):
            found.late.append(address)
    return found


def read_log(path: Path) -> list[dict[str, Any]]:
    """The lines of a sink's log."""
    with path.open(encoding="utf-8") as file:
        return [json.loads(line) for line in file]


def _look_at(found: Finding, row: LedgerRow, copies: list[Mapping[str, Any]]) -> None:
    taken = [each for each in copies if each["taken"]]
    found.readers += 1
    found.repeats += row.repeats
    found.open += row.state in _OPEN
    if row.changed:
        # Its uncertain hand-over is already among the repeats.
        found.changed.append(row.address)
    else:
        found.held += row.state == _UNCERTAIN
    if row.state == _ACCEPTED and not taken:
        found.accepted_not_taken.append(row.address)
    if not taken and row.state in (*_OPEN, _ACCEPTED):
        found.lost.append(row.address)
    if len(taken) > 1:
        found.duplicates += len(taken) - 1
    if len(taken) - 1 > row.repeats:
        found.unexplained.append(row.address)
    identities = len({each["id"] for each in copies})
    found.message_ids = max(found.message_ids, identities)
    if identities > 1:
        found.many_ids.append(row.address)
    if len({each["digest"] for each in taken}) > 1:
        found.many_digests.append(row.address)
