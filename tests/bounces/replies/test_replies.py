"""What readers answer is told from what programs send, kept for a while, and passed on so that no loop can begin."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from email import message_from_bytes
from email.policy import default
from typing import Any

import pytest

from masthead.audience import erasure
from masthead.bounces import keeping, lookups
from masthead.bounces.models import Finding, RawReport, Reply
from masthead.bounces.replies import keeping as replies
from masthead.bounces.replies import passing_on
from masthead.bounces.replies.letter import MOST_TEXT, read_letter
from masthead.bounces.sandbox import Sandbox
from masthead.delivery.models import Campaign, Delivery
from masthead.issues.models import Publication
from masthead.mail import sealing
from masthead.mail.models import SingleMail
from tests.bounces.conftest import take

pytestmark = pytest.mark.django_db
State = Reply.State

LETTER = """From: Rosa Marin <{sender}>
To: {to}
Subject: Re: No. 1971
{headers}MIME-Version: 1.0
Content-Type: text/plain; charset=utf-8

The ferry leaves at nine, not at ten. {salt}

On Thursday the Courier wrote:
> It leaves at ten.
"""


@pytest.fixture
def delivery(campaign: Campaign, reader: Any, deliver: Callable[..., Delivery]) -> Delivery:
    return deliver(campaign, reader)


@pytest.fixture
def write(delivery: Delivery, now: datetime) -> Callable[..., Finding]:
    """A function: a letter comes in, an answer to the delivery unless `answers` says otherwise."""

    def come(*, answers: bool = True, sender: str = "", to: str = "", headers: str = "", salt: str = "", **more: Any) -> Finding:
        publication = delivery.campaign.edition.publication
        assert delivery.subscriber is not None
        if answers:
            headers += f"In-Reply-To: <{sealing.seal(sealing.MESSAGE_ID, delivery.pk)}@example.org>\n"
        mail = LETTER.format(
            sender=sender or delivery.subscriber.address, to=to or publication.from_address, headers=headers, salt=salt
        )
        return take(mail.encode(), at=more.get("at", now))

    return come


@pytest.fixture
def editor(delivery: Delivery, now: datetime) -> str:
    """The editor's address, to whom replies are passed on."""
    publication = delivery.campaign.edition.publication
    replies.pass_on_to(publication=publication, address="editor@desk.example", by="staff:1", now=now)
    return "editor@desk.example"


def test_an_answer_stands_beside_its_issue_with_its_reader(write: Any, campaign: Campaign, reader: Any) -> None:
    found = write()
    assert (found.kind, found.rule, found.outcome, found.campaign) == ("reply", "reply", "noted", campaign)
    reply = Reply.objects.get()
    assert (reply.campaign, reply.publication) == (campaign, campaign.edition.publication)
    assert (reply.sender_name, reply.sender, reply.subject) == ("Rosa Marin", reader.address, "Re: No. 1971")
    assert reply.text.startswith("The ferry leaves at nine")
    assert reply.report.subscriber == reader
    assert reply.state == State.KEPT, "nobody is named to whom it would be passed on"
    assert lookups.replies_of_reader(reader).get() == reply


def test_a_letter_to_the_address_of_a_publication_is_a_reply_without_an_issue(write: Any, campaign: Campaign) -> None:
    assert write(answers=False, sender="stranger@example.net").kind == "reply"
    reply = Reply.objects.get()
    assert (reply.campaign, reply.report.subscriber) == (None, None)


def test_a_mail_to_nobody_of_ours_is_no_reply(write: Any) -> None:
    assert write(answers=False, to="someone@example.net").kind == "other"
    assert not Reply.objects.exists()


@pytest.mark.parametrize(
    "header",
    [
        "Auto-Submitted: auto-generated\n",
        'Auto-Submitted: auto-replied; owner-email="rosa@example.org"\n',
        "Precedence: bulk\n",
        "List-Id: <talk.example.net>\n",
        "Return-Path: <>\n",
        "X-Autoreply: yes\n",
        "X-Masthead-Passed-On: courier 7\n",
    ],
)
def test_what_a_program_sends_or_passes_on_is_no_reply(write: Any, editor: str, header: str, now: datetime) -> None:
    assert write(headers=header).kind != "reply"
    assert passing_on.pass_on_waiting(now=now) == 0
    assert not SingleMail.objects.exists()


@pytest.mark.parametrize("sender", ["MAILER-DAEMON@mx.example.net", "no-reply@example.net", "editor@desk.example"])
def test_neither_programs_nor_the_editor_are_readers_who_write(write: Any, editor: str, sender: str) -> None:
    write(sender=sender)
    assert not Reply.objects.exists()


