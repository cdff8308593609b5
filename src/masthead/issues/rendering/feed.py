"""The text of an issue for feed readers: the web's elements with absolute addresses, no classes or ids to rely on."""

from __future__ import annotations

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from masthead.issues.content import Content
from masthead.issues.rendering import wording
from masthead.issues.rendering.links import Links
from masthead.issues.rendering.media import FeedMedium


def feed_html(content: Content) -> SafeString:
    """Correction, lead picture, text, notes. Title, byline and date are the feed's own fields."""
    medium = FeedMedium(content, Links(content.url))
    lead = format_html("<p>{}</p>\n", medium.picture(content.lead_image)) if content.lead_image else ""
    correction = (
        format_html("<p><strong>{}</strong> {}</p>\n", wording.corrected(content), medium.words(content.correction_note))
        if content.correction_note
        else ""
    )
    body = format_html_join("\n", "{}", ((block.web(medium),) for block in content.body if block.on_web))
    return format_html(
        '<div lang="{}" dir="{}">\n{}{}{}\n{}</div>', content.language, content.dir, correction, lead, body, _notes(medium)
    )


def _notes(medium: FeedMedium) -> SafeString:
    items: list[tuple[SafeString]] = []
    while len(items) < len(used := medium.notes.used()):
        items.append((medium.rich(used[len(items)][1].html),))
    if not items:
        return SafeString("")
    return format_html("<h2>{}</h2>\n<ol>\n{}\n</ol>\n", _("Notes"), format_html_join("\n", "<li>{}</li>", items))
