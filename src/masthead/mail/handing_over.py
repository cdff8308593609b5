"""Hands one single mail to a relay over a lane of its own."""

from __future__ import annotations

from masthead.mail.message import Message
from masthead.mail.transports.base import Lane, Refused, Reply


async def hand_over(lane: Lane, message: Message) -> Reply:
    """Open `lane`, send `message`, close; the relay's answer, whatever its code. Raises TransportError."""
    await lane.open()
    try:
        await lane.begin(message)
        refused = await lane.ready()
        if isinstance(refused, Refused):
            return refused.reply
        await lane.body()
        return await lane.finish(None)
    finally:
        await lane.close()
