"""In front of Django: a kept page is answered where the request comes in, without a thread, a middleware or the database."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from django.conf import settings

from masthead.web.keeping import has_power
from masthead.web.kept_pages import PAGES, Key, Page

Scope = dict[str, Any]
Receive = Callable[[], Awaitable[Mapping[str, Any]]]
Send = Callable[[Mapping[str, Any]], Awaitable[None]]
Application = Callable[[Scope, Receive, Send], Awaitable[None]]


class Front:
    """An ASGI application around Django's."""

    def __init__(self, application: Application) -> None:
        self._application = application

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """The kept page if nothing has to be asked for it, else whatever Django answers."""
        if scope["type"] == "http" and scope["method"] == "GET" and not scope["query_string"] and settings.KEEP_PAGES:
            headers = {name: value.decode("latin-1") for name, value in scope["headers"]}
            page = _kept(scope, headers)
            if page is not None:
                await _send(page, headers.get(b"if-none-match", ""), send)
                return
        await self._application(scope, receive, send)


def _kept(scope: Scope, headers: dict[bytes, str]) -> Page | None:
    if has_power(headers.get(b"cookie", ""), headers.get(b"authorization", "")):
        return None
    if b"if-modified-since" in headers and b"if-none-match" not in headers:
        return None
    scheme = headers.get(b"x-forwarded-proto", "http") if settings.BEHIND_PROXY else scope["scheme"]
    gzip = "gzip" in headers.get(b"accept-encoding", "")
    return PAGES.at_once(Key(scheme, headers.get(b"host", ""), scope["path"], gzip))


async def _send(page: Page, if_none_match: str, send: Send) -> None:
    if if_none_match and page.matches(if_none_match):
        await send({"type": "http.response.start", "status": 304, "headers": _raw(page.headers_of_304())})
        await send({"type": "http.response.body", "body": b""})
        return
    headers = [*_raw(page.headers), (b"content-length", b"%d" % len(page.body)), (b"age", b"%d" % (PAGES.clock() - page.born))]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": page.body})


def _raw(headers: list[tuple[str, str]] | tuple[tuple[str, str], ...]) -> list[tuple[bytes, bytes]]:
    return [(name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in headers]
