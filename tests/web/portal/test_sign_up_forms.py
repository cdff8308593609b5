"""Sign-up forms with questions and words of their own, on our page and on those of others."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from bs4 import BeautifulSoup
from django.test import Client

from masthead.audience import defining, sign_up_forms
from masthead.audience.models import ConsentEvent, MailingList, SignUpForm, Subscriber, Subscription
from masthead.mail.models import SingleMail
from masthead.web import budgets
from masthead.web.portal import questions
from masthead.web.portal.sign_up_page import as_html, form_of
from tests.web.pages import parsed, words

pytestmark = pytest.mark.django_db
Stamp = Callable[[], str]
NOW = datetime(2026, 11, 25, 9, 0, tzinfo=UTC)
PATH = "/subscribe/harbour-friends/"
ELSEWHERE = {"Origin": "https://a-harbour.example", "Sec-Fetch-Site": "cross-site"}


@pytest.fixture
def city(db: None) -> Any:
    return defining.create(
        kind="text", label="City", labels={"fr": "Ville"}, required=True, at_sign_up=True, by="staff:1", now=NOW
    )


@pytest.fixture
def times(db: None) -> Any:
    return defining.create(kind="choices", label="When do you read?", choices=["Morning", "Evening"], by="staff:1", now=NOW)


@pytest.fixture
def form(publication: Any, mailing_list: Any, city: Any, times: Any) -> SignUpForm:
    return sign_up_forms.save(
        form=None,
        name="Harbour friends",
        lists=[mailing_list],
        questions=[city, times],
        texts={
            "en": {"heading": "Tides & <ferries>", "intro": "Once a week.", "button": "Count me in", "thanks": "Fair winds!"},
            "fr": {"heading": "Marées et ferries"},
        },
        by="staff:1",
        now=NOW,
    )


def solved(challenge: dict[str, Any]) -> str:
    """What the script of the form sends back."""
    number = next(
        number
        for number in range(100_000)
        if hashlib.sha256(f"{challenge['salt']}{number}".encode()).hexdigest() == challenge["challenge"]
    )
    kept = {name: challenge[name] for name in ("algorithm", "challenge", "salt", "signature")}
    return base64.b64encode(json.dumps({**kept, "number": number}).encode()).decode()


def test_a_form_asks_its_questions_in_its_own_words_and_keeps_the_answers(
    form: SignUpForm, visitor: Client, patient: Stamp
) -> None:
    page = parsed(visitor.get(PATH))
    assert page.h1 is not None
    assert page.h1.get_text() == "Tides & <ferries>"
    assert page.select_one("button[type=submit]").get_text() == "Count me in"  # type: ignore[union-attr]
    assert not page.select("[name=holds]")
    answer = visitor.post(
        PATH, {"address": "nina@example.org", "stamp": patient(), "q-city": "Brest", "q-when_do_you_read": ["Evening"]}
    )
    assert "Fair winds!" in words(answer)
    assert Subscriber.objects.get().attributes == {"city": "Brest", "when_do_you_read": ["Evening"]}
    event = ConsentEvent.objects.get()
    assert event.how == "form harbour-friends"
    assert event.text is not None
    assert event.text.text.startswith("Once a week.\n\nI want to receive The Courier")


def test_a_form_speaks_another_language_when_it_is_asked_to(form: SignUpForm, visitor: Client, patient: Stamp) -> None:
    page = parsed(visitor.get(PATH + "?lang=fr"))
    assert page.html is not None
    assert page.html["lang"] == "fr"
    assert page.h1 is not None
    assert page.h1.get_text() == "Marées et ferries"
    assert "Ville" in page.get_text()
    visitor.post(PATH, {"address": "nina@example.org", "stamp": patient(), "q-city": "Brest", "lang": "fr"})
    assert Subscriber.objects.get().language == "fr"
    assert parsed(visitor.get(PATH + "?lang=tlh")).html["lang"] == "en"  # type: ignore[index]


def test_a_missing_answer_is_named_and_nothing_is_lost(form: SignUpForm, visitor: Client, patient: Stamp) -> None:
    given = {"address": "nina@example.org", "stamp": patient(), "q-city": " ", "q-when_do_you_read": "Morning", "name": "Nina"}
    answer = visitor.post(PATH, given)
    page = parsed(answer)
    assert answer.status_code == 400
    wrong = page.select_one("[name=q-city]")
    assert wrong is not None
    assert page.select_one(f"#{wrong['aria-describedby']}").get_text() == "Fill this in."  # type: ignore[union-attr]
    assert page.select_one("[name=name]")["value"] == "Nina"  # type: ignore[index]
    assert page.select_one("[value=Morning]").has_attr("checked")  # type: ignore[union-attr]
    assert not Subscriber.objects.exists()


@pytest.fixture
def two_lists(form: SignUpForm, mailing_list: Any) -> SignUpForm:
    """The form offers a second list."""
    form.lists.add(MailingList.objects.create(name="Tide tables", slug="tides", is_public=True))
    return form


def test_who_unticks_every_list_joins_none_and_is_asked_to_choose(two_lists: SignUpForm, visitor: Client, patient: Stamp) -> None:
    """An empty choice is an answer, too: without it a short form could not be told from it, which means the first list."""
    page = parsed(visitor.get(PATH))
    boxes = page.select("[type=checkbox][name=lists]")
    assert [(box["value"], box.has_attr("checked")) for box in boxes] == [("courier", True), ("tides", False)]
    sent = {"address": "nina@example.org", "q-city": "Brest"}
    hidden = page.select_one("[type=hidden][name=lists]")
    assert hidden is not None
    answer = visitor.post(PATH, sent | {"stamp": patient(), "lists": hidden["value"]})
    assert answer.status_code == 400
    page = parsed(answer)
    assert "Choose at least one" in page.select_one("#problem").get_text()  # type: ignore[union-attr]
    assert not page.select("[name=lists][checked]")
    assert not Subscriber.objects.exists()
    assert not SingleMail.objects.exists()
    assert visitor.post(PATH, sent | {"stamp": patient(), "lists": ["", "tides", "no-such-list"]}).status_code == 200
    assert [entry.list.slug for entry in Subscription.objects.all()] == ["tides"]


def test_a_form_that_only_asks_for_the_address_means_the_first_list(
    two_lists: SignUpForm, visitor: Client, patient: Stamp
) -> None:
    visitor.post(PATH, {"address": "nina@example.org", "stamp": patient(), "q-city": "Brest"})
    assert [entry.list.slug for entry in Subscription.objects.all()] == ["courier"]


def test_the_html_for_other_sites_says_too_that_there_was_a_choice(two_lists: SignUpForm, publication: Any) -> None:
    page = BeautifulSoup(as_html(form_of(two_lists, publication, "en")), "html.parser")
    assert [(box["type"], box["value"]) for box in page.select("[name=lists]")] == [
        ("hidden", ""), ("checkbox", "courier"), ("checkbox", "tides"),
    ]  # fmt: skip


def test_languages_are_chosen_by_their_names_and_what_must_be_answered_says_so(
    form: SignUpForm, visitor: Client, patient: Stamp
) -> None:
    form.questions.add(defining.create(kind="language", label="Spoken at home", by="staff:1", now=NOW))
    page = parsed(visitor.get(PATH + "?lang=fr"))
    offered = {option["value"]: option.get_text() for option in page.select("[name=q-spoken_at_home] option")}
    assert (offered["fa"], offered["pt"], offered[""]) == ("persan", "portugais", "–")
    city = page.select_one("label:has([name=q-city])")
    home = page.select_one("label:has([name=q-spoken_at_home])")
    assert city is not None and home is not None
    assert city.select(".hint") and not home.select(".hint")
    visitor.post(PATH, {"address": "nina@example.org", "stamp": patient(), "q-city": "Brest", "q-spoken_at_home": "fa"})
    assert Subscriber.objects.get().attributes["spoken_at_home"] == "fa"
    found = questions.shown(list(form.questions.all()), "en", given={"spoken_at_home": ["pt-BR"]}, wrong={})
    spoken = {question.attribute.key: question for question in found}["spoken_at_home"]
    assert ("pt-BR", "Portuguese (Brazil)") in spoken.options


def test_a_hosted_form_leads_to_its_other_languages(form: SignUpForm, visitor: Client) -> None:
    def others(address: str) -> list[tuple[str, str, str]]:
        links = parsed(visitor.get(address)).select(".languages a")
        return [(str(link["href"]), str(link["lang"]), link.get_text()) for link in links]

    assert others(PATH) == [("?lang=fr", "fr", "Français")]
    assert others(PATH + "?lang=fr") == [("?lang=en", "en", "English")]
    assert others("/subscribe/") == []


def test_a_stranger_cannot_change_what_a_reader_answered(
    form: SignUpForm, visitor: Client, patient: Stamp, make_subscriber: Any, mailing_list: Any
) -> None:
    reader = make_subscriber("nina@example.org", mailing_list)
    Subscriber.objects.update(attributes={"city": "Lyon"})
    visitor.post(PATH, {"address": "nina@example.org", "stamp": patient(), "q-city": "Nowhere"})
    reader.refresh_from_db()
    assert reader.attributes == {"city": "Lyon"}


def test_the_publications_own_form_asks_what_is_asked_when_signing_up(form: SignUpForm, visitor: Client, patient: Stamp) -> None:
    assert not parsed(visitor.get("/subscribe/")).select("[name=q-when_do_you_read]")
    visitor.post("/subscribe/", {"address": "nina@example.org", "stamp": patient(), "q-city": "Brest"})
    assert Subscriber.objects.get().attributes == {"city": "Brest"}


def test_the_html_for_other_sites_is_escaped_and_posts_to_us(form: SignUpForm, publication: Any) -> None:
    html = as_html(form_of(form, publication, "en"))
    page = BeautifulSoup(html, "html.parser")
    sent = page.select_one("form")
    assert sent is not None
    assert sent["action"] == f"http://127.0.0.1:8000{PATH}"
    assert "Tides &amp; &lt;ferries&gt;" in html
    assert {field["name"] for field in page.select("[name]")} >= {"address", "name", "lang", "q-city", "q-when_do_you_read"}
    assert not page.select("[style], [onclick], [onsubmit]")
    assert page.select_one("script")["src"] == "http://127.0.0.1:8000/subscribe/form.js"  # type: ignore[index]


def test_a_post_from_another_site_shows_our_page_filled_in_and_writes_to_nobody(form: SignUpForm, visitor: Client) -> None:
    answer = visitor.post(PATH, {"address": "nina@example.org", "q-city": "Brest"}, headers=ELSEWHERE)
    page = parsed(answer)
    assert page.select_one("[name=address]")["value"] == "nina@example.org"  # type: ignore[index]
    assert page.select_one("[name=q-city]")["value"] == "Brest"  # type: ignore[index]
    assert page.select_one("[role=status]") is not None
    assert not answer.cookies
    assert not SingleMail.objects.exists()
    assert not Subscriber.objects.exists()


def test_a_post_from_another_site_whose_script_did_its_sum_asks_at_once_and_once(
    form: SignUpForm, visitor: Client, patient: Stamp
) -> None:
    loaded = visitor.get("/subscribe/challenge", headers={"Origin": "https://a-harbour.example"})
    assert loaded.headers["Access-Control-Allow-Origin"] == "*"
    assert not loaded.cookies
    given = {"q-city": "Brest", "stamp": patient(), "altcha": solved(loaded.json()["challenge"])}
    assert "n…@example.org" in words(visitor.post(PATH, {"address": "nina@example.org", **given}, headers=ELSEWHERE))
    assert Subscriber.objects.count() == 1
    visitor.post(PATH, {"address": "another@example.org", **given}, headers=ELSEWHERE)
    assert Subscriber.objects.count() == 1


def test_whoever_did_the_sum_has_the_larger_budget(form: SignUpForm, visitor: Client, patient: Stamp) -> None:
    for number in range(budgets.SIGN_UP.per_prefix + 1):
        visitor.post(PATH, {"address": f"r{number}@example.org", "stamp": patient(), "q-city": "Brest"})
    given = {"address": "last@example.org", "q-city": "Brest", "stamp": patient()}
    assert visitor.post(PATH, given).status_code == 429
    assert visitor.post(PATH, {**given, "altcha": "nonsense"}).status_code == 429
    forged = {
        **visitor.get("/subscribe/challenge").json()["challenge"],
        "salt": "mine?expires=9999999999&",
        "signature": "0" * 64,
    }
    forged["challenge"] = hashlib.sha256(b"mine?expires=9999999999&0").hexdigest()
    assert visitor.post(PATH, {**given, "altcha": solved(forged)}).status_code == 429
    proof = solved(visitor.get("/subscribe/challenge").json()["challenge"])
    assert visitor.post(PATH, {**given, "altcha": proof}).status_code == 200


def test_a_form_that_was_deleted_leads_to_the_publications_own(form: SignUpForm, visitor: Client) -> None:
    sign_up_forms.delete(form=form, by="staff:1", now=NOW)
    assert visitor.get(PATH).headers["Location"] == "/subscribe/"


def test_the_script_has_one_address_for_ever(visitor: Client, publication: Any) -> None:
    answer = visitor.get("/subscribe/form.js")
    assert answer.headers["Content-Type"].startswith("text/javascript")
    assert b"crypto.subtle" in answer.content
