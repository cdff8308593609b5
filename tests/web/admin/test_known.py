"""The screens of attributes and of suppression, and attributes and tags of one reader."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from bs4 import BeautifulSoup
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from masthead.audience import defining
from masthead.audience.models import Attribute, Subscriber
from masthead.audit.models import Entry
from masthead.common.addresses import normalise
from masthead.mail import suppressions
from masthead.mail.models import Suppression
from masthead.team.models import Role

pytestmark = pytest.mark.django_db


def test_an_attribute_is_defined_changed_and_taken_away(owner_at_desk: Client, reader: Subscriber) -> None:
    form = {"label": "Reads about", "kind": "choices", "choices": "Sea\nMud\n", "at_sign_up": "on", "label_fr": "Thèmes"}
    assert owner_at_desk.post(reverse("desk_attribute_new"), form).status_code == 302
    made = Attribute.objects.get()
    assert (made.key, made.choices, made.at_sign_up, made.label_in("fr")) == ("reads_about", ["Sea", "Mud"], True, "Thèmes")
    assert "{{ reads_about }}" in owner_at_desk.get(reverse("desk_attributes")).text
    url = reverse("desk_attribute", args=[made.pk])
    assert (
        owner_at_desk.post(url, {"label": "Topics", "choices": "Sea\nMud\nSky", "kind": "number", "key": "x"}).status_code == 302
    )
    made.refresh_from_db()
    assert (made.label, made.key, made.kind, made.choices) == ("Topics", "reads_about", "choices", ["Sea", "Mud", "Sky"])
    owner_at_desk.post(reverse("desk_attribute_delete", args=[made.pk]))
    assert not Attribute.objects.exists()


@pytest.mark.parametrize(
    ("wrong", "form"),
    [
        ("key", {"label": "Address", "kind": "text"}),
        ("key", {"label": "Town", "kind": "text"}),
        ("choices", {"label": "T", "kind": "choice", "choices": "one"}),
        ("choices", {"label": "T", "kind": "choices", "choices": "one\na;b"}),
        ("default", {"label": "T", "kind": "number", "default": "many"}),
    ],
)
def test_a_definition_that_cannot_be_says_at_the_field_why_and_keeps_what_was_typed(
    owner_at_desk: Client, wrong: str, form: dict[str, str]
) -> None:
    owner_at_desk.post(reverse("desk_attribute_new"), {"label": "Town", "kind": "text"})
    page = owner_at_desk.post(reverse("desk_attribute_new"), form)
    assert page.status_code == 422
    soup = BeautifulSoup(page.text, "html.parser")
    assert soup.select_one(f"input[name=label][value='{form['label']}']")
    field = soup.select_one(f".desk-field:has([name={wrong}])")
    assert field is not None and field.select_one(".desk-error")
    assert soup.select_one("[role=alert]")


def test_the_order_of_the_questions_is_chosen(owner_at_desk: Client) -> None:
    for label in ("First", "Second", "Third"):
        owner_at_desk.post(reverse("desk_attribute_new"), {"label": label, "kind": "text"})
    assert [each.label for each in Attribute.objects.all()] == ["First", "Second", "Third"]
    third = Attribute.objects.get(label="Third")
    owner_at_desk.post(reverse("desk_attribute", args=[third.pk]), {"label": "Third", "position": "1"})
    assert [each.label for each in Attribute.objects.all()] == ["First", "Third", "Second"]


def test_attributes_and_tags_of_a_reader_are_saved_together_or_not_at_all(
    owner_at_desk: Client, reader: Subscriber, now: datetime
) -> None:
    defining.create(kind="number", label="Age", by="system", now=now)
    defining.create(kind="country", label="Land", by="system", now=now)
    url = reverse("desk_reader_edit", args=[reader.pk])
    form = {"address": "rosa@example.org", "name": "Rosa", "mail_format": "html", "tags": "press, Friends"}
    page = owner_at_desk.post(url, form | {"attribute-age": "old", "attribute-land": "France"})
    assert "This is no number" in page.text
    reader.refresh_from_db()
    assert (reader.attributes, reader.name, reader.tags.count()) == ({}, "Rosa Marin", 0)
    assert owner_at_desk.post(url, form | {"attribute-age": "41", "attribute-land": "France"}).status_code == 302
    reader.refresh_from_db()
    assert (reader.attributes, reader.name) == ({"age": 41, "land": "FR"}, "Rosa")
    shown = owner_at_desk.get(reverse("desk_reader", args=[reader.pk])).text
    assert all(words in shown for words in ("41", "France", "press", "Friends"))
    owner_at_desk.post(url, form | {"attribute-age": "", "attribute-land": "FR", "tags": "PRESS"})
    reader.refresh_from_db()
    assert (reader.attributes, [tag.name for tag in reader.tags.all()]) == ({"land": "FR"}, ["press"])


def test_mail_to_an_address_and_to_a_domain_is_stopped_and_let_through_again(owner_at_desk: Client) -> None:
    add = reverse("desk_suppressed_add")
    assert owner_at_desk.post(add, {"who": "Dead@Example.org", "note": "<b>550</b>"}).status_code == 302
    assert owner_at_desk.post(add, {"who": "@Bücher.example"}).status_code == 302
    page = owner_at_desk.get(reverse("desk_suppressed")).text
    assert "Dead@example.org" in page
    assert "&lt;b&gt;550" in page
    assert "bücher.example" in page
    for wrong in ("not an address@", "no domain", "-x@example.org", "a@b@c.example"):
        assert owner_at_desk.post(add, {"who": wrong}).status_code == 422
    found = Suppression.objects.get(address="Dead@example.org")
    owner_at_desk.post(reverse("desk_suppressed_lift", args=[found.pk]), {"why": " "})
    assert Suppression.objects.count() == 2
    owner_at_desk.post(reverse("desk_suppressed_lift", args=[found.pk]), {"why": "She called: the mailbox works again"})
    assert [row.domain for row in Suppression.objects.all()] == ["bücher.example"]
    assert Entry.objects.filter(action="suppression.lifted").exists()


def test_a_file_is_taken_in_and_what_is_wrong_is_named(owner_at_desk: Client) -> None:
    url = reverse("desk_suppressed_import")
    file = SimpleUploadedFile("old.txt", b"one@example.org\nnonsense\nspam.example\n")
    assert owner_at_desk.post(url, {"file": file, "note": "from before"}).status_code == 302
    assert Suppression.objects.filter(note="from before").count() == 2
    assert "Line 2" in owner_at_desk.get(reverse("desk_suppressed")).text
    page = owner_at_desk.post(url, {"file": SimpleUploadedFile("x.xlsx", b"PK\x03\x04")})
    assert page.status_code == 422
    assert "CSV" in page.text


def test_they_are_found_by_a_part_and_by_reason(owner_at_desk: Client, now: datetime) -> None:
    suppressions.suppress(address=normalise("dead@example.org"), reason=Suppression.Reason.BOUNCED, now=now, by="system")
    suppressions.suppress_domain(domain="spam.example", now=now, by="system")
    url = reverse("desk_suppressed")
    assert "spam.example" not in owner_at_desk.get(url, {"q": "dead@"}).text
    assert "dead@example.org" not in owner_at_desk.get(url, {"reason": "staff"}).text
    assert "Nothing is found" in owner_at_desk.get(url, {"q": "nobody"}).text


def test_the_export_asks_who_it_is_and_comes_once_a_minute(owner_at_desk: Client, now: datetime) -> None:
    """Rule S21."""
    suppressions.suppress(address=normalise("dead@example.org"), reason=Suppression.Reason.BOUNCED, now=now, by="system")
    url = reverse("desk_suppressed_export")
    asked = owner_at_desk.get(url)
    assert asked.status_code == 302
    assert reverse("account_reauthenticate") in asked["Location"]
    assert b"dead@" not in owner_at_desk.post(url).content
    owner_at_desk.post(reverse("account_reauthenticate"), {"password": "a quiet morning tide"})
    session = owner_at_desk.session
    for record in session["account_authentication_methods"]:
        record["at"] = time.time()
    session.save()
    page = owner_at_desk.get(url)
    assert (page.status_code, b"Download" in page.content, b"dead@" in page.content) == (200, True, False)
    answer: Any = owner_at_desk.post(url)
    assert b"dead@example.org" in b"".join(answer.streaming_content)
    assert owner_at_desk.post(url).status_code == 429


def test_editors_see_no_suppressed_addresses(at_desk: Callable[[Role], Client]) -> None:
    """Rule S10."""
    editor = at_desk(Role.EDITOR)
    assert editor.get(reverse("desk_suppressed")).status_code == 403
    assert editor.post(reverse("desk_suppressed_add"), {"who": "a@example.org"}).status_code == 403
    assert editor.post(reverse("desk_suppressed_import")).status_code == 403
    assert editor.post(reverse("desk_suppressed_export")).status_code == 403
