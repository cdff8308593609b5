"""Who reads: a session that knows a reader. It grants nothing at the desk, and a staff session nothing here.

The cookie is set by signing in and by nothing else; public pages do not look at it.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from django.http import HttpRequest
from django.utils import timezone

from masthead.audience.models import MailingList, Subscriber, Subscription
from masthead.issues.models import Publication

_KEY = "reader_id"
_SINCE = "reader_since"
_LASTS = timedelta(days=30)


def sign_in(request: HttpRequest, subscriber: Subscriber, *, now: datetime) -> None:
    """Begin the session under a new key, so that one planted beforehand is worth nothing."""
    request.session.cycle_key()
    request.session[_KEY] = subscriber.pk
    request.session[_SINCE] = now.isoformat()


def sign_out(request: HttpRequest) -> None:
    """End it; a staff member signed in in the same browser stays signed in."""
    request.session.pop(_KEY, None)
    request.session.pop(_SINCE, None)
    if request.session.is_empty() or not list(request.session.keys()):
        request.session.flush()
    else:
        request.session.cycle_key()


def reader_of(request: HttpRequest) -> Subscriber | None:
    """The reader who is signed in, or None: also after 30 days, and when the reader was erased."""
    number, since = request.session.get(_KEY), request.session.get(_SINCE)
    if not isinstance(number, int) or not isinstance(since, str):
        return None
    if timezone.now() - datetime.fromisoformat(since) > _LASTS:
        return None
    found = Subscriber.objects.select_related("merged_into").filter(pk=number).first()
    return found.person if found is not None else None


def may_read(request: HttpRequest, publication: Publication) -> bool:
    """Whether a reader is signed in who gets this publication: what `visibility` readers asks for."""
    reader = reader_of(request)
    if reader is None:
        return False
    active = reader.subscriptions.filter(state=Subscription.State.ACTIVE)
    lists = publication.lists.all() if publication.lists.exists() else MailingList.objects.filter(publications=None)
    return active.filter(list__in=lists).exists()
