"""A setting that cannot work stops the start with a sentence."""

from __future__ import annotations

from pathlib import Path

from django.core.checks import run_checks
from pytest_django import Settings


def found() -> set[str | None]:
    return {message.id for message in run_checks() if (message.id or "").startswith("mail.")}


def test_the_defaults_are_fine() -> None:
    assert found() == set()


def test_an_unusable_signing_key_is_named(settings: Settings, tmp_path: Path) -> None:
    path = tmp_path / "dkim.pem"
    path.write_text("no key")
    settings.DKIM_KEY_FILE, settings.DKIM_DOMAIN, settings.DKIM_SELECTOR = str(path), "example.org", "s1"
    assert found() == {"mail.E001"}


def test_an_unreadable_authority_is_named(settings: Settings, tmp_path: Path) -> None:
    settings.SMTP_CA_FILE = str(tmp_path / "missing.pem")
    assert found() == {"mail.E002"}
    (tmp_path / "missing.pem").write_text("no certificate")
    assert found() == {"mail.E002"}
