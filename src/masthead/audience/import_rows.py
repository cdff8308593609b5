"""One record of an imported file becomes one reader to add."""

from __future__ import annotations

from masthead.audience import import_words
from masthead.audience.bulk_rows import NewReader
from masthead.audience.import_columns import Columns
from masthead.audience.models import Subscriber
from masthead.audience.subscribers import LONGEST_NAME, language_tag, one_line
from masthead.common.addresses import normalise
from masthead.mail.fingerprints import fingerprint

_HTML, _TEXT = Subscriber.Format.HTML.value, Subscriber.Format.TEXT.value


class BadRow(Exception):
    """This row cannot be added; the message says why."""


def read(cells: list[str], columns: Columns) -> tuple[NewReader, bytes]:
    """The reader in `cells` and the fingerprint of the address. Raises BadAddress and BadRow."""
    if len(cells) > columns.width and any(cell.strip() for cell in cells[columns.width :]):
        raise BadRow(import_words.too_many_cells(len(cells), columns.width))
    if len(cells) < columns.width:
        cells = cells + [""] * (columns.width - len(cells))
    address = normalise(cells[columns.address])
    mark = fingerprint(address.key)
    language = language_tag(cells[columns.language]) if columns.language is not None else ""
    wants_text = columns.mail_format is not None and cells[columns.mail_format].strip().lower() in {"text", "txt", "plain"}
    attributes = {key: value for column, key in columns.attributes if (value := one_line(cells[column]))}
    if columns.language is not None and not language and (said := one_line(cells[columns.language])):
        attributes["language"] = said  # no language tag ("Breton"): kept as it was said
    mail_format = _TEXT if wants_text else _HTML
    return (address.address, address.key, address.domain, mark, _name(cells, columns), language, mail_format, attributes), mark


def _name(cells: list[str], columns: Columns) -> str:
    whole = one_line(cells[columns.name]) if columns.name is not None else ""
    if not whole:
        whole = one_line(" ".join(cells[column] for column in (columns.first_name, columns.last_name) if column is not None))
    if len(whole) > LONGEST_NAME:
        raise BadRow(import_words.long_name(len(whole), LONGEST_NAME))
    return whole
