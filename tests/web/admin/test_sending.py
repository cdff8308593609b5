"""The send desk and what follows: nothing leaves by accident, and what left is shown as numbers that add up."""

from __future__ import annotations

import email
import email.policy
import errno
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from wagtail.rich_text import RichText

from masthead.audience import lists
from masthead.audience.models import MailingList, Segment, Subscriber, Subscription
from masthead.common import spamassassin
from masthead.common.addresses import mask
from masthead.common.spamassassin import Rule, Score
from masthead.delivery import dry_run, holding, spam_scoring, starting, sweeping, trouble
from masthead.delivery.models import Campaign, Delivery, DryRun
from masthead.issues import reading
from masthead.issues.models import Edition, Issue, Publication
from masthead.mail.models import SingleMail
from masthead.team.models import Role, User
from tests.servers.names import name_server


@pytest.fixture
def wish(mailing_list: MailingList) -> dict[str, Any]:
    """A send desk filled in rightly: now, to the one list, with the number typed."""
    return {"act": "send", "lists": [mailing_list.pk], "mail_mode": "full", "when": "now", "typed_number": "1971"}


def send(client: Client, issue: Issue, wish: dict[str, Any], **changes: Any) -> Any:
    return client.post(f"/desk/issues/send/{issue.pk}/", wish | changes)


def test_sending_starts_in_a_minute(owner_at_desk: Client, issue: Issue, reader: Subscriber, wish: dict[str, Any]) -> None:
    answer = send(owner_at_desk, issue, wish)
    campaign = Campaign.objects.get()
    assert answer["Location"] == f"/desk/issues/sending/{campaign.pk}/"
    assert campaign.starts_at is not None
    assert timedelta(seconds=50) < campaign.starts_at - timezone.now() <= timedelta(seconds=60)
    assert campaign.edition.number == 1971
    screen = owner_at_desk.get(answer["Location"]).content.decode()
    assert "Undo" in screen
    assert "Starts in" in screen


def test_a_correction_is_published_without_a_mail(
    owner_at_desk: Client, client: Client, issue: Issue, reader: Subscriber, wish: dict[str, Any]
) -> None:
    send(owner_at_desk, issue, wish)
    Campaign.objects.update(state=Campaign.State.FINISHED)
    Issue.objects.update(public_from=timezone.now())
    button = reverse("desk_correct", args=[issue.pk])
    assert button not in owner_at_desk.get(f"/desk/issues/send/{issue.pk}/").content.decode()
    issue.refresh_from_db()
    issue.title, issue.correction_note = "The tide tables are right", "They were right all along."
    issue.save_revision()
    assert button in owner_at_desk.get(f"/desk/issues/send/{issue.pk}/").content.decode()
    said = owner_at_desk.post(button, follow=True).content.decode()
    assert "The corrected version is public. No mail was sent." in said
    page = client.get("/issues/1971/").content.decode()
    assert "The tide tables are right" in page
    assert "They were right all along." in page
    assert Campaign.objects.count() == 1


def test_undo_takes_it_back(owner_at_desk: Client, issue: Issue, reader: Subscriber, wish: dict[str, Any]) -> None:
    url = send(owner_at_desk, issue, wish)["Location"]
    owner_at_desk.post(url + "act/", {"act": "undo"})
    issue.refresh_from_db()
    assert Campaign.objects.get().state == Campaign.State.DRAFT
    assert issue.public_from is None


@pytest.mark.parametrize("typed", ["", "1970", "yes"])
def test_the_number_must_be_typed(
    owner_at_desk: Client, issue: Issue, reader: Subscriber, wish: dict[str, Any], typed: str
) -> None:
    answer = send(owner_at_desk, issue, wish, typed_number=typed)
    assert answer.status_code == 422
    assert "Type 1971" in answer.content.decode()
    assert not Campaign.objects.exists()


def test_a_rehearsal_needs_no_number_and_takes_none(
    owner_at_desk: Client, issue: Issue, publication: Publication, reader: Subscriber, wish: dict[str, Any]
) -> None:
    publication.is_live = False
    publication.save(update_fields=["is_live"])
    assert "Rehearse" in owner_at_desk.get(f"/desk/issues/send/{issue.pk}/").content.decode()
    assert send(owner_at_desk, issue, wish, typed_number="").status_code == 302
    assert Edition.objects.get().is_test
    issue.refresh_from_db()
    assert issue.number is None


