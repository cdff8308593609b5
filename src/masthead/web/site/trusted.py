"""The reviewed list of what the public pages write without escaping (security rule S4). Nothing else may."""

from __future__ import annotations

import json
from typing import Any

from django.utils.safestring import SafeString

from masthead.issues.models import Edition

_JSON_ESCAPES = {ord("<"): "\\u003c", ord(">"): "\\u003e", ord("&"): "\\u0026", 0x2028: "\\u2028", 0x2029: "\\u2029"}


def article(edition: Edition) -> SafeString:
    """The frozen article: written by `issues.rendering` from values that it escaped or passed through its allow-list."""
    return SafeString(edition.web_html)


def data(value: Any) -> SafeString:
    """JSON for a `<script type="application/ld+json">`: a block of data, in which nothing can end the element."""
    return SafeString(json.dumps(value, ensure_ascii=False).translate(_JSON_ESCAPES))
