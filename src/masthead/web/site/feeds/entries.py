"""What a feed says, whatever its format."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from hashlib import sha256

from django.db.models import Q

from masthead.common.urls import absolute
from masthead.issues.models import Edition, Issue, Publication
from masthead.issues.publications import base_url_of
from masthead.web.site.feeds.documents import Chain, listed
from masthead.web.site.heads import authors_of, published_at
from masthead.web.site.pictures import LeadPicture, at_home, lead_picture
from masthead.web.site.searching import HEAVY

#: RFC 5005's subscription document: the newest, what is in no archive document yet, and what lately appeared or was corrected
#: however old its number is.
_NEWEST = 20
_LATELY = timedelta(days=30)
#: XML 1.0, section 2.2: these cannot be written at all.
_NOT_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")


@dataclass(frozen=True)
class Author:
    """A name and perhaps a page."""

    name: str
    url: str = ""


@dataclass(frozen=True)
class Entry:
    """One issue. `html` is empty where only readers who signed in may read it."""

    id: str
    url: str
    title: str
    summary: str
    html: str
    number: int
    label: str
    language: str
    published: datetime
    updated: datetime
    authors: list[Author] = field(default_factory=list)
    picture: LeadPicture | None = None


@dataclass(frozen=True)
class Feed:
    """Issues of a publication (in one language of its, if `language` was asked for): the newest, or one archive document.

    `older`, `newer` and `current` are the addresses of the documents beside it (RFC 5005, section 4), "" where there is none;
    `current` is "" in the subscription document itself.
    """

    id: str
    title: str
    subtitle: str
    language: str
    home: str
    address: str
    updated: datetime
    entries: list[Entry]
    older: str = ""
    newer: str = ""
    current: str = ""

    @property
    def is_archive(self) -> bool:
        """Whether it is an archive document, which stays as it is."""
        return bool(self.current)


def editions_of(publication: Publication, chain: Chain, *, now: datetime, language: str | None) -> list[Edition]:
    """The editions of the subscription document without their texts, newest number first."""
    numbers = listed(publication, now=now, language=language)
    newest = list(numbers.values_list("number", flat=True)[:_NEWEST])
    if not newest:
        return []
    archived = Q()
    for first, last in chain.ranges:
        archived |= Q(number__range=(first, last))
    # A gap that was filled late comes into an old archive document, which subscribers do not read again.
    late = numbers.filter(issue__public_from__gt=now - _LATELY).order_by("-issue__public_from", "-number")
    wanted = Q(number__gte=newest[-1]) | Q(pk__in=list(late.values_list("pk", flat=True)[:_NEWEST]))
    wanted |= Q(version__gt=1, created_at__gt=now - _LATELY)
    if archived:
        wanted |= ~archived
    return list(numbers.filter(wanted).defer(*HEAVY))


def editions_in(publication: Publication, numbers: tuple[int, int], *, now: datetime, language: str | None) -> list[Edition]:
    """The editions of the archive document of `numbers` (first and last), newest number first."""
    return list(listed(publication, now=now, language=language).filter(number__range=numbers).defer(*HEAVY))


def etag_of(publication: Publication, editions: list[Edition], *about: object) -> str:
    """A strong ETag: equal as long as the document would be the same, byte for byte. `about` is what else it depends on."""
    known = [*map(str, about), publication.name, publication.tagline, base_url_of(publication), publication.tag_authority]
    known += [f"{e.pk}:{e.digest}:{e.visibility}:{published_at(e).isoformat()}" for e in editions]
    return f'"{sha256(chr(0).join(known).encode()).hexdigest()[:32]}"'


def updated_at(publication: Publication, editions: list[Edition]) -> datetime:
    """When anything in the feed last changed."""
    return max((_updated(edition) for edition in editions), default=publication.created_at)


def feed_of(
    publication: Publication,
    editions: list[Edition],
    *,
    route: str,
    language: str | None = None,
    document: int | None = None,
    chain: Chain,
) -> Feed:
    """The feed that is answered at `route` ("feed_atom"): archive document `document`, else the subscription document."""
    base = base_url_of(publication)
    texts = dict(Edition.objects.filter(pk__in=[e.pk for e in editions]).values_list("pk", "feed_html"))

    def address(of: int | None) -> str:
        name = route + ("_archive" if of else "") + ("_language" if language else "")
        return absolute(base, name, **({"document": of} if of else {}), **({"language": language} if language else {}))

    older, newer = chain.beside(document)
    return Feed(
        id=_tag(publication, language or "feed"),
        title=clean(publication.name),
        subtitle=clean(publication.tagline),
        language=language or publication.language,
        home=absolute(base, "home"),
        address=address(document),
        updated=updated_at(publication, editions),
        entries=[_entry(publication, base, edition, texts[edition.pk]) for edition in editions],
        older=address(older) if older else "",
        newer=address(newer) if newer else "",
        current=address(None) if document else "",
    )


def clean(text: str) -> str:
    """`text` without the characters that XML cannot hold."""
    return _NOT_XML.sub("", text)


def _entry(publication: Publication, base: str, edition: Edition, html: str) -> Entry:
    translated = edition.issue.translation_of_id is not None
    where = {"number": edition.number, "language": edition.language} if translated else {"number": edition.number}
    specific = f"{edition.number}/{edition.language}" if translated else str(edition.number)
    return Entry(
        id=_tag(publication, specific),
        url=absolute(base, "issue_language" if translated else "issue", **where),
        title=clean(edition.title),
        summary=clean(edition.excerpt),
        html=clean(at_home(html, edition)) if edition.visibility == Issue.Visibility.PUBLIC else "",
        number=edition.number,
        label=edition.label or str(edition.number),
        language=edition.language,
        published=published_at(edition),
        updated=_updated(edition),
        authors=[Author(clean(a["name"]), a.get("url", "")) for a in authors_of(edition)],
        picture=lead_picture(edition),
    )


def _updated(edition: Edition) -> datetime:
    """An edition frozen in advance is new on the day it becomes public."""
    published: datetime = published_at(edition)
    return max(edition.created_at, published) if edition.version > 1 else published


def _tag(publication: Publication, specific: str) -> str:
    """RFC 4151: an id that survives every change of address."""
    return f"tag:{publication.tag_authority}:{publication.slug}/{specific}"
