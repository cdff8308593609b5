"""What all mails of a campaign share, read from the database into frozen values for `rendering`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

from django.conf import settings

from masthead.common.urls import absolute
from masthead.delivery.models import Campaign
from masthead.delivery.rendering import Copy
from masthead.issues import attaching, publications
from masthead.issues.models import Publication
from masthead.mail import sealing
from masthead.mail.bulk import BulkParts
from masthead.mail.encoding.attachments import Attachment


class _Said(Protocol):
    """An Edition, or the rendering of a draft."""

    @property
    def subject(self) -> str: ...
    @property
    def mail_html_full(self) -> str: ...
    @property
    def mail_html_excerpt(self) -> str: ...
    @property
    def text_full(self) -> str: ...
    @property
    def text_excerpt(self) -> str: ...
    @property
    def slots(self) -> Mapping[str, Mapping[str, str]]: ...


def copy_of(campaign: Campaign) -> Copy:
    """The mail of `campaign` without its readers."""
    edition = campaign.edition
    lists = sorted(campaign.lists.all(), key=lambda each: each.pk)
    # List-Id must not change from issue to issue: a campaign to several lists speaks as the publication.
    source = lists[0] if len(lists) == 1 else edition.publication
    return copy_of_text(
        edition,
        publication=edition.publication,
        number=edition.number,
        mail_mode=campaign.mail_mode,
        list_name=source.name,
        list_slug=source.slug,
        reference=f"c{campaign.pk}",
        is_test=edition.is_test,
        links=web_links(edition.links) if campaign.personal_links or campaign.shared_links else {},
        link_token="" if campaign.personal_links else sealing.seal(sealing.CAMPAIGN_LINK, campaign.pk),
        tracks=campaign.tracks_readers,
        attachments=attaching.loaded(edition.head.get("attached", [])),
        providers=tuple(campaign.providers),
    )


def web_links(links: Sequence[Mapping[str, Any]]) -> dict[str, int]:
    """The numbered links of an edition that can lead by way of us: those of the web."""
    return {each["url"]: each["number"] for each in links if each["url"].startswith(("http://", "https://"))}


def copy_of_text(
    said: _Said,
    *,
    publication: Publication,
    number: int,
    mail_mode: str,
    list_name: str,
    list_slug: str,
    reference: str,
    is_test: bool,
    links: Mapping[str, int] | None = None,
    link_token: str = "",
    tracks: bool = False,
    attachments: tuple[Attachment, ...] = (),
    providers: tuple[str, ...] = (),
) -> Copy:
    """The mail of an edition or a draft to a list. `reference` names the sending in Feedback-ID."""
    base_url = publications.base_url_of(publication)
    domain = publication.from_address.rpartition("@")[2]
    parts = BulkParts(
        from_name=publication.from_name or publication.name,
        from_address=publication.from_address,
        reply_to=publication.reply_to,
        subject=said.subject,
        text="",
        html=None,
        list_name=list_name,
        list_id=f"{list_slug}.{domain}",
        archive_url=absolute(base_url, "archive"),
        help_url=absolute(base_url, "home"),
        owner=publication.reply_to or publication.from_address,
        # campaign:list:kind:sender; the last is the same in all mails of a publication.
        feedback_id=f"{reference}:{list_slug}:issue:{publication.slug}",
        bounce_domain=settings.BOUNCE_DOMAIN or domain,
        message_domain=domain,
        marks=frozenset(),
        before_token={},
        attachments=attachments,
        providers=providers,
    )
    return Copy(
        parts=parts,
        html_full=said.mail_html_full,
        html_excerpt=said.mail_html_excerpt,
        text_full=said.text_full,
        text_excerpt=said.text_excerpt,
        mail_mode=mail_mode,
        default_mode=publication.mail_mode,
        slots=said.slots,
        base_url=base_url,
        number=number,
        is_test=is_test,
        links=links or {},
        link_token=link_token,
        tracks=tracks,
    )
