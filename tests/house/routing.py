"""Every route of the install, with an address one can ask for."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from django.urls import URLPattern, URLResolver, get_resolver

SAMPLES = {"int": "1", "str": "1", "slug": "x", "path": "x", "uuid": "00000000-0000-4000-8000-000000000000"}


def routes() -> list[tuple[str, str, Any]]:
    """(pattern, address, view) of each route, in the order they are tried."""
    return list(_walk(get_resolver(), ""))


def _walk(resolver: URLResolver, before: str) -> Iterator[tuple[str, str, Any]]:
    for entry in resolver.url_patterns:
        pattern = before + str(entry.pattern)
        if isinstance(entry, URLPattern):
            yield pattern, "/" + _address(pattern), entry.callback
        else:
            yield from _walk(entry, pattern)


def _address(pattern: str) -> str:
    """An address that the pattern matches: for converters their samples, for regular expressions the shortest text."""
    pattern = re.sub(r"<(?:(\w+):)?\w+>", lambda found: SAMPLES[found[1] or "str"], re.sub(r"\(\?P<\w+>", "(", pattern))
    pattern = re.sub(r"\(\\d\+\)|\\d\+|\(\[0-9\]\+\)", "1", pattern)
    pattern = re.sub(r"\(?\[[^\]]+\]\+\)?", "x", pattern)
    pattern = re.sub(r"\(([^|()]*)\|[^()]*\)", r"\1", pattern)
    return re.sub(r"[\^$()?]|\.\*|\\", "", pattern)
