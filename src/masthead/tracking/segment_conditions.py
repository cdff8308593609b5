"""What readers who agreed opened and followed, as conditions of segments. Nobody else can be found by them, or missed."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from hashlib import sha256
from typing import Any

from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from masthead.audience.segments.conditions import Asked, Condition, Operator, Rows, Takes, registry
from masthead.audience.segments.tree import LONGEST_VALUE
from masthead.delivery.composing import web_links
from masthead.delivery.models import Delivery
from masthead.delivery.segment_conditions import Issues, SentIssue, campaigns_of
from masthead.issues.models import Edition
from masthead.tracking.machines import OPENED
from masthead.tracking.models import Reading
from masthead.tracking.readers import agreed_before


def register() -> None:
    """Tell the registry of segment conditions what is kept of readers; called when the application starts."""
    registry.register(READ)
    registry.register(LINK)


def _read(asked: Asked) -> Rows:
    campaigns = campaigns_of(asked.subject).filter(tracks_readers=True)
    rows = Reading.objects.filter(campaign__in=[each.pk for each in campaigns], times__gt=0)
    if asked.operator == "opened":
        return Rows(rows.filter(number=OPENED))
    if asked.operator == "followed":
        return Rows(rows.filter(number__gt=OPENED))
    # Of those who could be seen opening it; everybody else is not "unopened" but unknown.
    seen = Q(pk__in=[])
    for campaign in campaigns.select_related("edition"):
        agreed: Any = agreed_before(campaign).filter(subscriber=OuterRef("subscriber"))
        seen |= Q(Exists(agreed), campaign=campaign.pk)
    opened = rows.filter(subscriber=OuterRef("subscriber"))
    return Rows(Delivery.objects.filter(seen, ~Exists(opened), state=Delivery.State.ACCEPTED, subscriber__isnull=False))


def _link(asked: Asked) -> Rows:
    wanted, which = set(asked.value), Q(pk__in=[])
    for campaign in campaigns_of(asked.subject).filter(tracks_readers=True).select_related("edition"):
        numbers = [number for url, number in web_links(campaign.edition.links).items() if _key(url) in wanted]
        which |= Q(campaign=campaign.pk, number__in=numbers)
    return Rows(Reading.objects.filter(which, times__gt=0))


def _operators_of_links(issue: SentIssue | None) -> Mapping[str, Operator]:
    links = tuple(_links_of(issue).items()) if issue is not None else ()
    return {"any": Operator(_("one of"), Takes.TEXTS, links, sentence=_("followed a link of “%(name)s”: %(value)s"))}


def _links_of(issue: SentIssue) -> dict[str, str]:
    """The links of all editions of the issue that were tracked: what a rule calls them, and their words for people."""
    found: dict[str, str] = {}
    for edition in (
        Edition.objects.filter(issue=issue.pk, is_test=False, campaigns__tracks_readers=True).distinct().order_by("pk")
    ):
        words = {link["url"]: link.get("text", "") for link in edition.links}
        found |= {_key(url): f"{words[url]} ({url})" if words[url] else url for url in web_links(edition.links)}
    return found


def _key(url: str) -> str:
    """The address itself, unless it is too long for a rule or has what separates values in the form."""
    return url if len(url) <= LONGEST_VALUE and ";" not in url else "sha256:" + sha256(url.encode()).hexdigest()


_NOTE = _(
    "Only readers who agreed to tracking can be found by this, and only as long as it is kept what they opened. "
    "Nothing is known of all others."
)
_GONE = _("the issue %(name)s is gone, or it was not kept what readers opened.")
READ = Condition(
    name="read",
    label=_("Opened or followed"),
    subjects=partial(Issues, tracked=True),
    gone=_GONE,
    note=_NOTE,
    operators=lambda _issue: {
        "opened": Operator(_("opened it, or followed a link of it"), sentence=_("opened “%(name)s”, or followed a link of it")),
        "followed": Operator(_("followed a link of it"), sentence=_("followed a link of “%(name)s”")),
        "unopened": Operator(
            _("agreed to tracking, got it and was not seen opening it"),
            sentence=_("agreed to tracking, got “%(name)s” and was not seen opening it"),
        ),
    },
    compile=_read,
)
LINK = Condition(
    name="read_link",
    label=_("Followed a link"),
    subjects=partial(Issues, tracked=True),
    gone=_GONE,
    note=_NOTE,
    operators=_operators_of_links,
    by_subject=True,
    compile=_link,
)
