"""Tags."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest

from masthead.audience import tagging
from masthead.audience.models import Subscriber, Tag


def test_a_tag_is_one_whatever_its_case(db: None, now: datetime) -> None:
    press = tagging.get_or_create(name=" Press  room", by="system", now=now)
    assert tagging.get_or_create(name="press Room", by="system", now=now) == press
    assert (press.name, tagging.find("PRESS ROOM")) == ("Press room", press)


@pytest.mark.parametrize("name", ["", " ", "a,b", "a;b", "x" * 61])
def test_a_tag_that_cannot_be_is_refused(db: None, now: datetime, name: str) -> None:
    with pytest.raises(tagging.BadTag):
        tagging.get_or_create(name=name, by="system", now=now)


def test_putting_and_taking_off_name_whom_they_changed(make_subscriber: Any, now: datetime) -> None:
    readers = [make_subscriber(f"r{number}@example.org") for number in range(3)]
    press = tagging.get_or_create(name="press", by="system", now=now)
    first = Subscriber.objects.filter(pk=readers[0].pk)
    assert tagging.put(tag=press, readers=first, by="system", now=now) == [readers[0].pk]
    assert tagging.put(tag=press, readers=Subscriber.objects.all(), by="system", now=now) == [each.pk for each in readers[1:]]
    assert tagging.put(tag=press, readers=Subscriber.objects.all(), by="system", now=now) == []
    assert tagging.take_off(tag=press, readers=first, by="system", now=now) == [readers[0].pk]
    assert press.readers.count() == 2
    tagging.delete(tag=press, by="system", now=now)
    assert (Tag.objects.count(), Subscriber.objects.count()) == (0, 3)


def test_two_tags_do_not_get_one_name(db: None, now: datetime) -> None:
    press = tagging.get_or_create(name="press", by="system", now=now)
    tagging.get_or_create(name="radio", by="system", now=now)
    with pytest.raises(tagging.TagTaken):
        tagging.rename(tag=press, name="Radio", by="system", now=now)
    assert tagging.rename(tag=press, name="Press", by="system", now=now).name == "Press"