def test_a_time_is_one_of_the_publication(
    owner_at_desk: Client, issue: Issue, publication: Publication, reader: Subscriber, wish: dict[str, Any]
) -> None:
    publication.time_zone = "Europe/Lisbon"
    publication.save(update_fields=["time_zone"])
    send(owner_at_desk, issue, wish, when="at", day="2095-07-01", hour="09:00")
    starts_at = Campaign.objects.get().starts_at
    assert starts_at is not None
    assert starts_at.isoformat() == "2095-07-01T08:00:00+00:00"


@pytest.mark.parametrize(
    ("day", "hour", "words"),
    [
        ("2030-03-31", "01:30", "skip this time"),
        ("2030-10-27", "01:30", "show this time twice"),
        ("2001-01-01", "09:00", "past"),
        ("", "", "on which day"),
    ],
)
def test_a_time_that_cannot_be_is_refused(
    owner_at_desk: Client,
    issue: Issue,
    publication: Publication,
    reader: Subscriber,
    wish: dict[str, Any],
    day: str,
    hour: str,
    words: str,
) -> None:
    publication.time_zone = "Europe/Lisbon"
    publication.save(update_fields=["time_zone"])
    answer = send(owner_at_desk, issue, wish, when="at", day=day, hour=hour)
    assert answer.status_code == 422
    assert words in answer.content.decode()
    assert not Campaign.objects.exists()


def test_a_list_without_readers_is_said(owner_at_desk: Client, issue: Issue, wish: dict[str, Any]) -> None:
    answer = send(owner_at_desk, issue, wish)
    assert answer.status_code == 422
    assert "Nobody is subscribed" in answer.content.decode()


def test_an_issue_that_must_be_fixed_has_no_button(owner_at_desk: Client, issue: Issue, reader: Subscriber) -> None:
    issue.title = ""
    issue.save(update_fields=["title"])
    issue.save_revision()
    screen = owner_at_desk.get(f"/desk/issues/send/{issue.pk}/").content.decode()
    assert "Must fix" in screen
    assert 'value="send" disabled' in screen


def test_the_audience_is_counted_as_it_is_chosen(
    owner_at_desk: Client, issue: Issue, reader: Subscriber, leaver: Subscriber, mailing_list: MailingList
) -> None:
    url = f"/desk/issues/send/{issue.pk}/audience/"
    chosen = owner_at_desk.get(url, {"lists": mailing_list.pk}).content.decode()
    assert "<b>1</b> reader now" in chosen
    assert "<b>1</b> have left" in chosen
    assert "<b>0</b>" in owner_at_desk.get(url, {"lists": "x' OR 1=1"}).content.decode()


@pytest.mark.parametrize(
    ("policy", "said"), [('"v=DMARC1; p=quarantine"', "Fine"), (None, "The sender’s domain is not set up as it should be")]
)
def test_the_send_desk_says_whether_the_domain_is_set_up(
    owner_at_desk: Client, issue: Issue, settings: Any, policy: str | None, said: str
) -> None:
    domain = "tidewater-courier.net"
    settings.SMTP_URL = f"smtp://mx.{domain}:587"
    issue.publication.from_address = f"courier@{domain}"
    issue.publication.save()
    zone: dict[str, dict[str, list[str]]] = {
        domain: {"TXT": ['"v=spf1 ip4:203.0.113.7 -all"'], "MX": [f"10 mx.{domain}."]},
        f"mx.{domain}": {"A": ["203.0.113.7"]},
        "7.113.0.203.in-addr.arpa": {"PTR": [f"mx.{domain}."]},
    }
    if policy:
        zone[f"_dmarc.{domain}"] = {"TXT": [policy]}
    piece = reverse("desk_send_domain", args=[issue.pk])
    assert piece in owner_at_desk.get(f"/desk/issues/send/{issue.pk}/").content.decode()
    with name_server(zone) as address:
        settings.DNS_SERVERS = [address]
        shown = owner_at_desk.get(piece).content.decode()
    assert said in shown
    assert "SPF" in shown or policy is None


