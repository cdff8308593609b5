"""Compares a sink's log with a ledger, as `reliability.md` asks: the sink's log is the truth."""

from __future__ import annotations

import json
import sqlite3
from dataclasses import dataclass, field
from pathlib import Path

ACCEPTED, UNCERTAIN = 3, 8
OPEN = (0, 1, 2)


@dataclass
class Finding:
    """What the comparison found. Empty lists are what we want; `duplicates` are copies beyond the first."""

    lost: list[str] = field(default_factory=list)
    accepted_not_taken: list[str] = field(default_factory=list)
    duplicates: int = 0
    unexplained: list[str] = field(default_factory=list)
    lost_replies: int = 0
    many_ids: list[str] = field(default_factory=list)
    many_digests: list[str] = field(default_factory=list)
    open: int = 0
    uncertain: int = 0
    repeats: int = 0

    def breaches(self, *, bound: int) -> list[str]:
        """Each promise that was broken, in words."""
        found = []
        if self.lost:
            found.append(f"lost: {self.lost[:5]}")
        if self.accepted_not_taken:
            found.append(f"accepted, but the relay never took it: {self.accepted_not_taken[:5]}")
        if self.duplicates > bound + self.lost_replies:
            found.append(f"{self.duplicates} duplicates, allowed were {bound} + {self.lost_replies} lost replies")
        if self.unexplained:
            found.append(f"more copies than the ledger named as uncertain: {self.unexplained[:5]}")
        if self.many_ids:
            found.append(f"more than one Message-ID: {self.many_ids[:5]}")
        if self.many_digests:
            found.append(f"copies that differ: {self.many_digests[:5]}")
        if self.open:
            found.append(f"{self.open} still open")
        return found


def compare(log: Path, database: Path) -> Finding:
    """Read both and say what does not agree."""
    copies: dict[str, list[dict[str, object]]] = {}
    for line in log.read_text().splitlines():
        entry = json.loads(line)
        copies.setdefault(str(entry["to"]), []).append(entry)
    taken = {to: [each for each in entries if each["taken"]] for to, entries in copies.items()}
    found = Finding()
    found.lost_replies = sum(1 for entries in taken.values() for each in entries if not each["told"])
    with sqlite3.connect(f"file:{database}?mode=ro", uri=True) as connection:
        rows = connection.execute(
            "SELECT s.address, d.state, d.repeats FROM delivery_delivery d JOIN audience_subscriber s ON s.id = d.subscriber_id"
        ).fetchall()
    for address, state, repeats in rows:
        mine = taken.get(address, [])
        found.repeats += repeats
        found.open += state in OPEN
        found.uncertain += state == UNCERTAIN
        if state == ACCEPTED and not mine:
            found.accepted_not_taken.append(address)
        if not mine and state in (*OPEN, ACCEPTED):
            found.lost.append(address)
        if len(mine) > 1:
            found.duplicates += len(mine) - 1
        if len(mine) - 1 > repeats:
            found.unexplained.append(address)
        if len({each["id"] for each in copies.get(address, [])}) > 1:
            found.many_ids.append(address)
        if len({each["digest"] for each in mine}) > 1:
            found.many_digests.append(address)
    return found
