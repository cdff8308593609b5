"""Who joins, confirms and leaves."""

from __future__ import annotations

import email
import email.policy
import re
from collections.abc import Callable
from datetime import datetime, timedelta
from time import thread_time
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from masthead.audience import consent, erasure, keeping
from masthead.audience.consent import LinkExpired, UnknownLink
from masthead.audience.models import ConsentEvent, MailingList, Subscriber, Subscription
from masthead.audit.models import Entry
from masthead.common.addresses import BadAddress, normalise
from masthead.mail.models import SingleMail, Suppression
from masthead.mail.sender import Sender
from masthead.mail.suppressions import suppress

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)


@pytest.fixture
def ask(mailing_list: MailingList, sender: Sender, now: datetime) -> Callable[..., consent.Requested]:
    def ask(address: str, **changes: Any) -> consent.Requested:
        options: dict[str, Any] = {
            "lists": [mailing_list],
            "text": "We keep your address until you leave.",
            "how": "form",
            "sender": sender,
            "confirm_url": lambda token: f"https://courier.example.org/c/{token}",
            "now": now,
        }
        return consent.request(address=address, **options | changes)

    return ask


def mails() -> list[Any]:
    raw = [bytes(mail.raw) for mail in SingleMail.objects.order_by("pk")]
    return [email.message_from_bytes(entry, policy=email.policy.default) for entry in raw]


def token_of(mail: Any) -> str:
    return re.search(r"/c/(\S+)", mail.get_body(("plain",)).get_content())[1]  # type: ignore[index]


def states(address: str) -> dict[str, str]:
    return dict(Subscription.objects.filter(subscriber__address_key=address).values_list("list__name", "state"))


def test_nobody_is_subscribed_before_the_button_in_the_confirmation_is_pressed(ask: Any, stranger: str, now: datetime) -> None:
    answer = ask("Stranger@Example.com", name="Sam", language="fr", mail_format="text", mail_mode="excerpt")
    assert (answer.address_masked, answer.sender) == ("S…@example.com", "courier@example.org")
    assert states(stranger) == {"The Courier": "pending"}
    mail = mails()[0]
    assert mail["To"] == "Stranger@example.com"
    assert mail["Subject"] == answer.subject

    seen = consent.peek(token=token_of(mail), now=now)
    assert not seen.again
    assert states(stranger) == {"The Courier": "pending"}

    done = consent.confirm(token=token_of(mail), now=now + HOUR)
    assert not done.again
    assert states(stranger) == {"The Courier": "active"}
    reader = Subscriber.objects.get()
    assert (reader.name, reader.language, reader.mail_format, reader.mail_mode) == ("Sam", "fr", "text", "excerpt")
    events = list(ConsentEvent.objects.values_list("kind", "how", "by", "at"))
    assert events == [("requested", "form", "reader", now), ("confirmed", "mailed link", "reader", now + HOUR)]
    assert ConsentEvent.objects.first().text.text == "We keep your address until you leave."  # type: ignore[union-attr]


def test_confirming_twice_is_no_mistake_and_changes_nothing(ask: Any, stranger: str, now: datetime) -> None:
    ask(stranger)
    token = token_of(mails()[0])
    consent.confirm(token=token, now=now)
    again = consent.confirm(token=token, now=now + 30 * 24 * HOUR)
    assert again.again
    assert again.is_active
    assert ConsentEvent.objects.filter(kind="confirmed").count() == 1


def test_an_old_link_does_not_bring_back_who_has_left(ask: Any, stranger: str, now: datetime) -> None:
    ask(stranger)
    token = token_of(mails()[0])
    consent.confirm(token=token, now=now)
    consent.withdraw(subscriber=Subscriber.objects.get(), how="one-click", by="reader", now=now + HOUR)
    again = consent.confirm(token=token, now=now + 2 * HOUR)
    assert again.again
    assert not again.is_active
    assert states(stranger) == {"The Courier": "left"}


def test_a_link_works_for_seven_days(ask: Any, stranger: str, now: datetime) -> None:
    ask(stranger)
    token = token_of(mails()[0])
    consent.peek(token=token, now=now + timedelta(days=6, hours=23))
    with pytest.raises(LinkExpired):
        consent.confirm(token=token, now=now + timedelta(days=7))
    assert states(stranger) == {"The Courier": "pending"}


@pytest.mark.parametrize("token", ["", "0", "x" * 5000, "0e12345", "\0", "\ud800", "../..", "None"])
def test_a_forged_token_is_unknown(token: str, now: datetime, db: None) -> None:
    with pytest.raises(UnknownLink):
        consent.confirm(token=token, now=now)


def test_tokens_are_random_long_and_not_stored(ask: Any, now: datetime) -> None:
    ask("a@example.com")
    ask("b@example.com")
    tokens = [token_of(mail) for mail in mails()]
    assert len(set(tokens)) == 2
    assert all(len(token) >= 32 for token in tokens)
    stored = Subscriber.objects.values_list("confirmations__token_hash", flat=True)
    assert not set(tokens) & set(stored)


