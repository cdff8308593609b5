"""Relays of the tests' own: Postfix's smtp-sink, and Postfix itself."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any

from tests.servers.processes import answers, free_port, program, running, until


@dataclass(frozen=True)
class Sink:
    """A relay on a loopback port. What it took lies in `folder`, a file for each mail, its bytes as they came."""

    port: int
    folder: Path

    @property
    def url(self) -> str:
        """For MASTHEAD_SMTP_URL."""
        return f"smtp://127.0.0.1:{self.port}"

    def mails(self) -> list[EmailMessage]:
        """Everything it took. The envelope stands in the headers X-Mail-Args and X-Rcpt-Args that smtp-sink adds."""
        return [message_from_bytes(path.read_bytes(), policy=policy.default) for path in sorted(self.folder.iterdir())]  # type: ignore[misc]

    def recipients(self) -> list[str]:
        """Whom the mails went to, by their envelopes."""
        return sorted(str(mail["X-Rcpt-Args"]).partition("<")[2].partition(">")[0] for mail in self.mails())


@contextlib.contextmanager
def smtp_sink(folder: Path, *options: str, port: int | None = None) -> Iterator[Sink]:
    """Postfix's smtp-sink. `options` as in its manual: "-f", "MAIL" refuses every sender for good."""
    mails = folder / "sink"
    mails.mkdir(exist_ok=True)
    port = port or free_port()
    as_root = ["-u", "root"] if os.geteuid() == 0 else []
    command = [program("smtp-sink"), *as_root, *options, "-d", f"{mails}/%M.", f"127.0.0.1:{port}", "256"]
    with running(command, log=folder / "sink.log"):
        until(lambda: answers(port), seconds=10, what="smtp-sink answers")
        yield Sink(port, mails)


@dataclass(frozen=True)
class RecordingSink:
    """`masthead.mail.sink` in a process of its own; a line of `log` for each final dot."""

    port: int
    log: Path
    process: subprocess.Popen[bytes]

    @property
    def url(self) -> str:
        """For MASTHEAD_SMTP_URL."""
        return f"smtp://127.0.0.1:{self.port}"

    def dots(self) -> list[dict[str, Any]]:
        """What it has seen."""
        return [json.loads(line) for line in self.log.read_text().splitlines(keepends=True) if line.endswith("\n")]

    def hurry(self) -> None:
        """It takes no time over a mail any more."""
        self.process.send_signal(signal.SIGUSR1)


@contextlib.contextmanager
def recording_sink(folder: Path, *options: str, inside: Sequence[str] = ()) -> Iterator[RecordingSink]:
    """The sink of the drills, which can be told to misbehave: `options` as in its module.

    `inside`: what runs it somewhere else, such as in a network of its own.
    """
    log = folder / "dots.log"
    log.touch()
    command = [*inside, sys.executable, "-m", "masthead.mail.sink", str(log), *options]
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).resolve().parents[2] / "src")}
    said = folder / "dots.port"
    with running(command, log=said, environment=environment) as process:
        until(lambda: said.read_text().endswith("\n"), seconds=20, what="the sink tells its port")
        yield RecordingSink(int(said.read_text()), log, process)


@contextlib.contextmanager
def postfix(*, next_hop: int = 0, refuse: dict[str, str] | None = None, log: Path | None = None, more: str = "") -> Iterator[int]:
    """A whole Postfix with its own configuration and queue, yields its port.

    It passes everything on to the loopback port `next_hop`, but for the recipients in `refuse` (address → the words it says).
    When it has ended, what it logged is in `log`. `more` is added to its main.cf; what stands there twice counts as it does last.
    """
    # Not in a folder of pytest's, which lets nobody through: Postfix works as users of its own.
    port, home = free_port(), Path(tempfile.mkdtemp(prefix="masthead-postfix-"))
    home.chmod(0o755)
    configuration, queue, data = home / "etc", home / "queue", home / "data"
    for path in (configuration, queue, data):
        path.mkdir(parents=True)
    subprocess.run(["chown", "postfix", str(data)], check=True)
    (configuration / "refused").write_text("".join(f"{address} {words}\n" for address, words in (refuse or {}).items()))
    main = _MAIN.format(configuration=configuration, queue=queue, data=data, next_hop=next_hop, log=home / "log")
    (configuration / "main.cf").write_text(_merged(main + more))
    (configuration / "master.cf").write_text(_MASTER.format(port=port))
    command = [program("postfix"), "-c", str(configuration)]
    subprocess.run([*command, "start"], check=True, capture_output=True)
    try:
        until(lambda: answers(port), seconds=20, what="Postfix answers")
        yield port
    finally:
        subprocess.run([*command, "stop"], check=True, capture_output=True)
        if log is not None:
            shutil.copyfile(home / "log", log)
        shutil.rmtree(home)


def _merged(text: str) -> str:
    """Each setting once, as it stands last.

    Of one that stands twice every daemon warns at its start, the one that writes the log too, to itself; with enough of them the
    socket of the log is full before anybody reads it, and all of them wait for ever.
    """
    settings = dict(line.split(" = ", 1) if " = " in line else (line.removesuffix(" ="), "") for line in text.split("\n") if line)
    return "".join(f"{name} = {value}\n" for name, value in settings.items())


_MAIN = """
compatibility_level = 3.6
maillog_file = {log}
maillog_file_prefixes = /
queue_directory = {queue}
data_directory = {data}
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
myhostname = relay.example.org
mydestination =
local_recipient_maps =
alias_maps =
mynetworks = 127.0.0.0/8
smtputf8_enable = yes
relayhost = [127.0.0.1]:{next_hop}
smtpd_relay_restrictions = permit_mynetworks, reject
smtpd_recipient_restrictions = check_recipient_access texthash:{configuration}/refused, permit_mynetworks, reject
smtpd_client_connection_count_limit = 0
smtp_host_lookup = native
disable_dns_lookups = yes
"""
_MASTER = """
127.0.0.1:{port} inet n - n - - smtpd
pickup unix n - n 60 1 pickup
cleanup unix n - n - 0 cleanup
qmgr unix n - n 300 1 qmgr
tlsmgr unix - - n 1000? 1 tlsmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
verify unix - - n - 1 verify
flush unix n - n 1000? 0 flush
proxymap unix - - n - - proxymap
smtp unix - - n - - smtp
relay unix - - n - - smtp
lmtp unix - - n - - lmtp
virtual unix - n n - - virtual
showq unix n - n - - showq
error unix - - n - - error
retry unix - - n - - error
discard unix - - n - - discard
anvil unix - - n - 1 anvil
scache unix - - n - 1 scache
postlog unix-dgram n - n - 1 postlogd
"""
