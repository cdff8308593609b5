"""The models of this package."""

from masthead.delivery.models.campaign import ENDED, Campaign
from masthead.delivery.models.campaign_segment import CampaignSegment
from masthead.delivery.models.delivery import FINAL, OPEN, Delivery
from masthead.delivery.models.dry_run import DryRun
from masthead.delivery.models.dry_run_segment import DryRunSegment
from masthead.delivery.models.held_provider import HeldProvider
from masthead.delivery.models.quiet_hours import QuietHours
from masthead.delivery.models.range import Range
from masthead.delivery.models.spam_score import SpamScore

__all__ = [
    "ENDED",
    "FINAL",
    "OPEN",
    "Campaign",
    "CampaignSegment",
    "Delivery",
    "DryRun",
    "DryRunSegment",
    "HeldProvider",
    "QuietHours",
    "Range",
    "SpamScore",
]
