"""What the mails of a list say in Masthead's own words, in the markup of `mail_markup`."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import ngettext, override

from masthead.audience.models import ListMail

Kind = ListMail.Kind

LINK_DAYS = 7


@dataclass(frozen=True, slots=True)
class Words:
    """Subject and body of a mail, and the language both are in."""

    subject: str
    body: str
    language: str
    #: Whether an editor wrote them.
    own: bool = False


def default(kind: str, language: str) -> Words:
    """Our own words in `language`, one that Masthead speaks."""
    with override(language):
        subject, paragraphs = _WRITERS[kind]()
    return Words(subject, "\n\n".join(paragraphs), language)


def _confirmation() -> tuple[str, list[str]]:
    days = ngettext(
        "The link leads to a page with a button and works for %(days)s day.",
        "The link leads to a page with a button and works for %(days)s days.",
        LINK_DAYS,
    ) % {"days": LINK_DAYS}
    asked = _("Somebody, probably you, asked us to send **%(publication)s** to this address. If it was you, please confirm:")
    return _("Your subscription to %(publication)s") % _HERE, [asked % _HERE, _LISTS, _button(_("Confirm my subscription")), days]


def _welcome() -> tuple[str, list[str]]:
    subscribed = _("You are subscribed. The next issue comes to you on the day it appears.")
    mine = _button(_("Language, length, pause: my subscription"))
    return _("Welcome to %(publication)s") % _HERE, [subscribed, _LISTS, mine]


def _goodbye() -> tuple[str, list[str]]:
    thanks = _("You will get no more issues of **%(publication)s**. Thank you for having read it.") % _HERE
    back = _("It was a mistake, or you change your mind? You are welcome back any day:")
    return _("You have left %(publication)s") % _HERE, [thanks, _LISTS, back, _button(_("Subscribe again"))]


def _stay() -> tuple[str, list[str]]:
    asked = _("You get **%(publication)s** at this address. Do you want to go on getting it? Then press the button:") % _HERE
    else_ = _("Who does not answer is taken off the list after a while, and can come back any day.")
    return _("%(publication)s: do you want to stay?") % _HERE, [asked, _LISTS, _button(_("Yes, keep me")), else_]


def _already_subscribed() -> tuple[str, list[str]]:
    asked = (
        _("Somebody, probably you, asked us to send **%(publication)s** to this address. There is nothing to confirm.") % _HERE
    )
    mine = _button(_("Language, length, pause: my subscription"))
    return _("Your subscription to %(publication)s") % _HERE, [asked, _("You are subscribed already."), mine]


def _button(label: str) -> str:
    return f"[{label}]({{{{ link }}}})"


_HERE = {"publication": "{{ publication }}"}
_LISTS = "{{ lists }}"
#: The answer to a reader who asks to join what they are on. It has no own words: it takes the subject of the confirmation.
ALREADY_SUBSCRIBED = "already_subscribed"
_WRITERS = {
    Kind.CONFIRMATION: _confirmation,
    Kind.WELCOME: _welcome,
    Kind.GOODBYE: _goodbye,
    Kind.STAY: _stay,
    ALREADY_SUBSCRIBED: _already_subscribed,
}
