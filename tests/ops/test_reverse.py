"""The name of the address that mail leaves from."""

from __future__ import annotations

import pytest

from masthead.ops.doctor.reverse import calls_itself, has_own_name
from masthead.ops.doctor.rows import Record
from tests.servers.names import Zoned

ADDRESS = "203.0.113.7"
HOST = "mx.tidewater-courier.net"


def zone(name: str = "", back: str = ADDRESS) -> Zoned:
    return Zoned({ADDRESS: {"PTR": [name] if name else []}, name: {"A": [back]}, HOST: {"A": [ADDRESS]}})


@pytest.mark.parametrize(
    ("name", "back", "result", "words"),
    [
        (HOST, ADDRESS, "pass", HOST),
        ("", ADDRESS, "fail", "no name"),
        ("other.tidewater-courier.net", "203.0.113.8", "fail", "does not lead back"),
        ("203-0-113-7.dsl.tidewater-courier.net", ADDRESS, "fail", "to every address"),
        ("ip7.113.000.203.tidewater-courier.net", ADDRESS, "fail", "to every address"),
        ("mx2.203.tidewater-courier.net", ADDRESS, "pass", "leads back"),
    ],
)
def test_a_mail_server_on_this_machine_needs_a_name_of_its_own(name: str, back: str, result: str, words: str) -> None:
    row = has_own_name("localhost", ADDRESS, Zoned({ADDRESS: {"PTR": [name] if name else []}, name: {"A": [back]}}))
    assert (row.result, row.check) == (result, "ptr")
    assert words in row.words


def test_the_record_to_publish_leads_the_name_back() -> None:
    assert has_own_name("127.0.0.1", ADDRESS, zone("mail.tidewater-courier.net", "192.0.2.9")).publish == Record(
        "mail.tidewater-courier.net", "A", ADDRESS
    )


def test_of_a_server_elsewhere_only_the_good_is_said() -> None:
    assert has_own_name(HOST, "", zone(HOST)).result == "pass"
    assert has_own_name(HOST, "", zone()).result == "unchecked"


@pytest.mark.parametrize(("relay", "own"), [("", ADDRESS), ("localhost", ""), ("email-smtp.eu-west-1.amazonaws.com", "")])
def test_what_cannot_be_known_is_not_called_good(relay: str, own: str) -> None:
    assert has_own_name(relay, own, zone(HOST)).result == "unchecked"


@pytest.mark.parametrize(
    ("server", "own", "result", "words"),
    [
        (HOST, ADDRESS, "pass", "leads to this machine"),
        (HOST, "203.0.113.8", "fail", "does not lead"),
        (HOST, "", "unchecked", "not known here"),
        ("localhost", ADDRESS, "fail", "no full name"),
        ("[203.0.113.7]", ADDRESS, "fail", "no full name"),
        ("", ADDRESS, "fail", "no full name"),
        ("debian.localdomain.lan", ADDRESS, "fail", "nobody else"),
    ],
)
def test_a_mail_server_on_this_machine_calls_itself_by_a_name_that_leads_here(
    server: str, own: str, result: str, words: str
) -> None:
    row = calls_itself(server, own, zone())
    assert (row.check, row.result) == ("helo", result)
    assert words in row.words
    assert (row.publish == Record(HOST, "A", own)) == (words == "does not lead")
