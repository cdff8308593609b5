"""The form that forwards an issue, and the page that says no."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.sessions.backends.db import SessionStore
from django.test import Client
from django.utils import timezone

from masthead.forwarding import links
from masthead.forwarding.models import Refusal
from masthead.mail.models import SingleMail
from tests.web.pages import parsed, words

pytestmark = pytest.mark.django_db
PATH = "/account/forward/1971/"


@pytest.fixture
def edition(publication: Any, publish: Any) -> Any:
    publication.share_web = ["facebook", "forward"]
    publication.save(update_fields=["share_web"])
    return publish(1971)


@pytest.fixture
def signed_in(visitor: Client, reader: Any) -> Client:
    session = SessionStore()
    session["reader_id"], session["reader_since"] = reader.pk, timezone.now().isoformat()
    session.save()
    visitor.cookies["masthead"] = session.session_key
    return visitor


def post(client: Client, friend: str) -> Any:
    token = parsed(client.get(PATH)).select_one("input[name=csrfmiddlewaretoken]")["value"]
    return client.post(PATH, {"friend": friend, "csrfmiddlewaretoken": token})


def test_the_page_of_an_issue_offers_it_only_where_it_is_on(visitor: Client, edition: Any) -> None:
    assert parsed(visitor.get("/issues/1971/")).select_one(f"a[href='{PATH}']")
    edition.publication.share_web = ["facebook"]
    edition.publication.save(update_fields=["share_web"])
    assert not parsed(visitor.get("/issues/1971/")).select_one(f"a[href='{PATH}']")


def test_a_stranger_is_asked_to_sign_in(visitor: Client, edition: Any) -> None:
    assert visitor.get(PATH).headers["Location"] == f"/sign-in/?next={PATH}"


def test_the_answer_is_the_same_whatever_becomes_of_it(
    signed_in: Client, edition: Any, make_subscriber: Any, mailing_list: Any
) -> None:
    make_subscriber("otto@example.org", mailing_list)
    answers = [words(post(signed_in, friend)) for friend in ("friend@example.net", "friend@example.net", "otto@example.org")]
    assert len(set(answers)) == 1
    assert "on its way" in answers[0]
    assert SingleMail.objects.count() == 1


def test_a_slip_of_the_keys_is_said_and_kept(signed_in: Client, edition: Any) -> None:
    response = post(signed_in, "friend@example")
    assert response.status_code == 400
    assert parsed(response).select_one("input[name=friend]")["value"] == "friend@example"


def test_a_form_from_elsewhere_forwards_nothing(signed_in: Client, edition: Any) -> None:
    assert signed_in.post(PATH, {"friend": "friend@example.net"}).status_code == 403
    assert not SingleMail.objects.exists()


def test_forms_have_a_budget(signed_in: Client, edition: Any) -> None:
    answers = [post(signed_in, f"friend{n}@example.net").status_code for n in range(21)]
    assert answers == [200] * 20 + [429]
    assert SingleMail.objects.count() == 5


def test_a_private_or_absent_issue_has_no_form(signed_in: Client, edition: Any, publish: Any) -> None:
    publish(1972, visibility="readers")
    assert signed_in.get("/account/forward/1972/").status_code == 404
    assert signed_in.get("/account/forward/9/").status_code == 404


def test_only_a_button_or_a_mail_program_stops_it(visitor: Client, publication: Any) -> None:
    path = f"/f/{links.token(b'0123456789abcdef')}"
    for _ in range(5):
        assert "Stop forwarded issues" in words(visitor.get(path))
    assert not Refusal.objects.exists()
    response = visitor.post(path, {"List-Unsubscribe": "One-Click"})
    assert (response.status_code, response.cookies) == (200, {})
    assert Refusal.objects.count() == 1
    assert visitor.get("/f/" + "0" * 64).status_code == 404
