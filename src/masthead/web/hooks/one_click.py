"""One-click unsubscribe (RFC 8058): the mail program posts, nobody sees a page.

No cookie, no redirect, no sign-in, no CSRF token: the post comes from a mail provider's server, and the token in the address
is the proof. Only a body with `List-Unsubscribe=One-Click` counts (section 3.2 of the RFC), so that a scanner that posts
nothing changes nothing. A second post gets the same answer.
"""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from masthead.audience import consent
from masthead.delivery.lookups import delivery_for, lists_of
from masthead.issues.publications import sender_of
from masthead.mail import sealing

_PLAIN = "text/plain; charset=utf-8"


def is_one_click(request: HttpRequest) -> bool:
    """Whether `request` is the post of RFC 8058: form-encoded or multipart."""
    return request.method == "POST" and request.POST.get("List-Unsubscribe") == "One-Click"


def one_click(request: HttpRequest, token: str) -> HttpResponse:
    """Leave the lists the mail went to, at once."""
    owner = delivery_for(sealing.UNSUBSCRIBE, token)
    if owner is None:
        return HttpResponse("This link is not known.\n", status=404, content_type=_PLAIN)
    delivery = owner.delivery
    if delivery is not None and delivery.subscriber is not None:
        consent.withdraw(
            subscriber=delivery.subscriber,
            lists=lists_of(delivery),
            how="one-click",
            by="reader",
            now=timezone.now(),
            notice=sender_of(delivery.campaign.edition.publication),
        )
    return HttpResponse("Unsubscribed.\n", content_type=_PLAIN)
