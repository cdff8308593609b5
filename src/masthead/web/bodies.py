"""How much anybody may send, and how slowly: counted as it comes in, before Django stores a byte of it (rule S29)."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from http.cookies import CookieError, SimpleCookie
from importlib import import_module
from typing import Any

from asgiref.sync import sync_to_async
from django.conf import settings
from django.contrib.auth import SESSION_KEY
from django.db import close_old_connections

from masthead.web.front import Application, Receive, Scope, Send

#: Forms, the posts of mail providers, a picture.
MOST_BYTES = 25 * 2**20
#: A list of readers or a folder of manuscripts, sent by somebody who is signed in at the desk.
MOST_BYTES_AT_THE_DESK = 600 * 2**20
#: Between two pieces of a body.
SILENT_SECONDS = 30.0


class Bounded:
    """An ASGI application around another: 413 for too much, 408 for too slow."""

    def __init__(self, application: Application) -> None:
        self._application = application

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """What the application answers, unless the body is refused before or on its way."""
        if scope["type"] != "http" or scope["method"] in {"GET", "HEAD", "OPTIONS"}:
            await self._application(scope, receive, send)
            return
        headers = {name: value.decode("latin-1") for name, value in scope["headers"]}
        most = MOST_BYTES
        declared = headers.get(b"content-length", "")
        much = not declared.isdecimal() or int(declared) > MOST_BYTES
        if much and "/desk/" in scope["path"] and await sync_to_async(_at_the_desk)(headers.get(b"cookie", "")):
            most = MOST_BYTES_AT_THE_DESK
        if declared.isdecimal() and int(declared) > most:
            await _refuse(send, 413, most)
            return
        body = _Body(receive, send, most)
        await self._application(scope, body.receive, body.send)
        if body.refused and not body.answered:
            await _refuse(send, body.refused, most)


class _Body:
    """The body of a request on its way in. Once refused, the application hears that the client has gone."""

    def __init__(self, receive: Receive, send: Send, most: int) -> None:
        self._receive = receive
        self._send = send
        self._most = most
        self._bytes = 0
        self._whole = False
        self.refused = 0
        self.answered = False

    async def receive(self) -> Mapping[str, Any]:
        if self._whole:
            return await self._receive()  # only that the client has gone
        try:
            message = await asyncio.wait_for(self._receive(), SILENT_SECONDS)
        except TimeoutError:
            return self._refuse(408)
        self._bytes += len(message.get("body", b""))
        self._whole = not message.get("more_body", False)
        return self._refuse(413) if self._bytes > self._most else message

    async def send(self, message: Mapping[str, Any]) -> None:
        self.answered = True
        await self._send(message)

    def _refuse(self, status: int) -> Mapping[str, Any]:
        self.refused = status
        return {"type": "http.disconnect"}


async def _refuse(send: Send, status: int, most: int) -> None:
    words = f"This is too large: at most {most // 2**20} MB can be sent here." if status == 413 else "This came too slowly."
    headers = [(b"content-type", b"text/plain; charset=utf-8"), (b"connection", b"close")]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": f"{words}\n".encode()})


def _at_the_desk(cookie: str) -> bool:
    """Whether the cookie is that of somebody signed in. A cookie alone is easily made up."""
    try:
        morsel = SimpleCookie(cookie).get(settings.SESSION_COOKIE_NAME)
    except CookieError:
        return False
    if morsel is None:
        return False
    try:
        return SESSION_KEY in import_module(settings.SESSION_ENGINE).SessionStore(session_key=morsel.value)
    finally:
        close_old_connections()
