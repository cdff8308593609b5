"""One record of an imported file becomes one reader to add."""

from __future__ import annotations

from json.encoder import encode_basestring

from masthead.audience import import_words
from masthead.audience.bulk_rows import NewReader
from masthead.audience.import_columns import Columns
from masthead.audience.models import Subscriber
from masthead.audience.subscribers import LONGEST_NAME, language_tag, one_line
from masthead.common.addresses import normalise, plain
from masthead.mail.fingerprints import fingerprinter

_HTML, _TEXT = Subscriber.Format.HTML.value, Subscriber.Format.TEXT.value


class BadRow(Exception):
    """This row cannot be added; the message says why."""


class RowReader:
    """Reads the records of one file. What is the same for all of them is worked out once."""

    def __init__(self, columns: Columns) -> None:
        self._columns = columns
        self._mark = fingerprinter()
        self._attributes = [(column, f"{encode_basestring(key)}: ") for column, key in columns.attributes]
        self._halves = [column for column in (columns.first_name, columns.last_name) if column is not None]

    def read(self, cells: list[str]) -> tuple[NewReader, bytes]:
        """The reader in `cells` and the fingerprint of the address. Raises BadAddress and BadRow."""
        columns = self._columns
        if len(cells) != columns.width:
            cells = _fitted(cells, columns.width)
        found = plain(cells[columns.address])
        if found is None:
            checked = normalise(cells[columns.address])
            found = checked.address, checked.key, checked.domain
        mark = self._mark(found[1])
        attributes = [
            f"{key}{encode_basestring(value)}" for column, key in self._attributes if (value := one_line(cells[column]))
        ]
        language = ""
        if columns.language is not None:
            language = language_tag(cells[columns.language])
            if not language and (words := one_line(cells[columns.language])):
                attributes.append(f'"language": {encode_basestring(words)}')  # no language tag ("Breton"): kept as it was said
        mail_format = _HTML
        if columns.mail_format is not None and cells[columns.mail_format].strip().lower() in {"text", "txt", "plain"}:
            mail_format = _TEXT
        return (*found, mark, self._name(cells), language, mail_format, "{" + ", ".join(attributes) + "}"), mark

    def _name(self, cells: list[str]) -> str:
        whole = one_line(cells[self._columns.name]) if self._columns.name is not None else ""
        if not whole and self._halves:
            whole = one_line(" ".join(cells[column] for column in self._halves))
        if len(whole) > LONGEST_NAME:
            raise BadRow(import_words.long_name(len(whole), LONGEST_NAME))
        return whole


def _fitted(cells: list[str], width: int) -> list[str]:
    if len(cells) > width and any(cell.strip() for cell in cells[width:]):
        raise BadRow(import_words.too_many_cells(len(cells), width))
    return cells + [""] * (width - len(cells))
