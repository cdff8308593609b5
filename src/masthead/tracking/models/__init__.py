"""The models of this package."""

from masthead.tracking.models.day_salt import DaySalt
from masthead.tracking.models.link_count import LinkCount
from masthead.tracking.models.visit import Visit

__all__ = ["DaySalt", "LinkCount", "Visit"]
