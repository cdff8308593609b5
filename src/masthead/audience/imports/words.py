"""What an import says, in sentences."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from itertools import islice

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from masthead.audience.imports.columns import Columns
from masthead.audience.imports.source import Source
from masthead.audience.subscribers import one_line
from masthead.common.csv_rows import LONGEST_LINE, MOST_COLUMNS, Record, Why

#: How many records are looked at for one that shows what the columns hold, and how much of each cell is shown.
_LOOKED_AT = 20
_LONGEST_ENTRY = 80

_ENCODINGS = {
    "utf-8": "UTF-8",
    "utf-16-le": "UTF-16",
    "utf-16-be": "UTF-16",
    "cp1250": "Windows-1250",
    "cp1251": "Windows-1251",
    "cp1252": "Windows-1252 (Latin-1)",
    "cp1256": "Windows-1256",
    "mac_roman": "Mac OS Roman",
    "mac_cyrillic": "Mac OS Cyrillic",
    "koi8_r": "KOI8-R",
}
_SEPARATORS = {
    ",": gettext_lazy("comma"),
    ";": gettext_lazy("semicolon"),
    "\t": gettext_lazy("tab"),
    "|": gettext_lazy("vertical line"),
}


def list_deleted(name: str) -> str:
    """Why nobody can join it any more."""
    return _("The list “%(name)s” was deleted. Import the file into another list.") % {"name": name}


def unreadable(why: Why) -> str:
    """Why the file as a whole cannot be read."""
    if why is Why.EMPTY_FILE:
        return _("The file is empty.")
    if why is Why.NOT_CSV:
        return _(
            "This is neither CSV nor XLSX. Open it in its program and save it as “CSV UTF-8” or as an Excel workbook (.xlsx)."
        )
    if why is Why.TOO_LARGE:
        return _("The workbook would unpack to gigabytes and is not opened. Save its sheet as “CSV UTF-8” and import that.")
    if why is Why.DAMAGED:
        return _("The workbook is damaged or protected. Open it in its program and save it as “CSV UTF-8”.")
    if why is Why.NO_SUCH_ENCODING:
        return _("There is no encoding of that name. Examples: utf-8, cp1252, cp1251, iso-8859-7.")
    return _("The file is written in UTF-32. Save it as “CSV UTF-8”.")


def bad_mapping(column: str, field: str, headings: Sequence[str]) -> str:
    """The mapping names what is not there."""
    return _(
        "“%(column)s = %(field)s” does not fit. Name a heading or its number, and email, name, first_name, last_name, language, "
        "format, a merge field, or - to leave it out. The headings are: %(headings)s."
    ) % {"column": column, "field": field, "headings": _shown(headings)}


def changed_file() -> str:
    """The file is not the one that was begun with."""
    return _("The file is gone or has changed since the import began. Import it as a new one: only the rest will be added.")


def bad_heading(why: Why, line: int) -> str:
    """Why the first line cannot be read."""
    if why is Why.TOO_MANY_COLUMNS:
        return _("Line %(line)d, the heading, has more than %(most)d columns. Keep the columns you need and import again.") % {
            "line": line,
            "most": MOST_COLUMNS,
        }
    return _("Line %(line)d, the heading, cannot be read: %(reason)s") % {"line": line, "reason": broken(why)}


def no_address_column(headings: Sequence[str]) -> str:
    """Nothing says which column holds the addresses."""
    if not headings:
        return _(
            "The first line has no headings. Say what the columns hold, or put a line above it that names them, such as: "
            "email,name"
        )
    return _("No column is called “email”. The headings are: %(headings)s. Say which of them holds the addresses.") % {
        "headings": _shown(headings)
    }


def _shown(headings: Sequence[str]) -> str:
    return ", ".join(heading[:40] or "–" for heading in headings[:12]) + (" …" if len(headings) > 12 else "")


def broken(why: Why) -> str:
    """Why a line cannot be read."""
    if why is Why.LINE_TOO_LONG:
        return _("The line is longer than %(most)d KiB.") % {"most": LONGEST_LINE // 1024}
    if why is Why.TOO_MANY_COLUMNS:
        return _("The line has more than %(most)d columns.") % {"most": MOST_COLUMNS}
    if why is Why.NUL:
        return _("The line contains a NUL byte.")
    if why is Why.QUOTE_OPEN:
        return _("A quotation mark is opened and never closed.")
    if why is Why.FORMULA:
        return _("The row holds a formula. Save the sheet with values instead of formulas (copy, paste special, values).")
    return _("The line contains bytes that are no text in the encoding of the file.")


def several_addresses(count: int) -> str:
    """A cell holds more than one address."""
    return _("There are %(count)d addresses in this cell. Give each a line of its own, or paste them as a list.") % {
        "count": count
    }


def too_many_cells(cells: int, width: int) -> str:
    """A row with more cells than the heading has."""
    return _("The line has %(cells)d columns, the heading has %(width)d.") % {"cells": cells, "width": width}


def long_name(length: int, most: int) -> str:
    """A name that does not fit."""
    return _("The name has %(length)d characters; the most is %(most)d.") % {"length": length, "most": most}


def duplicate(line: int) -> str:
    """The same address stood further up."""
    return _("The same address is in line %(line)d.") % {"line": line}


def suppressed(reason: str) -> str:
    """The address gets no mail."""
    return _("Suppressed: %(reason)s.") % {"reason": reason}


def blocked_domain(domain: str) -> str:
    """The whole domain gets no mail."""
    return _("all of %(domain)s is blocked") % {"domain": domain}


def left_before(since: datetime) -> str:
    """The reader had left: a file does not bring anybody back."""
    return _("Left this list on %(day)s, so is not added again.") % {"day": since.date().isoformat()}


def known(differing: Sequence[str]) -> str:
    """There is nothing to do; what the file says otherwise is named."""
    if differing:
        return _("Is on this list already; kept as it is: %(fields)s.") % {"fields": ", ".join(differing)}
    return _("Is on this list already.")


def changes(fields: Sequence[str]) -> str:
    """Data of a reader changes."""
    return _("Changes: %(fields)s.") % {"fields": ", ".join(fields)}


def joins(waiting: bool) -> str:
    """A known reader comes to the list."""
    return _("Waited for confirmation.") if waiting else _("Is a reader already, and joins this list.")


def heading_again() -> str:
    """A heading in mid-file."""
    return _("The heading stands here once more.")


def layout_words(source: Source, columns: Columns) -> dict[str, object]:
    """What was found out about the file, to be shown and stored; `entries` is what its first row holds."""
    rows = (record.cells for record in islice(source.records(), _LOOKED_AT) if isinstance(record, Record))
    first = next(islice(rows, 1 if columns.has_heading else 0, None), [])
    found: dict[str, object] = {
        "kind": source.kind.value,
        "heading": columns.has_heading,
        "headings": list(columns.headings),
        "entries": [one_line(cell)[:_LONGEST_ENTRY] for cell in first[: columns.width]],
        "fields": columns.fields(),
        "attributes": [key for _column, key in columns.attributes],
    }
    if source.layout is not None:
        encoding, other, separator = source.layout.encoding, source.layout.eight_bit, source.layout.separator
        found["encoding"] = _ENCODINGS.get(encoding, encoding)
        if other and other != encoding:
            found["also"] = _ENCODINGS.get(other, other)
        found["separator"] = str(_SEPARATORS.get(separator, separator))
    return found
