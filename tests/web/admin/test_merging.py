"""Duplicates and merging at the desk, notes, and the links of old mails afterwards."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from bs4 import BeautifulSoup
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from masthead.audience import duplicates, merging
from masthead.audience.models import Duplicate, MailingList, Merge, Subscriber
from masthead.audit.models import Entry
from masthead.mail.models import Suppression
from masthead.mail.suppressions import suppress_all
from masthead.team.models import Role

pytestmark = pytest.mark.django_db
AtDesk = Callable[[Role], Client]


@pytest.fixture
def desk(at_desk: AtDesk) -> Client:
    return at_desk(Role.READER_CARE)


@pytest.fixture
def pair(make_subscriber: Any, mailing_list: MailingList) -> tuple[Subscriber, Subscriber]:
    return make_subscriber("rosa.marin@gmail.com", mailing_list, name="Rosa"), make_subscriber(
        "rosamarin@gmail.com", mailing_list
    )


def test_a_pair_is_looked_at_merged_and_taken_apart(desk: Client, pair: tuple[Subscriber, Subscriber], now: datetime) -> None:
    one, other = pair
    assert "Nobody seems to be here twice" in desk.get(reverse("desk_duplicates")).content.decode()
    duplicates.look(now=now)
    listed = BeautifulSoup(desk.get(reverse("desk_duplicates")).content, "html.parser")
    link = listed.find("a", string="Look and merge")
    assert link is not None
    shown = BeautifulSoup(desk.get(str(link["href"])).content, "html.parser")  # type: ignore[index]
    chosen = shown.select_one("input[name=keep][checked]")
    assert chosen is not None
    assert chosen["value"] == str(one.pk)
    said = {"one": one.pk, "other": other.pk}
    assert "Choose which address stays" in desk.post(reverse("desk_merge"), {**said, "keep": "0"}).content.decode()
    assert not Merge.objects.exists()
    answer = desk.post(reverse("desk_merge"), {**said, "keep": other.pk})
    assert answer["Location"] == reverse("desk_reader", args=[other.pk])
    assert "is the same person" in desk.get(answer["Location"]).content.decode()
    away = desk.get(reverse("desk_reader", args=[one.pk])).content.decode()
    assert "This address was merged" in away
    assert "No duplicates" in desk.get(reverse("desk_duplicates")).content.decode()
    made = Merge.objects.get()
    assert desk.post(reverse("desk_unmerge", args=[made.pk]))["Location"] == reverse("desk_reader", args=[one.pk])
    assert one.subscriptions.get().state == other.subscriptions.get().state == "active"
    assert desk.post(reverse("desk_unmerge", args=[made.pk]))["Location"] == reverse("desk_reader", args=[other.pk])


def test_two_people_are_said_to_be_two(desk: Client, pair: tuple[Subscriber, Subscriber], now: datetime) -> None:
    duplicates.look(now=now)
    desk.post(reverse("desk_duplicates"), {"two_people": Duplicate.objects.get().pk})
    assert "No duplicates" in desk.get(reverse("desk_duplicates")).content.decode()
    assert desk.post(reverse("desk_duplicates"), {"two_people": "999"}).status_code == 404


def test_who_is_not_dead_is_suggested_to_stay(desk: Client, pair: tuple[Subscriber, Subscriber], now: datetime) -> None:
    one, other = pair
    addresses = {bytes(one.fingerprint): one.address}
    suppress_all(addresses=addresses, reason=Suppression.Reason.BOUNCED, by="system", now=now)
    page = desk.get(reverse("desk_merge"), {"one": one.pk, "address": " RosaMarin@gmail.com "})
    chosen = BeautifulSoup(page.content, "html.parser").select_one("input[name=keep][checked]")
    assert chosen is not None
    assert chosen["value"] == str(other.pk)


@pytest.mark.parametrize("address", ["rosa.marin@gmail.com", "nobody@example.org", "no address", ""])
def test_nobody_is_merged_with_nobody_or_themselves(desk: Client, pair: tuple[Subscriber, Subscriber], address: str) -> None:
    answer = desk.get(reverse("desk_merge"), {"one": pair[0].pk, "address": address})
    assert answer["Location"] == reverse("desk_reader", args=[pair[0].pk])


def test_editors_merge_nobody(at_desk: AtDesk, pair: tuple[Subscriber, Subscriber]) -> None:
    editor = at_desk(Role.EDITOR)
    assert editor.post(reverse("desk_merge"), {"one": pair[0].pk, "other": pair[1].pk, "keep": pair[0].pk}).status_code == 403
    assert editor.get(reverse("desk_duplicates")).status_code == 403


def test_notes_have_a_day_and_a_name(desk: Client, reader: Subscriber) -> None:
    there = reverse("desk_reader_note", args=[reader.pk])
    desk.post(there, {"note": "Called about <b>Thursday</b>."})
    desk.post(there, {"note": " "})
    desk.post(there, {"note": "Moved to Lyon."})
    reader.refresh_from_db()
    first, second = reader.note.split("\n")
    assert first.endswith("reader_care person: Called about <b>Thursday</b>.")
    assert second.endswith("reader_care person: Moved to Lyon.")
    html = desk.get(reverse("desk_reader", args=[reader.pk])).content.decode()
    assert "&lt;b&gt;Thursday" in html
    assert Entry.objects.filter(action="reader.noted").count() == 2


def test_a_readers_page_asks_few_questions(desk: Client, pair: tuple[Subscriber, Subscriber], now: datetime) -> None:
    merging.merge(keep=pair[0], away=pair[1], by="staff:1", now=now)
    there = reverse("desk_reader", args=[pair[0].pk])
    desk.get(there)
    with CaptureQueriesContext(connection) as asked:
        desk.get(there)
    # The shell around every screen asks up to 13 of these: session, person, permissions, banner, the counts in the menu.
    assert len(asked) < 16 + 13, "\n".join(each["sql"][:200] for each in asked)
