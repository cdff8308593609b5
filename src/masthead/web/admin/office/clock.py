"""The time zone of somebody's desk: their own choice, and until they make one that of the bulletin they work on."""

from __future__ import annotations

from typing import Any

from wagtail.users.models import UserProfile

from masthead.issues.assigning import publications_of
from masthead.team.models import User


def set_by_bulletin(person: User) -> None:
    """Have `person`'s desk count time as their first publication does, unless it has a zone already. The shell counts in UTC."""
    first = publications_of(person).first()
    profile = UserProfile.objects.filter(user=person).first() or UserProfile(user=person)
    if first is not None and not profile.current_time_zone:
        profile.current_time_zone = first.time_zone
        profile.save()


def on_sign_in(*, user: Any, **_signal: Any) -> None:
    """A receiver of `user_logged_in`."""
    if isinstance(user, User):
        set_by_bulletin(user)
