"""Facts about an issue in which nothing is wrong, to spoil in one place."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from masthead.issues import preflight
from masthead.issues.blocks.text import TextBlock
from masthead.issues.content import Content, Masthead
from masthead.issues.findings.base import Facts, Finding
from masthead.issues.rendering.edition import render

GOOD = Content(
    masthead=Masthead(name="The Courier", base_url="https://courier.example.org", imprint="The Courier, 7 Quay Street"),
    number=1971,
    date=date(2026, 11, 22),
    language="en",
    title="The ferry is back",
    excerpt="After nine months the Marigold crosses again.",
    url="https://courier.example.org/issues/1971/",
    body=(TextBlock('<p>She left the yard, says <a href="https://example.org/yard">the yard itself</a>.</p>'),),
)


@pytest.fixture
def findings() -> Callable[..., dict[str, Finding]]:
    """A function: fields of the content, `facts` of the rest → findings by id."""

    def make(facts: dict[str, Any] | None = None, **fields: Any) -> dict[str, Finding]:
        content = dataclasses.replace(GOOD, **fields)
        given = {"from_address": "courier@example.org", "own_host": "courier.example.org", **(facts or {})}
        given.setdefault("today", content.date)
        about = Facts(content=content, rendered=given.pop("rendered", None) or render(content), **given)
        return {finding.id: finding for finding in preflight.findings_about(about)}

    return make


@pytest.fixture
def text(findings: Any) -> Callable[..., dict[str, Finding]]:
    """A function: HTML of a single text block → findings by id."""

    def make(html: str, **more: Any) -> dict[str, Finding]:
        return findings(body=(TextBlock(html),), **more)

    return make