def test_a_test_goes_to_whoever_is_ticked(owner_at_desk: Client, issue: Issue) -> None:
    owner = User.objects.get()
    owner_at_desk.post(f"/desk/issues/send/{issue.pk}/test/", {"test_to": [owner.pk]})
    assert [mail.envelope_to for mail in SingleMail.objects.all()] == ["owner@example.org"]
    assert not Campaign.objects.exists()
    screen = owner_at_desk.get(f"/desk/issues/send/{issue.pk}/").content.decode()
    assert "the present one" in screen
    issue.title = "Another headline"
    issue.save_revision()
    assert "an earlier one" in owner_at_desk.get(f"/desk/issues/send/{issue.pk}/").content.decode()


def test_a_test_can_be_what_one_reader_gets(owner_at_desk: Client, issue: Issue, make_subscriber: Any) -> None:
    make_subscriber("nilufar@example.org", name="Nilufar", mail_format="text")
    issue.body = [("text", {"text": RichText('<p>Dear {{ name | "reader" }}</p>')})]
    issue.save_revision()
    wish = {"test_addresses": "one@example.net, two@example.net", "test_like": "nilufar@example.org"}
    owner_at_desk.post(f"/desk/issues/send/{issue.pk}/test/", wish)
    mails = list(SingleMail.objects.order_by("envelope_to"))
    assert [mail.envelope_to for mail in mails] == ["one@example.net", "two@example.net"]
    read = email.message_from_bytes(bytes(mails[0].raw), policy=email.policy.default)
    assert read.get_content_type() == "text/plain"
    assert "Dear Nilufar" in read.get_content()
    assert "nilufar@example.org" not in read.as_string()


@pytest.mark.parametrize(
    ("wish", "words"),
    [
        ({}, "to whom"),
        ({"test_addresses": "not an address"}, "not an address"),
        ({"test_addresses": "\n".join(f"a{n}@example.net" for n in range(21))}, "20 addresses at most"),
        ({"test_addresses": "one@example.net", "test_like": "nobody@example.net"}, "no reader with this address"),
    ],
)
def test_a_test_that_cannot_be_says_why(owner_at_desk: Client, issue: Issue, wish: dict[str, str], words: str) -> None:
    answer = owner_at_desk.post(f"/desk/issues/send/{issue.pk}/test/", wish, follow=True)
    assert any(words in str(message) for message in answer.context["messages"])
    assert not SingleMail.objects.exists()


@pytest.mark.parametrize("button", ["desk_send_test", "desk_dry_run", "desk_check_links", "desk_spam_score"])
def test_no_button_of_the_send_desk_forgets_the_audience(
    owner_at_desk: Client, issue: Issue, mailing_list: MailingList, button: str
) -> None:
    other = lists.get_or_create(name="Friends", by="test", now=timezone.now())
    issue.publication.lists.add(other)
    rule = {"if": "domain", "is": "under", "to": "hill.example"}
    hill = Segment.objects.create(
        name="On the hill", key="hill", rule=rule, by="x", created_at=timezone.now(), changed_at=timezone.now()
    )
    wish = {"lists": [other.pk], "excluded": [hill.pk], "mail_mode": "excerpt", "when": "at", "day": "2031-01-07",
            "hour": "09:00", "subject": "Not kept yet", "words_were": "|", "test_addresses": "no address"}  # fmt: skip
    page = owner_at_desk.post(reverse(button, args=[issue.pk]), wish, follow=True)
    form = page.context["form"]
    assert set(form["lists"].value()) == {other.pk}
    assert page.context["without"] == [hill]
    assert [form[name].value() for name in ("mail_mode", "when", "day", "hour", "subject")] == [
        "excerpt", "at", "2031-01-07", "09:00", "Not kept yet"]  # fmt: skip


def test_a_test_that_cannot_be_keeps_what_was_typed(owner_at_desk: Client, issue: Issue) -> None:
    wish = {"test_addresses": "one@example.net\nno address", "test_mode": "excerpt"}
    url = reverse("desk_send_test", args=[issue.pk])
    piece = owner_at_desk.post(url, wish, headers={"HX-Request": "true"}).content.decode()
    assert "no address: " in piece
    assert "one@example.net\nno address</textarea>" in piece.replace("\r", "")
    assert not SingleMail.objects.exists()


def test_in_test_mode_a_typed_address_gets_nothing_outside(owner_at_desk: Client, issue: Issue, publication: Publication) -> None:
    publication.is_live = False
    publication.save(update_fields=["is_live"])
    owner_at_desk.post(f"/desk/issues/send/{issue.pk}/test/", {"test_addresses": "one@example.net"})
    assert SingleMail.objects.get().inbox_only


