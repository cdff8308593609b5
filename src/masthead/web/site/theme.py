"""A publication's colours and typeface as a stylesheet: readable on paper and on the dark page, without any inline style."""

from __future__ import annotations

import re

from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from masthead.issues.rendering.colours import readable
from masthead.issues.rendering.faces import DEFAULT, FACES, face

#: The paper of site.css, light and dark: what the colour must stand out from.
PAPER_LIGHT = "#fdfcf8"
PAPER_DARK = "#16171a"
#: Against the shaded sheet, too, which is a little nearer to the colour than the paper: hence more than 4.5.
RATIO_LIGHT, RATIO_DARK = 5.2, 5.6
#: "1d4e89", "1d4e89-9cc4f2" with a colour by night, "1d4e89-palatino" with a typeface, or all three.
_NAME = re.compile(r"([0-9a-f]{6})(?:-([0-9a-f]{6}))?(?:-([a-z]+))?")
_DEFAULT_ACCENT = "1d4e89"


@require_safe
def theme(request: HttpRequest, name: str) -> HttpResponse:
    """The stylesheet of that name. It never changes, so it may be kept for ever."""
    found = _NAME.fullmatch(name)
    if found is None or (found[3] or DEFAULT) not in FACES:
        raise Http404
    headers = {"Cache-Control": "public, max-age=31536000, immutable"}
    css = stylesheet(f"#{found[1]}", night=f"#{found[2]}" if found[2] else "", typeface=found[3] or DEFAULT)
    return HttpResponse(css, content_type="text/css", headers=headers)


def name_of(accent: str, night: str = "", typeface: str = DEFAULT) -> str:
    """The name of the stylesheet of a look; what is no colour or no typeface is ours."""
    parts = [_digits(accent) or _DEFAULT_ACCENT, _digits(night), typeface if typeface in FACES and typeface != DEFAULT else ""]
    return "-".join(part for part in parts if part)


def stylesheet(accent: str, *, night: str = "", typeface: str = DEFAULT) -> str:
    """The custom properties of a look: `accent` and `night` ("#rrggbb", "" for the same) made readable, and the typeface."""
    light = readable(accent, on=PAPER_LIGHT, ratio=RATIO_LIGHT)
    dark = readable(night or accent, on=PAPER_DARK, ratio=RATIO_DARK)
    families = face(typeface).site
    serif = f";--serif:{families}" if families else ""
    return (
        f":root{{--accent:{light};--on-accent:{PAPER_LIGHT}{serif}}}\n"
        f"@media screen and (prefers-color-scheme:dark){{:root{{--accent:{dark};--on-accent:{PAPER_DARK}}}}}\n"
    )


def _digits(colour: str) -> str:
    digits = colour.lstrip("#").lower()
    return digits if re.fullmatch(r"[0-9a-f]{6}", digits) else ""
