"""An issue that may be forwarded."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.web.conftest import publish_edition


@pytest.fixture
def edition(publication: Any) -> Any:
    """Public, of a publication that offers forwarding."""
    return issue_of(publication)(1971)


@pytest.fixture
def publish(publication: Any) -> Callable[..., Any]:
    """A function: number, fields → another one."""
    return issue_of(publication)


def issue_of(publication: Any) -> Callable[..., Any]:
    publication.share_web = ["facebook", "forward"]
    publication.save(update_fields=["share_web"])
    return lambda number, **fields: publish_edition(publication, number, f"Tides and ferries {number}", **fields)
