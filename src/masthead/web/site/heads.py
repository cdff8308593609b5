"""What the head of an issue page tells machines: search engines, social networks, reference managers."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from babel import Locale, UnknownLocaleError
from babel.core import get_global
from django.utils.safestring import SafeString

from masthead.issues.models import Edition
from masthead.web.site import trusted
from masthead.web.site.pictures import LeadPicture, lead_picture


@dataclass(frozen=True)
class Alternate:
    """The same issue in a language (BCP 47), or "x-default"."""

    language: str
    url: str


@dataclass(frozen=True)
class Meta:
    """One `<meta>`: `kind` is "name" or "property"."""

    kind: str
    key: str
    value: str


@dataclass(frozen=True)
class Head:
    """Everything between `<title>` and `</head>` that depends on the issue."""

    canonical: str
    alternates: list[Alternate]
    metas: list[Meta]
    json_ld: SafeString


def head_of(edition: Edition, *, url: str, translations: list[Edition], address: Callable[[Edition], str]) -> Head:
    """The head of the page at `url`. `translations` are all readable languages of the number, `edition` among them."""
    alternates = []
    if len(translations) > 1:
        original = next((e for e in translations if e.issue.translation_of_id is None), edition)
        alternates = [Alternate(e.language, address(e)) for e in translations] + [Alternate("x-default", address(original))]
    picture = lead_picture(edition, key="share_image") or lead_picture(edition)
    metas = [*_described(edition), *_open_graph(edition, url, picture), *_highwire(edition)]
    return Head(url, alternates, [meta for meta in metas if meta.value], trusted.data(json_ld(edition, url, picture)))


def json_ld(edition: Edition, url: str, picture: LeadPicture | None) -> dict[str, Any]:
    """Article → PublicationIssue → Periodical, in the words of schema.org."""
    publication = edition.publication
    periodical: dict[str, Any] = {
        "@type": "Periodical",
        "name": publication.name,
        "publisher": {"@type": "Organization", "name": publication.name},
    }
    if publication.issn:
        periodical["issn"] = publication.issn
    article: dict[str, Any] = {
        "@context": "https://schema.org",
        "@type": "Article",
        "headline": edition.title,
        "inLanguage": edition.language,
        "url": url,
        "mainEntityOfPage": url,
        "datePublished": published_at(edition).isoformat(),
        "dateModified": edition.created_at.isoformat() if edition.version > 1 else published_at(edition).isoformat(),
        "isPartOf": {
            "@type": "PublicationIssue",
            "issueNumber": edition.label or str(edition.number),
            "datePublished": edition.date.isoformat(),
            "isPartOf": periodical,
        },
    }
    if edition.excerpt:
        article["description"] = edition.excerpt
    if picture:
        article["image"] = [picture.url]
    if authors := authors_of(edition):
        article["author"] = [
            {"@type": "Person", "name": a["name"], **({"url": a["url"]} if a.get("url") else {})} for a in authors
        ]
    return article


def authors_of(edition: Edition) -> list[dict[str, str]]:
    """Who wrote it: people of the byline with the part "by", else the free byline as one name."""
    people = [person for person in edition.head.get("authors", []) if isinstance(person, dict) and person.get("name")]
    people = [person for person in people if person.get("role", "by") == "by"]
    if not people and edition.byline and not edition.head.get("authors"):
        return [{"name": edition.byline}]
    return people


def published_at(edition: Edition) -> Any:
    """When the issue became public."""
    return edition.issue.public_from or edition.created_at


def _described(edition: Edition) -> list[Meta]:
    return [
        Meta("name", "description", edition.excerpt),
        Meta("name", "author", ", ".join(a["name"] for a in authors_of(edition))),
    ]


def _open_graph(edition: Edition, url: str, picture: LeadPicture | None) -> list[Meta]:
    authors = authors_of(edition)
    found = [
        Meta("property", "og:type", "article"),
        Meta("property", "og:site_name", edition.publication.name),
        Meta("property", "og:locale", _og_locale(edition.language)),
        Meta("property", "og:title", edition.title),
        Meta("property", "og:description", edition.excerpt),
        Meta("property", "og:url", url),
        Meta("property", "article:published_time", published_at(edition).isoformat()),
        Meta("property", "article:modified_time", edition.created_at.isoformat() if edition.version > 1 else ""),
        *(Meta("property", "article:author", a["name"]) for a in authors),
        Meta("name", "twitter:card", "summary_large_image" if picture else "summary"),
        *(Meta("name", "fediverse:creator", a["fediverse"]) for a in authors if a.get("fediverse")),
    ]
    if picture:
        found += [
            Meta("property", "og:image", picture.url),
            Meta("property", "og:image:width", str(picture.width or "")),
            Meta("property", "og:image:height", str(picture.height or "")),
            Meta("property", "og:image:alt", picture.alt),
        ]
    return found


def _highwire(edition: Edition) -> list[Meta]:
    """What Zotero and Google Scholar read."""
    return [
        Meta("name", "citation_title", edition.title),
        *(Meta("name", "citation_author", _citation_name(a)) for a in authors_of(edition)),
        Meta("name", "citation_publication_date", edition.date.strftime("%Y/%m/%d")),
        Meta("name", "citation_journal_title", edition.publication.name),
        Meta("name", "citation_issn", edition.publication.issn),
        Meta("name", "citation_issue", str(edition.number)),
        Meta("name", "citation_language", edition.language),
    ]


def _citation_name(author: dict[str, str]) -> str:
    if author.get("family_name"):
        return ", ".join(part for part in (author["family_name"], author.get("given_name", "")) if part)
    return author["name"]


def _og_locale(language: str) -> str:
    """`fa` as `fa_IR`: what OpenGraph expects; the likeliest territory where the tag names none."""
    try:
        locale = Locale.parse(language, sep="-")
        if locale.territory is None:
            likely = str(get_global("likely_subtags").get(locale.language, "")).split("_")
            return f"{locale.language}_{likely[-1]}" if len(likely) > 1 else locale.language
    except (UnknownLocaleError, ValueError):
        return ""
    return f"{locale.language}_{locale.territory}"
