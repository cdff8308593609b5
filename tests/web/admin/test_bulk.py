"""The list of readers: its filter, its columns, and what is done to many of them at once."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from bs4 import BeautifulSoup
from django.core.cache import cache
from django.core.mail import EmailMessage
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from masthead.audience import tagging
from masthead.audience.bulk import acting, undoing
from masthead.audience.models import Attribute, BulkAction, MailingList, Subscriber
from masthead.audit.models import Entry
from masthead.team.models import Role

pytestmark = pytest.mark.django_db
AtDesk = Callable[[Role], Client]


@pytest.fixture
def desk(at_desk: AtDesk) -> Client:
    return at_desk(Role.READER_CARE)


@pytest.fixture
def readers(make_subscriber: Any, mailing_list: MailingList) -> list[Subscriber]:
    return [make_subscriber(f"r{number}@example.org", mailing_list, attributes={"city": "Lyon"}) for number in range(3)]


def fresh(client: Client, *, ago: float = 0) -> Client:
    """Signed in again, so long ago."""
    cache.clear()  # how often somebody may try is counted there, over all tests
    client.post(reverse("account_reauthenticate"), {"password": "a quiet morning tide"})
    session = client.session
    for record in session["account_authentication_methods"]:
        record["at"] = time.time() - ago
    session.save()
    return client


def listed(client: Client, **query: str) -> list[str]:
    page = BeautifulSoup(client.get(reverse("desk_readers"), query).content, "html.parser")
    return [each.text for each in page.select("a.desk-main")]


def begin(client: Client, **said: Any) -> Any:
    """Through the page that asks, as a browser does it: its hidden fields and what somebody fills in."""
    query = {name: value for name, value in said.items() if name in {"what", "which", "reader", "q", "list", "state", "domain"}}
    asked = client.get(reverse("desk_bulk"), query)
    assert asked.status_code == 200
    form = BeautifulSoup(asked.content, "html.parser").select_one("form.desk-form")
    assert form is not None
    hidden: dict[str, list[str]] = {}
    for field in form.select("input[type=hidden]"):
        hidden.setdefault(str(field["name"]), []).append(str(field["value"]))
    return client.post(
        reverse("desk_bulk"), {**hidden, **{f"do-{name}": value for name, value in said.items() if name not in query}}
    )


def work(now: datetime) -> BulkAction:
    return acting.work(action=BulkAction.objects.latest("pk"), now=now)


def test_the_list_is_filtered_and_ordered(desk: Client, readers: list[Subscriber], leaver: Subscriber, now: datetime) -> None:
    Attribute.objects.create(key="city", kind="text", label="City", created_at=now)
    tag = tagging.get_or_create(name="press", by="system", now=now)
    tagging.put(tag=tag, readers=Subscriber.objects.filter(pk=leaver.pk), by="system", now=now)
    assert listed(desk, sort="address")[0] == "leo@example.net"
    assert listed(desk, attribute="city", value="lyon", sort="old") == [each.address for each in readers]
    assert listed(desk, tag=str(tag.pk)) == ["leo@example.net"]
    assert listed(desk, domain="example.net", since="2026-11-01", until="2026-11-30") == ["leo@example.net"]
    assert listed(desk, since="tomorrow") == []


@pytest.mark.parametrize("query", [{"tag": "999"}, {"segment": "x"}, {"attribute": "nothing"}, {"sort": "password"}])
def test_what_the_filter_cannot_mean_finds_nobody_and_says_why(
    desk: Client, readers: list[Subscriber], query: dict[str, str]
) -> None:
    answer = desk.get(reverse("desk_readers"), query)
    assert "Select a valid choice" in answer.content.decode()
    assert "Nobody is found" in answer.content.decode()
    nobody = desk.get(reverse("desk_bulk"), {"what": "suppress", "which": "all", **query})
    assert nobody.status_code == 302


def test_columns_are_chosen_and_found_again_by_each_person(
    desk: Client, at_desk: AtDesk, readers: list[Subscriber], now: datetime
) -> None:
    Attribute.objects.create(key="city", kind="text", label="City", created_at=now)
    answer = desk.post(reverse("desk_readers_columns"), {"column": ["domain", "attribute-city", "nonsense"], "q": "r1"})
    assert answer["Location"] == reverse("desk_readers") + "?q=r1"

    def headings(client: Client) -> list[str]:
        page = BeautifulSoup(client.get(reverse("desk_readers")).content, "html.parser")
        return [each.text for each in page.select("table.desk-table th")][1:]

    assert headings(desk) == ["Reader", "Domain", "City"]
    assert headings(at_desk(Role.OWNER)) == ["Reader", "Lists", "Since", "Came by", "Gets"]


def test_many_are_put_on_a_list_seen_and_taken_back(
    desk: Client, readers: list[Subscriber], leaver: Subscriber, mailing_list: MailingList, now: datetime
) -> None:
    extra = MailingList.objects.create(name="Extra", slug="extra")
    asked = desk.get(reverse("desk_bulk"), {"what": "join", "which": "all", "domain": "example.org"}).content.decode()
    assert "Put on a list: 3 readers" in asked
    assert "is, or is below example.org" in asked
    silent = begin(desk, what="join", which="all", domain="example.org", mailing_list=extra.pk, statement=" ")
    assert "Without it nobody is added" in silent.content.decode()
    begun = begin(desk, what="join", which="all", domain="example.org", mailing_list=extra.pk, statement="At the fair.")
    done = work(now)
    assert begun["Location"] == reverse("desk_bulk_action", args=[done.pk])
    assert extra.subscriptions.filter(state="active").count() == 3
    html = desk.get(begun["Location"]).content.decode()
    assert "Take it back" in html
    assert "At the fair." in html
    desk.post(reverse("desk_bulk_action_act", args=[done.pk]), {"do": "undo"})
    done.refresh_from_db()
    assert done.state == BulkAction.State.UNDOING
    assert desk.get(reverse("desk_bulk_action_news", args=[done.pk])).status_code == 200
    undoing.work(action=done, by="staff:1", now=now)
    assert desk.get(reverse("desk_bulk_action_news", args=[done.pk]))["HX-Refresh"] == "true"
    assert not extra.subscriptions.exists()
    assert "Taken back" in desk.get(reverse("desk_bulk_actions")).content.decode()


def test_only_the_readers_ticked_are_meant(
    desk: Client, readers: list[Subscriber], mailing_list: MailingList, now: datetime
) -> None:
    begin(desk, what="leave", which="chosen", q="example", reader=[readers[0].pk, readers[1].pk], mailing_list=mailing_list.pk)
    work(now)
    assert [each.subscriptions.get().state for each in readers] == ["left", "left", "active"]


@pytest.mark.parametrize("what", ["leave", "erase", "export"])
def test_nothing_ticked_is_nobody(desk: Client, readers: list[Subscriber], what: str) -> None:
    answer = fresh(desk).get(reverse("desk_bulk"), {"what": what, "which": "chosen", "q": "r1"})
    assert answer["Location"] == reverse("desk_readers") + "?q=r1"


def test_whoever_came_meanwhile_is_asked_about_again(
    desk: Client, readers: list[Subscriber], make_subscriber: Any, mailing_list: MailingList
) -> None:
    said = {"what": "suppress", "which": "all", "expected": "2"}
    answer = desk.post(reverse("desk_bulk"), said)
    assert answer.status_code == 422
    assert "Meanwhile it is 3 readers" in answer.content.decode()
    assert not BulkAction.objects.exists()


def test_tags_and_attributes_are_checked_before_anything_is_done(desk: Client, readers: list[Subscriber], now: datetime) -> None:
    Attribute.objects.create(key="born", kind="date", label="Born", created_at=now)
    assert "no date" in begin(desk, what="set", which="all", attribute="born", value="spring").content.decode()
    assert "comma" in begin(desk, what="tag", which="all", tag="a,b").content.decode()
    assert "There is no tag" in begin(desk, what="untag", which="all", tag="unheard").content.decode()
    assert not BulkAction.objects.exists()
    begin(desk, what="set", which="all", attribute="born", value="1990-05-01")
    assert work(now).called == "Born: 1990-05-01"


def test_many_are_erased_only_after_a_fresh_sign_in_and_their_number(
    desk: Client, readers: list[Subscriber], owner: Any, mailoutbox: list[EmailMessage], now: datetime
) -> None:
    stale = fresh(desk, ago=601)
    said = {"what": "erase", "which": "all", "expected": "3", "do-sure": "3"}
    for answer in (stale.get(reverse("desk_bulk"), said), stale.post(reverse("desk_bulk"), said)):
        assert "reauthenticate" in answer["Location"]
    fresh(desk)
    assert "not their number" in begin(desk, what="erase", which="all", sure="2").content.decode()
    begin(desk, what="erase", which="all", sure="3")
    work(now)
    assert not Subscriber.objects.exists()
    assert ["3 readers were erased" in mail.body for mail in mailoutbox] == [True]


def test_an_export_takes_the_filter_or_those_who_are_ticked(desk: Client, readers: list[Subscriber], tampering: None) -> None:
    fresh(desk)
    there = desk.get(reverse("desk_bulk"), {"what": "export", "which": "chosen", "reader": readers[0].pk})["Location"]
    assert "1 reader" in desk.get(there).content.decode()
    file = desk.post(reverse("desk_readers_export"), {"reader": [readers[0].pk, readers[1].pk], "kind": "csv"})
    assert b"".join(file.streaming_content).count(b"@example.org") == 2  # type: ignore[attr-defined]
    Entry.objects.filter(action="readers.exported").update(at=timezone.now().replace(year=2020))
    assert desk.post(reverse("desk_readers_export"), {"tag": "999", "which": "all", "kind": "csv"}).status_code == 422
    file = desk.post(reverse("desk_readers_export"), {"q": "r2", "which": "all", "kind": "csv"})
    assert b"".join(file.streaming_content).count(b"@example.org") == 1  # type: ignore[attr-defined]
    assert "readers-some-" in file["Content-Disposition"]


def test_the_list_asks_few_questions(desk: Client, make_subscriber: Any, mailing_list: MailingList) -> None:
    for number in range(30):
        make_subscriber(f"x{number}@example.org", mailing_list)
    desk.get(reverse("desk_readers"))
    with CaptureQueriesContext(connection) as asked:
        desk.get(reverse("desk_readers"), {"list": str(mailing_list.pk), "state": "active", "domain": "example.org"})
    assert len(asked) < 20, "\n".join(each["sql"][:300] for each in asked)


def test_editors_may_do_nothing_to_readers(at_desk: AtDesk, readers: list[Subscriber]) -> None:
    editor = at_desk(Role.EDITOR)
    said = {"what": "suppress", "which": "all", "expected": "3"}
    assert editor.post(reverse("desk_bulk"), said).status_code == 403
    assert editor.get(reverse("desk_bulk_actions")).status_code == 403
    assert not BulkAction.objects.exists()
