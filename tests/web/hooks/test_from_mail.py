"""The links of a mail: unsubscribe, one click, preferences, and what scanners do with them."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.apps import apps
from django.core import serializers
from django.test import Client
from django.utils import timezone

from masthead.audience.models import Subscription
from masthead.audit.models import Entry
from masthead.mail import sealing
from masthead.mail.models import SingleMail
from tests.web.pages import parsed, words

pytestmark = pytest.mark.django_db
ONE_CLICK = b"List-Unsubscribe=One-Click"
FORM = "application/x-www-form-urlencoded"


@pytest.fixture
def delivery(publish: Any, deliver: Any, reader: Any, mailing_list: Any) -> Any:
    return deliver(publish(1971), reader, mailing_list)


@pytest.fixture
def link(delivery: Any) -> str:
    return f"/u/{sealing.seal(sealing.UNSUBSCRIBE, delivery.pk)}"


def state(reader: Any) -> str:
    return str(reader.subscriptions.get().state)


def everything() -> str:
    return "".join(
        serializers.serialize("json", model.objects.order_by("pk")) for model in apps.get_models() if model._meta.managed
    )


def test_the_page_names_the_masked_address_and_its_button_unsubscribes(visitor: Client, link: str, reader: Any) -> None:
    page = words(visitor.get(link))
    assert "r…@example.org" in page
    assert "rosa@" not in page
    assert state(reader) == "active"
    response = visitor.post(link, {"action": "leave"})
    assert "You have left" in words(response)
    assert not response.cookies
    assert state(reader) == "left"
    assert SingleMail.objects.filter(envelope_to="rosa@example.org").count() == 1


def test_undo_is_offered_at_once_and_works(visitor: Client, link: str, reader: Any, now: Any) -> None:
    reader.consent_events.create(list=reader.subscriptions.get().list, kind="confirmed", at=now, how="form")
    page = parsed(visitor.post(link, {"action": "leave"}))
    assert page.select_one("button[value=undo]")
    assert "Good to have you back" in words(visitor.post(link, {"action": "undo"}))
    assert state(reader) == "active"


def test_a_reason_is_optional_and_one_of_ours(visitor: Client, link: str, reader: Any) -> None:
    visitor.post(link, {"action": "leave"})
    assert "Thank you" in words(visitor.post(link, {"action": "reason", "reason": "too_many"}))
    visitor.post(link, {"action": "reason", "reason": "my name is Rosa"})
    assert [e.details for e in Entry.objects.filter(action="reader.said_why")] == [{"reason": "too_many"}]


@pytest.mark.parametrize("body", [ONE_CLICK, b"List-Unsubscribe=One-Click&utm=1"])
def test_one_click_leaves_at_once_without_cookie_or_redirect(link: str, reader: Any, body: bytes) -> None:
    server = Client(enforce_csrf_checks=True, HTTP_HOST="127.0.0.1:8000")
    first = server.post(link, body, content_type=FORM)
    second = server.post(link, body, content_type=FORM, headers={"Origin": "https://mail.example"})
    assert (first.status_code, first.content) == (200, b"Unsubscribed.\n") == (second.status_code, second.content)
    assert not first.cookies
    assert state(reader) == "left"
    assert reader.consent_events.filter(kind="withdrawn", how="one-click").count() == 1


def test_one_click_may_come_as_multipart(visitor: Client, link: str, reader: Any) -> None:
    assert visitor.post(link, {"List-Unsubscribe": "One-Click"}).content == b"Unsubscribed.\n"
    assert state(reader) == "left"


@pytest.mark.parametrize("body", [b"", b"List-Unsubscribe=Two-Click", b"list-unsubscribe=One-Click", b'{"List-Unsubscribe":1}'])
def test_a_post_that_says_something_else_changes_nothing(visitor: Client, link: str, reader: Any, body: bytes) -> None:
    assert visitor.post(link, body, content_type=FORM).status_code == 200
    assert state(reader) == "active"


def test_swapped_and_forged_tokens_all_look_alike(visitor: Client, delivery: Any, reader: Any) -> None:
    number = delivery.pk
    right = sealing.seal(sealing.UNSUBSCRIBE, number)
    wrong = [
        f"/u/{sealing.seal(sealing.PREFERENCES, number)}",
        f"/p/{sealing.seal(sealing.UNSUBSCRIBE, number)}",
        f"/u/{sealing.seal(sealing.BOUNCE, number)}",
        f"/u/{sealing.seal(sealing.UNSUBSCRIBE, number + 1)}",
        f"/u/{right[:-1]}{'b' if right.endswith('a') else 'a'}",
        f"/u/{number}",
        "/u/" + "a" * 34,
    ]
    bodies = {visitor.get(path).content for path in wrong}
    assert len(bodies) == 1
    for path in wrong:
        assert visitor.get(path).status_code == 404
        assert visitor.post(path, {"action": "leave"}).status_code == 404
        assert visitor.post(path, ONE_CLICK, content_type=FORM).status_code == 404
    assert state(reader) == "active"


def test_a_link_from_a_test_says_so_and_changes_nothing(visitor: Client, delivery: Any, reader: Any) -> None:
    for path, purpose in (("u", sealing.UNSUBSCRIBE), ("p", sealing.PREFERENCES)):
        link = f"/{path}/{sealing.seal(purpose, 0)}"
        assert "This link came from a test" in words(visitor.get(link))
        assert visitor.post(link, {"action": "leave"}).status_code == 200
    assert visitor.post(f"/u/{sealing.seal(sealing.UNSUBSCRIBE, 0)}", ONE_CLICK, content_type=FORM).status_code == 200
    assert state(reader) == "active"


def test_preferences_from_a_mail_change_choices_and_show_no_data(visitor: Client, delivery: Any, reader: Any) -> None:
    link = f"/p/{sealing.seal(sealing.PREFERENCES, delivery.pk)}"
    text = visitor.get(link).content.decode()
    assert "r…@example.org" in text
    assert "rosa@example.org" not in text
    assert "Rosa Marin" not in text
    data = {"lists": "courier", "holds": "text", "language": "", "name": "Stolen", "paused_until": "2027-01-31"}
    from datetime import date

    if not date(2026, 2, 1) < timezone.now().date() < date(2027, 1, 31):
        data["paused_until"] = timezone.now().date().isoformat()
    assert parsed(visitor.post(link, data)).select_one(".done")
    reader.refresh_from_db()
    assert (reader.mail_format, reader.name) == ("text", "Rosa Marin")
    assert reader.subscriptions.get().paused_until is not None


def test_what_is_wrong_with_a_choice_is_said_in_the_language_of_the_reader(visitor: Client, delivery: Any, reader: Any) -> None:
    reader.language = "fr"
    reader.save()
    link = f"/p/{sealing.seal(sealing.PREFERENCES, delivery.pk)}"
    response = visitor.post(link, {"lists": "courier", "holds": "text", "language": "fr", "paused_until": "1999-01-01"})
    assert response.status_code == 400
    assert "within the next year" not in words(response)


def test_an_erased_readers_links_are_calm(visitor: Client, link: str, reader: Any) -> None:
    reader.delete()
    assert "Nothing left to do" in words(visitor.get(link))
    assert visitor.post(link, ONE_CLICK, content_type=FORM).status_code == 200
    assert not Subscription.objects.exists()


def message_of(delivery: Any, reader: Any) -> Any:
    """The mail of `delivery`, as the relay gets it."""
    from email import message_from_bytes, policy

    from masthead.delivery.composing import copy_of
    from masthead.delivery.rendering import Reader, Renderer

    about = Reader(address=reader.address, name=reader.name)
    message = Renderer(copy_of(delivery.campaign)).render(about, delivery_id=delivery.pk, date=1795341600)
    return message_from_bytes(message.raw, policy=policy.default)


SCANNERS = ("Mozilla/5.0", "GoogleImageProxy", "Barracuda Sentinel (EE)", "python-requests/2.32")


def test_a_scanner_that_opens_every_link_of_a_real_mail_changes_nothing(delivery: Any, reader: Any, publication: Any) -> None:
    message = message_of(delivery, reader)
    html = message.get_body(("html",)).get_content()
    text = message.get_body(("plain",)).get_content()
    found = {*re.findall(r'(?:href|src)="http://127\.0\.0\.1:8000([^"]+)"', html)}
    found |= {*re.findall(r"http://127\.0\.0\.1:8000(/\S*)", text + str(message["List-Unsubscribe"]))}
    links = {path.rstrip(">.,;") for path in found}
    assert {path.split("/")[1] for path in links} >= {"u", "p", "issues", "subscribe"}
    before = everything()
    for agent in SCANNERS:
        scanner = Client(enforce_csrf_checks=True, HTTP_HOST="127.0.0.1:8000", HTTP_USER_AGENT=agent)
        for path in sorted(links):
            for _ in range(12):
                scanner.get(path.replace("&amp;", "&"))
                scanner.head(path.replace("&amp;", "&"))
    assert everything() == before
