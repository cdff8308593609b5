"""All issues: by year, by number, by language, by a word."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from html import escape, unescape

from django.db.models import Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.html import strip_tags
from django.views.decorators.http import require_safe

from masthead.issues import lookups
from masthead.issues.models import Edition, Issue, Publication, TakenNumber
from masthead.web.page import for_publication, page

_MOST_FOUND = 200
_LONGEST_QUERY = 100


@dataclass(frozen=True)
class Row:
    """One line of the archive: an edition, or a number that is not there and why."""

    number: int
    edition: Edition | None = None
    withdrawn: TakenNumber | None = None
    #: The last number of a gap that begins with `number`.
    until: int | None = None


@require_safe
@for_publication
def archive(request: HttpRequest, publication: Publication) -> HttpResponse:
    """The newest year, or what matches ?q=, or what there is in ?language=."""
    now = timezone.now()
    query = " ".join(request.GET.get("q", "").replace("\0", "").split())[:_LONGEST_QUERY]
    years = lookups.years(publication, now=now)
    if query:
        found = list(itertools.islice(_matching(lookups.archive(publication, now=now), query), _MOST_FOUND + 1))
        context = {"query": query, "rows": [Row(e.number, e) for e in found[:_MOST_FOUND]], "more": len(found) > _MOST_FOUND}
        return page(request, "site/archive.html", {"years": years, **context}, noindex=True)
    spoken = lookups.languages(publication, now=now)
    chosen = request.GET.get("language", "")
    if chosen in spoken and len(spoken) > 1:
        found = list(lookups.archive(publication, now=now, language=chosen).defer(*HEAVY)[: _MOST_FOUND + 1])
        context = {"chosen": chosen, "rows": [Row(e.number, e) for e in found[:_MOST_FOUND]], "more": len(found) > _MOST_FOUND}
        return page(request, "site/archive.html", {"years": years, "spoken": spoken, **context}, noindex=True)
    return _year(request, publication, years[0] if years else now.year, years, now, canonical="archive")


@require_safe
@for_publication
def archive_year(request: HttpRequest, publication: Publication, year: int) -> HttpResponse:
    """One year."""
    now = timezone.now()
    years = lookups.years(publication, now=now)
    if year not in years:
        raise Http404
    return _year(request, publication, year, years, now, canonical="archive_year")


def _year(
    request: HttpRequest, publication: Publication, year: int, years: list[int], now: datetime, *, canonical: str
) -> HttpResponse:
    editions = list(lookups.archive(publication, now=now, year=year).defer(*HEAVY))
    rows = list(_with_gaps(publication, editions))
    context = {"year": year, "years": years, "rows": rows, "canonical": canonical}
    return page(request, "site/archive.html", {**context, "spoken": lookups.languages(publication, now=now)})


def _with_gaps(publication: Publication, editions: list[Edition]) -> Iterable[Row]:
    """`editions` (newest number first) and, between them, the numbers that a reader would look for in vain."""
    if not editions:
        return
    first, last = editions[-1].number, editions[0].number
    taken = {t.number: t for t in TakenNumber.objects.filter(publication=publication, number__range=(first, last))}
    shown = {edition.number for edition in editions}
    # A double issue takes both numbers: the second is no gap.
    doubled = {n for n, t in taken.items() if getattr(t, "issue_id", None) in {e.issue_id for e in editions}}
    for edition, older in zip(editions, [*editions[1:], None], strict=True):
        yield Row(edition.number, edition)
        missing = sorted(set(range(older.number + 1, edition.number)) - shown - doubled, reverse=True) if older else []
        yield from _gap_rows(missing, taken)


def _gap_rows(missing: list[int], taken: dict[int, TakenNumber]) -> Iterable[Row]:
    """One row for each withdrawn number, one for each run of numbers that never appeared."""
    run: list[int] = []
    for number in missing:
        withdrawn = taken.get(number)
        if withdrawn is not None and withdrawn.withdrawn_at is not None:
            yield from _run(run)
            run = []
            yield Row(number, withdrawn=withdrawn)
        else:
            run.append(number)
    yield from _run(run)


def _run(run: list[int]) -> Iterable[Row]:
    if run:
        yield Row(run[-1], until=run[0] if len(run) > 1 else None)


def _matching(editions: QuerySet[Edition], query: str) -> Iterator[Edition]:
    """Editions with every word of `query` in title, byline, excerpt or text, or with that number.

    The text of an issue for readers alone is not searched: who may not read it could otherwise ask what is in it.
    """
    if query.isdecimal() and len(query) < 10:
        numbered = Q(number=int(query)) | Q(label__icontains=query) | Q(title__icontains=query)
        yield from editions.defer(*HEAVY).filter(numbered)
        return
    words = query.split()[:8]
    found = editions.defer(*(name for name in HEAVY if name != "feed_html"))
    for word in words:
        text = Q(visibility=Issue.Visibility.PUBLIC, feed_html__icontains=escape(word, quote=False))
        head = Q(title__icontains=word) | Q(excerpt__icontains=word) | Q(byline__icontains=word) | Q(label__icontains=word)
        found = found.filter(head | text)
    for edition in found.iterator(chunk_size=100):
        if _is_read(edition, words):
            yield edition


def _is_read(edition: Edition, words: list[str]) -> bool:
    """Whether a person reads all `words` there: the database also finds them in tags and addresses."""
    text = edition.feed_html if edition.visibility == Issue.Visibility.PUBLIC else ""
    read = " ".join((edition.title, edition.excerpt, edition.byline, edition.label, unescape(strip_tags(text)))).casefold()
    return all(word.casefold() in read for word in words)


#: The columns a list of editions does not need.
HEAVY = ("web_html", "feed_html", "mail_html_full", "mail_html_excerpt", "text_full", "text_excerpt", "links", "slots")
