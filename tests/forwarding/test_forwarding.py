"""Forwarding: one copy, nobody's private links in it, no way to bomb an inbox or to learn who reads."""

from __future__ import annotations

from datetime import timedelta
from email import message_from_bytes, policy
from typing import Any

import pytest

from masthead.common.addresses import BadAddress, normalise
from masthead.forwarding import forwarding, links
from masthead.forwarding.models import Forward, Refusal
from masthead.mail import suppressions
from masthead.mail.fingerprints import fingerprint
from masthead.mail.models import SingleMail, Suppression

pytestmark = pytest.mark.django_db
FRIEND = "friend@example.net"


def mails() -> list[Any]:
    return [message_from_bytes(bytes(mail.raw), policy=policy.default) for mail in SingleMail.objects.order_by("id")]


def send(edition: Any, reader: Any, now: Any, friend: str = FRIEND) -> bool:
    return forwarding.forward(edition=edition, reader=reader, friend=friend, now=now)


def test_the_copy_holds_the_issue_and_nothing_of_the_reader_but_the_address(edition: Any, reader: Any, now: Any) -> None:
    assert send(edition, reader, now)
    (mail,) = mails()
    assert (mail["To"], mail["Subject"]) == (FRIEND, "Forwarded to you: Tides and ferries 1971")
    text, html = (mail.get_body((kind,)).get_content() for kind in ("plain", "html"))
    assert "The ferry runs again." in html
    for part in (text, html):
        assert "rosa@example.org" in part
        assert "http://127.0.0.1:8000/issues/1971/" in part
        assert "http://127.0.0.1:8000/subscribe/" in part
        assert "{{" not in part
        assert not any(path in part for path in ("/u/", "/p/", "/s/", "/l/"))
        assert "The Courier" in part and "No. 1971" in part
        assert "Rosa" not in part  # the name was typed by its reader


def test_the_mail_can_be_refused_from_the_mail_program(edition: Any, reader: Any, now: Any) -> None:
    send(edition, reader, now)
    (mail,) = mails()
    stop = mail["List-Unsubscribe"].strip("<>").rpartition("/")[2]
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    friend = links.friend_in(stop)
    assert friend == fingerprint(normalise(FRIEND).key)
    forwarding.refuse(friend=friend, now=now)
    forwarding.refuse(friend=friend, now=now)
    assert Refusal.objects.count() == 1
    Forward.objects.all().delete()
    assert not send(edition, reader, now)


@pytest.mark.parametrize("change", ["flip", "cut", "other", "letters"])
def test_a_forged_link_is_nobodys(change: str) -> None:
    token = links.token(b"0123456789abcdef")
    forged = {
        "flip": token[:-1] + ("0" if token[-1] != "0" else "1"),
        "cut": token[:-2],
        "other": "00" + token[2:],
        "letters": "é" * 64,
    }
    assert links.friend_in(token) == b"0123456789abcdef"
    assert links.friend_in(forged[change]) is None


def test_a_friend_gets_an_issue_once_and_two_in_a_month(
    edition: Any, publish: Any, reader: Any, make_subscriber: Any, mailing_list: Any, now: Any
) -> None:
    other = make_subscriber("otto@example.org", mailing_list)
    second, third = publish(1972), publish(1973)
    assert [send(edition, reader, now), send(edition, other, now), send(second, other, now), send(third, other, now)] == [
        True,
        False,
        True,
        False,
    ]
    assert send(third, other, now + timedelta(days=31))
    assert SingleMail.objects.count() == 3


def test_a_reader_forwards_five_times_a_day(edition: Any, reader: Any, now: Any) -> None:
    sent = [send(edition, reader, now, f"friend{n}@example.net") for n in range(8)]
    assert sent == [True] * 5 + [False] * 3
    assert send(edition, reader, now + timedelta(days=1, minutes=1), "friend9@example.net")


def test_who_wants_none_or_reads_already_gets_none(
    edition: Any, reader: Any, leaver: Any, make_subscriber: Any, mailing_list: Any, now: Any
) -> None:
    make_subscriber("otto@example.org", mailing_list)
    suppressions.suppress(address=normalise("gone@example.net"), reason=Suppression.Reason.STAFF, now=now, by="staff:1")
    assert not send(edition, reader, now, "otto@example.org")
    assert not send(edition, reader, now, "gone@example.net")
    assert not send(edition, leaver, now)
    assert not SingleMail.objects.exists()


@pytest.mark.parametrize("visibility", ["readers", "unlisted", "mail_only"])
def test_what_is_not_for_everyone_is_not_forwarded(edition: Any, publish: Any, reader: Any, now: Any, visibility: str) -> None:
    with pytest.raises(forwarding.NotForwardable):
        send(publish(1972, visibility=visibility), reader, now)


def test_without_the_publications_wish_nothing_is_forwarded(edition: Any, reader: Any, now: Any) -> None:
    edition.publication.share_web = ["facebook"]
    with pytest.raises(forwarding.NotForwardable):
        send(edition, reader, now)


def test_a_bad_address_is_said(edition: Any, reader: Any, now: Any) -> None:
    for bad in ("nobody", "a@b@c", "two@example.net, three@example.net", "x@example.net\r\nBcc: y@example.net"):
        with pytest.raises(BadAddress):
            send(edition, reader, now, bad)
    assert not SingleMail.objects.exists()


def test_friends_are_forgotten_after_thirty_days_and_with_their_reader(edition: Any, reader: Any, now: Any) -> None:
    send(edition, reader, now)
    assert forwarding.forget(now=now + timedelta(days=29)) == 0
    assert forwarding.forget(now=now + timedelta(days=31)) == 1
    send(edition, reader, now + timedelta(days=31))
    reader.subscriptions.all().delete()
    reader.delete()
    assert not Forward.objects.exists()
