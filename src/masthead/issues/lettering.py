"""Words drawn into a picture, in any of the scripts our fonts hold: Latin, Cyrillic, Greek, Arabic with the Persian letters.

Pillow shapes one run in one font. What a line mixes (a Latin name in a Persian headline) is put in order here, by direction
first and then by font: the two levels of the Unicode bidirectional algorithm (UAX 9) that a headline can have.
"""

from __future__ import annotations

import functools
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from PIL import Image as Pillow
from PIL import ImageDraw, ImageFont, features

from masthead.common.text import printable

_FOLDER = Path(__file__).parent / "fonts"
#: In the order they are asked for a letter. The weight is that of a variable font, None of one that has only one.
_FONTS = (("noto-serif-bold.woff2", None), ("vazirmatn-arabic.woff2", 750))
_RTL = frozenset({"R", "AL"})
#: A character no font has: what a font draws for it is drawn for each letter it lacks.
_NOBODYS = "\U0010ffff"


class NoLetters(ValueError):
    """A text has letters that none of our fonts holds, or that this machine's Pillow cannot join."""


@dataclass(frozen=True)
class Run:
    """Letters of one direction in one font; `place` is the font's in the list."""

    text: str
    place: int
    rtl: bool


def check(text: str) -> None:
    """Raises NoLetters unless `text` can be drawn as it is written."""
    missing = sorted({letter for letter in printable(text) if _font_for(letter) is None})
    if missing:
        raise NoLetters(f"No font of ours has {' '.join(missing[:10])}.")
    if any(unicodedata.bidirectional(letter) in _RTL for letter in text) and not features.check("raqm"):
        raise NoLetters("This Pillow was built without Raqm, which joins Arabic letters.")


def width(text: str, *, size: int, rtl: bool) -> int:
    """How wide `text` is on one line, in pixels; `rtl` is the direction of the whole."""
    return round(sum(_length(run, size) for run in in_order(text, rtl=rtl)))


def wrap(text: str, *, size: int, widest: int, rtl: bool) -> list[str]:
    """The lines of `text`, none wider than `widest` pixels but for a single word that is."""
    lines: list[str] = []
    for word in text.split():
        longer = f"{lines[-1]} {word}" if lines else word
        if lines and width(longer, size=size, rtl=rtl) <= widest:
            lines[-1] = longer
        else:
            lines.append(word)
    return lines


def draw(canvas: Pillow.Image, text: str, *, at: tuple[int, int], size: int, colour: str, rtl: bool, end: bool = False) -> None:
    """One line of `text` with its baseline at `at`, which is where it begins: its left end, or in `rtl` its right one.

    With `end` it is where the line ends.
    """
    pen, (x, y) = ImageDraw.Draw(canvas), at
    left = float(x - width(text, size=size, rtl=rtl) if rtl != end else x)
    for run in in_order(text, rtl=rtl):
        font = _font(run.place, size)
        pen.text((left, y), run.text, font=font, fill=colour, anchor="ls", direction=_direction_of(run))
        left += _length(run, size)


def in_order(text: str, *, rtl: bool) -> list[Run]:
    """The runs of one line from left to right."""
    found: list[Run] = []
    levels = list(_levels(text, rtl))
    for words, is_rtl in reversed(levels) if rtl else levels:
        runs = list(_by_font(words, is_rtl))
        found += reversed(runs) if is_rtl else runs
    return found


def _levels(text: str, rtl: bool) -> Iterator[tuple[str, bool]]:
    """Stretches of one direction: what has none goes with its neighbours if they agree, else with the whole (UAX 9, N1, N2)."""
    kinds = [_direction(letter) for letter in text]
    resolved: list[bool] = []
    for place, kind in enumerate(kinds):
        if kind is not None:
            resolved.append(kind)
            continue
        before = next((found for found in reversed(kinds[:place]) if found is not None), rtl)
        after = next((found for found in kinds[place:] if found is not None), rtl)
        resolved.append(before if before == after else rtl)
    start = 0
    for place in range(1, len(text) + 1):
        if place == len(text) or resolved[place] != resolved[start]:
            yield text[start:place], resolved[start]
            start = place


def _direction(letter: str) -> bool | None:
    """True for right to left; None for blanks and signs. Digits of every kind run from left to right (UAX 9, L2)."""
    kind = unicodedata.bidirectional(letter)
    if kind in _RTL:
        return True
    return False if kind in {"L", "EN", "AN"} else None


def _by_font(text: str, rtl: bool) -> Iterator[Run]:
    start, current = 0, None
    for place, letter in enumerate(text):
        if letter.isspace():
            continue
        wanted = _font_for(letter) or 0
        if current is None:
            current = wanted
        elif wanted != current and not (_is_shared(letter) and _has(current, letter)):
            yield Run(text[start:place], current, rtl)
            start, current = place, wanted
    if text:
        yield Run(text[start:], current or 0, rtl)


def _is_shared(letter: str) -> bool:
    """Whether any script may use it, so that it stays in the font it stands in."""
    return not letter.isalpha()


def _length(run: Run, size: int) -> float:
    return _font(run.place, size).getlength(run.text, direction=_direction_of(run))


def _direction_of(run: Run) -> str | None:
    """For Raqm; without it only left to right can be drawn, and nothing may be said."""
    if not features.check("raqm"):
        return None
    return "rtl" if run.rtl else "ltr"


@functools.lru_cache(maxsize=4096)
def _font_for(letter: str) -> int | None:
    if letter.isspace() or unicodedata.category(letter) in {"Cf", "Mn"}:
        return 0
    return next((place for place in range(len(_FONTS)) if _has(place, letter)), None)


@functools.lru_cache(maxsize=4096)
def _has(place: int, letter: str) -> bool:
    if letter.isspace():
        return True
    font = _font(place, 24)
    return bytes(font.getmask(letter)) != bytes(font.getmask(_NOBODYS))


@functools.lru_cache(maxsize=64)
def _font(place: int, size: int) -> ImageFont.FreeTypeFont:
    name, weight = _FONTS[place]
    font = ImageFont.truetype(str(_FOLDER / name), size)
    if weight is not None:
        font.set_variation_by_axes([weight])
    return font
