"""The mails of a list: our words in every language, and an editor's own."""

from __future__ import annotations

import email
import email.policy
import re
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.conf import settings

from masthead.audience import consent, list_mails, lists, mail_markup
from masthead.audience.default_mails import default
from masthead.audience.models import Attribute, ListMail, MailingList, Subscriber
from masthead.audit.models import Entry
from masthead.mail.models import SingleMail
from masthead.mail.sender import Sender

pytestmark = pytest.mark.django_db
Kind = ListMail.Kind
CODES = [code for code, _name in settings.LANGUAGES]


def sent(kind: str) -> list[Any]:
    raw = [bytes(mail.raw) for mail in SingleMail.objects.filter(kind=kind).order_by("pk")]
    return [email.message_from_bytes(entry, policy=email.policy.default) for entry in raw]


def text_of(mail: Any) -> str:
    """As a program shows it that knows format=flowed (RFC 3676)."""
    return str(mail.get_body(("plain",)).get_content()).replace(" \r\n", " ")


def ask(address: str, mailing_list: MailingList, sender: Sender, now: datetime, **changes: Any) -> consent.Requested:
    return consent.request(
        address=address,
        lists=[mailing_list],
        text="As it says.",
        how="form",
        sender=sender,
        confirm_url=lambda token: f"https://courier.example.org/c/{token}",
        now=now,
        **changes,
    )


def token_of(mail: Any) -> str:
    found = re.search(r"/c/(\S+)", text_of(mail))
    assert found
    return found[1]


def write(mailing_list: MailingList, kind: ListMail.Kind, body: str, now: datetime, **changes: Any) -> ListMail:
    options: dict[str, Any] = {"language": "en", "subject": "News of {{ publication }}", "by": "staff:1"}
    return list_mails.save(mailing_list=mailing_list, kind=kind, body=body, now=now, **options | changes)


@pytest.mark.parametrize("language", CODES)
@pytest.mark.parametrize("kind", list(Kind))
def test_our_own_words_can_be_sent_in_every_language(kind: ListMail.Kind, language: str) -> None:
    said = default(kind, language)
    assert list_mails.check(kind=kind, subject=said.subject, body=said.body) == (said.subject, said.body)
    assert {field.name for field in mail_markup.fields(said.body)} >= {"link", "lists"}
    written = mail_markup.write(said.body, {"publication": "Kurier", "lists": ["One", "Two"], "link": "https://a.example/x"})
    assert "https://a.example/x" in written.text
    assert 'href="https://a.example/x" style' in written.html  # a button
    assert "**" not in written.html + written.text


def test_a_confirmation_in_own_words_is_what_is_mailed(
    mailing_list: MailingList, sender: Sender, stranger: str, now: datetime
) -> None:
    write(mailing_list, Kind.CONFIRMATION, "Ahoy, **{{ publication }}** asks:\n\n[Yes, mail me]({{ link }})", now)
    answer = ask(stranger, mailing_list, sender, now)
    mail = sent("confirmation")[0]
    assert mail["Subject"] == answer.subject == "News of The Courier"
    assert "Ahoy, The Courier asks:" in text_of(mail)
    assert "Ahoy, <strong><bdi>The Courier</bdi></strong> asks:" in mail.get_body(("html",)).get_content()
    assert "You did not ask for this?" in text_of(mail)
    assert consent.confirm(token=token_of(mail), now=now).is_active


def test_own_words_name_the_list_where_they_say_so_although_it_is_called_like_the_publication(
    mailing_list: MailingList, sender: Sender, stranger: str, now: datetime
) -> None:
    assert mailing_list.name == sender.publication
    ask(stranger, mailing_list, sender, now)
    write(mailing_list, Kind.CONFIRMATION, "You asked for {{ lists }}.\n\n{{ lists }}\n\n[Yes]({{ link }})", now)
    ask("rita@example.org", mailing_list, sender, now)
    ours, own = (text_of(mail) for mail in sent("confirmation"))
    assert "You asked for The Courier." in own
    assert re.search(r"^\* The Courier\r?$", own, re.M)
    assert not re.search(r"^\* The Courier\r?$", ours, re.M)


def test_own_words_are_those_of_the_readers_language_else_of_the_publications(
    mailing_list: MailingList, sender: Sender, now: datetime
) -> None:
    def said(language: str) -> str:
        return list_mails.words(lists=[mailing_list], kind=Kind.WELCOME, language=language, sender_language="en").body

    write(mailing_list, Kind.WELCOME, "Bonjour.", now, language="fr")
    assert said("fr") == said("fr-CA") == "Bonjour."
    assert said("de") == default(Kind.WELCOME, "de").body
    write(mailing_list, Kind.WELCOME, "Hello.", now)
    assert said("de") == "Hello."
    list_mails.reset(mailing_list=mailing_list, kind=Kind.WELCOME, language="en", by="staff:1", now=now)
    assert said("de") == default(Kind.WELCOME, "de").body
    actions = list(Entry.objects.order_by("id").values_list("action", flat=True))
    assert actions == ["list.mail_changed", "list.mail_changed", "list.mail_reset"]


