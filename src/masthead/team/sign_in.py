"""How staff sign in: what differs from allauth's defaults."""

from __future__ import annotations

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest


class StaffAdapter(DefaultAccountAdapter):
    """Nobody signs up: the first run and invitations make staff."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Never."""
        return False
