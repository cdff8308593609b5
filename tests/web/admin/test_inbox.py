"""The screens of the built-in inbox: foreign text is shown, never run."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from masthead.audit.models import Entry
from masthead.mail.models import InboxMessage

EVIL = "<img src=x onerror=alert(1)><script>alert(1)</script>"
RAW = (
    f"From: The Courier <courier@example.org>\r\nTo: =?utf-8?q?{EVIL.replace(' ', '_')}?= <anna@example.com>\r\n"
    f"Subject: Boats {EVIL}\r\nX-Evil: {EVIL}\r\nMIME-Version: 1.0\r\n"
    'Content-Type: multipart/mixed; boundary="x"\r\n\r\n'
    f"--x\r\nContent-Type: text/plain\r\n\r\nThe boats {EVIL}\r\n"
    f'--x\r\nContent-Type: text/html\r\n\r\n<html><head><title>x</title></head><a href="https://news.example.org/1">{EVIL}</a></html>\r\n'
    '--x\r\nContent-Type: text/html\r\nContent-Disposition: attachment; filename="../a\\"b.html"\r\n\r\n'
    "<script>alert(2)</script>\r\n--x--\r\n"
).encode()


@pytest.fixture
def mail(now: Any, db: None) -> InboxMessage:
    return InboxMessage.objects.create(
        received_at=now,
        envelope_from="b+x@example.org",
        envelope_to="anna@example.com",
        subject=f"Boats {EVIL}",
        size=len(RAW),
        raw=RAW,
    )


def signed_in(user: Any) -> Client:
    client = Client()
    client.force_login(user, backend="masthead.web.admin.backends.DeskBackend")
    return client


def test_the_list_finds_a_mail_by_address_and_by_subject(editor: Any, mail: InboxMessage) -> None:
    client = signed_in(editor)
    for search, found in (("", True), ("anna@", True), ("boats", True), ("nobody", False)):
        page = client.get(reverse("desk_inbox"), {"q": search}).content.decode()
        assert ("anna@example.com" in page) is found
        assert EVIL not in page


@pytest.mark.parametrize("tab", ["html", "phone", "text", "headers", "links", "attachments", "source"])
def test_every_tab_escapes_what_the_mail_says(editor: Any, mail: InboxMessage, tab: str) -> None:
    answer = signed_in(editor).get(reverse("desk_message", args=[mail.pk]), {"show": tab})
    assert answer.status_code == 200
    assert EVIL not in answer.content.decode()
    assert "alert(2)</script>" not in answer.content.decode()


def test_the_html_has_an_address_of_its_own_in_a_sandbox(editor: Any, mail: InboxMessage) -> None:
    client = signed_in(editor)
    page = client.get(reverse("desk_message", args=[mail.pk])).content.decode()
    address = reverse("desk_message_html", args=[mail.pk])
    assert f'src="{address}"' in page
    assert "allow-scripts" not in page
    assert "allow-same-origin" not in page
    answer = client.get(address)
    policy = answer["Content-Security-Policy"]
    assert "sandbox" in policy
    assert "default-src 'none'" in policy
    assert "script-src" not in policy
    assert "allow-scripts" not in policy
    assert b'<head><base target="_blank">' in answer.content


def test_source_and_attachments_are_downloads(editor: Any, mail: InboxMessage) -> None:
    client = signed_in(editor)
    source = client.get(reverse("desk_message_source", args=[mail.pk]))
    assert source.content == RAW
    assert source["Content-Disposition"].startswith("attachment")
    page = client.get(reverse("desk_message", args=[mail.pk]), {"show": "attachments"})
    (attachment,) = page.context["content"].attachments
    file = client.get(reverse("desk_message_attachment", args=[mail.pk, attachment.number]))
    assert file["Content-Disposition"].startswith("attachment")
    assert "/" not in file["Content-Disposition"]
    assert file["Content-Type"] == "application/octet-stream"
    assert client.get(reverse("desk_message_attachment", args=[mail.pk, 99])).status_code == 404


def test_a_tab_that_is_none_is_not_found(editor: Any, mail: InboxMessage) -> None:
    assert signed_in(editor).get(reverse("desk_message", args=[mail.pk]), {"show": "evil"}).status_code == 404


def test_only_the_owner_empties_the_inbox_and_only_by_a_button(owner: Any, editor: Any, mail: InboxMessage) -> None:
    address = reverse("desk_inbox_empty")
    assert signed_in(owner).get(address).status_code == 405
    assert signed_in(editor).post(address).status_code == 403
    assert InboxMessage.objects.count() == 1
    assert signed_in(owner).post(address).status_code == 302
    assert InboxMessage.objects.count() == 0
    assert Entry.objects.filter(action="inbox.emptied", by=owner.actor).exists()


def test_an_empty_inbox_says_what_belongs_there(editor: Any) -> None:
    assert "No mail yet" in signed_in(editor).get(reverse("desk_inbox")).content.decode()


def test_a_stranger_sees_nothing(mail: InboxMessage) -> None:
    for name, args in (("desk_inbox", []), ("desk_message", [mail.pk]), ("desk_message_html", [mail.pk])):
        assert Client().get(reverse(name, args=args)).status_code == 302