@pytest.mark.parametrize(
    ("kind", "subject", "body", "words"),
    [
        (Kind.CONFIRMATION, "Hello", "No way in.", "has no link"),
        (Kind.CONFIRMATION, "Hello", r"\[Yes\]\(here\)", "has no link"),
        (Kind.CONFIRMATION, "Hello", 'Dear {{ name | "reader" }}, {{ link }}', "cannot stand in the confirmation"),
        (Kind.CONFIRMATION, "Hello", 'In {{ city | "town" }}: {{ link }}', "cannot stand in the confirmation"),
        (Kind.WELCOME, "Hello", "Dear {{ name }}", "Give words for them"),
        (Kind.WELCOME, "Hello", "In {{ village }}", "no merge field"),
        (Kind.WELCOME, "Hello", "In {{ name|upper }}", "looks like a merge field"),
        (Kind.WELCOME, "See {{ link }}", "Hello", "cannot hold a link"),
        (Kind.WELCOME, "", "Hello", "no subject"),
        (Kind.WELCOME, "Hello", " \n ", "no text"),
        (Kind.WELCOME, "x" * 201, "Hello", "at most 200"),
    ],
)
def test_what_cannot_be_sent_is_refused_with_the_reason(
    mailing_list: MailingList, now: datetime, kind: ListMail.Kind, subject: str, body: str, words: str
) -> None:
    Attribute.objects.create(key="city", label="City", kind="text", created_at=now)
    with pytest.raises(list_mails.BadListMail, match=re.escape(words)):
        write(mailing_list, kind, body, now, subject=subject)
    assert not ListMail.objects.exists()


def test_a_welcome_is_sent_once_and_only_where_the_list_sends_one(
    mailing_list: MailingList, sender: Sender, stranger: str, now: datetime
) -> None:
    ask("other@example.com", mailing_list, sender, now)
    consent.confirm(token=token_of(sent("confirmation")[0]), now=now, notice=sender)
    assert sent("welcome") == []
    list_mails.set_welcome(mailing_list=mailing_list, on=True, by="staff:1", now=now)
    write(mailing_list, Kind.WELCOME, 'Dear {{ name | "reader" }}, look [here]({{ link }}).', now)
    ask(stranger, mailing_list, sender, now, name="Sam *Hill* [x](https://evil.example)")
    token = token_of(sent("confirmation")[1])
    consent.confirm(token=token, now=now, notice=sender)
    consent.confirm(token=token, now=now + timedelta(hours=1), notice=sender)
    [mail] = sent("welcome")
    assert mail["To"] == stranger
    assert "Dear Sam *Hill* [x](https://evil.example), look here (https://courier.example.org/account/)." in text_of(mail)
    assert 'href="https://evil.example' not in mail.get_body(("html",)).get_content()
    assert "It was not you?" in text_of(mail)


def test_lists_with_words_of_their_own_welcome_alone_and_the_others_together(
    mailing_list: MailingList, sender: Sender, stranger: str, now: datetime
) -> None:
    others = [MailingList.objects.create(name=name, slug=name.lower(), sends_welcome=True) for name in ("Extra", "Tides")]
    mailing_list.name, mailing_list.sends_welcome = "Courier extra", True
    mailing_list.save()
    write(mailing_list, Kind.WELCOME, "You are on {{ lists }}.", now)
    consent.request(
        address=stranger,
        lists=[mailing_list, *others],
        text="",
        how="form",
        sender=sender,
        confirm_url=lambda token: f"https://courier.example.org/c/{token}",
        now=now,
    )
    consent.confirm(token=token_of(sent("confirmation")[0]), now=now, notice=sender)
    together, alone = sent("welcome")
    assert "* Extra\n* Tides" in text_of(together).replace("\r\n", "\n")
    assert "You are on Courier extra." in text_of(alone)


def test_who_joins_or_leaves_on_the_own_page_is_told_by_mail(
    mailing_list: MailingList, reader: Subscriber, sender: Sender, now: datetime
) -> None:
    other = MailingList.objects.create(name="Extra", slug="extra", sends_welcome=True)
    both = [mailing_list, other]
    consent.choose(subscriber=reader, lists=[other], among=both, how="preferences", now=now, notice=sender)
    consent.choose(subscriber=reader, lists=[other], among=both, how="preferences", now=now, notice=sender)
    assert (len(sent("welcome")), len(sent("goodbye"))) == (1, 1)
    assert "https://courier.example.org/subscribe/" in text_of(sent("goodbye")[0])


def test_a_list_joined_by_the_form_alone_says_so_by_mail_without_a_strangers_words(
    mailing_list: MailingList, sender: Sender, stranger: str, reader: Subscriber, now: datetime
) -> None:
    mailing_list.opt_in = MailingList.OptIn.SINGLE
    mailing_list.save()
    write(mailing_list, Kind.WELCOME, 'Dear {{ name | "reader" }}.', now, subject="Hello")
    answer = ask(stranger, mailing_list, sender, now, name="Buy at evil.example")
    [mail] = sent("welcome")
    assert mail["Subject"] == answer.subject == ask(reader.address, mailing_list, sender, now).subject
    assert "Dear reader." in text_of(mail)
    assert "evil" not in mail.as_string()
    with pytest.raises(list_mails.BadListMail):
        list_mails.set_welcome(mailing_list=mailing_list, on=False, by="staff:1", now=now)


def test_joining_by_the_form_alone_must_be_chosen_knowingly(now: datetime) -> None:
    with pytest.raises(lists.NotWarned):
        lists.create(name="Open", opt_in=lists.OptIn.SINGLE, by="staff:1", now=now)
    made = lists.create(name="Open", opt_in=lists.OptIn.SINGLE, warned=True, by="staff:1", now=now)
    fields = {"name": "Open to all", "description": "", "is_public": True, "by": "staff:1", "now": now}
    lists.edit(mailing_list=made, opt_in=lists.OptIn.SINGLE, **fields)  # it was said before
    lists.edit(mailing_list=made, opt_in=lists.OptIn.DOUBLE, **fields)
    with pytest.raises(lists.NotWarned):
        lists.edit(mailing_list=made, opt_in=lists.OptIn.SINGLE, **fields)
