"""A mailbox at the desk is tried in plain words before it is kept, and says what is wrong."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from masthead.bounces.models import Mailbox
from masthead.team.models import Role
from tests.servers.dovecot import PASSWORD, USER, Dovecot, dovecot


@pytest.fixture(scope="module")
def server() -> Iterator[Dovecot]:
    with dovecot() as running:
        yield running


def form(server: Dovecot, **changes: object) -> dict[str, object]:
    values = {"protocol": "imap", "host": "localhost", "port": server.tls_port, "security": "tls"}
    account = {"user": USER, "password": PASSWORD, "folder": "INBOX", "after": "seen"}
    return {**values, **account, "in_use": "on", "act": "keep", **changes}


def test_what_works_is_kept_and_what_fails_is_told_in_words(owner_at_desk: Client, server: Dovecot, settings: Any) -> None:
    settings.IMAP_CA_FILE = str(server.certificate)
    page = owner_at_desk.post(reverse("desk_mailbox_new"), form(server, password="wrong")).content.decode()
    assert "The server refused the user name or the password" in page
    assert not Mailbox.objects.exists()
    page = owner_at_desk.post(reverse("desk_mailbox_new"), form(server, act="try")).content.decode()
    assert "INBOX holds 0 mails." in page
    assert PASSWORD not in page
    assert not Mailbox.objects.exists()
    assert owner_at_desk.post(reverse("desk_mailbox_new"), form(server)).status_code == 302
    row = Mailbox.objects.get()
    changed = form(server, password="", after="move", move_to="Done", name="returns")
    assert owner_at_desk.post(reverse("desk_mailbox", args=[row.pk]), changed).status_code == 302
    assert Mailbox.objects.get().move_to == "Done"
    owner_at_desk.post(reverse("desk_mailbox", args=[row.pk]), {"act": "remove"})
    assert not Mailbox.objects.exists()


def test_a_refused_password_asks_for_somebody_on_the_home_screen_and_in_the_list(
    owner_at_desk: Client, publication: Any, at_desk: Callable[[Role], Client]
) -> None:
    words = "The server refused the user name or the password: wrong <b>"
    Mailbox.objects.create(name="returns", host="imap.example.org", user="x", password_sealed=b"x", trouble=words, refused=True)
    for name in ("desk_home", "desk_mailboxes"):
        page = owner_at_desk.get(reverse(name)).content.decode()
        assert "refused the user name or the password: wrong &lt;b&gt;" in page
    assert "refused the user name" not in at_desk(Role.EDITOR).get(reverse("desk_home")).content.decode()


def test_only_who_decides_how_mail_leaves_may_open_it(at_desk: Callable[[Role], Client]) -> None:
    client = at_desk(Role.EDITOR)
    for name in ("desk_mailboxes", "desk_mailbox_new"):
        assert client.get(reverse(name)).status_code == 403
