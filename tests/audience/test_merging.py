"""Readers who are one person: found, merged, taken apart again."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest

from masthead.audience import consent, duplicates, erasure, exporting, filtering, lookups, merging, sign_in, subscribers, tagging
from masthead.audience.filtering import Filter
from masthead.audience.models import Duplicate, ImportRun, MailingList, Subscriber, Subscription
from masthead.audit.models import Entry
from masthead.common.addresses import normalise
from masthead.mail import suppressions
from masthead.mail.models import Suppression

BY = "staff:7"
pytestmark = pytest.mark.django_db


@pytest.fixture
def lists(mailing_list: MailingList) -> dict[str, MailingList]:
    return {name: MailingList.objects.create(name=name, slug=name) for name in ("a", "b", "c", "d", "e")}


@pytest.fixture
def later(now: datetime) -> datetime:
    return now + timedelta(hours=1)


def put(reader: Subscriber, lists: dict[str, MailingList], now: datetime, **states: str) -> None:
    for name, state in states.items():
        Subscription.objects.create(subscriber=reader, list=lists[name], state=state, since=now)


def states(reader: Subscriber) -> dict[str, str]:
    return dict(reader.subscriptions.order_by("list__name").values_list("list__name", "state"))


def test_the_stricter_choice_wins_and_all_of_it_is_taken_back(
    make_subscriber: Any, lists: dict[str, MailingList], now: datetime, later: datetime
) -> None:
    keep, away = (
        make_subscriber("rosa@example.org", name="Rosa"),
        make_subscriber("rosa@exmaple.org", name="R. M.", note="By phone."),
    )
    put(keep, lists, now, a="active", b="left", c="active", d="pending")
    put(away, lists, now, a="left", b="active", c="active", d="active", e="active")
    tag = tagging.get_or_create(name="press", by=BY, now=now)
    tagging.put(tag=tag, readers=Subscriber.objects.filter(pk=away.pk), by=BY, now=now)
    Subscriber.objects.filter(pk=away.pk).update(attributes={"city": "Lyon"}, language="fr")
    before = states(keep), states(away)
    shown = dict(merging.outcome(keep=keep, away=away))
    made = merging.merge(keep=keep, away=away, by=BY, now=later)
    keep.refresh_from_db()
    assert states(keep) == shown == {"a": "left", "b": "left", "c": "active", "d": "active", "e": "active"}
    assert set(states(away).values()) == {"left"}
    assert (keep.name, keep.language, keep.note, keep.attributes) == ("Rosa", "fr", "By phone.", {"city": "Lyon"})
    assert [each.name for each in keep.tags.all()] == ["press"]
    assert Entry.objects.get(action="reader.merged").subject == f"reader:{keep.pk}"
    merging.undo(merge=made, by=BY, now=later + timedelta(hours=1))
    keep.refresh_from_db()
    away.refresh_from_db()
    assert (states(keep), states(away)) == before
    assert (keep.name, keep.language, keep.note, keep.attributes, keep.tags.count()) == ("Rosa", "", "", {}, 0)
    assert away.merged_into is None
    with pytest.raises(merging.CannotMerge):
        merging.undo(merge=made, by=BY, now=later)


def test_both_histories_are_one_and_the_ledger_is_not_rewritten(
    make_subscriber: Any, mailing_list: MailingList, now: datetime, later: datetime
) -> None:
    keep, away = make_subscriber("rosa@example.org"), make_subscriber("rosa@example.net")
    for reader in (keep, away):
        consent.add_by_staff(subscriber=reader, lists=[mailing_list], reason="On paper.", by=BY, now=now)
    merging.merge(keep=keep, away=away, by=BY, now=later)
    told = [(event.subscriber.address, event.kind) for event in lookups.timeline(keep)]
    assert told == [("rosa@example.org", "added"), ("rosa@example.net", "added"), ("rosa@example.net", "merged")]
    data = exporting.reader_data(subscriber=keep)
    assert data["merged_addresses"] == ["rosa@example.net"]
    found = filtering.readers(Filter(), now=later)
    assert list(found) == [keep]
    assert list(filtering.readers(Filter(text="rosa@example.net"), now=later)) == [keep]
    assert lookups.counts()[mailing_list.pk] == lookups.ListCounts(active=1)


def test_leaving_by_an_old_mail_of_either_address_leaves_for_both(
    make_subscriber: Any, mailing_list: MailingList, now: datetime, later: datetime
) -> None:
    keep, away = make_subscriber("rosa@example.org", mailing_list), make_subscriber("rosa@example.net", mailing_list)
    made = merging.merge(keep=keep, away=away, by=BY, now=later)
    away.refresh_from_db()
    left = consent.withdraw(subscriber=away, lists=[mailing_list], how="one-click", by="reader", now=later + timedelta(hours=1))
    assert left == [mailing_list]
    merging.undo(merge=made, by=BY, now=later + timedelta(hours=2))
    assert [each.subscriptions.get().state for each in (keep, away)] == ["left", "left"]


def test_an_import_of_the_old_address_does_not_bring_it_back(
    load: Callable[..., ImportRun], make_subscriber: Any, mailing_list: MailingList, now: datetime, later: datetime
) -> None:
    keep, away = make_subscriber("rosa@example.org", mailing_list), make_subscriber("rosa@example.net", mailing_list)
    merging.merge(keep=keep, away=away, by=BY, now=later)
    assert load("email\nrosa@example.net\n").left_before == 1
    extra = MailingList.objects.create(name="Extra", slug="extra")
    consent.add_by_staff(subscriber=Subscriber.objects.get(pk=away.pk), lists=[extra], reason="By phone.", by=BY, now=later)
    away.refresh_from_db()
    assert away.merged_into is None


@pytest.mark.parametrize(("reason", "stays"), [("complained", True), ("staff", True), ("bounced", False)])
def test_who_wants_no_mail_at_one_address_gets_none_at_the_other(
    make_subscriber: Any, now: datetime, later: datetime, reason: str, stays: bool
) -> None:
    keep, away = make_subscriber("rosa@example.org"), make_subscriber("rosa@example.net")
    suppressions.suppress(address=normalise(away.address), reason=Suppression.Reason(reason), by="system", now=now)
    made = merging.merge(keep=keep, away=away, by=BY, now=later)
    assert suppressions.is_suppressed(bytes(keep.fingerprint), keep.domain) is stays
    merging.undo(merge=made, by=BY, now=later)
    assert not suppressions.is_suppressed(bytes(keep.fingerprint), keep.domain)
    assert suppressions.is_suppressed(bytes(away.fingerprint), away.domain)


def test_a_chain_of_three_is_one_person(make_subscriber: Any, mailing_list: MailingList, now: datetime, later: datetime) -> None:
    one, two, three = (make_subscriber(f"r{number}@example.org", mailing_list) for number in range(3))
    merging.merge(keep=two, away=three, by=BY, now=later)
    two.refresh_from_db()
    second = merging.merge(keep=one, away=two, by=BY, now=later)
    three.refresh_from_db()
    assert three.person == one
    for pair in ((one, one), (one, three), (two, one)):
        with pytest.raises(merging.CannotMerge):
            merging.merge(keep=pair[0], away=pair[1], by=BY, now=later)
    merging.undo(merge=second, by=BY, now=later + timedelta(hours=1))
    three.refresh_from_db()
    assert three.person == two


def test_erasing_one_erases_every_address_of_the_person(make_subscriber: Any, now: datetime) -> None:
    keep, away = make_subscriber("rosa@example.org"), make_subscriber("rosa@example.net")
    merging.merge(keep=keep, away=away, by=BY, now=now)
    erasure.erase(subscriber=keep, by=BY, now=now)
    assert not Subscriber.objects.exists()
    assert suppressions.is_suppressed(bytes(away.fingerprint), away.domain)


def test_signing_in_by_the_old_address_opens_the_pages_of_the_person(make_subscriber: Any, sender: Any, now: datetime) -> None:
    keep, away = make_subscriber("rosa@example.org"), make_subscriber("rosa@example.net")
    merging.merge(keep=keep, away=away, by=BY, now=now)
    tokens: list[str] = []
    sign_in.request(
        address="rosa@example.net", sender=sender, link_url=lambda token: tokens.append(token) or "https://x", now=now
    )
    assert sign_in.by_token(token=tokens[0], now=now) == keep


def test_duplicates_are_found_and_two_people_are_not_named_again(make_subscriber: Any, now: datetime) -> None:
    for address, name in [
        ("rosa.marin@gmail.com", "Rosa"),
        ("rosamarin+tides@googlemail.com", ""),
        ("leo@hotmail.com", "Leo Vance"),
        ("leo@hotmial.com", "leo vance"),
        ("bo@outlook.com", "Bo"),
        ("bo@outlok.com", "Boris"),
        ("rosa.marin@example.org", "Rosa"),
        ("rosamarin@example.org", "Rosa"),
    ]:
        make_subscriber(address, name=name)
    assert duplicates.look(now=now) == 2
    pairs = {(each.first.address, each.second.address, each.why) for each in duplicates.open_ones()}
    assert pairs == {
        ("rosa.marin@gmail.com", "rosamarin+tides@googlemail.com", "mailbox"),
        ("leo@hotmail.com", "leo@hotmial.com", "misspelt"),
    }
    duplicates.two_people(duplicate=Duplicate.objects.get(why="mailbox"), by=BY, now=now)
    assert duplicates.look(now=now) == 1
    leo = Duplicate.objects.get(why="misspelt")
    merging.merge(keep=leo.first, away=leo.second, by=BY, now=now)
    assert duplicates.look(now=now) == 0


def test_an_address_that_an_earlier_hand_stored_encoded_is_found(make_subscriber: Any, now: datetime) -> None:
    reader = make_subscriber("rosa@bücher.example")
    encoded = make_subscriber("other@example.org")
    Subscriber.objects.filter(pk=encoded.pk).update(
        address="rosa@xn--bcher-kva.example", address_key="rosa@xn--bcher-kva.example", domain="xn--bcher-kva.example"
    )
    assert duplicates.look(now=now) == 1
    assert Duplicate.objects.get().first == reader
    assert subscribers.find("rosa@xn--bcher-kva.example") == reader
