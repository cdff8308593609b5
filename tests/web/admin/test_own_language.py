"""Somebody at the desk is spoken to in the language they chose, on every screen."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import translation
from wagtail.users.models import UserProfile

from masthead.team.models import User

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("language", ["fa", "de"])
def test_signing_in_once_more_speaks_the_language_that_was_chosen(owner_at_desk: Client, publication: Any, language: str) -> None:
    profile = UserProfile.get_for_user(User.objects.get(pk=owner_at_desk.session["_auth_user_id"]))
    page = owner_at_desk.get(reverse("account_reauthenticate"), headers={"accept-language": "en"})
    assert "Is it you?" in page.text
    profile.preferred_language = language
    profile.save()
    with translation.override(language):
        expected = translation.gettext("Is it you?")
    page = owner_at_desk.get(reverse("account_reauthenticate"), headers={"accept-language": "en"})
    assert expected in page.text
    assert f'lang="{language}"' in page.text
    assert (page["Content-Language"], translation.get_language()) == (language, "en")


def test_who_is_not_signed_in_is_spoken_to_as_the_browser_asks(client: Client, publication: Any) -> None:
    page = client.get(reverse("account_login"), headers={"accept-language": "de"})
    assert 'lang="de"' in page.text


def test_a_public_page_stays_in_the_language_of_its_publication(owner_at_desk: Client, publication: Any) -> None:
    profile = UserProfile.get_for_user(User.objects.get(pk=owner_at_desk.session["_auth_user_id"]))
    profile.preferred_language = "fa"
    profile.save()
    assert 'lang="en"' in owner_at_desk.get("/subscribe/").text
