"""`masthead transport`: a mail server is tried before it is kept, and says in its own words what is wrong."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from pytest_django import Settings

from masthead.cli.commands.transports import transport
from masthead.mail.models import Transport
from masthead.mail.passwords import open_password
from tests.mail.scripted import Script, scripted

AUTH = b"250-scripted.example\r\n250-PIPELINING\r\n250 AUTH PLAIN LOGIN\r\n"
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def nothing_by_environment(settings: Settings) -> None:
    settings.SMTP_URL = ""


def run(*arguments: str, stdin: str = "") -> Result:
    return CliRunner().invoke(transport, arguments, input=stdin)


def told(*arguments: str, stdin: str = "") -> Any:
    result = run(*arguments, stdin=stdin)
    assert result.exit_code == 0, (result.output, result.exception)
    return json.loads(result.stdout)


def test_a_server_is_added_listed_tested_changed_and_removed(tmp_path: Path) -> None:
    secret = tmp_path / "password"
    secret.write_text("s3cret tide\n")
    with scripted(Script(ehlo=AUTH)) as relay:
        where = ("--host", "127.0.0.1", "--port", str(relay.port))
        made = told("add", "harbour", *where, "--user", "courier", "--password-file", str(secret), "--per-second", "5", "--json")
        assert (made["kept"], made["in_use"], made["per_second"], made["security"]) == (True, True, 5, "opportunistic")
        assert [step["step"] for step in made["steps"]] == ["connect", "tls", "sign-in", "features"]
        assert open_password(bytes(Transport.objects.get().password_sealed)) == "s3cret tide"
        assert "s3cret" not in run("list", "--json").output
        options = ("--weight", "3", "--per-second", "0", "--per-day", "900", "--warm-up", "100", "50", "2000", "--no-use")
        changed = told("change", "harbour", *options, "--json")
        assert (changed["weight"], changed["per_second"], changed["per_day"], changed["port"]) == (3, None, 900, relay.port)
        assert (changed["warm_up"], changed["warm_up_ceiling"]) == ({"first": 100, "growth": 50, "full": 2000}, 100)
        assert open_password(bytes(Transport.objects.get().password_sealed)) == "s3cret tide", "nobody said another one"
        listed = told("list", "--json")
        assert [(each["name"], each["in_use"]) for each in listed["transports"]] == [("harbour", False)]
        run("change", "harbour", "--sender-domain", "news.example.org")
        shown = run("list").output
        assert "not in use; 900 per day, warm-up: 100 today" in shown
        assert "only mail from news.example.org" in shown
        assert told("test", "harbour", "--json")[0]["ok"] is True
    assert told("remove", "harbour", "--json") == {"removed": "harbour"}
    assert not Transport.objects.exists()
    assert relay.accepted == 0


def test_a_password_comes_from_standard_input() -> None:
    where = ("--host", "mail.example.org", "--user", "courier", "--untested")
    run("add", "harbour", *where, "--password-file", "-", stdin="s3cret tide\n")
    row = Transport.objects.get()
    assert (row.port, row.security, open_password(bytes(row.password_sealed))) == (587, "starttls", "s3cret tide")


@pytest.mark.parametrize(
    ("script", "options", "words"),
    [
        (
            Script(ehlo=AUTH, auth=b"535 5.7.8 No\r\n"),
            ("--user", "x"),
            "refused the user or the password (535 5.7.8 No): check both",
        ),
        (Script(greeting=b"554 5.7.1 Not you\r\n"), (), "does not talk to this machine (554 5.7.1 Not you): only its operator"),
        (Script(), ("--security", "starttls"), "offers no encryption (STARTTLS)"),
        (Script(), ("--security", "tls"), "does not speak TLS from the start: choose STARTTLS"),
        (Script(), ("--user", "x"), "offers no sign-in on port"),
        (Script(greeting=b"\x15\x03\x01\x00\x02\x02\x46\r\n"), (), "as 465 does, choose TLS as encryption"),
    ],
)
def test_what_is_wrong_is_one_sentence_with_the_servers_words(script: Script, options: tuple[str, ...], words: str) -> None:
    with scripted(script) as relay:
        result = run("add", "harbour", "--host", "127.0.0.1", "--port", str(relay.port), *options)
    assert result.exit_code == 1
    assert words in result.stderr
    assert result.stderr.count("\n") == 1
    assert not Transport.objects.exists()


def test_a_host_or_port_that_is_none_is_told() -> None:
    with scripted(Script()) as relay:
        port = str(relay.port)
    assert f"Port {port} of 127.0.0.1 is closed" in run("add", "x", "--host", "127.0.0.1", "--port", port).stderr
    assert "is not known: check its spelling" in run("add", "x", "--host", "no-such-host.invalid").stderr
    assert "without a port" in str(run("add", "x", "--host", "smtp://mail.example.org").exception)
    assert "ends above where it begins" in str(run("add", "x", "--host", "h.example", "--warm-up", "9", "9", "1").exception)


def test_a_name_nobody_has_is_told() -> None:
    for command in ("test", "remove", "change"):
        result = run(command, "harbour")
        assert result.exit_code == 1
        assert "no mail server named 'harbour'" in result.stderr


def test_testing_a_server_that_fails_ends_with_1() -> None:
    with scripted(Script()) as relay:
        port = relay.port
    Transport.objects.create(name="harbour", kind="smtp", host="127.0.0.1", port=port, security="none", in_use=True)
    result = run("test", "--json")
    assert result.exit_code == 1
    assert json.loads(result.stdout)[0]["ok"] is False
