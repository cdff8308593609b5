"""A whole import is taken back."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import DatabaseError, transaction

from masthead.audience import consent, importing
from masthead.audience.imports import taking_back
from masthead.audience.models import ConsentEvent, ImportRun, MailingList, Subscriber
from masthead.common.stopping import STOP

Load = Callable[..., ImportRun]
pytestmark = pytest.mark.django_db


def undo(run: ImportRun, now: Any) -> ImportRun:
    taking_back.begin(run=run, by="staff:1", now=now)
    return taking_back.work(run=run, by="staff:1", now=now)


def test_who_came_by_it_is_gone_and_who_acted_since_stays(load: Load, mailing_list: MailingList, now: Any) -> None:
    run = load("email\na@example.org\nb@example.org\nc@example.org\nd@example.org\n")
    later = now + timedelta(hours=1)
    left, chose = Subscriber.objects.get(address_key="a@example.org"), Subscriber.objects.get(address_key="b@example.org")
    consent.withdraw(subscriber=left, how="one-click", by="reader", now=later)
    other = MailingList.objects.create(name="Extra", slug="extra")
    consent.choose(subscriber=chose, lists=[mailing_list, other], among=[mailing_list, other], how="preferences", now=later)
    done = undo(run, later)
    assert (done.state, done.taken_back, done.kept_back) == ("undone", 3, 1)
    assert set(Subscriber.objects.values_list("address_key", flat=True)) == {"a@example.org", "b@example.org"}
    assert left.subscriptions.get().state == "left"
    assert [entry.list for entry in chose.subscriptions.all()] == [other]
    assert ConsentEvent.objects.filter(subscriber=chose, kind="undone", list=mailing_list, by="staff:1").count() == 1


def test_readers_who_were_there_before_stay_and_get_their_data_back(
    load: Load, make_subscriber: Any, mailing_list: MailingList, now: Any
) -> None:
    elsewhere = make_subscriber("rosa@example.org", name="Rosa Marin", attributes={"city": "Porthaven"})
    waiting = make_subscriber("leo@example.net", mailing_list, state="pending")
    member = make_subscriber("may@example.net", mailing_list, name="May")
    run = load(
        "email,name,city,colour\nrosa@example.org,R. M.,Lyon,blue\nleo@example.net,Leo,,\nmay@example.net,M.,Lyon,\n",
        update_known=True,
    )
    assert (run.added, run.changed) == (2, 1)
    elsewhere.refresh_from_db()
    assert elsewhere.attributes == {"city": "Lyon", "colour": "blue"}
    # One field is touched by hand afterwards: an undo leaves it alone.
    member.refresh_from_db()
    member.name = "May Hart"
    member.save()
    done = undo(run, now)
    assert (done.state, done.taken_back) == ("undone", 2)
    for reader in (elsewhere, waiting, member):
        reader.refresh_from_db()
    assert (elsewhere.name, elsewhere.attributes) == ("Rosa Marin", {"city": "Porthaven"})
    assert not elsewhere.subscriptions.exists()
    assert (waiting.subscriptions.get().state, waiting.name) == ("pending", "")
    assert (member.name, member.attributes, member.subscriptions.get().state) == ("May Hart", {}, "active")


def test_an_undo_that_is_interrupted_goes_on(load: Load, monkeypatch: pytest.MonkeyPatch, now: Any) -> None:
    monkeypatch.setattr(taking_back, "BATCH", 2)
    run = load("email\n" + "\n".join(f"r{number}@example.org" for number in range(5)))
    taking_back.begin(run=run, by="staff:1", now=now)
    STOP.set()
    half = taking_back.work(run=run, by="staff:1", now=now)
    assert (half.state, half.taken_back) == ("undoing", 2)
    STOP.clear()
    done = taking_back.work(run=half, by="staff:1", now=now)
    assert (done.state, done.taken_back, done.kept_back) == ("undone", 5, 0)
    assert not Subscriber.objects.exists()


def test_only_what_added_somebody_can_be_undone_and_only_once(load: Load, now: Any) -> None:
    dry = load("email\na@example.org\n", dry_run=True)
    run = load("email\na@example.org\n")
    undo(run, now)
    run.refresh_from_db()
    for other in (dry, run):
        with pytest.raises(taking_back.CannotUndo):
            taking_back.begin(run=other, by="staff:1", now=now)


def test_after_an_undo_the_same_file_can_be_imported(load: Load, now: Any) -> None:
    undo(load("email\na@example.org\n"), now)
    assert load("email\na@example.org\n").added == 1


def test_a_consent_event_never_changes(load: Load) -> None:
    load("email\na@example.org\n")
    with pytest.raises(DatabaseError, match="a consent event never changes"), transaction.atomic():
        ConsentEvent.objects.update(how="another")
    assert importing.COUNTS[0] == "rows"
