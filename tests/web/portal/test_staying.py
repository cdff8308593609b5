"""The page that asks whether one wants to stay."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from masthead.audience import reconfirming
from masthead.audience.models import ConsentEvent, Question
from masthead.issues.publications import sender_of
from masthead.mail import sealing
from tests.web.pages import words

pytestmark = pytest.mark.django_db


@pytest.fixture
def path(publication: Any, mailing_list: Any, reader: Any) -> str:
    now = timezone.now()
    whom = reconfirming.Whom(mailing_list)
    reconfirming.start(whom, sender=sender_of(publication), per_minute=9, days=9, remind_after=None, by="staff:1", now=now)
    reconfirming.work(clock=lambda: now, stopping=lambda: False)
    return f"/k/{sealing.seal(sealing.STAY, Question.objects.get().pk)}"


def test_opening_the_page_changes_nothing_and_names_the_masked_address(visitor: Client, path: str) -> None:
    for _ in range(5):
        assert "r…@example.org" in words(visitor.get(path))
        visitor.head(path)
    assert Question.objects.get().state == "asked"
    assert not ConsentEvent.objects.exists()


def test_the_button_keeps_the_reader_with_the_words_of_the_page(visitor: Client, path: str) -> None:
    assert "Thank you for staying" in words(visitor.post(path, {"action": "keep"}))
    assert "Thank you for staying" in words(visitor.get(path))
    event = ConsentEvent.objects.get()
    assert event.text is not None
    assert "The Courier" in event.text.text


@pytest.mark.parametrize("data", [{"action": "leave"}, {"List-Unsubscribe": "One-Click"}])
def test_leaving_works_by_button_and_by_one_click(visitor: Client, path: str, reader: Any, data: dict[str, str]) -> None:
    assert visitor.post(path, data).status_code == 200
    assert visitor.post(path, data).status_code == 200
    assert reader.subscriptions.get().state == "left"
    assert Question.objects.get().state == "left"
    assert "You have left" in words(visitor.post(path, {"action": "keep"}))
    assert reader.subscriptions.get().state == "left"


def test_a_token_of_another_purpose_is_unknown(visitor: Client, path: str, publication: Any) -> None:
    number = Question.objects.get().pk
    for token in (sealing.seal(sealing.UNSUBSCRIBE, number), "x" * 34, sealing.seal(sealing.STAY, number + 1)):
        assert visitor.get(f"/k/{token}").status_code == 404
        assert visitor.post(f"/k/{token}", {"action": "keep"}).status_code == 404


def test_the_page_speaks_the_readers_language(visitor: Client, path: str, reader: Any) -> None:
    reader.language = "fa"
    reader.save()
    assert "می‌خواهید بمانید؟" in words(visitor.get(path))
