"""Bounces that a real Postfix makes come back into a real mailbox, or straight to the listener, and are judged."""

from __future__ import annotations

import contextlib
import csv
import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from tests.servers.dovecot import PASSWORD, USER, dovecot
from tests.servers.install import Install
from tests.servers.processes import answers, free_port, running, until
from tests.servers.sinks import postfix

pytestmark = [pytest.mark.journey, pytest.mark.postfix]

READERS = [
    "good@receiver.example",
    "gone@receiver.example",
    "full@receiver.example",
    "strict@receiver.example",
    "far@elsewhere.example",
]
#: The receiver: knows three mailboxes, one of them full, refuses a text, and takes nothing for other domains.
RECEIVER = """
mynetworks = 192.0.2.0/24
virtual_mailbox_domains = receiver.example
virtual_mailbox_maps = inline:{ good@receiver.example=x, full@receiver.example=x, strict@receiver.example=x }
virtual_transport = discard
relayhost =
smtpd_relay_restrictions = reject_unauth_destination
smtpd_recipient_restrictions = check_recipient_access inline:{{full@receiver.example=552 5.2.2 Mailbox is over quota}}, permit
header_checks = regexp:{{/^To:.*strict@/ REJECT Message content rejected}}
"""
EXPECTED = {
    "gone@receiver.example": ("userunknown", "5.1.1", 1, "suppressed"),
    "full@receiver.example": ("mailboxfull", "5.2.2", 0, "counted"),
    "strict@receiver.example": ("spamdetected", "5.7.1", 0, "alarm"),
    "far@elsewhere.example": ("norelaying", "5.7.1", 0, "alarm"),
}


@pytest.fixture
def install(tmp_path: Path) -> Install:
    made = Install(tmp_path, {"BOUNCE_DOMAIN": "returns.example"})
    made.run("init")
    made.run(
        *("publication", "create", "--name", "The Courier", "--from", "courier@example.org", "--next-number", "1971"),
        *("--imprint", "The Courier, 7 Quay Street, Porthaven", "--live"),
    )
    with (tmp_path / "readers.csv").open("w", newline="") as file:
        csv.writer(file).writerows([["email"], *([address] for address in READERS)])
    made.run("import", str(tmp_path / "readers.csv"), "--list", "The Courier")
    (tmp_path / "issue.md").write_text("The ferry runs again.\n")
    made.run("issue", "create", str(tmp_path / "issue.md"), "--title", "The ferry")
    return made


def found(install: Install) -> dict[str, tuple[object, ...]]:
    """What became of each reader whose mail came back, as the database has it."""
    with closing(sqlite3.connect(install.folder / "data" / "masthead.sqlite3")) as database:
        rows = database.execute(
            "SELECT address_key, reason, status, dead, outcome, identity FROM bounces_finding"
            " JOIN audience_subscriber ON audience_subscriber.id = subscriber_id"
        ).fetchall()
    assert {row[-1] for row in rows} <= {"token"}
    return {row[0]: row[1:-1] for row in rows}


@contextlib.contextmanager
def sent(install: Install, *, more: str) -> Iterator[None]:
    """The issue has left by a Postfix of ours, which brings back what the receiver refuses as `more` of its main.cf says."""
    with postfix(more=RECEIVER) as receiver, postfix(next_hop=receiver, more=more) as relay:
        install.settings["SMTP_URL"] = f"smtp://127.0.0.1:{relay}"
        assert "5 readers: 5 accepted." in install.run("send", "1971", "--list", "The Courier", "--wait")
        yield


def test_bounces_of_a_real_postfix_are_fetched_from_a_real_mailbox(install: Install) -> None:
    with dovecot() as server:
        owner = server.folder.stat()
        into = f"""
virtual_mailbox_domains = returns.example
virtual_mailbox_base = {server.folder.parent}
virtual_mailbox_maps = static:{server.folder.name}/
virtual_minimum_uid = 1
virtual_uid_maps = static:{owner.st_uid}
virtual_gid_maps = static:{owner.st_gid}
"""
        with sent(install, more=into):
            until(lambda: len(server.names()) == 4, seconds=60, what="four bounces are in the mailbox")
        add = ["--host", "127.0.0.1", "--port", str(server.port), "--security", "none", "--user", USER]
        (install.folder / "password").write_text(PASSWORD + "\n")
        (install.folder / "wrong").write_text("guessed\n")
        add = ["bounces", "mailbox", "add", "returns", *add]
        refused = install.run(*add, "--password-file", str(install.folder / "wrong"), status=1)
        assert "returns was not kept. The server refused the user name or the password" in refused
        install.run(*add, "--password-file", str(install.folder / "password"))
        assert "INBOX holds 4 mails." in install.run("bounces", "mailbox", "test", "returns")
        assert "returns: 4 new mails stored." in install.run("bounces", "fetch")
        assert "returns: 0 new mails stored." in install.run("bounces", "fetch", "returns")
        assert all(name.endswith("S") for name in server.names())
        row = json.loads(install.run("bounces", "mailbox", "list", "--json"))
        assert (row["taken"], row["waiting"], row["trouble"]) == (4, 0, "")
        install.run("bounces", "mailbox", "remove", "returns")
        assert install.run("bounces", "mailbox", "list") == ""
    with install.serving():
        until(lambda: len(found(install)) == 4 and "pending" not in str(found(install)), seconds=120, what="all are judged")
    assert found(install) == EXPECTED
    assert suppressed(install) == 1


def test_bounces_of_a_real_postfix_are_delivered_to_the_listener(install: Install) -> None:
    port = free_port()
    into = f"\nrelay_domains = returns.example\ntransport_maps = inline:{{returns.example=lmtp:inet:127.0.0.1:{port}}}\n"
    listen = install.command("bounces", "listen", "--port", str(port))
    with running(listen, log=install.folder / "listen.log", environment=install.environment):
        until(lambda: answers(port), seconds=60, what="the listener answers")
        with sent(install, more=into), install.serving():
            until(lambda: len(found(install)) == 4 and "pending" not in str(found(install)), seconds=120, what="all are judged")
    assert found(install) == EXPECTED
    assert suppressed(install) == 1


def suppressed(install: Install) -> int:
    with closing(sqlite3.connect(install.folder / "data" / "masthead.sqlite3")) as database:
        return int(database.execute("SELECT count(*) FROM mail_suppression").fetchone()[0])
