"""A list goes for good; what readers agreed to stays."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from masthead.audience import consent, exporting, importing, keeping, list_deleting, lists, lookups, reconfirming
from masthead.audience.models import ConsentEvent, ImportRun, MailingList, Reconfirmation, SignUpForm, Subscription
from masthead.audience.segments import saving, tree
from masthead.audience.segments.compiling import Compiler
from masthead.audit.models import Entry
from masthead.delivery import narrowing
from masthead.delivery.models import Campaign
from masthead.mail.sender import Sender
from tests.campaigns import under_way

pytestmark = pytest.mark.django_db
BY = "staff:1"


def words(mailing_list: MailingList) -> list[str]:
    return [f"{use.words}: {', '.join(use.names)}" if use.names else use.words for use in list_deleting.uses(mailing_list)]


def test_a_list_that_nobody_was_on_leaves_its_name(mailing_list: MailingList, now: datetime) -> None:
    made = lists.create(name="Fair", by=BY, now=now)
    assert list_deleting.uses(made) == []
    assert list_deleting.delete(mailing_list=made, by=BY, now=now) is False
    assert list(MailingList.every.all()) == [mailing_list]
    assert lists.create(name="fair", by=BY, now=now).slug == "fair"


def test_readers_and_consent_stay_with_the_name_of_the_list(
    reader: Any, leaver: Any, mailing_list: MailingList, make_subscriber: Any, now: datetime
) -> None:
    other = lists.create(name="Quay", by=BY, now=now)
    consent.add_by_staff(subscriber=reader, lists=[other], reason="On paper.", by=BY, now=now)
    consent.withdraw(subscriber=leaver, lists=[mailing_list], how="unsubscribe page", by="reader", now=now)
    consent.add_by_staff(subscriber=leaver, lists=[mailing_list], reason="On paper.", by=BY, now=now)
    make_subscriber("waits@example.org", mailing_list, state="pending")
    assert words(mailing_list) == ["3 readers are on it or wait to be"]
    assert list_deleting.delete(mailing_list=mailing_list, by=BY, now=now) is True
    assert list(MailingList.objects.all()) == [other]
    assert list_deleting.sweep() == 3
    assert list_deleting.sweep() == 0
    assert set(Subscription.objects.values_list("subscriber", "list")) == {(reader.pk, other.pk)}
    assert [event.list and event.list.name for event in lookups.timeline(leaver)] == [
        "The Courier"
    ] * ConsentEvent.objects.filter(subscriber=leaver).count()
    data: Any = exporting.reader_data(subscriber=leaver)
    assert data["consent"][-1]["list"] == "The Courier" and data["subscriptions"] == []
    entry = Entry.objects.get(action="list.deleted")
    assert entry.details == {"name": "The Courier", "readers": 2}
    # Twice is no mistake.
    assert list_deleting.delete(mailing_list=mailing_list, by=BY, now=now) is True


def test_no_new_list_has_the_name_of_one_that_people_left(leaver: Any, mailing_list: MailingList, now: datetime) -> None:
    list_deleting.delete(mailing_list=mailing_list, by=BY, now=now)
    with pytest.raises(lists.NameWasUsed, match="was deleted"):
        lists.create(name="THE COURIER", by=BY, now=now)
    with pytest.raises(lists.NameWasUsed):
        lists.get_or_create(name="The Courier", by=BY, now=now)
    made = lists.create(name="Quay", by=BY, now=now)
    with pytest.raises(lists.NameTaken, match="was deleted"):
        lists.edit(
            mailing_list=made, name="The Courier", description="", is_public=True, opt_in=lists.OptIn.DOUBLE, by=BY, now=now
        )
    # Nor its short name, by which mail programs know it.
    assert lists.create(name="Courier", by=BY, now=now).slug == "courier-2"


def test_a_sweep_is_gone_on_with_and_housekeeping_does_so(
    mailing_list: MailingList, make_subscriber: Any, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(list_deleting, "BATCH", 2)
    for number in range(5):
        make_subscriber(f"r{number}@example.org", mailing_list)
    list_deleting.delete(mailing_list=mailing_list, by=BY, now=now)
    asked = iter([False, True])
    assert list_deleting.sweep(stopping=lambda: next(asked)) == 2
    assert keeping.housekeep(now=now)["of_deleted_lists"] == 3
    assert not Subscription.objects.exists()


def test_what_asks_for_it_is_named_and_says_that_it_is_gone(reader: Any, mailing_list: MailingList, now: datetime) -> None:
    rule = {"all": [{"if": "list", "of": str(mailing_list.pk), "is": "active"}, {"if": "format", "is": "html"}]}
    segment = saving.create(name="Here", rule=tree.read(rule), by=BY, now=now)
    saving.create(name="Anybody", rule=tree.read({"if": "any_list", "is": "active"}), by=BY, now=now)
    within = tree.read({"if": "segment", "of": str(segment.pk), "is": "out"})
    saving.create(name="Within", rule=within, by=BY, now=now)
    form = SignUpForm.objects.create(name="Fair", slug="fair", created_at=now)
    form.lists.add(mailing_list)
    assert words(mailing_list) == [
        "1 reader is on it or waits to be",
        "Segments ask for it, and cannot be used any more: Here, Within",
        "Sign-up forms offer it; one without another list leads to the publication’s own: Fair",
    ]
    list_deleting.delete(mailing_list=mailing_list, by=BY, now=now)
    assert saving.trouble_of(segment, now=now) == "the list “The Courier” is gone."
    assert saving.in_words(tree.read(segment.rule), Compiler(now=now)).startswith("List “The Courier” (gone) is on it and ")
    assert not form.lists.exists()


def test_a_sending_keeps_its_list_until_it_ends_and_names_it_afterwards(
    publication: Any, reader: Any, mailing_list: MailingList, now: datetime
) -> None:
    campaign = under_way(publication, mailing_list, now)
    for state in ("scheduled", "preparing", "sending", "paused"):
        Campaign.objects.update(state=state)
        with pytest.raises(list_deleting.ListInUse, match=r"cancel them, or wait for their end \(The Courier 1971"):
            list_deleting.delete(mailing_list=mailing_list, by=BY, now=now)
    Campaign.objects.update(state="finished")
    assert words(mailing_list) == [
        "1 reader is on it or waits to be",
        "1 sending went to it; its report stays",
        "Publications go to it: The Courier",
    ]
    list_deleting.delete(mailing_list=mailing_list, by=BY, now=now)
    assert not publication.lists.exists() and not campaign.lists.exists()
    assert [each.name for each in campaign.lists(manager="every").all()] == ["The Courier"]


def test_a_sending_that_is_planned_keeps_a_list_that_its_segment_asks_for(
    publication: Any, reader: Any, mailing_list: MailingList, now: datetime
) -> None:
    fair = lists.create(name="Fair", by=BY, now=now)
    rule = tree.read({"if": "list", "of": str(fair.pk), "is": "off"})
    segment = saving.create(name="Elsewhere", rule=rule, by=BY, now=now)
    outer = saving.create(name="Outer", rule=tree.read({"if": "segment", "of": str(segment.pk), "is": "in"}), by=BY, now=now)
    campaign = under_way(publication, mailing_list, now)
    narrowing.keep(campaign, narrowing.of([], [outer]))
    for state in ("scheduled", "preparing"):
        Campaign.objects.update(state=state)
        with pytest.raises(list_deleting.ListInUse, match=r"planned to readers in segments.*\(The Courier 1971"):
            list_deleting.delete(mailing_list=fair, by=BY, now=now)
    # Once it has begun its readers are taken.
    Campaign.objects.update(state="sending")
    list_deleting.delete(mailing_list=fair, by=BY, now=now)
    assert not MailingList.objects.filter(pk=fair.pk).exists()


def test_an_import_and_a_round_of_questions_keep_their_list(
    reader: Any, mailing_list: MailingList, sender: Sender, now: datetime
) -> None:
    run = ImportRun.objects.create(list=mailing_list, state="running", by=BY, created_at=now)
    with pytest.raises(list_deleting.ListInUse, match="import into it"):
        list_deleting.delete(mailing_list=mailing_list, by=BY, now=now)
    ImportRun.objects.filter(pk=run.pk).update(state="finished")
    whom = reconfirming.Whom(mailing_list)
    asked = reconfirming.start(whom, sender=sender, days=14, per_minute=10, remind_after=None, by=BY, now=now)
    with pytest.raises(list_deleting.ListInUse, match="want to stay"):
        list_deleting.delete(mailing_list=mailing_list, by=BY, now=now)
    Reconfirmation.objects.filter(pk=asked.pk).update(state="closed")
    assert list_deleting.delete(mailing_list=mailing_list, by=BY, now=now) is True


def test_a_link_that_would_confirm_it_does_nothing_any_more(mailing_list: MailingList, sender: Sender, now: datetime) -> None:
    tokens: list[str] = []
    consent.request(
        address="rosa@example.org",
        lists=[mailing_list],
        text="Yes.",
        how="form",
        sender=sender,
        confirm_url=lambda token: tokens.append(token) or f"https://x.example/{token}",  # type: ignore[func-returns-value]
        now=now,
    )
    list_deleting.delete(mailing_list=mailing_list, by=BY, now=now)
    with pytest.raises(consent.LinkExpired):
        consent.confirm(token=tokens[0], now=now + timedelta(hours=1))


def test_nobody_is_imported_into_it(mailing_list: MailingList, tmp_path: Path, settings: Any, now: datetime) -> None:
    settings.DATA = tmp_path
    path = tmp_path / "readers.csv"
    path.write_text("email\nrosa@example.org\n")
    run = importing.open_run(
        file_name=path.name, stored_path=str(path), mailing_list=mailing_list, statement="Yes.", dry_run=False, by=BY, now=now
    )
    list_deleting.delete(mailing_list=mailing_list, by=BY, now=now)
    with pytest.raises(importing.CannotImport, match="“The Courier” was deleted"):
        importing.execute(run=run, path=path, now=now)
    assert not Subscription.objects.exists()
