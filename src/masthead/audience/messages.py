"""The mails that readers get one by one, in the voice of a publication, handed to `mail`.

What a stranger can type into a form (a name, say) stands in none of them: else the form would carry their words to anybody.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TypedDict, Unpack

from django.template.loader import render_to_string
from django.utils import translation
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

from masthead.audience.models import MailingList
from masthead.mail import single
from masthead.mail.sender import Sender

_SUBSCRIPTION = gettext_lazy("Your subscription to %(publication)s")
_SIGN_IN = gettext_lazy("Sign in to %(publication)s")


class Voice(TypedDict):
    """To whom, in whose voice and in which language (else the sender's), and when."""

    to: str
    sender: Sender
    language: str
    now: datetime


def subscription_subject(sender: Sender, language: str) -> str:
    """The subject of the confirmation and of "you are subscribed already": the same, since the page names it."""
    return _in_words(_SUBSCRIPTION, sender, language)


def sign_in_subject(sender: Sender, language: str) -> str:
    """The subject of the sign-in mail; the code is not in it, since lock screens show subjects."""
    return _in_words(_SIGN_IN, sender, language)


def confirmation(*, lists: Sequence[MailingList], link: str, days: int, **voice: Unpack[Voice]) -> None:
    """The mail whose link leads to the button that confirms."""
    _queue("confirmation", _SUBSCRIPTION, voice, link=link, lists=[entry.name for entry in lists], days=days)


def already_subscribed(*, link: str, **voice: Unpack[Voice]) -> None:
    """To a reader who asked to join what they are on already, or to somebody in their name."""
    _queue("already_subscribed", _SUBSCRIPTION, voice, link=link)


def sign_in(*, link: str, code: str, minutes: int, **voice: Unpack[Voice]) -> None:
    """A link and a code, either of which signs in."""
    _queue("sign_in", _SIGN_IN, voice, link=link, code=code, minutes=minutes)


def goodbye(*, lists: Sequence[MailingList], link: str, **voice: Unpack[Voice]) -> None:
    """Says that somebody has left, and how to come back."""
    subject = gettext_lazy("You have left %(publication)s")
    _queue("goodbye", subject, voice, link=link, lists=[entry.name for entry in lists])


def new_address(*, link: str, days: int, **voice: Unpack[Voice]) -> None:
    """To the new address: the link that confirms the move."""
    _queue("new_address", gettext_lazy("Confirm your new address for %(publication)s"), voice, link=link, days=days)


def old_address(*, new_masked: str, **voice: Unpack[Voice]) -> None:
    """To the old address: the reader has moved."""
    _queue("old_address", gettext_lazy("Your address for %(publication)s was changed"), voice, new_masked=new_masked)


def _queue(kind: str, subject: Promise, voice: Voice, **context: object) -> None:
    sender, language = voice["sender"], voice["language"]
    in_words = _in_words(subject, sender, language)
    with translation.override(_shown(language, sender)):
        context |= {
            "sender": sender,
            "publication": sender.publication or sender.name,
            "subject": in_words,
            "language": translation.get_language() or "en",
            "direction": "rtl" if translation.get_language_bidi() else "ltr",
        }
        text = render_to_string(f"audience/mail/{kind}.txt", context)
        html = render_to_string(f"audience/mail/{kind}.html", context)
    single.queue(kind=kind, to=voice["to"], subject=in_words, text=text, html=html, sender=sender, now=voice["now"])


def _in_words(subject: Promise, sender: Sender, language: str) -> str:
    with translation.override(_shown(language, sender)):
        return str(subject) % {"publication": sender.publication or sender.name}


def _shown(language: str, sender: Sender) -> str:
    """The language of the mail: the reader's if we speak it, else the publication's, else English."""
    for wanted in (language, sender.language):
        try:
            return translation.get_supported_language_variant(wanted)
        except LookupError:
            continue
    return "en"
