"""How much a screen asks the database: the shell around every screen, and one reader with all that a reader can have."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from bs4 import BeautifulSoup
from django.contrib.auth import get_user
from django.db import connection
from django.http import HttpRequest
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from masthead.audience import merging, subscribers, tagging
from masthead.audience.models import Attribute, MailingList, Subscriber
from masthead.bounces.models import Finding
from masthead.common.addresses import normalise
from masthead.mail.models import Suppression
from masthead.mail.suppressions import suppress
from masthead.team.models import Role
from masthead.web.admin.permissions import GROUP_PERMISSIONS

pytestmark = pytest.mark.django_db

#: Session, person, languages of the shell, publications in test mode, what waits behind the menu.
SHELL = 5


def asked(client: Client, address: str) -> list[str]:
    """What the second look at a screen asks: the first one of a session also writes the session."""
    assert client.get(address).status_code == 200
    with CaptureQueriesContext(
        connection,
    ) as captured:
        assert client.get(address).status_code == 200
    return [query["sql"] for query in captured]


@pytest.mark.parametrize(
    ("screen", "own"), [("desk_suppressed", 1), ("desk_imports", 3), ("desk_segments", 2), ("desk_readers", 4)]
)
def test_the_shell_asks_little(at_desk: Callable[[Role], Client], screen: str, own: int) -> None:
    found = asked(at_desk(Role.OWNER), reverse(screen))
    assert len(found) <= SHELL + own, "\n".join(found)


@pytest.mark.parametrize("role", Role)
def test_the_rights_of_the_shell_are_those_of_the_role(at_desk: Callable[[Role], Client], role: Role) -> None:
    request = HttpRequest()
    request.session = at_desk(role).session
    person = get_user(request)
    assert person.get_all_permissions() == set(GROUP_PERMISSIONS[role])  # type: ignore[union-attr]
    assert not person.has_perm("issues.publish_issue")
    person.is_active = False
    assert not person.has_perm("wagtailadmin.access_admin")


def test_one_reader_with_everything(
    at_desk: Callable[[Role], Client],
    publish: Any,
    deliver: Any,
    make_subscriber: Any,
    mailing_list: MailingList,
    publication: Any,
    now: datetime,
) -> None:
    reader: Subscriber = make_subscriber("rosa@example.org", mailing_list, attributes={"city": "Lyon"})
    away: Subscriber = make_subscriber("rosa.old@example.org", mailing_list)
    Attribute.objects.create(key="city", kind="text", label="City", created_at=now)
    MailingList.objects.create(name="Crew", slug="crew")
    tagging.set_all(subscriber=reader, names=["press", "harbour"], by="staff:1", now=now)
    merging.merge(keep=reader, away=away, by="system", now=now)
    for number in (7, 8, 9):
        delivery = deliver(publish(number), reader, mailing_list)
        Finding.objects.create(
            found_at=now, kind="bounce", reason="full", outcome="counted", identity="token",
            delivery=delivery, campaign=delivery.campaign, subscriber=reader,
        )  # fmt: skip
    subscribers.add_note(subscriber=reader, text="Prefers the phone.", who="Cara", by="staff:1", now=now)
    suppress(address=normalise(reader.address), reason=Suppression.Reason.COMPLAINED, by="system", now=now)
    found = asked(at_desk(Role.OWNER), reverse("desk_reader", args=[reader.pk]))
    assert len(found) < 20, "\n".join(found)


def test_old_mails_are_paged_without_a_count(
    at_desk: Callable[[Role], Client], publish: Any, deliver: Any, make_subscriber: Any, mailing_list: MailingList,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    monkeypatch.setattr("masthead.web.admin.readers.reader._A_PAGE", 1)
    reader = make_subscriber("rosa@example.org", mailing_list)
    for number, title in enumerate(("First tide", "Second tide", "Third tide"), 7):
        deliver(publish(number, title), reader, mailing_list)
    desk = at_desk(Role.READER_CARE)
    address = reverse("desk_reader", args=[reader.pk])

    def page(query: str) -> tuple[list[str], list[str]]:
        text = desk.get(address + query).content.decode()
        titles = [title for title in ("First tide", "Second tide", "Third tide") if title in text]
        return titles, [link for link in ("?mails=1", "?mails=2", "?mails=3") if f'"{link}"' in text]

    assert page("") == (["Third tide"], ["?mails=2"])
    assert page("?mails=2") == (["Second tide"], ["?mails=1", "?mails=3"])
    assert page("?mails=3") == (["First tide"], ["?mails=2"])
    for wrong in ("?mails=4", "?mails=0", "?mails=-1", "?mails=x", "?mails=99999999999999999999"):
        assert page(wrong)[0] == ["Third tide"], wrong


def test_mails_and_language_of_a_reader_are_named_as_people_say_them(
    at_desk: Callable[[Role], Client], publish: Any, deliver: Any, make_subscriber: Any, mailing_list: MailingList
) -> None:
    reader = make_subscriber("rosa@example.org", mailing_list, language="fa")
    deliver(publish(7, "درخت اناری", label="۷"), reader, mailing_list)
    page = BeautifulSoup(at_desk(Role.READER_CARE).get(reverse("desk_reader", args=[reader.pk])).content, "html.parser")
    [mail] = page.select(".desk-table tbody td:first-child")
    # Each part by itself: titles run in their own direction. How the campaign stands is nothing of this reader's.
    assert [part.get_text() for part in mail.select("bdi")] == ["The Courier", "۷", "درخت اناری"]
    assert "Finished" not in mail.get_text()
    assert "Persian" in page.select(".desk-facts")[0].get_text()
