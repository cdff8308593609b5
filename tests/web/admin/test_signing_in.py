"""The screens of signing in say what the desk says: passphrase, second factor."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from allauth.mfa.totp.internal import auth as totp
from django.core import mail
from django.core.cache import cache
from django.test import Client
from django.urls import reverse
from django.utils.html import strip_tags

from masthead.team.models import Role, User

OLD = "a quiet morning tide"
OTHER_WORDS = re.compile(r"password|two-factor|log ?in\b", re.I)


@pytest.fixture(autouse=True)
def _no_counts_of_other_tests() -> None:
    cache.clear()


def said(client: Client, name: str, *, data: dict[str, str] | None = None) -> str:
    """What a person reads on that screen, or after sending that form."""
    answer = client.post(reverse(name), data, follow=True) if data else client.get(reverse(name), follow=True)
    assert answer.status_code == 200
    shown = re.sub(r"<(script|style|head)\b.*?</\1>", " ", answer.content.decode(), flags=re.S)
    return " ".join(strip_tags(shown).split())


@pytest.mark.parametrize("name", ["account_login", "account_reset_password", "account_reset_password_done"])
@pytest.mark.django_db
def test_nobody_is_asked_for_a_password_before_the_door(name: str) -> None:
    assert OTHER_WORDS.findall(said(Client(), name)) == []


@pytest.mark.parametrize(
    "name",
    [
        "account_change_password",
        "account_reauthenticate",
        "mfa_index",
        "mfa_activate_totp",
        "mfa_add_webauthn",
        "mfa_list_webauthn",
    ],
)
def test_nor_behind_it(at_desk: Callable[[Role], Client], name: str) -> None:
    client = at_desk(Role.OWNER)
    client.post(reverse("account_reauthenticate"), {"password": OLD})
    assert OTHER_WORDS.findall(said(client, name)) == []


def test_keys_and_recovery_codes_are_named_as_on_the_other_screens(at_desk: Callable[[Role], Client]) -> None:
    client = at_desk(Role.OWNER)
    client.post(reverse("account_reauthenticate"), {"password": OLD})
    owner = User.objects.get(pk=client.session["_auth_user_id"])
    totp.TOTP.activate(owner, totp.generate_totp_secret())
    assert "With one of them you get to the desk when your phone or key is gone." in said(client, "mfa_generate_recovery_codes")
    assert "Each of them works once" in said(client, "mfa_generate_recovery_codes", data={"go": "on"})
    assert "The codes you have now stop working." in said(client, "mfa_generate_recovery_codes")
    assert "your passphrase alone gets you to the desk" in said(client, "mfa_deactivate_totp")
    assert "A passkey: signs me in without the passphrase" in said(client, "mfa_add_webauthn")


@pytest.mark.parametrize(
    ("old", "new", "again", "expected"),
    [
        ("not this one", "two herons on one leg", "two herons on one leg", "This is not your present passphrase."),
        (OLD, "tide", "tide", "needs 10 characters or more"),
        (OLD, "1234567890", "1234567890", "one of those that are tried first"),
        (OLD, "owner@example.org", "owner@example.org", "too much like your name or address"),
        (OLD, "two herons on one leg", "two herons on two legs", "This is not the same passphrase as above."),
    ],
)
def test_a_change_that_cannot_be_is_refused_in_the_same_words(
    at_desk: Callable[[Role], Client], old: str, new: str, again: str, expected: str
) -> None:
    client = at_desk(Role.OWNER)
    screen = said(client, "account_change_password", data={"oldpassword": old, "password1": new, "password2": again})
    assert expected in screen
    assert OTHER_WORDS.findall(screen) == []
    assert Client().login(email="owner@example.org", password=OLD)


def test_a_passphrase_is_changed(at_desk: Callable[[Role], Client]) -> None:
    new = "two herons on one leg"
    screen = said(at_desk(Role.OWNER), "account_change_password", data={"oldpassword": OLD, "password1": new, "password2": new})
    assert "Your passphrase is changed." in screen
    assert Client().login(email="owner@example.org", password=new)


def test_a_wrong_passphrase_is_named_so_at_the_door(at_desk: Callable[[Role], Client]) -> None:
    at_desk(Role.OWNER)
    screen = said(Client(), "account_login", data={"login": "owner@example.org", "password": "a guess"})
    assert "This address and this passphrase do not belong together." in screen


def test_a_forgotten_one_is_replaced_by_a_mailed_link(at_desk: Callable[[Role], Client]) -> None:
    at_desk(Role.OWNER)
    client, new = Client(), "two herons on one leg"
    assert "Look into your mailbox" in said(client, "account_reset_password", data={"email": "owner@example.org"})
    (message,) = mail.outbox
    assert OTHER_WORDS.findall(message.subject + re.sub(r"\S+://\S+", "", str(message.body))) == []
    link = re.search(r"\S+://[^/]+(\S+)", str(message.body))
    assert link
    form = client.get(link[1], follow=True)
    assert "Choose a new passphrase" in form.content.decode()
    done = client.post(form.redirect_chain[-1][0], {"password1": new, "password2": new}, follow=True)
    assert "Your passphrase is changed" in done.content.decode()
    assert Client().login(email="owner@example.org", password=new)
    assert "This link no longer works" in Client().get(link[1], follow=True).content.decode()


@pytest.mark.django_db
def test_an_unknown_address_is_told_so_in_its_mailbox_alone() -> None:
    assert "Look into your mailbox" in said(Client(), "account_reset_password", data={"email": "nobody@example.org"})
    (message,) = mail.outbox
    assert "There is none." in str(message.body)
    assert "sign-in" not in str(message.body)


@pytest.mark.parametrize(("host", "offered"), [("localhost", True), ("127.0.0.1", False)])
def test_no_passkey_is_offered_where_the_desk_is_opened_by_a_number(
    at_desk: Callable[[Role], Client], client: Client, host: str, offered: bool
) -> None:
    login = client.get(reverse("account_login"), headers={"host": host}).content.decode()
    assert ("passkey_login" in login) is offered
    owner = at_desk(Role.OWNER)
    page = owner.get(reverse("mfa_index"), headers={"host": host}).content.decode()
    assert (reverse("mfa_add_webauthn") in page) is offered
    assert ("this desk was opened by a number" in page) is not offered


def test_half_of_the_address_of_the_sign_in_leads_to_the_desk(at_desk: Callable[[Role], Client]) -> None:
    answer = at_desk(Role.OWNER).get("/desk/sign-in/", follow=True)
    assert (answer.status_code, answer.redirect_chain[-1][0]) == (200, reverse("desk_home"))
