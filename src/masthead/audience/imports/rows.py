"""One record of an imported file becomes one reader to add."""

from __future__ import annotations

import json
import re
from json.encoder import encode_basestring

from masthead.audience.attributes import BadValue, parse
from masthead.audience.imports import words
from masthead.audience.imports.columns import Columns
from masthead.audience.models import Attribute, Subscriber
from masthead.audience.subscribers import LONGEST_NAME, language_tag, one_line
from masthead.common import pasted
from masthead.common.addresses import Address, BadAddress, normalise, plain
from masthead.mail.fingerprints import fingerprinter

_HTML, _TEXT = Subscriber.Format.HTML.value, Subscriber.Format.TEXT.value


#: Address, key, domain, fingerprint, name, language, format, attributes as JSON.
NewReader = tuple[str, str, str, bytes, str, str, str, str]


class BadRow(Exception):
    """This row cannot be added; the message says why."""


class RowReader:
    """Reads the records of one file. What is the same for all of them is worked out once."""

    def __init__(self, columns: Columns) -> None:
        self.columns = columns
        self.mark = fingerprinter()
        keys = [key for _column, key in columns.attributes]
        typed = {a.key: a for a in Attribute.objects.filter(key__in=keys).exclude(kind=Attribute.Kind.TEXT)}
        #: The columns of text, each with its key as JSON begins it; and those of other kinds.
        self.attributes = [(column, f"{encode_basestring(key)}: ") for column, key in columns.attributes if key not in typed]
        self.typed = [(column, typed[key]) for column, key in columns.attributes if key in typed]
        self._halves = [column for column in (columns.first_name, columns.last_name) if column is not None]

    def read(self, cells: list[str]) -> tuple[NewReader, bytes]:
        """The reader in `cells` and the fingerprint of the address. Raises BadAddress and BadRow."""
        columns = self.columns
        if len(cells) != columns.width:
            cells = _fitted(cells, columns.width)
        found, said = plain(cells[columns.address]), ""
        if found is None:
            checked, said = _loosely(cells[columns.address])
            found = checked.address, checked.key, checked.domain
        mark = self.mark(found[1])
        attributes = [f"{key}{encode_basestring(value)}" for column, key in self.attributes if (value := one_line(cells[column]))]
        attributes += [member for column, attribute in self.typed if (member := _typed(attribute, cells[column]))]
        language = ""
        if columns.language is not None:
            language = language_tag(cells[columns.language])
            if not language and (spoken := one_line(cells[columns.language])):
                attributes.append(f'"language": {encode_basestring(spoken)}')  # no language tag ("Breton"): kept as it was said
        mail_format = _HTML
        if columns.mail_format is not None and cells[columns.mail_format].strip().lower() in {"text", "txt", "plain"}:
            mail_format = _TEXT
        return (
            *found,
            mark,
            self._name(cells) or one_line(said)[:LONGEST_NAME],
            language,
            mail_format,
            "{" + ", ".join(attributes) + "}",
        ), mark

    def _name(self, cells: list[str]) -> str:
        whole = one_line(cells[self.columns.name]) if self.columns.name is not None else ""
        if not whole and self._halves:
            whole = one_line(" ".join(cells[column] for column in self._halves))
        if len(whole) > LONGEST_NAME:
            raise BadRow(words.long_name(len(whole), LONGEST_NAME))
        return whole


def _typed(attribute: Attribute, cell: str) -> str:
    """The value of an attribute whose kind is defined, as a member of a JSON object; "" for none. Raises BadRow."""
    try:
        value = parse(attribute, cell)
    except BadValue as error:
        raise BadRow(f"{attribute.label}: {error}") from error
    return "" if value is None else f"{encode_basestring(attribute.key)}: {json.dumps(value, ensure_ascii=False)}"


def _loosely(cell: str) -> tuple[Address, str]:
    """The address in a cell, and the name beside it, as in "Rosa Marin <rosa@example.org>" and "mailto:leo@example.org"."""
    try:
        return normalise(cell), ""
    except BadAddress:
        entries = pasted.split(re.sub(r"(?i)^\s*<?\s*mailto:", "", cell))
        if len(entries) > 1 and all("@" in address for address, _name in entries):
            raise BadRow(words.several_addresses(len(entries))) from None
        if len(entries) != 1 or entries[0][0] == cell.strip():
            raise
    return normalise(entries[0][0]), entries[0][1]


def _fitted(cells: list[str], width: int) -> list[str]:
    if len(cells) > width and any(cell.strip() for cell in cells[width:]):
        raise BadRow(words.too_many_cells(len(cells), width))
    return cells + [""] * (width - len(cells))
