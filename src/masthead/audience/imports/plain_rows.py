"""Rows that need no closer look, thousands of lines at a time: one pattern takes each apart and says that all of it is plain.

Whatever is not plain beyond doubt is left to `rows.RowReader`, which says the same of a plain row and takes five times as long.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from operator import itemgetter

from masthead.audience.imports.rows import RowReader
from masthead.audience.imports.staging import StagedRow
from masthead.audience.models import Subscriber
from masthead.audience.subscribers import LONGEST_NAME
from masthead.common.addresses import PLAIN_MOST, PLAIN_PATTERN
from masthead.common.csv_rows import Block, Layout

_HTML = Subscriber.Format.HTML.value
#: No address that the pattern takes can hold one of these.
_SEPARATORS = (",", ";", "\t")
#: A spreadsheet would take it for a formula: the report has it otherwise.
_NO_FORMULA = "(?![=+])"


def plain_rows(reader: RowReader, layout: Layout | None) -> PlainRows | None:
    """Who reads the plain rows of a file; None where no row can be plain, since more is in it than addresses, names and text."""
    columns = reader.columns
    special = (columns.first_name, columns.last_name, columns.language, columns.mail_format)
    if layout is None or layout.separator not in _SEPARATORS or reader.typed or any(column is not None for column in special):
        return None
    return PlainRows(reader, layout.separator)


class PlainRows:
    """Reads the plain rows of one file."""

    def __init__(self, reader: RowReader, separator: str) -> None:
        columns = reader.columns
        self._mark, self._separator = reader.mark, separator
        # What is not in the row is the empty group at its end.
        self._name = "none" if columns.name is None else f"c{columns.name}"
        self._members = [member for _column, member in reader.attributes]
        self._all_members = "{" + ", ".join(f'{member.replace("%", "%%")}"%s"' for member in self._members) + "}"
        any_cell = rf"[^{re.escape(separator)}\n]"
        cells = [f"{any_cell}*"] * columns.width
        # With blanks around it a cell is not plain.
        for column, _member in reader.attributes:
            cells[column] = f"(?P<c{column}>(?! ){any_cell}*(?<! ))"
        if columns.name is not None:
            cells[columns.name] = f"(?P<c{columns.name}>(?! ){any_cell}{{0,{LONGEST_NAME}}}(?<! ))"
        cells[columns.address] = f"{_NO_FORMULA}(?P<address>{PLAIN_PATTERN})"
        # Each line is found once, whatever it is.
        self._pattern = re.compile(rf"^(?:{re.escape(separator).join(cells)}(?P<none>)|.*)$", re.ASCII | re.MULTILINE)
        places = {name: group - 1 for name, group in self._pattern.groupindex.items()}
        self._address, self._domain, self._name_at = places["address"], places["domain"], places[self._name]
        self._values = _getter([places[f"c{column}"] for column, _member in reader.attributes])

    def read(self, block: Block) -> list[StagedRow | None]:
        """The readers in the lines of a block; None for each line that is not plain."""
        text = "\n".join(block.texts)
        if self._is_odd(text):
            text = "\n".join(["" if self._is_odd(line) else line for line in block.texts])
        rows: list[StagedRow | None] = []
        mark, values_of, all_members = self._mark, self._values, self._all_members
        at_address, at_domain, at_name = self._address, self._domain, self._name_at
        for line, found in enumerate(self._pattern.findall(text), block.line):
            address = found[at_address]
            if not 0 < len(address) <= PLAIN_MOST:
                rows.append(None)
                continue
            domain, key, shown = found[at_domain], address.lower(), None
            if key != address:
                domain = domain.lower()
                shown, address = address, f"{address.rpartition('@')[0]}@{domain}"
                if shown == address:
                    shown = None
            values = values_of(found)
            attributes = self._some_members(values) if "" in values else all_members % values
            rows.append((address, key, domain, mark(key), found[at_name], "", _HTML, attributes, line, shown))
        return rows

    def _is_odd(self, text: str) -> bool:
        """Whether something is in it that JSON or a header would have otherwise."""
        return "  " in text or "\\" in text or not text.replace("\n", "").replace(self._separator, "").isprintable()

    def _some_members(self, values: Sequence[str]) -> str:
        members = [f'{member}"{value}"' for member, value in zip(self._members, values, strict=True) if value]
        return "{" + ", ".join(members) + "}"


def _getter(places: Sequence[int]) -> Callable[[Sequence[str]], tuple[str, ...]]:
    """`itemgetter` gives no tuple of fewer than two."""
    if len(places) > 1:
        return itemgetter(*places)
    return lambda found: tuple(found[place] for place in places)
