"""Hands one single mail to a relay over a lane of its own."""

from __future__ import annotations

from masthead.mail.message import Message
from masthead.mail.transports.base import Lane, Refused, Reply, Stage


async def hand_over(lane: Lane, message: Message) -> tuple[Stage, Reply]:
    """Open `lane`, send `message`, close; the relay's answer, whatever its code, and to what it is. Raises TransportError."""
    await lane.open()
    try:
        await lane.begin(message)
        refused = await lane.ready()
        if isinstance(refused, Refused):
            return refused.stage, refused.reply
        await lane.body()
        return "dot", await lane.finish(None)
    finally:
        await lane.close()
