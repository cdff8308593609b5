"""TLS from the start and STARTTLS, with certificates of an own authority; sign-in; a probe in words."""

from __future__ import annotations

import ipaddress
import ssl
from base64 import b64encode
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from masthead.mail.transports.base import ConnectFailed, TransportConfig
from masthead.mail.transports.smtp.deadlines import Deadlines
from masthead.mail.transports.smtp.lane import SmtpLane
from masthead.mail.transports.smtp.probing import probe_smtp
from tests.mail.scripted import EHLO, LOST, REFUSALS, Relay, Script, scripted
from tests.servers.certificates import self_signed

SHORT = Deadlines(connect=3, command=1, block=1, dot=1, quit=0.5)
STARTTLS = b"250-scripted.example\r\n250-STARTTLS\r\n250 AUTH PLAIN\r\n"
AUTH = b"250-scripted.example\r\n250 AUTH PLAIN\r\n"


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A certificate for "localhost" alone, signed by itself; key and certificate in one file."""
    return self_signed(tmp_path_factory.mktemp("tls"))


@pytest.fixture
def tls(certificate: Path) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    return context


def config(relay: Relay, certificate: Path, **changes: Any) -> TransportConfig:
    made = TransportConfig(
        "relay", "smtp", "localhost", relay.port, "starttls", user="courier", password="s3cret", ca_file=str(certificate)
    )
    return replace(made, **changes)


async def test_starttls_is_followed_by_a_second_ehlo_and_the_sign_in(tls: ssl.SSLContext, certificate: Path) -> None:
    with scripted(Script(ehlo=STARTTLS, tls=tls)) as relay:
        lane = SmtpLane(config(relay, certificate), SHORT)
        await lane.open()
        await lane.close()
        secret = b64encode(b"\0courier\0s3cret")
        assert relay.commands == [b"EHLO [127.0.0.1]", b"STARTTLS", b"EHLO [127.0.0.1]", b"AUTH PLAIN " + secret, b"QUIT"]


async def test_tls_from_the_start(tls: ssl.SSLContext, certificate: Path) -> None:
    with scripted(Script(ehlo=AUTH, tls=tls, tls_from_start=True)) as relay:
        lane = SmtpLane(config(relay, certificate, security="tls"), SHORT)
        await lane.open()
        await lane.close()
        assert relay.commands[1].startswith(b"AUTH PLAIN ")


async def test_auth_login_where_plain_is_not_offered(tls: ssl.SSLContext, certificate: Path) -> None:
    with scripted(Script(ehlo=AUTH.replace(b"PLAIN", b"LOGIN"), tls=tls, tls_from_start=True)) as relay:
        lane = SmtpLane(config(relay, certificate, security="tls"), SHORT)
        await lane.open()
        await lane.close()
        assert relay.commands[2:4] == [b64encode(b"courier"), b64encode(b"s3cret")]


async def failure(relay: Relay, certificate: Path, **changes: Any) -> ConnectFailed:
    with pytest.raises(ConnectFailed) as failed:
        await SmtpLane(config(relay, certificate, **changes), SHORT).open()
    assert "s3cret" not in failed.value.text
    return failed.value


@pytest.mark.parametrize("security", ["starttls", "tls"])
async def test_a_certificate_of_an_unknown_authority_is_refused(tls: ssl.SSLContext, certificate: Path, security: str) -> None:
    with scripted(Script(ehlo=STARTTLS, tls=tls, tls_from_start=security == "tls")) as relay:
        error = await failure(relay, certificate, ca_file="", security=security)
        assert "certificate" in error.text
        assert error.permanent
        assert not any(command.startswith(b"AUTH") for command in relay.commands)


async def test_a_certificate_for_another_host_is_refused(tls: ssl.SSLContext, certificate: Path) -> None:
    with scripted(Script(ehlo=STARTTLS, tls=tls)) as relay:
        text = (await failure(relay, certificate, host="127.0.0.1")).text
        assert "write the host as its certificate has it" in text


async def test_a_server_without_starttls_gets_no_password(certificate: Path) -> None:
    with scripted(Script(ehlo=AUTH)) as relay:
        error = await failure(relay, certificate)
        assert error.stage == "starttls"
        assert relay.commands == [b"EHLO [127.0.0.1]"]


async def test_bytes_before_the_handshake_end_the_session(tls: ssl.SSLContext, certificate: Path) -> None:
    """RFC 3207 §6: else an attacker's answers, sent in clear, would be read as the encrypted server's."""
    with scripted(Script(ehlo=STARTTLS, tls=tls, starttls=b"220 Go\r\n250-evil\r\n250 AUTH PLAIN\r\n")) as relay:
        assert "before the encryption began" in (await failure(relay, certificate)).text


async def test_a_refused_sign_in_is_permanent_and_has_the_servers_words(tls: ssl.SSLContext, certificate: Path) -> None:
    with scripted(Script(ehlo=STARTTLS, tls=tls, auth=b"535 5.7.8 Wrong\r\n")) as relay:
        error = await failure(relay, certificate)
        assert (error.stage, error.permanent) == ("auth", True)
        assert "535 5.7.8 Wrong" in error.text


async def test_a_sign_in_that_fails_for_now_is_not_permanent(tls: ssl.SSLContext, certificate: Path) -> None:
    with scripted(Script(ehlo=STARTTLS, tls=tls, auth=b"454 4.7.0 Later\r\n")) as relay:
        error = await failure(relay, certificate)
        assert (error.stage, error.permanent) == ("auth", False)


QUICK = Deadlines(connect=0.4, command=0.4, block=0.4, dot=0.4, quit=0.2)


@pytest.mark.parametrize("fault", LOST)
async def test_a_fault_at_starttls_ends_the_session_before_any_secret(fault: str, certificate: Path) -> None:
    with scripted(Script(ehlo=STARTTLS, starttls=LOST[fault])) as relay:
        with pytest.raises(ConnectFailed) as failed:
            await SmtpLane(config(relay, certificate), QUICK).open()
        assert (failed.value.stage, failed.value.permanent) == ("starttls", False)
        assert relay.commands == [b"EHLO [127.0.0.1]", b"STARTTLS"]


@pytest.mark.parametrize("code", REFUSALS)
async def test_a_refusal_of_starttls_has_the_servers_words(code: str, certificate: Path) -> None:
    with scripted(Script(ehlo=STARTTLS, starttls=REFUSALS[code])) as relay:
        with pytest.raises(ConnectFailed, match=r"refused to begin encryption \(\d") as failed:
            await SmtpLane(config(relay, certificate), QUICK).open()
        assert (failed.value.stage, failed.value.permanent) == ("starttls", code == "550")
        assert relay.commands == [b"EHLO [127.0.0.1]", b"STARTTLS"]


@pytest.mark.parametrize("act", ["silence", b"lorem ipsum\r\n"])
async def test_a_handshake_that_is_none_ends_at_its_deadline(act: Any, certificate: Path) -> None:
    """The server said "go ahead" and then speaks no TLS."""
    with scripted(Script(ehlo=STARTTLS, body=act)) as relay:
        relay.script.starttls = Script.starttls + (act if isinstance(act, bytes) else b"")
        with pytest.raises(ConnectFailed) as failed:
            await SmtpLane(config(relay, certificate), QUICK).open()
        assert failed.value.stage == "starttls"


@pytest.mark.parametrize("fault", LOST)
async def test_a_fault_at_the_sign_in_is_no_connection_and_no_refusal(fault: str, tls: ssl.SSLContext, certificate: Path) -> None:
    with scripted(Script(ehlo=AUTH, tls=tls, tls_from_start=True, auth=LOST[fault])) as relay:
        with pytest.raises(ConnectFailed) as failed:
            await SmtpLane(config(relay, certificate, security="tls"), QUICK).open()
        assert (failed.value.stage, failed.value.permanent) == ("auth", False)
        assert "s3cret" not in failed.value.text


async def test_a_plain_port_taken_for_tls_is_told_in_words(certificate: Path) -> None:
    with scripted(Script()) as relay:
        assert "choose STARTTLS" in (await failure(relay, certificate, security="tls")).text


async def test_an_unknown_host_is_told_in_words(certificate: Path) -> None:
    with scripted(Script()) as relay:
        assert "not known" in (await failure(relay, certificate, host="no-such-host.invalid")).text


async def test_on_loopback_opportunistic_stays_in_clear(tls: ssl.SSLContext, certificate: Path) -> None:
    with scripted(Script(ehlo=STARTTLS, tls=tls)) as relay:
        lane = SmtpLane(config(relay, certificate, security="opportunistic", host="127.0.0.1"), SHORT)
        await lane.open()
        await lane.close()
        assert b"STARTTLS" not in relay.commands
    assert ipaddress.ip_address("127.0.0.1").is_loopback


async def test_a_probe_tells_each_step(tls: ssl.SSLContext, certificate: Path) -> None:
    with scripted(Script(ehlo=STARTTLS, tls=tls)) as relay:
        steps = await probe_smtp(config(relay, certificate), SHORT)
    assert [(step.name, step.ok) for step in steps] == [("connect", True), ("tls", True), ("sign-in", True), ("features", True)]
    assert "TLSv1" in steps[1].text


async def test_a_probe_ends_at_what_fails(tls: ssl.SSLContext, certificate: Path) -> None:
    with scripted(Script(ehlo=EHLO)) as relay:
        steps = await probe_smtp(config(relay, certificate), SHORT)
    assert [(step.name, step.ok) for step in steps] == [("connect", True), ("tls", False)]
