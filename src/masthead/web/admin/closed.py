"""What of the shell is closed: its own sign-in (S9), its tree of pages, its people, its reports and its developers' screens."""

from __future__ import annotations

from typing import NoReturn

from django.http import Http404, HttpRequest

#: Below /desk/. The choosers of external links and contributors are part of the editor and stay open.
PATHS = (
    r"^(login|password_reset|pages|explore|choose-page|sites|collections|reports|workflows|users|groups|redirects"
    r"|styleguide|account/change_password|account/change_email|snippets(?!/choose/issues/contributor/)|help|api|failwhale|test404|sign-in/email|sign-in/confirm-email|sign-in/signup)(/|$)"
)


def not_here(request: HttpRequest, *parts: str) -> NoReturn:
    """Nothing is here, whoever asks."""
    raise Http404
