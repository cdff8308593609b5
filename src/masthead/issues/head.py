"""What page heads and feeds need of an edition besides its text, as plain JSON."""

from __future__ import annotations

import re
from dataclasses import asdict

from django.utils.html import strip_tags

from masthead.issues.attaching import attached
from masthead.issues.reading import Draft


def head_of(draft: Draft, *, web_html: str, share_image: dict[str, object] | None) -> dict[str, object]:
    """The dict an Edition keeps as `head`.

    `authors`: [{"name", "role", "url", "fediverse", "family_name", "given_name"}]. `lead_image`: {"url", "width", "height",
    "alt"} or None. `share_image`: the same, 1200 × 630, or None in a rehearsal. `words`: how many the article
    has. `attached`: the documents that go along with the mail, as `attaching.attached` says. `last_number`: of a double issue
    the last, else the number itself. `logo`: as `lead_image`, of the masthead.
    """
    content = draft.content
    lead, logo = content.lead_image, content.masthead.logo
    return {
        "authors": [asdict(person) for person in content.people],
        "lead_image": {"url": lead.url, "width": lead.width, "height": lead.height, "alt": lead.spoken} if lead else None,
        "share_image": share_image,
        "logo": {"url": logo.url, "width": logo.width, "height": logo.height, "alt": ""} if logo else None,
        "attached": attached(content),
        "words": len(re.findall(r"\w+", strip_tags(web_html))),
        "last_number": draft.numbers.last if draft.numbers else content.number,
    }
