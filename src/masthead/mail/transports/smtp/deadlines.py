"""How long each answer may take, altogether."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Deadlines:
    """Seconds from writing a command to its complete reply.

    RFC 5321 §4.5.3.2 asks for 5 minutes for the greeting, MAIL and RCPT; 60 s fits one's own relay. The final dot keeps its
    10 minutes: who waits shorter there sends mails twice.
    """

    connect: float = 60
    command: float = 60
    block: float = 180
    dot: float = 600
    quit: float = 5
