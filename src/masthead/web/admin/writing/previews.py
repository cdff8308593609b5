"""What an issue will look like, by the renderer that freezes it: as page, mail, short mail, text and feed entry.

Mail and feed HTML are never a document of the desk's own origin that could run a script (S5): Wagtail's panel loads a page of
ours, which holds the content in a sandboxed frame, whose own answer carries the sandbox policy too.
"""

from __future__ import annotations

import contextlib
import email
import email.policy
import re
from base64 import b64encode
from collections.abc import Mapping
from dataclasses import dataclass
from html import escape
from io import BytesIO
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.shortcuts import render as fill
from django.urls import reverse
from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from masthead.audience.models import Subscriber
from masthead.common.addresses import BadAddress
from masthead.delivery.rendering import TEST_PREFIX
from masthead.delivery.testing import mail_like
from masthead.issues import reading, share_card
from masthead.issues.content import Content
from masthead.issues.freezing import preview, words_of_card
from masthead.issues.models import Issue
from masthead.issues.numbering import NoNumber
from masthead.issues.pictures import BadPicture
from masthead.issues.rendering.conditions import decided
from masthead.issues.rendering.edition import CannotRender, Rendered, render
from masthead.issues.rendering.merge import TooManyFields
from masthead.mail.address_words import why_not
from masthead.mail.encoding.slots import BadMail
from masthead.team.roles import may, requires
from masthead.web.admin.own_publications import readers_known_to
from masthead.web.admin.staff import staff
from masthead.web.site.theme import name_of

#: What a mail may load: its pictures and its own styles. No script, no form, no frame, no origin of ours.
SANDBOX = (
    "default-src 'none'; img-src 'self' data:; style-src 'unsafe-inline'; form-action 'none'; frame-ancestors 'self'; "
    "sandbox allow-popups allow-popups-to-escape-sandbox"
)
#: Page and text are our templates over sanitised blocks. The shell's accessibility check runs in them from outside.
PAGE = (
    "default-src 'none'; img-src 'self' data:; style-src 'self'; font-src 'self'; frame-src 'self'; form-action 'none'; "
    "frame-ancestors 'self'"
)
_SLOT = re.compile(r"\{\{([a-z0-9_]+)\}\}")


@dataclass(frozen=True)
class Light:
    """Under which circumstances a mail is looked at: `night` is "dark", "light" or "" (as this machine is set)."""

    night: str = ""
    pictures: bool = True
    styles: bool = True

    @classmethod
    def of(cls, asked: Mapping[str, str], mode: str) -> Light:
        """What an address asks for, and what is in the nature of a mode of the shell's panel."""
        night = "dark" if mode == "mail_dark" else asked.get("night", "")
        return cls(
            night=night if night in {"dark", "light"} else "",
            pictures=mode != "mail_bare" and asked.get("pictures") != "off",
            styles=asked.get("styles") != "off",
        )


@require_safe
@requires("issues.write")
def look(request: HttpRequest, pk: int) -> HttpResponse:
    """The newest draft of an issue, in the way that `mode` says; see `Light` for the rest, and `reader` is an id."""
    issue = reading.newest(get_object_or_404(Issue, pk=pk))
    mode = request.GET.get("mode", "mail")
    if mode not in dict(issue.preview_modes):
        raise Http404
    return answer(request, issue, mode)


def attach(issue: Issue) -> None:
    """Let the shell's preview views ask us for the answer."""

    def in_its_place(request: HttpRequest, mode: str, extra: dict[str, Any] | None = None) -> HttpResponse:
        return answer(request, issue, mode)

    issue.make_preview_request = in_its_place


def answer(request: HttpRequest, issue: Issue, mode: str) -> HttpResponse:
    """One preview; `?part=content` asks for what stands inside the sandboxed frame."""
    light = Light.of(request.GET, mode)
    try:
        seen = _seen(request, issue, mode)
    except (CannotRender, TooManyFields, NoNumber, BadMail, BadAddress) as error:
        return page(request, "web_admin/previews/trouble.html", {"trouble": why_not(error)})
    content, rendered = seen.content, seen.rendered
    if request.GET.get("part") == "content" and seen.html:
        return sandboxed(in_light(seen.html, light), pictures=light.pictures)
    context: dict[str, object] = {
        "content": content,
        "mode": mode,
        "light": light,
        "subject": seen.subject,
        "preheader": as_read(rendered.preheader, rendered, content),
    }
    if mode == "text" or (not seen.html and mode not in {"web", "teaser"}):
        return page(request, "web_admin/previews/text.html", {**context, "text": seen.text})
    if mode == "web":
        theme = theme_of(content)
        return page(request, "web_admin/previews/web.html", {**context, "html": _trusted(rendered), "theme": theme})
    if mode == "teaser":
        return page(
            request, "web_admin/previews/teaser.html", {**context, "card": card_of(issue, content), **words_of_card(content)}
        )
    query = request.GET.copy()
    query["part"] = "content"
    return page(request, "web_admin/previews/frame.html", {**context, "source": f"{request.path}?{query.urlencode()}"})


