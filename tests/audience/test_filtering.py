"""Filters of the list of readers."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

import pytest

from masthead.audience import filtering, tagging
from masthead.audience.attributes import BadValue
from masthead.audience.filtering import Filter
from masthead.audience.models import Attribute, MailingList, Segment, Subscriber
from masthead.audience.segments.compiling import SegmentBroken
from masthead.common.addresses import normalise
from masthead.mail import suppressions
from masthead.mail.models import Suppression

pytestmark = pytest.mark.django_db


def found(now: datetime, **asked: Any) -> list[str]:
    return sorted(each.address.partition("@")[0] for each in filtering.readers(Filter(**asked), now=now))


@pytest.fixture
def cast(make_subscriber: Any, mailing_list: MailingList, now: datetime) -> None:
    """Four readers who differ in everything."""
    Attribute.objects.create(key="city", kind="text", label="City", created_at=now)
    Attribute.objects.create(key="born", kind="date", label="Born", created_at=now)
    Attribute.objects.create(key="member", kind="boolean", label="Member", created_at=now)
    ana = make_subscriber("ana@example.org", mailing_list, source="form", attributes={"city": "Lyon", "member": True})
    make_subscriber("bo@mail.example.org", mailing_list, state="left", source="import 3", attributes={"city": "Lyons-la-Forêt"})
    make_subscriber("cy@example.net", mailing_list, state="pending", attributes={"born": "1990-05-01"})
    make_subscriber("di@notexample.org", name="Diana Ana", source="import 12")
    Subscriber.objects.filter(pk=ana.pk).update(created_at=now - timedelta(days=40))
    tag = tagging.get_or_create(name="press", by="system", now=now)
    tagging.put(tag=tag, readers=Subscriber.objects.filter(pk=ana.pk), by="system", now=now)
    suppressions.suppress(address=normalise("bo@mail.example.org"), reason=Suppression.Reason.BOUNCED, by="system", now=now)
    suppressions.suppress(address=normalise("di@notexample.org"), reason=Suppression.Reason.STAFF, by="system", now=now)
    rule = {"if": "source", "is": "contains", "to": "import"}
    Segment.objects.create(name="Imported", key="imported", rule=rule, by="system", created_at=now, changed_at=now)


@pytest.mark.parametrize(
    ("asked", "who"),
    [
        ({}, ["ana", "bo", "cy", "di"]),
        ({"text": "ana"}, ["ana", "di"]),
        ({"text": "CY@example.net"}, ["cy"]),
        ({"state": "left"}, ["bo"]),
        ({"state": "suppressed"}, ["bo", "di"]),
        ({"state": "bounced"}, ["bo"]),
        ({"attribute": "city"}, ["ana", "bo"]),
        ({"attribute": "city", "value": "lyon"}, ["ana", "bo"]),
        ({"attribute": "born", "value": "1.5.1990"}, ["cy"]),
        ({"attribute": "member", "value": "yes"}, ["ana"]),
        ({"source": "import"}, ["bo", "di"]),
        ({"domain": "Example.org"}, ["ana", "bo"]),
        ({"since": date(2026, 11, 1)}, ["bo", "cy", "di"]),
        ({"until": date(2026, 11, 21)}, ["ana"]),
        ({"until": date(2026, 11, 22)}, ["ana", "bo", "cy", "di"]),
        ({"text": "ana", "state": "active", "domain": "example.org"}, ["ana"]),
    ],
)
def test_each_question_finds_who_fits(cast: None, now: datetime, asked: dict[str, Any], who: list[str]) -> None:
    assert found(now, **asked) == who
    assert Filter.from_json(Filter(**asked).as_json()) == Filter(**asked)


def test_lists_tags_and_segments_are_asked_by_their_ids(cast: None, mailing_list: MailingList, now: datetime) -> None:
    assert found(now, list=mailing_list.pk) == ["ana", "bo", "cy"]
    assert found(now, list=mailing_list.pk, state="pending") == ["cy"]
    assert found(now, list=mailing_list.pk, state="suppressed") == ["bo"]
    tag = tagging.find("press")
    assert found(now, tag=tag and tag.pk) == ["ana"]
    assert found(now, segment=Segment.objects.get().pk) == ["bo", "di"]


def test_what_is_gone_or_no_value_is_said(cast: None, now: datetime) -> None:
    with pytest.raises(SegmentBroken):
        found(now, segment=999)
    assert found(now, tag=999) == []
    with pytest.raises(BadValue):
        found(now, attribute="born", value="spring")


def test_orders_are_those_that_there_are(cast: None, now: datetime) -> None:
    def order(sort: str) -> str:
        return "".join(each.address[0] for each in filtering.listed(Filter(), sort=sort, now=now))

    assert [order("address"), order("old"), order(""), order("password; --")] == ["abcd", "abcd", "dcba", "dcba"]
    assert order("name")[-1] == "d"


def test_it_is_said_in_words(cast: None, mailing_list: MailingList, now: datetime) -> None:
    assert filtering.in_words(Filter(), now=now) == "everybody"
    words = filtering.in_words(Filter(text="ana", list=mailing_list.pk, state="active"), now=now)
    assert words == "List “The Courier” is on it and with “ana” in address or name"
    assert filtering.in_words(Filter(state="bounced"), now=now) == "bounced out"
    words = filtering.in_words(Filter(list=mailing_list.pk, domain="example.org"), now=now)
    assert words == "on the list “The Courier”, in whatever state and Domain of the address is, or is below example.org"
