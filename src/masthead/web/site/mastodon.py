"""Sharing on Mastodon, which has no one address: the reader names their server, and nothing keeps it here."""

from __future__ import annotations

import re
from urllib.parse import quote

from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_safe

from masthead.issues import lookups
from masthead.issues.models import Publication
from masthead.web.page import for_publication, page
from masthead.web.site.issue_page import address_of

_SERVER = re.compile(r"(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.){1,8}[a-z][a-z0-9-]{1,62}")


@require_safe
@for_publication
def share_mastodon(request: HttpRequest, publication: Publication, number: int) -> HttpResponse:
    """The form; with ?server= a link to that server's own share page. No redirect: the reader sees where they are going."""
    edition = lookups.edition_at(publication, number)
    if edition is None or not lookups.is_public(edition, timezone.now()):
        raise Http404
    typed = request.GET.get("server", "").strip()[:200]
    server = _server_in(typed)
    target = f"https://{server}/share?text={quote(f'{edition.title} {address_of(edition)}', safe='')}" if server else ""
    context = {"edition": edition, "typed": typed, "server": server, "target": target, "bad": bool(typed) and not server}
    return page(request, "site/mastodon.html", context, language=edition.language, direction=edition.direction, noindex=True)


def _server_in(typed: str) -> str:
    """The host in "mastodon.example", "https://mastodon.example/@me" or "@me@mastodon.example"; "" for none."""
    host = typed.lower().removeprefix("https://").removeprefix("http://").split("/")[0].rpartition("@")[2]
    return host if _SERVER.fullmatch(host) else ""
