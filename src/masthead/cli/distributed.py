"""Running tasks on PostgreSQL: Procrastinate's workers, watched over."""

from __future__ import annotations

import asyncio
import contextlib
import os
import socket
from functools import partial

from procrastinate.contrib.django.db_cleanup import DjangoApp
from procrastinate.contrib.django.utils import connector_params
from procrastinate.psycopg_connector import PsycopgConnector

from masthead.cli.engine import GRACE_SECONDS, Job
from masthead.cli.procrastinate_backend import STALLED_SECONDS, register
from masthead.common.stopping import STOP

#: Queues and how many of their tasks run at once. Sweeps and single mails must not queue behind a campaign's ranges.
POOLS = ((("bulk",), 2), (("mail",), 1), (("default", "maint"), 2))
_HEARTBEAT_SECONDS = 5


def jobs() -> dict[str, Job]:
    """What the engine runs in threads, by name.

    Procrastinate's worker returns without an error when PostgreSQL goes away; the engine starts it again.
    """
    return {"worker " + ",".join(queues): partial(_work, queues, at_once) for queues, at_once in POOLS}


def _work(queues: tuple[str, ...], at_once: int) -> None:
    asyncio.run(_work_until_stopped(queues, at_once))


async def _work_until_stopped(queues: tuple[str, ...], at_once: int) -> None:
    # An app of its own: the one of the web side enqueues on Django's connection, inside Django's transactions.
    # It asks a little now and then; with the four connections that a pool has by itself, five workers would fill a server.
    app = DjangoApp(connector=PsycopgConnector(kwargs=connector_params(), min_size=1, max_size=3))
    register(app)
    async with app.open_async():
        worker = asyncio.create_task(
            app.run_worker_async(
                queues=list(queues),
                concurrency=at_once,
                name=f"{socket.gethostname()}:{os.getpid()}:{','.join(queues)}",
                update_heartbeat_interval=_HEARTBEAT_SECONDS,
                stalled_worker_timeout=STALLED_SECONDS,
                shutdown_graceful_timeout=GRACE_SECONDS,
                delete_jobs="successful",
                install_signal_handlers=False,
            )
        )
        while not STOP.is_set() and not worker.done():
            await asyncio.sleep(0.2)
        worker.cancel()  # without effect on one that has ended
        with contextlib.suppress(asyncio.CancelledError):
            await worker
