"""The script of sign-up forms, and the challenge it works on. Pages of others load both; neither tells or changes anything."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.http import require_safe

from masthead.web import forms, proof_of_work

_FILE = Path(__file__).parent / "static" / "portal" / "sign_up.js"


@require_safe
def script(request: HttpRequest) -> HttpResponse:
    """At an address that never changes, since it is written into pages of others."""
    headers = {"Cache-Control": "public, max-age=3600", "Cross-Origin-Resource-Policy": "cross-origin"}
    return HttpResponse(_words(), content_type="text/javascript; charset=utf-8", headers=headers)


@require_safe
def challenge(request: HttpRequest) -> HttpResponse:
    """A sum to do and the signed time of the form. Anybody may read it, so that a form on any page can."""
    headers = {"Cache-Control": "no-store", "Access-Control-Allow-Origin": "*", "X-Robots-Tag": "noindex"}
    return JsonResponse({"challenge": proof_of_work.challenge(), "stamp": forms.stamp()}, headers=headers)


@cache
def _words() -> bytes:
    return _FILE.read_bytes()
