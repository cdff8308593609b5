"""Who is still without an issue that was sent: how many they are, and a further sending to them."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from masthead.audience.segments.compiling import SegmentBroken
from masthead.delivery import following, narrowing
from masthead.delivery.models import Campaign
from masthead.issues.numbering import NoNumber
from masthead.team.roles import requires
from masthead.web.admin.sending.starting import UNDO
from masthead.web.admin.staff import staff

_REACHES = (Campaign.Reach.JOINED, Campaign.Reach.MISSED)


@require_http_methods(["GET", "HEAD", "POST"])
@requires("campaigns.send")
def rest(request: HttpRequest, pk: int) -> HttpResponse:
    """The screen; posted, a further sending in a minute, so that it can be undone."""
    campaign = get_object_or_404(Campaign.objects.select_related("edition__publication", "edition__issue"), pk=pk)
    lists = list(campaign.lists.order_by("name"))
    now = timezone.now()
    try:
        part = narrowing.of_campaign(campaign)
        if request.method == "POST" and request.POST.get("reach") in _REACHES:
            starts_at = now if campaign.edition.is_test else now + UNDO
            made = following.send_to_rest(
                issue=campaign.edition.issue,
                lists=lists,
                part=part,
                reach=request.POST["reach"],
                starts_at=starts_at,
                by=staff(request).actor,
                now=now,
            )
            return redirect("desk_campaign", made.pk)
        found = following.rest_of(issue=campaign.edition.issue, lists=lists, part=part, now=now)
    except (following.NothingWasSent, following.NobodyIsLeft, NoNumber, SegmentBroken) as error:
        messages.error(request, str(error))
        return redirect("desk_campaign", pk)
    title = _("Who is without No. %(number)s?") % {"number": campaign.edition.label}
    context = {"title": title, "campaign": campaign, "edition": campaign.edition, "lists": lists, "rest": found}
    return render(request, "web_admin/sending/rest.html", context)
