"""Requests and the connections to PostgreSQL."""

from __future__ import annotations

import asyncio
import gc
from typing import Any

import pytest
from asgiref.testing import ApplicationCommunicator
from django.db import connection

from masthead.config.asgi import application


def connections_now() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()")
        return int(cursor.fetchone()[0])


async def ask(path: str) -> int:
    scope: dict[str, Any] = {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": "GET",
        "scheme": "http",
        "path": path,
        "raw_path": path.encode(),
        "query_string": b"",
        "headers": [(b"host", b"127.0.0.1")],
        "client": ("127.0.0.1", 40000),
        "server": ("127.0.0.1", 80),
    }
    asked = ApplicationCommunicator(application, scope)
    await asked.send_input({"type": "http.request", "body": b"", "more_body": False})
    status = int((await asked.receive_output(20))["status"])
    while (await asked.receive_output(20)).get("more_body"):
        pass
    await asked.wait(20)
    return status


@pytest.mark.django_db(transaction=True)
@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has no server that runs out of connections")
def test_a_request_leaves_no_connection_behind(publication: Any, settings: Any) -> None:
    settings.ALLOWED_HOSTS = ["127.0.0.1"]
    before = connections_now()

    async def several() -> list[int]:
        return [await ask("/account/") for _ in range(12)]

    gc.disable()  # what nobody holds any more would be closed by it some time
    try:
        assert asyncio.run(several()) == [302] * 12
        assert connections_now() <= before + 1
    finally:
        gc.enable()
