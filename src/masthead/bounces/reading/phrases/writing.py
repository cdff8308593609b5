"""How the tables are written: phrases with a bar between them, as many to a line as fit."""

from __future__ import annotations


class Phrases(tuple[str, ...]):
    """The phrases of a table, and `ascii`: those of them that can stand in a text without other letters."""

    ascii: tuple[str, ...]


def phrases(text: str) -> Phrases:
    """The phrases in `text`. A tilde stands for a blank at an end, so that a short word is not found inside a longer one."""
    found = Phrases(each.strip().replace("~", " ") for each in text.replace("\n", " ").split("|") if each.strip())
    found.ascii = tuple(each for each in found if each.isascii())
    return found
