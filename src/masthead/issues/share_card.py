"""The picture other sites show with a link to an issue: its masthead, number, date and title, beside its lead picture.

1200 × 630 pixels, as OpenGraph asks for. It is drawn once, when the issue is frozen.
"""

from __future__ import annotations

import re
from io import BytesIO

from PIL import Image as Pillow
from PIL import ImageDraw

from masthead.issues import frozen_files, lettering, pictures
from masthead.issues.frozen_files import FrozenFile
from masthead.issues.lettering import NoLetters
from masthead.issues.rendering.colours import INK, PAPER, QUIET, readable

WIDTH, HEIGHT = pictures.SHARE_SIZE
_MARGIN = 64
#: The lead picture's part of the width.
_PICTURE = 460
_TITLE_SIZES = (76, 68, 60, 54, 48, 42, 36)
_NAME_SIZES = (52, 46, 40, 34, 28, 22)
_SMALL = 26
#: Emoji, the flags' letters, keycaps, and what joins or colours them; signs such as № and → are none.
_EMOJI = re.compile("[\u2600-\u27bf\u2b50\u2b55\ufe0e\ufe0f\u20e3\U0001f000-\U0001faff\U000e0020-\U000e007f]|\u200d(?=\\W)")
_TITLE_TOP, _TITLE_BOTTOM = 214, HEIGHT - 100


def freeze(*, name: str, number: str, date: str, title: str, host: str, accent: str, rtl: bool, lead: bytes = b"") -> FrozenFile:
    """Draw the card and keep it. `lead` is the file of the lead picture, empty without one.

    Pictures among letters (emoji) are left out. A line with letters that no font of ours holds is left out as a whole; in the
    title's place then stands the name, or else the number.
    """
    card = draw(name=name, number=number, date=date, title=title, host=host, accent=accent, rtl=rtl, lead=lead)
    out = BytesIO()
    if lead:
        card.save(out, "JPEG", quality=86, optimize=True, progressive=True)
        return frozen_files.keep(out.getvalue(), "jpg")
    # Few colours, sharp letters: a palette makes it a tenth of the size.
    card.quantize(64).save(out, "PNG", optimize=True)
    return frozen_files.keep(out.getvalue(), "png")


def draw(*, name: str, number: str, date: str, title: str, host: str, accent: str, rtl: bool, lead: bytes = b"") -> Pillow.Image:
    """The card. Raises BadPicture for a `lead` that is no picture."""
    card = Pillow.new("RGB", (WIDTH, HEIGHT), PAPER)
    pen, colour = ImageDraw.Draw(card), readable(accent, on=PAPER)
    inner = WIDTH - 2 * _MARGIN
    if lead:
        inner -= _PICTURE
        data, _ending, _size = pictures.rewrite(lead, widest=WIDTH, crop=(_PICTURE, HEIGHT))
        with Pillow.open(BytesIO(data)) as picture:
            card.paste(picture.convert("RGB"), (0 if rtl else WIDTH - _PICTURE, 0))
    left = _MARGIN + (_PICTURE if lead and rtl else 0)
    right = left + inner
    start, end = (right, left) if rtl else (left, right)

    pen.rectangle((left, 52, right, 58), fill=colour)
    _line(card, name, (start, 122), _NAME_SIZES, widest=inner, colour=colour, rtl=rtl)
    pen.rectangle((left, 146, right, 147), fill=QUIET)
    _line(card, number, (start, 184), (_SMALL,), widest=inner // 2, colour=INK, rtl=rtl)
    _line(card, date, (end, 184), (_SMALL, 22, 18), widest=inner // 2, colour=QUIET, rtl=rtl, at_end=True)
    pen.rectangle((left, 200, right, 201), fill=QUIET)
    shown = next(filter(None, map(_drawable, (title, name, number))), "")
    _title(card, shown, start, widest=inner, rtl=rtl)
    _line(card, host, (start, HEIGHT - 44), (24, 20, 16), widest=inner, colour=QUIET, rtl=rtl)
    return card


def _line(
    card: Pillow.Image,
    text: str,
    at: tuple[int, int],
    sizes: tuple[int, ...],
    *,
    widest: int,
    colour: str,
    rtl: bool,
    at_end: bool = False,
) -> None:
    """One line in the largest of `sizes` that fits, cut where none does; `at_end` sets it against the far edge."""
    text = _drawable(text)
    if not text:
        return
    size = next((size for size in sizes if lettering.width(text, size=size, rtl=rtl) <= widest), sizes[-1])
    lettering.draw(card, _cut(text, size=size, widest=widest, rtl=rtl), at=at, size=size, colour=colour, rtl=rtl, end=at_end)


def _title(card: Pillow.Image, title: str, start: int, *, widest: int, rtl: bool) -> None:
    """The title in the largest size in which it fits above the foot; the last size cuts it."""
    if not title:
        return
    for size in _TITLE_SIZES:
        step = round(size * (1.42 if rtl else 1.22))
        most = (_TITLE_BOTTOM - _TITLE_TOP) // step
        lines = lettering.wrap(title, size=size, widest=widest, rtl=rtl)
        if len(lines) <= most and all(lettering.width(line, size=size, rtl=rtl) <= widest for line in lines):
            break
    if len(lines) > most:
        lines = [*lines[: most - 1], " ".join(lines[most - 1 :])]
    for place, line in enumerate(lines):
        shown = _cut(line, size=size, widest=widest, rtl=rtl)
        lettering.draw(card, shown, at=(start, _TITLE_TOP + size + place * step), size=size, colour=INK, rtl=rtl)


def _cut(text: str, *, size: int, widest: int, rtl: bool) -> str:
    """`text`, or as much of its beginning as fits with an ellipsis."""
    if lettering.width(text, size=size, rtl=rtl) <= widest:
        return text
    fits, too_long = 0, len(text)
    while too_long - fits > 1:
        middle = (fits + too_long) // 2
        if lettering.width(text[:middle].rstrip() + "…", size=size, rtl=rtl) <= widest:
            fits = middle
        else:
            too_long = middle
    return text[:fits].rstrip() + "…"


def _drawable(text: str) -> str:
    """`text` without emoji; "" if it then has letters that cannot be drawn, or none."""
    words = " ".join(_EMOJI.sub("", text).split())
    try:
        lettering.check(words)
    except NoLetters:
        return ""
    return words
