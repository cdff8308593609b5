"""What is too much, too slow or too deep ends in a plain refusal (rule S29)."""

from __future__ import annotations

import asyncio
import base64
import socket
import threading
from collections.abc import Iterator
from typing import Any

import pytest
import uvicorn
from asgiref.sync import sync_to_async
from django.db import connections
from django.test import Client, RequestFactory
from django.utils import timezone

from masthead.bounces.models import Webhook
from masthead.bounces.webhooks import configuring
from masthead.cli import slow_clients
from masthead.common.urls import path
from masthead.mail import sealing
from masthead.web import bodies, proof_of_work
from tests.bounces.webhooks import posting

DEEP = "[" * 100_000


async def takes_it_all(_scope: Any, receive: Any, send: Any) -> None:
    """An application that reads the body and answers with its length; silent when the client goes away, as Django is."""
    length, more = 0, True
    while more:
        message = await receive()
        if message["type"] == "http.disconnect":
            return
        length, more = length + len(message.get("body", b"")), message.get("more_body", False)
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": str(length).encode()})


def status_of(pieces: list[bytes], *, at: str = "/subscribe/", headers: dict[str, str] | None = None, stuck: bool = False) -> int:
    """What Bounded answers to a POST of `pieces`; `stuck` if nothing comes after them."""
    sent: list[Any] = []
    waiting = [{"type": "http.request", "body": piece, "more_body": True} for piece in pieces]
    if not stuck:
        waiting[-1]["more_body"] = False

    async def receive() -> Any:
        if not waiting:
            await asyncio.Event().wait()
        return waiting.pop(0)

    async def send(message: Any) -> None:
        sent.append(message)

    raw = [(name.encode(), value.encode()) for name, value in (headers or {}).items()]
    scope = {"type": "http", "method": "POST", "path": at, "headers": raw}
    asyncio.run(bodies.Bounded(takes_it_all)(scope, receive, send))
    starts = [message["status"] for message in sent if message["type"] == "http.response.start"]
    assert len(starts) == 1
    return int(starts[0])


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bodies, "MOST_BYTES", 100)
    monkeypatch.setattr(bodies, "MOST_BYTES_AT_THE_DESK", 1000)


def test_a_body_is_refused_by_what_it_says_and_by_what_it_is(small: None) -> None:
    """Rule S29."""
    assert status_of([b"x" * 50, b"x" * 50]) == 200
    assert status_of([b"x" * 50, b"x" * 51]) == 413
    assert status_of([], headers={"content-length": "101"}, stuck=True) == 413, "nothing of it is read"
    assert status_of([b"x" * 60] * 100, headers={"content-length": "60"}) == 413, "it said less than it sent"


@pytest.mark.django_db(transaction=True)
def test_a_large_upload_takes_somebody_who_is_signed_in_at_the_desk(small: None, owner: Any) -> None:
    """Rule S29. A made-up cookie buys nothing."""
    desk = Client()
    desk.force_login(owner)
    name = next(iter(desk.cookies))
    cookie = f"{name}={desk.cookies[name].value}"
    large = [b"x" * 500]
    assert status_of(large, at="/desk/import/", headers={"cookie": cookie}) == 200
    assert status_of([b"x" * 1001], at="/desk/import/", headers={"cookie": cookie}) == 413
    assert status_of(large, at="/subscribe/", headers={"cookie": cookie}) == 413
    for made_up in (f"{name}=x", "a=b", '";', ""):
        assert status_of(large, at="/desk/import/", headers={"cookie": made_up}) == 413
    asyncio.run(sync_to_async(connections.close_all)())  # of the thread in which sessions are looked up


def test_a_body_that_stops_coming_is_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    """Rule S29."""
    monkeypatch.setattr(bodies, "SILENT_SECONDS", 0.05)
    assert status_of([b"x"], stuck=True) == 408


@pytest.fixture
def served(monkeypatch: pytest.MonkeyPatch) -> Iterator[int]:
    """The port of a server that waits a quarter of a second for the head of a request."""
    monkeypatch.setattr(slow_clients, "HEAD_SECONDS", 0.25)
    with socket.create_server(("127.0.0.1", 0)) as listening:
        config = uvicorn.Config(takes_it_all, http=slow_clients.ImpatientProtocol, lifespan="off", log_level="error")
        server = uvicorn.Server(config)
        thread = threading.Thread(target=lambda: asyncio.run(server.serve(sockets=[listening])))
        thread.start()
        yield listening.getsockname()[1]
        server.should_exit = True
        thread.join(30)


def test_a_head_that_never_ends_is_hung_up_on(served: int) -> None:
    """Rule S29: a slow client, at once and after a request that it made well."""
    ask = b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\nabc"
    for before in (b"", ask):
        with socket.create_connection(("127.0.0.1", served), timeout=60) as client:
            client.sendall(before)
            if before:
                assert b"200 OK" in client.recv(1000)
            client.sendall(b"POST / HTTP/1.1\r\nHost: ")
            rest = b"x"
            while rest:
                try:
                    rest = client.recv(1000)
                except ConnectionResetError:
                    rest = b""


@pytest.mark.django_db
def test_json_without_a_bottom_is_refused(publication: object) -> None:
    """Rule S29: at every door that reads JSON from outside."""
    client = Client()  # it raises what a view raises
    for provider in configuring.PROVIDERS:
        Webhook.objects.all().delete()
        drafted = configuring.draft(provider=provider, secret=posting.secret_of(provider))
        webhook = configuring.keep(webhook=drafted, by="staff:1", now=timezone.now())
        url = path("webhook", token=sealing.seal(sealing.WEBHOOK, webhook.number))
        assert client.post(url, data=DEEP, content_type="application/json").status_code in {200, 400}
    payload = base64.b64encode(DEEP[:1200].encode()).decode()
    assert proof_of_work.is_proved(RequestFactory().post("/subscribe/", {proof_of_work.FIELD: payload})) is False
