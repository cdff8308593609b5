"""The mail of an issue as anybody may see it: nobody's name, nobody's links."""

from __future__ import annotations

import re

from django.utils.html import escape

from masthead.common.urls import absolute
from masthead.delivery.lookups import campaigns_of
from masthead.issues import lookups
from masthead.issues.models import Edition
from masthead.issues.publications import base_url_of
from masthead.issues.rendering.conditions import for_nobody
from masthead.web.site.pictures import at_home

_MARK = re.compile(r"\{\{([a-z0-9_]+)\}\}")


def mailed_html(edition: Edition) -> str:
    """The HTML of the version that was mailed (a correction keeps it), else of the first; fallbacks in the readers' places."""
    campaign = campaigns_of(edition.issue).filter(edition__is_test=False, started_at__isnull=False).last()
    if campaign is not None:
        mailed, mode = campaign.edition, campaign.mail_mode
    else:
        mailed, mode = lookups.versions_of(edition.issue).last() or edition, edition.mail_mode
    html = mailed.mail_html_excerpt if mode == "excerpt" else mailed.mail_html_full
    html = at_home(for_nobody(html), mailed)
    values = _values(mailed)
    # One pass: what was filled in is never looked at again.
    return _MARK.sub(lambda found: escape(values.get(found[1], "")), html)


def _values(edition: Edition) -> dict[str, str]:
    base = base_url_of(edition.publication)
    fallbacks = {mark: str(slot.get("fallback", "")) for mark, slot in edition.slots.items() if isinstance(slot, dict)}
    return fallbacks | {
        "unsubscribe_url": absolute(base, "account"),
        "preferences_url": absolute(base, "account"),
        "view_url": absolute(base, "issue", number=edition.number),
        "subscribe_url": absolute(base, "subscribe"),
        "address_masked": "…",
    }
