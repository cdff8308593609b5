"""Colours that can be read: an accent, moved lighter or darker until it stands out enough (WCAG 2.2, 1.4.3)."""

from __future__ import annotations

import colorsys
import re

#: Paper and ink, by day and by night; neither pure black nor pure white, which mail programs invert the worst.
PAPER, INK, QUIET = "#fffefc", "#22201d", "#68635c"
NIGHT_PAPER, NIGHT_INK, NIGHT_QUIET = "#1d1c1a", "#ece8e1", "#a9a39a"
#: The least contrast of text of the usual size with its paper (WCAG 2.2, 1.4.3, level AA).
AA = 4.5
_FALLBACK = "#1d4e89"
_HEX = re.compile(r"#[0-9a-fA-F]{6}")


def readable(accent: str, *, on: str, ratio: float = 4.6) -> str:
    """`accent` (`#rrggbb`; anything else is our blue) with its lightness moved as little as needed for `ratio` to `on`."""
    colour = accent.lower() if _HEX.fullmatch(accent) else _FALLBACK
    darker = luminance(on) > 0.18
    hue, lightness, saturation = colorsys.rgb_to_hls(*_channels(colour))
    if colour == "#000000" and darker:
        return INK
    while contrast(colour, on) < ratio:
        lightness = lightness - 0.01 if darker else lightness + 0.01
        if not 0 <= lightness <= 1:
            return INK if darker else NIGHT_INK
        colour = _hex(colorsys.hls_to_rgb(hue, lightness, saturation))
    return colour


def contrast(one: str, other: str) -> float:
    """The contrast ratio of two colours, 1 to 21 (WCAG 2.2)."""
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def luminance(colour: str) -> float:
    """The relative luminance of `#rrggbb`, 0 to 1 (WCAG 2.2)."""
    red, green, blue = (value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4 for value in _channels(colour))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def mixed(one: str, other: str, share: float) -> str:
    """`share` (0 to 1) of `one` in `other`."""
    a, b = _channels(one), _channels(other)
    return _hex((a[0] * share + b[0] * (1 - share), a[1] * share + b[1] * (1 - share), a[2] * share + b[2] * (1 - share)))


def _channels(colour: str) -> tuple[float, float, float]:
    return int(colour[1:3], 16) / 255, int(colour[3:5], 16) / 255, int(colour[5:7], 16) / 255


def _hex(channels: tuple[float, float, float]) -> str:
    return "#" + "".join(f"{round(value * 255):02x}" for value in channels)
