"""Asking who wants to stay, at the desk."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from masthead.audience.models import Question, Reconfirmation
from masthead.team.models import Role

pytestmark = pytest.mark.django_db


def test_the_desk_counts_begins_and_shows_how_it_goes(
    at_desk: Callable[..., Client], publication: Any, mailing_list: Any, reader: Any
) -> None:
    desk = at_desk(Role.EDITOR)
    where = f"/desk/lists/{mailing_list.pk}/reconfirm/"
    fields = {"days": "30", "remind_after": "14", "per_minute": "60"}
    assert "Ask 1 reader" in desk.post(where, {**fields, "action": "count"}).content.decode()
    assert not Question.objects.exists()
    shown = desk.post(where, {**fields, "action": "start"}, follow=True)
    assert "adds up" in shown.content.decode()
    run = Question.objects.get().reconfirmation
    desk.post(f"/desk/lists/reconfirmations/{run.pk}/act/", {"action": "cancel"})
    run.refresh_from_db()
    assert run.state == "cancelled"
    page = desk.get(f"/desk/lists/reconfirmations/{run.pk}/").text
    assert "0 readers were asked. Nobody was taken off." in page
    assert at_desk(Role.READER_CARE).get(where).status_code == 403


def test_a_round_says_what_is_while_it_goes_on_and_what_was_when_it_is_over(
    at_desk: Callable[..., Client], mailing_list: Any, make_subscriber: Any, now: Any
) -> None:
    run = Reconfirmation.objects.create(
        list=mailing_list, sender={}, per_minute=60, days=30, readers=4, by="staff:1", started_at=now
    )
    states = (Question.State.KEPT, Question.State.TAKEN_OFF, Question.State.TAKEN_OFF, Question.State.SKIPPED)
    for number, state in enumerate(states):
        asked_at = None if state == Question.State.SKIPPED else now
        reader = make_subscriber(f"reader{number}@example.org")
        Question.objects.create(reconfirmation=run, subscriber=reader, state=state, asked_at=asked_at)
    desk = at_desk(Role.EDITOR)

    def page(state: Reconfirmation.State) -> str:
        Reconfirmation.objects.filter(pk=run.pk).update(state=state)
        return desk.get(f"/desk/lists/reconfirmations/{run.pk}/").text

    assert "4 readers are asked. Who does not answer is taken off:" in page(Reconfirmation.State.ASKING)
    closed = page(Reconfirmation.State.CLOSED)
    assert "3 readers were asked. 2 did not answer and were taken off." in closed
    assert "are asked" not in closed
    assert "3 readers were asked. Who did not answer was taken off and put back." in page(Reconfirmation.State.UNDONE)
