"""What readers choose for themselves."""

from __future__ import annotations

import email
import email.policy
import re
from datetime import date, datetime, timedelta
from typing import Any

import pytest

from masthead.audience import consent, lookups, preferences, sign_in, subscribers
from masthead.audience.models import MailingList, Subscriber
from masthead.mail.models import SingleMail
from masthead.mail.sender import Sender

pytestmark = pytest.mark.django_db


def test_a_reader_changes_words_and_format(reader: Subscriber, now: datetime) -> None:
    preferences.change(
        subscriber=reader, by="reader", now=now, name=" R.\nMarin ", language="fr", mail_format="text", mail_mode="excerpt"
    )
    reader.refresh_from_db()
    assert (reader.name, reader.language, reader.mail_format, reader.mail_mode) == ("R. Marin", "fr", "text", "excerpt")


def test_a_format_that_does_not_exist_is_refused(reader: Subscriber, now: datetime) -> None:
    with pytest.raises(ValueError, match="pdf"):
        preferences.change(subscriber=reader, by="reader", now=now, mail_format="pdf")


def test_lists_that_the_page_did_not_offer_stay_as_they_are(reader: Subscriber, mailing_list: MailingList, now: datetime) -> None:
    offered, hidden = (MailingList.objects.create(name=name, slug=name) for name in ("offered", "hidden"))
    consent.add_by_staff(subscriber=reader, lists=[hidden], reason="By phone.", by="staff:1", now=now)
    preferences.change(subscriber=reader, by="reader", now=now, lists=[offered], among=[mailing_list, offered])
    active = reader.subscriptions.filter(state="active").values_list("list__name", flat=True)
    assert set(active) == {"offered", "hidden"}


def test_a_list_cannot_be_chosen_that_was_not_offered(reader: Subscriber, mailing_list: MailingList, now: datetime) -> None:
    secret = MailingList.objects.create(name="secret", slug="secret", is_public=False)
    preferences.change(subscriber=reader, by="reader", now=now, lists=[mailing_list, secret], among=[mailing_list])
    assert not reader.subscriptions.filter(list=secret).exists()


def test_a_pause_ends_by_itself(reader: Subscriber, mailing_list: MailingList, now: datetime) -> None:
    until = now.date() + timedelta(days=10)
    preferences.change(subscriber=reader, by="reader", now=now, paused_until=until)
    assert not lookups.active_in([mailing_list], today=until - timedelta(days=1)).exists()
    assert list(lookups.active_in([mailing_list], today=until)) == [reader]
    preferences.change(subscriber=reader, by="reader", now=now, paused_until=None)
    assert lookups.active_in([mailing_list], today=now.date()).exists()


@pytest.mark.parametrize("until", [date(2026, 11, 21), date(2028, 1, 1)])
def test_a_pause_is_within_the_next_year(reader: Subscriber, until: date, now: datetime) -> None:
    with pytest.raises(preferences.BadPause):
        preferences.change(subscriber=reader, by="reader", now=now, paused_until=until)


def ask_to_move(reader: Subscriber, address: str, sender: Sender, now: datetime) -> str | None:
    before = SingleMail.objects.count()
    preferences.request_address(
        subscriber=reader, address=address, sender=sender, link_url=lambda token: f"https://x.example/a/{token}", now=now
    )
    if SingleMail.objects.count() == before:
        return None
    mail = email.message_from_bytes(bytes(SingleMail.objects.latest("pk").raw), policy=email.policy.default)
    assert mail["To"] == address
    return re.search(r"/a/(\S+)", mail.get_body(("plain",)).get_content())[1]  # type: ignore[attr-defined,index]


def test_an_address_is_changed_from_the_new_one_and_told_to_the_old_one(
    reader: Subscriber, sender: Sender, now: datetime
) -> None:
    sign_in.request(address=reader.address, sender=sender, link_url=str, now=now)
    token = ask_to_move(reader, "rosa@new.example", sender, now)
    assert token
    reader.refresh_from_db()
    assert reader.address == "rosa@example.org"
    preferences.confirm_address(token=token, sender=sender, now=now)
    reader.refresh_from_db()
    assert (reader.address, reader.domain) == ("rosa@new.example", "new.example")
    assert subscribers.find("rosa@new.example") == reader
    assert not reader.sign_ins.exists()
    notice = SingleMail.objects.latest("pk")
    assert notice.envelope_to == "rosa@example.org"
    preferences.confirm_address(token=token, sender=sender, now=now)
    assert SingleMail.objects.latest("pk") == notice


def test_moving_to_a_readers_address_tells_the_asker_nothing(
    reader: Subscriber, make_subscriber: Any, sender: Sender, now: datetime
) -> None:
    make_subscriber("taken@example.org")
    assert ask_to_move(reader, "taken@example.org", sender, now) is None


def test_an_address_that_was_taken_meanwhile_stays_its_readers(
    reader: Subscriber, make_subscriber: Any, sender: Sender, now: datetime
) -> None:
    token = ask_to_move(reader, "rosa@new.example", sender, now)
    assert token
    make_subscriber("rosa@new.example")
    with pytest.raises(subscribers.AddressKnown):
        preferences.confirm_address(token=token, sender=sender, now=now)


def test_a_link_for_a_new_address_lapses_and_is_for_that_alone(reader: Subscriber, sender: Sender, now: datetime) -> None:
    token = ask_to_move(reader, "rosa@new.example", sender, now)
    assert token
    with pytest.raises(consent.UnknownLink):
        consent.confirm(token=token, now=now)
    with pytest.raises(sign_in.NotSignedIn):
        sign_in.by_token(token=token, now=now)
    with pytest.raises(consent.LinkExpired):
        preferences.confirm_address(token=token, sender=sender, now=now + timedelta(days=7))
