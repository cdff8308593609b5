"""Postfix as the relay, with its own configuration and queue, handing everything on to a sink."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from masthead.common import spamassassin
from tests.servers.cutting import cutting
from tests.servers.install import Install
from tests.servers.processes import until
from tests.servers.sinks import postfix, smtp_sink

pytestmark = [pytest.mark.journey, pytest.mark.postfix]

READERS = [f"reader{number}@example.org" for number in range(30)]
GONE = "reader13@example.org"


def test_postfix_takes_every_mail_but_the_one_it_refuses(tmp_path: Path) -> None:
    install = Install(tmp_path)
    install.run("init")
    install.run(
        *("publication", "create", "--name", "The Courier", "--from", "courier@example.org", "--next-number", "1971"),
        *("--imprint", "The Courier, 7 Quay Street, Porthaven", "--live"),
    )
    with (tmp_path / "readers.csv").open("w", newline="") as file:
        csv.writer(file).writerows([["email"], *([address] for address in READERS)])
    install.run("import", str(tmp_path / "readers.csv"), "--list", "The Courier")
    (tmp_path / "issue.md").write_text("A line that begins with a dot:\n\n.dot\n\nGrüße aus Porthaven, شب یلدا.\n")
    install.run("issue", "create", str(tmp_path / "issue.md"), "--title", "Zwölf Boote")

    refusal = {GONE: "550 5.1.1 No such mailbox here"}
    with smtp_sink(tmp_path) as sink, postfix(next_hop=sink.port, refuse=refusal) as port:
        install.settings |= {"SMTP_URL": f"smtp://127.0.0.1:{port}", "SMTP_CONNECTIONS": "3"}
        said = install.run("send", "1971", "--list", "The Courier", "--wait")
        assert "30 readers: 29 accepted, 1 refused." in said
        until(lambda: len(sink.mails()) == 29, seconds=60, what="Postfix has handed everything on")
        assert sink.recipients() == sorted(set(READERS) - {GONE})
        # A second run sends nothing to anybody, nor to the one who was refused.
        assert "29 accepted, 1 refused." in install.run("send", "1971", "--list", "The Courier", "--wait")
        mails = sink.mails()
    assert len(mails) == 29
    for mail in mails:
        assert mail["Subject"] == "The Courier No. 1971: Zwölf Boote"
        text = mail.get_body(("plain",)).get_content()  # type: ignore[union-attr]
        assert "\n.dot" in text
        assert "Grüße aus Porthaven, شب یلدا." in text
    if spamassassin.is_installed():
        score = spamassassin.score(mails[0].as_bytes())
        assert score.points < 1.0, score.rules
    sums = install.json("verify", "1971")
    assert (sums["adds_up"], sums["accepted"], sums["rejected"], sums["repeats"]) == (True, 29, 1, 0)


def test_reconcile_settles_by_its_log_what_postfix_took_and_nothing_else(tmp_path: Path) -> None:
    install = Install(tmp_path)
    install.run("init")
    install.run(
        *("publication", "create", "--name", "The Courier", "--from", "courier@example.org", "--next-number", "1971"),
        *("--imprint", "The Courier, 7 Quay Street, Porthaven", "--live"),
    )
    (tmp_path / "readers.csv").write_text("email\n" + "".join(f"{address}\n" for address in READERS[:6]))
    install.run("import", str(tmp_path / "readers.csv"), "--list", "The Courier")
    (tmp_path / "issue.md").write_text("The ferry runs again.\n")
    install.run("issue", "create", str(tmp_path / "issue.md"), "--title", "The ferry")

    log = tmp_path / "mail.log"
    with smtp_sink(tmp_path) as sink, postfix(next_hop=sink.port, log=log) as port:
        with cutting(behind=port, passed_on=2, dropped=1) as front:
            install.settings |= {"SMTP_URL": f"smtp://127.0.0.1:{front}", "SMTP_CONNECTIONS": "1"}
            install.run("send", "1971", "--list", "The Courier", "--hold", "--wait")
        until(lambda: len(sink.mails()) == 5, seconds=60, what="Postfix has handed everything on")
        arrived = set(sink.recipients())
    uncertain = set(install.json("verify", "1971")["uncertain_readers"])
    assert len(uncertain) == 3

    tried = install.json("reconcile", "1971", "--log", str(log), "--dry-run")
    assert {each["address"] for each in tried["settled"]} == uncertain & arrived
    assert (len(tried["settled"]), tried["still_uncertain"]) == (2, 1)
    assert install.json("verify", "1971")["uncertain"] == 3

    said = install.run("reconcile", "1971", "--log", str(log))
    assert said.count("Postfix") == 2
    assert "2 settled, 1 still uncertain" in said
    sums = install.json("verify", "1971")
    assert (sums["adds_up"], sums["accepted"], sums["uncertain_readers"]) == (True, 5, sorted(uncertain - arrived))
    assert install.json("reconcile", "1971", "--log", str(log))["settled"] == []
