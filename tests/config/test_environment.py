"""Settings from the environment: what is read, and how a wrong value is refused."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest

from masthead.config import environment as env
from masthead.config import settings


@pytest.fixture(autouse=True)
def undeclared() -> Iterator[None]:
    """The table that the docs are compared with keeps the settings of the product alone."""
    before = dict(env.DECLARED)
    yield
    env.DECLARED.clear()
    env.DECLARED.update(before)


def test_a_value_comes_from_the_environment_or_is_the_default(monkeypatch: pytest.MonkeyPatch) -> None:
    assert env.number("TRIAL", 7, help="") == 7
    monkeypatch.setenv("MASTHEAD_TRIAL", "12")
    assert env.number("TRIAL", 7, help="") == 12
    assert env.words("TRIAL", "", help="") == ["12"]


@pytest.mark.parametrize(("value", "why"), [("twelve", "whole number"), ("0", "between 1 and 65535"), ("70000", "between 1")])
def test_a_wrong_number_is_refused_with_its_name_and_the_reason(monkeypatch: pytest.MonkeyPatch, value: str, why: str) -> None:
    monkeypatch.setenv("MASTHEAD_TRIAL", value)
    with pytest.raises(env.SettingError, match=f"MASTHEAD_TRIAL is '{value}': .*{why}"):
        env.number("TRIAL", 7, least=1, most=65535, help="")


def test_switches_and_choices_say_what_they_take(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MASTHEAD_TRIAL", "perhaps")
    with pytest.raises(env.SettingError, match="yes or no"):
        env.switch("TRIAL", False, help="")
    with pytest.raises(env.SettingError, match="one of DEBUG, INFO"):
        env.choice("TRIAL", "INFO", ("DEBUG", "INFO"), help="")


def test_a_secret_may_stand_in_a_file_but_not_in_two_places(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("hush\n")
    monkeypatch.setenv("MASTHEAD_TRIAL_FILE", str(tmp_path / "secret"))
    assert env.text("TRIAL", help="", secret=True) == "hush"
    monkeypatch.setenv("MASTHEAD_TRIAL", "hush")
    with pytest.raises(env.SettingError, match="both set"):
        env.text("TRIAL", help="", secret=True)
    monkeypatch.delenv("MASTHEAD_TRIAL")
    monkeypatch.setenv("MASTHEAD_TRIAL_FILE", str(tmp_path / "nowhere"))
    with pytest.raises(env.SettingError, match="cannot be read"):
        env.text("TRIAL", help="", secret=True)


def test_a_wrong_secret_is_not_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MASTHEAD_TRIAL", "smtp:/user:hush@host")

    def refuse(value: str) -> str:
        raise ValueError("it must look like smtp://…")

    with pytest.raises(env.SettingError) as refused:
        env.parsed("TRIAL", "", refuse, secret=True, help="")
    assert "hush" not in str(refused.value)


@pytest.mark.parametrize("url", ["mysql://u:p@h/d", "postgres", "sqlite:///x"])
def test_only_postgresql_is_a_database_address(url: str) -> None:
    with pytest.raises(ValueError, match="postgresql://"):
        settings._database(url)


def test_an_old_sqlite_is_refused_before_anything_is_written(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sqlite3, "sqlite_version_info", (3, 37, 2))
    with pytest.raises(ValueError, match=r"3\.38 is needed"):
        settings._database("")
