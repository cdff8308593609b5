"""How many, as each language writes it."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest
from django.template import engines
from django.test import Client
from django.utils.translation import gettext, override
from wagtail.users.models import UserProfile

from masthead.audience import lookups
from masthead.issues.models import Publication
from masthead.team.models import Role, User
from masthead.web.admin.local_digits import localised
from masthead.web.admin.numbers import Counted, grouped


@pytest.mark.parametrize(
    ("language", "number", "written"),
    [
        ("en", 999, "999"),
        ("en", 33_000, "33,000"),
        ("en-gb", 1_234_567, "1,234,567"),
        ("de", 33_000, "33.000"),
        ("fr", 1971, "1\u202f971"),
        ("es", 9999, "9999"),
        ("es", 33_000, "33\u202f000"),
        ("ar", 33_000, "٣٣٬٠٠٠"),
        ("fa", 33_000, "۳۳٬۰۰۰"),
        ("fa", 12, "۱۲"),
        ("de", -4000, "-4.000"),
    ],
)
def test_a_number_is_grouped_as_its_language_does(language: str, number: int, written: str) -> None:
    assert grouped(number, language) == written


def test_a_counted_number_is_a_number_that_writes_itself() -> None:
    with override("de"):
        assert str(Counted(33_000)) == f"{Counted(33_000)}" == "33.000"
        assert gettext("%(n)s a second") % {"n": Counted(1000)} == "1.000 pro Sekunde"
    assert Counted(33_000) == 33_000
    assert json.dumps(Counted(33_000)) == "33000"


def test_a_template_groups_what_it_counts_and_nothing_else() -> None:
    source = (
        "{% load i18n %}{{ n|counted }} {{ n }} {{ none|counted }} "
        "{% blocktranslate count n=n|counted %}{{ n }} word{% plural %}{{ n }} words{% endblocktranslate %}"
    )
    with override("en"):
        said = engines["django"].from_string(source).render({"n": 33_000, "none": None})
    assert said == "33,000 33000 None 33,000 words"
    with override("de"):
        assert engines["django"].from_string(source).render({"n": 1}) == "1 1  1 Wort"


def test_the_digits_of_the_desk_do_not_break_a_grouped_number() -> None:
    assert localised("<b>33٬000</b>", "fa") == "<b>۳۳٬۰۰۰</b>"


@pytest.mark.django_db
def test_the_desk_counts_words_in_the_language_of_who_looks(
    at_desk: Callable[[Role], Client], publication: Publication, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = at_desk(Role.OWNER)
    mailing_list = publication.lists.get()
    counts = {mailing_list.pk: lookups.ListCounts(active=33_000)}
    monkeypatch.setattr("masthead.web.admin.readers.lists.lookups.counts", lambda _lists: counts)
    profile = UserProfile.get_for_user(User.objects.get(pk=client.session["_auth_user_id"]))
    for language, written in [("en", "33,000"), ("de", "33.000"), ("fa", "۳۳٬۰۰۰")]:
        profile.preferred_language = language
        profile.save()
        assert f"<b>{written}</b>" in client.get(f"/desk/lists/{mailing_list.pk}/").content.decode()
