"""A running inbox, and a configuration that leads to it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from pytest_django import Settings

from masthead.mail.inbox import listener
from masthead.mail.sender import Sender


@pytest.fixture
def inbox(transactional_db: None, settings: Settings, tmp_path: Path) -> Iterator[listener.Listener]:
    """The built-in inbox on a free port."""
    settings.DATA = tmp_path
    settings.INBOX_PORT = 0
    settings.SMTP_URL = ""
    running = listener.start()
    yield running
    running.stop()


@pytest.fixture
def courier() -> Sender:
    """The voice of an invented bulletin."""
    return Sender(
        name="The Courier", address="courier@example.org", publication="The Courier", base_url="https://news.example.org"
    )
