"""The mails of a list at the desk."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from bs4 import BeautifulSoup
from django.test import Client

from masthead.audience.models import ListMail, MailingList, Subscriber
from masthead.issues.models import Publication
from masthead.mail.models import SingleMail
from masthead.team.models import Role

pytestmark = pytest.mark.django_db
OWN = {"subject": "Ahoy", "body": "Come in:\n\n[Yes]({{ link }})"}


@pytest.fixture
def address(publication: Publication, mailing_list: MailingList) -> str:
    return f"/desk/lists/{mailing_list.pk}/mails/"


def test_an_editor_writes_a_confirmation_looks_at_it_and_goes_back_to_ours(
    at_desk: Callable[[Role], Client], address: str, mailing_list: MailingList
) -> None:
    desk = at_desk(Role.EDITOR)
    ours = desk.get(f"{address}confirmation/?lang=fr").content.decode()
    assert "Confirmer mon abonnement" in ours
    assert 'sandbox=""' in ours
    assert desk.post(f"{address}confirmation/?lang=fr", {**OWN, "action": "save"}).status_code == 302
    kept = ListMail.objects.get()
    assert (kept.list, kept.kind, kept.language, kept.subject) == (mailing_list, "confirmation", "fr", "Ahoy")
    assert "Français ✓" in desk.get(address).content.decode()
    desk.post(f"{address}confirmation/?lang=fr", {"action": "reset"})
    assert not ListMail.objects.exists()


def test_what_is_wrong_is_said_and_what_was_typed_is_kept(owner_at_desk: Client, address: str) -> None:
    answer = owner_at_desk.post(f"{address}confirmation/", {"subject": "Ahoy", "body": "No <b>way</b> in.", "action": "save"})
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "nobody could confirm by it" in page
    assert "No &lt;b&gt;way&lt;/b&gt; in." in page
    assert not ListMail.objects.exists()


def test_the_picture_shows_the_whole_mail_in_a_frame_that_runs_nothing(owner_at_desk: Client, address: str) -> None:
    body = OWN["body"] + "\n\n<script>alert(1)</script>"
    answer = owner_at_desk.post(f"{address}confirmation/", {**OWN, "body": body, "action": "look"})
    page = BeautifulSoup(answer.content, "html5lib")
    assert not [script for script in page.select("script") if "alert(1)" in script.text]
    frame = page.select_one("iframe")
    assert frame
    assert "<script" not in frame["srcdoc"]
    assert not frame["sandbox"]
    assert "background-color" in frame["srcdoc"]
    assert str(frame["srcdoc"]).rstrip()[-7:] == "</html>"
    assert not ListMail.objects.exists()


def test_a_test_goes_to_the_one_who_asks_and_saves_nothing(owner_at_desk: Client, address: str) -> None:
    owner_at_desk.post(f"{address}welcome/", {"subject": "Ahoy", "body": "Come in.", "action": "test"})
    mail = SingleMail.objects.get()
    assert (mail.kind, mail.envelope_to) == ("test", "owner@example.org")
    assert b"[TEST] Ahoy" in bytes(mail.raw)
    assert not ListMail.objects.exists()


def test_the_welcome_is_switched_on_and_off_but_not_where_it_must_be_sent(
    owner_at_desk: Client, address: str, mailing_list: MailingList
) -> None:
    def sends() -> Any:
        return MailingList.objects.values_list("sends_welcome", flat=True).get(pk=mailing_list.pk)

    owner_at_desk.post(f"{address}send-welcome/", {"on": "on"})
    assert sends() is True
    owner_at_desk.post(f"{address}send-welcome/")
    assert sends() is False
    MailingList.objects.update(opt_in="single", sends_welcome=True)
    owner_at_desk.post(f"{address}send-welcome/")
    assert sends() is True


def test_the_readers_page_names_the_single_mails(owner_at_desk: Client, reader: Subscriber, address: str) -> None:
    from django.utils import timezone

    from masthead.audience import consent
    from masthead.issues.publications import sender_of

    sender = sender_of(Publication.objects.get())
    consent.withdraw(subscriber=reader, how="one-click", by="reader", now=timezone.now(), notice=sender)
    assert "Goodbye" in owner_at_desk.get(f"/desk/readers/{reader.pk}/").content.decode()


@pytest.mark.parametrize("kind", ["sign_in", "x"])
def test_there_are_no_other_mails(owner_at_desk: Client, address: str, kind: str) -> None:
    assert owner_at_desk.get(f"{address}{kind}/").status_code == 404
