"""Makes Wagtail's shell the desk: our menu in place of its own, our addresses, our colours."""

from __future__ import annotations

from django.http import HttpRequest
from django.templatetags.static import static
from django.urls import URLPattern, URLResolver
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.menu import Menu, MenuItem, SubmenuMenuItem

from masthead.web.admin import menu, urls


@hooks.register("construct_main_menu")
def only_our_menu(request: HttpRequest, items: list[MenuItem]) -> None:
    """Replace whatever the shell and its parts registered: the table in `menu` is the whole truth."""
    ours: list[MenuItem] = [menu.DeskMenuItem(item) for item in menu.items_of("")]
    settings = Menu(items=[menu.DeskMenuItem(item) for item in menu.items_of("settings")])
    ours.append(SubmenuMenuItem(_("Settings"), settings, name="settings", icon_name="cogs", order=10_000))
    items[:] = [item for item in ours if item.is_shown(request)]


@hooks.register("register_admin_urls")
def our_addresses() -> list[URLPattern | URLResolver]:
    """The desk's own screens, below /desk/."""
    return urls.screens


@hooks.register("insert_global_admin_css")
def our_look() -> SafeString:
    """One style sheet for our screens and the shell's."""
    return format_html('<link rel="stylesheet" href="{}">', static("web_admin/desk.css"))


@hooks.register("construct_homepage_summary_items")
def no_summary(request: HttpRequest, items: list[object]) -> None:
    """Counts of pages, images and documents say nothing here."""
    items.clear()
