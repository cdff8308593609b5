"""Questions about readers, and what of them goes out."""

from __future__ import annotations

import csv
import io
import json
from datetime import datetime
from typing import Any

import pytest

from masthead.audience import consent, exporting, lookups
from masthead.audience.export_formats import Kind
from masthead.audience.filtering import Filter
from masthead.audience.models import MailingList, Subscriber
from masthead.audit.models import Entry
from masthead.common.addresses import normalise
from masthead.mail.models import Suppression
from masthead.mail.suppressions import suppress, suppress_domain

pytestmark = pytest.mark.django_db


@pytest.fixture
def crowd(make_subscriber: Any, mailing_list: MailingList, reader: Subscriber, leaver: Subscriber, now: datetime) -> None:
    make_subscriber("wait@example.org", mailing_list, state="pending")
    make_subscriber("dead@example.org", mailing_list)
    make_subscriber("x@blocked.example", mailing_list)
    suppress(address=normalise("dead@example.org"), reason=Suppression.Reason.BOUNCED, now=now, by="system")
    suppress_domain(domain="blocked.example", now=now, by="staff:1")


def test_a_list_counts_its_readers_by_state(crowd: None, mailing_list: MailingList) -> None:
    empty = MailingList.objects.create(name="Empty", slug="empty")
    found = lookups.counts()
    assert found[mailing_list.pk] == lookups.ListCounts(pending=1, active=3, left=1, suppressed=2, bounced=1)
    assert found[empty.pk] == lookups.ListCounts()


def test_a_mail_goes_to_who_is_active_and_not_suppressed_each_once(
    crowd: None, mailing_list: MailingList, reader: Subscriber, now: datetime
) -> None:
    other = MailingList.objects.create(name="Other", slug="other")
    consent.add_by_staff(subscriber=reader, lists=[other], reason="By phone.", by="staff:1", now=now)
    assert list(lookups.active_in([mailing_list, other], today=now.date())) == [reader]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("ROSA@example.org", ["rosa@example.org"]),
        ("marin", ["rosa@example.org"]),
        ("ros", ["rosa@example.org"]),
        ("@blocked", ["x@blocked.example"]),
        ("%", []),
        ("_", []),
        ("'; DROP TABLE audience_subscriber; --", []),
    ],
)
def test_readers_are_found_by_a_part_of_address_or_name(crowd: None, text: str, found: list[str]) -> None:
    assert [reader.address for reader in lookups.matching(Subscriber.objects.all(), text)] == found


def test_a_list_is_exported_without_formulas_and_on_the_record(
    make_subscriber: Any, mailing_list: MailingList, now: datetime
) -> None:
    make_subscriber("a@example.org", mailing_list, name='=HYPERLINK("http://evil")', attributes={"city": "+49", "tag": '"x"'})
    make_subscriber("b@example.org", mailing_list, name="Bo", attributes={"town": "Lyon"})
    pieces = exporting.export(kind=Kind.CSV, asked=Filter(list=mailing_list.pk), by="staff:1", now=now)
    lines = b"".join(pieces).decode()
    rows = list(csv.reader(io.StringIO(lines.removeprefix("\ufeff"))))
    assert rows[0][:2] == ["email", "name"]
    assert rows[0][-3:] == ["city", "tag", "town"]
    assert rows[1][1] == '\'=HYPERLINK("http://evil")'
    assert rows[1][-3:] == ["'+49", '"x"', ""]
    assert len(rows) == 3
    assert Entry.objects.get().action == "readers.exported"


def test_a_reader_gets_everything_we_hold_about_them_as_json(
    reader: Subscriber, mailing_list: MailingList, now: datetime
) -> None:
    consent.withdraw(subscriber=reader, how="one-click", by="reader", now=now)
    data = json.loads(json.dumps(exporting.reader_data(subscriber=reader)))
    assert data["address"] == "rosa@example.org"
    assert data["subscriptions"][0]["state"] == "left"
    assert data["consent"][0]["what"] == "withdrawn"
