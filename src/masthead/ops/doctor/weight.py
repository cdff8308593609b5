"""Whether the newest issue, as a mail, is small enough for a relay (SIZE, RFC 1870)."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from masthead.common.addresses import BadAddress
from masthead.delivery.composing import copy_of
from masthead.delivery.models import Campaign
from masthead.delivery.rendering import Reader, Renderer
from masthead.delivery.testing import NOBODY
from masthead.issues.models import Publication
from masthead.mail import dkim
from masthead.mail.encoding.slots import BadMail
from masthead.ops.doctor.rows import FAIL, PASS, Row

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Weighed:
    """The number of an issue, and its mail in bytes, to a reader without a name."""

    label: str
    size: int


def newest(publications: Sequence[Publication], now: datetime) -> Weighed | None:
    """The newest issue of `publications` that was scheduled or sent; None before the first, or if it makes no mail."""
    found = Campaign.objects.filter(edition__publication__in=publications).select_related("edition__publication")
    campaign = found.order_by("-id").first()
    if campaign is None:
        return None
    reader = Reader(campaign.edition.publication.from_address)
    try:
        mail = Renderer(copy_of(campaign)).render(reader, delivery_id=NOBODY, date=int(now.timestamp()))
    except (BadMail, BadAddress, dkim.BadKeyError) as error:
        log.warning("the newest issue could not be weighed: %s", error)  # what is wrong stands in rows of its own
        return None
    return Weighed(campaign.edition.label, len(mail.raw))


def fits(relay: str, most: int, issue: Weighed) -> Row:
    """`most`: the bytes that `relay` takes."""
    said = {"number": issue.label, "size": -(-issue.size // 1000), "most": most // 1000}
    if issue.size > most:
        words = _("No. %(number)s weighs %(size)d kB as a mail; the server takes %(most)d kB at most and would refuse it.")
        return Row("relay", "size", relay, FAIL, words % said)
    words = _("No. %(number)s weighs %(size)d kB as a mail; the server takes up to %(most)d kB.")
    return Row("relay", "size", relay, PASS, words % said)
