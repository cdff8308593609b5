"""A sending whose readers can be told apart, if they agreed."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest

from masthead.audience import tracking_consent
from masthead.audience.tracking_consent import Agreed
from masthead.delivery.models import Campaign, Delivery
from masthead.tracking.machines import Followed
from tests.web.conftest import tracked_campaign

BROWSER = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
PAGE = "".join(f'<p><a href="https://example.org/{n}">Tide {n}</a></p>' for n in range(1, 7))


@pytest.fixture
def agree(publication: Any, now: datetime) -> Callable[..., None]:
    """A function: the reader agrees to tracking, a week ago."""

    def agree(reader: Any, at: datetime | None = None) -> None:
        agreed = Agreed(publication.pk, publication.name, "I agree.", "account")
        tracking_consent.give(subscriber=reader, agreed=agreed, now=at or now - timedelta(days=7))

    return agree


@pytest.fixture
def tracked(publication: Any, mailing_list: Any, now: datetime) -> Campaign:
    """Sent an hour ago, with links of their own for readers who agreed."""
    campaign: Campaign = tracked_campaign(publication, text=PAGE, now=now)
    campaign.lists.add(mailing_list)
    return campaign


@pytest.fixture
def sent(tracked: Campaign, make_subscriber: Any, mailing_list: Any, agree: Callable[..., None]) -> Callable[..., Delivery]:
    """A function: address, whether its reader agreed → the delivery of `tracked`."""

    def sent(address: str, *, agreed: bool = True, campaign: Campaign | None = None) -> Delivery:
        reader = make_subscriber(address, mailing_list)
        if agreed:
            agree(reader)
        state = Delivery.State.ACCEPTED
        return Delivery.objects.create(campaign=campaign or tracked, subscriber=reader, state=state, at=1_795_000_000)

    return sent


@pytest.fixture
def number_of(tracked: Campaign) -> Callable[[int], int]:
    """A function: which of PAGE's links → its number in the edition."""
    numbers = {each["url"]: each["number"] for each in tracked.edition.links}
    return lambda n: int(numbers[f"https://example.org/{n}"])


@pytest.fixture
def did(now: datetime) -> Callable[..., Followed]:
    """A function: delivery, link (0: the pixel) → one request."""

    def did(delivery: Delivery, number: int = 0, *, browser: str = BROWSER, at: datetime = now, origin: str = "") -> Followed:
        campaign = delivery.campaign_id if number else 0
        return Followed(campaign, number, origin or f"192.0.2.{delivery.pk % 250}", browser, at, delivery.pk)

    return did
