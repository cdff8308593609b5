"""What people at the desk chose of how a screen looks, kept between visits. It is no act that the record of activity needs."""

from __future__ import annotations

from typing import Any

from masthead.team.models import ScreenChoice, User


def remember(*, user: User, name: str, value: Any) -> None:
    """Keep `value`, which must be JSON, under the name of a screen's choice."""
    ScreenChoice.objects.update_or_create(user=user, name=name, defaults={"value": value})


def recall(*, user: User, name: str) -> Any:
    """What was kept, or None."""
    return ScreenChoice.objects.filter(user=user, name=name).values_list("value", flat=True).first()
