"""Which of the mails that are nothing else are answers of people, and to which publication and issue."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.conf import settings

from masthead.bounces.identifying import Owner
from masthead.bounces.models import Mailbox, RawReport, RepliesGoTo
from masthead.bounces.models.raw_report import NULL_SENDER
from masthead.bounces.replies.letter import Letter
from masthead.common.addresses import BadAddress, normalise
from masthead.delivery.models import Campaign
from masthead.issues.models import Publication


@dataclass(frozen=True, slots=True)
class Addressee:
    """Whom a letter is for."""

    publication: Publication
    campaign: Campaign | None = None


def addressee_of(letter: Letter, owner: Owner, *, report: RawReport) -> Addressee | None:
    """Whom `letter` is for; None when it is no answer of a person.

    A program's mail is none, nor what we passed on ourselves, nor what the editor answers to that. It answers an issue when it
    names the Message-ID of a delivery or came to its envelope address; else it must be sent to the address of a publication.
    """
    if letter.by_program or report.envelope_from == NULL_SENDER or not letter.address:
        return None
    if owner.delivery is not None:
        campaign = Campaign.objects.select_related("edition__publication").get(pk=owner.delivery.campaign_id)
        found = Addressee(campaign.edition.publication, campaign)
    else:
        publication = _publication_at((report.envelope_to, *letter.sent_to))
        if publication is None:
            return None
        found = Addressee(publication)
    return None if _is_own(letter.address, found.publication) else found


def would_come_back(address: str, publication: Publication) -> bool:
    """Whether what is passed on to `address` would be read by this install again."""
    key = _key(address)
    own = {_key(each) for each in (publication.reply_to, publication.from_address) if each}
    own |= {_key(each) for each in Mailbox.objects.values_list("user", flat=True)}
    domain = settings.BOUNCE_DOMAIN or publication.from_address.rpartition("@")[2]
    local, _at, where = key.rpartition("@")
    is_envelope = where == domain.lower() and local.startswith(("b+", "unsub+"))
    return key in own or is_envelope


def _publication_at(addresses: Iterable[str]) -> Publication | None:
    keys = {_key(each) for each in addresses if each}
    for publication in Publication.objects.order_by("id"):
        if keys & {_key(each) for each in (publication.reply_to, publication.from_address) if each}:
            return publication
    return None


def _is_own(address: str, publication: Publication) -> bool:
    """Whether the publication or its editor wrote it: they need not be told."""
    editors = RepliesGoTo.objects.filter(publication=publication).values_list("address", flat=True)
    return _key(address) in {_key(each) for each in (publication.from_address, publication.reply_to, *editors) if each}


def _key(address: str) -> str:
    try:
        return normalise(address).key
    except BadAddress:
        return address.strip("<> ").lower()
