"""The mails that readers get one by one, in the voice of a publication, handed to `mail`.

What a stranger can type into a form (a name, say) stands in none of them: else the form would carry their words to anybody.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.template.loader import render_to_string
from django.utils import translation
from django.utils.translation import gettext as _

from masthead.audience.models import MailingList
from masthead.mail.sender import Sender


def subscription_subject(sender: Sender, language: str) -> str:
    """The subject of the confirmation and of "you are subscribed already": the same, since the page names it."""
    with translation.override(_shown(language, sender)):
        return _("Your subscription to %(publication)s") % {"publication": sender.publication or sender.name}


def confirmation(
    *, to: str, lists: Sequence[MailingList], link: str, days: int, sender: Sender, language: str, now: datetime
) -> None:
    """The mail whose link leads to the button that confirms."""
    subject = subscription_subject(sender, language)
    _queue("confirmation", to, subject, sender, language, now, link=link, lists=[entry.name for entry in lists], days=days)


def already_subscribed(*, to: str, sender: Sender, language: str, now: datetime, link: str) -> None:
    """To a reader who asked to join what they are on already, or to somebody in their name."""
    _queue("already_subscribed", to, subscription_subject(sender, language), sender, language, now, link=link)


def sign_in(*, to: str, link: str, code: str, minutes: int, sender: Sender, language: str, now: datetime) -> None:
    """A link and a code, either of which signs in."""
    subject = sign_in_subject(sender, language)
    _queue("sign_in", to, subject, sender, language, now, link=link, code=code, minutes=minutes)


def sign_in_subject(sender: Sender, language: str) -> str:
    """The subject of the sign-in mail; the code is not in it, since lock screens show subjects."""
    with translation.override(_shown(language, sender)):
        return _("Sign in to %(publication)s") % {"publication": sender.publication or sender.name}


def goodbye(*, to: str, lists: Sequence[MailingList], link: str, sender: Sender, language: str, now: datetime) -> None:
    """Says that somebody has left, and how to come back."""
    with translation.override(_shown(language, sender)):
        subject = _("You have left %(publication)s") % {"publication": sender.publication or sender.name}
    _queue("goodbye", to, subject, sender, language, now, link=link, lists=[entry.name for entry in lists])


def new_address(*, to: str, link: str, days: int, sender: Sender, language: str, now: datetime) -> None:
    """To the new address: the link that confirms the move."""
    with translation.override(_shown(language, sender)):
        subject = _("Confirm your new address for %(publication)s") % {"publication": sender.publication or sender.name}
    _queue("new_address", to, subject, sender, language, now, link=link, days=days)


def old_address(*, to: str, new_masked: str, sender: Sender, language: str, now: datetime) -> None:
    """To the old address: the reader has moved."""
    with translation.override(_shown(language, sender)):
        subject = _("Your address for %(publication)s was changed") % {"publication": sender.publication or sender.name}
    _queue("old_address", to, subject, sender, language, now, new_masked=new_masked)


def _queue(kind: str, to: str, subject: str, sender: Sender, language: str, now: datetime, **context: object) -> None:
    with translation.override(_shown(language, sender)):
        context |= {
            "sender": sender,
            "publication": sender.publication or sender.name,
            "subject": subject,
            "language": translation.get_language() or "en",
            "direction": "rtl" if translation.get_language_bidi() else "ltr",
        }
        text = render_to_string(f"audience/mail/{kind}.txt", context)
        html = render_to_string(f"audience/mail/{kind}.html", context)
    from masthead.mail import single  # not at the top until mail.single is there

    single.queue(kind=kind, to=to, subject=subject, text=text, html=html, sender=sender, now=now)


def _shown(language: str, sender: Sender) -> str:
    """The language of the mail: the reader's if we speak it, else the publication's, else English."""
    for wanted in (language, sender.language):
        try:
            return translation.get_supported_language_variant(wanted)
        except LookupError:
            continue
    return "en"