def test_subject_and_preview_line_are_kept_as_a_version(owner_at_desk: Client, issue: Issue) -> None:
    url = f"/desk/issues/send/{issue.pk}/"
    owner_at_desk.post(url, {"act": "words", "subject": "The sea is right", "preheader": "Again.", "words_were": "|"})
    draft = reading.newest(issue)
    assert (draft.subject, draft.preheader) == ("The sea is right", "Again.")
    screen = owner_at_desk.get(url).content.decode()
    assert screen.count("The sea is right") >= 3


def test_a_page_opened_long_ago_does_not_bring_back_an_old_subject(
    owner_at_desk: Client, issue: Issue, reader: Subscriber, wish: dict[str, Any]
) -> None:
    issue.subject = "Written in the editor since"
    issue.save_revision()
    send(owner_at_desk, issue, wish, subject="", preheader="", words_were="|")
    assert Edition.objects.get().subject == "Written in the editor since"


def test_what_is_typed_into_the_subject_is_what_is_sent(
    owner_at_desk: Client, issue: Issue, reader: Subscriber, wish: dict[str, Any]
) -> None:
    send(owner_at_desk, issue, wish, subject="Typed at the last moment", preheader="", words_were="|")
    assert Edition.objects.get().subject == "Typed at the last moment"


def test_a_locked_issue_keeps_its_subject(owner_at_desk: Client, at_desk: Any, issue: Issue) -> None:
    at_desk(Role.EDITOR)
    Issue.objects.update(locked=True, locked_by=User.objects.get(email="editor@example.org"), locked_at=timezone.now())
    owner_at_desk.post(f"/desk/issues/send/{issue.pk}/", {"act": "words", "subject": "Mine", "words_were": "|"})
    assert reading.newest(issue).subject == ""


def test_who_is_left_out_is_said_with_the_reason(
    owner_at_desk: Client, issue: Issue, reader: Subscriber, mailing_list: MailingList, make_subscriber: Any
) -> None:
    make_subscriber("resting@example.org", mailing_list)
    Subscription.objects.filter(subscriber__address="resting@example.org").update(paused_until="2999-01-01")
    make_subscriber("pending@example.org", mailing_list, state="pending")
    screen = owner_at_desk.get(f"/desk/issues/send/{issue.pk}/").content.decode()
    assert "<b>1</b> have paused" in screen
    assert "<b>1</b> have not confirmed" in screen
    assert "Rosa Marin</bdi>" in screen
    assert "to 1 reader</span>" in " ".join(screen.split()).replace(" </span>", "</span>")


def test_cancelling_asks_once_more(owner_at_desk: Client, issue: Issue, reader: Subscriber, wish: dict[str, Any]) -> None:
    url = send(owner_at_desk, issue, wish)["Location"] + "act/"
    asked = owner_at_desk.post(url, {"act": "cancel"})
    assert "Cancel for good" in asked.content.decode()
    assert Campaign.objects.get().state == Campaign.State.SCHEDULED
    owner_at_desk.post(url, {"act": "cancel", "sure": "yes"})
    assert Campaign.objects.get().state == Campaign.State.CANCELLED


def test_nothing_is_done_by_looking(owner_at_desk: Client, issue: Issue, reader: Subscriber, wish: dict[str, Any]) -> None:
    url = send(owner_at_desk, issue, wish)["Location"]
    assert owner_at_desk.get(url + "act/", {"act": "cancel", "sure": "yes"}).status_code == 405
    assert Campaign.objects.get().state == Campaign.State.SCHEDULED


def test_a_provider_that_is_held_is_named_and_a_button_goes_on_with_it(
    owner_at_desk: Client, issue: Issue, reader: Subscriber, wish: dict[str, Any]
) -> None:
    url = send(owner_at_desk, issue, wish)["Location"]
    starting.start(campaign_id=Campaign.objects.get().pk, now=timezone.now() + timedelta(minutes=2))
    why = "550 5.7.26 <script>no</script>"
    holding.hold(campaign_id=Campaign.objects.get().pk, provider=reader.domain, why=why, by="system", now=timezone.now())
    screen = owner_at_desk.get(url).content.decode()
    assert f"<bdi>{reader.domain}</bdi> is held: 1 reader waits" in screen
    assert "550 5.7.26 &lt;script&gt;" in screen
    assert f"Go on with {reader.domain}" in screen
    assert "A part of a sending waits for you" in owner_at_desk.get("/desk/").content.decode()
    owner_at_desk.post(url + "act/", {"act": "go on", "provider": reader.domain})
    assert "is held" not in owner_at_desk.get(url).content.decode()