@dataclass(frozen=True)
class _Seen:
    """What one reader, or a reader of whom nothing is known, sees of an issue; `html` is "" for modes that have none."""

    content: Content
    rendered: Rendered
    subject: str
    html: str
    text: str


def _seen(request: HttpRequest, issue: Issue, mode: str) -> _Seen:
    content = preview(issue)
    rendered = render(content)
    asked = request.GET.get("reader", "")
    if asked.isdecimal() and mode in _MAILS and may(request.user, "readers.view"):
        subscriber = get_object_or_404(readers_known_to(staff(request)), pk=int(asked))
        return _of_reader(issue, content, rendered, subscriber, mode)
    return _Seen(
        content,
        rendered,
        as_read(rendered.subject, rendered, content),
        _inner(rendered, content, mode),
        as_read(rendered.text_full, rendered, content),
    )


#: Modes that show a mail, and the length each has; None: as the reader or the issue says.
_MAILS = {"mail": None, "mail_excerpt": "excerpt", "mail_dark": None, "mail_bare": None, "text": None}


def _of_reader(issue: Issue, content: Content, rendered: Rendered, subscriber: Subscriber, mode: str) -> _Seen:
    made = mail_like(
        issue=issue,
        subscriber=subscriber,
        now=timezone.now(),
        mail_mode=_MAILS[mode],
        mail_format="text" if mode == "text" else None,
    )
    mail = email.message_from_bytes(made.raw, policy=email.policy.default)
    page_part, text_part = mail.get_body(("html",)), mail.get_body(("plain",))
    return _Seen(
        content,
        rendered,
        str(mail["Subject"]).removeprefix(TEST_PREFIX),
        page_part.get_content() if page_part else "",
        text_part.get_content() if text_part else "",
    )


_AT_NIGHT = re.compile(r"@media \(prefers-color-scheme: ?dark\)")
_KEPT_STYLES = re.compile(r"<style.*?</style>", re.DOTALL)


def in_light(html: str, light: Light) -> str:
    """`html` of a mail as a program shows it that is dark, or light, or leaves out style blocks. Pictures are the policy's."""
    if not light.styles:
        return _KEPT_STYLES.sub("", html)
    if light.night:
        return _AT_NIGHT.sub("@media all" if light.night == "dark" else "@media not all", html)
    return html


def as_read(text: str, rendered: Rendered, content: Content, *, html: bool = False) -> str:
    """`text` with every slot filled as for a reader of whom nothing is known."""

    def value(found: re.Match[str]) -> str:
        name = found[1]
        if name in rendered.slots:
            plain = rendered.slots[name]["fallback"]
        elif name == "address_masked":
            plain = "r…@example.org"
        else:
            plain = content.url if name == "view_url" else content.masthead.base_url
        return escape(plain) if html else plain

    # Parts under a condition are all shown: the editor wants to see them. As one reader, only theirs are.
    return _SLOT.sub(value, decided(text, lambda condition: True))


def _trusted(rendered: Rendered) -> SafeString:
    """The article: written by `issues.rendering` from values that it escaped or passed through its allow-list (S4)."""
    return SafeString(rendered.web_html)


def _inner(rendered: Rendered, content: Content, mode: str) -> str:
    if mode == "mail_excerpt":
        return as_read(rendered.mail_html_excerpt, rendered, content, html=True)
    if mode in _MAILS and mode != "text":
        return as_read(rendered.mail_html_full, rendered, content, html=True)
    if mode == "feed":
        return f'<!doctype html><meta charset="utf-8"><title>{_("Feed")}</title>{rendered.feed_html}'
    return ""


def card_of(issue: Issue, content: Content) -> str:
    """The picture that other sites show with a link, as a data: address."""
    lead = b""
    if issue.lead_image:
        with contextlib.suppress(OSError), issue.lead_image.open_file() as file:
            lead = file.read()
    try:
        drawn = share_card.draw(**words_of_card(content), lead=lead)
    except BadPicture:  # named by pre-flight; the card of the frozen issue does without it, too
        drawn = share_card.draw(**words_of_card(content))
    out = BytesIO()
    drawn.resize((share_card.WIDTH // 2, share_card.HEIGHT // 2)).save(out, "JPEG", quality=85)
    return "data:image/jpeg;base64," + b64encode(out.getvalue()).decode("ascii")


def sandboxed(html: str, *, pictures: bool = True) -> HttpResponse:
    """A mail as the document of a frame: no script, no form, an origin of its own; no pictures where they are not wanted."""
    policy = SANDBOX if pictures else SANDBOX.replace("img-src 'self' data:", "img-src 'none'")
    return HttpResponse(html, headers={"Content-Security-Policy": policy, "X-Frame-Options": "SAMEORIGIN"})


def theme_of(content: Content) -> str:
    """The stylesheet of the look that `content` has."""
    look = content.masthead
    return reverse("theme", args=[name_of(look.accent, look.night_accent, look.typeface)])


def page(request: HttpRequest, template: str, context: dict[str, object]) -> HttpResponse:
    """A page for a frame of the desk: our template, no script."""
    answer = fill(request, template, context)
    answer["Content-Security-Policy"] = PAGE
    answer["X-Frame-Options"] = "SAMEORIGIN"
    return answer
