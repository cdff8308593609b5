"""The mails that readers get one by one, in the voice of a publication, handed to `mail`.

What a stranger can type into a form (a name, say) stands in none that a form brings about: else it would carry their words to
anybody. Whoever has confirmed, or leaves, may be called by their name.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TypedDict, Unpack

from django.template.loader import render_to_string
from django.utils import translation
from django.utils.functional import Promise
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from masthead.audience import list_mails, mail_markup
from masthead.audience.attributes import as_typed
from masthead.audience.default_mails import ALREADY_SUBSCRIBED, Words, default
from masthead.audience.models import ListMail, MailingList, Subscriber
from masthead.common.text import direction_of
from masthead.common.urls import absolute
from masthead.mail import single
from masthead.mail.sender import Sender

Kind = ListMail.Kind

_SIGN_IN = gettext_lazy("Sign in to %(publication)s")


class Voice(TypedDict):
    """To whom, in whose voice and in which language (else the sender's), and when."""

    to: str
    sender: Sender
    language: str
    now: datetime


@dataclass(frozen=True, slots=True)
class InWords:
    """Subject and both parts of a mail."""

    subject: str
    text: str
    html: str


def asked_words(lists: Sequence[MailingList], sender: Sender, language: str) -> Words:
    """What the confirmation for `lists` says. Looked up for every address alike, whichever mail is the answer (rule S12)."""
    return list_mails.words(lists=lists, kind=Kind.CONFIRMATION, language=language, sender_language=sender.language)


def subject_of(said: Words, lists: Sequence[MailingList], sender: Sender) -> str:
    """The subject of the answer to a form, whichever mail that is: the same for all, since the page names it."""
    return mail_markup.in_line(said.subject, _about(sender, lists, said))


def sign_in_subject(sender: Sender, language: str) -> str:
    """The subject of the sign-in mail; the code is not in it, since lock screens show subjects."""
    return _in_words(_SIGN_IN, sender, language)


def confirmation(*, said: Words, lists: Sequence[MailingList], link: str, subject: str, **voice: Unpack[Voice]) -> None:
    """The mail whose link leads to the button that confirms, in the words `said`. Nothing of the reader's own stands in it."""
    why = last_line(Kind.CONFIRMATION, said.language, voice["sender"])
    queue_words(kind=Kind.CONFIRMATION, said=said, lists=lists, link=link, subject=subject, why=why, **voice)


def welcome(*, lists: Sequence[MailingList], reader: Subscriber | None, subject: str = "", **voice: Unpack[Voice]) -> None:
    """To who has just joined. Without `reader` nothing personal stands in it: the form may have been a stranger's.

    Lists with words of their own send a mail each, all others one together. `subject` stands for that of the mail.
    """
    link = absolute(voice["sender"].base_url, "account")
    _for_each(Kind.WELCOME, lists, link, reader, voice, subject)


def goodbye(*, lists: Sequence[MailingList], reader: Subscriber, **voice: Unpack[Voice]) -> None:
    """Says that somebody has left, and how to come back."""
    _for_each(Kind.GOODBYE, lists, absolute(voice["sender"].base_url, "subscribe"), reader, voice)


def stay(*, lists: Sequence[MailingList], reader: Subscriber, link: str, days: int, **voice: Unpack[Voice]) -> None:
    """Asks a reader of old whether they want to stay. `link` leads to the page with both buttons, and takes one-click leaving."""
    sender = voice["sender"]
    said = list_mails.words(lists=lists, kind=Kind.STAY, language=voice["language"], sender_language=sender.language)
    # It goes to many, so providers want the headers of bulk mail (RFC 2369 §3.2, RFC 8058 §3.1).
    headers = {"List-Unsubscribe": f"<{link}>", "List-Unsubscribe-Post": "List-Unsubscribe=One-Click"}
    why = last_line(Kind.STAY, said.language, sender, days=days)
    queue_words(kind=Kind.STAY, said=said, lists=lists, link=link, why=why, reader=reader, headers=headers, **voice)


def already_subscribed(*, lists: Sequence[MailingList], link: str, subject: str, **voice: Unpack[Voice]) -> None:
    """To a reader who asked to join what they are on already, or to somebody in their name.

    It is made as the confirmation is: the time it takes tells nobody which of them it was (rule S12).
    """
    sender = voice["sender"]
    said = default(ALREADY_SUBSCRIBED, list_mails.spoken(voice["language"], sender.language))
    why = last_line(ALREADY_SUBSCRIBED, said.language, sender)
    queue_words(kind=ALREADY_SUBSCRIBED, said=said, lists=lists, link=link, subject=subject, why=why, **voice)


def sign_in(*, link: str, code: str, minutes: int, **voice: Unpack[Voice]) -> None:
    """A link and a code, either of which signs in."""
    _queue("sign_in", _SIGN_IN, voice, link=link, code=code, minutes=minutes)


def new_address(*, link: str, days: int, **voice: Unpack[Voice]) -> None:
    """To the new address: the link that confirms the move."""
    _queue("new_address", gettext_lazy("Confirm your new address for %(publication)s"), voice, link=link, days=days)


def old_address(*, new_masked: str, **voice: Unpack[Voice]) -> None:
    """To the old address: the reader has moved."""
    _queue("old_address", gettext_lazy("Your address for %(publication)s was changed"), voice, new_masked=new_masked)


def queue_words(
    *,
    kind: str,
    said: Words,
    lists: Sequence[MailingList],
    link: str,
    why: str,
    subject: str = "",
    reader: Subscriber | None = None,
    to_staff: bool = False,
    record_as: str = "",
    headers: Mapping[str, str] | None = None,
    **voice: Unpack[Voice],
) -> None:
    """Queue a mail of a list in the words `said`, filled in. `why` is its last line, `record_as` its kind in the record."""
    made = in_words(said=said, lists=lists, link=link, why=why, reader=reader, sender=voice["sender"])
    single.queue(
        kind=record_as or str(kind),
        to=voice["to"],
        subject=subject or made.subject,
        text=made.text,
        html=made.html,
        sender=voice["sender"],
        now=voice["now"],
        to_staff=to_staff,
        headers=headers,
    )


def in_words(
    *, said: Words, lists: Sequence[MailingList], link: str, why: str, reader: Subscriber | None, sender: Sender
) -> InWords:
    """The mail as it would be sent."""
    values = {**_about(sender, lists, said), **_personal(reader), "link": link}
    subject = mail_markup.in_line(said.subject, values)
    body = mail_markup.write(said.body, values)
    context = {**_frame(subject, said.language, sender), "why": why}
    # What `mail_markup` made is markup of ours around escaped text.
    html = render_to_string("audience/mail/list_mail.html", {**context, "body": SafeString(body.html)})
    text = render_to_string("audience/mail/list_mail.txt", {**context, "body": body.text})
    return InWords(subject, text, html)


def last_line(kind: str, language: str, sender: Sender, *, days: int = 30) -> str:
    """Why one gets a mail of this kind: below every one of them, whoever wrote the words above."""
    with translation.override(list_mails.spoken(language, sender.language)):
        if kind == Kind.CONFIRMATION:
            return _("You did not ask for this? Then do nothing: you will get no mail, and we forget your address.")
        if kind == Kind.STAY:
            words = ngettext(
                "You have %(days)s day to answer. We ask because we do not know when you last confirmed that you want our mail.",
                "You have %(days)s days to answer. We ask because we do not know when you last confirmed that you want our mail.",
                days,
            )
            return words % {"days": days}
        if kind == ALREADY_SUBSCRIBED:
            return _("It was not you? Then do nothing: nothing has changed.")
        if kind == Kind.GOODBYE:
            return _("This is the last mail about this subscription.")
        mine = absolute(sender.base_url, "account")
        return _("This mail comes once, because this address was subscribed. It was not you? Leave here: %(link)s") % {
            "link": mine
        }


def _for_each(
    kind: ListMail.Kind, lists: Sequence[MailingList], link: str, reader: Subscriber | None, voice: Voice, subject: str = ""
) -> None:
    sender = voice["sender"]
    groups = list_mails.by_words(lists=lists, kind=kind, language=voice["language"], sender_language=sender.language)
    for said, of_group in groups:
        why = last_line(kind, said.language, sender)
        queue_words(kind=kind, said=said, lists=of_group, link=link, why=why, subject=subject, reader=reader, **voice)


def _about(sender: Sender, lists: Sequence[MailingList], said: Words) -> dict[str, str | Sequence[str]]:
    """Ours do not name the lists where that would only say the publication's name again; what an editor wrote is filled in."""
    name = sender.publication or sender.name
    names = [entry.name for entry in lists]
    return {"publication": name, "lists": [] if names == [name] and not said.own else names}


def _personal(reader: Subscriber | None) -> dict[str, str | Sequence[str]]:
    if reader is None:
        return {}
    return {**{key: as_typed(value) for key, value in reader.attributes.items()}, "name": reader.name}


def _queue(kind: str, subject: Promise | str, voice: Voice, **context: object) -> None:
    sender, language = voice["sender"], list_mails.spoken(voice["language"], voice["sender"].language)
    said = subject if isinstance(subject, str) else _in_words(subject, sender, language)
    with translation.override(language):
        context |= _frame(said, language, sender)
        text = render_to_string(f"audience/mail/{kind}.txt", context)
        html = render_to_string(f"audience/mail/{kind}.html", context)
    single.queue(kind=kind, to=voice["to"], subject=said, text=text, html=html, sender=sender, now=voice["now"])


def _frame(subject: str, language: str, sender: Sender) -> dict[str, object]:
    return {
        "sender": sender,
        "publication": sender.publication or sender.name,
        "subject": subject,
        "language": language,
        "direction": direction_of(language),
    }


def _in_words(subject: Promise, sender: Sender, language: str) -> str:
    with translation.override(list_mails.spoken(language, sender.language)):
        return str(subject) % {"publication": sender.publication or sender.name}
