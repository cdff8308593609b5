"""The tokens of mails: whole numbers sealed under the install's token key, one purpose each (rule S11)."""

from __future__ import annotations

import secrets
from base64 import b32encode
from functools import lru_cache

from django.conf import settings

from masthead.common.tokens import Sealer

# A purpose once used in a mail keeps its letters for ever: they are part of every link sent.
UNSUBSCRIBE = "unsubscribe"
PREFERENCES = "preferences"
BOUNCE = "bounce"
MESSAGE_ID = "message-id"
SINGLE = "single"
LINK = "link"
CAMPAIGN_LINK = "campaign-link"
OPENED = "opened"
WEBHOOK = "webhook"
STAY = "stay"
PASSKEY = "passkey"


def seal(purpose: str, number: int) -> str:
    """The token of `number` (0 to 2**40 - 1) for `purpose`, one of the constants above: 34 lower-case letters and digits."""
    return sealer(purpose).seal(number)


def unseal(purpose: str, token: str) -> int | None:
    """The number in `token`, or None when it was not sealed by this install for this purpose."""
    return sealer(purpose).unseal(token)


def sealer(purpose: str) -> Sealer:
    """What seals for `purpose`, for whoever has many numbers."""
    return _sealer(settings.TOKEN_KEY, purpose)


def unique() -> str:
    """A random token (160 bits) for the Message-ID of a mail that stands for no number, such as a test."""
    return b32encode(secrets.token_bytes(20)).decode("ascii").lower()


@lru_cache(maxsize=64)
def _sealer(key: bytes, purpose: str) -> Sealer:
    return Sealer(key, purpose)
