"""How the tables are written: phrases with a bar between them, as many to a line as fit."""

from __future__ import annotations


def phrases(text: str) -> tuple[str, ...]:
    """The phrases in `text`. A tilde stands for a blank at an end, so that a short word is not found inside a longer one."""
    return tuple(each.strip().replace("~", " ") for each in text.replace("\n", " ").split("|") if each.strip())
