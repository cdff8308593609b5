"""The built-in inbox: what was sent, as a reader would see it and as the bytes say it.

A mail is foreign text even when we wrote it: its HTML is shown in a sandboxed frame, by an address whose own answer carries the
sandbox policy too (S5).
"""

from __future__ import annotations

import re

from django.conf import settings
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_POST, require_safe

from masthead.issues.models import Publication
from masthead.mail.inbox import emptying, lookups, reading
from masthead.mail.models import InboxMessage
from masthead.team.roles import may, requires
from masthead.web.admin.numbers import Counted
from masthead.web.admin.staff import staff
from masthead.web.middleware import FILES, SANDBOX

A_PAGE = 50
#: Source is shown up to here; all of it can be downloaded.
_MOST_SHOWN = 300_000
_TABS = {
    "html": gettext_lazy("HTML"),
    "phone": gettext_lazy("On a phone"),
    "text": gettext_lazy("Text"),
    "headers": gettext_lazy("Headers"),
    "links": gettext_lazy("Links"),
    "attachments": gettext_lazy("Attachments"),
    "source": gettext_lazy("Source"),
}
_HEAD = re.compile(r"<head\b[^>]*>", re.IGNORECASE)


@require_safe
@requires("inbox.read")
def inbox(request: HttpRequest) -> HttpResponse:
    """All mails, newest first; `q` searches address and subject."""
    text = request.GET.get("q", "").strip()
    page = Paginator(lookups.messages(text), A_PAGE).get_page(request.GET.get("p"))
    context = {
        "title": _("Built-in inbox"),
        "page": page,
        "q": text,
        "all": lookups.count(),
        "may_empty": may(request.user, "transports.edit"),
    }
    return render(request, "web_admin/mail/inbox.html", context)


@require_safe
@requires("inbox.read")
def message(request: HttpRequest, pk: int) -> HttpResponse:
    """One mail; `show` is the tab."""
    mail = get_object_or_404(InboxMessage, pk=pk)
    raw = bytes(mail.raw)
    content = reading.parsed(raw)
    tabs = [name for name in _TABS if _has(name, content)]
    shown = request.GET.get("show", tabs[0])
    if shown not in tabs:
        raise Http404
    context = {
        "title": mail.subject or _("(no subject)"),
        "mail": mail,
        "content": content,
        "headers": {name.lower(): value for name, value in reversed(content.headers)},
        "tabs": [(name, _TABS[name], _count(name, content)) for name in tabs],
        "shown": shown,
        "source": raw[:_MOST_SHOWN].decode("utf-8", "replace") if shown == "source" else "",
        "cut": len(raw) > _MOST_SHOWN,
        "newer": InboxMessage.objects.filter(pk__gt=pk).order_by("pk").values_list("pk", flat=True).first(),
        "older": InboxMessage.objects.filter(pk__lt=pk).order_by("-pk").values_list("pk", flat=True).first(),
    }
    return render(request, "web_admin/mail/message.html", context)


@require_safe
@requires("inbox.read")
def message_html(request: HttpRequest, pk: int) -> HttpResponse:
    """The HTML part alone, for the frame. Links open in a window of their own."""
    content = reading.parsed(bytes(get_object_or_404(InboxMessage, pk=pk).raw))
    base = '<base target="_blank">'
    html, found = _HEAD.subn(lambda head: head[0] + base, content.html, count=1)
    answer = HttpResponse(html if found else base + html)
    answer["Content-Security-Policy"] = SANDBOX.format(host=" ".join(_picture_hosts()))
    answer["X-Frame-Options"] = "SAMEORIGIN"
    answer["Referrer-Policy"] = "no-referrer"
    return answer


@require_safe
@requires("inbox.read")
def message_source(request: HttpRequest, pk: int) -> HttpResponse:
    """The mail as a file, byte for byte."""
    mail = get_object_or_404(InboxMessage, pk=pk)
    return _file(bytes(mail.raw), f"masthead-{mail.pk}.eml", "message/rfc822")


@require_safe
@requires("inbox.read")
def message_attachment(request: HttpRequest, pk: int, number: int) -> HttpResponse:
    """One attachment, always as a download."""
    found = reading.attachment(bytes(get_object_or_404(InboxMessage, pk=pk).raw), number)
    if found is None:
        raise Http404
    name, content = found
    return _file(content, name, "application/octet-stream")


@require_POST
@requires("transports.edit")
def empty(request: HttpRequest) -> HttpResponse:
    """Delete all mails in the inbox."""
    deleted = emptying.empty(by=staff(request).actor, now=timezone.now())
    words = ngettext("%(n)s mail was deleted.", "%(n)s mails were deleted.", deleted)
    messages.success(request, words % {"n": Counted(deleted)})
    return redirect("desk_inbox")


def _has(tab: str, content: reading.Parsed) -> bool:
    """Whether a mail has anything to show there."""
    if tab in {"html", "phone"}:
        return bool(content.html)
    return {"text": bool(content.text), "links": bool(content.links), "attachments": bool(content.attachments)}.get(tab, True)


def _count(tab: str, content: reading.Parsed) -> int | None:
    return {"links": len(content.links), "attachments": len(content.attachments)}.get(tab)


def _picture_hosts() -> list[str]:
    """The addresses of this install and its publications: what a mail of ours may load pictures from."""
    return sorted({settings.BASE_URL, *Publication.objects.exclude(base_url="").values_list("base_url", flat=True)})


def _file(content: bytes, name: str, kind: str) -> HttpResponse:
    answer = HttpResponse(content, content_type=kind)
    safe = re.sub(r"[\x00-\x1f\x7f/\\\u2028\u2029]", "_", name)[:150]
    answer["Content-Disposition"] = content_disposition_header(True, safe) or "attachment"
    answer["Content-Security-Policy"] = FILES
    answer["X-Content-Type-Options"] = "nosniff"
    return answer
