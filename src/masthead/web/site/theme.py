"""A publication's colour as a stylesheet: readable on paper and on the dark page, without any inline style."""

from __future__ import annotations

import re

from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from masthead.issues.rendering.colours import readable

#: The paper of site.css, light and dark: what the colour must stand out from.
PAPER_LIGHT = "#fdfcf8"
PAPER_DARK = "#16171a"


@require_safe
def theme(request: HttpRequest, name: str) -> HttpResponse:
    """The stylesheet of one colour, `name` being six hexadecimal digits. It never changes, so it may be kept for ever."""
    if not re.fullmatch(r"[0-9a-f]{6}", name):
        raise Http404
    headers = {"Cache-Control": "public, max-age=31536000, immutable"}
    return HttpResponse(stylesheet(f"#{name}"), content_type="text/css", headers=headers)


def stylesheet(accent: str) -> str:
    """The custom properties of `accent` ("#rrggbb"), made darker or lighter until it can be read."""
    # Against the shaded sheet, too, which is a little nearer to the colour than the paper: hence more than 4.5.
    light, dark = readable(accent, on=PAPER_LIGHT, ratio=5.2), readable(accent, on=PAPER_DARK, ratio=5.6)
    return (
        f":root{{--accent:{light};--on-accent:{PAPER_LIGHT}}}\n"
        f"@media screen and (prefers-color-scheme:dark){{:root{{--accent:{dark};--on-accent:{PAPER_DARK}}}}}\n"
    )
