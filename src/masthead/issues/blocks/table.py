"""A small table of data: one header row, at most six columns."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from masthead.common.text import is_blank
from masthead.issues.blocks.base import Block, Medium, TextMedium

#: More columns cannot be read on a telephone.
MOST_COLUMNS = 6


@dataclass(frozen=True)
class TableBlock(Block):
    """`header` may be empty; cells are plain text. `row_headers` makes the first cell of each row its header."""

    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    caption: str = ""
    row_headers: bool = False

    @property
    def is_empty(self) -> bool:
        """Without a cell that has words."""
        return all(map(is_blank, (self.caption, *self.header, *(cell for row in self.rows for cell in row))))

    def web(self, medium: Medium) -> SafeString:
        """A table in a box that scrolls sideways where the screen is narrow."""
        return format_html('<div class="table"{}><table>{}</table></div>', self.attributes, self._inner(medium))

    def mail(self, medium: Medium) -> SafeString:
        """A table of data, which screen readers announce, unlike those of the layout."""
        return format_html(
            '<table class="data {}"{} cellpadding="0" cellspacing="0" width="100%">{}</table>',
            self.dir or medium.dir,
            self.attributes,
            self._inner(medium),
        )

    def text(self, medium: TextMedium) -> list[str]:
        """One line a cell, "header: cell"; an empty line between rows."""
        lines = medium.wrap(medium.words(self.caption)) if self.caption else []
        for row in self.rows:
            lines += [""] if lines else []
            for index, cell in enumerate(row):
                header = self.header[index] if index < len(self.header) else ""
                words = f"{medium.words(header)}: {medium.words(cell)}" if header else medium.words(cell)
                lines += medium.wrap(words) if cell else []
        return lines

    def _inner(self, medium: Medium) -> SafeString:
        caption = format_html("<caption>{}</caption>", medium.words(self.caption)) if self.caption else ""
        columns = format_html_join("", '<th scope="col">{}</th>', ((medium.words(cell),) for cell in self.header))
        head = format_html("<thead><tr>{}</tr></thead>", columns) if columns else ""
        rows = format_html_join("", "<tr>{}</tr>", ((self._row(row, medium),) for row in self.rows))
        return format_html("{}{}<tbody>{}</tbody>", caption, head, rows)

    def _row(self, row: tuple[str, ...], medium: Medium) -> SafeString:
        return format_html_join(
            "",
            "{}",
            (
                (
                    format_html(
                        '<th scope="row">{}</th>' if self.row_headers and index == 0 else "<td>{}</td>", medium.words(cell)
                    ),
                )
                for index, cell in enumerate(row)
            ),
        )
