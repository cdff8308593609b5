"""Signing in and the reader's own pages."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from datetime import UTC, datetime
from email import message_from_bytes, policy
from typing import Any

import pytest
from django.test import Client

from masthead.audience import defining
from masthead.audience.models import Subscriber, Subscription
from masthead.bounces.models import Finding
from masthead.delivery.models import Delivery
from masthead.mail.models import SingleMail
from masthead.web.portal.signing_in import safe_path
from tests.web.pages import parsed, words

pytestmark = pytest.mark.django_db
Stamp = Callable[[], str]
NOW = datetime(2026, 11, 25, 9, 0, tzinfo=UTC)


def newest_mail() -> str:
    message = message_from_bytes(bytes(SingleMail.objects.latest("id").raw), policy=policy.default)
    return str(message.get_body(("plain",)).get_content())  # type: ignore[union-attr]


@pytest.fixture
def ask(visitor: Client, publication: Any, patient: Stamp) -> Callable[..., Any]:
    def post(address: str, **fields: str) -> Any:
        return visitor.post("/sign-in/", {"address": address, "stamp": patient(), **fields})

    return post


@pytest.fixture
def signed_in(visitor: Client, ask: Any, reader: Any) -> Client:
    ask(reader.address)
    path = re.search(r"http://127\.0\.0\.1:8000(/s/\S+)", newest_mail())
    assert path
    assert visitor.post(path[1]).headers["Location"] == "/account/"
    return visitor


def csrf(page: Any) -> dict[str, str]:
    return {"csrfmiddlewaretoken": page.select_one("input[name=csrfmiddlewaretoken]")["value"]}


def test_a_link_signs_in_once_and_only_by_its_button(visitor: Client, ask: Any, reader: Any) -> None:
    ask(reader.address, next="/issues/1971/")
    found = re.search(r"http://127\.0\.0\.1:8000(/s/\S+)", newest_mail())
    assert found
    for _ in range(5):
        response = visitor.get(found[1])
        assert response.status_code == 200
        assert not response.cookies
    response = visitor.post(found[1])
    assert response.headers["Location"] == "/issues/1971/"
    assert response.cookies["masthead"]["httponly"]
    assert response.cookies["masthead"]["samesite"] == "Lax"
    assert Client(HTTP_HOST="127.0.0.1").post(found[1]).status_code == 410


def test_a_code_signs_in_as_well_and_a_wrong_one_does_not(visitor: Client, ask: Any, reader: Any) -> None:
    ask(reader.address)
    code = re.search(r"\b(\d{3} ?\d{3})\b", newest_mail())
    assert code
    wrong = "000000" if code[1] != "000000" else "000001"
    response = ask(reader.address, code=wrong)
    assert response.status_code == 400
    assert "does not work" in words(response)
    assert ask(reader.address, code=code[1]).headers["Location"] == "/account/"


def test_asking_to_sign_in_tells_nothing_about_who_reads(ask: Any, make_subscriber: Any) -> None:
    make_subscriber("sam@a.example")
    answers = {
        re.sub(rb'value="(sam@|form:)[^"]*"', b"", ask(f"sam@{who}.example").content).replace(f"@{who}.".encode(), b"@?.")
        for who in "ab"
    }
    assert len(answers) == 1


def test_the_account_asks_to_sign_in_first(visitor: Client, publication: Any) -> None:
    for path in ("/account/", "/account/data/", "/account/erase/"):
        assert visitor.get(path).headers["Location"] == f"/sign-in/?next={path}"


def test_a_reader_changes_what_they_chose(signed_in: Client, reader: Any) -> None:
    page = parsed(signed_in.get("/account/"))
    data = {**csrf(page), "lists": "courier", "holds": "excerpt", "language": "de", "name": "Rosa M.", "paused_until": ""}
    assert parsed(signed_in.post("/account/", data)).select_one(".done")
    reader.refresh_from_db()
    assert (reader.mail_mode, reader.language, reader.name) == ("excerpt", "de", "Rosa M.")
    assert parsed(signed_in.get("/account/")).html["lang"] == "de"
    for day, sentence in (("tomorrow", "year-month-day"), ("1999-01-01", "within the next year")):
        reader.language = "en"
        reader.save()
        response = signed_in.post("/account/", {**data, "language": "en", "paused_until": day})
        assert response.status_code == 400
        assert sentence in words(response)
    signed_in.post("/account/", {**data, "lists": ""})
    assert reader.subscriptions.get().state == Subscription.State.LEFT


def test_what_was_typed_stays_in_a_form_that_could_not_be_saved(signed_in: Client, reader: Any) -> None:
    page = parsed(signed_in.get("/account/"))
    typed = {"lists": "", "holds": "text", "language": "fr", "name": "Rosa <M>", "paused_until": "1999-01-01"}
    page = parsed(signed_in.post("/account/", {**csrf(page), **typed}))
    assert page.select_one(".errors")
    assert [choice["value"] for choice in page.select("[name=holds][checked]")] == ["text"]
    assert [choice["value"] for choice in page.select("[name=language] [selected]")] == ["fr"]
    assert not page.select("[type=checkbox][name=lists][checked]")
    assert [page.select_one(f"[name={name}]")["value"] for name in ("name", "paused_until")] == ["Rosa <M>", "1999-01-01"]  # type: ignore[index]
    reader.refresh_from_db()
    assert (reader.language, reader.name) != ("fr", "Rosa <M>")
    assert reader.subscriptions.get().state == Subscription.State.ACTIVE


def test_a_french_reader_of_an_english_publication_is_spoken_to_in_french(signed_in: Client, reader: Any) -> None:
    for kind, label in (("boolean", "Boat"), ("date", "Aboard"), ("number", "Berths")):
        defining.create(kind=kind, label=label, editable=True, by="system", now=NOW)
    reader.language, reader.attributes = "fr", {"boat": True, "aboard": "2020-05-04", "berths": 2}
    reader.save()
    page = parsed(signed_in.get("/account/"))
    told = {row.dt.get_text(): row.dd.get_text() for row in page.select(".facts div")}  # type: ignore[union-attr]
    assert (told["Boat"], told["Aboard"], told["Berths"]) == ("oui", "4 mai 2020", "2")
    wrong = parsed(signed_in.post("/account/", {**csrf(page), "lists": "courier", "language": "fr", "q-berths": "many"}))
    assert "Veuillez" in wrong.select_one(".errors").get_text()  # type: ignore[union-attr]


def test_the_links_of_single_mails_lead_to_pages_in_the_language_of_the_reader(
    visitor: Client, signed_in: Client, ask: Any, reader: Any
) -> None:
    reader.language = "fr"
    reader.save()
    ask(reader.address)
    link = re.search(r"http://127\.0\.0\.1:8000(/s/\S+)", newest_mail())
    assert link
    assert parsed(visitor.get(link[1])).html["lang"] == "fr"
    page = parsed(signed_in.get("/account/"))
    signed_in.post("/account/address/", {**csrf(page), "address": "rosa@new.example"})
    link = re.search(r"http://127\.0\.0\.1:8000(/a/\S+)", newest_mail())
    assert link
    assert parsed(visitor.get(link[1])).html["lang"] == "fr"
    assert parsed(visitor.post(link[1])).html["lang"] == "fr"


def test_a_new_address_that_is_none_leaves_the_page_as_it_was(signed_in: Client, reader: Any) -> None:
    defining.create(kind="text", label="Harbour", editable=True, by="system", now=NOW)
    reader.attributes = {"harbour": "Porthaven"}
    reader.save()
    page = parsed(signed_in.get("/account/"))
    response = signed_in.post("/account/address/", {**csrf(page), "address": "no address"})
    again = parsed(response)
    assert response.status_code == 400
    assert again.select_one(".errors")
    assert again.select_one("[name=q-harbour]")["value"] == "Porthaven"  # type: ignore[index]
    assert "Rosa" in words(response)
    assert len(again.select(".facts div")) == len(page.select(".facts div")) > 0


def test_the_page_for_the_code_names_no_subject_since_the_mail_is_in_the_language_of_the_reader(ask: Any, reader: Any) -> None:
    shown = words(ask(reader.address))
    assert "r…@example.org" in shown
    assert "Subject" not in shown


def test_nothing_in_the_account_happens_without_its_token(signed_in: Client, reader: Any) -> None:
    for path in ("/account/", "/account/address/", "/account/erase/", "/account/sign-out/"):
        assert signed_in.post(path, {"sure": "yes", "address": "x@example.org"}).status_code == 403
    assert Subscriber.objects.filter(pk=reader.pk).exists()


def test_a_reader_takes_their_data_along(signed_in: Client, reader: Any) -> None:
    response = signed_in.get("/account/data/")
    assert response.headers["Content-Disposition"].startswith("attachment")
    assert response.headers["Cache-Control"] == "private, no-store"
    data = json.loads(response.content)
    assert data["address"] == "rosa@example.org"
    assert (data["mails"], data["came_back"]) == ([], [])


def test_the_account_says_how_long_each_kind_is_kept(signed_in: Client, settings: Any) -> None:
    settings.TRACKING_DAYS = 45
    page = parsed(signed_in.get("/account/"))
    said = {row.dt.get_text(): row.dd.get_text() for row in page.select("details dl.facts div")}
    assert said["What you open and follow, if you agreed to that, from the sending of each issue"] == "45 days"
    assert said["What you agreed to and left, and when"] == "until you erase it, or ask us to"
    kept = json.loads(signed_in.get("/account/data/").content)["kept_for"]
    assert (len(said), kept["tracking"]) == (len(kept) - 1, "45 days")


def test_the_file_of_a_reader_holds_their_mails_and_what_came_back(
    signed_in: Client, reader: Any, publish: Any, deliver: Any, mailing_list: Any, now: Any
) -> None:
    delivery = deliver(publish(7, "Tides and ferries"), reader, mailing_list)
    Delivery.objects.filter(pk=delivery.pk).update(code=250, reply="2.0.0 taken", at=1_795_000_000)
    Finding.objects.create(
        found_at=now, kind="bounce", reason="full", outcome="counted", identity="token", words="552 mailbox full",
        delivery=delivery, campaign=delivery.campaign, subscriber=reader,
    )  # fmt: skip
    data = json.loads(signed_in.get("/account/data/").content)
    [mail] = data["mails"]
    assert (mail["title"], mail["outcome"], mail["answer"]) == ("Tides and ferries", "accepted", "250 2.0.0 taken")
    assert (mail["address"], mail["at"]) == ("rosa@example.org", "2026-11-18T11:06:40+00:00")
    assert [(each["what"], each["reason"], each["words"]) for each in data["came_back"]] == [
        ("bounce", "full", "552 mailbox full")
    ]


def test_an_address_moves_when_the_new_one_confirms(signed_in: Client, reader: Any) -> None:
    page = parsed(signed_in.get("/account/"))
    response = signed_in.post("/account/address/", {**csrf(page), "address": "rosa@new.example"})
    assert "r…@new.example" in words(response)
    found = re.search(r"http://127\.0\.0\.1:8000(/a/\S+)", newest_mail())
    assert found
    signed_in.get(found[1])
    reader.refresh_from_db()
    assert reader.address == "rosa@example.org"
    assert signed_in.post(found[1]).status_code == 200
    reader.refresh_from_db()
    assert reader.address == "rosa@new.example"


def test_erasing_needs_a_tick_and_then_is_complete(signed_in: Client, reader: Any) -> None:
    token = csrf(parsed(signed_in.get("/account/erase/")))
    assert signed_in.post("/account/erase/", token).status_code == 400
    assert Subscriber.objects.exists()
    assert "deleted" in words(signed_in.post("/account/erase/", {**token, "sure": "yes"}))
    assert not Subscriber.objects.exists()
    assert signed_in.get("/account/").status_code == 302


def test_signing_out_ends_it(signed_in: Client) -> None:
    token = csrf(parsed(signed_in.get("/account/")))
    assert signed_in.post("/account/sign-out/", token).headers["Location"] == "/"
    assert signed_in.get("/account/").status_code == 302


@pytest.mark.parametrize("path", ["//evil.example", "https://evil.example", "/\\evil.example", "javascript:alert(1)", "/a\r\nb"])
def test_nobody_is_led_elsewhere_after_signing_in(path: str) -> None:
    assert safe_path(path) == ""


@pytest.mark.parametrize("value", ["true", "0", "[]", "null", "0e1234", "' OR 1=1", "\x00", "x" * 100_000])
def test_odd_values_sign_nobody_in(ask: Any, reader: Any, value: str) -> None:
    assert ask(reader.address, code=value).status_code == 400
    assert ask(value).status_code == 400
    assert ask(value, code=value).status_code == 400


def test_a_reader_sees_and_changes_the_answers_that_may_be_changed(signed_in: Client, reader: Subscriber) -> None:
    defining.create(kind="text", label="City", required=True, editable=True, by="staff:1", now=NOW)
    defining.create(kind="boolean", label="Sails", editable=True, by="staff:1", now=NOW)
    defining.create(kind="number", label="Member", by="staff:1", now=NOW)
    Subscriber.objects.update(attributes={"city": "Lyon", "sails": True, "member": 7, "old_field": "kept"})
    page = parsed(signed_in.get("/account/"))
    assert page.select_one("[name=q-city]")["value"] == "Lyon"  # type: ignore[index]
    assert page.select_one("[name=q-sails]").has_attr("checked")  # type: ignore[union-attr]
    assert not page.select("[name=q-member]")
    assert "Member 7" in words(signed_in.get("/account/"))
    form = {"csrfmiddlewaretoken": page.select_one("[name=csrfmiddlewaretoken]")["value"], "holds": "text"}  # type: ignore[index]
    refused = signed_in.post("/account/", {**form, "q-city": "", "name": "Nina"})
    assert refused.status_code == 400
    reader.refresh_from_db()
    assert (reader.attributes["city"], reader.mail_format) == ("Lyon", "html")
    assert signed_in.post("/account/", {**form, "q-city": "Brest"}).status_code == 200
    reader.refresh_from_db()
    assert reader.attributes == {"city": "Brest", "sails": False, "member": 7, "old_field": "kept"}
    assert reader.mail_format == "text"


def test_a_reader_is_told_what_is_counted(signed_in: Client, publication: Any) -> None:
    assert "We do not count what you open or click." in signed_in.get("/account/").content.decode()
    publication.measuring = "links"
    publication.save(update_fields=["measuring"])
    assert "How often links are followed is counted, but not who followed them." in signed_in.get("/account/").content.decode()
