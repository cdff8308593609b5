"""The roots of all addresses."""

from __future__ import annotations

from django.urls import include, path
from wagtail.admin import urls as wagtail_urls

urlpatterns = [
    path("desk/", include("masthead.web.admin.urls")),  # first: it closes some of what follows
    path("desk/sign-in/", include("allauth.urls")),
    path("desk/", include(wagtail_urls)),
    path("", include("masthead.web.hooks.urls")),
    path("", include("masthead.web.portal.urls")),
    path("", include("masthead.web.site.urls")),
]

handler400 = "masthead.web.site.errors.bad_request"
handler403 = "masthead.web.site.errors.forbidden"
handler404 = "masthead.web.site.errors.not_found"
handler500 = "masthead.web.site.errors.server_error"
