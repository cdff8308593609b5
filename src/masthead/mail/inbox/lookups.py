"""Questions about the built-in inbox."""

from __future__ import annotations

from django.db.models import Q, QuerySet

from masthead.mail.models import InboxMessage


def messages(search: str = "") -> QuerySet[InboxMessage]:
    """The stored mails without their bytes, newest first; with `search`, those that have it in address or subject."""
    found = InboxMessage.objects.defer("raw").order_by("-pk")
    if search:
        in_words = Q(envelope_to__icontains=search) | Q(subject__icontains=search)
        found = found.filter(in_words | Q(message_id=search) | Q(envelope_from__iexact=search))
    return found


def count() -> int:
    """How many mails there are."""
    return InboxMessage.objects.count()
