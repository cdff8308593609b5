"""The mail a friend gets: the issue as the feed has it, without a link or a word that belongs to the reader who sent it.

Nothing in it was typed by the sender but an address, and that is their own, which they confirmed.
"""

from __future__ import annotations

from datetime import datetime

from django.template.loader import render_to_string
from django.utils import translation
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from masthead.common.text import direction_of
from masthead.common.urls import absolute
from masthead.issues.models import Edition
from masthead.issues.publications import base_url_of, sender_of
from masthead.issues.rendering import wording
from masthead.mail import single


def forwarded(*, edition: Edition, by: str, to: str, stop: str, now: datetime) -> None:
    """Queue the copy of `edition` from the reader with the address `by`; `stop` is the token of the link that stops it."""
    publication = edition.publication
    base, sender = base_url_of(publication), sender_of(publication)
    stop_url = absolute(base, "forward_stop", token=stop)
    catalogue = wording.catalogue(edition.language)
    with translation.override(catalogue):
        subject = _("Forwarded to you: %(title)s") % {"title": edition.title}
        context = {
            "edition": edition,
            "reader": by,
            "sender": sender,
            "publication": publication.name,
            "subject": subject,
            "language": catalogue,
            "direction": direction_of(catalogue),
            "view_url": absolute(base, "issue", number=edition.number),
            "subscribe_url": absolute(base, "subscribe"),
            "stop_url": stop_url,
            "article": _for_mail(edition.feed_html),
        }
        text = render_to_string("forwarding/mail/forwarded.txt", context)
        html = render_to_string("forwarding/mail/forwarded.html", context)
    # RFC 8058: the friend's mail program can say no by itself.
    headers = {"List-Unsubscribe": f"<{stop_url}>", "List-Unsubscribe-Post": "List-Unsubscribe=One-Click"}
    single.queue(kind="forward", to=to, subject=subject, text=text, html=html, sender=sender, now=now, headers=headers)


def _for_mail(html: str) -> SafeString:
    """The article of a feed, written and sanitised when the issue was frozen, with the little that mail programs need told."""
    shown = html.replace("<img ", '<img style="max-width:100%;height:auto" ')
    return SafeString(shown.replace("<figure", '<figure style="margin:16px 0"'))
