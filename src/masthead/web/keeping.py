"""Which answers are kept in memory, and answering from it inside Django. The fastest way, before Django, is `web.front`."""

from __future__ import annotations

import functools
from collections.abc import Callable
from hashlib import sha256

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.utils import timezone
from django.utils.cache import get_max_age, patch_vary_headers
from django.utils.text import compress_string

from masthead.web import freshness
from masthead.web.kept_pages import LONGEST, PAGES, Key, Page

View = Callable[..., HttpResponseBase]
_MARK = "_masthead_keep"
_TEXTS = ("text/", "application/atom", "application/rss", "application/feed", "application/xml")
_SAFE = frozenset({"GET", "HEAD", "OPTIONS", "TRACE"})


def keep(view: View) -> View:
    """The view's answers look the same to everybody and may be kept until something that is shown changes."""

    @functools.wraps(view)
    def marked(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponseBase:
        response = view(request, *args, **kwargs)
        setattr(response, _MARK, True)
        return response

    return marked


class KeptPagesMiddleware:
    """Outside all others: what is kept has passed them."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """The kept page, or the answer, which is kept if it may be."""
        if not _may_be_kept(request):
            response = self._get_response(request)
            if request.method not in _SAFE:
                PAGES.doubt()
            return response
        mark = PAGES.check(lambda: freshness.mark(timezone.now()))
        key = _key(request)
        page = PAGES.get(key)
        if page is None:
            response = self._get_response(request)
            if not _is_for_all(response):
                return response
            page = _page(response, gzip=key.gzip)
            PAGES.put(key, page, mark=mark)
        return _answer(request, page)


def has_power(cookie: str, authorization: str) -> bool:
    """Whether a request shows a session or credentials: it is then neither answered from memory nor kept (security rule S27)."""
    return bool(authorization) or settings.SESSION_COOKIE_NAME in cookie


def _may_be_kept(request: HttpRequest) -> bool:
    return (
        settings.KEEP_PAGES
        and request.method == "GET"
        and not request.META.get("QUERY_STRING")
        and not has_power(request.headers.get("Cookie", ""), request.headers.get("Authorization", ""))
        # Dates are the views' own business.
        and ("If-None-Match" in request.headers or "If-Modified-Since" not in request.headers)
        and not request.path.startswith("/desk/")
    )


def _key(request: HttpRequest) -> Key:
    gzip = "gzip" in request.headers.get("Accept-Encoding", "")
    return Key(request.scheme or "http", request.headers.get("Host", ""), request.path, gzip)


def _is_for_all(response: HttpResponseBase) -> bool:
    return (
        getattr(response, _MARK, False)
        and isinstance(response, HttpResponse)
        and response.status_code == 200
        and not response.cookies
        and "cookie" not in response.headers.get("Vary", "").lower()
        and not {"private", "no-store"} & {part.strip() for part in response.headers.get("Cache-Control", "").split(",")}
    )


def _page(response: HttpResponseBase, *, gzip: bool) -> Page:
    body = bytes(getattr(response, "content", b""))
    headers = response.headers
    etag = headers.get("ETag") or f'W/"{sha256(body).hexdigest()[:32]}"'
    if gzip and len(body) > 500 and "Content-Encoding" not in headers and headers["Content-Type"].startswith(_TEXTS):
        body = compress_string(body)
        headers["Content-Encoding"] = "gzip"
    patch_vary_headers(response, ["Accept-Encoding"])
    headers["ETag"] = etag
    # Asked again each time, so that a correction is seen at once; the answer is mostly a 304.
    headers.setdefault("Cache-Control", "max-age=0, must-revalidate")
    kept = tuple((name, value) for name, value in headers.items() if name.lower() != "content-length")
    # A feed says how long it is fresh: never past the moment the next issue becomes public.
    fresh = get_max_age(response) or 0
    return Page(kept, body, etag, PAGES.clock(), float(min(fresh, LONGEST)) if fresh else LONGEST)


def _answer(request: HttpRequest, page: Page) -> HttpResponse:
    wanted = request.headers.get("If-None-Match", "")
    if wanted and page.matches(wanted):
        response = HttpResponse(status=304, headers=dict(page.headers_of_304()))
        del response.headers["Content-Type"]
        return response
    response = HttpResponse(page.body, headers=dict(page.headers))
    response.headers["Content-Length"] = str(len(page.body))
    response.headers["Age"] = str(int(PAGES.clock() - page.born))
    return response
