"""Rows of the ledger that a test writes itself."""

from __future__ import annotations

from masthead.delivery.models import Campaign, Delivery, Range


def give_back(campaign: Campaign) -> None:
    """Have the rows of `campaign` in one range, as a worker leaves it that is done with them."""
    ids = list(campaign.deliveries.order_by("pk").values_list("pk", flat=True))
    accepted = campaign.deliveries.filter(state=Delivery.State.ACCEPTED).count()
    values = {"first": ids[0], "last": ids[-1], "done": True, "accepted": accepted}
    Range.objects.update_or_create(campaign=campaign, defaults=values)
