"""Makes Wagtail's shell the desk: our menu in place of its own, our addresses, our colours."""

from __future__ import annotations

from django.http import HttpRequest
from django.templatetags.static import static
from django.urls import URLPattern, URLResolver, reverse_lazy
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.menu import MenuItem, admin_menu
from wagtail.admin.search import SearchArea, admin_search_areas
from wagtail.snippets.action_menu import ActionMenuItem, PublishMenuItem, UnpublishMenuItem
from wagtail.snippets.models import register_snippet

from masthead.team.roles import may
from masthead.web.admin import menu, urls
from masthead.web.admin.staff import staff
from masthead.web.admin.writing import comparing, links
from masthead.web.admin.writing.viewset import ContributorViewSet, IssueViewSet

register_snippet(IssueViewSet)
register_snippet(ContributorViewSet)
comparing.register()


@hooks.register("construct_main_menu")
def only_our_menu(request: HttpRequest, items: list[MenuItem]) -> None:
    """Replace whatever the shell and its parts registered: the table in `menu` is the whole truth."""
    items[:] = [item for item in menu.lines(staff(request)) if item.is_shown(request)]


# And whoever is replaced need not be asked first whether it may be shown: each asks the database, on every screen.
admin_menu.registered_menu_items = []


@hooks.register("register_admin_urls")
def our_addresses() -> list[URLPattern | URLResolver]:
    """The desk's own screens, below /desk/."""
    return urls.screens


@hooks.register("insert_global_admin_css")
def our_look() -> SafeString:
    """One style sheet for our screens and the shell's."""
    return format_html('<link rel="stylesheet" href="{}">', static("web_admin/desk.css"))


#: In their order: `later` must find the blocks as `slash` made them.
_SCRIPTS = ("desk", "slash", "later", "asleep", "early", "meanwhile")


@hooks.register("insert_global_admin_js")
def our_script() -> SafeString:
    """Counters, copy buttons, the token of requests by htmx; the editors of a long text, made when they are needed."""
    return format_html_join(
        "",
        '<script src="{}" defer></script>',
        [(static(f"web_admin/{name}.js"),) for name in _SCRIPTS],
    )


@hooks.register("construct_snippet_action_menu")
def nothing_is_published_here(items: list[ActionMenuItem], request: HttpRequest, context: dict[str, object]) -> None:
    """An issue becomes public by being sent, nowhere else."""
    items[:] = [item for item in items if not isinstance(item, PublishMenuItem | UnpublishMenuItem)]


class IssueSearch(SearchArea):
    """The field at the top of the menu searches issues."""

    def is_shown(self, request: HttpRequest) -> bool:
        """To those who may open the list."""
        return may(request.user, "desk.open")

    def is_active(self, request: HttpRequest, current: str | None = None) -> bool:
        """Whether it is the area that was searched; the shell asks this where a search found nothing."""
        return request.path.startswith(str(self.url))


# The only area, in place of what the shell and its parts register: each of theirs asks the database on every screen
# whether it may be shown, and none of them is.
admin_search_areas.registered_search_areas = [
    IssueSearch(_("Issues"), reverse_lazy("desk_issues"), name="desk-issues", icon_name="doc-full", order=1)
]


@hooks.register("register_rich_text_features", order=100)
def our_links(features: object) -> None:
    """After the shell's own features: a link is an address."""
    links.register(features)
