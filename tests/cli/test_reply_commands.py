"""Replies on the command line."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

import pytest
from click.testing import CliRunner

from masthead.bounces.models import RepliesGoTo, Reply
from masthead.cli.main import masthead
from masthead.delivery.models import Campaign
from masthead.mail import sealing
from tests.bounces.conftest import campaign, deliver, make_campaign, take

__all__ = ["campaign", "deliver", "make_campaign"]
pytestmark = pytest.mark.django_db


@pytest.fixture
def reply(campaign: Campaign, reader: Any, deliver: Any, now: datetime) -> Reply:
    """A reader's answer with a command for the terminal in it."""
    token = sealing.seal(sealing.MESSAGE_ID, deliver(campaign, reader).pk)
    head = f"From: Ada <{reader.address}>\nTo: {campaign.edition.publication.from_address}\nSubject: Re: ferry\n"
    take(f"{head}In-Reply-To: <{token}@example.org>\n\nThe ferry\x1b[2J sails.\n".encode(), at=now)
    return Reply.objects.get()


def run(*arguments: str) -> tuple[int, str]:
    result = CliRunner().invoke(masthead, ["replies", *arguments])
    return result.exit_code, result.output


def test_replies_are_listed_shown_and_marked(reply: Reply) -> None:
    code, text = run("list")
    assert code == 0
    assert f"No. 1971  {reply.sender}  Re: ferry" in text
    code, text = run("show", str(reply.pk))
    assert "sails." in text
    assert "\x1b" not in text
    assert json.loads(run("list", "--new", "--json")[1])[0]["id"] == reply.pk
    assert run("mark", str(reply.pk)) == (0, f"Reply {reply.pk} is read.\n")
    assert run("list", "--new") == (0, "There is no reply.\n")
    run("mark", str(reply.pk), "--new")
    assert json.loads(run("list", "--new", "--issue", "1971", "--json")[1])[0]["new"] is True
    assert json.loads(run("list", "--issue", "1", "--json")[1]) == []


def test_a_reply_that_is_not_there_is_named_and_the_way_out(db: None) -> None:
    code, text = run("show", "7")
    assert (code, text) == (1, "masthead: There is no reply 7. See: masthead replies list --all\n")


def test_replies_are_passed_on_to_a_person_and_never_to_ourselves(publication: Any) -> None:
    assert "stay at the desk" in run("pass-on")[1]
    assert "passed on to ada@example.net" in run("pass-on", "ada@example.net")[1]
    code, text = run("pass-on", publication.from_address)
    assert code == 1
    assert "read by Masthead itself" in text
    assert RepliesGoTo.objects.get().address == "ada@example.net"
    assert "stay at the desk" in run("pass-on", "--stop")[1]
