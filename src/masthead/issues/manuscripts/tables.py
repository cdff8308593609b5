"""A table of HTML → the rows that the block stores, merged cells spread over the places they cover."""

from __future__ import annotations

from bs4 import Tag

from masthead.issues.manuscripts.neutral import Dropped
from masthead.issues.manuscripts.rich import words_of

_MOST_COLUMNS = 60
_FLOW = ["table", "img", "ul", "ol", "h1", "h2", "h3", "h4", "h5", "h6", "blockquote", "pre", "figure", "hr"]


def rows_of(table: Tag) -> list[list[Tag]]:
    """Its own rows with their cells, without those of tables inside."""
    rows = [row for row in table.find_all("tr") if row.find_parent("table") is table]
    return [row.find_all(["td", "th"], recursive=False) for row in rows]


def is_layout(table: Tag) -> bool:
    """Whether it only puts things beside one another: one cell wide, or with more than words in its cells."""
    rows = [row for row in rows_of(table) if row]
    cells = [cell for row in rows for cell in row]
    if not cells or any(cell.name == "th" for cell in cells):
        return False
    return all(len(row) == 1 for row in rows) or any(cell.find(_FLOW) is not None for cell in cells)


def told(table: Tag) -> list[Dropped]:
    """What an editor should look at: every word of the table stays, but not its shape."""
    place = f"table “{words_of(table)[:40]}”"
    rows = [row for row in rows_of(table) if row]
    if is_layout(table):
        # A frame of a page or a mail is no loss; rows and columns that somebody filled in are.
        drawn = len(rows) > 1 and sum(len(row) > 1 for row in rows) * 2 > len(rows)
        if not drawn or table.find("table") or table.find_parent("table") or table.get("role") == "presentation":
            return []
        return [Dropped(place, "its cells hold more than words, so they stand one after another instead of side by side")]
    if any(_span(cell, name) > 1 for row in rows for cell in row for name in ("colspan", "rowspan")):
        return [Dropped(place, "cells that were joined are single cells now; their words stand in the first of them")]
    return []


def grid(rows: list[list[Tag]]) -> list[list[str]]:
    """The words of each place; a merged cell says them at its first place and leaves the others empty."""
    waiting: dict[int, int] = {}  # column → rows that a cell above still covers
    lines = []
    for row in rows:
        line: list[str] = []

        def covered(line: list[str] = line) -> None:
            while waiting.get(len(line), 0):
                waiting[len(line)] -= 1
                line.append("")

        covered()
        for cell in row:
            wide, high = _span(cell, "colspan"), _span(cell, "rowspan")
            for place in range(wide):
                if high > 1:
                    waiting[len(line)] = high - 1
                line.append(words_of(cell) if not place else "")
                if len(line) >= _MOST_COLUMNS:
                    break
            covered()
        lines.append(line)
    width = max((len(line) for line in lines), default=0)
    return [line + [""] * (width - len(line)) for line in lines]


def as_text(lines: list[list[str]]) -> str:
    """The lines as the block's form holds them."""
    return "\n".join(" | ".join(words.replace("|", "\\|") or " " for words in line) for line in lines if any(line))


def _span(cell: Tag, name: str) -> int:
    said = str(cell.get(name) or "1").strip()
    return min(max(int(said), 1), _MOST_COLUMNS) if said.isdecimal() and len(said) < 6 else 1
