"""How mail leaves: a server is tried before it is used, and says in words what is wrong."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import Settings

from masthead.audit.models import Entry
from masthead.mail.models import SingleMail, Transport
from masthead.mail.passwords import open_password
from masthead.mail.transports import choosing
from tests.mail.scripted import Script, scripted
from tests.web.admin.test_inbox import signed_in

AUTH = b"250-scripted.example\r\n250-PIPELINING\r\n250 AUTH PLAIN LOGIN\r\n"


@pytest.fixture
def client(owner: Any, settings: Settings, tmp_path: Any) -> Client:
    settings.SMTP_URL = ""
    settings.DATA = tmp_path
    return signed_in(owner)


def form(port: int, **changes: object) -> dict[str, object]:
    values = {
        "host": "127.0.0.1",
        "port": port,
        "security": "none",
        "user": "courier",
        "password": "s3cret tide",
        "connections": 4,
        "weight": 1,
    }
    return values | {"act": "use"} | changes


def test_a_server_that_works_is_used_and_its_password_is_not_stored_in_clear(client: Client, now: Any) -> None:
    with scripted(Script(ehlo=AUTH)) as relay:
        assert client.post(reverse("desk_transport_new"), form(relay.port)).status_code == 302
    row = Transport.objects.get()
    assert b"s3cret" not in bytes(row.password_sealed)
    assert open_password(bytes(row.password_sealed)) == "s3cret tide"
    current = choosing.current(now)
    assert (current.host, current.port, current.password, current.connections) == ("127.0.0.1", relay.port, "s3cret tide", 4)
    assert "s3cret" not in repr(current)
    page = client.get(reverse("desk_transports")).content.decode()
    assert "s3cret" not in page
    assert not Entry.objects.filter(details__icontains="s3cret").exists()


def test_a_refused_password_is_told_in_words_and_nothing_is_kept(client: Client) -> None:
    with scripted(Script(ehlo=AUTH, auth=b"535 5.7.8 Wrong password\r\n")) as relay:
        page = client.post(reverse("desk_transport_new"), form(relay.port)).content.decode()
    assert "refused the user or the password (535 5.7.8 Wrong password): check both." in page
    assert not Transport.objects.exists()


def test_trying_alone_keeps_nothing(client: Client) -> None:
    with scripted(Script(ehlo=AUTH)) as relay:
        page = client.post(reverse("desk_transport_new"), form(relay.port, act="try")).content.decode()
    assert "Signed in as courier." in page
    assert not Transport.objects.exists()


def test_a_closed_port_is_told_in_words(client: Client) -> None:
    with scripted(Script()) as relay:
        port = relay.port
    assert f"Port {port} of 127.0.0.1 is closed" in client.post(reverse("desk_transport_new"), form(port)).content.decode()


def test_an_empty_password_keeps_the_stored_one_for_the_same_user_only(client: Client, now: Any) -> None:
    with scripted(Script(ehlo=AUTH)) as relay:
        client.post(reverse("desk_transport_new"), form(relay.port))
        kept = reverse("desk_transport", args=[Transport.objects.get().pk])
        client.post(kept, form(relay.port, password=""))
        assert choosing.current(now).password == "s3cret tide"
        client.post(kept, form(relay.port, password="", user="somebody"))
    assert choosing.current(now).password == ""


def test_going_back_to_the_inbox_keeps_the_server_for_later(client: Client, now: Any) -> None:
    with scripted(Script(ehlo=AUTH)) as relay:
        client.post(reverse("desk_transport_new"), form(relay.port))
    client.post(reverse("desk_transports"), {"act": "inbox"})
    assert choosing.current(now).kind == "inbox"
    assert Transport.objects.count() == 1


def test_without_encryption_only_this_machine_will_do(client: Client) -> None:
    page = client.post(reverse("desk_transport_new"), form(25, host="mail.example.org")).content.decode()
    assert "Without encryption only a server on this machine" in page


@pytest.mark.parametrize("host", ["", "http://mail.example.org", "mail.example.org:25", "a b", "x@y"])
def test_a_host_that_is_none_is_refused(client: Client, host: str) -> None:
    assert client.post(reverse("desk_transport_new"), form(587, host=host)).status_code == 200
    assert not Transport.objects.exists()


def test_the_operators_setting_stands_in_front(client: Client, settings: Settings, now: Any) -> None:
    settings.SMTP_URL = "smtps://us%40er:p%3Aw@mail.example.org"
    found = choosing.current(now)
    assert (found.host, found.port, found.security, found.user, found.password) == (
        "mail.example.org",
        465,
        "tls",
        "us@er",
        "p:w",
    )
    assert "MASTHEAD_SMTP_URL" in client.get(reverse("desk_transports")).content.decode()


def test_a_test_mail_goes_to_the_person_at_the_desk_alone(client: Client, owner: Any, publication: Any) -> None:
    client.post(reverse("desk_transports"), {"act": "test", "to": "victim@example.com"})
    mail = SingleMail.objects.get()
    assert (mail.envelope_to, mail.kind, mail.inbox_only) == (owner.email, "test", False)


def test_an_editor_may_not_decide_it(editor: Any) -> None:
    assert signed_in(editor).get(reverse("desk_transports")).status_code == 403