def test_attention_shows_the_servers_own_words(
    owner_at_desk: Client, issue: Issue, reader: Subscriber, wish: dict[str, Any]
) -> None:
    url = send(owner_at_desk, issue, wish)["Location"]
    words = "451 4.7.1 Greylisted <script>alert(1)</script>"
    Campaign.objects.update(state=Campaign.State.PAUSED, attention=words)
    screen = owner_at_desk.get(url).content.decode()
    assert "Needs attention" in screen
    assert "451 4.7.1 Greylisted &lt;script&gt;" in screen
    assert "Resume" in screen
    assert "A sending waits for you" in owner_at_desk.get("/desk/").content.decode()


def test_home_knows_what_waits_beyond_the_sendings_it_draws(
    owner_at_desk: Client, issue: Issue, reader: Subscriber, wish: dict[str, Any]
) -> None:
    send(owner_at_desk, issue, wish)
    oldest = Campaign.objects.get()
    states = {"edition": oldest.edition, "mail_mode": "full", "by": "system", "created_at": timezone.now()}
    Campaign.objects.bulk_create(Campaign(**states, state=Campaign.State.SENDING) for _ in range(6))
    Campaign.objects.filter(pk=oldest.pk).update(state=Campaign.State.SENDING)
    holding.hold(campaign_id=oldest.pk, provider="tide.example", why="It says 5.7.1.", by="system", now=timezone.now())
    home = owner_at_desk.get("/desk/").content.decode()
    assert "2 more sendings are under way." in home
    assert "It says 5.7.1." in home
    assert f'class="button" href="/desk/issues/sending/{oldest.pk}/"' in home
    Campaign.objects.filter(pk=oldest.pk).update(state=Campaign.State.PAUSED, attention="The relay is gone.")
    home = owner_at_desk.get("/desk/").content.decode()
    assert "A sending waits for you" in home
    assert "The relay is gone." in home


def test_what_is_uncertain_is_held_if_wished_and_sent_again_when_somebody_decides(
    owner_at_desk: Client, issue: Issue, reader: Subscriber, wish: dict[str, Any]
) -> None:
    url = send(owner_at_desk, issue, wish, policy="hold")["Location"]
    campaign = Campaign.objects.get()
    assert campaign.policy == Campaign.Policy.HOLD
    starting.start(campaign_id=campaign.pk, now=timezone.now() + timedelta(minutes=2))
    Delivery.objects.update(state=Delivery.State.UNCERTAIN)
    sweeping.sweep(now=timezone.now())
    screen = owner_at_desk.get(url).content.decode()
    assert "Send to this one again" in screen
    assert "Decide about them" in screen
    owner_at_desk.post(url + "act/", {"act": "again"})
    assert Delivery.objects.get().state == Delivery.State.QUEUED
    campaign.refresh_from_db()
    assert campaign.state == Campaign.State.SENDING


def test_who_may_not_look_at_readers_sees_only_the_outline_of_an_address(
    owner_at_desk: Client, at_desk: Any, issue: Issue, reader: Subscriber, wish: dict[str, Any]
) -> None:
    url = send(owner_at_desk, issue, wish)["Location"]
    starting.start(campaign_id=Campaign.objects.get().pk, now=timezone.now() + timedelta(minutes=2))
    Delivery.objects.update(state=Delivery.State.REJECTED)
    assert reader.address in owner_at_desk.get(url).content.decode()
    screen = at_desk(Role.EDITOR).get(url).content.decode()
    assert reader.address not in screen
    assert mask(reader.address) in screen


def test_a_database_that_cannot_be_written_is_said_while_it_lasts(
    owner_at_desk: Client, issue: Issue, reader: Subscriber, wish: dict[str, Any]
) -> None:
    url = send(owner_at_desk, issue, wish)["Location"]
    pk = Campaign.objects.get().pk
    trouble.note(pk, OSError(errno.ENOSPC, "No space left on device"))
    assert "The disk of the database is full" in owner_at_desk.get(url + "news/").content.decode()
    trouble.over(pk)
    assert "The disk of the database is full" not in owner_at_desk.get(url + "news/").content.decode()


