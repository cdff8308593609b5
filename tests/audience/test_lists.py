"""Lists come and change."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest

from masthead.audience import lists, subscribers
from masthead.audience.models import MailingList
from masthead.audit.models import Entry

pytestmark = pytest.mark.django_db


def create(name: str, now: datetime, **options: Any) -> MailingList:
    return lists.create(name=name, by="staff:1", now=now, **options)


def test_a_list_gets_a_short_name_of_its_own(now: datetime) -> None:
    assert create(" Friends  of the Courier ", now).slug == "friends-of-the-courier"
    assert create("Friends of the Courier!", now).slug == "friends-of-the-courier-2"
    assert create("پیک", now).slug == "list"
    assert create("信使", now).slug == "list-2"


@pytest.mark.parametrize("name", ["مه‌نامه", "ക്ഷ‍"])
def test_a_name_is_spelt_as_its_language_is(name: str, now: datetime) -> None:
    assert create(name, now).name == name


@pytest.mark.parametrize("name", ["", "  ", "x" * 151, "a\u202eb"])
def test_a_name_that_is_none_is_refused(name: str, now: datetime) -> None:
    with pytest.raises(lists.BadListName):
        create(name, now)


def test_two_lists_cannot_have_one_name(now: datetime) -> None:
    made = create("Friends", now)
    with pytest.raises(lists.NameTaken):
        create("FRIENDS", now)
    assert lists.get_or_create(name="friends ", by="staff:1", now=now) == made


def test_the_short_name_stays_when_the_name_changes(now: datetime) -> None:
    made = create("Friends", now)
    lists.edit(
        mailing_list=made,
        name="Allies",
        description="",
        is_public=False,
        opt_in=lists.OptIn.SINGLE,
        warned=True,
        by="staff:1",
        now=now,
    )
    made.refresh_from_db()
    assert (made.name, made.slug, made.is_public, made.opt_in) == ("Allies", "friends", False, "single")
    assert [entry.action for entry in Entry.objects.order_by("id")] == ["list.created", "list.changed"]
    assert lists.find("friends") == made


def test_one_mailbox_is_one_reader(now: datetime) -> None:
    made = subscribers.create(address="Anna@Exämple.org", source="staff", now=now)
    assert (made.address, made.domain) == ("Anna@exämple.org", "exämple.org")
    with pytest.raises(subscribers.AddressKnown):
        subscribers.create(address="ANNA@exämple.ORG", source="staff", now=now)
    assert subscribers.find("anna@EXÄMPLE.org") == made
    assert subscribers.find("nonsense") is None


def test_an_edit_is_on_the_record_without_the_data(now: datetime, reader: Any, make_subscriber: Any) -> None:
    subscribers.edit(subscriber=reader, by="staff:1", now=now, address="rose@example.org", name="Rose")
    entry = Entry.objects.get()
    assert "rose" not in str((entry.subject, entry.details)).lower()
    make_subscriber("taken@example.org")
    with pytest.raises(subscribers.AddressKnown):
        subscribers.edit(subscriber=reader, by="staff:1", now=now, address="Taken@example.org")