def test_an_address_gets_one_confirmation_a_day_and_three_in_all(ask: Any, stranger: str, now: datetime) -> None:
    for hours in (0, 1, 23, 25, 26, 50, 75, 100, 500):
        ask(stranger, now=now + hours * HOUR)
    sent = [mail.created_at - now for mail in SingleMail.objects.order_by("pk")]
    assert sent == [0 * HOUR, 25 * HOUR, 50 * HOUR]


def test_forgetting_the_unconfirmed_does_not_start_the_count_anew(ask: Any, stranger: str, now: datetime) -> None:
    for day in (0, 8, 16, 24, 32):
        ask(stranger, now=now + timedelta(days=day))
        keeping.housekeep(now=now + timedelta(days=day, hours=7 * 24 + 1))
        assert not Subscriber.objects.exists()
    assert SingleMail.objects.count() == 3


def test_ten_thousand_posts_with_one_address_send_one_mail(ask: Any, stranger: str, now: datetime) -> None:
    for second in range(200):
        ask(stranger, now=now + timedelta(seconds=second))
    assert SingleMail.objects.count() == 1


def test_what_a_stranger_typed_is_not_in_the_mail(ask: Any, stranger: str) -> None:
    ask(stranger, name="Visit http://evil.example now", how="form")
    assert b"evil" not in bytes(SingleMail.objects.get().raw)
    text = mails()[0].as_string()
    assert "evil" not in text
    assert "evil" not in mails()[0].get_body(("html",)).get_content()


def test_nothing_is_sent_to_suppressed_addresses_and_nothing_is_kept_of_them(ask: Any, stranger: str, now: datetime) -> None:
    known = ask("other@example.com")
    suppress(address=normalise(stranger), reason=Suppression.Reason.BOUNCED, now=now, by="system")
    answer = ask(stranger)
    assert (answer.subject, answer.sender) == (known.subject, known.sender)
    assert SingleMail.objects.count() == 1
    assert Subscriber.objects.count() == 1


def test_a_known_reader_is_told_so_by_mail_alone(ask: Any, reader: Subscriber, stranger: str) -> None:
    known, unknown = ask("rosa@example.org"), ask(stranger)
    assert (known.subject, known.sender) == (unknown.subject, unknown.sender)
    first, second = mails()
    assert first["Subject"] == second["Subject"]
    assert "subscribed already" in first.get_body(("plain",)).get_content()
    assert "/sign-in/" in first.get_body(("plain",)).get_content()
    assert "/c/" not in first.get_body(("plain",)).get_content()
    assert reader.subscriptions.get().state == "active"


def test_a_known_readers_choices_are_not_changed_by_the_form(ask: Any, reader: Subscriber) -> None:
    ask("ROSA@example.org", name="Mallory", language="de", mail_format="text")
    reader.refresh_from_db()
    assert (reader.name, reader.language, reader.mail_format) == ("Rosa Marin", "", "html")


def test_known_and_unknown_addresses_take_the_same_time(ask: Any, make_subscriber: Any, mailing_list: MailingList) -> None:
    for number in range(40):
        make_subscriber(f"known{number}@example.org", mailing_list)
    ask("warm@example.org")

    def cost(address: str) -> tuple[float, int]:
        with CaptureQueriesContext(connection) as statements:
            started = thread_time()
            ask(address)
            return thread_time() - started, len(statements)

    known, fresh = zip(*((cost(f"known{n}@example.org"), cost(f"fresh{n}@example.org")) for n in range(40)), strict=True)
    # The processor's own time, and the least of it: what other processes of a busy machine do is not ours.
    assert abs(min(known)[0] - min(fresh)[0]) < 0.005
    # The rows of reader and subscription, with their savepoints, are what a stranger costs more.
    assert abs(known[0][1] - fresh[0][1]) <= 7


def test_who_left_stays_marked_as_having_left_until_they_confirm(ask: Any, leaver: Subscriber, now: datetime) -> None:
    ask("leo@example.net")
    assert states("leo@example.net") == {"The Courier": "left"}
    keeping.housekeep(now=now + timedelta(days=8))
    assert states("leo@example.net") == {"The Courier": "left"}
    ask("leo@example.net", now=now + timedelta(days=9))
    consent.confirm(token=token_of(mails()[-1]), now=now + timedelta(days=9))
    assert states("leo@example.net") == {"The Courier": "active"}


def test_a_second_list_asked_for_too_soon_is_confirmed_by_the_first_mail(ask: Any, stranger: str, now: datetime) -> None:
    other = MailingList.objects.create(name="Extra", slug="extra")
    ask(stranger)
    ask(stranger, lists=[other], now=now + HOUR)
    consent.confirm(token=token_of(mails()[0]), now=now + HOUR)
    assert states(stranger) == {"The Courier": "active", "Extra": "active"}