def test_who_is_without_it_is_counted_and_then_sent_to_with_a_minute_to_undo(
    owner_at_desk: Client,
    issue: Issue,
    reader: Subscriber,
    make_subscriber: Any,
    mailing_list: MailingList,
    wish: dict[str, Any],
) -> None:
    url = send(owner_at_desk, issue, wish)["Location"]
    assert "Who is without it?" not in owner_at_desk.get(url).content.decode()
    starting.start(campaign_id=Campaign.objects.get().pk, now=timezone.now() + timedelta(minutes=2))
    Delivery.objects.update(state=Delivery.State.EXPIRED)
    for number in range(3):
        make_subscriber(f"late{number}@example.org", mailing_list)
    assert f"{url}rest/" in owner_at_desk.get(url).content.decode()
    screen = owner_at_desk.get(f"{url}rest/").content.decode()
    assert "Send it to these 3" in screen
    assert "Send it to this one" in screen
    assert Campaign.objects.count() == 1
    answer = owner_at_desk.post(f"{url}rest/", {"reach": "joined"})
    again = owner_at_desk.post(f"{url}rest/", {"reach": "joined"})
    made = Campaign.objects.get(reach="joined")
    assert answer["Location"] == again["Location"] == f"/desk/issues/sending/{made.pk}/"
    assert made.starts_at is not None
    assert made.starts_at > timezone.now() + timedelta(seconds=50)
    screen = owner_at_desk.get(answer["Location"]).content.decode()
    assert "those who joined since" in screen
    assert "Other sendings of this issue" in screen
    undone = owner_at_desk.post(answer["Location"] + "act/", {"act": "undo"})
    assert undone["Location"] == answer["Location"] + "rest/"
    made.refresh_from_db()
    issue.refresh_from_db()
    assert made.state == Campaign.State.DRAFT
    assert issue.public_from is not None


def test_a_further_sending_to_nobody_or_to_somebody_else_is_not_made(
    owner_at_desk: Client, issue: Issue, reader: Subscriber, wish: dict[str, Any]
) -> None:
    url = send(owner_at_desk, issue, wish)["Location"]
    assert owner_at_desk.get(f"{url}rest/")["Location"] == url
    starting.start(campaign_id=Campaign.objects.get().pk, now=timezone.now() + timedelta(minutes=2))
    assert "Nobody has joined" in owner_at_desk.post(f"{url}rest/", {"reach": "joined"}, follow=True).content.decode()
    assert owner_at_desk.post(f"{url}rest/", {"reach": "all"}).status_code == 200
    assert Campaign.objects.count() == 1


def test_links_are_asked_for_by_a_task(owner_at_desk: Client, issue: Issue, django_capture_on_commit_callbacks: Any) -> None:
    with django_capture_on_commit_callbacks() as waiting:
        answer = owner_at_desk.post(f"/desk/issues/send/{issue.pk}/links/")
    assert (answer.status_code, len(waiting)) == (302, 1)


