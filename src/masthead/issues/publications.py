"""Publications: made in test mode, taken live when everything a mail must carry is there."""

from __future__ import annotations

import zoneinfo
from datetime import datetime
from typing import Literal
from urllib.parse import urlsplit

from django.db import transaction
from django.utils.text import slugify
from django.utils.translation import gettext as _

from masthead.audience.models import MailingList
from masthead.audit import recording
from masthead.common.addresses import BadAddress, normalise
from masthead.common.text import direction_of
from masthead.issues.free_mail import FREE_MAIL_DOMAINS
from masthead.issues.models import Publication
from masthead.issues.public_addresses import RESERVED, BadPublicAddress, checked, free_address
from masthead.mail.address_words import why_not
from masthead.mail.sender import Sender

#: Facebook first; names from `common.sharing.CHANNELS`.
SHARE_MAIL = ("facebook", "email", "mastodon", "bluesky", "whatsapp")
SHARE_WEB = ("facebook", "email", "mastodon", "bluesky", "whatsapp", "telegram", "linkedin")
#: What only warns until an owner decides otherwise: many a source is older than https.
LENIENT = ("link-http",)


class BadPublication(ValueError):
    """A field of a publication cannot be as asked; the text names the field and the way out."""


class CannotGoLive(Exception):
    """The publication stays in test mode; `reasons` are sentences, one for each thing that is missing."""

    def __init__(self, reasons: list[str]) -> None:
        self.reasons = reasons
        super().__init__(" ".join(reasons))


def create(
    *,
    name: str,
    from_address: str,
    by: str,
    now: datetime,
    next_number: int = 1,
    language: str = "en",
    base_url: str = "",
    imprint: str = "",
    live: bool = False,
    tagline: str = "",
    masthead_line: str = "",
    issn: str = "",
    time_zone: str = "UTC",
    from_name: str = "",
    reply_to: str = "",
    accent: str = "#1d4e89",
    lists: list[MailingList] | None = None,
) -> Publication:
    """A new publication, in test mode unless `live`.

    Without `base_url` it is at the install's address. Where another publication lives already it gets a path below that.

    Raises BadPublication for a field that cannot be so, CannotGoLive (and makes nothing) when `live` is asked for too early.
    """
    if not name.strip():
        raise BadPublication(_("A publication needs a name."))
    if next_number < 1:
        raise BadPublication(_("The next number must be 1 or more."))
    if time_zone not in zoneinfo.available_timezones():
        raise BadPublication(_("“%(zone)s” is no time zone; write it like Europe/Paris.") % {"zone": time_zone})
    slug = _free_slug(name)
    publication = Publication(
        name=name.strip(),
        slug=slug,
        base_url=_own_address(base_url, slug),
        from_address=_checked_address(_("sender address"), from_address),
        reply_to=_checked_address(_("answers go to"), reply_to) if reply_to else "",
        from_name=from_name or name.strip(),
        next_number=next_number,
        language=language,
        imprint=imprint.strip(),
        tagline=tagline,
        masthead_line=masthead_line,
        issn=issn,
        time_zone=time_zone,
        accent=accent,
        share_mail=list(SHARE_MAIL),
        share_web=list(SHARE_WEB),
        lenient=list(LENIENT),
    )
    # RFC 4151: a host that was ours on that day. It never changes, whatever becomes of the address.
    publication.tag_authority = f"{urlsplit(base_url_of(publication)).hostname},{now.year}"
    with transaction.atomic():
        publication.save()
        publication.lists.set(lists or [])
        recording.record(
            action="publication.created",
            by=by,
            now=now,
            subject=f"publication:{publication.pk}",
            details={"name": publication.name, "next_number": next_number},
        )
        if live:
            go_live(publication=publication, by=by, now=now)
    return publication


def go_live(*, publication: Publication, by: str, now: datetime) -> None:
    """Leave test mode: from now on mail goes to readers and numbers are taken. Raises CannotGoLive with the reasons."""
    reasons = reasons_against_going_live(publication)
    if reasons:
        raise CannotGoLive(reasons)
    with transaction.atomic():
        if Publication.objects.filter(pk=publication.pk, is_live=False).update(is_live=True):
            recording.record(action="publication.went_live", by=by, now=now, subject=f"publication:{publication.pk}")
    publication.is_live = True


