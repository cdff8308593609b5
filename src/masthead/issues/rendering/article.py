"""The article on the web: one `article` element for the page layout of the public site.

Elements and classes a style sheet can rely on:

    article.issue                       lang and dir of the issue
      header.issue-head
        p.issue-number                  "No. 1971 · 22 November 2026": span.number, time
        h1
        p.issue-byline
      aside.correction                  above the text of a corrected version
      figure.lead                       img, figcaption with span.credit
      div.issue-body                    p, ul, ol, h2, h3, code, sup.note-mark
        blockquote.quote, .pull         with footer > cite
        figure.picture, figure.embed    img, figcaption, span.credit
        div.verse > p    pre > code
        ul.links > li                   a, span.source, span.blurb
        div.table > table               caption, th[scope]; the div scrolls sideways
        aside.callout.callout-note      also -warning, -appeal; p.callout-title
        a.button    p.file > span.source    hr    div#more
      section.issue-notes               h2, ol > li#note-1, a.note-back

Pictures have width, height and srcset; give them `max-width: 100%; height: auto`.
"""

from __future__ import annotations

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from masthead.issues.content import Content
from masthead.issues.rendering import wording
from masthead.issues.rendering.links import Links
from masthead.issues.rendering.media import WebMedium


def article_html(content: Content) -> SafeString:
    """The article of `content`, without inline style or script."""
    medium = WebMedium(content, Links(content.url))
    body = format_html_join("\n", "{}", ((block.web(medium),) for block in content.body if block.on_web))
    return format_html(
        '<article class="issue" lang="{}" dir="{}">\n{}\n{}{}<div class="issue-body">\n{}\n</div>\n{}</article>',
        content.language,
        content.dir,
        _head(content, medium),
        _correction(content, medium),
        _lead(content, medium),
        body,
        _notes(medium),
    )


def _head(content: Content, medium: WebMedium) -> SafeString:
    byline = wording.byline(content)
    return format_html(
        '<header class="issue-head">\n<p class="issue-number"><span class="number">{}</span> · '
        '<time datetime="{}">{}</time></p>\n'
        "<h1>{}</h1>\n{}</header>",
        wording.numbered(content),
        content.date.isoformat(),
        wording.dated(content),
        medium.fixed(content.title),
        format_html('<p class="issue-byline">{}</p>\n', byline) if byline else "",
    )


def _correction(content: Content, medium: WebMedium) -> SafeString:
    if not content.correction_note:
        return SafeString("")
    as_sent = format_html(' <a href="{}">{}</a>', content.as_sent_url, _("Read it as it was sent")) if content.as_sent_url else ""
    return format_html(
        '<aside class="correction"><p><strong>{}</strong> {}{}</p></aside>\n',
        wording.corrected(content),
        medium.words(content.correction_note),
        as_sent,
    )


def _lead(content: Content, medium: WebMedium) -> SafeString:
    if content.lead_image is None:
        return SafeString("")
    # The first thing on the page is not loaded lazily.
    picture = SafeString(medium.picture(content.lead_image).replace(' loading="lazy"', ' fetchpriority="high"'))
    caption = medium.words(content.lead_caption) if content.lead_caption else ""
    credit = (
        format_html('<span class="credit">{}</span>', _("Picture: {}").format(content.lead_credit)) if content.lead_credit else ""
    )
    words = format_html("<figcaption>{} {}</figcaption>", caption, credit) if caption or credit else ""
    return format_html('<figure class="lead">{}{}</figure>\n', picture, words)


def _notes(medium: WebMedium) -> SafeString:
    items = []
    written = 0
    # A note may point to further notes, so the list is asked again after each.
    while written < len(used := medium.notes.used()):
        number, note, _times = used[written]
        items.append((number, medium.rich(note.html)))
        written += 1
    times = {number: count for number, _note, count in medium.notes.used()}
    if not items:
        return SafeString("")
    lines = format_html_join("\n", '<li id="note-{}">{} {}</li>', ((n, html, _ways_back(n, times[n])) for n, html in items))
    return format_html(
        '<section class="issue-notes" role="doc-endnotes">\n<h2>{}</h2>\n<ol>\n{}\n</ol>\n</section>\n', _("Notes"), lines
    )


def _ways_back(number: int, times: int) -> SafeString:
    return format_html_join(
        " ",
        '<a class="note-back" href="#ref-{}" role="doc-backlink" aria-label="{}">↩</a>',
        ((str(number) if time == 1 else f"{number}-{time}", _("Back to the text")) for time in range(1, times + 1)),
    )
