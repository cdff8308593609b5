"""The feeds' addresses."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from types import ModuleType

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.utils import timezone
from django.utils.cache import get_conditional_response
from django.utils.http import http_date
from django.views.decorators.gzip import gzip_page
from django.views.decorators.http import require_safe

from masthead.issues import lookups
from masthead.issues.models import Edition, Publication
from masthead.web.page import for_publication
from masthead.web.site.feeds import atom, json_feed, rss
from masthead.web.site.feeds.documents import Chain, chain_of, numbers_of
from masthead.web.site.feeds.entries import editions_in, editions_of, etag_of, feed_of, updated_at

_FRESH_SECONDS = 300


def _feed(route: str, format: ModuleType) -> Callable[..., HttpResponseBase]:
    @require_safe
    @gzip_page
    @for_publication
    def answered(
        request: HttpRequest, publication: Publication, language: str | None = None, document: int | None = None
    ) -> HttpResponse:
        """The newest, or archive document `document`; 304 when nothing changed since the client last asked."""
        now = timezone.now()
        chain = chain_of(publication, now=now, language=language)
        editions = _editions(publication, chain, now=now, language=language, document=document)
        # Stated before anything heavy is read: most requests to a feed end in 304.
        etag = etag_of(publication, editions, route, language, document, chain.beside(document))
        changed = int(updated_at(publication, editions).timestamp())
        headers = {
            "ETag": etag,
            "Last-Modified": http_date(changed),
            "Cache-Control": f"public, max-age={_fresh_for(publication, now)}",
            "Access-Control-Allow-Origin": "*",  # feeds are public, and readers that run in a browser need it
        }
        unchanged = get_conditional_response(request, etag, changed)
        if unchanged is not None:
            response = HttpResponse(status=unchanged.status_code, headers=headers)
            del response.headers["Content-Type"]
            return response
        document = format.write(feed_of(publication, editions, route=route, language=language, document=document, chain=chain))
        return HttpResponse(document, content_type=format.CONTENT_TYPE, headers=headers)

    return answered


def _editions(
    publication: Publication, chain: Chain, *, now: datetime, language: str | None, document: int | None
) -> list[Edition]:
    if document is None:
        editions = editions_of(publication, chain, now=now, language=language)
        if language is not None and not editions:
            raise Http404
        return editions
    if document not in chain.documents:
        raise Http404
    return editions_in(publication, numbers_of(document), now=now, language=language)


def _fresh_for(publication: Publication, now: datetime) -> int:
    """Seconds the feed may be kept: never past the moment the next issue becomes public."""
    coming = lookups.next_public_at(publication, now=now)
    return min(_FRESH_SECONDS, max(0, int((coming - now).total_seconds()))) if coming else _FRESH_SECONDS


#: By the name of the route, of which the archive's and the languages' are made.
FEEDS = {name: _feed(name, format) for name, format in (("feed_atom", atom), ("feed_rss", rss), ("feed_json", json_feed))}
