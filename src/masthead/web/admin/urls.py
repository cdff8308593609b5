"""Every address of the desk that is ours. Names are `desk_<screen>`; each view carries the right it needs."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver

urlpatterns: list[URLPattern | URLResolver] = []
