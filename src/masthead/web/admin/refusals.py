"""What the desk answers somebody whose role does not reach: which right is missing and who can give it."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from masthead.team.roles import RIGHTS, MissingRight, may


class MissingRightMiddleware:
    """Shows MissingRight as a screen with status 403; it never says whether the thing asked for exists."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Pass the request on."""
        return self._get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        """The screen, for MissingRight alone."""
        if not isinstance(error, MissingRight):
            return None
        context = {
            "right": RIGHTS[error.right],
            "roles": [role.label for role in error.roles],
            "title": _("This screen is not for your role"),
        }
        # Somebody who may not open the desk at all gets no menu either.
        template = "web_admin/no_right.html" if may(request.user, "desk.open") else "web_admin/no_desk.html"
        return render(request, template, context, status=403)
