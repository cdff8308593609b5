"""What all mails of a campaign share, read from the database into frozen values for `rendering`."""

from __future__ import annotations

from django.conf import settings

from masthead.common.urls import absolute
from masthead.delivery.models import Campaign
from masthead.delivery.rendering import Copy
from masthead.issues import publications
from masthead.issues.models import Edition, Publication
from masthead.mail.bulk import BulkParts


def copy_of(campaign: Campaign) -> Copy:
    """The mail of `campaign` without its readers."""
    edition = campaign.edition
    lists = sorted(campaign.lists.all(), key=lambda each: each.pk)
    name, slug = (lists[0].name, lists[0].slug) if len(lists) == 1 else (edition.publication.name, edition.publication.slug)
    return copy_of_edition(
        edition,
        mail_mode=campaign.mail_mode,
        list_name=name,
        list_slug=slug,
        reference=f"c{campaign.pk}",
        is_test=edition.is_test,
    )


def copy_of_edition(edition: Edition, *, mail_mode: str, list_name: str, list_slug: str, reference: str, is_test: bool) -> Copy:
    """The mail of `edition` to a list. `reference` names the sending in Feedback-ID."""
    publication = edition.publication
    base_url = publications.base_url_of(publication)
    domain = publication.from_address.rpartition("@")[2]
    parts = BulkParts(
        from_name=publication.from_name or publication.name,
        from_address=publication.from_address,
        reply_to=publication.reply_to,
        subject=edition.subject,
        text="",
        html=None,
        list_name=list_name,
        list_id=f"{list_slug}.{domain}",
        archive_url=absolute(base_url, "archive"),
        help_url=absolute(base_url, "home"),
        owner=publication.reply_to or publication.from_address,
        feedback_id=feedback_id(reference, list_slug, publication),
        bounce_domain=settings.BOUNCE_DOMAIN or domain,
        message_domain=domain,
        marks=frozenset(),
    )
    return Copy(
        parts=parts,
        html_full=edition.mail_html_full,
        html_excerpt=edition.mail_html_excerpt,
        text_full=edition.text_full,
        text_excerpt=edition.text_excerpt,
        mail_mode=mail_mode,
        default_mode=publication.mail_mode,
        slots=edition.slots,
        base_url=base_url,
        number=edition.number,
        is_test=is_test,
    )


def feedback_id(reference: str, list_slug: str, publication: Publication) -> str:
    """campaign:list:kind:sender; the last is the same in all mails of a publication."""
    return f"{reference}:{list_slug}:issue:{publication.slug}"