def test_a_spam_filter_is_asked_by_a_task_and_its_answer_stands_among_the_checks(
    owner_at_desk: Client, issue: Issue, django_capture_on_commit_callbacks: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(spamassassin, "is_installed", lambda: True)
    monkeypatch.setattr(spamassassin, "score", lambda raw: Score(5.5, 5.0, (Rule(5.5, "ODD", "Odd <words>"),)))
    url = f"/desk/issues/send/{issue.pk}/"
    assert "Not asked yet" in owner_at_desk.get(url).content.decode()
    with django_capture_on_commit_callbacks() as waiting:
        piece = owner_at_desk.post(f"{url}spam-score/", headers={"HX-Request": "true"}).content.decode()
    assert len(waiting) == 1
    assert 'hx-trigger="every 2s"' in piece
    spam_scoring.execute(issue_id=issue.pk, now=timezone.now())
    piece = owner_at_desk.get(f"{url}spam-score/news/").content.decode()
    assert "5.5 points" in piece
    assert "Odd &lt;words&gt;" in piece
    assert "hx-get" not in piece
    assert "SpamAssassin takes this mail for spam" in owner_at_desk.get(url).content.decode()


def test_a_machine_without_a_spam_filter_shows_nothing_of_it(
    owner_at_desk: Client, issue: Issue, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(spamassassin, "is_installed", lambda: False)
    assert "SpamAssassin" not in owner_at_desk.get(f"/desk/issues/send/{issue.pk}/").content.decode()


def test_every_mail_is_made_before_the_first_one_leaves(
    owner_at_desk: Client, issue: Issue, reader: Any, django_capture_on_commit_callbacks: Any
) -> None:
    url = f"/desk/issues/send/{issue.pk}/"
    assert "Not made yet" in owner_at_desk.get(url).content.decode()
    with django_capture_on_commit_callbacks() as waiting:
        piece = owner_at_desk.post(f"{url}dry-run/", headers={"HX-Request": "true"}).content.decode()
    assert len(waiting) == 1
    assert 'hx-trigger="every 2s"' in piece
    run = DryRun.objects.get()
    dry_run.execute(run_id=run.pk, now=timezone.now())
    piece = owner_at_desk.get(f"{url}dry-run/news/").content.decode()
    assert "1 of 1 mails could be made" in piece
    assert "hx-get" not in piece


@pytest.fixture
def long_issue(issue: Issue) -> Issue:
    """A draft whose full mail Gmail would cut off."""
    issue.body = [("text", {"text": RichText("<p>The sea is right, and the harbour clock is not.</p>" * 2500)})]
    issue.save()
    issue.save_revision()
    return issue


@pytest.mark.parametrize(("mail_mode", "stops"), [("full", True), ("reader", True), ("excerpt", False), ("nonsense", True)])
def test_the_form_that_is_sent_is_the_one_whose_size_counts(
    owner_at_desk: Client, long_issue: Issue, mailing_list: MailingList, reader: Subscriber, mail_mode: str, stops: bool
) -> None:
    query = {"mail_mode": mail_mode, "lists": [mailing_list.pk]}
    piece = owner_at_desk.get(reverse("desk_send_checks", args=[long_issue.pk]), query).content.decode()
    kept = owner_at_desk.get(f"/desk/issues/send/{long_issue.pk}/", {"kept": "1", **query}).content.decode()
    for screen in (piece, kept):
        button = screen[screen.index('name="act" value="send"') :].partition(">")[0]
        assert ("disabled" in button) is stops
        assert ('<a href="#mail">The mail has' in screen) is stops
    assert "Publish and send No. 1971 to 1 reader" in piece


def test_a_long_issue_is_sent_as_an_excerpt_and_not_in_full(
    owner_at_desk: Client, long_issue: Issue, reader: Subscriber, wish: dict[str, Any]
) -> None:
    assert "Gmail cuts it off" in send(owner_at_desk, long_issue, wish).content.decode()
    assert not Campaign.objects.exists()
    assert send(owner_at_desk, long_issue, wish, mail_mode="excerpt").status_code == 302
    assert Campaign.objects.get().mail_mode == "excerpt"


def test_an_issue_is_withdrawn_once_its_number_was_typed(
    owner_at_desk: Client, client: Client, issue: Issue, reader: Subscriber, wish: dict[str, Any]
) -> None:
    send(owner_at_desk, issue, wish)
    url = reverse("desk_withdraw", args=[issue.pk])
    asked = {"reason": "It named a child.", "typed_number": "1971"}
    said = owner_at_desk.post(url, asked)
    assert (said.status_code, "Cancel the sending first" in said.content.decode()) == (422, True)
    Campaign.objects.update(state=Campaign.State.FINISHED)
    Issue.objects.update(public_from=timezone.now())
    assert url in owner_at_desk.get(f"/desk/issues/send/{issue.pk}/").content.decode()
    assert owner_at_desk.post(url, asked | {"typed_number": "1970"}).status_code == 422
    assert client.get("/issues/1971/").status_code == 200
    assert owner_at_desk.post(url, asked | {"typed_number": "۱۹۷۱"})["Location"] == "/desk/issues/"
    gone = client.get("/issues/1971/")
    assert (gone.status_code, "It named a child." in gone.content.decode()) == (410, True)
    assert "Withdrawn" in owner_at_desk.get("/desk/issues/").content.decode()
    assert url not in owner_at_desk.get(f"/desk/issues/send/{issue.pk}/").content.decode()
