"""Every address of the desk that is ours. Names are `desk_<screen>`; each view carries the right it needs.

`screens` stand inside the shell (Wagtail wraps them: signed in, never cached, in the reader's language). `urlpatterns` are asked
before the shell: what replaces its own screens, what needs nobody signed in, and what of the shell is closed.
"""

from __future__ import annotations

from allauth.account.views import logout
from django.urls import URLPattern, URLResolver, path, re_path
from django.views.decorators.cache import never_cache
from wagtail.admin.auth import require_admin_access

from masthead.web.admin import closed, home

screens: list[URLPattern | URLResolver] = []

urlpatterns: list[URLPattern | URLResolver] = [
    path("", never_cache(require_admin_access(home.home)), name="desk_home"),
    # The shell's own would end the session on any request.
    path("logout/", logout),
    # The shell's own sign-in, its tree, sites, groups, reports: nothing of Masthead lives there.
    re_path(closed.PATHS, closed.not_here),
]
