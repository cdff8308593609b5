"""Who sits at the desk."""

from __future__ import annotations

from django.http import HttpRequest

from masthead.team.models import User


def staff(request: HttpRequest) -> User:
    """The member of staff behind `request`. Only for views behind `team.roles.requires`; raises TypeError elsewhere."""
    if not isinstance(request.user, User):
        raise TypeError("a view behind `requires` has a member of staff")
    return request.user
