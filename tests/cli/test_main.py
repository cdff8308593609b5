"""How the command line speaks."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

SOURCES = str(Path(__file__).resolve().parents[2] / "src")


def masthead(*arguments: str, data: Path, **settings: str) -> subprocess.CompletedProcess[str]:
    environment = {key: value for key, value in os.environ.items() if not key.startswith("MASTHEAD_")}
    environment |= {"PYTHONPATH": SOURCES, "MASTHEAD_DATA": str(data), **settings}
    return subprocess.run(
        [sys.executable, "-m", "masthead", *arguments], env=environment, capture_output=True, text=True, timeout=60
    )


def test_help_names_every_command_without_touching_the_data_folder(tmp_path: Path) -> None:
    result = masthead("--help", data=tmp_path / "data")
    assert result.returncode == 0
    for name in ("init", "serve", "worker", "publication", "import", "issue", "send", "verify", "inbox"):
        assert f"  {name} " in result.stdout
    assert "django" not in result.stdout
    assert not (tmp_path / "data").exists()


@pytest.mark.parametrize(
    ("setting", "value", "reason"),
    [
        ("MASTHEAD_PORT", "eighty", "it must be a whole number"),
        ("MASTHEAD_BASE_URL", "news.example.org", "it must be an address such as https://news.example.org"),
        ("MASTHEAD_DATABASE_URL", "mysql://root@localhost/x", "it must be a postgresql:// address"),
        ("MASTHEAD_SMTP_URL", "relay.example.org", "it must look like smtp://user:password@host:587"),
        ("MASTHEAD_LOG_LEVEL", "LOUD", "it must be one of DEBUG, INFO, WARNING, ERROR"),
    ],
)
def test_a_wrong_setting_stops_the_start_with_one_sentence(tmp_path: Path, setting: str, value: str, reason: str) -> None:
    result = masthead("init", data=tmp_path, **{setting: value})
    assert result.returncode == 2
    assert setting in result.stderr
    assert reason in result.stderr
    assert "Traceback" not in result.stderr
    assert result.stderr.count("\n") == 1


def test_a_secret_is_not_shown(tmp_path: Path) -> None:
    result = masthead("init", data=tmp_path, MASTHEAD_SMTP_URL="hunter2@relay.example.org")
    assert result.returncode == 2
    assert "hunter2" not in result.stderr


def test_a_setting_given_twice_is_refused(tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("smtp://relay.example.org:587\n")
    both = {"MASTHEAD_SMTP_URL": "smtp://relay.example.org:25", "MASTHEAD_SMTP_URL_FILE": str(tmp_path / "secret")}
    result = masthead("init", data=tmp_path, **both)
    assert result.returncode == 2
    assert "both set" in result.stderr


def test_a_database_that_is_not_there_is_said_in_a_sentence(tmp_path: Path) -> None:
    result = masthead("publication", "create", "--name", "The Courier", "--from", "courier@example.org", data=tmp_path)
    assert result.returncode == 1
    assert "masthead init" in result.stderr
    assert "Traceback" not in result.stderr


def test_a_taken_port_is_said_before_anything_else(tmp_path: Path) -> None:
    import socket

    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        result = masthead("serve", "--port", str(port), data=tmp_path)
    assert result.returncode == 1
    assert f"port {port}" in result.stderr
    assert "--port" in result.stderr


def test_an_unknown_command_is_a_usage_error(tmp_path: Path) -> None:
    result = masthead("sned", data=tmp_path)
    assert result.returncode == 2
    assert "sned" in result.stderr
