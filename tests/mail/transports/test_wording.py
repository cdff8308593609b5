"""What is wrong with a relay is one sentence: what is so, the server's own words, and the setting that helps."""

from __future__ import annotations

import errno
import socket
import ssl
from dataclasses import replace

import pytest

from masthead.mail.transports.base import ConnectFailed, TransportConfig
from masthead.mail.transports.smtp import wording
from masthead.mail.transports.smtp.deadlines import Deadlines
from masthead.mail.transports.smtp.lane import SmtpLane
from tests.mail.scripted import CLOSE, ENDLESS, SILENCE, Act, Script, scripted

SHORT = Deadlines(connect=1, command=0.5, block=0.5, dot=0.5, quit=0.2)
CONFIG = TransportConfig("harbour", "smtp", "localhost", 587, "none")
ENVIRONMENT = replace(CONFIG, name="MASTHEAD_SMTP_URL", security="opportunistic")


@pytest.mark.parametrize(
    ("greeting", "kind", "said"),
    [
        (b"* OK [CAPABILITY IMAP4rev1] Ready.\r\n", "IMAP", "* OK [CAPABILITY IMAP4rev1] Ready."),
        (b"+OK Ready.\r\n", "POP3", "+OK Ready."),
        (b"HTTP/1.1 400 Bad Request\r\n\r\n", "HTTP", "HTTP/1.1 400 Bad Request"),
        (b"SSH-2.0-Harbour\r\n", "SSH", "SSH-2.0-Harbour"),
    ],
)
async def test_a_server_of_another_kind_is_named(greeting: bytes, kind: str, said: str) -> None:
    text = await failure(Script(greeting=greeting))
    assert f"another kind, {kind} (it said “{said}”): check the port; mail is usually taken on 587 or 465." in text


@pytest.mark.parametrize("greeting", [SILENCE, CLOSE, b"\x15\x03\x01\x00\x02\x02\x46\r\n"])
async def test_who_does_not_greet_may_want_tls(greeting: Act) -> None:
    assert "if the port wants TLS from the start, as 465 does, choose TLS as encryption" in await failure(
        Script(greeting=greeting)
    )


@pytest.mark.parametrize("greeting", [ENDLESS, b"lorem ipsum\r\n"])
async def test_who_greets_with_nonsense_does_not(greeting: Act) -> None:
    text = await failure(Script(greeting=greeting))
    assert text.endswith("check host and port.")
    assert "TLS" not in text


async def test_a_refusal_has_the_servers_words_and_a_way_out() -> None:
    assert "(554 5.7.1 Not you): only its operator can let it in." in await failure(Script(greeting=b"554 5.7.1 Not you.\r\n"))
    assert "(421 4.7.0 Busy): it is worth trying again" in await failure(Script(greeting=b"421 4.7.0 Busy\r\n"))
    assert "by the name [127.0.0.1] (550 No): the name is that of MASTHEAD_BASE_URL." in await failure(Script(ehlo=b"550 No\r\n"))


async def test_a_sign_in_that_is_not_offered_or_refused() -> None:
    ehlo = b"250-scripted.example\r\n250 AUTH PLAIN\r\n"
    user = replace(CONFIG, user="courier", password="s3cret")
    assert "leave user and password empty, or use its port for signing in" in await failure(Script(), user)
    crammed = Script(ehlo=b"250-scripted.example\r\n250 AUTH CRAM-MD5\r\n")
    assert "(it offers CRAM-MD5): ask its operator" in await failure(crammed, user)
    wrong = await failure(Script(ehlo=ehlo, auth=b"535 5.7.8 Wrong\r\n"), user)
    assert wrong == "localhost refused the user or the password (535 5.7.8 Wrong): check both."
    later = await failure(Script(ehlo=ehlo, auth=b"454 4.7.0 No database\r\n"), user)
    assert later.endswith("cannot check user and password now (454 4.7.0 No database): it is worth trying again later.")


async def test_where_the_environment_says_it_the_variable_is_named() -> None:
    user = replace(ENVIRONMENT, user="courier", password="s3cret")
    assert "choose smtps://, in MASTHEAD_SMTP_URL" in await failure(Script(greeting=CLOSE), ENVIRONMENT)
    assert "leave user and password empty in MASTHEAD_SMTP_URL" in await failure(Script(), user)


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (
            socket.gaierror(socket.EAI_NONAME, "Name or service not known"),
            "is not known: check its spelling in MASTHEAD_SMTP_URL.",
        ),
        (
            socket.gaierror(socket.EAI_AGAIN, "Temporary failure"),
            "could not be looked up (Temporary failure): check its spelling",
        ),
        (ConnectionRefusedError(errno.ECONNREFUSED, "Connect call failed ('::1', 587)"), "Port 587 of localhost is closed"),
        (
            TimeoutError(),
            "did not answer on port 587 within 7 s: check host and port in MASTHEAD_SMTP_URL, and whether a firewall",
        ),
        (
            OSError(errno.EHOSTUNREACH, "Connect call failed ('192.0.2.1', 587)"),
            "port 587 (No route to host): check host and port",
        ),
        (ssl.SSLError(1, "[SSL: UNSUPPORTED_PROTOCOL] unsupported protocol"), "No encryption could be agreed"),
    ],
)
def test_who_cannot_be_reached(error: Exception, words: str) -> None:
    text = wording.not_connected(ENVIRONMENT, error, 7).text
    assert words in text
    assert "\n" not in text


def test_a_handshake_that_is_cut_off_says_more_than_nothing() -> None:
    """An empty error of the event loop must not become an empty reason."""
    text = wording.not_connected(replace(CONFIG, security="tls"), ConnectionAbortedError(), 7).text
    assert text.endswith("on port 587 (it closed the connection): check host, port and encryption.")


async def failure(script: Script, config: TransportConfig = CONFIG) -> str:
    with scripted(script) as relay, pytest.raises(ConnectFailed) as failed:
        await SmtpLane(replace(config, port=relay.port), SHORT).open()
    assert "s3cret" not in failed.value.text
    assert "\n" not in failed.value.text
    return failed.value.text