def test_a_reply_is_passed_on_once_as_text_marked_as_automatic(write: Any, editor: str, now: datetime, reader: Any) -> None:
    write()
    assert passing_on.pass_on_waiting(now=now) == 1
    assert passing_on.pass_on_waiting(now=now) == 0
    mail = SingleMail.objects.get()
    sent = message_from_bytes(bytes(mail.raw), policy=default)
    assert mail.envelope_to == editor
    assert (sent["Reply-To"], sent["Subject"]) == (reader.address, "Re: No. 1971")
    assert sent["Auto-Submitted"] == "auto-generated"
    assert sent["X-Masthead-Passed-On"]
    assert sent.get_content_type() == "text/plain"
    assert "The ferry leaves at nine" in sent.get_content()
    assert reader.address in sent.get_content()
    assert Reply.objects.get().state == State.PASSED_ON


def test_what_was_passed_on_is_not_passed_on_again_when_it_comes_back(write: Any, editor: str, now: datetime) -> None:
    write()
    passing_on.pass_on_waiting(now=now)
    assert take(bytes(SingleMail.objects.get().raw), at=now).kind == "other"
    assert Reply.objects.count() == 1


def test_one_sender_and_one_hour_have_a_budget(write: Any, editor: str, now: datetime, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(passing_on, "A_DAY_OF_ONE_SENDER", 2)
    monkeypatch.setattr(passing_on, "AN_HOUR", 3)
    for number in range(4):
        write(salt=str(number))
    assert passing_on.pass_on_waiting(now=now) == 2
    assert [reply.state for reply in Reply.objects.order_by("id")] == [State.PASSED_ON] * 2 + [State.KEPT] * 2
    for number in range(2):
        write(sender=f"other{number}@example.net", salt="more")
    assert passing_on.pass_on_waiting(now=now) == 1
    assert Reply.objects.filter(state=State.WAITING).count() == 1, "what is above an hour's budget waits"
    assert passing_on.pass_on_waiting(now=now + timedelta(hours=2)) == 1


def test_replies_cannot_be_passed_on_to_an_address_that_is_read_here(campaign: Campaign, now: datetime) -> None:
    publication = campaign.edition.publication
    domain = publication.from_address.rpartition("@")[2]
    for address in (publication.from_address.upper(), f"b+abc@{domain}", "no address"):
        with pytest.raises(replies.BadEditorAddress):
            replies.pass_on_to(publication=publication, address=address, by="staff:1", now=now)


def test_replies_go_with_their_reader_and_after_their_time(write: Any, reader: Any, now: datetime) -> None:
    write()
    write(answers=False, sender="stranger@example.net", at=now - timedelta(days=80))
    erasure.erase(subscriber=reader, by="staff:1", now=now)
    assert Reply.objects.get().sender == "stranger@example.net"
    keeping.forget(now=now + timedelta(days=11))
    assert not Reply.objects.exists()
    assert not RawReport.objects.exists()


def test_a_reply_is_marked_as_read_and_as_new_again(write: Any, now: datetime) -> None:
    write()
    reply = Reply.objects.get()
    replies.mark(reply=reply, read=True, by="staff:1", now=now)
    assert lookups.new_replies(Publication.objects.all()) == 0
    replies.mark(reply=reply, read=False, by="staff:1", now=now)
    assert lookups.new_replies(Publication.objects.all()) == 1


@pytest.mark.parametrize(
    ("raw", "text"),
    [
        (
            b"From: a@example.net\nContent-Type: text/html\n\n<p>One</p><script>alert(1)</script><p>two &amp; <b>three",
            "One\n\ntwo &  three",
        ),
        (b"From: a@example.net\n\n" + b"x" * 1000 + b"\n" * 50 + b"y" * 100_000, "x" * 1000 + "\n\n" + "y" * (MOST_TEXT - 1002)),
        (b"\xff\xfe\x00 no header at all \xff", None),
        (b"", ""),
    ],
)
def test_a_letter_is_text_whatever_came(raw: bytes, text: str | None) -> None:
    with Sandbox() as sandbox:
        letter = sandbox.read_letter(raw)
    assert letter == read_letter(raw)
    assert len(read_letter(raw).text) <= MOST_TEXT
    if text is not None:
        assert read_letter(raw).text == text


def test_attachments_are_counted_and_not_read() -> None:
    raw = (
        b"From: =?utf-8?q?Rosa_=22R=22_Mar=C3=ADn?= <rosa@example.org>\nSubject: =?utf-8?b?0J/QuNGB0YzQvNC+?=\n"
        b'Content-Type: multipart/mixed; boundary="b"\n\n--b\nContent-Type: text/plain\n\nSee the map.\n'
        b"--b\nContent-Type: image/png\n\nxxxx\n--b\nContent-Type: text/plain\nContent-Disposition: attachment\n\nsecret\n--b--\n"
    )
    letter = read_letter(raw)
    assert (letter.text, letter.attachments, letter.subject) == ("See the map.", 2, "Письмо")
    assert letter.address == "rosa@example.org"
    assert "Marín" in letter.name
