"""What each role may do: the one table, and the gate every screen of the desk stands behind."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec, cast

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from masthead.team.models import Role, User

#: Each right with the words a screen uses when it is missing.
RIGHTS: dict[str, str | Promise] = {
    "desk.open": _("open the desk"),
    "issues.write": _("write issues"),
    "issues.ready": _("mark issues ready"),
    "campaigns.send": _("send issues"),
    "campaigns.view": _("see what is being sent"),
    "readers.view": _("see readers"),
    "readers.edit": _("look after readers"),
    "readers.export": _("export readers"),
    "lists.edit": _("change lists"),
    "returns.view": _("see what came back"),
    "returns.judge": _("change the rules for what comes back"),
    "replies.read": _("read what readers answer"),
    "inbox.read": _("read the built-in inbox"),
    "publications.edit": _("change publications"),
    "transports.edit": _("decide how mail leaves"),
    "team.manage": _("look after people and roles"),
    "audit.read": _("read the record of activity"),
}

_AUTHOR = frozenset({"desk.open", "issues.write"})
_EDITOR = _AUTHOR | {
    "issues.ready",
    "campaigns.send",
    "campaigns.view",
    "lists.edit",
    "inbox.read",
    "publications.edit",
    "replies.read",
}
_READER_CARE = frozenset(
    {"desk.open", "readers.view", "readers.edit", "readers.export", "lists.edit", "returns.view", "replies.read"}
)

ROLE_RIGHTS: dict[str, frozenset[str]] = {
    Role.OWNER: frozenset(RIGHTS),
    Role.EDITOR: _EDITOR,
    Role.AUTHOR: _AUTHOR,
    Role.READER_CARE: _READER_CARE,
}


class MissingRight(Exception):
    """Somebody asked for what their role does not allow. `right` is the key in RIGHTS, `roles` are those that have it."""

    def __init__(self, right: str) -> None:
        self.right = right
        self.roles = [Role(role) for role, rights in ROLE_RIGHTS.items() if right in rights]
        super().__init__(f"You may not {RIGHTS[right]}. Ask for the role {' or '.join(str(role.label) for role in self.roles)}.")


def may(user: object, right: str) -> bool:
    """Whether `user` (staff or anonymous) has `right`. Raises KeyError for a right that is not in RIGHTS: deny by default."""
    RIGHTS[right]
    return isinstance(user, User) and user.is_active and right in ROLE_RIGHTS.get(user.role, frozenset())


P = ParamSpec("P")
View = Callable[Concatenate[HttpRequest, P], HttpResponseBase]


def requires(right: str) -> Callable[[View[P]], View[P]]:
    """A view for signed-in staff with `right`; others are sent to sign in, or get MissingRight (shown as 403).

    The wrapped view carries `required_right`, which the check of all routes looks for.
    """
    RIGHTS[right]

    def decorate(view: View[P]) -> View[P]:
        def checked(request: HttpRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
            if not may(request.user, right):
                raise MissingRight(right)
            return view(request, *args, **kwargs)

        gated = login_required(wraps(view)(checked))
        gated.required_right = right  # type: ignore[attr-defined]
        return cast("View[P]", gated)

    return decorate
