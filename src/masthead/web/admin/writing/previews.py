"""What an issue will look like, by the renderer that freezes it: as page, mail, short mail, text and feed entry.

Mail and feed HTML are never a document of the desk's own origin that could run a script (S5): Wagtail's panel loads a page of
ours, which holds the content in a sandboxed frame, whose own answer carries the sandbox policy too.
"""

from __future__ import annotations

import re
from html import escape
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.shortcuts import render as fill
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from masthead.issues.content import Content
from masthead.issues.freezing import preview
from masthead.issues.models import Issue
from masthead.issues.numbering import NoNumber
from masthead.issues.rendering.edition import CannotRender, Rendered, render
from masthead.issues.rendering.merge import TooManyFields
from masthead.team.roles import requires
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


@require_safe
@requires("issues.write")
def look(request: HttpRequest, pk: int) -> HttpResponse:
    """The newest draft of an issue, in the way that `mode` says."""
    issue = get_object_or_404(Issue, pk=pk).get_latest_revision_as_object()
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
    try:
        content = preview(issue)
        rendered = render(content)
    except (CannotRender, TooManyFields, NoNumber) as error:
        return page(request, "web_admin/previews/trouble.html", {"trouble": str(error)})
    context: dict[str, object] = {
        "content": content,
        "mode": mode,
        "subject": as_read(rendered.subject, rendered, content),
        "preheader": as_read(rendered.preheader, rendered, content),
    }
    if mode == "text":
        return page(request, "web_admin/previews/text.html", {**context, "text": as_read(rendered.text_full, rendered, content)})
    if mode == "web":
        theme = theme_of(content)
        return page(request, "web_admin/previews/web.html", {**context, "html": _trusted(rendered), "theme": theme})
    if request.GET.get("part") == "content":
        return sandboxed(_inner(rendered, content, mode))
    query = request.GET.copy()
    query["part"] = "content"
    return page(request, "web_admin/previews/frame.html", {**context, "source": f"{request.path}?{query.urlencode()}"})


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

    return _SLOT.sub(value, text)


def _trusted(rendered: Rendered) -> SafeString:
    """The article: written by `issues.rendering` from values that it escaped or passed through its allow-list (S4)."""
    return SafeString(rendered.web_html)


def _inner(rendered: Rendered, content: Content, mode: str) -> str:
    if mode == "mail":
        return as_read(rendered.mail_html_full, rendered, content, html=True)
    if mode == "mail_excerpt":
        return as_read(rendered.mail_html_excerpt, rendered, content, html=True)
    return f'<!doctype html><meta charset="utf-8"><title>{_("Feed")}</title>{rendered.feed_html}'


def sandboxed(html: str) -> HttpResponse:
    """A mail as the document of a frame: no script, no form, an origin of its own."""
    return HttpResponse(html, headers={"Content-Security-Policy": SANDBOX, "X-Frame-Options": "SAMEORIGIN"})


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
