"""Who is still without an issue: the question that keeps it at one copy per reader over all campaigns of the issue.

A reader may get it from another campaign only if every row they have of it is final and says that no copy of it can be with
them: given up at the deadline, cancelled, or left out for a reason that has passed. Not so if the row was accepted or refused,
is still open or uncertain, or was uncertain once and was repeated: then a copy may be with them, and sending again under another
Message-ID would be a second one. Such states never turn back into ones that are sent, so what was found here stays true.
"""

from __future__ import annotations

from collections.abc import Sequence

from django.db.models import Exists, OuterRef, Q

from masthead.delivery.models import OPEN, Campaign, Delivery

Reach = Campaign.Reach
State = Delivery.State

#: They had left when their turn came. Who is active all the same has joined again since.
_HAD_LEFT = Q(state=State.SKIPPED, repeats=0, reply="unsubscribed")
#: The row leaves its reader without a copy for certain.
_WITHOUT = (
    Q(state__in=(State.EXPIRED, State.CANCELLED), repeats=0)
    | _HAD_LEFT
    | (Q(state=State.SKIPPED, repeats=0) & (Q(reply__startswith="suppressed") | Q(reply__startswith="unsendable")))
)
#: Nobody can know whether they have it: uncertain, or repeated without an end.
_UNKNOWN = Q(state=State.UNCERTAIN) | Q(state__in=(State.EXPIRED, State.SKIPPED, State.CANCELLED), repeats__gt=0)


def others_of(campaign: Campaign) -> list[int]:
    """The ids of the other campaigns that sent the same: of the issue, or of this very edition if it is a rehearsal."""
    edition = campaign.edition
    same = Campaign.objects.filter(edition__issue=edition.issue_id, edition__is_test=edition.is_test)
    if edition.is_test:
        same = same.filter(edition=edition)
    return list(same.exclude(pk=campaign.pk).order_by("pk").values_list("pk", flat=True))


def condition(reach: str, campaigns: Sequence[int]) -> Q:
    """Whether a reader is one for a campaign with this reach, as far as the other `campaigns` of the issue say."""
    if not campaigns:
        return Q(pk__in=[]) if reach == Reach.MISSED else Q()
    if reach == Reach.JOINED:
        return ~_have_row(campaigns, ~_HAD_LEFT)
    without = ~_have_row(campaigns, ~_WITHOUT)
    return _among(campaigns, _WITHOUT & ~_HAD_LEFT) & without if reach == Reach.MISSED else without


def unknown(campaigns: Sequence[int]) -> Q:
    """Whether a reader may have it or may not: for no new campaign, but for a person to decide about."""
    return _among(campaigns, _UNKNOWN) & ~_have_row(campaigns, Q(state__in=(*OPEN, State.ACCEPTED)))


def _have_row(campaigns: Sequence[int], what: Q) -> Q:
    return Q(Exists(Delivery.objects.filter(what, subscriber=OuterRef("pk"), campaign__in=list(campaigns))))


def _among(campaigns: Sequence[int], what: Q) -> Q:
    """The same for what few rows are: they are found first, and then their readers."""
    rows = Delivery.objects.filter(what, campaign__in=list(campaigns), subscriber__isnull=False)
    return Q(pk__in=rows.values("subscriber"))
