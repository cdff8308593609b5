"""The tokens of mails: whole numbers sealed under the install's token key, one purpose each (rule S11)."""

from __future__ import annotations

import secrets
from base64 import b32encode
from collections.abc import Iterable, Sequence
from functools import lru_cache

from django.conf import settings

from masthead.common import tokens
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
    return _sealer(settings.TOKEN_KEY, purpose).seal(number)


def seal_all(purposes: Iterable[str], numbers: Sequence[int]) -> list[list[bytes]]:
    """For each of `purposes` the tokens of `numbers`."""
    return tokens.seal_all([_sealer(settings.TOKEN_KEY, purpose) for purpose in purposes], numbers)


def unseal(purpose: str, token: str) -> int | None:
    """The number in `token`, or None when it was not sealed by this install for this purpose."""
    return _sealer(settings.TOKEN_KEY, purpose).unseal(token)


def unique() -> str:
    """A random token (160 bits) for the Message-ID of a mail that stands for no number, such as a test."""
    return b32encode(secrets.token_bytes(20)).decode("ascii").lower()


@lru_cache(maxsize=64)
def _sealer(key: bytes, purpose: str) -> Sealer:
    return Sealer(key, purpose)
