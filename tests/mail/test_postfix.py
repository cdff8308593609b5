"""A private Postfix as relay, smtp-sink behind it: what arrives is what was written, signature and all."""

from __future__ import annotations

import shutil
import subprocess
import time
from base64 import b64encode
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import dkim as dkimpy
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from masthead.common.addresses import normalise
from masthead.mail import dkim
from masthead.mail.bulk import BulkTemplate
from masthead.mail.message import Message
from masthead.mail.transports.base import Refused, Reply, TransportConfig
from masthead.mail.transports.smtp.lane import SmtpLane
from tests.mail.test_bulk import PARTS, TOKEN
from tests.servers.processes import free_port

pytestmark = pytest.mark.postfix

MAIN = """
compatibility_level = 3.6
queue_directory = {home}/queue
data_directory = {home}/data
command_directory = /usr/sbin
daemon_directory = /usr/lib/postfix/sbin
maillog_file = {home}/log
maillog_file_prefixes = {home}
myhostname = relay.example.org
mydestination =
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
mynetworks = 127.0.0.0/8
relayhost = [127.0.0.1]:{sink}
smtpd_recipient_restrictions =
  check_recipient_access inline:{{{{nobody@example.com=550 5.1.1 No such reader}}, {{later@example.com=450 4.2.0 Come back}}}},
  permit_mynetworks, reject
smtputf8_enable = yes
in_flow_delay = 0
"""
MASTER = """
127.0.0.1:{port} inet n - n - - smtpd
pickup unix n - n 60 1 pickup
cleanup unix n - n - 0 cleanup
qmgr unix n - n 300 1 qmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
proxymap unix - - n - - proxymap
smtp unix - - n - - smtp
relay unix - - n - - smtp
error unix - - n - - error
retry unix - - n - - error
anvil unix - - n - 1 anvil
scache unix - - n - 1 scache
tlsmgr unix - - n 1000? 1 tlsmgr
postlog unix-dgram n - n - 1 postlogd
"""


@dataclass
class Relay:
    port: int
    arrived: Path

    def mails(self, wanted: int) -> list[bytes]:
        """What the sink got, once it has `wanted` mails."""
        deadline = time.monotonic() + 30
        while time.monotonic() < deadline:
            found = [path.read_bytes() for path in self.arrived.iterdir()]
            if len(found) >= wanted and all(mail.endswith(b"\n") for mail in found):
                return found
            time.sleep(0.1)
        raise AssertionError(f"only {len(list(self.arrived.iterdir()))} of {wanted} mails arrived")


@pytest.fixture(scope="module")
def relay() -> Iterator[Relay]:
    # Not below pytest's folder: Postfix's own user has to reach its queue.
    home = Path(subprocess.check_output(["mktemp", "-d", "/tmp/masthead-postfix-XXXXXX"], text=True).strip())
    home.chmod(0o755)
    arrived, etc = home / "arrived", home / "etc"
    for folder in (arrived, etc, home / "queue", home / "data"):
        folder.mkdir()
    shutil.chown(home / "data", "postfix")
    shutil.chown(arrived, "nobody")
    sink_port, port = free_port(), free_port()
    (etc / "main.cf").write_text(MAIN.format(home=home, sink=sink_port))
    (etc / "master.cf").write_text(MASTER.format(port=port))
    sink = subprocess.Popen(
        ["/usr/sbin/smtp-sink", "-u", "nobody", "-d", f"{arrived}/mail.", f"127.0.0.1:{sink_port}", "50"],
        stderr=subprocess.DEVNULL,
    )
    subprocess.run(["/usr/sbin/postfix", "-c", str(etc), "start"], check=True, capture_output=True)
    yield Relay(port, arrived)
    subprocess.run(["/usr/sbin/postfix", "-c", str(etc), "stop"], check=False, capture_output=True)
    sink.terminate()
    sink.wait(10)
    shutil.rmtree(home, ignore_errors=True)


async def send(relay: Relay, mails: list[Message]) -> list[Reply | Refused]:
    """All mails over one lane, pipelined."""
    lane = SmtpLane(TransportConfig("postfix", "smtp", "127.0.0.1", relay.port, "opportunistic"))
    await lane.open()
    assert lane.offers.pipelining
    assert lane.offers.dsn
    answers: list[Reply | Refused] = []
    await lane.begin(mails[0])
    for number in range(len(mails)):
        following = mails[number + 1] if number + 1 < len(mails) else None
        refused = await lane.ready()
        if refused is not None:
            answers.append(refused)
            if following is not None:
                await lane.begin(following)
            continue
        await lane.body()
        answers.append(await lane.finish(following))
    await lane.close()
    return answers


def issue(to: str, number: int, signer: dkim.Signer | None = None) -> Message:
    (mail,) = BulkTemplate(PARTS, signer).fill(
        names=["Jörg"],
        addresses=[normalise(to).ascii],
        dates=[1_767_776_400],
        message_tokens=[f"m{number}".encode()],
        bounce_tokens=[f"b{number}".encode()],
        tokens={"unsubscribe_url": [TOKEN.encode()]},
        texts={"f0": ["Jörg ."]},
    )
    return mail


async def test_what_arrives_behind_postfix_is_what_was_written(relay: Relay) -> None:
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    pem = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    public = key.public_key().public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
    signer = dkim.Signer(domain="example.org", selector="s1", pem=pem)
    sent = {f"<m{number}@news.example.org>": issue(f"reader{number}@example.com", number, signer) for number in range(25)}
    assert all(isinstance(answer, Reply) and answer.code == 250 for answer in await send(relay, list(sent.values())))
    record = b"v=DKIM1; k=rsa; p=" + b64encode(public)
    for dumped in relay.mails(25):
        head, _, mail = dumped.partition(b"DKIM-Signature: ")
        raw = (b"DKIM-Signature: " + mail.rstrip(b"\n") + b"\n").replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")
        written = sent[dkimpy.rfc822_parse(raw)[0][5][1].strip().decode()]
        assert raw == written.raw
        assert dkimpy.verify(raw, dnsfunc=lambda name, timeout=5: record)
        assert written.envelope_from.encode() in head
        assert written.envelope_to.encode() in head


async def test_a_reader_postfix_refuses_does_not_hold_up_the_others(relay: Relay) -> None:
    already = len(list(relay.arrived.iterdir()))
    to = ["a@example.com", "nobody@example.com", "later@example.com", "jörg@example.com", "b@example.com"]
    answers = await send(relay, [issue(address, 100 + number) for number, address in enumerate(to)])
    assert [(type(answer).__name__, (answer.reply if isinstance(answer, Refused) else answer).code) for answer in answers] == [
        ("Reply", 250),
        ("Refused", 550),
        ("Refused", 450),
        ("Reply", 250),
        ("Reply", 250),
    ]
    assert isinstance(answers[1], Refused)
    assert (answers[1].stage, answers[1].reply.enhanced) == ("rcpt", "5.1.1")
    assert len(relay.mails(already + 2)) >= already + 2
