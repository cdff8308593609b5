"""Readers on the command line: duplicates, and the list that an import fills."""

from __future__ import annotations

import json
from pathlib import Path
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


@pytest.fixture
def file(tmp_path: Path) -> str:
    path = tmp_path / "readers.csv"
    path.write_text("email\nrosa@example.org\n")
    return str(path)


@pytest.mark.parametrize("slip", ["The Curier", "the-couriers", "THE  COURIR"])
def test_a_list_that_looks_misspelt_is_not_made(file: str, mailing_list: MailingList, slip: str) -> None:
    for more in ((), ("--dry-run",)):
        code, said = run("import", file, "--list", slip, *more)
        assert code == 1
        assert "Did you mean" in said
        assert "--new-list" in said
    assert MailingList.objects.get() == mailing_list


def test_a_list_of_nearly_the_same_name_is_made_when_that_is_said(file: str, mailing_list: MailingList) -> None:
    assert run("import", file, "--list", "The Couriers", "--new-list")[0] == 0
    assert MailingList.objects.get(name="The Couriers").subscriptions.count() == 1


def test_the_first_import_makes_its_list_and_one_of_a_known_name_goes_there(file: str, mailing_list: MailingList) -> None:
    for name in ("Tides", "the courier", "The Courier"):
        assert run("import", file, "--list", name)[0] == 0
    assert MailingList.objects.count() == 2
    assert mailing_list.subscriptions.count() == 1
