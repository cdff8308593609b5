"""One line of the doctor's report, and the words for what it can say."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

#: `unknown`: the resolver or the network failed, which says nothing. `unchecked`: nobody can see it from here.
Result = Literal["pass", "fail", "unknown", "unchecked"]

PASS: Final = "pass"  # noqa: S105  a word of a report, no password
FAIL: Final = "fail"
UNKNOWN: Final = "unknown"
UNCHECKED: Final = "unchecked"

#: The sections of the report, in their order.
GROUPS: Final = ("dns", "web", "relay", "return", "loop")


@dataclass(frozen=True, slots=True)
class Record:
    """A line for the DNS: `name` without a dot at its end, `type` such as TXT, `value` as a provider's form takes it."""

    name: str
    type: str
    value: str

    @property
    def as_zone(self) -> str:
        """As a zone file has it; long texts in pieces of 255 (RFC 1035 §3.3)."""
        if self.type != "TXT":
            return f"{self.name}. {self.type} {self.value}"
        pieces = [self.value[start : start + 255] for start in range(0, len(self.value), 255)]
        return f"{self.name}. TXT " + " ".join('"' + each.replace('"', '\\"') + '"' for each in pieces)


@dataclass(frozen=True, slots=True)
class Row:
    """What was looked at (`check`: a name for ever; `subject`: the domain, host or server), what came of it, and what to do."""

    group: str
    check: str
    subject: str
    result: Result
    words: str
    publish: Record | None = None
