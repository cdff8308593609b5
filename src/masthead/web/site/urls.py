"""The addresses of the public site."""

from __future__ import annotations

from masthead.web.keeping import keep
from masthead.web.routes import route
from masthead.web.site.archive import archive, archive_year
from masthead.web.site.feeds.views import FEEDS
from masthead.web.site.home import home
from masthead.web.site.issue_page import as_sent, issue, issue_language, short
from masthead.web.site.mastodon import share_mastodon
from masthead.web.site.media import media
from masthead.web.site.sitemap import robots, sitemap
from masthead.web.site.theme import theme

urlpatterns = [
    route("home", keep(home)),
    route("archive", keep(archive)),
    route("archive_year", keep(archive_year)),
    route("issue", keep(issue)),
    route("as_sent", as_sent),
    route("issue_language", keep(issue_language)),
    route("as_sent_language", as_sent),
    route("short", short),
    *(
        route(f"{name}{part}", keep(view))
        for name, view in FEEDS.items()
        for part in ("", "_archive", "_language", "_archive_language")
    ),
    route("sitemap", keep(sitemap)),
    route("robots", keep(robots)),
    route("theme", theme),
    route("media", media),
    route("share_mastodon", share_mastodon),
]
