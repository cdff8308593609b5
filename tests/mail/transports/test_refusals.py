"""Refusals that are about us are told from those of one reader, with a way out."""

from __future__ import annotations

import pytest

from masthead.mail.transports import refusals
from masthead.mail.transports.base import Reply, Stage


@pytest.mark.parametrize(
    ("stage", "reply", "ours", "way_out"),
    [
        ("mail", Reply(530, "5.7.0", "Authentication required"), True, "give it the user and password of an account"),
        ("mail", Reply(550, "", "No"), True, "change the sender's address"),
        ("rcpt", Reply(553, "5.7.1", "<a@x.example>: Sender address rejected: not owned by user b"), True, "change the sender's"),
        ("rcpt", Reply(550, "5.1.8", "<a@x.example>: Domain not found"), True, "change the sender's address"),
        ("dot", Reply(554, "5.2.252", "SendAsDenied; b not allowed"), True, "change the sender's address"),
        ("rcpt", Reply(554, "5.7.1", "<r@y.example>: Relay access denied"), True, "takes no mail for others from us"),
        ("dot", Reply(550, "5.7.1", "Blocked"), True, "ask its operator"),
        ("rcpt", Reply(550, "5.1.1", "No such user"), False, ""),
        ("dot", Reply(552, "5.2.2", "Mailbox full"), False, ""),
        ("mail", Reply(451, "4.3.0", "Later"), False, ""),
    ],
)
def test_whose_fault_it_is_and_what_helps(stage: Stage, reply: Reply, ours: bool, way_out: str) -> None:
    assert refusals.is_our_fault(stage, reply) == ours
    if ours:
        words = refusals.in_words("harbour", stage, reply)
        assert "The mail server harbour" in words
        assert f"({reply})" in words
        assert way_out in words


def test_a_refusal_of_one_reader_stays_in_the_servers_words() -> None:
    for reply in (Reply(550, "5.1.1", "No such user"), Reply(550, "5.7.1", "We do not want this list")):
        assert refusals.explained("harbour", "rcpt", reply) == str(reply)
    assert "let us send as this sender" in refusals.explained("harbour", "rcpt", Reply(550, "5.1.8", "Domain not found"))
