"""Read-only questions about issues and editions. Public means: for everyone's eyes, now."""

from __future__ import annotations

from datetime import datetime

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.db.models.functions import ExtractYear

from masthead.audience.models import MailingList
from masthead.issues import numbering
from masthead.issues.models import Edition, Issue, Publication, TakenNumber

#: What a stranger may read on the web; `unlisted` only with the address in hand.
LISTED = frozenset({Issue.Visibility.PUBLIC, Issue.Visibility.READERS})
READABLE = LISTED | {Issue.Visibility.UNLISTED}


def archive(
    publication: Publication, *, now: datetime, year: int | None = None, language: str | None = None
) -> QuerySet[Edition]:
    """The newest version of every listed issue that is public, newest number first."""
    found = newest_versions(publication).filter(issue__public_from__lte=now, visibility__in=LISTED)
    if year is not None:
        found = found.filter(date__year=year)
    if language is not None:
        found = found.filter(language=language)
    return found.order_by("-number", "language")


def years(publication: Publication, *, now: datetime) -> list[int]:
    """The years that have listed issues, newest first."""
    found = archive(publication, now=now).order_by().annotate(year=ExtractYear("date")).values_list("year", flat=True)
    return sorted(set(found), reverse=True)


def languages(publication: Publication, *, now: datetime) -> list[str]:
    """The languages that have listed issues, by their tags (BCP 47)."""
    return sorted(set(archive(publication, now=now).order_by().values_list("language", flat=True)))


def newest(publication: Publication, *, now: datetime, language: str | None = None) -> Edition | None:
    """The listed public edition with the highest number."""
    return archive(publication, now=now, language=language).first()


def edition_at(publication: Publication, number: int, language: str | None = None) -> Edition | None:
    """The newest version of No. `number`, public or not, in `language` or else in its original one.

    Each number of a double issue finds it: compare with `edition.number` for the one in the address.
    """
    taken = TakenNumber.objects.filter(publication=publication, number=number).select_related("issue").first()
    if taken is None or taken.issue is None:
        return None
    versions = newest_versions(publication).select_related("issue", "publication")
    if language is None:
        return versions.filter(issue=taken.issue).first()
    return versions.filter(number=taken.issue.number or 0, language=language).first()


def versions_of(issue: Issue) -> QuerySet[Edition]:
    """All versions of `issue`, newest first, without rehearsals."""
    return Edition.objects.filter(issue=issue, is_test=False).order_by("-version")


def translations(edition: Edition, *, now: datetime) -> QuerySet[Edition]:
    """The same number in all its languages, `edition` among them, as far as it may be read."""
    return (
        newest_versions(edition.publication)
        .filter(number=edition.number, issue__public_from__lte=now, visibility__in=READABLE)
        .order_by("language")
    )


def neighbours(edition: Edition, *, now: datetime) -> tuple[Edition | None, Edition | None]:
    """The listed editions before and after, in the same language."""
    listed = archive(edition.publication, now=now, language=edition.language)
    before = listed.filter(number__lt=edition.number).order_by("-number").first()
    after = listed.filter(number__gt=edition.number).order_by("number").first()
    return before, after


def is_public(edition: Edition, now: datetime) -> bool:
    """Whether whoever has the address may see it: a reader's sign-in may still be asked for (`visibility` readers)."""
    public_from = edition.issue.public_from
    return not edition.is_test and public_from is not None and public_from <= now and edition.visibility in READABLE


def tombstone(publication: Publication, number: int) -> TakenNumber | None:
    """The withdrawn number: answered with 410, its date and reason."""
    return TakenNumber.objects.filter(publication=publication, number=number, withdrawn_at__isnull=False).first()


def lists_for(publication: Publication) -> QuerySet[MailingList]:
    """Whom an issue may be sent to at the desk: the lists of its publication, and those of none; never another's readers."""
    mine = Q(publications=publication) | Q(publications=None)
    return MailingList.objects.filter(mine).distinct().order_by("name")


def next_number(publication: Publication) -> int:
    """The number that the next issue without a planned one takes."""
    return numbering.next_number(publication)


def next_public_at(publication: Publication, *, now: datetime) -> datetime | None:
    """When the next issue becomes public by itself: nothing may be cached past it."""
    coming = Issue.objects.filter(publication=publication, public_from__gt=now).order_by("public_from").first()
    return coming.public_from if coming else None


def newest_versions(publication: Publication) -> QuerySet[Edition]:
    """One edition for each frozen issue: the newest that is no rehearsal."""
    newer = Edition.objects.filter(issue=OuterRef("issue"), is_test=False, version__gt=OuterRef("version"))
    return Edition.objects.filter(publication=publication, is_test=False).filter(~Exists(newer)).select_related("issue")
