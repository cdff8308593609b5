"""A publication's colour as a stylesheet: readable on paper and on the dark page, without any inline style."""

from __future__ import annotations

import re

from django.http import Http404, HttpRequest, HttpResponse

#: The paper and the ink of site.css, light and dark: what the colour must stand out from.
PAPER_LIGHT = "#fdfcf8"
PAPER_DARK = "#16171a"
#: WCAG 2.2, 1.4.3: text of any size.
LEAST_CONTRAST = 4.5


def theme(request: HttpRequest, name: str) -> HttpResponse:
    """The stylesheet of one colour, `name` being six hexadecimal digits. It never changes, so it may be kept for ever."""
    if not re.fullmatch(r"[0-9a-f]{6}", name):
        raise Http404
    return HttpResponse(
        stylesheet(f"#{name}"), content_type="text/css", headers={"Cache-Control": "public, max-age=31536000, immutable"}
    )


def stylesheet(accent: str) -> str:
    """The custom properties of `accent` ("#rrggbb"), made darker or lighter until it can be read."""
    light, dark = readable(accent, on=PAPER_LIGHT), readable(accent, on=PAPER_DARK)
    return (
        f":root{{--accent:{light};--on-accent:#fdfcf8}}\n"
        f"@media screen and (prefers-color-scheme:dark){{:root{{--accent:{dark};--on-accent:#16171a}}}}\n"
    )


def readable(colour: str, *, on: str) -> str:
    """`colour` moved towards black or white in small steps until its contrast on `on` is enough."""
    goal = (0, 0, 0) if luminance(on) > 0.5 else (255, 255, 255)
    start = _channels(colour)
    for step in range(51):
        share = step / 50
        mixed = [round(c + (g - c) * share) for c, g in zip(start, goal, strict=True)]
        found = "#" + "".join(f"{channel:02x}" for channel in mixed)
        if contrast(found, on) >= LEAST_CONTRAST:
            return found
    return "#000000" if goal == (0, 0, 0) else "#ffffff"


def contrast(one: str, other: str) -> float:
    """The contrast ratio of two colours, 1 to 21 (WCAG 2.2, "contrast ratio")."""
    darker, lighter = sorted((luminance(one), luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def luminance(colour: str) -> float:
    """The relative luminance of "#rrggbb", 0 to 1 (WCAG 2.2, "relative luminance")."""
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in (v / 255 for v in _channels(colour))]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def _channels(colour: str) -> list[int]:
    return [int(colour[i : i + 2], 16) for i in (1, 3, 5)]
