"""The plots of growth."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from bs4 import BeautifulSoup
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from masthead.audience import consent
from masthead.audience.growth import Period
from masthead.audience.models import MailingList, Subscriber
from masthead.team.models import Role
from masthead.web.admin.readers.growth_picture import picture


def test_both_directions_have_one_scale_and_fill_the_plot() -> None:
    day = date(2026, 11, 1)
    drawn = picture([Period(day, joined=6), Period(day + timedelta(1), left=3, bounced=1), Period(day + timedelta(2))])
    assert (drawn.wide, drawn.line, drawn.joined, drawn.left, drawn.bounced) == (30, 60, 6, 3, 1)
    first, second, third = drawn.bars
    assert (first.joined_top, first.joined_high) == (0, 60)
    assert (second.left_high, second.bounced_top, second.bounced_high) == (30, 90, 10)
    assert (third.left_edge, third.joined_high, third.left_high) == (20, 0, 0)


def test_nothing_is_a_line_in_the_middle() -> None:
    assert picture([Period(date(2026, 11, 1))]).line == 50
    assert picture([]).bars == []


@pytest.mark.django_db
@pytest.mark.parametrize(("by", "rows"), [("", 30), ("week", 26), ("month", 24), ("year", 30)])
def test_the_page_of_a_list_shows_its_growth(
    at_desk: Callable[[Role], Client], reader: Subscriber, mailing_list: MailingList, by: str, rows: int
) -> None:
    extra = MailingList.objects.create(name="Extra", slug="extra")
    consent.add_by_staff(subscriber=reader, lists=[extra], reason="By phone.", by="staff:1", now=timezone.now())
    desk = at_desk(Role.READER_CARE)
    for there in (reverse("desk_list", args=[extra.pk]), reverse("desk_lists")):
        page = BeautifulSoup(desk.get(there, {"by": by}).content, "html.parser")
        figure = page.select_one("section .growth")
        assert figure is not None
        assert len(figure.select("tbody tr")) == rows
        assert len(figure.select("svg[role=img] rect")) == 1
        assert figure.select_one("svg[aria-label^='1 joined, 0 left, 0 bounced out']") is not None
    assert len(page.select(".growth--small")) == 2
