"""Which sendings go, or went, to a list, for whoever is about to delete it."""

from __future__ import annotations

from collections.abc import Iterator

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from masthead.audience.list_deleting import ALSO_USE, Use, segments_by
from masthead.audience.models import MailingList
from masthead.delivery.models import Campaign, DryRun

State = Campaign.State
#: From here a sending goes on by itself, or as soon as somebody says so.
_NOT_BEGUN = (State.SCHEDULED, State.PREPARING)
_AHEAD = (*_NOT_BEGUN, State.SENDING, State.PAUSED)


def of_list(mailing_list: MailingList) -> Iterator[Use]:
    """Sendings that are planned or under way, and how many there were."""
    campaigns = Campaign.objects.filter(lists=mailing_list)
    ahead = campaigns.filter(state__in=_AHEAD).select_related("edition__publication").order_by("pk")
    if names := tuple(str(each.edition) for each in ahead):
        yield Use(_("Sendings to it are planned or under way: cancel them, or wait for their end"), names, blocks=True)
    # A sending that has begun has taken its readers.
    by_segment = Campaign.objects.filter(state__in=_NOT_BEGUN, segments__segment__in=segments_by(mailing_list)).distinct()
    if names := tuple(str(each.edition) for each in by_segment.select_related("edition__publication").order_by("pk")):
        words = _("Sendings are planned to readers in segments that ask for it: cancel them, or choose their readers anew")
        yield Use(words, names, blocks=True)
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
