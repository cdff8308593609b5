"""The models of this package."""

from masthead.delivery.models.campaign import Campaign
from masthead.delivery.models.delivery import Delivery
from masthead.delivery.models.range import Range

__all__ = ["Campaign", "Delivery", "Range"]
