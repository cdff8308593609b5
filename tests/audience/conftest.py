"""What the tests of readers share."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from masthead.audience import importing
from masthead.audience.models import ImportRun
from masthead.mail.sender import Sender


@pytest.fixture
def sender() -> Sender:
    """The voice of the bulletin."""
    return Sender(
        name="The Courier",
        address="courier@example.org",
        imprint="The Courier, 7 Quay Street, Porthaven",
        base_url="https://courier.example.org",
        publication="The Courier",
    )


@pytest.fixture
def load(tmp_path: Path, mailing_list: Any, now: Any, settings: Any) -> Callable[..., ImportRun]:
    """A function: the text or bytes of a CSV file → the finished run of its import."""
    settings.DATA = tmp_path

    def load(content: str | bytes, *, dry_run: bool = False, statement: str = "Signed on paper.", **options: Any) -> ImportRun:
        path = tmp_path / "readers.csv"
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return importing.import_file(
            path=path, mailing_list=mailing_list, statement=statement, dry_run=dry_run, by="command line", now=now, **options
        )

    return load