def return_to_test_mode(*, publication: Publication, by: str, now: datetime) -> None:
    """Back to the built-in inbox. What was published stays published."""
    with transaction.atomic():
        if Publication.objects.filter(pk=publication.pk, is_live=True).update(is_live=False):
            recording.record(action="publication.returned_to_test", by=by, now=now, subject=f"publication:{publication.pk}")
    publication.is_live = False


def set_next_number(*, publication: Publication, number: int, by: str, now: datetime) -> None:
    """Continue at `number`. Only upward once a number was taken: BadPublication otherwise."""
    with transaction.atomic():
        locked = Publication.objects.select_for_update().get(pk=publication.pk)
        if number < 1 or (number < locked.next_number and locked.taken_numbers.exists()):
            raise BadPublication(
                _("The next number can only go up from %(number)s, because issues have been numbered.")
                % {"number": locked.next_number}
            )
        recording.record(
            action="publication.next_number",
            by=by,
            now=now,
            subject=f"publication:{publication.pk}",
            details={"from": locked.next_number, "to": number},
        )
        locked.next_number = number
        locked.save(update_fields=["next_number"])
    publication.next_number = number


def reasons_against_going_live(publication: Publication) -> list[str]:
    """What stands between `publication` and its readers, as sentences. None of them asks the network."""
    reasons = []
    if not publication.imprint.strip():
        reasons.append(_("The imprint is empty: every mail must say who sends it, with a postal address."))
    base = urlsplit(base_url_of(publication))
    if base.scheme != "https" and not is_loopback(base.hostname or ""):
        reasons.append(
            _("The public address %(url)s must begin with https://, or be on this machine alone.") % {"url": base.geturl()}
        )
    try:
        domain = normalise(publication.from_address).domain
    except BadAddress as error:
        reasons.append(_("The sender address cannot be used: %(reason)s") % {"reason": why_not(error)})
        return reasons
    if domain in FREE_MAIL_DOMAINS:
        reasons.append(
            _("The sender address is at %(domain)s, which refuses bulk mail sent from elsewhere. Use a domain of your own.")
            % {"domain": domain}
        )
    return reasons


def base_url_of(publication: Publication) -> str:
    """The public address, without a slash at its end."""
    return publication.public_address


def sender_of(publication: Publication) -> Sender:
    """Whose voice a mail of `publication` has."""
    return Sender(
        name=publication.from_name or publication.name,
        address=publication.from_address,
        reply_to=publication.reply_to,
        imprint=publication.imprint,
        base_url=base_url_of(publication),
        language=publication.language,
        direction=direction(publication),
        publication=publication.name,
        test_mode=not publication.is_live,
    )


def direction(publication: Publication) -> Literal["ltr", "rtl"]:
    """As set, or as the language is written."""
    if publication.direction == "rtl":
        return "rtl"
    if publication.direction == "ltr":
        return "ltr"
    return "rtl" if direction_of(publication.language) == "rtl" else "ltr"


def is_loopback(host: str) -> bool:
    """Whether `host` can only be this machine."""
    return host == "localhost" or host.endswith(".localhost") or host == "::1" or host.startswith("127.")


def _checked_address(field: str, address: str) -> str:
    try:
        return normalise(address).address
    except BadAddress as error:
        raise BadPublication(f"{field}: {why_not(error)}") from error


def _own_address(url: str, slug: str) -> str:
    try:
        return free_address(slug, base=checked(url))
    except BadPublicAddress as error:
        raise BadPublication(str(error)) from error


def _free_slug(name: str) -> str:
    base = slugify(name, allow_unicode=False)[:50] or "bulletin"
    used = {*RESERVED, *Publication.objects.filter(slug__startswith=base).values_list("slug", flat=True)}
    return next(slug for slug in (base, *(f"{base}-{n}" for n in range(2, len(used) + 3))) if slug not in used)
