"""The ways in for staff, through allauth alone."""

import time
from collections.abc import Callable

import pytest
from allauth.mfa.adapter import get_adapter
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, generate_totp_secret, hotp_value
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from masthead.team import attempts
from masthead.team.models import FailedSignIn, Role, User

PASSWORD = "a harbour without a bridge"

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _no_counts_of_other_tests() -> None:
    cache.clear()


@pytest.fixture
def owner() -> User:
    return User.objects.create_user(email="olga@example.org", password=PASSWORD, name="Olga", role=Role.OWNER)


def sign_in(client: Client, *, email: str = "olga@example.org", password: str = PASSWORD) -> bool:
    """Whether the form of this client leads to a session."""
    client.post(reverse("account_login"), {"login": email, "password": password})
    return "_auth_user_id" in client.session


def code_of(secret: str) -> str:
    return str(format_hotp_value(hotp_value(secret, int(time.time()) // 30)))


@pytest.mark.usefixtures("owner")
def test_an_owner_signs_in_with_the_password() -> None:
    assert sign_in(Client())
    assert not sign_in(Client(), password="another one entirely")


@pytest.mark.parametrize("value", ["", "0e1234", "true", "0", "[]", "null"])
@pytest.mark.usefixtures("owner")
def test_values_that_are_no_password_are_refused(value: str) -> None:
    assert not sign_in(Client(), password=value)
    assert not sign_in(Client(), email=value)


def test_ten_failures_close_the_account_for_every_client_and_process(owner: User) -> None:
    for _ in range(attempts.MOST):
        cache.clear()  # another process counts in another memory
        assert not sign_in(Client(), password="a guess")
    cache.clear()
    assert not sign_in(Client())
    FailedSignIn.objects.filter(user=owner).delete()
    assert sign_in(Client())


def test_a_password_alone_does_not_pass_the_second_factor(owner: User) -> None:
    secret = generate_totp_secret()
    TOTP.activate(owner, secret)
    client = Client()
    assert not sign_in(client)
    client.post(reverse("mfa_authenticate"), {"code": "000000"})
    assert "_auth_user_id" not in client.session
    client.post(reverse("mfa_authenticate"), {"code": code_of(secret)})
    assert "_auth_user_id" in client.session


def test_wrong_codes_over_fresh_sign_ins_close_the_account(owner: User) -> None:
    secret = generate_totp_secret()
    TOTP.activate(owner, secret)
    for _ in range(4):
        cache.clear()
        client = Client()
        sign_in(client)
        for _ in range(4):
            cache.clear()
            client.post(reverse("mfa_authenticate"), {"code": "000000"})
    cache.clear()
    client = Client()
    sign_in(client)
    client.post(reverse("mfa_authenticate"), {"code": code_of(secret)})
    assert "_auth_user_id" not in client.session


def test_nobody_signs_up() -> None:
    answer = Client().post(reverse("account_signup"), {"email": "eve@example.org", "password1": PASSWORD})
    assert answer.status_code == 404
    assert not User.objects.exists()


@pytest.mark.django_db(transaction=True)  # allauth tells of a new second factor on commit
@pytest.mark.parametrize("change", ["password", "second factor"])
def test_a_change_ends_all_other_sessions(owner: User, change: str) -> None:
    here, there = Client(), Client()
    assert sign_in(here)
    assert sign_in(there)
    changes[change](here, owner)
    assert is_in(here)
    assert not is_in(there)


def change_password(client: Client, _: User) -> None:
    new = "two harbours and a bridge"
    client.post(reverse("account_change_password"), {"oldpassword": PASSWORD, "password1": new, "password2": new})


def add_second_factor(client: Client, owner: User) -> None:
    client.post(reverse("account_reauthenticate"), {"password": PASSWORD})
    page = client.get(reverse("mfa_activate_totp"))
    client.post(reverse("mfa_activate_totp"), {"code": code_of(page.context["form"].secret)})
    assert Authenticator.objects.filter(user=owner, type=Authenticator.Type.TOTP).exists()


changes: dict[str, Callable[[Client, User], None]] = {"password": change_password, "second factor": add_second_factor}


def is_in(client: Client) -> bool:
    return client.get(reverse("mfa_index")).status_code == 200


def test_a_new_key_has_a_name_in_our_words(owner: User) -> None:
    kind = Authenticator.Type.WEBAUTHN
    assert get_adapter().generate_authenticator_name(owner, kind) == "Key 1"
    Authenticator.objects.create(user=owner, type=kind, data={})
    assert get_adapter().generate_authenticator_name(owner, kind) == "Key 2"
