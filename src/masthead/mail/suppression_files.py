"""Suppressions as files: many at once in, all of them out."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from django.db import transaction
from django.utils.translation import gettext as _

from masthead.audit.recording import record
from masthead.common import csv_rows
from masthead.common.addresses import BadAddress, normalise
from masthead.common.csv_cells import defuse
from masthead.mail.address_words import why_not
from masthead.mail.fingerprints import fingerprint
from masthead.mail.models import Suppression

Reason = Suppression.Reason

COLUMNS = ("address", "domain", "fingerprint", "reason", "note", "since", "by")
_HEADINGS = {"email": "address", "e-mail": "address", "mail": "address", "subscriber": "address", "comment": "note"}
_AT_ONCE = 1000
#: So many rows that cannot be used are named; the rest is counted.
MOST_NAMED = 200


class CannotRead(ValueError):
    """The file as a whole is of no use; the message says why and what would be."""


@dataclass
class Taken:
    """What became of the rows: their sum is `rows`. `wrong`: line number and reason, the first of them."""

    rows: int = 0
    added: int = 0
    known: int = 0
    rejected: int = 0
    wrong: list[tuple[int, str]] = field(default_factory=list)

    def reject(self, line: int, why: str) -> None:
        """One more row that cannot be used."""
        self.rejected += 1
        if len(self.wrong) < MOST_NAMED:
            self.wrong.append((line, why))


def take(
    *,
    path: Path,
    reason: Suppression.Reason = Reason.STAFF,
    note: str = "",
    by: str,
    now: datetime,
    progress: Callable[[int], None] = lambda _done: None,
) -> Taken:
    """Suppress what stands in a file: one address or domain a line, or CSV with the columns of an export.

    `reason` and `note` hold for rows that have none. Nobody who is suppressed already is changed. Batches are transactions of
    their own, and taking a file again adds nothing twice. Raises CannotRead.
    """
    try:
        layout = csv_rows.survey(path)
    except csv_rows.Unreadable as error:
        raise CannotRead(_("This is no text file with addresses. Save it as “CSV UTF-8”.")) from error
    taken = Taken()
    columns: Sequence[str] | None = None
    batch: list[Suppression] = []
    for found in csv_rows.read(path, layout):
        if columns is None and isinstance(found, csv_rows.Record):
            headings = [_HEADINGS.get(cell.strip().lower(), cell.strip().lower()) for cell in found.cells]
            columns = headings if {"address", "domain", "fingerprint"} & set(headings) else ()
            if columns:
                continue
        taken.rows += 1
        if isinstance(found, csv_rows.Broken):
            taken.reject(found.line, _("The line cannot be read."))
            continue
        try:
            batch.append(_suppression(found.cells, columns or (), reason, note, by, now))
        except ValueError as error:
            taken.reject(found.line, str(error))
        if len(batch) >= _AT_ONCE:
            _write(batch, taken)
            progress(taken.rows)
    _write(batch, taken)
    with transaction.atomic():
        counts = {"added": taken.added, "known": taken.known, "rejected": taken.rejected}
        record(action="suppressions.imported", by=by, now=now, subject="suppressions", details=counts)
    return taken


def give(*, by: str, now: datetime) -> Iterator[bytes]:
    """All of them as CSV, piece by piece. Who was erased is there by fingerprint alone, which means something only here.

    The export is recorded before its first piece is read.
    """
    with transaction.atomic():
        record(action="suppressions.exported", by=by, now=now, subject="suppressions")
    return _lines()


def _lines() -> Iterator[bytes]:
    yield _line(COLUMNS)
    for each in Suppression.objects.order_by("pk").iterator(2000):
        mark = "" if each.address or each.domain else bytes(each.fingerprint or b"").hex()
        cells = (each.address, each.domain or "", mark, each.reason, each.note, each.created_at.isoformat(), each.by)
        yield _line([defuse(cell) for cell in cells])


def _line(cells: Sequence[str]) -> bytes:
    text = io.StringIO()
    csv.writer(text, quoting=csv.QUOTE_ALL).writerow(cells)
    return text.getvalue().encode()


def _suppression(
    cells: Sequence[str], columns: Sequence[str], reason: Suppression.Reason, note: str, by: str, now: datetime
) -> Suppression:
    """Raises ValueError, in words, for a row that names nobody."""
    said = {name: cell.strip() for name, cell in zip(columns, cells, strict=False)}
    if not columns:
        said = {"address": cells[0].strip() if cells else ""}
    # Whatever column it stands in: other programs have one for both, and name it "address".
    if said.get("address") and "@" not in said["address"].lstrip("@"):
        said["domain"] = _domain_in_any_column(said.pop("address"))
    elif not said.get("address") and "@" in said.get("domain", "").lstrip("@"):
        said["address"] = said["domain"]
    given = said.get("reason", "").lower()
    made = Suppression(
        reason=Reason(given) if given in Reason.values else reason, note=said.get("note", "") or note, created_at=now, by=by
    )
    if said.get("address"):
        try:
            address = normalise(said["address"])
        except BadAddress as error:
            raise ValueError(f"{said['address'][:80]}: {why_not(error)}") from error
        made.fingerprint, made.address = fingerprint(address.key), address.address
    elif said.get("domain"):
        made.domain = domain_of(said["domain"])
    elif said.get("fingerprint"):
        made.fingerprint, made.reason, made.note = _mark(said["fingerprint"]), Reason.ERASED, ""
    else:
        raise ValueError(_("The row names no address and no domain."))
    return made


def _domain_in_any_column(text: str) -> str:
    try:
        return domain_of(text)
    except ValueError as error:
        raise ValueError(_("%(text)s is neither an address nor a domain.") % {"text": text[:80]}) from error


def domain_of(text: str) -> str:
    """`text` as a domain is kept. Raises ValueError, in words."""
    try:
        return normalise(f"somebody@{text.strip().lstrip('@')}").domain
    except BadAddress as error:
        raise ValueError(_("%(text)s is no domain.") % {"text": text.strip()[:80]}) from error


def _mark(text: str) -> bytes:
    try:
        mark = bytes.fromhex(text)
    except ValueError:
        mark = b""
    if len(mark) != 16:
        raise ValueError(_("The fingerprint is not one that Masthead wrote."))
    return mark


def _write(batch: list[Suppression], taken: Taken) -> None:
    """Those that are new; `batch` is empty afterwards."""
    marks = [each.fingerprint for each in batch if each.fingerprint]
    domains = [each.domain for each in batch if each.domain]
    with transaction.atomic():
        known = {
            bytes(mark)
            for mark in Suppression.objects.filter(fingerprint__in=marks).values_list("fingerprint", flat=True)
            if mark
        }
        known_domains = set(Suppression.objects.filter(domain__in=domains).values_list("domain", flat=True))
        new: dict[bytes | str, Suppression] = {}
        for each in batch:
            key: bytes | str = bytes(each.fingerprint) if each.fingerprint else each.domain or ""
            if key not in known and key not in known_domains:
                new.setdefault(key, each)
        Suppression.objects.bulk_create(new.values(), ignore_conflicts=True)
    taken.added += len(new)
    taken.known += len(batch) - len(new)
    batch.clear()
