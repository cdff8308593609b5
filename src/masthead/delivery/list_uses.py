"""Which sendings go, or went, to a list, for whoever is about to delete it."""

from __future__ import annotations

from collections.abc import Iterator

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from masthead.audience.list_deleting import ALSO_USE, Use
from masthead.audience.models import MailingList
from masthead.delivery.models import Campaign, DryRun

State = Campaign.State
#: From here a sending goes on by itself, or as soon as somebody says so.
_AHEAD = (State.SCHEDULED, State.PREPARING, State.SENDING, State.PAUSED)


def of_list(mailing_list: MailingList) -> Iterator[Use]:
    """Sendings that are planned or under way, and how many there were."""
    campaigns = Campaign.objects.filter(lists=mailing_list)
    ahead = campaigns.filter(state__in=_AHEAD).select_related("edition__publication").order_by("pk")
    if names := tuple(str(each.edition) for each in ahead):
        yield Use(_("Sendings to it are planned or under way: cancel them, or wait for their end"), names, blocks=True)
    if count := campaigns.exclude(state__in=_AHEAD).count():
        words = ngettext(
            "%(count)d sending went to it; its report stays", "%(count)d sendings went to it; their reports stay", count
        )
        yield Use(words % {"count": count}, remembers=True)
    if DryRun.objects.filter(lists=mailing_list, state__in=[DryRun.State.WAITING, DryRun.State.RUNNING]).exists():
        yield Use(_("A dry run to it is under way"), blocks=True)


def register() -> None:
    """Enter it."""
    ALSO_USE["sendings"] = of_list
