"""Subscribing, and the button that confirms."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from masthead.audience.models import ConsentEvent, Subscriber, Subscription
from masthead.mail.models import SingleMail
from masthead.web import budgets
from tests.web.pages import parsed, words

pytestmark = pytest.mark.django_db
Stamp = Callable[[], str]


@pytest.fixture
def sign_up(visitor: Client, publication: Any, patient: Stamp) -> Callable[..., Any]:
    def post(address: str = "nina@example.org", **fields: Any) -> Any:
        return visitor.post("/subscribe/", {"address": address, "stamp": patient(), **fields})

    return post


def mailed_path(purpose: str) -> str:
    """The path of the link in the newest single mail."""
    from email import message_from_bytes, policy

    message = message_from_bytes(bytes(SingleMail.objects.latest("id").raw), policy=policy.default)
    text = message.get_body(("plain",)).get_content()  # type: ignore[union-attr]
    found = re.search(rf"http://127\.0\.0\.1:8000(/{purpose}/\S+)", text)
    assert found, text
    return found[1]


def test_a_reader_asks_looks_into_the_inbox_and_confirms_by_a_button(sign_up: Any, visitor: Client, mailing_list: Any) -> None:
    page = words(sign_up(name="Nina", holds="text", language="fr", lists="courier"))
    assert "n…@example.org" in page
    assert "courier@example.org" in page
    reader = Subscriber.objects.get()
    assert (reader.name, reader.mail_format, reader.language) == ("Nina", "text", "fr")
    path = mailed_path("c")
    assert "Confirm" not in words(visitor.get("/"))
    page = words(visitor.get(path))  # in the reader's language
    assert "n…@example.org" in page
    assert reader.subscriptions.get().state == Subscription.State.PENDING
    assert visitor.post(path).status_code == 200
    assert reader.subscriptions.get().state == Subscription.State.ACTIVE
    assert visitor.post(path).status_code == 200
    assert ConsentEvent.objects.filter(kind="confirmed").count() == 1
    event = ConsentEvent.objects.get(kind="requested")
    assert event.text is not None
    assert "The Courier" in event.text.text


def test_opening_the_link_changes_nothing_however_often(sign_up: Any, visitor: Client) -> None:
    sign_up()
    path = mailed_path("c")
    for _ in range(20):
        visitor.get(path)
        visitor.head(path)
    assert Subscription.objects.get().state == Subscription.State.PENDING


def test_the_answer_is_the_same_whoever_is_a_reader(sign_up: Any, make_subscriber: Any, mailing_list: Any) -> None:
    answers = set()
    for kind in ("known", "unknown", "left", "suppressed", "asked"):
        address = "sam@" + {"known": "a", "unknown": "b", "left": "c", "suppressed": "d", "asked": "e"}[kind] + ".example"
        if kind in {"known", "left"}:
            make_subscriber(address, mailing_list, state="active" if kind == "known" else "left")
        if kind == "suppressed":
            from django.utils import timezone

            from masthead.mail.models import Suppression

            Suppression.objects.create(domain="d.example", reason="staff", by="staff:1", created_at=timezone.now())
        if kind == "asked":
            sign_up(address)
        response = sign_up(address)
        answers.add((response.status_code, response.content.replace(address[-9:].encode(), b"?.example")))
        assert not response.cookies
    assert len(answers) == 1


def test_a_bad_address_is_named_and_the_input_is_kept(sign_up: Any) -> None:
    response = sign_up('x" onfocus=alert(1)', name="<b>Nina</b>")
    page = parsed(response)
    assert response.status_code == 400
    assert page.select_one("input[name=address]")["value"] == 'x" onfocus=alert(1)'
    assert page.select_one("input[name=name]")["value"] == "<b>Nina</b>"
    assert page.select_one("[role=alert]")
    assert not Subscriber.objects.exists()


def test_a_machine_gets_the_same_words_and_no_mail(sign_up: Any) -> None:
    assert "n…@example.org" in words(sign_up(website="https://spam.example"))
    assert not SingleMail.objects.exists()


def test_a_form_that_comes_back_at_once_is_asked_for_again(visitor: Client, publication: Any) -> None:
    from masthead.web import forms

    response = visitor.post("/subscribe/", {"address": "nina@example.org", "stamp": forms.stamp()})
    assert parsed(response).select_one("input[name=address]")["value"] == "nina@example.org"
    assert not SingleMail.objects.exists()


@pytest.mark.parametrize("extra", [{"stamp": ""}, {"stamp": "form:1abc:forged"}, {"stamp": "a:b"}])
def test_a_form_that_is_not_ours_is_refused(sign_up: Any, extra: dict[str, str]) -> None:
    assert sign_up(**extra).status_code == 403
    assert not Subscriber.objects.exists()


@pytest.mark.parametrize("headers", [{"Origin": "https://evil.example"}, {"Sec-Fetch-Site": "cross-site"}])
def test_a_post_from_another_site_is_refused(visitor: Client, publication: Any, patient: Stamp, headers: Any) -> None:
    data = {"address": "nina@example.org", "stamp": patient()}
    for path in ("/subscribe/", "/sign-in/", "/s/" + "x" * 43):
        assert visitor.post(path, data, headers=headers).status_code == 403


def test_one_neighbourhood_cannot_bomb(sign_up: Any, visitor: Client, patient: Stamp, publication: Any) -> None:
    for number in range(budgets.SIGN_UP.per_prefix):
        assert sign_up(f"victim{number}@example.org").status_code == 200
    response = sign_up("one-more@example.org")
    assert response.status_code == 429
    assert int(response.headers["Retry-After"]) <= 3600
    assert "minutes" in words(response)
    data = {"address": "other@example.org", "stamp": patient()}
    assert visitor.post("/subscribe/", data, REMOTE_ADDR="198.51.100.7").status_code == 200


def test_no_name_of_a_stranger_gets_into_the_mail(sign_up: Any) -> None:
    sign_up(name="Visit https://evil.example now")
    assert b"evil" not in bytes(SingleMail.objects.get().raw)


def test_a_forged_confirmation_is_a_neutral_404(visitor: Client, publication: Any) -> None:
    for path in ("/c/" + "x" * 43, "/a/" + "x" * 43, "/u/" + "x" * 34, "/p/" + "x" * 34):
        for response in (visitor.get(path), visitor.post(path)):
            assert response.status_code == 404
            assert "This link does not work" in words(response)
