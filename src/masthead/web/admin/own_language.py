"""The desk speaks the language that a person chose under their account, on the screens around the shell, too.

The shell does so on its own screens. Those where one signs in once more, or sets up a second factor, are not among them and would
speak the language of the browser.
"""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils import translation

from masthead.team.models import User
from masthead.web.middleware import is_desk

GetResponse = Callable[[HttpRequest], HttpResponseBase]


class OwnLanguageMiddleware:
    """Answers a person at the desk in the language they chose; needs `AuthenticationMiddleware` before it."""

    def __init__(self, get_response: GetResponse) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """The answer; of who chose nothing, or is not signed in, as the browser asks."""
        chosen = chosen_language(request) if is_desk(request) else ""
        if not chosen:
            return self._get_response(request)
        with translation.override(chosen):
            answer = self._get_response(request)
            answer.headers.setdefault("Content-Language", chosen)
            return answer


def chosen_language(request: HttpRequest) -> str:
    """The language the person at the desk chose; empty where they chose none."""
    person = getattr(request, "user", None)
    if isinstance(person, User) and hasattr(person, "wagtail_userprofile"):
        return str(person.wagtail_userprofile.preferred_language)
    return ""
