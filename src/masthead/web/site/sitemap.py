"""What search engines may read: the sitemap and robots.txt."""

from __future__ import annotations

from xml.etree import ElementTree as ET

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.gzip import gzip_page
from django.views.decorators.http import require_safe

from masthead.common.urls import PATHS, absolute
from masthead.issues import lookups
from masthead.issues.models import Issue, Publication
from masthead.issues.publications import base_url_of
from masthead.web.hosts import publication_of
from masthead.web.page import for_publication
from masthead.web.site.heads import published_at
from masthead.web.site.searching import HEAVY

#: The most a sitemap may list (sitemaps.org).
_MOST = 50_000
_PRIVATE = ("account", "sign_in", "sign_in_link", "unsubscribe", "preferences", "confirm", "address", "forward_stop")


@require_safe
@gzip_page
@for_publication
def sitemap(request: HttpRequest, publication: Publication) -> HttpResponse:
    """Home, archive and every issue that is for everyone."""
    base, now = base_url_of(publication), timezone.now()
    root = ET.Element("urlset", {"xmlns": "http://www.sitemaps.org/schemas/sitemap/0.9"})
    for name in ("home", "archive", "subscribe"):
        ET.SubElement(ET.SubElement(root, "url"), "loc").text = absolute(base, name)
    for year in lookups.years(publication, now=now):
        ET.SubElement(ET.SubElement(root, "url"), "loc").text = absolute(base, "archive_year", year=year)
    listed = lookups.archive(publication, now=now).filter(visibility=Issue.Visibility.PUBLIC).defer(*HEAVY)
    for edition in listed[: _MOST - 1000]:
        url = ET.SubElement(root, "url")
        translated = edition.issue.translation_of_id is not None
        where = {"number": edition.number, "language": edition.language} if translated else {"number": edition.number}
        ET.SubElement(url, "loc").text = absolute(base, "issue_language" if translated else "issue", **where)
        changed = edition.created_at if edition.version > 1 else published_at(edition)
        ET.SubElement(url, "lastmod").text = changed.isoformat(timespec="seconds")
    body = ET.tostring(root, encoding="utf-8", xml_declaration=True)
    return HttpResponse(body, content_type="application/xml; charset=utf-8")


@require_safe
def robots(request: HttpRequest) -> HttpResponse:
    """Everything but readers' own pages and the desk."""
    publication = publication_of(request)
    closed = ["/desk/", *(PATHS[name].partition("{")[0] for name in _PRIVATE)]
    lines = ["User-agent: *", *(f"Disallow: {path}" for path in closed)]
    if publication is not None:
        lines.append(f"Sitemap: {absolute(base_url_of(publication), 'sitemap')}")
    return HttpResponse("\n".join(lines) + "\n", content_type="text/plain; charset=utf-8")
