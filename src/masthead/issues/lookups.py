"""Read-only questions about issues and editions. Public means: for everyone's eyes, now."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.db.models.functions import ExtractYear

from masthead.audience.models import MailingList
from masthead.common import solar_hijri
from masthead.issues import numbering
from masthead.issues.models import Edition, Issue, Publication, TakenNumber

#: What a stranger may read on the web; `unlisted` only with the address in hand.
LISTED = frozenset({Issue.Visibility.PUBLIC, Issue.Visibility.READERS})
READABLE = LISTED | {Issue.Visibility.UNLISTED}


@dataclass(frozen=True)
class Contributor:
    """Somebody whose name stands in bylines: the ids of the editions, newest number first."""

    name: str
    family_name: str
    editions: tuple[int, ...]


def archive(
    publication: Publication, *, now: datetime, year: int | None = None, language: str | None = None
) -> QuerySet[Edition]:
    """The newest version of every listed issue that is public, newest number first; of a `year` of the publication's calendar."""
    found = newest_versions(publication).filter(issue__public_from__lte=now, visibility__in=LISTED)
    if year is not None:
        found = found.filter(date__range=_days_of(publication, year))
    if language is not None:
        found = found.filter(language=language)
    return found.order_by("-number", "language")


def years(publication: Publication, *, now: datetime) -> list[int]:
    """The years that have listed issues, newest first: of the Solar Hijri calendar where the publication is in Persian."""
    listed = archive(publication, now=now).order_by()
    if solar_hijri.is_used_in(publication.language):
        days = listed.values_list("date", flat=True).distinct()
        found = {solar_hijri.from_date(day)[0] for day in days if solar_hijri.is_used_in(publication.language, day)}
    else:
        found = set(listed.annotate(year=ExtractYear("date")).values_list("year", flat=True))
    return sorted(found, reverse=True)


def year_in_another_calendar(publication: Publication, year: int, *, now: datetime) -> int | None:
    """The year of the publication's calendar that has the newest issue of `year` of the other one; None without any."""
    persian = solar_hijri.is_used_in(publication.language)
    try:
        days = _gregorian(year) if persian else _solar(year)
    except (ValueError, OverflowError):
        return None
    newest = archive(publication, now=now).filter(date__range=days).order_by("-date").values_list("date", flat=True).first()
    if newest is None:
        return None
    return solar_hijri.from_date(newest)[0] if persian else newest.year


def contributors(publication: Publication, *, now: datetime) -> list[Contributor]:
    """Who stands in the bylines of listed issues, by family name."""
    found: dict[str, list[int]] = {}
    families: dict[str, str] = {}
    for pk, authors in archive(publication, now=now).values_list("pk", "head__authors"):
        for author in authors or ():
            name = author["name"]
            families.setdefault(name, author.get("family_name") or name)
            if pk not in found.setdefault(name, []):
                found[name].append(pk)
    people = [Contributor(name, families[name], tuple(editions)) for name, editions in found.items()]
    return sorted(people, key=lambda one: (one.family_name.casefold(), one.name.casefold()))


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


def unpublished() -> QuerySet[Issue]:
    """What is still to appear; the withdrawn is not."""
    found: QuerySet[Issue] = Issue.objects.filter(public_from=None).exclude(taken_numbers__withdrawn_at__isnull=False)
    return found


def tombstone(publication: Publication, number: int) -> TakenNumber | None:
    """The withdrawn number: answered with 410, its date and reason."""
    return TakenNumber.objects.filter(publication=publication, number=number, withdrawn_at__isnull=False).first()


def never_published(publication: Publication, number: int, *, now: datetime) -> bool:
    """Whether `number` is a gap: between two listed issues, and never given away, so that nothing unseen is told by saying so."""
    if TakenNumber.objects.filter(publication=publication, number=number).exists():
        return False
    listed = archive(publication, now=now)
    return listed.filter(number__lt=number).exists() and listed.filter(number__gt=number).exists()


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
    newest = Edition.objects.filter(publication=publication, is_test=False).filter(~Exists(newer))
    return newest.select_related("issue", "publication")


def _days_of(publication: Publication, year: int) -> tuple[date, date]:
    return _solar(year) if solar_hijri.is_used_in(publication.language) else _gregorian(year)


def _gregorian(year: int) -> tuple[date, date]:
    return date(year, 1, 1), date(year, 12, 31)


def _solar(year: int) -> tuple[date, date]:
    return solar_hijri.new_year(year), solar_hijri.new_year(year + 1) - timedelta(days=1)
