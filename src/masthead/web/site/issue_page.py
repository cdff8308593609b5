"""One issue: its page, the mail as it was sent, and the addresses that lead to it."""

from __future__ import annotations

from datetime import datetime

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils import timezone
from django.views.decorators.http import require_safe

from masthead.common.sharing import share_links
from masthead.common.urls import absolute
from masthead.forwarding.forwarding import may_be_forwarded
from masthead.issues import lookups
from masthead.issues.models import Edition, Issue, Publication
from masthead.issues.publications import base_url_of
from masthead.web.middleware import SANDBOX
from masthead.web.page import for_publication, here, page
from masthead.web.reader_session import may_read
from masthead.web.site import trusted
from masthead.web.site.as_sent import mailed_html
from masthead.web.site.heads import head_of

Visibility = Issue.Visibility


@require_safe
@for_publication
def short(request: HttpRequest, publication: Publication, number: int) -> HttpResponse:
    """/1970 is what people type."""
    edition = lookups.edition_at(publication, number)
    if edition is None or not lookups.is_public(edition, timezone.now()):
        return _missing(request, publication, number)
    return _moved(request, edition)


@require_safe
@for_publication
def issue(request: HttpRequest, publication: Publication, number: int) -> HttpResponse:
    """The newest version of the issue in its original language."""
    now = timezone.now()
    edition = lookups.edition_at(publication, number)
    if edition is None or not lookups.is_public(edition, now):
        return _missing(request, publication, number)
    if edition.number != number:  # the second number of a double issue
        return _moved(request, edition)
    return _show(request, edition, now)


@require_safe
@for_publication
def issue_language(request: HttpRequest, publication: Publication, number: int, language: str) -> HttpResponse:
    """A translation; or the issue's short name after its number, which leads to its page."""
    now = timezone.now()
    edition = lookups.edition_at(publication, number, language)
    if edition is not None and lookups.is_public(edition, now):
        return _show(request, edition, now) if _is_translation(edition) else _moved(request, edition)
    original = lookups.edition_at(publication, number)
    if original is None or not lookups.is_public(original, now):
        return _missing(request, publication, number)
    if language == original.slug:
        return _moved(request, original)
    raise Http404


@require_safe
@for_publication
def as_sent(request: HttpRequest, publication: Publication, number: int, language: str | None = None) -> HttpResponse:
    """The mail as it went out, its reader's places filled with what anybody may see. Foreign HTML: it gets its own origin."""
    edition = lookups.edition_at(publication, number, language)
    if edition is None or not lookups.is_public(edition, timezone.now()):
        return _missing(request, publication, number)
    if edition.visibility == Visibility.READERS and not may_read(request, publication):
        return HttpResponseRedirect(page_of(request, edition))
    response = HttpResponse(mailed_html(edition))
    response.headers["Content-Security-Policy"] = SANDBOX.format(host=base_url_of(publication))
    response.headers["X-Robots-Tag"] = "noindex"
    response.headers["Content-Language"] = edition.language
    return response


def page_of(request: HttpRequest, edition: Edition) -> str:
    """The path of the edition's page."""
    if _is_translation(edition):
        return here(request, "issue_language", number=edition.number, language=edition.language)
    return here(request, "issue", number=edition.number)


def address_of(edition: Edition) -> str:
    """The absolute address of the edition's page."""
    base = base_url_of(edition.publication)
    if _is_translation(edition):
        return absolute(base, "issue_language", number=edition.number, language=edition.language)
    return absolute(base, "issue", number=edition.number)


def _show(request: HttpRequest, edition: Edition, now: datetime) -> HttpResponse:
    publication = edition.publication
    private = edition.visibility == Visibility.READERS
    if private and not may_read(request, publication):
        context = {"edition": edition, "next": page_of(request, edition)}
        return _varied(page(request, "site/readers_only.html", context, language=edition.language, noindex=True))
    before, after = lookups.neighbours(edition, now=now)
    url = address_of(edition)
    context = {
        "edition": edition,
        "article": trusted.article(edition),
        "head": head_of(edition, url=url, translations=list(lookups.translations(edition, now=now)), address=address_of),
        "share": share_links(publication.share_web, url=url, title=edition.title, excerpt=edition.excerpt),
        "may_forward": not _is_translation(edition) and may_be_forwarded(edition, now=now),
        "url": url,
        "before": before,
        "after": after,
        "people": [
            one for one in lookups.contributors(publication, now=now) if one.name in _authors(edition) and one.editions[1:]
        ],
    }
    hidden = edition.visibility != Visibility.PUBLIC
    response = page(request, "site/issue.html", context, language=edition.language, direction=edition.direction, noindex=hidden)
    return _varied(response) if private else response


def _authors(edition: Edition) -> set[str]:
    return {author["name"] for author in edition.head.get("authors") or ()}


def _missing(request: HttpRequest, publication: Publication, number: int) -> HttpResponse:
    """410 for a number that was withdrawn or passed over, 404 for one that is not there (yet); which of these two is not told."""
    tombstone = lookups.tombstone(publication, number)
    if tombstone is None and not lookups.never_published(publication, number, now=timezone.now()):
        raise Http404
    context = {"number": number, "tombstone": tombstone, **_around(publication, number)}
    return page(request, "site/withdrawn.html", context, status=410, noindex=True)


def _around(publication: Publication, number: int) -> dict[str, Edition | None]:
    listed = lookups.archive(publication, now=timezone.now())
    return {
        "before": listed.filter(number__lt=number).order_by("-number").first(),
        "after": listed.filter(number__gt=number).order_by("number").first(),
    }


def _is_translation(edition: Edition) -> bool:
    return edition.issue.translation_of_id is not None


def _moved(request: HttpRequest, edition: Edition) -> HttpResponse:
    # Not "permanent": a browser keeps that for ever, also past a correction of a wrong number.
    return HttpResponseRedirect(page_of(request, edition))


def _varied(response: HttpResponse) -> HttpResponse:
    response.headers["Cache-Control"] = "private, no-store"
    return response
