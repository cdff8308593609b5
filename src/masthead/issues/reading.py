"""An issue as it is being written → what the renderer needs of it: the one way for previews, readiness, checks and freezing."""

from __future__ import annotations

import zoneinfo
from dataclasses import dataclass
from datetime import date, datetime

from django.utils.translation import gettext as _

from masthead.common import urls
from masthead.common.text import digits
from masthead.issues import numbering, publications, values
from masthead.issues.assets import Assets
from masthead.issues.content import Content, Follow, Masthead, Person
from masthead.issues.models import Edition, Issue, Publication
from masthead.issues.numbering import NoNumber, Numbers

#: Logos are shown small.
LOGO_WIDEST = 600


@dataclass(frozen=True)
class Draft:
    """What an issue says now.

    `numbers` are those it has or would take; None when it can have none, and `number_problem` says why. `content` then shows
    the publication's next number.
    """

    issue: Issue
    now: datetime
    content: Content
    numbers: Numbers | None
    number_problem: str
    assets: Assets


def newest(issue: Issue) -> Issue:
    """The newest draft of `issue`, read afresh: what an editor saved last."""
    row = Issue.objects.select_related("publication", "translation_of").get(pk=issue.pk)
    found: Issue = row.get_latest_revision_as_object()
    return found


def read(issue: Issue, *, now: datetime) -> Draft:
    """What `issue` says, as this object has it: a form that was not saved yet can be read, too."""
    publication = issue.publication
    assets = Assets(publications.base_url_of(publication))
    numbers, number_problem = _numbers(issue)
    number = numbers.first if numbers else publication.next_number
    before = _frozen_before(issue)
    assets.place = _("lead picture")
    lead = assets.picture(issue.lead_image, alt=issue.lead_image_alt) if issue.lead_image else None
    body = values.body_of(issue.body, assets)
    content = Content(
        masthead=_masthead(publication, assets, issue.language_code),
        number=number,
        label=issue.label.strip() or _double_label(numbers, issue.language_code),
        date=issue.date or (before[0].date if before else now.astimezone(zoneinfo.ZoneInfo(publication.time_zone)).date()),
        language=issue.language_code,
        direction=issue.direction or ("" if issue.language else publication.direction),
        title=" ".join(issue.title.split()),
        byline=issue.byline_line.strip(),
        people=_people(issue),
        excerpt=" ".join(issue.excerpt.split()),
        lead_image=lead,
        lead_caption=issue.lead_caption,
        lead_credit=issue.lead_credit,
        body=body,
        notes=values.notes_of(issue.notes),
        subject=issue.subject.strip(),
        preheader=issue.preheader.strip(),
        visibility=issue.visibility,
        url=_address(publication, "issue", number, issue.language_code),
        correction_note=issue.correction_note.strip(),
        corrected_on=_corrected_on(issue, before, now),
        as_sent_url=_address(publication, "as_sent", number, issue.language_code) if issue.correction_note.strip() else "",
    )
    return Draft(issue, now, content, numbers, number_problem, assets)


def _numbers(issue: Issue) -> tuple[Numbers | None, str]:
    try:
        return numbering.expected(issue), ""
    except NoNumber as error:
        return None, str(error)


def _frozen_before(issue: Issue) -> list[Edition]:
    """The versions of `issue`, oldest first."""
    if issue.pk is None:
        return []
    return list(Edition.objects.filter(issue_id=issue.pk, is_test=False).order_by("version"))


def _corrected_on(issue: Issue, before: list[Edition], now: datetime) -> date | None:
    """The day of the correction: that of the first version with the same note, or today."""
    note = issue.correction_note.strip()
    if not note:
        return None
    same = next((edition for edition in before if edition.correction_note == note), None)
    moment = same.created_at if same else now
    return moment.astimezone(zoneinfo.ZoneInfo(issue.publication.time_zone)).date()


def _masthead(publication: Publication, assets: Assets, language: str) -> Masthead:
    assets.place = _("masthead")
    logo = publication.logo
    return Masthead(
        name=publication.name,
        base_url=assets.base_url,
        tagline=publication.tagline,
        line=publication.masthead_line,
        issn=publication.issn,
        accent=publication.accent,
        night_accent=publication.night_accent,
        typeface=publication.typeface,
        footer=publication.text("footer", language),
        logo=assets.picture(logo, alt=publication.name, widest=LOGO_WIDEST) if logo else None,
        imprint=publication.imprint,
        follow=tuple(Follow(network=one["network"], url=one["url"]) for one in publication.follow),
        share_mail=tuple(publication.share_mail),
        share_web=tuple(publication.share_web),
    )


def _people(issue: Issue) -> tuple[Person, ...]:
    return tuple(
        Person(
            name=byline.contributor.name,
            role=byline.role,
            url=byline.contributor.url,
            fediverse=byline.contributor.fediverse,
            family_name=byline.contributor.family_name,
            given_name=byline.contributor.given_name,
        )
        for byline in sorted(issue.bylines.all(), key=lambda one: one.sort_order or 0)
    )


def _double_label(numbers: Numbers | None, language: str) -> str:
    """ "1970–71" for a double issue; nothing for a single one: the renderer prints its number."""
    if numbers is None or numbers.first == numbers.last:
        return ""
    first, last = str(numbers.first), str(numbers.last)
    same = next((place for place, pair in enumerate(zip(first, last, strict=False)) if pair[0] != pair[1]), 0)
    short = last[min(same, len(last) - 2) :] if len(first) == len(last) and len(last) > 2 else last
    return f"{digits(first, language)}–{digits(short, language)}"


def _address(publication: Publication, name: str, number: int, language: str) -> str:
    """The public address of an issue: translations carry their language, the publication's own does not."""
    base = publications.base_url_of(publication)
    if language == publication.language:
        return urls.absolute(base, name, number=number)
    return urls.absolute(base, f"{name}_language", number=number, language=language)
