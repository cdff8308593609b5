"""Home: what to do next, what is being sent, how the last issue went."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from masthead.team.roles import requires


@requires("desk.open")
def home(request: HttpRequest) -> HttpResponse:
    """The first screen after signing in."""
    return render(request, "web_admin/home.html", {"title": _("Home")})
