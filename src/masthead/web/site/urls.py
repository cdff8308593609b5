"""The addresses of the public site."""

from __future__ import annotations

from masthead.web.routes import route
from masthead.web.site.home import home
from masthead.web.site.theme import theme

urlpatterns = [
    route("home", home),
    route("theme", theme),
]
