"""All issues: by year, by number, by language, by who wrote them, by a word."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils import timezone
from django.views.decorators.http import require_safe

from masthead.issues import lookups
from masthead.issues.models import Edition, Publication, TakenNumber
from masthead.web.page import for_publication, here, page
from masthead.web.site.searching import HEAVY, matching, query_of

_MOST_FOUND = 200


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
    """The newest year, or what matches ?q=, or what there is ?by= somebody or in ?language=."""
    now = timezone.now()
    query = query_of(request.GET.get("q", ""))
    listed = lookups.archive(publication, now=now)
    if query:
        return _some(request, publication, now, matching(listed, query, most=_MOST_FOUND + 1), query=query)
    people = lookups.contributors(publication, now=now)
    by = next((person for person in people if person.name == request.GET.get("by", "")), None)
    if by is not None:
        found = list(listed.filter(pk__in=by.editions[: _MOST_FOUND + 1]).defer(*HEAVY))
        return _some(request, publication, now, found, by=by, people=people)
    spoken = lookups.languages(publication, now=now)
    chosen = request.GET.get("language", "")
    if chosen in spoken and len(spoken) > 1:
        found = list(lookups.archive(publication, now=now, language=chosen).defer(*HEAVY)[: _MOST_FOUND + 1])
        return _some(request, publication, now, found, chosen=chosen, spoken=spoken)
    years = lookups.years(publication, now=now)
    newest = years[0] if years else now.year
    return _year(request, publication, newest, years, now, canonical="archive")


@require_safe
@for_publication
def archive_year(request: HttpRequest, publication: Publication, year: int) -> HttpResponse:
    """One year, of the calendar the publication dates by."""
    now = timezone.now()
    years = lookups.years(publication, now=now)
    if year in years:
        return _year(request, publication, year, years, now, canonical="archive_year")
    # An address from before the publication changed its language, and with it its calendar.
    other = lookups.year_in_another_calendar(publication, year, now=now)
    if other is None:
        raise Http404
    return HttpResponseRedirect(here(request, "archive_year", year=other))


def _some(request: HttpRequest, publication: Publication, now: datetime, found: list[Edition], **context: Any) -> HttpResponse:
    rows = [Row(edition.number, edition) for edition in found[:_MOST_FOUND]]
    context |= {"years": lookups.years(publication, now=now), "rows": rows, "more": len(found) > _MOST_FOUND}
    return page(request, "site/archive.html", context, noindex=True)


def _year(
    request: HttpRequest, publication: Publication, year: int, years: list[int], now: datetime, *, canonical: str
) -> HttpResponse:
    editions = list(lookups.archive(publication, now=now, year=year).defer(*HEAVY))
    rows = list(_with_gaps(publication, editions))
    around = {"spoken": lookups.languages(publication, now=now), "people": lookups.contributors(publication, now=now)}
    context = {"year": year, "years": years, "rows": rows, "canonical": canonical, **around}
    return page(request, "site/archive.html", context)


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
