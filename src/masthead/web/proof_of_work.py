"""A small sum that the visitor's browser works out while a form is filled in (ALTCHA, https://altcha.org/docs/).

Whoever solves it gets a larger budget of posts; without script the form works, too, within the smaller one. Nothing is asked of
anybody else's server. Each challenge counts once; those that were used are remembered in the memory of this process.
"""

from __future__ import annotations

import base64
import binascii
import json
import threading
import time
from datetime import UTC, datetime, timedelta

from altcha.v1 import ChallengeOptions, create_challenge, verify_solution
from django.http import HttpRequest
from django.utils.crypto import salted_hmac

FIELD = "altcha"
#: A phone of some years ago needs a second or two for it; a machine that posts thousands of forms needs hours.
_MOST = 50_000
_VALID = timedelta(hours=2)
_LONGEST = 2000

_lock = threading.Lock()
_used: dict[str, float] = {}


def challenge() -> dict[str, object]:
    """A new challenge, as the script of the form understands it."""
    made = create_challenge(
        ChallengeOptions(max_number=_MOST, hmac_key=_key(), expires=datetime.now(UTC) + _VALID, algorithm="SHA-256")
    )
    found: dict[str, object] = made.to_dict()
    return found


def is_proved(request: HttpRequest) -> bool:
    """Whether the form brings the solution of a challenge of ours that nobody has used before; then it is used."""
    payload = request.POST.get(FIELD, "")
    if not payload or len(payload) > _LONGEST:
        return False
    try:
        given = json.loads(base64.b64decode(payload, validate=True))
        right, _why = verify_solution(payload, _key(), check_expires=True)
        signature = str(given["signature"])
    except (binascii.Error, ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return False
    return bool(right) and _first_time(signature)


def _first_time(signature: str) -> bool:
    now = time.monotonic()
    with _lock:
        for old in [each for each, until in _used.items() if until < now]:
            del _used[old]
        if signature in _used:
            return False
        _used[signature] = now + _VALID.total_seconds()
    return True


def _key() -> str:
    return salted_hmac("masthead.web.proof_of_work", "altcha", algorithm="sha256").hexdigest()
