"""Duplicates on the command line."""

from __future__ import annotations

import json
from typing import Any

import pytest
from click.testing import CliRunner

from masthead.audience.models import MailingList
from masthead.cli.main import masthead

pytestmark = pytest.mark.django_db


def run(*arguments: str) -> tuple[int, str]:
    result = CliRunner().invoke(masthead, arguments)
    return result.exit_code, result.output


def test_two_readers_are_found_merged_and_taken_apart(make_subscriber: Any, mailing_list: MailingList) -> None:
    one, other = make_subscriber("leo@hotmail.com", mailing_list), make_subscriber("leo@hotmial.com", mailing_list, state="left")
    code, said = run("reader", "duplicates", "--json")
    assert (code, json.loads(said)) == (0, [{"one": "leo@hotmail.com", "other": "leo@hotmial.com", "why": "misspelt"}])
    assert "1 pairs" in run("reader", "duplicates")[1]
    code, said = run("reader", "merge", "LEO@hotmail.com", "leo@hotmial.com", "--json")
    assert code == 0
    assert json.loads(said)["lists"] == {"The Courier": "left"}
    assert "Nobody seems to be here twice" in run("reader", "duplicates")[1]
    assert "two readers again" in run("reader", "unmerge", "leo@hotmial.com")[1]
    assert (one.subscriptions.get().state, other.subscriptions.get().state) == ("active", "left")


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("merge", "leo@hotmail.com", "nobody@example.org"), "No reader has the address nobody@example.org"),
        (("merge", "leo@hotmail.com", "leo@hotmail.com"), "Choose two different readers"),
        (("unmerge", "leo@hotmail.com"), "is not merged into another reader"),
    ],
)
def test_what_cannot_be_is_said(make_subscriber: Any, arguments: tuple[str, ...], words: str) -> None:
    make_subscriber("leo@hotmail.com")
    result = CliRunner().invoke(masthead, ["reader", *arguments])
    assert result.exit_code != 0
    assert words in f"{result.output}{result.exception}"
