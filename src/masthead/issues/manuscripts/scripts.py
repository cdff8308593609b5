"""Scripts, directions and languages of a manuscript that does not say them."""

from __future__ import annotations

import unicodedata

from masthead.common.text import direction_of

#: Letters that only one of the languages written in Arabic script has.
_PERSIAN = frozenset("پچژگکی۰۱۲۳۴۵۶۷۸۹")
_ARABIC = frozenset("ةيىكٱأإ٠١٢٣٤٥٦٧٨٩")
_URDU = frozenset("ٹڈڑںےہھ")


def direction_in(text: str) -> str:
    """ "rtl" or "ltr", whichever more letters of `text` are; "" without letters."""
    right = left = 0
    for letter in text:
        kind = unicodedata.bidirectional(letter)
        if kind in {"R", "AL"}:
            right += 1
        elif kind == "L":
            left += 1
    if right == left == 0:
        return ""
    return "rtl" if right > left else "ltr"


def language_in(text: str, direction: str) -> str:
    """A language tag that gives `text` its `direction`, the likeliest one: only letters are looked at."""
    if direction != "rtl":
        return "und-Latn"
    letters = [letter for letter in text if unicodedata.bidirectional(letter) in {"R", "AL"}]
    if letters and sum("\u0590" <= letter <= "\u05ff" for letter in letters) * 2 > len(letters):
        return "he"
    counts = {tag: sum(letter in known for letter in text) for tag, known in (("fa", _PERSIAN), ("ar", _ARABIC), ("ur", _URDU))}
    return "ur" if counts["ur"] > 2 else "fa" if counts["fa"] > counts["ar"] else "ar"


def fitting(tag: str, text: str, direction: str) -> str:
    """`tag` if it is written in `direction`, else the likeliest language. Word calls all Arabic script ar-SA: letters decide."""
    if not tag or tag.lower() in {"zxx", "und", "x-none", "none"} or direction_of(tag) != direction:
        return language_in(text, direction)
    if tag.lower() == "ar-sa":
        return language_in(text, direction)
    return tag


def primary(tag: str) -> str:
    """The language without region or script: "pt" of "pt-BR"."""
    return tag.replace("_", "-").partition("-")[0].lower()
