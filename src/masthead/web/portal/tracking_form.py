"""What readers are asked and told about tracking: at sign-up, in their account, on the page a mail leads to."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import override

from masthead.audience.models import Subscriber
from masthead.audience.tracking_consent import Agreed
from masthead.issues.models import Publication
from masthead.tracking import readers
from masthead.web.middleware import spoken

#: What a form sends for "I agree"; anything else is no consent.
YES = "yes"


def text_of(publication: Publication, language: str) -> str:
    """What a reader agrees to; kept with the consent. "" for a publication that tracks nobody: then nothing is asked."""
    if not publication.tracks_readers:
        return ""
    with override(spoken(language)):
        return _(
            "I agree that %(publication)s keeps which of its mails I open and which links in them I follow, and when. For "
            "that my mails have links of my own and a picture that tells when it is loaded. It is deleted after %(days)d days, "
            "and at once when I take this back, which I can do with one click at any time. I get the same issues without it."
        ) % {"publication": publication.name, "days": settings.TRACKING_DAYS}


def agreed(publication: Publication, said: str, language: str, how: str) -> Agreed | None:
    """What the reader agreed to by the answer `said`; None for nothing."""
    text = text_of(publication, language)
    return Agreed(publication.pk, publication.name, text, how) if text and said == YES else None


def shown(reader: Subscriber, publication: Publication) -> dict[str, Any]:
    """What pages of a reader tell: what was or can be agreed to, since when it is, and what is kept."""
    since = next((at for each, at in readers.consents_of(reader) if each.pk == publication.pk), None)
    kept = [each for each in readers.of_reader(reader).values() if each.edition.publication_id == publication.pk]
    return {
        "tracking_text": text_of(publication, reader.language or publication.language),
        "tracked_since": since,
        "tracked": kept[::-1] if since is not None else [],
    }
