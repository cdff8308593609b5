"""Webhooks of every provider."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest

from masthead.bounces import acting
from masthead.bounces.models import Finding, Webhook
from masthead.bounces.webhooks import configuring, reading, sns
from masthead.bounces.webhooks.receiving import receive
from tests.bounces.webhooks import posting


@pytest.fixture(autouse=True)
def amazon(monkeypatch: pytest.MonkeyPatch) -> None:
    """Amazon's certificates come from here."""
    monkeypatch.setattr(sns, "certificate", posting.amazons_certificate)


@pytest.fixture
def webhook_of() -> Callable[[str], Webhook]:
    """A function: provider → its webhook, kept."""

    def make(provider: str) -> Webhook:
        drafted = configuring.draft(provider=provider, secret=posting.secret_of(provider))
        return configuring.keep(webhook=drafted, by="staff:1", now=posting.NOW)

    return make


@pytest.fixture
def come_in(webhook_of: Callable[[str], Webhook]) -> Callable[..., Finding]:
    """A function: provider, event → the finding of it, judged."""

    def take(provider: str, event: Any, *, at: datetime = posting.NOW) -> Finding:
        webhook = Webhook.objects.filter(provider=provider).first() or webhook_of(provider)
        receive(webhook=webhook, post=posting.post(provider, event, at=at))
        reading.read_waiting()
        acting.judge_pending(now=at)
        return Finding.objects.latest("id")

    return take
