"""The mail: one fluid table of at most 600 px, styles inlined, right in light and dark, left-to-right and right-to-left.

The template is filled, `css_inline` writes the style sheet into the elements, then named passes finish what it cannot know.
Slots go through untouched because they are made of letters, digits, `_` and braces only.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

import css_inline
from django.template.loader import render_to_string
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from masthead.common.sharing import CHANNELS, NETWORKS, share_links
from masthead.common.text import digits, printable
from masthead.issues.blocks.base import Block
from masthead.issues.blocks.button import bulletproof
from masthead.issues.content import Content
from masthead.issues.rendering import colours, wording
from masthead.issues.rendering.conditions import CLOSING, opening
from masthead.issues.rendering.excerpt import excerpt_body
from masthead.issues.rendering.faces import face
from masthead.issues.rendering.links import Links
from masthead.issues.rendering.media import MAIL_COLUMN, MailMedium
from masthead.issues.rendering.merge import Slots, guard, unguard_html

#: Where the icons of the share and follow rows are served, below the publication's address. Mailed, so it stays.
ICONS = "/static/issues/icons/"
_INLINER = css_inline.CSSInliner(keep_style_tags=False, keep_at_rules=False, load_remote_stylesheets=False)
#: A tag as the inliner writes it: `<` in words is always escaped, quotes and `>` are not.
_TAG = re.compile(r'<[a-z][a-z0-9]*(?:[^"<>]|"[^"]*")*>')
_CLASS = re.compile(r' class="([^"]*)"')
_STYLE = re.compile(r'style="([^"]*)"')
#: Languages whose letters need more room and another face than Latin ones.
_FACES = {
    "sans": "'Segoe UI',Roboto,Helvetica,Arial,sans-serif",
    "arabic": "Tahoma,'Geeza Pro',Arial,sans-serif",
}
_ARABIC = frozenset({"ar", "ckb", "fa", "ps", "sd", "ug", "ur"})


#: The ground of boxes: of the grounds a link can stand on, the one nearest to the accent by day and by night.
_TINT, _NIGHT_TINT = "#f5f2ec", "#282623"


#: What elements of the blocks become by night.
_NIGHT = {
    "source": "m-quiet",
    "caption": "m-quiet",
    "embed": "m-quiet",
    "rule": "m-quiet",
    "quote": "m-edge",
    "callout-note": "m-tint",
    "callout-warning": "m-tint m-warning",
    "callout-appeal": "m-tint m-edge",
}


@dataclass(frozen=True)
class Icon:
    """One badge of a row, with its words: nothing depends on the picture."""

    image: str
    label: str
    url: str


def mail_html(content: Content, *, slots: Slots, links: Links, full: bool) -> str:
    """The whole document, full or as an excerpt; `links` gathers what its text links to."""
    medium = MailMedium(content, links, slots)
    context = {
        "content": content,
        "masthead": content.masthead,
        "title": medium.fixed(content.title),
        "headline": medium.words(content.title),
        "preheader": mark_safe(medium.merged(wording.preheader_source(content))),  # noqa: S308  merged() escapes
        "filler": SafeString("&#847;&zwnj;&nbsp;" * 60),
        "number": guard(wording.numbered(content)),
        "date": wording.dated(content),
        "byline": guard(wording.byline(content)),
        "correction": medium.words(content.correction_note) if content.correction_note else "",
        "corrected": wording.corrected(content),
        "lead": medium.picture(content.lead_image) if content.lead_image else "",
        "lead_words": _lead_words(content, medium),
        "body": _body(content, medium, full=full),
        "full": full,
        "more": _continue(content),
        "name": medium.fixed(content.masthead.name),
        "tagline": medium.fixed(content.masthead.tagline),
        "line": medium.fixed(content.masthead.line),
        "issn": medium.fixed(content.masthead.issn),
        "logo": _logo(content, medium),
        "imprint": guard(printable(content.masthead.imprint).strip()),
        "footer": guard(printable(content.masthead.footer).strip()),
        "has_page": content.visibility != "mail_only",
        "notes": _notes(medium),
        "share": _share(content),
        "follow": _follow(content),
        "forward_url": _forward(content),
        "unsubscribe_url": SafeString("{{unsubscribe_url}}"),
        "preferences_url": SafeString("{{preferences_url}}"),
        "view_url": SafeString("{{view_url}}"),
        "subscribe_url": SafeString("{{subscribe_url}}"),
        "address": SafeString('<span dir="ltr">{{address_masked}}</span>'),
        **_look(content),
    }
    html = _INLINER.inline(render_to_string("issues/mail.html", context))
    for finish in (_without_classes, _without_gaps, unguard_html):
        html = finish(html)
    return html


def _body(content: Content, medium: MailMedium, *, full: bool) -> SafeString:
    blocks = content.body if full else excerpt_body(content)
    if not full and not blocks and content.excerpt:
        return format_html('<p class="excerpt">{}</p>', medium.words(content.excerpt))
    return format_html_join("\n", "{}", ((_under_its_condition(block, medium),) for block in blocks if block.in_mail))


def _under_its_condition(block: Block, medium: MailMedium) -> SafeString:
    """The block between the marks of its condition; they are letters, digits and braces."""
    html = block.mail(medium)
    return SafeString(opening(block.show_if) + html + CLOSING) if block.show_if else html


def _continue(content: Content) -> SafeString:
    words = guard(_("Continue reading No. %(label)s") % {"label": wording.label(content)})
    return bulletproof(url=wording.continue_url(content), label=format_html("{}", words))


def _logo(content: Content, medium: MailMedium) -> SafeString:
    """At most 280 px wide, on a plate of paper so that a dark logo is seen by night; its name stands below as text."""
    logo = content.masthead.logo
    if logo is None:
        return SafeString("")
    width = min(logo.width, 280)
    height = max(1, round(logo.height * width / max(1, logo.width)))
    return format_html(
        '<img class="m-plate" src="{}" width="{}" height="{}" alt="">', medium.links.resolve(logo.url), width, height
    )


def _lead_words(content: Content, medium: MailMedium) -> SafeString:
    words = [medium.words(content.lead_caption)] if content.lead_caption else []
    if content.lead_credit:
        words.append(medium.words(_("Picture: {}").format(content.lead_credit)))
    return format_html_join(" ", "{}", ((word,) for word in words))


def _notes(medium: MailMedium) -> list[tuple[str, SafeString]]:
    items: list[tuple[str, SafeString]] = []
    while len(items) < len(used := medium.notes.used()):
        number, note, _times = used[len(items)]
        items.append((digits(number, medium.content.language), medium.rich(note.html)))
    return items


def _share(content: Content) -> list[Icon]:
    if content.visibility != "public":
        return []
    base = content.masthead.base_url + ICONS
    title = wording.plain_title(content)
    links = share_links(content.masthead.share_mail, url=content.url, title=title, excerpt=wording.one_line(content.excerpt))
    return [Icon(f"{base}{link.name}.png", link.label or _("E-mail"), link.url) for link in links]


def _follow(content: Content) -> list[Icon]:
    base = content.masthead.base_url + ICONS
    return [
        Icon(f"{base}{follow.network}.png", NETWORKS[follow.network].label or _("Website"), follow.url)
        for follow in content.masthead.follow
        if follow.network in NETWORKS
    ]


def _forward(content: Content) -> str:
    """A new mail with the issue's title and address: no server of ours learns the friend's address."""
    if content.visibility not in {"public", "unlisted"}:
        return ""
    return CHANNELS["email"].build(content.url, wording.plain_title(content), wording.one_line(content.excerpt))


def _look(content: Content) -> dict[str, str | int]:
    """Faces, sides and colours of the style sheet."""
    accent = content.masthead.accent
    night = content.masthead.night_accent or accent
    arabic = content.language.split("-")[0].lower() in _ARABIC
    rtl = content.dir == "rtl"
    return {
        "column": MAIL_COLUMN,
        "start": "right" if rtl else "left",
        "end": "left" if rtl else "right",
        "serif": mark_safe(_FACES["arabic"] if arabic else face(content.masthead.typeface).mail),  # noqa: S308  constants
        "sans": mark_safe(_FACES["arabic" if arabic else "sans"]),  # noqa: S308
        "leading": "1.9" if arabic else "1.62",
        "notes_leading": "1.8" if arabic else "1.5",
        "tight": "1.5" if arabic else "1.22",
        # Arabic has no italics: programs slant the letters, which is ugly.
        "slant": "normal" if arabic else "italic",
        "rule": colours.QUIET,
        "paper": colours.PAPER,
        "desk": "#f2efe9",
        "ink": colours.INK,
        "quiet": colours.QUIET,
        "hair": "#ded9d0",
        "tint": _TINT,
        "accent": colours.readable(accent, on=_TINT),
        "night_paper": colours.NIGHT_PAPER,
        "night_desk": "#131210",
        "night_ink": colours.NIGHT_INK,
        "night_quiet": colours.NIGHT_QUIET,
        "night_line": "#3b3833",
        "night_tint": _NIGHT_TINT,
        "night_accent": colours.readable(night, on=_NIGHT_TINT),
    }


def _without_classes(html: str) -> str:
    """Classes go that only the style sheet used; what the kept style block needs, by night, begins with `m-`."""

    def kept(found: re.Match[str]) -> str:
        names = [_NIGHT.get(name, name if name.startswith("m-") else "") for name in found[1].split()]
        names = sorted({name for name in names if name})
        return f' class="{" ".join(names)}"' if names else ""

    return _TAG.sub(lambda tag: _CLASS.sub(kept, tag[0]), html)


def _without_gaps(html: str) -> str:
    """White space goes from inside `style` attributes and between elements of the layout, a tenth of the size."""

    def tight(found: re.Match[str]) -> str:
        return 'style="' + re.sub(r"([:;]) +", r"\1", found[1]).rstrip(";") + '"'

    return re.sub(r"\n\s*\n+", "\n", _TAG.sub(lambda tag: _STYLE.sub(tight, tag[0]), html))
