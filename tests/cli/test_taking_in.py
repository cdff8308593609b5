"""What a mail server hands over is stored before it is acknowledged."""

from __future__ import annotations

import os
import smtplib
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from tests.cli.test_main import SOURCES
from tests.servers.processes import running, until

BOUNCE = (
    b"From: mailer-daemon@example.net\nTo: b+x@example.org\nSubject: failure notice\n\n<ann@example.net>:\n550 no such user\n"
)


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The data folder of an install of its own."""
    folder = tmp_path_factory.mktemp("install")
    command = [sys.executable, "-m", "masthead", "init"]
    made = subprocess.run(command, capture_output=True, env=environment(folder), timeout=600)
    assert made.returncode == 0, made.stderr
    yield folder


def environment(data: Path, **more: str) -> dict[str, str]:
    kept = {key: value for key, value in os.environ.items() if not key.startswith(("MASTHEAD_", "DJANGO_"))}
    return kept | {"PYTHONPATH": SOURCES, "MASTHEAD_DATA": str(data)} | more


def take(data: Path, mail: bytes, *options: str, **more: str) -> subprocess.CompletedProcess[bytes]:
    command = [sys.executable, "-m", "masthead", "bounces", "take", *options]
    return subprocess.run(command, input=mail, capture_output=True, env=environment(data, **more), timeout=300)


def stored(data: Path) -> list[tuple[str, str, str, bytes]]:
    with closing(sqlite3.connect(data / "masthead.sqlite3")) as database:
        rows = database.execute("SELECT via, envelope_from, envelope_to, raw FROM bounces_rawreport ORDER BY id")
        return [(via, sender, recipient, bytes(raw)) for via, sender, recipient, raw in rows]


def test_the_pipe_stores_a_mail_once_without_the_line_of_an_mbox(data: Path) -> None:
    for _twice in range(2):
        result = take(
            data, b"From MAILER-DAEMON Wed Nov 25 10:00:00 2026\n" + BOUNCE, SENDER="", ORIGINAL_RECIPIENT="b+x@example.org"
        )
        assert (result.returncode, result.stderr) == (0, b"")
    assert [row for row in stored(data) if row[0] == "pipe"] == [("pipe", "<>", "b+x@example.org", BOUNCE)]


def test_the_pipe_asks_the_mail_server_to_try_again_when_it_cannot_store(tmp_path: Path) -> None:
    result = take(tmp_path, BOUNCE)
    assert result.returncode == 75
    assert result.stderr.startswith(b"masthead: The mail cannot be stored now: ")
    wrong = take(tmp_path, BOUNCE, MASTHEAD_PORT="eighty")
    assert wrong.returncode == 75


def test_an_empty_pipe_is_no_mail(data: Path) -> None:
    assert take(data, b"").returncode == 65


@pytest.mark.parametrize("speech", ["lmtp", "smtp"])
def test_the_listener_acknowledges_what_is_stored(data: Path, tmp_path: Path, speech: str) -> None:
    log = tmp_path / "log"
    command = [sys.executable, "-m", "masthead", "bounces", "listen", "--port", "0", *(["--smtp"] if speech == "smtp" else [])]
    mail = (BOUNCE + speech.encode() + b"\n").replace(b"\n", b"\r\n")
    with running(command, log=log, environment=environment(data)) as process:
        until(lambda: b"Masthead takes" in log.read_bytes(), seconds=300, what="the listener's greeting")
        port = int(log.read_text().partition("127.0.0.1:")[2].split()[0])
        client = smtplib.LMTP if speech == "lmtp" else smtplib.SMTP
        with client("127.0.0.1", port) as connection:
            assert connection.sendmail("", ["b+y@example.org"], mail) == {}
            assert ("listener", "<>", "b+y@example.org", mail) in stored(data)
            with closing(sqlite3.connect(data / "masthead.sqlite3", isolation_level=None)) as database:
                database.execute("ALTER TABLE bounces_rawreport RENAME TO away")
                try:
                    with pytest.raises(smtplib.SMTPException, match="451"):
                        connection.sendmail("a@example.org", ["b+y@example.org"], mail + b"again\r\n")
                finally:
                    database.execute("ALTER TABLE away RENAME TO bounces_rawreport")
    assert process.returncode == 0, log.read_text()


def test_a_socket_file_serves_as_well_and_each_recipient_is_answered(data: Path, tmp_path: Path) -> None:
    log, path = tmp_path / "log", tmp_path / "lmtp"
    command = [sys.executable, "-m", "masthead", "bounces", "listen", "--socket", str(path)]
    with running(command, log=log, environment=environment(data)):
        until(lambda: b"Masthead takes" in log.read_bytes(), seconds=300, what="the listener's greeting")
        with smtplib.LMTP(str(path)) as connection:
            connection.ehlo_or_helo_if_needed()
            connection.mail("")
            for recipient in ("somebody@example.org", "b+z@example.org"):
                assert connection.rcpt(recipient)[0] == 250
            # One answer for each recipient (RFC 2033 §4.2); smtplib reads the first.
            answers = [connection.data(BOUNCE.replace(b"\n", b"\r\n") + b"by a file\r\n"), connection.getreply()]
            assert [code for code, _words in answers] == [250, 250]
        assert stored(data)[-1][:3] == ("listener", "<>", "b+z@example.org")
    assert not path.exists()