def test_single_opt_in_is_for_new_readers_only(ask: Any, mailing_list: MailingList, leaver: Subscriber, stranger: str) -> None:
    mailing_list.opt_in = MailingList.OptIn.SINGLE
    mailing_list.save()
    ask(stranger)
    ask("leo@example.net")
    assert states(stranger) == {"The Courier": "active"}
    assert states("leo@example.net") == {"The Courier": "left"}
    assert mails()[-1]["To"] == "leo@example.net"


def test_a_bad_address_is_refused(ask: Any) -> None:
    with pytest.raises(BadAddress):
        ask("not an address\r\nBcc: x@example.org")


def test_leaving_is_final_at_once_and_twice_is_no_mistake(reader: Subscriber, mailing_list: MailingList, now: datetime) -> None:
    assert consent.withdraw(subscriber=reader, how="one-click", by="reader", now=now) == [mailing_list]
    assert consent.withdraw(subscriber=reader, how="one-click", by="reader", now=now) == []
    assert states("rosa@example.org") == {"The Courier": "left"}
    assert [event.kind for event in ConsentEvent.objects.all()] == ["withdrawn"]
    assert not Entry.objects.exists()


def test_leaving_some_lists_keeps_the_others(reader: Subscriber, mailing_list: MailingList, now: datetime) -> None:
    other = MailingList.objects.create(name="Extra", slug="extra")
    consent.add_by_staff(subscriber=reader, lists=[other], reason="By phone.", by="staff:1", now=now)
    consent.withdraw(subscriber=reader, lists=[other], how="preferences", by="reader", now=now)
    assert states("rosa@example.org") == {"The Courier": "active", "Extra": "left"}


def test_leaving_closes_links_that_were_not_used(ask: Any, stranger: str, now: datetime) -> None:
    ask(stranger)
    consent.withdraw(subscriber=Subscriber.objects.get(), how="one-click", by="reader", now=now)
    with pytest.raises(LinkExpired):
        consent.confirm(token=token_of(mails()[0]), now=now)
    assert states(stranger) == {"The Courier": "left"}


def test_a_goodbye_says_how_to_come_back(reader: Subscriber, sender: Sender, now: datetime) -> None:
    consent.withdraw(subscriber=reader, how="unsubscribe page", by="reader", now=now, notice=sender)
    assert "https://courier.example.org/subscribe/" in mails()[0].get_body(("plain",)).get_content()


def test_leaving_can_be_undone_for_a_day(reader: Subscriber, mailing_list: MailingList, now: datetime) -> None:
    ConsentEvent.objects.create(subscriber=reader, list=mailing_list, kind="confirmed", at=now, how="mailed link")
    consent.withdraw(subscriber=reader, how="one-click", by="reader", now=now)
    assert consent.rejoin(subscriber=reader, by="reader", now=now + 23 * HOUR) == [mailing_list]
    assert states("rosa@example.org") == {"The Courier": "active"}
    consent.withdraw(subscriber=reader, how="one-click", by="reader", now=now + 24 * HOUR)
    assert consent.rejoin(subscriber=reader, by="reader", now=now + 48 * HOUR) == []


def test_who_never_confirmed_cannot_rejoin_by_undo(ask: Any, stranger: str, now: datetime) -> None:
    ask(stranger)
    reader = Subscriber.objects.get()
    consent.withdraw(subscriber=reader, how="one-click", by="reader", now=now)
    assert consent.rejoin(subscriber=reader, by="reader", now=now) == []


def test_staff_must_say_why(reader: Subscriber, mailing_list: MailingList, now: datetime) -> None:
    with pytest.raises(consent.NoReason):
        consent.add_by_staff(subscriber=reader, lists=[mailing_list], reason=" ", by="staff:1", now=now)


def test_staff_cannot_add_who_is_suppressed(reader: Subscriber, mailing_list: MailingList, now: datetime) -> None:
    suppress(address=normalise(reader.address), reason=Suppression.Reason.COMPLAINED, now=now, by="system")
    with pytest.raises(consent.AddressSuppressed, match="complained about the mail"):
        consent.add_by_staff(subscriber=reader, lists=[mailing_list], reason="By phone.", by="staff:1", now=now)


def test_what_nobody_confirmed_is_forgotten_after_seven_days(ask: Any, reader: Subscriber, stranger: str, now: datetime) -> None:
    ask(stranger)
    keeping.housekeep(now=now + timedelta(days=6))
    assert Subscriber.objects.count() == 2
    keeping.housekeep(now=now + timedelta(days=7))
    assert list(Subscriber.objects.all()) == [reader]


def test_an_erased_reader_leaves_nothing_but_a_fingerprint(ask: Any, reader: Subscriber, now: datetime) -> None:
    ask("rosa@example.org")
    erasure.erase(subscriber=reader, by="reader", now=now)
    assert not Subscriber.objects.exists()
    assert not ConsentEvent.objects.exists()
    assert not SingleMail.objects.exists()
    kept = Suppression.objects.get()
    assert (kept.address, kept.reason, kept.note) == ("", "erased", "")
    ask("Rosa@Example.org", now=now + timedelta(days=100))
    assert not Subscriber.objects.exists()
    assert "rosa" not in str([(entry.subject, entry.details) for entry in Entry.objects.all()])
