"""Asking who wants to stay, at the desk."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from masthead.audience.models import Question
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
    assert at_desk(Role.READER_CARE).get(where).status_code == 403
