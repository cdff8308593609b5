"""The models of this package."""

from masthead.tracking.models.day_salt import DaySalt
from masthead.tracking.models.link_count import LinkCount
from masthead.tracking.models.reading import Reading
from masthead.tracking.models.reading_sum import ReadingSum
from masthead.tracking.models.visit import Visit

__all__ = ["DaySalt", "LinkCount", "Reading", "ReadingSum", "Visit"]
