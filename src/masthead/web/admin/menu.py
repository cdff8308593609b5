"""What stands in the desk's menu: one line for each screen, shown to those whose role has the right."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from wagtail.admin.menu import Menu, MenuItem, SubmenuMenuItem

from masthead.bounces import lookups
from masthead.issues.assigning import publications_of
from masthead.team.models import User
from masthead.team.roles import may
from masthead.web.admin.numbers import Counted


@dataclass(frozen=True)
class Item:
    """One line of the menu: `url_name` is the Django route, `right` a key of `team.roles.RIGHTS`."""

    name: str
    label: str | Promise
    icon: str
    url_name: str
    right: str
    order: int
    #: "" stands in the menu itself; otherwise the key of `GROUPS` behind whose line it stands.
    group: str = ""
    #: What `_waiting` counts of the things behind it; shown beside the label while it is more than none.
    counted: str = ""


@dataclass(frozen=True)
class Group:
    """A line of the menu that opens further lines."""

    name: str
    label: str | Promise
    icon: str
    order: int


def _waiting(person: User) -> dict[str, int]:
    """How many things ask for the person who looks."""
    attention, replies = lookups.waiting_for(publications_of(person))
    return {"attention": attention, "replies": replies}


GROUPS: tuple[Group, ...] = (
    Group("readers", _("Readers"), "group", 400),
    Group("settings", _("Settings"), "cogs", 10_000),
)
ITEMS: tuple[Item, ...] = (
    Item("home", _("Home"), "home", "desk_home", "desk.open", 100),
    Item("issues", _("Issues"), "doc-full", "desk_issues", "desk.open", 200),
    Item("media", _("Images"), "image", "wagtailimages:index", "issues.write", 300),
    Item("files", _("Documents"), "download", "wagtaildocs:index", "issues.write", 310),
    Item("contributors", _("Contributors"), "user", "contributors:list", "issues.write", 320),
    Item("readers", _("All readers"), "group", "desk_readers", "readers.view", 100, "readers"),
    Item("lists", _("Lists"), "list-ul", "desk_lists", "lists.edit", 110, "readers"),
    Item("segments", _("Segments"), "crosshairs", "desk_segments", "lists.edit", 120, "readers"),
    Item("sign_up_forms", _("Sign-up forms"), "form", "desk_sign_up_forms", "lists.edit", 130, "readers"),
    Item("attributes", _("Attributes"), "tag", "desk_attributes", "lists.edit", 140, "readers"),
    Item("suppressed", _("Suppressed"), "no-view", "desk_suppressed", "readers.view", 150, "readers"),
    Item("duplicates", _("Duplicates"), "copy", "desk_duplicates", "readers.edit", 155, "readers"),
    Item("housekeeping", _("Housekeeping"), "time", "desk_housekeeping", "readers.view", 170, "readers"),
    Item("imports", _("Import readers"), "upload", "desk_imports", "readers.edit", 160, "readers"),
    Item("returns", _("What came back"), "resubmit", "desk_returns", "returns.view", 430, counted="attention"),
    Item("replies", _("Replies"), "comment", "desk_replies", "replies.read", 435, counted="replies"),
    Item("inbox", _("Built-in inbox"), "mail", "desk_inbox", "inbox.read", 500),
    Item("publications", _("Publications"), "openquote", "desk_publications", "publications.edit", 100, "settings"),
    Item("transports", _("How mail leaves"), "redirect", "desk_transports", "transports.edit", 200, "settings"),
    Item("mailboxes", _("Mailboxes"), "mail", "desk_mailboxes", "transports.edit", 210, "settings"),
    Item("webhooks", _("Webhooks"), "link", "desk_webhooks", "transports.edit", 220, "settings"),
    Item("doctor", _("Will it arrive?"), "check", "desk_doctor", "transports.edit", 230, "settings"),
    Item("people", _("People"), "group", "desk_people", "team.manage", 300, "settings"),
    Item("activity", _("Activity"), "history", "desk_activity", "audit.read", 400, "settings"),
)


class DeskMenuItem(MenuItem):
    """An `Item` as Wagtail's sidebar shows it, with how many things wait behind it."""

    def __init__(self, item: Item, waiting: Mapping[str, int]) -> None:
        count = waiting.get(item.counted, 0)
        label = _("%(label)s (%(count)s)") % {"label": item.label, "count": Counted(count)} if count else item.label
        super().__init__(label, reverse(item.url_name), name=item.name, icon_name=item.icon, order=item.order)
        self.item = item

    def is_shown(self, request: HttpRequest) -> bool:
        """To those who may open the screen."""
        return may(request.user, self.item.right)


def lines(person: User) -> list[MenuItem]:
    """The menu as it stands now for `person`; each line says itself whether it is shown to them."""
    waiting = _waiting(person) if any(item.counted and may(person, item.right) for item in ITEMS) else {}
    groups = [
        SubmenuMenuItem(
            group.label, Menu(items=_items(group.name, waiting)), name=group.name, icon_name=group.icon, order=group.order
        )
        for group in GROUPS
    ]
    return [*_items("", waiting), *groups]


def _items(group: str, waiting: Mapping[str, int]) -> list[DeskMenuItem]:
    return [DeskMenuItem(item, waiting) for item in ITEMS if item.group == group]
