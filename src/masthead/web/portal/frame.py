"""What the reader's pages have in common: they are nobody else's, so nothing keeps or indexes them."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from masthead.audience.models import MailingList, Subscriber
from masthead.common.addresses import BadAddress
from masthead.issues.models import Publication
from masthead.mail import address_words
from masthead.web.page import page


def own_page(
    request: HttpRequest,
    template: str,
    context: dict[str, Any] | None = None,
    *,
    reader: Subscriber | None = None,
    language: str = "",
    status: int = 200,
) -> HttpResponse:
    """The page in `language`, else the reader's, else the publication's."""
    language = language or (reader.language if reader else "")
    response = page(request, template, context, status=status, language=language or None, noindex=True)
    response.headers["Cache-Control"] = "private, no-store"
    return response


def offered_lists(publication: Publication) -> list[MailingList]:
    """What the sign-up form offers: the publication's public lists or, where it has none, the public ones of no publication."""
    own = publication.lists.all() if publication.lists.exists() else MailingList.objects.filter(publications=None)
    return list(own.filter(is_public=True))


def why_not(error: BadAddress) -> str:
    """Why an address cannot be one: exactly, or in general in a language in which that cannot be said."""
    exactly = address_words.why_not(error)
    if exactly != error.reason or (get_language() or "en").startswith("en"):
        return exactly
    return _("Mail cannot be sent to this address. Please look for a slip of the keys.")


def gone(request: HttpRequest, *, expired: bool) -> HttpResponse:
    """A link from a mail that does nothing. Forged, swapped and unknown ones all look the same (security rule S11)."""
    return own_page(request, "portal/link_gone.html", {"expired": expired}, status=410 if expired else 404)
