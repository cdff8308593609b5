"""Which part of a relay's connections this worker process may have, where all processes together have a limit."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from django.conf import settings

from masthead.delivery.ledger.ranges import ME
from masthead.mail import allowances
from masthead.mail.transports.base import TransportConfig

#: A process that got none looks again after so long.
AGAIN_SECONDS = 5


def with_connections(configs: Sequence[TransportConfig]) -> list[TransportConfig]:
    """The relays of which this process may have connections now, each with as many as it may have."""
    found = []
    for config in configs:
        if config.connections_in_all is None:
            found.append(config)
            continue
        count = allowances.take_connections(
            config.key,
            most=config.connections,
            in_all=config.connections_in_all,
            owner=ME,
            lost_after=float(settings.WORKER_LOST_SECONDS),
            now=allowances.database_now(),
        )
        if count:
            found.append(replace(config, connections=count))
    return found


def keeper(configs: Sequence[TransportConfig]) -> Callable[[], None] | None:
    """What has to be done every few seconds to keep them; None where there is nothing to keep."""
    if all(config.connections_in_all is None for config in configs):
        return None
    return lambda: allowances.keep_connections(ME, now=allowances.database_now())


def give_back(configs: Sequence[TransportConfig]) -> None:
    """All connections of this process are closed."""
    keys = [config.key for config in configs if config.connections_in_all is not None]
    if keys:
        allowances.give_connections(keys, owner=ME)
