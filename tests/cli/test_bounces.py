"""`masthead bounces read`, as programs and people call it."""

import json
import subprocess
import sys
from pathlib import Path

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
    assert result.returncode == 0
    lines = [json.loads(line) for line in result.stdout.splitlines()]
    assert len(lines) == len(list(FIXTURES.glob("*"))) + 1
    assert lines[-1] == {"file": str(tmp_path / "nowhere.eml"), "kind": None, "error": "No such file or directory"}


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
