"""What an import says, in sentences."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from masthead.audience.import_columns import Columns
from masthead.common.csv_rows import LONGEST_LINE, MOST_COLUMNS, Layout, Why

_ENCODINGS = {"utf-8": "UTF-8", "utf-16-le": "UTF-16", "utf-16-be": "UTF-16", "cp1252": "Windows-1252 (Latin-1)"}
_SEPARATORS = {
    ",": gettext_lazy("comma"),
    ";": gettext_lazy("semicolon"),
    "\t": gettext_lazy("tab"),
    "|": gettext_lazy("vertical line"),
}


def unreadable(why: Why) -> str:
    """Why the file as a whole cannot be read."""
    if why is Why.EMPTY_FILE:
        return _("The file is empty.")
    if why is Why.NOT_CSV:
        return _("This is no CSV file but a spreadsheet, an archive or a PDF. Open it in its program and save it as “CSV UTF-8”.")
    return _("The file is written in UTF-32. Save it as “CSV UTF-8”.")


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
        return _("The first line has no headings. Put a line above it that names the columns, such as: email,name")
    shown = ", ".join(heading[:40] or "–" for heading in headings[:12]) + (" …" if len(headings) > 12 else "")
    return _("No column is called “email”. The headings are: %(headings)s. Name the column with the addresses “email”.") % {
        "headings": shown
    }


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
    return _("The line contains bytes that are no text in the encoding of the file.")


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


def known() -> str:
    """There is nothing to do."""
    return _("Is on this list already.")


def layout_words(layout: Layout, columns: Columns) -> dict[str, object]:
    """What was found out about the file, to be shown and stored."""
    fields = {"address": columns.address, "name": columns.name, "language": columns.language, "format": columns.mail_format}
    return {
        "encoding": _ENCODINGS[layout.encoding],
        "separator": str(_SEPARATORS.get(layout.separator, layout.separator)),
        "heading": columns.has_heading,
        "columns": {name: column + 1 for name, column in fields.items() if column is not None},
        "attributes": [key for _column, key in columns.attributes],
    }
