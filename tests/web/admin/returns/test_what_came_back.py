"""What came back, at the desk: seen as text, explained, undone, decided, exported."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from masthead.audience import consent
from masthead.audience.models import ConsentEvent, Subscription
from masthead.audit.models import Entry
from masthead.bounces import findings, intake, policies
from masthead.bounces.models import Alarm, Finding, RawReport
from masthead.delivery.models import Campaign, Delivery
from masthead.mail.models import Suppression
from masthead.mail.suppressions import is_suppressed
from masthead.team.models import Role
from tests.bounces.conftest import BOUNCE, take

OUTCOME = Finding.Outcome


@pytest.fixture
def care_at_desk(at_desk: Callable[[Role], Client]) -> Client:
    """The browser of whoever looks after readers."""
    return at_desk(Role.READER_CARE)


@pytest.fixture
def dead(campaign: Campaign, reader: Any, deliver: Any, come_back: Any) -> Finding:
    """A bounce that suppressed the reader."""
    found: Finding = come_back(deliver(campaign, reader))
    assert found.outcome == OUTCOME.SUPPRESSED
    return found


def suppressed(reader: Any) -> bool:
    return is_suppressed(bytes(reader.fingerprint), reader.domain)


def test_the_list_is_filtered_and_says_what_followed(care_at_desk: Client, dead: Finding, reader: Any) -> None:
    page = care_at_desk.get(reverse("desk_returns"), {"kind": "bounce", "reason": "userunknown", "q": "rosa"})
    assert page.context["rows"][0]["finding"] == dead
    text = page.content.decode()
    assert "no such mailbox" in text
    assert "the address is suppressed" in text
    for other in (
        {"reason": "mailboxfull"},
        {"q": "nobody"},
        {"outcome": "held"},
        {"domain": "example.net"},
        {"kind": "complaint"},
    ):
        assert not care_at_desk.get(reverse("desk_returns"), other).context["rows"]
    assert care_at_desk.get(reverse("desk_returns"), {"domain": "EXAMPLE.org"}).context["rows"]


def test_one_bounce_says_why_and_shows_its_raw_text_as_text(
    care_at_desk: Client,
    campaign: Campaign,
    reader: Any,
    deliver: Any,
    come_back: Any,
) -> None:
    hostile = '<img src="https://evil.example/pixel.png"><script>alert(1)</script>'
    found = come_back(deliver(campaign, reader), salt=hostile, words="550 5.1.1 no such user <svg onload=alert(2)>")
    page = care_at_desk.get(reverse("desk_finding", args=[found.pk])).content.decode()
    assert "<script>alert(1)" not in page
    assert "<svg onload" not in page
    assert 'src="https://evil.example' not in page
    assert "&lt;script&gt;alert(1)" in page
    assert "Code and words say that the address is dead, and it is certain whose it is." in page
    assert "the token of the envelope" in page
    source = care_at_desk.get(reverse("desk_report_source", args=[found.report.pk]))
    assert source["Content-Type"] == "application/octet-stream"
    assert source["Content-Disposition"].startswith("attachment")
    assert "sandbox" in source["Content-Security-Policy"]
    assert source["X-Content-Type-Options"] == "nosniff"
    assert source.content == bytes(found.report.raw)


def test_a_reader_who_is_alive_gets_mail_again_with_a_reason_on_the_record(
    care_at_desk: Client, dead: Finding, reader: Any
) -> None:
    url = reverse("desk_finding_undo", args=[dead.pk])
    assert "required" in care_at_desk.post(url, {"why": " "}).content.decode()
    assert suppressed(reader)
    assert care_at_desk.post(url, {"why": "She answered from rosa@example.org"}).status_code == 302
    assert not suppressed(reader)
    assert reader.subscriptions.get().state == Subscription.State.ACTIVE
    entry = Entry.objects.get(action="bounces.undone")
    assert entry.by.startswith("staff:")
    assert "rosa@example.org" not in str(entry.details)
    assert "suppresses nobody now" in care_at_desk.post(url, {"why": "again"}, follow=True).content.decode()


def test_who_complained_by_mistake_is_back_on_the_lists_that_it_ended(
    care_at_desk: Client,
    campaign: Campaign,
    reader: Any,
    deliver: Any,
    now: datetime,
) -> None:
    from masthead.bounces import acting

    found = Finding.objects.create(
        found_at=now, kind="complaint", reason="feedback", feedback_type="abuse", identity="token",
        delivery=deliver(campaign, reader), campaign=campaign, subscriber=reader,
    )  # fmt: skip
    acting.judge_pending(now=now)
    assert reader.subscriptions.get().state == Subscription.State.LEFT
    assert care_at_desk.post(reverse("desk_finding_undo", args=[found.pk]), {"why": "wrong button"}).status_code == 302
    assert reader.subscriptions.get().state == Subscription.State.ACTIVE
    assert not suppressed(reader)
    assert ConsentEvent.objects.filter(subscriber=reader, kind="added", text__text="wrong button").exists()


@pytest.fixture
def held(
    campaign: Campaign,
    make_subscriber: Any,
    mailing_list: Any,
    deliver: Any,
    come_back: Any,
    now: datetime,
) -> Campaign:
    """More dead addresses than one issue can have."""
    from masthead.bounces import acting

    for number in range(50):
        domain = "big.example" if number % 2 else "small.example"
        come_back(deliver(campaign, make_subscriber(f"r{number}@{domain}", mailing_list)), judge=False)
    acting.judge_pending(now=now)
    assert Finding.objects.filter(outcome=OUTCOME.HELD).count() == 50
    return campaign


@pytest.mark.parametrize(("act", "expected"), [("suppress", 50), ("nobody", 0)])
def test_a_person_decides_about_what_the_guard_holds(care_at_desk: Client, held: Campaign, act: str, expected: int) -> None:
    assert "(1)" in care_at_desk.get("/desk/").content.decode()
    assert "too many dead addresses" in care_at_desk.get(reverse("desk_returns")).content.decode()
    url = reverse("desk_returns_issue", args=[held.pk])
    page = care_at_desk.get(url)
    assert "50 dead addresses are held" in page.content.decode()
    assert {(bar.label, bar.count) for bar in page.context["by_domain"]} == {("big.example", 25), ("small.example", 25)}
    assert [(bar.key, bar.count) for bar in page.context["by_reason"]] == [("userunknown", 50)]
    care_at_desk.post(reverse("desk_returns_decide", args=[held.pk]), {"act": "nonsense"})
    assert Finding.objects.filter(outcome=OUTCOME.HELD).count() == 50
    care_at_desk.post(reverse("desk_returns_decide", args=[held.pk]), {"act": act})
    assert Suppression.objects.count() == expected
    assert "held" not in care_at_desk.get(url).context["outcomes"]


def test_a_report_that_cannot_be_read_asks_for_somebody_until_it_is_set_aside(care_at_desk: Client, now: datetime) -> None:
    report, _ = intake.store(raw=b"x" * 10, via=RawReport.Via.MAILBOX, now=now)
    RawReport.objects.update(state="unread", note="It took more than <5> seconds.")
    assert "It took more than &lt;5&gt; seconds." in care_at_desk.get(reverse("desk_returns")).content.decode()
    assert care_at_desk.get(reverse("desk_report", args=[report.pk])).status_code == 200
    care_at_desk.post(reverse("desk_report_decide", args=[report.pk]), {"act": "aside"})
    assert not care_at_desk.get(reverse("desk_returns")).context["unread"]
    care_at_desk.post(reverse("desk_report_decide", args=[report.pk]), {"act": "again"})
    assert [found.report_id for found in findings.read_waiting()] == [report.pk]
    assert care_at_desk.get(reverse("desk_report", args=[report.pk])).status_code == 302


def test_the_export_is_on_the_record_safe_in_a_spreadsheet_and_once_a_minute(
    at_desk: Callable[[Role], Client], dead: Finding
) -> None:
    Finding.objects.filter(pk=dead.pk).update(words="=HYPERLINK(evil)")
    client = at_desk(Role.READER_CARE)
    url = reverse("desk_returns_export")
    assert client.post(url, {"as_": "csv"}).status_code == 302
    sign_in_again_as(client)
    answer = client.post(url, {"as_": "csv", "reason": "userunknown", "q": "rosa"})
    rows = list(csv.reader(io.StringIO(b"".join(answer.streaming_content).decode("utf-8-sig"))))
    assert dict(zip(*rows, strict=True))["words"] == "'=HYPERLINK(evil)"
    assert dict(zip(*rows, strict=True))["reader"] == "rosa@example.org"
    details = Entry.objects.get(action="bounces.exported").details
    assert details["reason"] == "userunknown"
    assert "rosa" not in str(details)
    assert client.post(url, {"as_": "csv"}).status_code == 429


def sign_in_again_as(client: Client) -> None:
    assert client.post(reverse("account_reauthenticate"), {"password": "a quiet morning tide"}).status_code == 302


def test_a_readers_page_shows_what_came_back_of_their_mails(care_at_desk: Client, dead: Finding, reader: Any) -> None:
    page = care_at_desk.get(reverse("desk_reader", args=[reader.pk])).content.decode()
    assert reverse("desk_finding", args=[dead.pk]) in page


def test_only_the_owner_and_reader_care_see_what_came_back(at_desk: Callable[[Role], Client], dead: Finding) -> None:
    names = [("desk_returns", []), ("desk_returns_issues", []), ("desk_finding", [dead.pk])]
    names += [("desk_returns_issue", [dead.campaign_id]), ("desk_report_source", [dead.report_id])]
    for role in Role:
        client = at_desk(role)
        allowed = 200 if role in {Role.OWNER, Role.READER_CARE} else 403
        assert {client.get(reverse(name, args=args)).status_code for name, args in names} == {allowed}, role
        if allowed == 403:
            assert client.post(reverse("desk_finding_undo", args=[dead.pk]), {"why": "x"}).status_code == 403
            assert client.post(reverse("desk_returns_decide", args=[dead.campaign_id]), {"act": "nobody"}).status_code == 403


def test_two_hundred_hostile_words_stay_words(care_at_desk: Client, campaign: Campaign, reader: Any, deliver: Any) -> None:
    delivery: Delivery = deliver(campaign, reader)
    mail = BOUNCE.format(
        to="courier@example.org", address='"<svg/onload=alert(1)>"@example.net', words="550 5.1.1 '\"--<svg onload=alert(3)>",
        status="5.1.1", message_id="x@example.org", salt="",
    )  # fmt: skip
    found = take(mail.encode(), at=delivery.campaign.created_at)
    for url in (reverse("desk_returns"), reverse("desk_finding", args=[found.pk])):
        assert "<svg onload" not in care_at_desk.get(url).content.decode()
        assert "<svg/onload" not in care_at_desk.get(url).content.decode()


def test_an_alarm_stands_on_the_first_screen_with_advice_until_somebody_settles_it(
    care_at_desk: Client, campaign: Campaign, now: datetime
) -> None:
    alarm = Alarm.objects.create(
        kind="refused", campaign=campaign, domain="big.example", reason="authfailure", count=6, out_of=100, raised_at=now
    )
    home = care_at_desk.get(reverse("desk_home")).content.decode()
    assert "big.example: 6 of 100 mails refused" in home
    assert "Alarms (1)" in care_at_desk.get(reverse("desk_returns")).content.decode()
    assert "masthead doctor" in care_at_desk.get(reverse("desk_alarms")).content.decode()
    assert care_at_desk.post(reverse("desk_alarm_settle", args=[alarm.pk])).status_code == 302
    assert "big.example" not in care_at_desk.get(reverse("desk_home")).content.decode()
    assert not care_at_desk.get(reverse("desk_alarms")).context["alarms"]


def test_rules_are_tried_then_kept_then_as_in_the_beginning(owner_at_desk: Client, dead: Finding) -> None:
    url = reverse("desk_judging")
    form = owner_at_desk.get(url).context["form"]
    values = {bound.name: bound.value() for bound in form} | {"hard": "5.1.2"}
    tried = owner_at_desk.post(url, values | {"act": "try"})
    assert tried.context["tried"]["moves"][0][2] == 1
    assert "would be judged otherwise" in tried.content.decode()
    assert policies.current() == policies.DEFAULTS
    assert owner_at_desk.post(url, values | {"act": "keep"}).status_code == 302
    assert policies.current().hard == frozenset({"5.1.2"})
    assert Entry.objects.filter(action="bounces.policy_changed").count() == 1
    dead.refresh_from_db()
    assert dead.outcome == OUTCOME.SUPPRESSED
    owner_at_desk.post(url, {"act": "defaults"})
    assert policies.current() == policies.DEFAULTS


@pytest.mark.parametrize("wrong", [{"hard": "4.2.2"}, {"hard": "x"}, {"guard_percent": "0"}, {"repeats": "1"}, {"repeats": ""}])
def test_a_rule_that_cannot_be_is_refused_in_words(owner_at_desk: Client, wrong: dict[str, str]) -> None:
    url = reverse("desk_judging")
    values = {bound.name: bound.value() for bound in owner_at_desk.get(url).context["form"]}
    for act in ("try", "keep"):
        page = owner_at_desk.post(url, values | wrong | {"act": act})
        assert page.status_code == 200
        assert page.context["form"].errors
        assert page.context["tried"] is None
    assert policies.current() == policies.DEFAULTS


def test_only_the_owner_changes_the_rules(at_desk: Callable[[Role], Client]) -> None:
    for role in (Role.EDITOR, Role.AUTHOR, Role.READER_CARE):
        client = at_desk(role)
        assert client.get(reverse("desk_judging")).status_code == 403
        assert client.post(reverse("desk_judging"), {"act": "defaults"}).status_code == 403


def test_the_report_of_an_issue_adds_up_by_provider_and_names_no_reader(
    at_desk: Callable[[Role], Client],
    campaign: Campaign,
    make_subscriber: Any,
    mailing_list: Any,
    deliver: Any,
    come_back: Any,
    now: datetime,
) -> None:
    def reader_at(name: str) -> Any:
        return make_subscriber(name, mailing_list)

    come_back(deliver(campaign, reader_at("a@gmail.com")), words="552 5.2.2 mailbox full", status="5.2.2")
    come_back(deliver(campaign, reader_at("b@googlemail.com")), words="550 5.7.26 DMARC failed", status="5.7.26")
    deliver(campaign, reader_at("c@gmail.com"))
    deliver(campaign, reader_at("d@other.example"), state=Delivery.State.REJECTED)
    leaver = reader_at("e@small.example")
    deliver(campaign, leaver)
    consent.withdraw(subscriber=leaver, how="one-click", by="reader", now=now + timedelta(hours=1))
    editor = at_desk(Role.EDITOR)
    page = editor.get(reverse("desk_report_of_issue", args=[campaign.pk]))
    found = page.context["report"]
    assert (found.progress.accepted, found.refused, found.came_back, found.complaints, found.left) == (4, 1, 2, 0, 1)
    google = found.providers[0]
    assert (google.total, google.accepted, google.refused, google.came_back, google.stayed) == (3, 3, 0, 2, 1)
    assert sum(each.total for each in found.providers) == 5
    text = page.content.decode()
    assert "SPF, DKIM and DMARC" in text
    assert "@gmail.com" not in text
    answer = editor.post(reverse("desk_report_export", args=[campaign.pk]))
    rows = list(csv.reader(io.StringIO(b"".join(answer.streaming_content).decode("utf-8-sig"))))
    assert [row[1] for row in rows[1:]] == ["3", "1", "1"]
    assert Entry.objects.filter(action="report.exported").count() == 1
    assert at_desk(Role.READER_CARE).get(reverse("desk_report_of_issue", args=[campaign.pk])).status_code == 403


def test_who_left_after_the_next_issue_is_not_counted_twice(
    owner_at_desk: Client, make_campaign: Any, reader: Any, deliver: Any, now: datetime
) -> None:
    first, second = make_campaign(1), make_campaign(2)
    Campaign.objects.filter(pk=second.pk).update(started_at=now + timedelta(days=7))
    deliver(first, reader)
    consent.withdraw(subscriber=reader, how="one-click", by="reader", now=now + timedelta(days=8))
    left = [owner_at_desk.get(reverse("desk_report_of_issue", args=[each.pk])).context["report"].left for each in (first, second)]
    assert left == [0, 1]


def test_home_says_how_many_mails_of_the_last_issue_came_back(
    owner_at_desk: Client, at_desk: Callable[[Role], Client], campaign: Campaign, dead: Finding, now: datetime
) -> None:
    Campaign.objects.filter(pk=campaign.pk).update(state=Campaign.State.FINISHED, finished_at=now)
    link = f'<a href="{reverse("desk_returns_issue", args=[campaign.pk])}">1</a>'
    assert f"<b>{link}</b><span>came back later</span>" in owner_at_desk.get(reverse("desk_home")).content.decode()
    # Who may not see whose they were sees the number alone.
    assert "<b>1</b><span>came back later</span>" in at_desk(Role.EDITOR).get(reverse("desk_home")).content.decode()
