"""What the desk's templates ask for: the banner of test mode, times, queries."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from django import template
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from masthead.bounces import lookups as returns
from masthead.common.addresses import mask
from masthead.delivery.lookups import Progress
from masthead.issues.assigning import publications_of
from masthead.team.models import User
from masthead.team.roles import may
from masthead.web.admin.calendar import written
from masthead.web.hosts import asked_by_number

register = template.Library()


@register.inclusion_tag("web_admin/test_mode.html", takes_context=True)
def test_mode_banner(context: dict[str, Any]) -> dict[str, Any]:
    """Says on each screen of the desk where mail goes while a publication is in test mode, and how to leave it."""
    request = context.get("request")
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated:
        return {"publications": []}
    return {
        "publications": list(publications_of(user).filter(is_live=False).only("id", "name")) if isinstance(user, User) else [],
        "may_read_inbox": may(user, "inbox.read"),
        "may_go_live": may(user, "publications.edit"),
    }


@register.filter(name="may")
def may_user(user: object, right: str) -> bool:
    """Whether the person at the desk has a right of `team.roles.RIGHTS`."""
    return may(user, right)


@register.simple_tag(takes_context=True)
def address_of(context: dict[str, Any], address: str) -> str:
    """A reader's address for who may look at readers, otherwise only its outline."""
    if not address:
        return "—"
    return address if may(context["request"].user, "readers.view") else mask(address)


@register.simple_tag(takes_context=True)
def with_passkeys(context: dict[str, Any]) -> bool:
    """Whether a passkey can work at the address by which the desk was asked."""
    return not asked_by_number(context["request"])


@register.simple_tag
def open_alarms() -> str:
    """ " (2)", or nothing: how many alarms nobody has settled."""
    count = returns.open_alarms().count()
    return f" ({count})" if count else ""


@register.simple_tag(takes_context=True)
def same_query(context: dict[str, Any], **changes: object) -> str:
    """The query of this page with some values changed: what paging and filters link to."""
    query = context["request"].GET.copy()
    for name, value in changes.items():
        query[name] = str(value)
    return "?" + str(query.urlencode())


@register.simple_tag
def in_zone(moment: datetime, zone: str) -> str:
    """ "7 Jan 2027 09:00 (Europe/Paris)": a moment as the publication's readers count it."""
    local = moment.astimezone(ZoneInfo(zone))
    return _("%(when)s (%(zone)s)") % {
        "when": written(local, "j M Y H:i", get_language() or "en"),
        "zone": zone.replace("_", " "),
    }


@register.filter
def moment(seconds: int | None) -> datetime | None:
    """The datetime of whole seconds since 1970."""
    return datetime.fromtimestamp(seconds, UTC) if seconds is not None else None


@register.filter
def duration(seconds: int) -> str:
    """ "40 minutes", for a forecast."""
    minutes = max(1, round(seconds / 60))
    if minutes < 120:
        return ngettext("%(n)s minute", "%(n)s minutes", minutes) % {"n": minutes}
    hours = round(minutes / 60)
    return ngettext("%(n)s hour", "%(n)s hours", hours) % {"n": hours}


@register.simple_tag
def slow_progress(progress: Progress) -> str:
    """Progress for a screen reader: it changes in tenths, so that it is not said every two seconds."""
    tenth = 10 * (10 * progress.answered // progress.audience) if progress.audience else 0
    return _("%(percent)s percent settled") % {"percent": tenth}
