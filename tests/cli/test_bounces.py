"""`masthead bounces read`, as programs and people call it."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from masthead.cli.commands import bounces
from tests.cli.test_main import masthead

FIXTURES = Path(__file__).resolve().parents[1] / "fixtures" / "mail"


def test_one_line_of_json_for_each_file(tmp_path: Path) -> None:
    files = [str(FIXTURES / name) for name in ("dsn-postfix-unknown.eml", "arf-abuse.eml")]
    result = masthead("bounces", "read", *files, "--json", data=tmp_path / "data")
    assert result.returncode == 0, result.stderr
    bounce, complaint = [json.loads(line) for line in result.stdout.splitlines()]
    expected = {
        "file": files[0],
        "kind": "bounce",
        "address": "alva@example.net",
        "address_from": "final-recipient",
        "status": "5.1.1",
        "reply": "550",
        "class": "5",
        "reason": "userunknown",
        "dead": True,
        "message_id": "m1@news.example.org",
        "feedback_type": None,
    }
    assert {name: bounce[name] for name in expected} == expected
    assert (complaint["kind"], complaint["feedback_type"], complaint["class"]) == ("complaint", "abuse", None)


def test_a_folder_and_a_file_that_is_not_there(tmp_path: Path) -> None:
    result = masthead("bounces", "read", str(FIXTURES), str(tmp_path / "nowhere.eml"), "--json", data=tmp_path / "data")
    assert result.returncode == 1
    lines = [json.loads(line) for line in result.stdout.splitlines()]
    assert len(lines) == len(list(FIXTURES.glob("*"))) + 1
    assert lines[-1] == {"file": str(tmp_path / "nowhere.eml"), "kind": None, "error": "No such file or directory"}


def test_a_mail_that_cannot_be_read_is_told_by_the_exit_code_after_all_the_others(tmp_path: Path) -> None:
    bounce = str(FIXTURES / "dsn-postfix-unknown.eml")
    result = CliRunner().invoke(bounces.bounces, ["read", str(tmp_path / "nowhere.eml"), bounce])
    assert result.exit_code == 1
    gone, read = result.output.splitlines()
    assert gone.endswith("unread: No such file or directory")
    assert read.startswith(f"{bounce}: bounce: ")
    assert CliRunner().invoke(bounces.bounces, ["read", bounce]).exit_code == 0


def test_standard_input_and_the_words_for_people(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "masthead", "bounces", "read", "-"]
    mail = b"From: mailer-daemon@example.net\nSubject: failure notice\n\n<ann@example.net>:\n550 5.1.1 no such user \x1b[31m\n"
    environment = {"PYTHONPATH": str(FIXTURES.parents[2] / "src"), "MASTHEAD_DATA": str(tmp_path)}
    result = subprocess.run(command, input=mail, capture_output=True, env=environment, timeout=60)
    assert result.returncode == 0, result.stderr
    assert result.stdout.startswith(b"-: bounce: ann@example.net: dead address (550 5.1.1): ")
    assert b"\x1b" not in result.stdout


def test_reading_needs_no_install(tmp_path: Path) -> None:
    masthead("bounces", "read", str(FIXTURES / "arf-abuse.eml"), data=tmp_path / "data")
    assert not (tmp_path / "data" / "masthead.sqlite3").exists()


@pytest.mark.django_db
def test_a_token_of_this_install_names_the_reader(monkeypatch: pytest.MonkeyPatch, reader: Any, edition_sent_to: Any) -> None:
    monkeypatch.setattr(bounces, "_has_install", lambda: True)
    mail = f"From: mailer-daemon@example.net\nTo: b+{edition_sent_to(reader)}@bounce.example.org\nSubject: failure notice\n\n"
    asked = CliRunner().invoke(
        bounces.bounces, ["read", "-", "--json"], input=mail + "<other@example.net>:\n550 5.1.1 no such user"
    )
    found = json.loads(asked.stdout)
    assert (found["address"], found["address_from"], found["others"]) == ("rosa@example.org", "token", ["other@example.net"])


@pytest.fixture
def edition_sent_to(publication: Any, now: Any) -> Any:
    """A function: reader → the bounce token of a mail to them."""
    from masthead.delivery.models import Campaign, Delivery
    from masthead.issues.models import Edition, Issue
    from masthead.mail import sealing

    def send(reader: Any) -> str:
        words = dict.fromkeys(("mail_html_full", "mail_html_excerpt", "text_full", "text_excerpt"), "")
        issue = Issue.objects.create(publication=publication, number=1971, title="t")
        edition = Edition.objects.create(
            publication=publication, issue=issue, version=1, number=1971, label="1971", language="en", direction="ltr", slug="s",
            date=now.date(), title="t", subject="t", visibility="public", mail_mode="full", slots={}, renderer_version=1,
            digest="0" * 64, created_at=now, by="system", **words,
        )  # fmt: skip
        campaign = Campaign.objects.create(edition=edition, mail_mode="full", by="staff:1", created_at=now)
        return sealing.seal(sealing.BOUNCE, Delivery.objects.create(campaign=campaign, subscriber=reader).pk)

    return send
