"""Text in any script: direction, digits, width in columns, wrapping."""

from __future__ import annotations

import re
import unicodedata

#: Languages written from right to left unless a script subtag says otherwise.
_RTL_LANGUAGES = frozenset(
    {"ar", "arc", "az-arab", "ckb", "dv", "fa", "glk", "he", "iw", "ks", "lrc", "mzn", "ps", "sd", "ug", "ur", "yi"}
)
_RTL_SCRIPTS = frozenset({"arab", "hebr", "syrc", "thaa", "nkoo", "rohg", "adlm"})
_ZEROS = {"fa": "۰", "ps": "۰", "ckb": "٠", "ar": "٠", "bn": "০", "mr": "०", "ne": "०", "my": "၀"}
#: The west of the Arab world prints 1970, not ١٩٧٠.
_EUROPEAN_DIGITS = frozenset({"ar-dz", "ar-eh", "ar-ly", "ar-ma", "ar-tn"})
#: Does not begin a line in Chinese and Japanese typesetting.
_NEVER_FIRST = frozenset("、。，．：；！？）］｝」』】〉》”’…—ー々ぁぃぅぇぉっゃゅょァィゥェォッャュョ")
_NEVER_LAST = frozenset("（［｛「『【〈《“‘")
#: Overrides of the direction and characters that end lines without being seen; nothing written by hand needs them.
_UNPRINTABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202d\u202e\ufeff\ufff9-\uffff\ud800-\udfff\ue000-\uf8ff]")
#: Letters and marks by category that print nothing: Hangul fillers, the braille blank, the combining grapheme joiner.
_SHAPELESS = frozenset("\u034f\u115f\u1160\u2800\u3164\uffa0")
_TOKENS = re.compile(r"[^ \t\n]+|[ \t\n]+")


def direction_of(language: str) -> str:
    """ "rtl" or "ltr" for a BCP 47 tag; a script subtag (`pa-Arab`) decides where there is one."""
    primary, *rest = language.replace("_", "-").lower().split("-")
    script = next((part for part in rest if len(part) == 4 and part.isalpha()), "")
    if script:
        return "rtl" if script in _RTL_SCRIPTS else "ltr"
    return "rtl" if primary in _RTL_LANGUAGES else "ltr"


def digits(value: int | str, language: str) -> str:
    """`value` with its European digits replaced by those the language prints: `digits(1970, "fa") == "۱۹۷۰"`."""
    text = str(value)
    tag = language.replace("_", "-").lower()
    zero = "" if tag in _EUROPEAN_DIGITS else _ZEROS.get(tag.split("-")[0], "")
    return text.translate({ord("0") + n: chr(ord(zero) + n) for n in range(10)}) if zero else text


def is_blank(text: str) -> bool:
    """Whether nothing of `text` is seen: it has only spaces, controls and characters without a shape."""
    return all(unicodedata.category(letter)[0] in "CZ" or letter in _SHAPELESS for letter in text)


def printable(text: str) -> str:
    """`text` without control characters, direction overrides and private-use characters; line separators become line ends."""
    return _UNPRINTABLE.sub("", text.replace("\r\n", "\n").replace("\r", "\n").replace("\u2028", "\n").replace("\u2029", "\n"))


def display_width(text: str) -> int:
    """Columns `text` takes in a fixed-width font: wide East Asian characters take two, marks and controls none."""
    if text.isascii():
        return len(text)
    return sum(_columns(character) for character in text)


def _columns(character: str) -> int:
    if unicodedata.category(character) in {"Mn", "Me", "Cf", "Cc"}:
        return 0
    return 2 if unicodedata.east_asian_width(character) in {"W", "F"} else 1


def wrap(text: str, *, width: int = 72) -> list[str]:
    """`text` as lines of at most `width` columns that flow again on a narrower screen (RFC 3676, section 4.2).

    A line broken at a space keeps that space at its end: the soft break. Chinese and Japanese break anywhere but before closing
    and after opening punctuation, without a space, because there is none to give back. Words are never broken: an address or
    an endless word stands alone on its line, however long.
    """
    lines: list[str] = []
    line, used = "", 0
    for token in _TOKENS.findall(text.strip()):
        if token.isspace():
            line, used = (line + " ", used + 1) if line else (line, used)
            continue
        for piece in _pieces(token):
            columns = display_width(piece)
            if line.strip() and used + columns > width:
                lines.append(line)
                line, used = "", 0
            line, used = line + piece, used + columns
    return [*lines, line.rstrip()] if line.strip() else lines


def _pieces(word: str) -> list[str]:
    """`word` cut wherever a line may end inside it."""
    if word.isascii():
        return [word]
    pieces: list[str] = []
    # Cut out once each: a piece that grew by a character at a time made a megabyte without a space take minutes.
    start = 0
    for place in range(1, len(word)):
        before, character = word[place - 1], word[place]
        if before.isascii() and character.isascii():
            continue
        breaks = (
            (_is_wide(character) or _is_wide(before))
            and character not in _NEVER_FIRST
            and before not in _NEVER_LAST
            and unicodedata.category(character) not in {"Mn", "Me", "Cf"}
        )
        if breaks:
            pieces.append(word[start:place])
            start = place
    return [*pieces, word[start:]]


def _is_wide(character: str) -> bool:
    return unicodedata.east_asian_width(character) in {"W", "F"}


def stuffed(line: str) -> str:
    """`line` with the space in front that RFC 3676, section 4.4, asks for, so that it is not taken for a quote or a header."""
    return f" {line}" if line.startswith((" ", ">", "From ")) else line
