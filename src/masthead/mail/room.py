"""Room that the limits leave for single mails that can wait.

Single mails as such do not wait for limits, since a person waits for them; who queues many that nobody waits for asks here first.
"""

from __future__ import annotations

from collections import Counter
from datetime import datetime

from masthead.common.addresses import normalise
from masthead.mail import allowances, provider_limits
from masthead.mail.models import SingleMail
from masthead.mail.models.single_mail import OPEN
from masthead.mail.pacing.limits import Limits
from masthead.mail.sender import Sender
from masthead.mail.transports import choosing

_ANY_NUMBER = 1_000_000


class Room:
    """How many mails of `sender` the relay and the providers may get within a minute from `now`, what is queued taken off.

    The relay is the one that single mails go to. Raises passwords.SealedUnderAnotherKeyError and choosing.NoWayOut.
    """

    def __init__(self, *, sender: Sender, now: datetime) -> None:
        self._known = provider_limits.known()
        self._moment = allowances.database_now()
        self._by_provider: dict[str, int] = {}
        if sender.test_mode:
            self._relay = _ANY_NUMBER  # the built-in inbox
            self._queued: Counter[str] = Counter()
            return
        config = choosing.ways(now, sender_domain=normalise(sender.address).ascii.rpartition("@")[2])[0]
        waiting = SingleMail.objects.filter(state__in=OPEN, inbox_only=False).values_list("envelope_to", flat=True)
        self._queued = Counter(self._known.providers.of(to.rpartition("@")[2]) for to in waiting)
        self._relay = self._left(allowances.transport_scope(config.key), config.limits) - self._queued.total()

    def take(self, domain: str) -> bool:
        """Whether one more may go to `domain`; then it is counted."""
        provider = self._known.providers.of(domain)
        limits = self._known.limits.get(provider)
        if self._relay <= 0:
            return False
        if limits is not None:
            if provider not in self._by_provider:
                scope = allowances.provider_scope(provider)
                self._by_provider[provider] = self._left(scope, limits) - self._queued[provider]
            if self._by_provider[provider] <= 0:
                return False
            self._by_provider[provider] -= 1
        self._relay -= 1
        return True

    @property
    def is_full(self) -> bool:
        """Whether the relay may get none at all for now."""
        return self._relay <= 0

    def _left(self, scope: str, limits: Limits) -> int:
        budget = limits.room(*allowances.used(scope, now=self._moment))
        pace = max(1, int(60 / limits.interval)) if limits.interval else _ANY_NUMBER
        return pace if budget is None else min(pace, budget)
