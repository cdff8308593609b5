"""The machine's part of a delivery status notification (RFC 3464 §2), in whatever shape it arrives."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from masthead.bounces.reading.parts import Part

_FIELD = re.compile(r"[> \t]{0,8}([A-Za-z][A-Za-z-]{2,40})[ \t]*:[ \t]*(.*)")
_PER_RECIPIENT = frozenset({"original-recipient", "final-recipient", "action", "status", "diagnostic-code"})
_RECIPIENT = frozenset({"original-recipient", "final-recipient"})
_NAMES = _PER_RECIPIENT | {
    *("remote-mta", "last-attempt-date", "final-log-id", "will-retry-until", "localized-subject", "x-actual-recipient"),
    *("reporting-mta", "original-envelope-id", "dsn-gateway", "received-from-mta", "arrival-date", "x-postfix-queue-id"),
}
_LOOKS_LIKE_ONE = re.compile(r"^(?:final|original)-recipient[ \t]*:[ \t]*\S", re.I | re.M)
_MOST_GROUPS = 400


@dataclass(slots=True)
class Group:
    """The fields about one recipient (or, the first one, about the mail), names in lower case."""

    fields: dict[str, str] = field(default_factory=dict)

    def get(self, name: str) -> str:
        """The field `name`, or ""."""
        return self.fields.get(name, "")

    @property
    def is_recipient(self) -> bool:
        """Whether it speaks of a recipient at all."""
        return any(name in self.fields for name in ("final-recipient", "original-recipient", "action", "status"))


@dataclass(frozen=True, slots=True)
class Report:
    """The fields about the mail, and those about each recipient."""

    message: Group
    recipients: tuple[Group, ...]


def find(parts: list[Part]) -> Report | None:
    """The report in `parts`, by its type or, where a gateway lost that, by its fields."""
    declared = [part for part in parts if part.type in ("message/delivery-status", "message/global-delivery-status")]
    for part in declared:
        report = read(part.text)
        if report is not None:
            return report
    for part in parts:
        if part.type in ("text/plain", "application/octet-stream") and _LOOKS_LIKE_ONE.search(part.text):
            report = read(part.text)
            if report is not None and any("action" in each.fields or "status" in each.fields for each in report.recipients):
                return report
    return None


def read(text: str) -> Report | None:
    """The groups in `text`; None when no recipient is spoken of.

    Groups should be set apart by blank lines, but some servers forget them and others put them everywhere. So a group ends
    where a field that can stand only once in it comes again, and at a blank line only when the group is complete.
    """
    groups = [Group()]
    blank = False
    last = ""
    for line in text.split("\n"):
        if not line.strip():
            blank = True
            last = ""
            continue
        current = groups[-1]
        if line[:1] in (" ", "\t") and last and not _known(line):
            current.fields[last] = f"{current.fields[last]} {line.strip()}"[:4000]
            continue
        found = _FIELD.match(line)
        if found is None:
            # A continuation whose blank was lost; elsewhere it is prose around the fields.
            if last == "diagnostic-code":
                current.fields[last] = f"{current.fields[last]} {line.strip()}"[:4000]
            continue
        name = found.group(1).lower()
        if name not in _NAMES and not name.startswith("x-"):
            last = ""
            continue
        begins = name in _PER_RECIPIENT and (name in current.fields or (blank and name in _RECIPIENT and _complete(current)))
        if begins or (blank and not current.is_recipient and name in _PER_RECIPIENT and current.fields):
            if len(groups) >= _MOST_GROUPS:
                break
            current = Group()
            groups.append(current)
        current.fields.setdefault(name, found.group(2).strip()[:4000])
        last, blank = name, False
    recipients = tuple(group for group in groups if group.is_recipient)
    message = groups[0] if not groups[0].is_recipient else Group()
    return Report(message, recipients) if recipients else None


def _known(line: str) -> bool:
    found = _FIELD.match(line)
    return found is not None and found.group(1).lower() in _NAMES


def _complete(group: Group) -> bool:
    return ("final-recipient" in group.fields or "original-recipient" in group.fields) and (
        "action" in group.fields or "status" in group.fields
    )
