"""The form of preferences, as the account shows it and as a link from a mail shows it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from django.conf import settings
from django.http import QueryDict
from django.utils.translation import gettext as _

from masthead.audience import preferences, subscribers
from masthead.audience.models import Subscriber, Subscription
from masthead.issues.lookups import lists_for
from masthead.issues.models import Publication
from masthead.issues.publications import sender_of
from masthead.web import list_choice
from masthead.web.portal.frame import offered_lists

#: What a mail holds: one question for readers, two columns for us.
HOLDS = {
    "publication": (Subscriber.Format.HTML, Subscriber.Mode.PUBLICATION),
    "full": (Subscriber.Format.HTML, Subscriber.Mode.FULL),
    "excerpt": (Subscriber.Format.HTML, Subscriber.Mode.EXCERPT),
    "text": (Subscriber.Format.TEXT, Subscriber.Mode.PUBLICATION),
}


class BadInput(ValueError):
    """Something cannot be as chosen; `problems` are sentences for the reader."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__(" ".join(problems))
        self.problems = problems


def shown(subscriber: Subscriber, publication: Publication) -> dict[str, Any]:
    """What the form shows of a reader: the lists that `publication` offers and those of it they are on anyway.

    Lists of another publication are not mentioned: its readers may not know that the same people make both.
    """
    offered = offered_lists(publication)
    active = subscriber.subscriptions.filter(state=Subscription.State.ACTIVE).select_related("list")
    active = active.filter(list__in=lists_for(publication))
    on = {subscription.list_id: subscription for subscription in active}
    lists = {entry.pk: entry for entry in [*offered, *(s.list for s in on.values())]}
    pauses = [s.paused_until for s in on.values() if s.paused_until]
    return {
        "reader": subscriber,
        "list_choices": [(entry, entry.pk in on) for entry in lists.values()],
        "holds": holds_of(subscriber),
        "languages": settings.LANGUAGES,
        "paused_until": max(pauses).isoformat() if pauses else "",
        "wanted": {"name": subscriber.name, "language": subscriber.language},
    }


def typed(held: Mapping[str, Any], data: QueryDict) -> dict[str, Any]:
    """What `shown` gives, `held`, with what came back in a form that could not be saved: nobody types it twice."""
    lists = [entry for entry, _on in held["list_choices"]]
    ticked = list_choice.chosen(data, lists) or []
    return {
        **held,
        "list_choices": [(entry, entry in ticked) for entry in lists],
        "holds": data.get("holds", ""),
        "paused_until": data.get("paused_until", "")[:20],
        "wanted": {"name": data.get("name", "")[:200], "language": data.get("language", "")[:35]},
    }


def save(*, subscriber: Subscriber, publication: Publication, data: QueryDict, now: datetime, with_name: bool) -> None:
    """Change what the form says; lists that are joined or left say so by mail in the voice of `publication`.

    Raises BadInput; then nothing was changed.
    """
    lists = [entry for entry, _on in shown(subscriber, publication)["list_choices"]]
    fields = choices(data)
    if with_name:
        fields["name"] = data.get("name", "")[:200]
    try:
        preferences.change(
            subscriber=subscriber,
            by="reader",
            now=now,
            lists=list_choice.chosen(data, lists) or [],
            among=lists,
            paused_until=_day(data.get("paused_until", "")),
            notice=sender_of(publication),
            **fields,
        )
    except preferences.BadPause as error:
        raise BadInput([str(error)]) from error


def choices(data: Mapping[str, Any]) -> dict[str, str]:
    """Language, format and length out of a form; what is unknown becomes the default."""
    mail_format, mail_mode = HOLDS.get(str(data.get("holds", "")), HOLDS["publication"])
    language = subscribers.language_tag(str(data.get("language", ""))[:35])
    known = {code for code, _name in settings.LANGUAGES}
    return {
        "language": language if language in known else "",
        "mail_format": str(mail_format),
        "mail_mode": str(mail_mode),
    }


def holds_of(subscriber: Subscriber) -> str:
    """The key of `HOLDS` for a reader."""
    if subscriber.mail_format == Subscriber.Format.TEXT:
        return "text"
    return str(subscriber.mail_mode) or "publication"


def _day(text: str) -> date | None:
    if not text.strip():
        return None
    try:
        return date.fromisoformat(text.strip())
    except ValueError as error:
        raise BadInput([_("That is no date. Write it as year-month-day, for example 2027-01-31.")]) from error
