"""Tries a server step by step, for the person who is configuring it. Sends no mail."""

from __future__ import annotations

from django.utils.translation import gettext as _

from masthead.mail.transports.base import ConnectFailed, Step, TransportConfig
from masthead.mail.transports.smtp.deadlines import Deadlines
from masthead.mail.transports.smtp.greeting import Session, connect, secure, sign_in
from masthead.mail.transports.smtp.wire import WireError

#: Somebody is looking at a screen: shorter than while sending.
PATIENCE = Deadlines(connect=10, command=10)


async def probe_smtp(config: TransportConfig, deadlines: Deadlines = PATIENCE) -> list[Step]:
    """Connect, encrypt, sign in; stops at the first step that fails. Raises nothing for a server that misbehaves."""
    steps: list[Step] = []
    session: Session | None = None
    name = "connect"
    try:
        session = await connect(config, deadlines)
        words = _("Connected. It says: %(words)s") % {"words": session.greeting}
        steps.append(Step(name, True, words, server=session.greeting.partition(" ")[0].lower()))
        name = "tls"
        await secure(session, config, deadlines)
        steps.append(Step(name, True, _encryption(session)))
        name = "sign-in"
        await sign_in(session, config, deadlines)
        steps.append(Step(name, True, _("Signed in as %(user)s.") % {"user": config.user} if config.user else _("No sign-in.")))
        steps.append(Step("features", True, _features(session), session.offers.size))
    except ConnectFailed as error:
        steps.append(Step(name, False, error.text))
    if session is not None:
        await _leave(session, deadlines)
    return steps


def _encryption(session: Session) -> str:
    if session.encrypted:
        return _("Encrypted (%(version)s), certificate checked.") % {"version": session.protocol}
    if session.loopback:
        return _("Not encrypted; it stays on this machine.")
    return _("Not encrypted: everybody on the way can read along.")


def _features(session: Session) -> str:
    offers = session.offers
    words = []
    words.append(_("takes several commands at once") if offers.pipelining else _("takes one command at a time, which is slow"))
    words.append(_("addresses in all scripts") if offers.smtputf8 else _("only addresses in Latin letters"))
    words.append(
        _("mails up to %(size)d MB") % {"size": offers.size // 1_000_000} if offers.size else _("no limit on size given")
    )
    return "; ".join(words) + "."


async def _leave(session: Session, deadlines: Deadlines) -> None:
    try:
        session.wire.write(b"QUIT\r\n")
        await session.wire.reply(deadlines.quit)
    except WireError:
        session.wire.abort()  # it did not say good-bye; the probe is done all the same
        return
    session.wire.close()
