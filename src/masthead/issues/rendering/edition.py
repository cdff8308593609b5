"""One call: Content in, everything readers see out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.utils.translation import override

from masthead.issues.content import Content
from masthead.issues.rendering import conditions, wording
from masthead.issues.rendering.article import article_html
from masthead.issues.rendering.feed import feed_html
from masthead.issues.rendering.links import Links
from masthead.issues.rendering.mail import mail_html
from masthead.issues.rendering.merge import Slots
from masthead.issues.rendering.text import plain_text

#: Raised with every change of a golden file.
RENDERER_VERSION = 4
#: Values of one reader that every mail has besides its merge fields; delivery fills them.
RESERVED_SLOTS = ("unsubscribe_url", "preferences_url", "view_url", "subscribe_url", "address_masked")


class CannotRender(ValueError):
    """The content asks for something no reader could get. The message says what and what to do."""


@dataclass(frozen=True, kw_only=True)
class Rendered:
    """Everything an Edition keeps of its look.

    In `subject`, `preheader` and the mail and text parts `{{mark}}` stands for a value of one reader: the reserved slots and
    those of `slots`. `web_html` is the `article` element alone, `mail_html_*` are whole documents. `label` is the number as
    printed, `byline` the line as printed. `links` are numbered as they appear in the full mail.
    """

    web_html: str
    feed_html: str
    mail_html_full: str
    mail_html_excerpt: str
    text_full: str
    text_excerpt: str
    subject: str
    preheader: str
    label: str
    byline: str
    links: list[dict[str, Any]]
    slots: dict[str, dict[str, str]]


def render(content: Content) -> Rendered:
    """`content` in all its forms, in the words of its language. The same input gives the same bytes.

    Raises CannotRender for a condition that is none, TooManyFields (`rendering.merge`).
    """
    _check_conditions(content)
    slots = Slots()
    links = Links(content.url)
    with override(wording.catalogue(content.language)):
        return Rendered(
            subject=wording.subject(content, slots),
            preheader=wording.preheader(content, slots),
            mail_html_full=mail_html(content, slots=slots, links=links, full=True),
            mail_html_excerpt=mail_html(content, slots=slots, links=Links(content.url), full=False),
            text_full=plain_text(content, slots=slots, full=True),
            text_excerpt=plain_text(content, slots=slots, full=False),
            web_html=article_html(content),
            feed_html=feed_html(content),
            label=wording.label(content),
            byline=wording.byline(content),
            links=links.as_list(),
            slots=slots.as_dict(),
        )


def _check_conditions(content: Content) -> None:
    asked = set()
    for place, block in enumerate(content.body, 1):
        if not block.show_if:
            continue
        try:
            conditions.parse(block.show_if)
        except conditions.BadCondition as error:
            raise CannotRender(f"Block {place}: {error}") from error
        asked.add(block.show_if.strip())
    if len(asked) > conditions.MOST_CONDITIONS:
        raise CannotRender(f"The issue has more than {conditions.MOST_CONDITIONS} different conditions. Use fewer.")
