"""Readers agree to tracking where they sign up or in their account, and end it with one click."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from django.test import Client

from masthead.audience.models import Confirmation, MailingList, Subscriber, Subscription, TrackingConsent
from masthead.audience.tracking_consent import Agreed, give
from masthead.mail import sealing
from masthead.mail.models import SingleMail
from masthead.tracking.models import Reading
from tests.web.pages import parsed, words
from tests.web.portal.test_account import ask, csrf, signed_in
from tests.web.portal.test_sign_up import mailed_path, sign_up

__all__ = ["ask", "sign_up", "signed_in"]
pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 25, 9, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def tracks(publication: Any) -> Any:
    """The publication asks its readers."""
    publication.measuring = "readers"
    publication.save(update_fields=["measuring"])
    return publication


def test_the_form_asks_apart_unticked_and_only_where_it_is_wanted(visitor: Client, publication: Any) -> None:
    box = parsed(visitor.get("/subscribe/")).select_one("[name=tracking]")
    assert box is not None
    assert not box.has_attr("checked")
    for level in ("links", "nothing"):
        publication.measuring = level
        publication.save(update_fields=["measuring"])
        assert not parsed(visitor.get("/subscribe/")).select("[name=tracking]")


def test_who_ticks_it_agrees_with_the_button_of_the_mail_and_not_before(sign_up: Any, visitor: Client) -> None:
    sign_up(tracking="yes")
    assert not TrackingConsent.objects.exists()
    path = mailed_path("c")
    page = words(visitor.get(path))
    assert "keeps which of its mails I open" in page
    assert not TrackingConsent.objects.exists()
    visitor.post(path)
    visitor.post(path)
    consent = TrackingConsent.objects.get()
    assert consent.subscriber.address == "nina@example.org"
    event = consent.subscriber.consent_events.get(kind="tracked")
    assert (event.how, event.by, event.list, event.details["called"]) == ("form", "reader", None, "The Courier")
    assert event.text is not None
    assert event.text.text.startswith("I agree that The Courier keeps which of its mails I open")
    assert "90 days" in event.text.text


def test_whoever_does_not_want_what_somebody_ticked_confirms_without_it(sign_up: Any, visitor: Client) -> None:
    sign_up(tracking="yes")
    visitor.post(mailed_path("c"), {"tracking": "no"})
    assert Subscription.objects.get().state == "active"
    assert not TrackingConsent.objects.exists()


@pytest.mark.parametrize("said", ["", "no", "on", "1"])
def test_without_the_tick_nobody_agrees(sign_up: Any, visitor: Client, said: str) -> None:
    sign_up(tracking=said)
    path = mailed_path("c")
    assert "I agree" not in words(visitor.get(path))
    visitor.post(path, {"tracking": "yes"})
    assert Subscription.objects.get().state == "active"
    assert not TrackingConsent.objects.exists()


def test_a_box_that_is_not_offered_is_no_consent(sign_up: Any, visitor: Client, publication: Any) -> None:
    publication.measuring = "links"
    publication.save(update_fields=["measuring"])
    sign_up(tracking="yes")
    visitor.post(mailed_path("c"))
    assert not TrackingConsent.objects.exists()


def test_the_answer_and_what_is_written_do_not_tell_readers_from_strangers(sign_up: Any, reader: Any) -> None:
    known, unknown = (sign_up(address, tracking="yes", lists="courier") for address in ("rosa@example.org", "nina@example.net"))
    assert words(known).replace("r…@example.org", "") == words(unknown).replace("n…@example.net", "")
    assert [bool(each.tracking) for each in Confirmation.objects.all()] == [True, True]
    assert not TrackingConsent.objects.exists(), "a stranger can agree for nobody"


def test_a_second_request_too_soon_is_confirmed_by_the_link_on_its_way(sign_up: Any, visitor: Client) -> None:
    sign_up()
    path = mailed_path("c")
    sign_up(tracking="yes")
    assert SingleMail.objects.count() == 1
    assert "keeps which of its mails I open" in words(visitor.get(path))
    visitor.post(path)
    assert TrackingConsent.objects.count() == 1


def test_a_list_without_confirmation_takes_consent_as_it_takes_the_reader(sign_up: Any, reader: Any) -> None:
    MailingList.objects.update(opt_in="single")
    sign_up(tracking="yes", lists="courier")
    assert TrackingConsent.objects.get().subscriber.address == "nina@example.org"
    sign_up("rosa@example.org", tracking="yes", lists="courier")
    assert TrackingConsent.objects.count() == 1, "of a known reader anybody could ask it"


def test_a_form_sent_again_keeps_the_tick(sign_up: Any) -> None:
    box = parsed(sign_up("no address", tracking="yes")).select_one("[name=tracking]")
    assert box is not None
    assert box.has_attr("checked")


def test_a_reader_agrees_in_the_account_sees_what_is_kept_and_ends_it(
    signed_in: Client, reader: Subscriber, publish: Any, deliver: Any, mailing_list: Any
) -> None:
    page = parsed(signed_in.get("/account/"))
    assert "I agree that The Courier keeps" in page.text
    answer = signed_in.post("/account/tracking/", {**csrf(page), "tracking": "yes"})
    assert (answer.status_code, answer["Location"]) == (302, "/account/#tracking")
    assert reader.consent_events.filter(kind="tracked", how="account").exists()
    delivery = deliver(publish(1971), reader, mailing_list)
    Reading.objects.create(subscriber=reader, campaign=delivery.campaign, number=0, times=1, first_at=NOW, last_at=NOW)
    text = words(signed_in.get("/account/"))
    assert "No. 1971 opened on 25 November 2026" in text, text
    assert "agreed to tracking: The Courier" in text.replace("Agreed", "agreed")
    assert signed_in.get("/account/data/").json()["tracking"]["mails"][0]["issue"] == "1971"
    signed_in.post("/account/tracking/", {**csrf(page), "tracking": "no"})
    assert (Reading.objects.count(), TrackingConsent.objects.count()) == (0, 0)
    assert signed_in.get("/account/data/").json()["tracking"] == {"agreed": [], "mails": []}
    assert reader.subscriptions.get().state == "active"


def test_only_who_is_signed_in_agrees_in_the_account(visitor: Client, signed_in: Client, reader: Subscriber) -> None:
    page = parsed(signed_in.get("/account/"))
    assert signed_in.post("/account/tracking/", {"tracking": "yes"}).status_code == 403, "without its token"
    assert signed_in.get("/account/tracking/").status_code == 405
    other = Client(HTTP_HOST="127.0.0.1:8000")
    assert other.post("/account/tracking/", {**csrf(page), "tracking": "yes"})["Location"].startswith("/sign-in/")
    assert not TrackingConsent.objects.exists()


def test_consent_can_be_ended_when_the_publication_asks_no_more(signed_in: Client, reader: Subscriber, publication: Any) -> None:
    give(subscriber=reader, agreed=Agreed(publication.pk, "The Courier", "I agree.", "account"), now=NOW)
    publication.measuring = "nothing"
    publication.save(update_fields=["measuring"])
    page = parsed(signed_in.get("/account/"))
    assert "End this and delete what is kept" in page.text
    signed_in.post("/account/tracking/", {**csrf(page), "tracking": "no"})
    assert not TrackingConsent.objects.exists()
    signed_in.post("/account/tracking/", {**csrf(page), "tracking": "yes"})
    assert not TrackingConsent.objects.exists(), "nothing is asked, so nothing can be agreed to"


@pytest.fixture
def mailed(publish: Any, deliver: Any, reader: Any, mailing_list: Any) -> str:
    """The preferences of the reader, as a mail links to them."""
    return f"/p/{sealing.seal(sealing.PREFERENCES, deliver(publish(1971), reader, mailing_list).pk)}"


def test_the_link_in_a_mail_ends_it_with_one_click_and_changes_nothing_else(
    visitor: Client, mailed: str, reader: Subscriber, publication: Any
) -> None:
    assert "End this" not in words(visitor.get(mailed))
    give(subscriber=reader, agreed=Agreed(publication.pk, "The Courier", "I agree.", "account"), now=NOW)
    for _ in range(3):
        assert "End this and delete what is kept" in words(visitor.get(mailed))
    assert TrackingConsent.objects.exists()
    page = words(visitor.post(mailed, {"tracking": "no"}))
    assert "End this" not in page
    assert not TrackingConsent.objects.exists()
    assert reader.subscriptions.get().state == "active"
    assert reader.consent_events.get(kind="untracked").how == "preferences"


def test_who_has_a_forwarded_mail_cannot_agree_for_its_reader(visitor: Client, mailed: str) -> None:
    visitor.post(mailed, {"tracking": "yes", "lists": "courier"})
    assert not TrackingConsent.objects.exists()


@pytest.mark.parametrize(("level", "said"), [("readers", "by whom only of those who agree"), ("nothing", "No tracking")])
def test_visitors_are_told(visitor: Client, publication: Any, publish: Any, level: str, said: str) -> None:
    publish(1971)
    publication.measuring = level
    publication.save(update_fields=["measuring"])
    assert said in words(visitor.get("/"))
