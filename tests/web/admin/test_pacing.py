"""Limits in the desk: of servers and providers, quiet hours, and the expected end they lead to."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from masthead.audit.models import Entry
from masthead.delivery.models import Campaign, QuietHours
from masthead.mail.models import Provider, Slowdown, Transport
from masthead.mail.transports import choosing, resting
from tests.mail.scripted import Script, scripted
from tests.web.admin.test_transports import client, form  # noqa: F401 (one of them is a fixture)

NEW = "desk_transport_new"


def test_limits_share_and_warm_up_are_kept(client: Client, now: datetime) -> None:  # noqa: F811
    with scripted(Script()) as relay:
        wish = {"user": "", "password": "", "name": "Harbour", "weight": 3, "sender_domains": "Example.org, münster.example"}
        limits = {"per_second": 5, "per_hour": 1000, "warmup_first": 200, "warmup_growth": 100, "warmup_full": 5000}
        assert client.post(reverse(NEW), form(relay.port, **wish, **limits)).status_code == 302
    row = Transport.objects.get()
    assert (row.name, row.in_use, row.weight) == ("Harbour", True, 3)
    assert row.sender_domains == "example.org xn--mnster-3ya.example"
    config = choosing.ways(now, sender_domain="example.org")[0]
    assert (config.limits.per_second, config.limits.per_hour, config.limits.per_day) == (5, 1000, 200)
    screen = client.get(reverse("desk_transports")).content.decode()
    assert "5 a second, 1,000 an hour" in screen
    assert "Warm-up: at most 200 today, over after 5 more days of sending." in screen
    assert "Mails a day from today on" in client.get(reverse("desk_transport", args=[row.pk])).content.decode()


def test_several_servers_are_in_use_and_one_can_be_taken_out(client: Client) -> None:  # noqa: F811
    with scripted(Script()) as one, scripted(Script()) as two:
        for number, relay in enumerate((one, two)):
            client.post(reverse(NEW), form(relay.port, user="", password="", name=f"Relay {number}"))
    assert Transport.objects.filter(in_use=True).count() == 2
    first = Transport.objects.get(name="Relay 0")
    client.post(reverse("desk_transports"), {"act": "unuse", "server": first.pk})
    assert list(Transport.objects.filter(in_use=True).values_list("name", flat=True)) == ["Relay 1"]
    client.post(reverse("desk_transports"), {"act": "use", "server": first.pk})
    client.post(reverse("desk_transport", args=[first.pk]), {"act": "remove"})
    assert list(Transport.objects.values_list("name", flat=True)) == ["Relay 1"]
    assert list(Entry.objects.filter(action__startswith="transport.").values_list("action", flat=True)).count("transport.removed")


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"sender_domains": "not a domain!"}, "is no domain"),
        ({"warmup_first": 100, "warmup_full": 50}, "ends above where it begins"),
        ({"weight": 0}, "greater than or equal to 1"),
        ({"per_hour": -1}, "greater than or equal to 1"),
    ],
)
def test_what_cannot_work_is_told_in_words(client: Client, changes: dict[str, object], words: str) -> None:  # noqa: F811
    page = client.post(reverse(NEW), form(587, **changes)).content.decode()
    assert words in page
    assert not Transport.objects.exists()


def test_a_name_is_given_once(client: Client) -> None:  # noqa: F811
    Transport.objects.create(name="Harbour", kind="smtp", host="127.0.0.1")
    assert "already" in client.post(reverse(NEW), form(587, name="Harbour")).content.decode()


def test_a_stored_password_does_not_go_to_another_host(client: Client, now: datetime) -> None:  # noqa: F811
    with scripted(Script(ehlo=b"250-scripted.example\r\n250 AUTH PLAIN\r\n")) as relay:
        client.post(reverse(NEW), form(relay.port))
        kept = reverse("desk_transport", args=[Transport.objects.get().pk])
        client.post(kept, form(relay.port, password="", act="keep", host="localhost"))
    assert Transport.objects.get().host == "localhost"
    assert choosing.current(now).password == ""


def test_a_server_that_rests_says_why(client: Client) -> None:  # noqa: F811
    row = Transport.objects.create(name="Harbour", kind="smtp", host="mail.example.org", in_use=True)
    resting.note_trouble(row.pk, words="Port 587 of mail.example.org is closed.", now=datetime.now(UTC))
    screen = client.get(reverse("desk_transports")).content.decode()
    assert "Rests" in screen
    assert "Port 587 of mail.example.org is closed." in screen


def test_a_provider_gets_limits_and_domains(client: Client) -> None:  # noqa: F811
    client.post(reverse("desk_provider_new"), {"act": "save", "name": "Google", "domains": "porthaven.example", "per_minute": 30})
    row = Provider.objects.get()
    assert (row.name, row.domains, row.per_minute) == ("google", "porthaven.example", 30)
    page = client.get(reverse("desk_provider", args=[row.pk])).content.decode()
    assert "googlemail.com" in page
    refused = client.post(reverse("desk_provider_new"), {"act": "save", "name": "other", "domains": "porthaven.example"})
    assert "with the provider google already" in refused.content.decode()
    client.post(reverse("desk_provider", args=[row.pk]), {"act": "remove"})
    assert not Provider.objects.exists()


def test_who_is_slowed_down_is_shown(client: Client) -> None:  # noqa: F811
    values = {"rate": 0.5, "not_before": 0, "since": 0, "top": 5, "strikes": 1, "words": "421 4.7.28 too fast"}
    Slowdown.objects.create(transport=0, provider="google", **values)
    assert "421 4.7.28 too fast" in client.get(reverse("desk_transports")).content.decode()


def test_quiet_hours_are_set_and_taken_away(client: Client, publication: Any) -> None:  # noqa: F811
    url = reverse("desk_quiet_hours", args=[publication.pk])
    assert "begin and end at the same time" in client.post(url, {"begins": "22:00", "ends": "22:00"}).content.decode()
    assert "Say both" in client.post(url, {"begins": "22:00", "ends": ""}).content.decode()
    client.post(url, {"begins": "22:00", "ends": "07:00"})
    assert str(QuietHours.objects.get()) == "22:00–07:00"
    assert "22:00 to 07:00" in client.get(reverse("desk_transports")).content.decode()
    client.post(url, {"begins": "", "ends": ""})
    assert not QuietHours.objects.exists()


def test_the_send_desk_says_when_a_warm_up_would_be_through(
    owner_at_desk: Client, issue: Any, mailing_list: Any, make_subscriber: Any, settings: Any
) -> None:
    settings.SMTP_URL = ""
    Transport.objects.create(
        name="Harbour", kind="smtp", host="h.example", in_use=True, warmup_first=2, warmup_growth=100, warmup_full=50
    )
    for number in range(5):
        make_subscriber(f"r{number}@example.org", mailing_list)
    page = owner_at_desk.get(f"/desk/issues/send/{issue.pk}/").content.decode()
    assert "Expected end:" in page
    assert "Mails on each day: 2, 3" in page


def test_the_progress_page_shows_the_end_and_quiet_hours(
    owner_at_desk: Client, issue: Any, publication: Any, mailing_list: Any, make_subscriber: Any, settings: Any
) -> None:
    from masthead.delivery import campaigns, starting

    settings.SMTP_URL, settings.SMTP_PER_HOUR = "smtp://127.0.0.1:9", 2
    for number in range(5):
        make_subscriber(f"r{number}@example.org", mailing_list)
    now = datetime.now(UTC)
    campaign = campaigns.publish_and_send(issue=issue, lists=[mailing_list], starts_at=now, by="staff:1", now=now)
    starting.start(campaign_id=campaign.pk, now=now)
    url = reverse("desk_campaign", args=[campaign.pk])
    page = owner_at_desk.get(url).content.decode()
    assert "Expected end:" in page
    assert "The limits of the mail servers decide." in page
    hours = {"begins": (now - timedelta(hours=1)).time(), "ends": (now + timedelta(hours=1)).time()}
    QuietHours.objects.create(publication=publication, **hours)
    campaigns.pause_for_quiet_hours(campaign=Campaign.objects.get(), until=now + timedelta(hours=1), now=now)
    assert "Quiet hours: it goes on by itself." in owner_at_desk.get(url).content.decode()
