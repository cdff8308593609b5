"""Mails that came back, as in the tests of their package."""

from tests.bounces.conftest import campaign, come_back, deliver, make_campaign

__all__ = ["campaign", "come_back", "deliver", "make_campaign"]
