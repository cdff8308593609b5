"""Replies at the desk: read as text, by those who may; addresses only for those who may see readers."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from masthead.bounces import exporting
from masthead.bounces.models import RepliesGoTo, Reply
from masthead.delivery.models import Campaign
from masthead.issues import assigning
from masthead.mail import sealing
from masthead.team.models import Role, User
from tests.bounces.conftest import take

pytestmark = pytest.mark.django_db


@pytest.fixture
def reply(campaign: Campaign, reader: Any, deliver: Any, now: datetime) -> Reply:
    """A reader's answer, hostile in every header and word."""
    number = deliver(campaign, reader).pk
    mail = (
        f'From: "<svg onload=alert(1)>\'--" <{reader.address}>\nTo: {campaign.edition.publication.from_address}\n'
        f"Subject: Re: <img src=x onerror=alert(2)> '\"--\n"
        f"In-Reply-To: <{sealing.seal(sealing.MESSAGE_ID, number)}@example.org>\n"
        f"\n<script>alert(3)</script> write to {reader.address} https://evil.example/\n\n> quoted\n"
    )
    take(mail.encode(), at=now)
    return Reply.objects.get()


def test_a_reply_is_text_and_answered_in_a_mail_program(owner_at_desk: Client, reply: Reply, campaign: Campaign) -> None:
    page = owner_at_desk.get(reverse("desk_reply", args=[reply.pk])).content.decode()
    for code in ("<svg onload", "<img src=x", "<script>alert(3)", 'href="https://evil'):
        assert code not in page
    assert "&lt;script&gt;alert(3)" in page
    assert f'href="mailto:{reply.sender}?subject=Re%3A%20' in page
    listed = owner_at_desk.get(reverse("desk_replies"), {"issue": campaign.pk}).content.decode()
    assert reply.sender in listed
    assert "<img src=x" not in listed
    for odd in ("x", "9" * 40, "²"):
        assert owner_at_desk.get(reverse("desk_replies"), {"issue": odd}).status_code == 200


def test_an_editor_reads_the_words_but_not_the_address(at_desk: Callable[[Role], Client], reply: Reply) -> None:
    editor = at_desk(Role.EDITOR)
    for url in (reverse("desk_replies"), reverse("desk_reply", args=[reply.pk])):
        page = editor.get(url).content.decode()
        assert reply.sender not in page
        assert "mailto:" not in page
    assert "write to" in editor.get(reverse("desk_reply", args=[reply.pk])).content.decode()
    assert at_desk(Role.AUTHOR).get(reverse("desk_replies")).status_code == 403


def test_who_works_on_other_publications_sees_none_of_it(at_desk: Callable[[Role], Client], reply: Reply, now: datetime) -> None:
    care = at_desk(Role.READER_CARE)
    person = User.objects.get(role=Role.READER_CARE)
    assert "Replies (1)" in care.get(reverse("desk_home")).content.decode()
    assigning.assign(person=person, publications=[], by="staff:1", now=now)
    assert "Replies (1)" not in care.get(reverse("desk_home")).content.decode(), "the menu tells no more than the list"
    assert care.get(reverse("desk_reply", args=[reply.pk])).status_code == 404
    assert care.post(reverse("desk_reply_mark", args=[reply.pk])).status_code == 404
    assert not care.get(reverse("desk_replies")).context["page"].object_list


def test_a_reply_is_marked_as_read_and_new_again(owner_at_desk: Client, reply: Reply) -> None:
    assert "Replies (1)" in owner_at_desk.get(reverse("desk_home")).content.decode()
    owner_at_desk.post(reverse("desk_reply_mark", args=[reply.pk]), {"act": "read"})
    assert not owner_at_desk.get(reverse("desk_replies"), {"new": "1"}).context["page"].object_list
    owner_at_desk.post(reverse("desk_reply_mark", args=[reply.pk]), {"act": "new"})
    assert owner_at_desk.get(reverse("desk_replies"), {"new": "1"}).context["page"].object_list


def test_where_replies_go_is_set_for_each_publication(owner_at_desk: Client, campaign: Campaign) -> None:
    publication = campaign.edition.publication
    url, field = reverse("desk_replies_go_to", args=[publication.pk]), f"{publication.pk}-address"
    refused = owner_at_desk.post(url, {field: publication.from_address})
    assert "would come back" in refused.content.decode()
    owner_at_desk.post(url, {field: "editor@desk.example"})
    assert RepliesGoTo.objects.get().address == "editor@desk.example"
    owner_at_desk.post(url, {field: ""})
    assert not RepliesGoTo.objects.exists()


def test_replies_are_in_the_file_of_what_is_held_about_a_reader(reply: Reply, reader: Any, owner_at_desk: Client) -> None:
    held = exporting.replies_of(reader)
    assert held[0]["subject"].startswith("Re: ")
    assert json.dumps(held)
    Reply.objects.update(sender="friend@example.net")
    assert exporting.replies_of(reader) == [], "what a friend answered is not the reader's"
