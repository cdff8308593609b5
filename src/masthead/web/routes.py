"""Routes made from the one table of public paths, so that what a mail links to and what is answered cannot drift apart."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from django.http import HttpResponseBase
from django.urls import URLPattern
from django.urls import path as route_path

from masthead.common.urls import PATHS

_CONVERTERS = {"number": "int", "year": "int", "document": "int"}


def route(name: str, view: Callable[..., HttpResponseBase], **extra: Any) -> URLPattern:
    """The route of `name`, a key of `common.urls.PATHS`, answered by `view`.

    Raises KeyError for a name that is not in the table.
    """
    pattern = re.sub(r"\{(\w+)\}", lambda found: f"<{_CONVERTERS.get(found[1], 'str')}:{found[1]}>", PATHS[name])
    return route_path(pattern.removeprefix("/"), view, extra, name=name)
