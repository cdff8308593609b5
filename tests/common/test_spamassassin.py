"""SpamAssassin as it is on this machine, and what is made of its report."""

from __future__ import annotations

from pathlib import Path

import pytest

from masthead.common import spamassassin
from masthead.common.spamassassin import CannotScore, Rule

installed = pytest.mark.skipif(not spamassassin.is_installed(), reason="SpamAssassin is not installed; bin/test installs it")
#: The mail that every SpamAssassin calls spam, made for tests.
GTUBE = "XJS*C4JDBQADN1.NSBN3*2IDNEN*GTUBE-STANDARD-ANTI-UBE-TEST-EMAIL*C.34X"
REPORT = """MASTHEAD-SCORE 6.4 5.0
 2.7 MISSING_DATE           Missing Date: header
-0.0 NO_RELAYS              Informational: message was not relayed via SMTP
 0.2 NORMAL_HTTP_TO_IP      URI: URI host has a public dotted-decimal IPv4
                            address
-1.5 SOME_FRIEND            A friend
   5 LARGE                  Points without a fraction
"""


def test_the_rules_that_count_are_read_worst_first() -> None:
    score = spamassassin.read_report(REPORT)
    assert (score.points, score.limit) == (6.4, 5.0)
    assert score.rules == (
        Rule(5.0, "LARGE", "Points without a fraction"),
        Rule(2.7, "MISSING_DATE", "Missing Date: header"),
        Rule(0.2, "NORMAL_HTTP_TO_IP", "URI: URI host has a public dotted-decimal IPv4 address"),
        Rule(-1.5, "SOME_FRIEND", "A friend"),
    )


@installed
def test_spam_is_called_spam_and_why() -> None:
    score = spamassassin.score(f"From: a@example.org\nSubject: Hi\n\nMASTHEAD-SCORE 0.0 5.0\n{GTUBE}".encode())
    assert score.points > score.limit
    assert score.rules[0].name == "GTUBE"


def test_a_machine_without_it_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/nonexistent")
    assert not spamassassin.is_installed()
    with pytest.raises(CannotScore, match="not installed"):
        spamassassin.score(b"Subject: Hi\n\nHi\n")


@pytest.mark.parametrize(("script", "words"), [("exit 3", "status 3"), ("echo out of rules >&2; exit 2", "out of rules")])
def test_one_that_does_not_work_is_quoted(script: str, words: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    program = tmp_path / "spamassassin"
    program.write_text(f"#!/bin/sh\ncat >/dev/null\n{script}\n")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    with pytest.raises(CannotScore, match=words):
        spamassassin.score(b"Subject: Hi\n\nHi\n")
